"""Divide a labelled problem by the homes of bodies: where these are fixed, linear bounds are close.

A linear solution keeps a body whole in two labels at once by making half of each its home. So the
body of which that hides most is taken, and each label that is partly its home becomes a case of
its own, with one more case for all others. A case whose linear bound reaches the best cost is
done; one in which little is left is settled as an integer programme.
"""

import heapq
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from coterminosity.proposing.frame import CHOICE, PART, Programme
from coterminosity.proposing.labelled import Labelled
from coterminosity.proposing.lazily import raised, settle
from coterminosity.proposing.narrowing import Relaxed, excluded, narrowed
from coterminosity.proposing.problem import Bools, Ints
from coterminosity.proposing.solver import Status
from coterminosity.proposing.standing import Standing

# A share of a home below which a label is no case of its own.
SHARE = 0.05
# Relative rise below which rounds of cuts stop, and pairs that are few enough for a settlement.
WORTH_RISE, FEW = 1e-3, 800
# Shares and relative reduced costs of the pairs that a case begins with.
TINY, CLOSE = 1e-6, 1e-6


@dataclass(frozen=True, eq=False, kw_only=True)
class Case:
    """Hold the model of a case.

    Attributes
    ----------
    model : Labelled
        With its cuts.
    bound : float
        No plan of the case costs less.
    near : array of bool
        By cluster and position: pairs that matter.
    found : Relaxed, optional
        The linear optimum, once it is known.
    """

    model: Labelled
    bound: float
    near: Bools
    found: Relaxed | None = None


def divided(model: Labelled, found: Relaxed, search: Standing, gap: float) -> Status:
    """Settle a model case by case, the one with the least bound first.

    Parameters
    ----------
    model : Labelled
        With all pairs that a better plan may have.
    found : Relaxed
        Its linear optimum over all columns.
    search : Standing
        Told of plans and bounds; it must have a plan.
    gap : float
        Relative gap at which to stop.
    """
    own = replace(search, bound=found.bound, progress=None)
    first = list(_children(model, found, own))
    if not first:
        first = [Case(model=model, bound=found.bound, near=model.frame.allowed)]
    cases = [(found.bound, number, case) for number, case in enumerate(first)]
    closed, number = np.inf, len(first)
    while cases and search.left > 0:
        search.prove(min(cases[0][0], closed))
        search.tell(f"homes of bodies, {len(cases)} cases")
        if search.is_done(gap):
            return "optimal"
        bound, _, case = heapq.heappop(cases)
        if bound >= _enough(search, gap):
            closed = min(closed, bound)
            continue
        children, settled, status = _worked(case, search, gap)
        if status == "interrupted":
            return status
        closed = min(closed, settled)
        for child in children:
            number += 1
            heapq.heappush(cases, (child.bound, number, child))
    search.prove(min([closed, *(bound for bound, _, _ in cases)]))
    return "optimal" if search.is_done(gap) else "time limit"


def _enough(search: Standing, gap: float) -> float:
    """Return the bound from which on a case cannot hold a plan that is worth finding."""
    return search.cost * (1 - gap) if search.cost > 0 else search.cost


def _worked(case: Case, search: Standing, gap: float) -> tuple[list[Case], float, Status]:
    """Return the cases that a case becomes, or the bound at which it was settled."""
    own = replace(search, bound=case.bound, progress=None, rounds=0)
    try:
        if case.found is None:
            return _bounded(case, own, gap)
        children = list(_children(case.model, case.found, own))
        if children:
            return children, np.inf, "optimal"
        model, ground, _ = narrowed(case.model, ~excluded(case.model, case.found, own.cost))
        model = model.with_cuts(ground.first_cuts())
        _, status = settle(model, ground, own, seconds=own.left, gap=gap, cap=own.cost)
        return [], own.bound, status
    finally:
        search.rounds += own.rounds
        search.area, search.cost = own.area, own.cost


def _bounded(case: Case, own: Standing, gap: float) -> tuple[list[Case], float, Status]:
    """Return a case with its linear optimum, or the bound that is enough."""
    model, found, status = raised(case.model, case.near, own, gap=gap, until=0.0, rise=WORTH_RISE)
    if found is None or found.values is None:
        return [], np.inf if status == "infeasible" else case.bound, status
    if own.bound >= _enough(own, gap):
        return [], own.bound, "optimal"
    return [replace(case, model=model, found=found, bound=own.bound)], np.inf, "optimal"


def _children(model: Labelled, found: Relaxed, search: Standing) -> Iterator[Case]:
    """Yield the cases of a model; none where few pairs or no body is left to divide by."""
    model, _, kept = narrowed(model, ~excluded(model, found, search.cost))
    if model.frame.allowed.sum() <= FEW or found.values is None:
        return
    values, reduced = found.values[kept], found.reduced[kept]
    near = np.zeros(model.frame.allowed.shape, dtype=np.bool_)
    inside = model.x >= 0
    column = model.x[inside]
    near[inside] = (values[column] > TINY) | (reduced[column] < CLOSE * abs(search.cost))
    for zero in _homes(model.programme, values):
        yield Case(model=_without(model, zero), bound=search.bound, near=near)


def _homes(programme: Programme, values: np.ndarray) -> Iterator[Ints]:
    """Yield by case the homes that it is without, for the body that hides most; none if no body."""
    tied, small, great = programme.ties
    gain = np.where(programme.kind == PART, -programme.cost * values, 0.0)
    columns = np.flatnonzero(programme.kind == CHOICE)
    worth = np.bincount(great, gain[small], len(values))[columns]
    table = programme.matrix.tocsc()[:, columns].tocoo()
    ties = np.isin(table.row, tied)
    best, chosen = 1.0, None
    for row in np.unique(table.row[~ties]):
        own = table.col[~ties][table.row[~ties] == row]
        if len(own) > 1 and worth[own].sum() - worth[own].max() > best:
            best, chosen = float(worth[own].sum() - worth[own].max()), own
    if chosen is None:
        return
    own = columns[chosen]
    partly = own[values[own] >= min(SHARE, values[own].max())]
    for column in partly[np.argsort(-values[partly], kind="stable")]:
        yield own[own != column]
    if len(partly) < len(own):
        yield partly


def _without(model: Labelled, columns: Ints) -> Labelled:
    upper = model.programme.upper.copy()
    upper[columns] = 0.0
    return replace(model, programme=replace(model.programme, upper=upper))
