"""A pool of possible areas: what each would cost in any plan that has it."""

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from scipy import sparse

from coterminosity.proposing.costing import common_weight, homes_of
from coterminosity.proposing.problem import Floats, Ints, Problem

Homes = tuple[tuple[int, int], ...]


@dataclass(frozen=True, eq=False)
class Column:
    """One area: its units, what it costs by itself, and the regions that are at home in it.

    The cost of a plan is that of its columns and of all splits, less what is saved for regions
    at home: each region in one area at most. Half of a cut border is paid by either side.
    """

    members: Ints
    cost: float
    homes: Homes
    saved: float

    @property
    def net(self) -> float:
        """Cost less what is saved for regions at home."""
        return self.cost - self.saved


@dataclass(eq=False)
class Pool:
    """Areas by number, each set of units with each set of regions at home once."""

    problem: Problem
    columns: list[Column] = field(default_factory=list)
    _seen: set[tuple[bytes, Homes]] = field(default_factory=set)

    def __len__(self) -> int:
        return len(self.columns)

    def add_plan(self, area: Ints) -> int:
        """Add the areas of a plan, each with the regions at home in it; return how many are new."""
        labels, compact = np.unique(area, return_inverse=True)
        costs = area_costs(self.problem, compact)
        homes, saved = _homes_by_area(self.problem, compact, len(labels))
        order = np.argsort(compact, kind="stable")
        starts = np.searchsorted(compact[order], np.arange(len(labels) + 1))
        new = 0
        for label in range(len(labels)):
            members = order[starts[label] : starts[label + 1]]
            new += self._add(members, float(costs[label]), tuple(homes[label]), saved[label])
        return new

    def add_area(self, members: Iterable[int], prices: "HomePrices | None" = None) -> bool:
        """Add one area with the regions at home in it that pay, at these prices of a home."""
        own = np.array(sorted(members), dtype=np.int64)
        homes, saved = prices.pays(own) if prices is not None else ((), 0.0)
        return self._add(own, area_cost(self.problem, own), homes, saved)

    def within(self, problem: Problem) -> "Pool":
        """Return the areas that keep the demands of a problem at the same prices."""
        from coterminosity.proposing.nodes import holds

        if problem is self.problem:
            return self
        kept = Pool(problem)
        for column in self.columns:
            if holds(problem, column.members):
                kept._add(column.members, column.cost, column.homes, column.saved)
        return kept

    def _add(self, members: Ints, cost: float, homes: Homes, saved: float) -> bool:
        key = (np.asarray(members, dtype=np.int32).tobytes(), homes)
        if key in self._seen:
            return False
        self._seen.add(key)
        self.columns.append(Column(np.asarray(members, dtype=np.int64), cost, homes, saved))
        return True

    def matrix(self, numbers: Ints | None = None) -> sparse.csr_array:
        """Return columns × units, 1 where an area holds a unit."""
        chosen = self.columns if numbers is None else [self.columns[int(j)] for j in numbers]
        lengths = np.array([len(c.members) for c in chosen], dtype=np.int64)
        starts = np.r_[0, np.cumsum(lengths)]
        indices = np.concatenate([c.members for c in chosen]) if chosen else np.zeros(0, np.int64)
        return sparse.csr_array(
            (np.ones(len(indices)), indices, starts), shape=(len(chosen), len(self.problem))
        )


@dataclass(frozen=True, eq=False)
class HomePrices:
    """What it costs, by dual prices, to be home to each region of each layer."""

    problem: Problem
    prices: tuple[Floats, ...]

    def pays(self, members: Ints) -> tuple[Homes, float]:
        """Return the regions for which it pays to be home, and what that saves."""
        homes, saved = [], 0.0
        for number, bodies in enumerate(self.problem.bodies):
            if bodies.split_cost <= 0:
                continue
            held = bodies.split_cost * np.asarray(bodies.weight[members].sum(axis=0)).ravel()
            for region in np.flatnonzero((held > 0) & (held > self.prices[number])):
                homes.append((number, int(region)))
                saved += float(held[region])
        return tuple(homes), saved


def constant_cost(problem: Problem) -> float:
    """Return the cost of splits if no region had a home."""
    return float(sum(b.split_cost * b.totals.sum() for b in problem.bodies if b.split_cost > 0))


def area_costs(problem: Problem, area: Ints) -> Floats:
    """Return by label what areas cost by themselves: borders (half), mergers, need and size."""
    count = int(area.max()) + 1
    whole = np.zeros(count)
    cut = area[problem.edge_a] != area[problem.edge_b]
    half = 0.5 * problem.edge_cost[cut]
    for end in (problem.edge_a, problem.edge_b):
        whole += np.bincount(area[end[cut]], half, count)
    for bodies in problem.bodies:
        if bodies.merge_cost:
            common = common_weight(bodies, area)
            whole += bodies.merge_cost * (common.sum(axis=0) - common.max(axis=0))
    for need in problem.needs:
        people = np.bincount(area, need.weight, count)
        sums = np.bincount(area, need.weight * need.value, count)
        squares = np.bincount(area, need.weight * need.value**2, count)
        mean = np.divide(sums, people, out=np.zeros(count), where=people > 0)
        whole += need.price * np.maximum(squares - mean * sums, 0.0)
    if np.isfinite(problem.size_price):
        people = np.bincount(area, problem.people, count)
        for label in range(count):
            low, high = problem.band_of(np.flatnonzero(area == label))
            whole[label] += problem.size_price * max(low - people[label], people[label] - high, 0.0)
    return whole


def area_cost(problem: Problem, members: Ints) -> float:
    """Return what one area costs by itself; see `area_costs`."""
    area = np.ones(len(problem), dtype=np.int64)
    area[members] = 0
    return float(area_costs(problem, area)[0])


def _homes_by_area(
    problem: Problem, area: Ints, count: int
) -> tuple[list[list[tuple[int, int]]], list[float]]:
    homes: list[list[tuple[int, int]]] = [[] for _ in range(count)]
    saved = [0.0] * count
    for number, bodies in enumerate(problem.bodies):
        if bodies.split_cost > 0:
            common = common_weight(bodies, area)
            for region, home in enumerate(homes_of(bodies, common)):
                if common[region, home] > 0:
                    homes[home].append((number, region))
                    saved[home] += bodies.split_cost * float(common[region, home])
    return homes, saved
