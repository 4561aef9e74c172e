"""A problem as flat rows of numbers, for the kernels: what is fixed, and what a search changes.

Units that must be together and touch are one *node*. Every search runs on nodes; for most
problems these are the units.
"""

from dataclasses import dataclass
from math import log

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from coterminosity.proposing import layout as at
from coterminosity.proposing.compiled import Real, Whole, real, whole
from coterminosity.proposing.costing import leading_units
from coterminosity.proposing.problem import NO_AREA, Ints, Problem

ENDLESS = 1e300
# Rows of regions by label are kept below this many numbers.
_MOST_CELLS = 4_000_000
_LUCK = 4096


Fixed = dict[int, npt.ArrayLike]


@dataclass(frozen=True, eq=False)
class Tableau:
    """A problem as rows by number, and which node each unit is in.

    ``counts`` and ``prices`` are the single numbers at the head of the two rows.
    """

    problem: Problem
    node: Ints
    counts: dict[int, int]
    prices: dict[int, float]
    fixed: Fixed

    def rows(self, seed: int) -> tuple[Whole, Real]:
        """Return the row of whole and the row of real numbers, for a search of its own."""
        w: list[npt.NDArray[np.int64]] = [np.zeros(at.WHOLE_HEAD, dtype=np.int64)]
        x: list[npt.NDArray[np.float64]] = [np.zeros(at.REAL_HEAD)]
        w_end, x_end = at.WHOLE_HEAD, at.REAL_HEAD
        rows = {**self._room(), **self.fixed}
        for place in sorted(rows):
            if place < at.FIRST_REAL:
                w.append(np.asarray(rows[place], dtype=np.int64).ravel())
                w[0][place] = w_end
                w_end += len(w[-1])
            else:
                x.append(np.asarray(rows[place], dtype=np.float64).ravel())
                w[0][place] = x_end
                x_end += len(x[-1])
        for place, count in self.counts.items():
            w[0][place] = count
        for place, price in self.prices.items():
            x[0][place] = price
        w[0][at.DICE] = 1 + seed % 2147483562
        w[0][at.OTHER_DICE] = 1 + (seed * 69621 + 12345) % 2147483398
        return whole(np.concatenate(w)), real(np.concatenate(x))

    def _room(self) -> Fixed:
        """Return the rows that a search changes, empty."""
        count = self.counts
        n, labels, slots = count[at.NODES], count[at.LABELS], count[at.SLOTS]
        sizes = {
            **dict.fromkeys(range(at.MARK, at.FITTING + 1), n),
            **dict.fromkeys((at.AREA, at.BEST, at.AFTER, at.BEFORE), n),
            **dict.fromkeys((at.JOURNAL, at.JOURNAL_MARK, at.BELOW, at.BELOW_CUT), n),
            **dict.fromkeys((at.HEAD, at.SIZE, at.LEADERS, at.ENTERED, at.WEIGHT), labels),
            **dict.fromkeys((at.HOME, at.HOME_WEIGHT), count[at.REGIONS]),
            **dict.fromkeys((at.MAIN, at.MAIN_WEIGHT), count[at.LAYERS] * labels),
            **dict.fromkeys((at.SUM_WEIGHT, at.SUM_VALUE), count[at.NEEDS] * labels),
            **dict.fromkeys((at.CUTS, at.CUT_PLACE), slots),
            **dict.fromkeys((at.TRAIL, at.TRAIL_AREA), 4 * n),
            at.COMMON: count[at.REGIONS] * labels,
        }
        return {place: np.zeros(size) for place, size in sizes.items()}

    def row(self, rows: Whole, place: int) -> Ints:
        """Return a row of nodes from the row of whole numbers."""
        start = rows[place]
        return np.array(rows[start : start + self.counts[at.NODES]], dtype=np.int64)

    def nodes_of(self, area: Ints) -> Ints:
        """Return the label of nodes: that of most of their people, the pinned as pinned."""
        count, width = self.counts[at.NODES], int(area.max(initial=0)) + 1
        if count == len(self.problem):
            found = np.array(area, dtype=np.int64)
        else:
            share = self.problem.people + 1.0
            held = sparse.coo_array((share, (self.node, area)), shape=(count, width)).tocsr()
            found = np.asarray(held.argmax(axis=1), dtype=np.int64).ravel()
        pinned = np.asarray(self.fixed[at.PINNED])
        return np.where(pinned >= 0, pinned, found)

    def units_of(self, area: npt.ArrayLike) -> Ints:
        """Return the label of units; areas without a name are numbered as they come."""
        label = np.asarray(area, dtype=np.int64)[self.node]
        named = len(self.problem.labels)
        loose = label >= named
        if loose.any():
            _, first, inverse = np.unique(label[loose], return_index=True, return_inverse=True)
            rank = np.empty(len(first), dtype=np.int64)
            rank[np.argsort(first, kind="stable")] = np.arange(len(first))
            label[loose] = named + rank[inverse.ravel()]
        return label


def tableau_of(problem: Problem) -> Tableau:
    """Return a problem as rows."""
    node, pairs = _nodes(problem)
    count = int(node.max()) + 1
    labels = _label_count(problem)
    pinned = np.full(count, NO_AREA, dtype=np.int64)
    held = problem.pinned >= 0
    pinned[node[held]] = problem.pinned[held]
    fixed: Fixed = {
        **_borders(problem, node, count),
        **_pairs(pairs, count),
        **_regions(problem, node, count, labels),
        **_needs(problem, node, count),
        **_leaders(problem, node, count, labels),
        **_bands(problem, node, labels),
        at.PEOPLE: np.bincount(node, problem.people, count),
        at.PINNED: pinned,
        at.LABEL_CLOSED: _padded(problem.closed, labels),
        at.LABEL_MUST: _padded(problem.must_open, labels),
        at.LUCK: [round(-log((i + 0.5) / _LUCK), 9) for i in range(_LUCK)],
    }
    counts = {
        at.NODES: count,
        at.LABELS: labels,
        at.NAMED: len(problem.labels),
        at.REGIONS: len(np.asarray(fixed[at.REGION_LAYER])),
        at.LAYERS: len(np.asarray(fixed[at.LAYER_MERGE])),
        at.NEEDS: len(problem.needs),
        at.PINS: int((pinned >= 0).sum()),
        at.SLOTS: len(np.asarray(fixed[at.NEAR])),
        at.SPECIALS: len(np.asarray(fixed[at.SPECIAL])),
        at.K_LOW: problem.k_low,
        at.K_HIGH: problem.k_high,
        at.FREE: int(problem.free),
        at.CONTIGUOUS: int(problem.contiguous),
    }
    prices = {
        at.SIZE_PRICE: float(problem.size_price) if np.isfinite(problem.size_price) else -1.0,
        at.CONSTANT: _constant(problem),
    }
    return Tableau(problem, node, counts, prices, fixed)


def _nodes(problem: Problem) -> tuple[Ints, list[tuple[int, int, int]]]:
    """Return the node of each unit, and pairs to keep together (1) or apart (-1)."""
    n = len(problem)
    group = np.arange(n)
    if problem.joins:
        ends = [(own[0], other) for own in problem.joins for other in own[1:]]
        a, b = np.array(ends).T
        _, group = connected_components(_links(a, b, n), directed=False)
        pin_low = np.full(n, np.iinfo(np.int64).max)
        pin_high = np.full(n, -1)
        held = problem.pinned >= 0
        np.minimum.at(pin_low, group[held], problem.pinned[held])
        np.maximum.at(pin_high, group[held], problem.pinned[held])
        clash = (pin_high >= 0) & (pin_low != pin_high)
        group = np.where(clash[group], n + np.arange(n), group)
    same = group[problem.edge_a] == group[problem.edge_b]
    links = _links(problem.edge_a[same], problem.edge_b[same], n)
    if not problem.contiguous and problem.joins:
        links = _links(a, b, n)
    _, node = connected_components(links, directed=False)
    _, first, node = np.unique(node, return_index=True, return_inverse=True)
    rank = np.argsort(np.argsort(first, kind="stable"), kind="stable")
    node = rank[node.ravel()].astype(np.int64)
    found = [(int(node[own[0]]), int(node[other]), 1) for own in problem.joins for other in own[1:]]
    found += [
        (int(node[one]), int(node[other]), -1)
        for own in problem.parts
        for place, one in enumerate(own)
        for other in own[:place]
    ]
    return node, sorted({pair for pair in found if pair[0] != pair[1]})


def _links(a: Ints, b: Ints, n: int) -> sparse.coo_array:
    return sparse.coo_array((np.ones(len(a)), (a, b)), shape=(n, n))


def _label_count(problem: Problem) -> int:
    """Return how many labels there is room for: one more than may be open."""
    named = len(problem.labels)
    if not problem.free:
        return named
    most = problem.k_high
    if problem.floor > 0 and not np.isfinite(problem.size_price):
        most = min(most, int(problem.people.sum() / problem.floor) + 1)
    most = max(most, problem.k_low)
    regions = max(1, sum(len(own.names) for own in problem.bodies))
    return named + min(most, max(problem.k_low, _MOST_CELLS // regions)) + 1


def _padded(values: npt.NDArray[np.bool_], labels: int) -> Ints:
    return np.concatenate([values, np.zeros(labels - len(values), dtype=bool)]).astype(np.int64)


def _starts(owner: Ints, count: int) -> Ints:
    return np.asarray(np.concatenate([[0], np.cumsum(np.bincount(owner, minlength=count))]))


def _borders(problem: Problem, node: Ints, count: int) -> Fixed:
    a, b = node[problem.edge_a], node[problem.edge_b]
    kept = a != b
    table = sparse.coo_array(
        (
            np.concatenate([problem.edge_cost[kept]] * 2),
            (np.concatenate([a[kept], b[kept]]), np.concatenate([b[kept], a[kept]])),
        ),
        shape=(count, count),
    ).tocsr()
    table.sum_duplicates()
    table = table.tocoo()
    owner, near = table.row.astype(np.int64), table.col.astype(np.int64)
    # Sorted by owner, then neighbour; the twin of a slot is where the two are swapped.
    twin = np.empty(len(owner), dtype=np.int64)
    twin[np.lexsort((owner, near))] = np.arange(len(owner))
    return {
        at.NEAR_START: _starts(owner, count),
        at.NEAR: np.asarray(near),
        at.NEAR_COST: np.asarray(table.data),
        at.NEAR_OWNER: np.asarray(owner),
        at.NEAR_TWIN: np.asarray(twin),
    }


def _pairs(pairs: list[tuple[int, int, int]], count: int) -> Fixed:
    both = sorted(pairs + [(b, a, kind) for a, b, kind in pairs])
    rows = np.array(both, dtype=np.int64).reshape(-1, 3)
    return {
        at.PAIR_START: _starts(rows[:, 0], count),
        at.PAIR: np.asarray(rows[:, 1]),
        at.PAIR_KIND: np.asarray(rows[:, 2]),
    }


def _regions(problem: Problem, node: Ints, count: int, labels: int) -> Fixed:
    """Put the regions of all layers with a price in one row."""
    priced = [own for own in problem.bodies if own.split_cost or own.merge_cost]
    sizes = [len(own.totals) for own in priced]
    start = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    to_node = sparse.csr_array(
        (np.ones(len(node)), (node, np.arange(len(node)))), shape=(count, len(node))
    )
    held = [(to_node @ own.weight).tocoo() for own in priced]
    row = np.concatenate([own.row for own in held] or [np.zeros(0)]).astype(np.int64)
    column = np.concatenate(
        [own.col + first for own, first in zip(held, start, strict=False)] or [np.zeros(0)]
    ).astype(np.int64)
    weight = np.concatenate([own.data for own in held] or [np.zeros(0)])
    order = np.lexsort((column, row))
    order = order[weight[order] > 0]
    leads = np.concatenate([np.zeros(0, dtype=np.int64), *(own.leads for own in priced)])
    label_region = np.full(labels, -1, dtype=np.int64)
    label_region[leads[leads >= 0]] = np.flatnonzero(leads >= 0)
    return {
        at.HELD_START: _starts(row[order], count),
        at.HELD: np.asarray(column[order]),
        at.HELD_WEIGHT: np.asarray(weight[order]),
        at.REGION_SPLIT: np.asarray(np.repeat([own.split_cost for own in priced], sizes)),
        at.REGION_LAYER: np.asarray(np.repeat(np.arange(len(priced)), sizes)),
        at.REGION_LEAD: np.asarray(leads),
        at.LAYER_START: np.asarray(start),
        at.LAYER_MERGE: np.asarray([own.merge_cost for own in priced]),
        at.LABEL_REGION: np.asarray(label_region),
    }


def _needs(problem: Problem, node: Ints, count: int) -> Fixed:
    weights = [np.bincount(node, need.weight, count) for need in problem.needs]
    sums = [np.bincount(node, need.weight * need.value, count) for need in problem.needs]
    return {
        at.NEED_PRICE: np.asarray([need.price for need in problem.needs]),
        at.NEED_WEIGHT: np.asarray(weights),
        at.NEED_SUM: np.asarray(sums),
    }


def _constant(problem: Problem) -> float:
    """Return the part of the cost that no assignment changes."""
    return float(
        sum(need.price * (need.weight * need.value**2).sum() for need in problem.needs)
        + sum(
            own.split_cost * own.totals.sum() + own.merge_cost * own.totals.sum()
            for own in problem.bodies
        )
    )


def _leaders(problem: Problem, node: Ints, count: int, labels: int) -> Fixed:
    """Say which labels each node may lead."""
    led = np.zeros(labels, dtype=np.int64)
    rows: list[Ints] = []
    for label, (layer, code) in enumerate(problem.led_by):
        if layer and not problem.closed[label]:
            led[label] = 1
            own = np.unique(node[leading_units(problem, layer, code)])
            rows.append(np.column_stack([own, np.full(len(own), label)]))
    table = np.concatenate(rows) if rows else np.zeros((0, 2), dtype=np.int64)
    table = table[np.lexsort((table[:, 1], table[:, 0]))]
    return {
        at.LEAD_START: _starts(table[:, 0], count),
        at.LEAD: np.asarray(table[:, 1]),
        at.LABEL_LED: np.asarray(led),
    }


def _bands(problem: Problem, node: Ints, labels: int) -> Fixed:
    low, high = np.full(labels, float(problem.floor)), np.full(labels, float(problem.ceiling))
    own_low, own_high = np.zeros(labels, dtype=np.int64), np.zeros(labels, dtype=np.int64)
    for label, people in problem.label_floor.items():
        low[label], own_low[label] = people, 1
    for label, people in problem.label_ceiling.items():
        high[label], own_high[label] = people, 1
    lows: dict[int, float] = {}
    highs: dict[int, float] = {}
    for unit, people in problem.unit_floor.items():
        lows[int(node[unit])] = max(people, lows.get(int(node[unit]), -1.0))
    for unit, people in problem.unit_ceiling.items():
        highs[int(node[unit])] = min(people, highs.get(int(node[unit]), ENDLESS))
    special = sorted({*lows, *highs})
    return {
        at.LABEL_LOW: np.asarray(low),
        at.LABEL_HIGH: np.asarray(np.minimum(high, ENDLESS)),
        at.LABEL_OWN_LOW: np.asarray(own_low),
        at.LABEL_OWN_HIGH: np.asarray(own_high),
        at.SPECIAL: np.asarray(special),
        at.SPECIAL_LOW: np.asarray([lows.get(u, -1.0) for u in special]),
        at.SPECIAL_HIGH: np.asarray([min(highs.get(u, ENDLESS), ENDLESS) for u in special]),
    }
