"""Linear bounds over a few pairs of unit and label that hold for all, and pairs that cannot be."""

import heapq
from dataclasses import dataclass

import numpy as np

from coterminosity.proposing.frame import CHOICE, PAIR, PART, Frame, Programme
from coterminosity.proposing.labelled import Labelled
from coterminosity.proposing.problem import Bools, Floats, Ints
from coterminosity.proposing.separators import Ground
from coterminosity.proposing.solver import Status

# Reduced costs above this are no reason to look at a column.
NEGLIGIBLE = 1e-6
# Columns from which on an interior point is faster than the simplex method.
LARGE = 12_000


@dataclass(frozen=True, eq=False, kw_only=True)
class Relaxed:
    """Hold the linear optimum over some columns, and what it proves for all of them.

    Attributes
    ----------
    status : str
        Of the linear programme over the columns in use.
    values : array or None
        By column, 0 where not in use.
    bound : float
        No solution over all columns costs less.
    reduced : array
        By column: what the bound rises by per unit of it, at least.
    worth : array of bool
        By column: pairs not in use that could lower the linear optimum.
    """

    status: Status
    values: Floats | None
    bound: float
    reduced: Floats
    worth: Bools


def columns_of(programme: Programme, pairs: Bools) -> Bools:
    """Tell the columns that are needed where only some pairs are in use."""
    use = pairs | ((programme.kind != PAIR) & (programme.kind != CHOICE))
    _, small, great = programme.ties
    without = (programme.kind[great] == PAIR) & ~pairs[great] & (programme.kind[small] == PART)
    use[small[without]] = False
    chosen = (programme.kind[great] == CHOICE) & use[small]
    use[great[chosen]] = True
    return np.asarray(use, dtype=np.bool_)


def rows_in(programme: Programme, use: Bools) -> Bools:
    """Tell the rows that say something about the columns in use."""
    number = programme.matrix[:, np.flatnonzero(use)].count_nonzero(axis=1)
    keep = np.asarray(number, dtype=np.int64) > 0
    row, small, _ = programme.ties
    keep[row[~use[small]]] = False
    # A row that nothing in use can meet must be seen to fail.
    keep |= (programme.low > 0) | (programme.high < 0)
    return np.asarray(keep, dtype=np.bool_)


def relaxed(model: Labelled, use: Bools, *, seconds: float, seed: int) -> Relaxed:
    """Solve the linear programme over some columns and complete its prices for all."""
    programme = model.programme
    keep = rows_in(programme, use)
    solver = programme.restricted(use, keep).load(seed=seed, relaxed=True)
    if use.sum() > LARGE:
        # Prices of an interior point prove as much, and are there sooner.
        solver.options(solver="ipm", run_crossover="off")
    answer = solver.solve(seconds=seconds)
    solver.close()
    nothing, none = np.zeros(len(use)), np.zeros(len(use), dtype=np.bool_)
    if answer.duals is None or answer.values is None:
        return Relaxed(
            status=answer.status, values=None, bound=-np.inf, reduced=nothing, worth=none
        )
    price = np.zeros(len(keep))
    price[keep] = answer.duals
    price[(price > 0) & np.isneginf(programme.low)] = 0.0
    price[(price < 0) & np.isposinf(programme.high)] = 0.0
    _complete(programme, use, price)
    reduced = programme.cost - programme.matrix.T @ price
    worth = (programme.kind == PAIR) & ~use & (reduced < -NEGLIGIBLE)
    # One label for each cluster: its price is best where the cheapest has a reduced cost of 0.
    least = np.where(model.x >= 0, reduced[model.x], np.inf).min(axis=1)
    price[: len(least)] += least
    shift = np.where(model.x >= 0, least[:, None], 0.0)
    reduced[model.x[model.x >= 0]] -= shift[model.x >= 0]
    side = np.where(price > 0, programme.low, programme.high)
    bound = programme.offset + float((price[price != 0] * side[price != 0]).sum())
    capped = np.isfinite(programme.upper)
    bound += float((np.minimum(reduced, 0.0)[capped] * programme.upper[capped]).sum())
    values = nothing.copy()
    values[use] = answer.values
    return Relaxed(status=answer.status, values=values, bound=bound, reduced=reduced, worth=worth)


def _complete(programme: Programme, use: Bools, price: Floats) -> None:
    """Price the ties of parts that are not in use, so that none has a negative reduced cost.

    Any prices of these rows prove a bound. A part's gain is charged to its pairs; where that
    makes a pair worth looking at, to the home of its region as far as that has something left,
    and what is then left is spread over all.
    """
    row, small, great = programme.ties
    left = np.maximum(programme.cost - programme.matrix.T @ price, 0.0)
    absent = ~use[small] & (programme.kind[small] == PART)
    payer = absent & (programme.kind[great] == PAIR) & ~use[great]
    payers = np.bincount(small[payer], minlength=len(use))
    gain = np.maximum(-programme.cost, 0.0)
    price[row[payer]] = -gain[small[payer]] / payers[small[payer]]
    home = absent & (programme.kind[great] == CHOICE)
    # Where a part has one pair that pays, its home may pay instead.
    single = home & (payers[small] == 1)
    own = np.flatnonzero(single)
    pair = np.full(len(use), -1, dtype=np.int64)
    pair[small[payer]] = great[payer]
    pair_row = np.full(len(use), -1, dtype=np.int64)
    pair_row[small[payer]] = row[payer]
    for greedy in (False, True):
        reduced = programme.cost - programme.matrix.T @ price
        lacking = np.maximum(-reduced, 0.0)[pair[small[own]]]
        rest = -price[pair_row[small[own]]]
        wanted = rest if greedy else np.minimum(rest, lacking)
        demand = np.bincount(great[own], wanted, len(use))
        share = np.divide(left, demand, out=np.zeros_like(left), where=demand > 0)
        charged = wanted * np.minimum(1.0, share)[great[own]]
        price[row[own]] -= charged
        price[pair_row[small[own]]] += charged
        left = np.maximum(left - np.bincount(great[own], charged, len(use)), 0.0)


def excluded(model: Labelled, found: Relaxed, best: float) -> Bools:
    """Tell by cluster and position what no plan cheaper than ``best`` has.

    A unit has a label only if units with that label lead from one of the leader to it: the bound
    rises by the reduced costs along the cheapest such way.
    """
    frame, reduced = model.frame, np.maximum(found.reduced, 0.0)
    room = best - found.bound
    own = np.where(model.x >= 0, reduced[model.x], np.inf)
    extra = np.where(model.opened >= 0, reduced[model.opened], 0.0)
    if frame.problem.contiguous:
        size = np.array([len(members) for members in frame.members], dtype=np.float64)
        for position in range(own.shape[1]):
            if frame.leaders[position] is not None:
                way = _ways(frame, position, own[:, position] / size)
                own[:, position] = np.maximum(own[:, position], way)
    return np.asarray((model.x >= 0) & (own + extra[None, :] > room))


def _ways(frame: Frame, position: int, weight: Floats) -> Floats:
    """Return by cluster the cheapest way from the leader, over units in play."""
    way = np.full(len(frame.cluster), np.inf)
    roots = frame.leaders[position]
    queue: list[tuple[float, int]] = []
    for unit in () if roots is None else roots.tolist():
        way[unit] = weight[frame.cluster[unit]]
        heapq.heappush(queue, (way[unit], unit))
    while queue:
        length, unit = heapq.heappop(queue)
        if length > way[unit]:
            continue
        for other in frame.problem.neighbours[unit]:
            if frame.cluster[other] < 0:
                continue
            longer = length + weight[frame.cluster[other]]
            if longer < way[other]:
                way[other] = longer
                heapq.heappush(queue, (longer, other))
    # A cluster is all in one area: its dearest unit counts.
    found = np.zeros(len(weight))
    inside = np.flatnonzero(frame.cluster >= 0)
    np.maximum.at(found, frame.cluster[inside], way[inside])
    return found


def near_pairs(frame: Frame, hops: int) -> Bools:
    """Tell by cluster and position what is at most some steps from the leader."""
    found = np.zeros(frame.allowed.shape, dtype=np.bool_)
    for position, leaders in enumerate(frame.leaders):
        if leaders is None:
            found[:, position] = True
            continue
        reached = {int(u) for u in leaders}
        edge = set(reached)
        for _ in range(hops):
            edge = {n for u in edge for n in frame.problem.neighbours[u]} - reached
            reached |= edge
        own: Ints = frame.cluster[sorted(reached)]
        found[own[own >= 0], position] = True
    return found & frame.allowed


def narrowed(model: Labelled, keep: Bools) -> tuple[Labelled, Ground, Bools]:
    """Return the model with its cuts over some pairs, its ground, and the columns that it keeps."""
    frame = model.frame.narrowed(model.frame.allowed & keep)
    pairs = np.zeros(len(model.programme.cost), dtype=np.bool_)
    pairs[model.x[frame.allowed]] = True
    use = columns_of(model.programme, pairs)
    return model.within(pairs, use, rows_in(model.programme, use)), Ground(frame), use
