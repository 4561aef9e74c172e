"""What areas are made of when priced one by one: nodes of joined units, and their dual prices."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from coterminosity.proposing.problem import Bools, Floats, Ints, Problem
from coterminosity.units import parts_of


@dataclass(frozen=True, eq=False)
class Duals:
    """Prices of a master programme.

    Attributes
    ----------
    units : array
        What covering each unit pays.
    count : float
        What one area more pays.
    homes : tuple of arrays
        By layer, what being home to each region costs.
    """

    units: Floats
    count: float
    homes: tuple[Floats, ...]

    def mixed(self, other: "Duals", share: float) -> "Duals":
        """Return prices between these and others."""
        return Duals(
            share * self.units + (1 - share) * other.units,
            share * self.count + (1 - share) * other.count,
            tuple(
                share * a + (1 - share) * b for a, b in zip(self.homes, other.homes, strict=True)
            ),
        )

    def value(self, k_low: int, k_high: int) -> float:
        """Return what a master of any columns at reduced cost 0 or more would cost at least."""
        count = self.count * (k_high if self.count < 0 else k_low)
        return float(self.units.sum() + count - sum(h.sum() for h in self.homes))


@dataclass(frozen=True, eq=False)
class Nodes:
    """Units that must join as one node each; units of areas that must exist are left out."""

    problem: Problem

    @cached_property
    def of_unit(self) -> Ints:
        """Node by unit, -1 where left out."""
        problem, node = self.problem, np.full(len(self.problem), -1, dtype=np.int64)
        near: dict[int, set[int]] = {u: set() for u in range(len(problem))}
        for group in problem.joins:
            for unit in group:
                near[unit].update(group)
        number = 0
        shut = closed_units(problem)
        for own in parts_of(range(len(problem)), {u: tuple(sorted(n)) for u, n in near.items()}):
            if not shut[own].any():
                node[own] = number
                number += 1
        return node

    @cached_property
    def count(self) -> int:
        """How many nodes there are."""
        return int(self.of_unit.max(initial=-1)) + 1

    def sums(self, values: Floats) -> Floats:
        """Return values of units added up by node."""
        own = self.of_unit >= 0
        sums = np.bincount(self.of_unit[own], values[own], self.count)
        return np.asarray(sums, dtype=np.float64)

    def units(self, nodes: Iterable[int]) -> Ints:
        """Return the units of some nodes."""
        return np.flatnonzero(np.isin(self.of_unit, list(nodes)))

    @cached_property
    def edges(self) -> tuple[Ints, Ints, Floats]:
        """Each pair of nodes that share borders, with their cost; -1 for what is left out."""
        a, b = self.of_unit[self.problem.edge_a], self.of_unit[self.problem.edge_b]
        low, high = np.minimum(a, b), np.maximum(a, b)
        kept = (low != high) & (high >= 0)
        width = self.count + 1
        pair, place = np.unique((low[kept] + 1) * width + high[kept], return_inverse=True)
        cost = np.bincount(place, self.problem.edge_cost[kept], len(pair))
        return pair // width - 1, pair % width, np.asarray(cost, dtype=np.float64)


def closed_units(problem: Problem) -> Bools:
    """Tell the units of areas that must exist just so."""
    shut = np.zeros(len(problem), dtype=np.bool_)
    pinned = problem.pinned >= 0
    shut[pinned] = problem.closed[problem.pinned[pinned]]
    return shut


def holds(problem: Problem, members: Ints) -> bool:
    """Tell whether an area keeps every demand on a single area."""
    own = {int(u) for u in members}
    shut = closed_units(problem)[members]
    if shut.any():
        label = int(problem.pinned[members[shut][0]])
        return np.array_equal(np.sort(members), np.flatnonzero(problem.pinned == label))
    low, high = problem.band_of(members)
    people = float(problem.people[members].sum())
    hard = not np.isfinite(problem.size_price)
    return bool(
        (not hard or low - 1e-6 <= people <= high + 1e-6)
        and all(own.isdisjoint(g) or own.issuperset(g) for g in problem.joins)
        and all(sum(u in own for u in g) <= 1 for g in problem.parts)
        and (not problem.contiguous or problem.is_connected(members))
    )
