"""Areas of least reduced cost that hold a unit, and a bound: branches and minimum cuts."""

from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np
from scipy import sparse

from coterminosity.proposing.compiled import real, whole
from coterminosity.proposing.nodes import Duals, Nodes
from coterminosity.proposing.problem import Bodies, Floats, Ints, Problem

# Areas found at most in one search, and relative size of what counts as nothing in flows and in
# reduced costs.
ROOM, TINY, SLACK = 64, 1e-11, 1e-9


@dataclass(frozen=True, eq=False)
class Rooted:
    """What a search for areas with some unit came to.

    ``bound`` holds for all areas with the unit; with ``every`` for those not found.
    """

    bound: float
    areas: list[Ints]
    costs: Floats
    done: bool


class AreaBounds:
    """Ask for areas of low reduced cost that hold one node and none of others.

    Terms of need and priced sizes are left out; they are 0 or more, so that what is proved still
    is a bound. Of mergers only what any area has of them is counted; see `mains`.
    """

    def __init__(self, problem: Problem, nodes: Nodes, *, room: int = ROOM) -> None:
        from coterminosity.proposing import area_bounding, area_cuts

        self.problem, self.nodes, self._kernels = problem, nodes, area_cuts
        self._search_root = area_bounding.search_root
        self._split = [i for i, b in enumerate(problem.bodies) if b.split_cost > 0]
        table = sparse.hstack(
            [sparse.csr_array((len(problem), 0))]
            + [problem.bodies[i].weight * problem.bodies[i].split_cost for i in self._split]
        ).tocsr()
        own = np.flatnonzero(nodes.of_unit >= 0)
        member = sparse.csr_array(
            (np.ones(len(own)), (nodes.of_unit[own], own)), shape=(nodes.count, len(problem))
        )
        self._held = sparse.coo_array(member @ table)
        self._base = self._rim()
        self.mains: list[Floats] = []
        for bodies in problem.bodies:
            if bodies.merge_cost:
                self._add_mergers(bodies)
        self.count, self._regions = nodes.count, int(table.shape[1])
        self._never: list[int] = []
        self._ground = self._lay()
        self._ledger = _ledger_of(area_cuts, self._ground, room)

    def _rim(self) -> Floats:
        """Return half of the borders with what is left out."""
        a, b, cost = self.nodes.edges
        outer = a < 0
        sums = np.bincount(b[outer], 0.5 * cost[outer], self.nodes.count)
        return np.asarray(sums, dtype=np.float64)

    def _add_mergers(self, bodies: Bodies) -> None:
        """Count the mergers that any area with a node has, and the rest by main region.

        Each row of ``mains`` is what nodes cost more in an area that is mainly of one region.
        """
        table = bodies.weight.toarray()
        by_node = np.stack([self.nodes.sums(column) for column in table.T], axis=0)
        most = by_node.max(axis=0, initial=0.0)
        self._base = self._base + bodies.merge_cost * (self.nodes.sums(bodies.by_unit) - most)
        self.mains.append(bodies.merge_cost * np.unique(most - by_node, axis=0))

    def _lay(self) -> Any:
        problem, nodes, count = self.problem, self.nodes, self.nodes.count
        a, b, cost = nodes.edges
        inner = a >= 0
        tail = np.concatenate([a[inner], b[inner], self._held.row, self._held.col + count])
        head = np.concatenate([b[inner], a[inner], self._held.col + count, self._held.row])
        fee = np.concatenate(
            [0.5 * cost[inner], 0.5 * cost[inner], self._held.data, np.zeros(len(self._held.data))]
        )
        size = count + self._regions
        order = np.lexsort((head, tail))
        place = np.empty(len(order), dtype=np.int64)
        place[order] = np.arange(len(order))
        half, pairs = int(inner.sum()), len(self._held.data)
        twin = np.concatenate(
            [np.arange(half) + half, np.arange(half),
             2 * half + pairs + np.arange(pairs), 2 * half + np.arange(pairs)]
        )  # fmt: skip
        low, high = self._bands()
        apart: list[set[int]] = [set() for _ in range(count)]
        for group in problem.parts:
            own = [int(n) for n in nodes.of_unit[list(group)] if n >= 0]
            for one in own:
                apart[one] |= set(own) - {one}
            self._never += [one for one in own if own.count(one) > 1]
        flat = [other for own in apart for other in sorted(own)]
        weight = np.r_[nodes.sums(problem.people), np.zeros(self._regions)]
        hard = not np.isfinite(problem.size_price)
        floors, ceilings = low[low >= 0], high[high >= 0]
        band = [floors.min(), ceilings.max(), problem.size_price if not hard else 1e300]
        return self._kernels.Ground(
            start=whole(np.searchsorted(tail[order], np.arange(size + 1))), to=whole(head[order]),
            twin=whole(place[twin[order]]), cost=real(fee[order]), weight=real(weight),
            sizes=whole([count, size]), band=real(band), low=real(low), high=real(high),
            apart_start=whole(np.r_[0, np.cumsum([len(own) for own in apart])]), apart=whole(flat),
            contiguous=whole([int(problem.contiguous)]), near_start=whole(problem.near_start),
            near=whole(problem.near), node=whole(nodes.of_unit),
        )  # fmt: skip

    def _bands(self) -> tuple[Floats, Floats]:
        """Return floors and ceilings that nodes bring along, -1 for none; last the general ones."""
        problem, of_unit = self.problem, self.nodes.of_unit
        low, high = np.full(self.nodes.count + 1, -1.0), np.full(self.nodes.count + 1, -1.0)
        low[-1], high[-1] = problem.floor, min(problem.ceiling, 1e300)
        for unit, people in problem.unit_floor.items():
            node = of_unit[unit]
            if node >= 0:
                low[node] = max(low[node], people)
        for unit, people in problem.unit_ceiling.items():
            node = of_unit[unit]
            if node >= 0:
                high[node] = people if high[node] < 0 else min(high[node], people)
        return low, high

    def at(self, duals: Duals) -> None:
        """Set the prices, and let no node be left out."""
        fees = [duals.homes[i] for i in self._split]
        gain = np.bincount(self._held.row, self._held.data, self.count)
        price = np.concatenate([self._base - self.nodes.sums(duals.units) - gain, *fees])
        self._price, self._count = price, duals.count
        b, scale = self._ledger, max(1.0, float(np.max(np.abs(price), initial=0.0)))
        b.fixed[:] = whole(np.zeros(len(price)))
        for node in self._never:
            b.fixed[node] = -1
        b.numbers[self._kernels.TINY] = TINY * scale
        b.numbers[self._kernels.SLACK] = SLACK * scale
        self.surcharge(np.zeros(self.count))

    def surcharge(self, more: Floats) -> None:
        """Let nodes cost so much more than the prices that were set say."""
        self._ledger.price[:] = real(self._price + np.r_[more, np.zeros(self._regions)])

    def exclude(self, node: int) -> None:
        """Leave a node out, until prices are set again."""
        self._ledger.fixed[node] = -1

    def below(self, node: int, *, top: float, budget: int, every: bool = False) -> Rooted:
        """Look for areas with a node (-1 for any) at a reduced cost below the top."""
        b, k = self._ledger, self._kernels
        b.counts[k.ROOT] = node
        done = self._search_root(self._ground, b, top + self._count, budget, int(every))
        found = int(b.counts[k.FOUND])
        sets = np.asarray(b.found[: found * self.count]).reshape(found, self.count)
        areas = [self.nodes.units(np.flatnonzero(row)) for row in sets]
        costs = np.asarray(b.found_cost[:found]) - self._count
        return Rooted(b.numbers[k.PROVED] - self._count, areas, costs, bool(done))

    @property
    def flows(self) -> int:
        """Minimum cuts so far."""
        return int(self._ledger.counts[self._kernels.FLOWS])

    def cut(self) -> tuple[float, Ints]:
        """Return a quick bound over all areas, and the nodes of the set that gives it."""
        self.below(-1, top=np.inf, budget=1)
        b, k = self._ledger, self._kernels
        kept = np.asarray(b.kept[: self.count])
        return b.numbers[k.PROVED] - self._count, np.flatnonzero(kept >= 0)


def _ledger_of(kernels: ModuleType, ground: Any, room: int) -> Any:
    count, size = ground.sizes[0], ground.sizes[1]
    most = max(size, len(ground.node)) + 1
    zeros, arcs = np.zeros(size), np.zeros(len(ground.cost))
    return kernels.Ledger(
        price=real(zeros), fixed=whole(zeros), left=real(arcs), rest=real(zeros),
        level=whole(zeros), cursor=whole(zeros), queue=whole(np.zeros(most)),
        path=whole(zeros), side=whole(zeros), cut=whole(zeros), kept=whole(zeros),
        seen=whole(np.zeros(most)), trail=whole(np.zeros(most)), open_node=whole(zeros),
        open_trail=whole(zeros), open_bound=real(zeros), open_heat=real(zeros),
        found=whole(np.zeros(room * count)), found_cost=real(np.zeros(room)),
        numbers=real(np.zeros(6)), counts=whole(np.zeros(5)),
    )  # fmt: skip
