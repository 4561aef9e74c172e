"""One round of pricing: areas that would pay at dual prices, and what that proves."""

import time
from dataclasses import dataclass, field

import numpy as np

from coterminosity.proposing.area_bounds import AreaBounds
from coterminosity.proposing.nodes import Duals, Nodes
from coterminosity.proposing.pool import HomePrices, Pool, constant_cost
from coterminosity.proposing.problem import Floats, Ints, Problem

# Roots between two looks at whether the units that are left can make an area that pays.
LOOK = 8


@dataclass(eq=False)
class Round:
    """What a round came to.

    ``bound`` is of all plans; ``least`` of the reduced cost of any area; ``done`` tells whether
    every search was brought to its end.
    """

    bound: float
    least: float
    areas: list[Ints] = field(default_factory=list)
    done: bool = True


class Pricer:
    """Ask root by root: each area is looked for at the first of its nodes, in one fixed order.

    Since areas of a plan share no unit, each root has a part in one of them at most; so the sum
    of the least values of as many roots as there are areas bounds what a plan can save.
    """

    def __init__(self, problem: Problem) -> None:
        self.problem, self.nodes = problem, Nodes(problem)
        self.bounds = AreaBounds(problem, self.nodes)
        people = self.nodes.sums(problem.people)
        self.order = np.argsort(-people, kind="stable")
        self.closed = [
            np.flatnonzero(problem.pinned == label) for label in np.flatnonzero(problem.closed)
        ]

    def round(self, duals: Duals, *, top: float, budget: int, until: float) -> Round:
        """Look for areas of reduced cost below the top, which is 0 or less."""
        bounds, found = self.bounds, Round(0.0, 0.0)
        bounds.at(duals)
        values, rest = [], -np.inf
        for place, root in enumerate(self.order.tolist()):
            if place % LOOK == 0:
                rest, _ = bounds.cut()
                if rest >= top or time.monotonic() > until:
                    found.done &= rest >= top
                    break
            values.append(self._below(found, root, top, budget, until))
            bounds.exclude(root)
        else:
            rest = np.inf
        found.least = min([*values, rest], default=rest)
        found.bound = self.value(duals, np.array([*values, *[rest] * self.problem.k_high]))
        return found

    def _below(
        self, found: Round, root: int, top: float, budget: int, until: float,
        more: Floats | None = None, layer: int = 0,
    ) -> float:  # fmt: skip
        """Look for areas with a root, main region by main region where mergers cost.

        Returns a bound of their reduced costs.
        """
        bounds = self.bounds
        more = np.zeros(bounds.count) if more is None else more
        if bounds.mains:
            bounds.surcharge(more)
        own = bounds.below(root, top=top, budget=budget)
        found.areas += own.areas
        # There may be thousands of pairs of main regions: out of time, what is known is a bound.
        late = time.monotonic() > until
        if own.bound >= top or layer == len(bounds.mains) or late:
            found.done &= own.done and (own.bound >= top or not late)
            return own.bound
        values = []
        for row in bounds.mains[layer]:
            if time.monotonic() > until:
                found.done = False
                values.append(own.bound)
                break
            values.append(self._below(found, root, top, budget, until, more + row, layer + 1))
        bounds.surcharge(np.zeros(bounds.count))
        return max(min(values), own.bound)

    def listed(
        self, duals: Duals, *, top: float, budget: int, most: int, until: float
    ) -> list[Ints] | None:
        """Return every area of reduced cost below the top; None where they are too many."""
        bounds = AreaBounds(self.problem, self.nodes, room=most)
        bounds.at(duals)
        areas: list[Ints] = []
        for root in self.order.tolist():
            own = bounds.below(root, top=top, budget=budget, every=True)
            areas += own.areas
            if not own.done or len(areas) > most or time.monotonic() > until:
                return None
            bounds.exclude(root)
        return areas

    def value(self, duals: Duals, values: Floats) -> float:
        """Return the bound that least reduced costs of areas by root prove."""
        problem, total = self.problem, constant_cost(self.problem)
        total += float(duals.units.sum()) - sum(float(h.sum()) for h in duals.homes)
        for members in self.closed:
            total += closed_cost(problem, members, duals)
        low = max(problem.k_low - len(self.closed), 0)
        high = max(problem.k_high - len(self.closed), 0)
        steps = np.minimum(np.sort(values)[:high], 0.0)
        savings = np.r_[0.0, np.cumsum(np.r_[steps, np.zeros(high - len(steps))])]
        counts = np.arange(high + 1) * duals.count + savings
        return total + float(counts[min(low, high) :].min())


def closed_cost(problem: Problem, members: Ints, duals: Duals) -> float:
    """Return the reduced cost, but for the count, of an area that must exist just so."""
    own = Pool(problem)
    own.add_area(members, HomePrices(problem, duals.homes))
    column = own.columns[0]
    homes = sum(float(duals.homes[i][r]) for i, r in column.homes)
    return column.net - float(duals.units[members].sum()) + homes


def scraps_of(problem: Problem, nodes: Nodes) -> list[Ints]:
    """Return nodes and pairs of neighbours below the floor."""
    if np.isfinite(problem.size_price) or problem.unit_floor:
        return []
    people, (a, b, _) = nodes.sums(problem.people), nodes.edges
    ones = [[int(n)] for n in np.flatnonzero(people < problem.floor)]
    small = (a >= 0) & (people[a] + people[b] < problem.floor)
    pairs = [[int(i), int(j)] for i, j in zip(a[small], b[small], strict=True)]
    return [nodes.units(own) for own in ones + pairs]
