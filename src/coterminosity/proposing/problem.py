"""The problem that every method but the rules solves: units, terms of cost, and constraints."""

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from coterminosity.brief import Brief

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
NO_AREA = -1


@dataclass(frozen=True, eq=False, kw_only=True)
class Bodies:
    """Regions of one layer, with the price of cutting them and of joining them.

    Attributes
    ----------
    layer : str
        Short name.
    names : Series
        By code.
    weight : sparse array
        Units × regions, people; a person in two regions of a cover counts half in each.
    split_cost, merge_cost : float
        Per person.
    leads : array of int
        By region: the label of the area that it leads, so that its home is that area; -1 for none.
    """

    layer: str
    names: pd.Series
    weight: sparse.csr_array
    split_cost: float
    merge_cost: float
    leads: Ints

    @cached_property
    def totals(self) -> Floats:
        """People of each region."""
        return np.asarray(self.weight.sum(axis=0), dtype=np.float64).ravel()

    @cached_property
    def by_unit(self) -> Floats:
        """People of each unit in any region of the layer."""
        return np.asarray(self.weight.sum(axis=1), dtype=np.float64).ravel()


@dataclass(frozen=True, eq=False, kw_only=True)
class Need:
    """An indicator whose variance within areas has a price.

    ``weight`` is people where the indicator is known, else 0; ``price`` turns the sum of squares
    within areas into cost: ``cost · N / SS_total``.
    """

    indicator: str
    value: Floats
    weight: Floats
    price: float


@dataclass(frozen=True, eq=False, kw_only=True)
class Problem:
    """State what is minimised and what must hold, by number of unit and label of area.

    Labels ``0 … len(labels) - 1`` are areas with a name: those led by anchors, then those that
    must exist. Further labels are free areas, where ``free`` allows them.

    Attributes
    ----------
    brief : Brief
        Where it comes from.
    units, names, people
        Codes, names and weight of units.
    near_start, near : array of int
        Neighbours of unit u over borders and links: ``near[near_start[u]:near_start[u + 1]]``.
    edge_a, edge_b, edge_cost : array
        Each border or link once, with what it costs to cut it.
    bodies, needs
        Terms over regions and indicators.
    labels : tuple of str
        Names of named areas.
    led_by : tuple of (layer, code), by label
        What leads a named area; two empty texts for none.
    pinned : array of int
        By unit: the label it must have, or -1.
    closed : array of bool
        By label: no unit but its own may enter.
    must_open : array of bool
        By label: the area must exist.
    free : bool
        Whether areas without a name may be made.
    k_low, k_high : int
        Fewest and most areas.
    joins, parts : tuple of tuples of int
        Units of one area; units no two of which share an area.
    floor, ceiling : float
        People of any area; 0 and infinite where nothing is asked.
    label_floor, label_ceiling : dict of int to float
        For named areas.
    unit_floor, unit_ceiling : dict of int to float
        For the area that holds a unit.
    size_price : float
        Per person short or over; infinite where the band is hard.
    contiguous : bool
        Whether areas must be in one piece.
    """

    brief: Brief
    units: tuple[str, ...]
    names: tuple[str, ...]
    people: Floats
    near_start: Ints
    near: Ints
    edge_a: Ints
    edge_b: Ints
    edge_cost: Floats
    bodies: tuple[Bodies, ...]
    needs: tuple[Need, ...]
    labels: tuple[str, ...]
    led_by: tuple[tuple[str, str], ...]
    pinned: Ints
    closed: Bools
    must_open: Bools
    free: bool
    k_low: int
    k_high: int
    joins: tuple[tuple[int, ...], ...] = ()
    parts: tuple[tuple[int, ...], ...] = ()
    floor: float = 0.0
    ceiling: float = np.inf
    label_floor: dict[int, float] = field(default_factory=dict)
    label_ceiling: dict[int, float] = field(default_factory=dict)
    unit_floor: dict[int, float] = field(default_factory=dict)
    unit_ceiling: dict[int, float] = field(default_factory=dict)
    size_price: float = np.inf
    contiguous: bool = True

    def __len__(self) -> int:
        return len(self.units)

    def __repr__(self) -> str:
        kind = "free areas" if self.free else f"{len(self.labels)} named areas"
        return f"<Problem: {len(self)} units, {kind}, {self.k_low} to {self.k_high} of them>"

    @property
    def wanted(self) -> str:
        """How many areas are wanted, in words."""
        low, high = self.k_low, self.k_high
        return f"{low:,}" if low == high else f"{low:,} to {high:,}"

    @cached_property
    def neighbours(self) -> tuple[tuple[int, ...], ...]:
        """Neighbours by unit."""
        return tuple(
            tuple(int(n) for n in self.near[self.near_start[u] : self.near_start[u + 1]])
            for u in range(len(self))
        )

    def band_of(self, members: Ints, label: int = NO_AREA) -> tuple[float, float]:
        """Return floor and ceiling of an area of these units.

        A named area's own band and that of units it holds stand in for the general one; of
        several the narrower counts.
        """
        floors = [self.label_floor[label]] if label in self.label_floor else []
        ceilings = [self.label_ceiling[label]] if label in self.label_ceiling else []
        if self.unit_floor or self.unit_ceiling:
            own = {int(u) for u in members}
            floors += [f for u, f in self.unit_floor.items() if u in own]
            ceilings += [c for u, c in self.unit_ceiling.items() if u in own]
        return max(floors, default=self.floor), min(ceilings, default=self.ceiling)

    def is_connected(self, members: Ints) -> bool:
        """Tell whether units are one piece over borders and links."""
        left = {int(u) for u in members}
        if not left:
            return False
        start = left.pop()
        edge = [start]
        while edge:
            reached = left.intersection(self.neighbours[edge.pop()])
            left -= reached
            edge += reached
        return not left


def labels_of(problem: Problem, plan: pd.Series) -> Ints:
    """Return the labels of a plan given as area name by unit code; open units have -1.

    Areas of names that the problem knows keep their label; others are numbered after them.
    """
    area = plan.reindex(list(problem.units))
    known = {name: label for label, name in enumerate(problem.labels)}
    rest = sorted({str(a) for a in area.dropna() if a and a not in known})
    known |= {name: len(problem.labels) + place for place, name in enumerate(rest)}
    return np.array([known[str(a)] if isinstance(a, str) and a else -1 for a in area], np.int64)
