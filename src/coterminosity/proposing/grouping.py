"""A bound and a plan from bodies that stay together: so many groups of them are a cut of a graph.

Where bodies lead areas, two that lead have two homes. A person is out of the home of one body or
another where the bodies of one unit have different homes. So whatever else is asked, a plan costs
no less than the cheapest cut of the graph of bodies, joined where they share people, into as many
groups with a leader as areas are wanted: a minimum k-cut.
"""

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from coterminosity.proposing.problem import NO_AREA, Bools, Floats, Ints, Problem
from coterminosity.proposing.solver import Answer, Solver

# What a row must be broken by, rounds of rows, and rows of one round.
LEAST, ROUNDS, MOST = 1e-4, 200, 400
Row = tuple[tuple[int, ...], tuple[float, ...], float]


@dataclass(frozen=True, eq=False, kw_only=True)
class Grouped:
    """Hold what the cheapest cut of bodies into groups comes to.

    Attributes
    ----------
    bound : float
        No feasible plan costs less.
    area : array of int or None
        By unit: label of the group that its bodies belong to; it may break demands.
    """

    bound: float
    area: Ints | None


@dataclass(frozen=True, eq=False, kw_only=True)
class Web:
    """Hold bodies that share people.

    Attributes
    ----------
    weight : sparse array
        Units × bodies of all layers: people times the price of a split.
    label : array of int
        By body: the label it may lead, -1 for none.
    apart : array of bool
        By body: its area must exist.
    wanted : int
        Fewest groups with a body that may lead.
    edges : array of int
        Pairs of bodies.
    cost : array
        By edge: what it costs to part the two.
    mixed : list of (bodies, weights)
        Units without one body that is as much as the others together.
    """

    weight: sparse.csr_array
    label: Ints
    apart: Bools
    wanted: int
    edges: Ints
    cost: Floats
    mixed: list[tuple[Ints, Floats]]

    def groups(self, parted: Floats) -> Ints:
        """Return the group of each body, where some edges are parted."""
        kept = self.edges[parted < 0.5]
        count = len(self.label)
        table = sparse.csr_array((np.ones(len(kept)), (kept[:, 0], kept[:, 1])), (count, count))
        return np.asarray(
            sparse.csgraph.connected_components(table, directed=False)[1], dtype=np.int64
        )


def grouped(problem: Problem, *, seconds: float, seed: int) -> Grouped | None:
    """Return the cheapest cut of the bodies of a problem, None where it would say nothing.

    Parameters
    ----------
    problem : Problem
        With areas that bodies lead.
    seconds : float
        Time limit.
    seed : int
        Of the solver.
    """
    web = _web(problem)
    if web.wanted < 2 or not len(web.edges):
        return None
    until = time.monotonic() + seconds
    solver = _programme(web, seed)
    bound, best = 0.0, None
    try:
        for whole in (False, True):
            if whole:
                solver.set_integer(np.arange(len(web.edges), dtype=np.int64), whole=True)
                first = len(web.edges)
                hubs = [first + n for n in _hubs(web)]
                solver.set_integer(np.array(hubs, dtype=np.int64), whole=True)
            answer = _tightened(web, solver, until)
            bound = max(bound, answer.bound)
            best = answer.values if answer.values is not None else best
            if answer.status != "optimal" or _is_whole(web, answer):
                break
    finally:
        solver.close()
    return Grouped(bound=bound, area=None if best is None else _plan(problem, web, best))


def _web(problem: Problem) -> Web:
    weight = sparse.csr_array(
        sparse.hstack([own.weight * own.split_cost for own in problem.bodies], format="csr")
    )
    weight.eliminate_zeros()
    label = np.concatenate([own.leads for own in problem.bodies])
    named = np.zeros(len(problem.labels), dtype=np.bool_)
    named[label[label >= 0]] = True
    named &= ~problem.closed
    label = np.where(named[np.maximum(label, 0)], label, NO_AREA) if len(named) else label
    apart = (label >= 0) & problem.must_open[np.maximum(label, 0)]
    # Labels that nothing leads are areas all the same, in no group of their own.
    wanted = max(problem.k_low - int((~named).sum()), 0)
    pairs: dict[tuple[int, int], float] = {}
    mixed: dict[tuple[int, ...], list[Floats]] = {}
    for unit in range(len(problem)):
        place = slice(weight.indptr[unit], weight.indptr[unit + 1])
        bodies, own = weight.indices[place].astype(np.int64), weight.data[place]
        if len(own) < 2:
            continue
        hub = int(own.argmax())
        dominated = 2 * own[hub] >= own.sum() * (1 - 1e-12)
        if not dominated:
            mixed.setdefault(tuple(bodies.tolist()), []).append(own)
        for one, share in zip(bodies.tolist(), own.tolist(), strict=True):
            for other in [int(bodies[hub])] if dominated else bodies.tolist():
                if one != other:
                    key = (min(one, other), max(one, other))
                    pairs[key] = pairs.get(key, 0.0) + (share if dominated else 0.0)
    edges = np.array(sorted(pairs), dtype=np.int64).reshape(-1, 2)
    return Web(
        weight=weight, label=label.astype(np.int64), apart=apart, wanted=wanted, edges=edges,
        cost=np.array([pairs[a, b] for a, b in edges.tolist()], dtype=np.float64),
        mixed=[(np.array(key, dtype=np.int64), own) for key, all_ in mixed.items() for own in all_],
    )  # fmt: skip


def _programme(web: Web, seed: int) -> Solver:
    """Return the linear programme: edges parted, and of mixed units which body is at home."""
    solver = Solver(seed=seed, offset=float(sum(own.sum() for _, own in web.mixed)))
    solver.add_columns(web.cost, upper=1.0)
    number = {(a, b): n for n, (a, b) in enumerate(web.edges.tolist())}
    costs: list[float] = []
    rows: list[Row] = []
    for bodies, own in web.mixed:
        first = len(web.edges) + len(costs)
        costs += (-own).tolist()
        hubs = tuple(range(first, first + len(own)))
        rows.append((hubs, (1.0,) * len(own), 1.0))
        for hub, one in zip(hubs, bodies.tolist(), strict=True):
            for other, share in zip(bodies.tolist(), own.tolist(), strict=True):
                if other != one:
                    column = len(web.edges) + len(costs)
                    costs.append(-share)
                    edge = number[min(one, other), max(one, other)]
                    rows.append(((column, hub), (1.0, -1.0), 0.0))
                    rows.append(((column, edge), (1.0, 1.0), 1.0))
    if costs:
        solver.add_columns(np.array(costs), upper=1.0)
        _add(solver, rows)
    return solver


def _hubs(web: Web) -> Iterator[int]:
    """Yield the places of the columns that say which body of a mixed unit is at home."""
    first = 0
    for bodies, _ in web.mixed:
        yield from range(first, first + len(bodies))
        first += len(bodies) ** 2


def _add(solver: Solver, rows: list[Row]) -> None:
    """Add rows at most their side."""
    number = np.repeat(np.arange(len(rows)), [len(own[0]) for own in rows])
    column = np.concatenate([own[0] for own in rows])
    value = np.concatenate([own[1] for own in rows])
    table = sparse.coo_array((value, (number, column)), shape=(len(rows), solver.width))
    solver.add_rows(table.tocsr(), lower=-np.inf, upper=np.array([own[2] for own in rows]))


def _tightened(web: Web, solver: Solver, until: float) -> Answer:
    """Solve, add what the answer breaks, and so on until it breaks nothing."""
    bound = -np.inf
    answer = Answer(status="time limit", values=None, cost=np.nan, bound=bound)
    for _ in range(ROUNDS):
        latest = solver.solve(seconds=until - time.monotonic())
        bound = max(bound, latest.bound)
        if latest.values is None:
            break
        answer = latest
        if latest.status != "optimal":
            break
        rows = list(_broken(web, latest.values[: len(web.edges)]))
        if not rows:
            return latest
        _add(solver, rows[:MOST])
    return Answer(status="time limit", values=answer.values, cost=np.nan, bound=bound)


def _is_whole(web: Web, answer: Answer) -> bool:
    assert answer.values is not None
    own = answer.values
    return bool((np.abs(own - np.round(own)) < 1e-6).all())


def _broken(web: Web, parted: Floats) -> Iterator[Row]:
    """Yield rows that shares of parted edges break.

    A forest that spans the bodies is parted so often that enough groups come of it; an edge is no
    more parted than the edges of another way between its ends; a way between two areas that must
    exist is parted.
    """
    tree, spanned = _forest(web, parted)
    if parted[tree].sum() < web.wanted - spanned - LEAST:
        yield tuple(tree), (-1.0,) * len(tree), float(spanned - web.wanted)
    count = len(web.label)
    one, other = web.edges.T
    length = np.maximum(parted, 0.0) + 1e-9
    table = sparse.csr_array((length, (one, other)), shape=(count, count))
    ways, before = sparse.csgraph.dijkstra(table, directed=False, return_predecessors=True)
    number = {(a, b): n for n, (a, b) in enumerate(web.edges.tolist())}
    for edge in np.flatnonzero(ways[one, other] < parted - LEAST):
        way = _way(before, number, int(one[edge]), int(other[edge]))
        yield (int(edge), *way), (1.0, *(-1.0,) * len(way)), 0.0
    apart = np.flatnonzero(web.apart)
    near = np.argwhere(np.triu(ways[np.ix_(apart, apart)] < 1.0 - LEAST, 1))
    for a, b in apart[near]:
        if web.label[a] != web.label[b]:
            way = _way(before, number, int(a), int(b))
            yield tuple(way), (-1.0,) * len(way), -1.0


def _way(before: Ints, number: dict[tuple[int, int], int], start: int, end: int) -> list[int]:
    way = []
    while end != start:
        last = int(before[start, end])
        way.append(number[min(last, end), max(last, end)])
        end = last
    return way


def _forest(web: Web, parted: Floats) -> tuple[list[int], int]:
    """Return a forest over the bodies that may lead, the least parted, and its number of trees."""
    root = list(range(len(web.label)))

    def top(body: int) -> int:
        while root[body] != body:
            root[body] = root[root[body]]
            body = root[body]
        return body

    tree = []
    for edge in np.argsort(parted, kind="stable").tolist():
        a, b = (top(int(end)) for end in web.edges[edge])
        if a != b:
            root[a] = b
            tree.append(edge)
    leading = np.flatnonzero(web.label >= 0).tolist()
    return _pruned(web, tree, set(leading)), len({top(body) for body in leading})


def _pruned(web: Web, tree: list[int], leading: Iterable[int]) -> list[int]:
    """Return a forest without leaves that lead nothing."""
    leading = set(leading)
    while True:
        degree = np.bincount(web.edges[tree].ravel(), minlength=len(web.label))
        leaf = {int(b) for b in np.flatnonzero(degree == 1)} - leading
        kept = [edge for edge in tree if not leaf & set(web.edges[edge].tolist())]
        if len(kept) == len(tree):
            return tree
        tree = kept


def _plan(problem: Problem, web: Web, values: Floats) -> Ints | None:
    """Return the plan in which units go where most of their bodies do."""
    group = web.groups(values[: len(web.edges)])
    people = np.asarray(web.weight.sum(axis=0)).ravel()
    rank = np.where(web.label >= 0, people + people.sum() * web.apart, -np.inf)
    label = np.full(int(group.max()) + 1, NO_AREA, dtype=np.int64)
    for body in np.argsort(rank, kind="stable"):
        if web.label[body] >= 0:
            label[group[body]] = web.label[body]
    led = label >= 0
    if not led.any():
        return None
    table = web.weight.tocoo()
    shape = (len(problem), len(label))
    share = sparse.coo_array((table.data, (table.row, group[table.col])), shape=shape).toarray()
    share[:, ~led] = -1.0
    # Of groups that are as good the smallest, so that each has something.
    size = np.bincount(group, people, len(label))
    tied = share >= share.max(axis=1, keepdims=True) * (1 - 1e-9) - 1e-9
    area = label[np.where(tied, size, np.inf).argmin(axis=1)]
    pinned = problem.pinned >= 0
    area[pinned] = problem.pinned[pinned]
    return np.asarray(area, dtype=np.int64)
