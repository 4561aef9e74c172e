"""Which units and labels of a problem are decided, and how a programme is drafted."""

from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from scipy import sparse

from coterminosity.proposing.costing import leading_units
from coterminosity.proposing.problem import NO_AREA, Bodies, Bools, Floats, Ints, Problem
from coterminosity.proposing.solver import Solver

OUTSIDE = -1


@dataclass(frozen=True, eq=False, kw_only=True)
class Frame:
    """Hold what is decided: clusters of joined units, and the labels that they may have.

    Attributes
    ----------
    problem : Problem
        Prices and constraints.
    labels : array of int
        Labels in play; "position" is a place in this array.
    cluster : array of int
        By unit: its cluster, -1 for a unit that is not in play.
    allowed : array of bool
        Clusters × positions.
    area : array of int
        By unit: the fixed label of a unit that is not in play, else -1.
    """

    problem: Problem
    labels: Ints
    cluster: Ints
    allowed: Bools
    area: Ints

    @cached_property
    def members(self) -> tuple[Ints, ...]:
        """Units by cluster."""
        inside = np.flatnonzero(self.cluster >= 0)
        order = inside[np.argsort(self.cluster[inside], kind="stable")]
        edges = np.searchsorted(self.cluster[order], np.arange(1, len(self.allowed)))
        return tuple(np.split(order, edges))

    @cached_property
    def people(self) -> Floats:
        """People by cluster."""
        inside = self.cluster >= 0
        return np.bincount(
            self.cluster[inside], self.problem.people[inside], len(self.allowed)
        ).astype(np.float64)

    @cached_property
    def open_outside(self) -> Ints:
        """Labels of areas that are not in play."""
        return np.unique(self.area[self.area >= 0])

    @cached_property
    def leaders(self) -> tuple[Ints | None, ...]:
        """By position: units in play of which the area must hold one; None where nothing leads."""
        found: list[Ints | None] = []
        for label in self.labels:
            layer, code = self.problem.led_by[label] if self.is_named(label) else ("", "")
            if not layer or self.problem.closed[label]:
                found.append(None)
            else:
                own = leading_units(self.problem, layer, code)
                found.append(own[self.cluster[own] >= 0])
        return tuple(found)

    def is_named(self, label: int) -> bool:
        """Tell whether a label is one of a named area."""
        return bool(label < len(self.problem.labels))

    def is_closed(self, position: int) -> bool:
        """Tell whether no unit but its own may have the label at a position."""
        label = self.labels[position]
        return self.is_named(label) and bool(self.problem.closed[label])

    def must_open(self, position: int) -> bool:
        """Tell whether the label at a position must have units."""
        label = self.labels[position]
        return self.is_named(label) and bool(self.problem.must_open[label])

    def weight_of(self, bodies: Bodies) -> sparse.coo_array:
        """Return people of clusters × regions, of units in play."""
        table = bodies.weight.tocoo()
        keep = (self.cluster[table.row] >= 0) & (table.data > 0)
        shape = (len(self.allowed), table.shape[1])
        cells = (self.cluster[table.row[keep]], table.col[keep])
        return sparse.coo_array(
            sparse.csr_array(sparse.coo_array((table.data[keep], cells), shape=shape))
        )

    def outside_weight(self, bodies: Bodies) -> Floats:
        """Return people of regions × labels, of units that are not in play."""
        width = max(self.open_outside.max(initial=-1), self.labels.max(initial=-1)) + 1
        width = max(int(width), int(bodies.leads.max(initial=-1)) + 1, 1)
        table = bodies.weight.tocoo()
        keep = self.area[table.row] >= 0
        cells = table.col[keep].astype(np.int64) * width + self.area[table.row[keep]]
        count = table.shape[1] * width
        found = np.bincount(cells, table.data[keep], count).astype(np.float64)
        return found.reshape(table.shape[1], width)

    def narrowed(self, allowed: Bools) -> "Frame":
        """Return the frame with fewer pairs of cluster and label."""
        return replace(self, allowed=allowed)


def frame_of(problem: Problem, labels: Ints, area: Ints | None = None) -> Frame:
    """Return the frame in which the units of some labels are decided anew.

    Parameters
    ----------
    problem : Problem
        Prices and constraints.
    labels : array of int
        Labels in play.
    area : array of int, optional
        Plan in force; units of its other labels stay. None: all units are decided.
    """
    labels, count = np.asarray(labels, dtype=np.int64), len(problem)
    inside = np.ones(count, dtype=np.bool_) if area is None else np.isin(area, labels)
    cluster, number = _clusters(problem, inside)
    allowed = np.ones((number, len(labels)), dtype=np.bool_)
    for position, label in enumerate(labels):
        if label < len(problem.labels) and problem.closed[label]:
            allowed[:, position] = False
            own = np.flatnonzero((problem.pinned == label) & inside)
            allowed[cluster[own], position] = True
    for unit in np.flatnonzero((problem.pinned >= 0) & inside):
        allowed[cluster[unit], labels != problem.pinned[unit]] = False
    for position, label in enumerate(labels):
        if label < len(problem.labels) and problem.closed[label]:
            strange = np.flatnonzero((problem.pinned != label) & inside)
            allowed[cluster[strange], position] = False
    fixed = np.full(count, OUTSIDE, dtype=np.int64)
    if area is not None:
        fixed[~inside] = np.asarray(area)[~inside]
    return Frame(problem=problem, labels=labels, cluster=cluster, allowed=allowed, area=fixed)


def _clusters(problem: Problem, inside: Bools) -> tuple[Ints, int]:
    """Give numbers to the units in play, one to those that must share an area."""
    count = len(problem)
    pairs = [(g[0], other) for g in problem.joins for other in g[1:]]
    if not pairs:
        number = np.full(count, NO_AREA, dtype=np.int64)
        number[inside] = np.arange(int(inside.sum()))
        return number, int(inside.sum())
    a, b = np.array(pairs, dtype=np.int64).T
    links = sparse.csr_array((np.ones(len(a)), (a, b)), shape=(count, count))
    whole = sparse.csgraph.connected_components(links, directed=False)[1]
    number = np.full(count, NO_AREA, dtype=np.int64)
    found, number[inside] = np.unique(whole[inside], return_inverse=True)
    return number, len(found)


# What a column is there for: a pair of cluster and label, a part that follows from pairs, a choice
# that is needed where a part of it is, or something that is always there.
PAIR, PART, CHOICE, ALWAYS = range(4)


@dataclass(eq=False)
class Draft:
    """Collect columns and rows, to be handed to a solver at once."""

    offset: float = 0.0
    width: int = 0
    height: int = 0
    cost: list[Floats] = field(default_factory=list)
    bounds: list[tuple[Floats, Floats]] = field(default_factory=list)
    integer: list[Bools] = field(default_factory=list)
    kinds: list[Ints] = field(default_factory=list)
    entries: list[tuple[Ints, Ints, Floats]] = field(default_factory=list)
    sides: list[tuple[Floats, Floats]] = field(default_factory=list)
    ties: list[tuple[Ints, Ints, Ints]] = field(default_factory=list)

    def columns(
        self, cost: Floats, *, kind: int, upper: float = 1.0, integer: bool = False
    ) -> Ints:
        """Add columns and return their numbers."""
        count = len(cost)
        self.cost.append(np.array(cost, dtype=np.float64))
        self.bounds.append((np.zeros(count), np.full(count, upper)))
        self.integer.append(np.full(count, integer))
        self.kinds.append(np.full(count, kind, dtype=np.int64))
        self.width += count
        return np.arange(self.width - count, self.width, dtype=np.int64)

    def rows(self, lower: Floats, upper: Floats, *entries: tuple[Ints, Ints, Floats]) -> None:
        """Add rows; entries are row (from 0), column and value."""
        for row, column, value in entries:
            self.entries.append((row + self.height, column, value))
        self.sides.append((lower, upper))
        self.height += len(lower)

    def row(self, columns: Ints, values: Floats | float, lower: float, upper: float) -> None:
        """Add one row."""
        full = np.broadcast_to(np.asarray(values, dtype=np.float64), len(columns))
        self.rows(
            np.array([lower]), np.array([upper]),
            (np.zeros(len(columns), dtype=np.int64), np.asarray(columns, dtype=np.int64), full),
        )  # fmt: skip

    def at_most(self, small: Ints, great: Ints) -> None:
        """Add rows that keep columns at or below others."""
        number, one = np.arange(len(small), dtype=np.int64), np.ones(len(small))
        self.ties.append((number + self.height, small, great))
        self.rows(
            np.full(len(small), -np.inf), np.zeros(len(small)),
            (number, small, one), (number, great, -one),
        )  # fmt: skip

    def programme(self) -> "Programme":
        """Return what was collected."""
        row, column, value = (np.concatenate(own) for own in zip(*self.entries, strict=True))
        low, high = (np.concatenate(own) for own in zip(*self.sides, strict=True))
        matrix = sparse.coo_array((value, (row, column)), shape=(self.height, self.width))
        nothing = np.zeros(0, dtype=np.int64)
        ties = self.ties or [(nothing, nothing, nothing)]
        lower, upper = (np.concatenate(own) for own in zip(*self.bounds, strict=True))
        return Programme(
            offset=self.offset, cost=np.concatenate(self.cost), lower=lower, upper=upper,
            integer=np.concatenate(self.integer), kind=np.concatenate(self.kinds),
            matrix=matrix.tocsr(), low=low, high=high,
            ties=np.array([np.concatenate(own) for own in zip(*ties, strict=True)]),
        )  # fmt: skip


@dataclass(frozen=True, eq=False, kw_only=True)
class Programme:
    """Hold ``min offset + cost·x, low ≤ matrix·x ≤ high, lower ≤ x ≤ upper``.

    ``ties`` are row, small and great column of the rows that keep one column below another.
    """

    offset: float
    cost: Floats
    lower: Floats
    upper: Floats
    integer: Bools
    kind: Ints
    matrix: sparse.csr_array
    low: Floats
    high: Floats
    ties: Ints

    def with_rows(self, matrix: sparse.csr_array, high: Floats) -> "Programme":
        """Return the programme with more rows at most ``high``."""
        return replace(
            self, matrix=sparse.csr_array(sparse.vstack([self.matrix, matrix])),
            low=np.append(self.low, np.full(len(high), -np.inf)), high=np.append(self.high, high),
        )  # fmt: skip

    def restricted(self, use: Bools, keep: Bools) -> "Programme":
        """Return the programme over some columns and rows."""
        column, row = np.flatnonzero(use), np.flatnonzero(keep)
        tied, small, great = self.ties
        kept = keep[tied] & use[small] & use[great]
        place, number = np.cumsum(keep) - 1, np.cumsum(use) - 1
        return replace(
            self, cost=self.cost[column], lower=self.lower[column], upper=self.upper[column],
            integer=self.integer[column], kind=self.kind[column],
            matrix=self.matrix[row][:, column], low=self.low[row], high=self.high[row],
            ties=np.array([place[tied[kept]], number[small[kept]], number[great[kept]]]),
        )  # fmt: skip

    def load(self, *, seed: int, relaxed: bool = False) -> Solver:
        """Hand everything to a new solver."""
        solver = Solver(seed=seed, offset=self.offset)
        solver.add_columns(
            self.cost, lower=self.lower, upper=self.upper,
            integer=np.zeros(len(self.cost), dtype=np.bool_) if relaxed else self.integer,
        )  # fmt: skip
        solver.add_rows(self.matrix, lower=self.low, upper=self.high)
        return solver
