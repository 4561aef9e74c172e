"""The standing of an assignment: every figure that a move can change."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from coterminosity.governing import governance_of
from coterminosity.need import Spread, between_and_total
from coterminosity.negotiating.ground import Floats, Ground, GroundLayer, Ints
from coterminosity.negotiating.rules import Bounds
from coterminosity.scores.crosstab import quotient, ratio

LAYER_COLUMNS = [
    "title", "regions", "whole", "cut", "same", "split_people", "merge_people", "split_share",
    "merge_share", "coterminosity",
]  # fmt: skip


@dataclass(frozen=True, eq=False, kw_only=True)
class LayerStanding:
    """How the regions of one layer and the areas fit.

    Attributes
    ----------
    layer : GroundLayer
        The bodies.
    full, shared : array
        Regions × areas: people, as in `GroundLayer`.
    is_cut : array of bool
        By region: some area holds a part of it that is more than a trace and less than all.
    is_same : array of bool
        By region: it is the same as some area, up to a trace.
    split_people, merge_people : float
        People outside the area that holds most of their region; people whose area is mainly
        another region's.
    containment, held : float
        1 − split share and 1 − merge share.
    """

    layer: GroundLayer
    full: Floats
    shared: Floats
    is_cut: np.ndarray
    is_same: np.ndarray
    split_people: float
    merge_people: float
    containment: float
    held: float

    @property
    def coterminosity(self) -> float:
        """Mean of containment and held share, 0 to 1: as `scores.coterminosity`."""
        return 0.5 * (self.containment + self.held)

    def homes(self) -> Ints:
        """Return the area that holds most of each region; of equals the first."""
        return np.asarray(self.shared.argmax(axis=1), dtype=np.int64)


@dataclass(frozen=True, eq=False)
class Standing:
    """Figures of an assignment of units to areas.

    Parameters
    ----------
    ground : Ground
        Units, bodies and borders.
    areas : tuple of str
        Names, each of an area with units.
    area : array of int
        By unit: the number of its area; -1 where open.
    """

    ground: Ground
    areas: tuple[str, ...]
    area: Ints

    @cached_property
    def people(self) -> Floats:
        """People of each area."""
        return self._sum(self.ground.people)

    @cached_property
    def units(self) -> Ints:
        """Units of each area."""
        return np.bincount(self.area[self.area >= 0], minlength=len(self.areas)).astype(np.int64)

    @cached_property
    def land_m2(self) -> Floats:
        """Land of each area."""
        return self._sum(self.ground.land_m2)

    @cached_property
    def pounds(self) -> Floats:
        """Money of each area in pounds a year: its share of the purse, not rounded."""
        purse = self.ground.purse
        share = self._sum(purse.weights) / float(purse.weights.sum())
        return np.asarray(share * purse.pounds)

    @cached_property
    def contracts(self) -> Floats:
        """Healthcare contracts that each area would have by its people; see `money.contracts`."""
        share = self.people / float(self.ground.people.sum())
        return np.asarray(share * self.ground.purse.contracts)

    @cached_property
    def governance(self) -> pd.DataFrame:
        """Governance label of each area; see `governing.governance_of`."""
        units = list(self.ground.units)
        names = [*self.areas, None]
        area = pd.Series([names[k] for k in self.area], index=units, dtype="object")
        people = pd.Series(self.ground.people, index=units)
        return governance_of(self.ground.governed, people, area, tolerance=self.ground.tolerance)

    @cached_property
    def piece_of(self) -> Ints:
        """Number of the connected piece that each unit lies in."""
        return self.ground.piece_numbers(self.area)[0]

    @cached_property
    def pieces(self) -> Ints:
        """Connected pieces of each area."""
        first = np.unique(self.piece_of, return_index=True)[1]
        own = self.area[first]
        return np.bincount(own[own >= 0], minlength=len(self.areas)).astype(np.int64)

    @cached_property
    def floors(self) -> Floats:
        """People that each area needs at least."""
        return self._limits(self.ground.floor, self.ground.rules.floors, np.fmax)

    @cached_property
    def ceilings(self) -> Floats:
        """People that each area has at most."""
        return self._limits(self.ground.ceiling, self.ground.rules.ceilings, np.fmin)

    @cached_property
    def size_band(self) -> np.ndarray:
        """``below``, ``within`` or ``above`` by area."""
        return np.select(
            [self.people < self.floors, self.people > self.ceilings],
            ["below", "above"],
            default="within",
        )

    @cached_property
    def by_layer(self) -> dict[str, LayerStanding]:
        """Standing of each layer by its short name."""
        return {layer.key: self._of_layer(layer) for layer in self.ground.layers}

    @cached_property
    def cost_people(self) -> float:
        """People split or merged over the seed and the aligned layers: what options rank by."""
        keys = (self.ground.seed_layer, *self.ground.align)
        own = [self.by_layer[key] for key in keys]
        return float(sum(one.split_people + one.merge_people for one in own))

    @cached_property
    def eta_squared(self) -> pd.Series:
        """Share of each indicator's spread that lies between areas, 0 to 1; NaN where undefined.

        As `need.eta_squared`, over people of units with a figure and an area.
        """
        figures = self.ground.need
        return pd.Series(
            {str(name): self._between(figures[name].to_numpy()) for name in figures.columns},
            dtype="float64",
        )

    @cached_property
    def layers(self) -> pd.DataFrame:
        """One row per layer: ``title, regions, whole, cut, same`` and measures by people."""
        rows = {}
        for key, own in self.by_layer.items():
            there = own.layer.total_full > 0
            rows[key] = (
                own.layer.title, int(there.sum()), int((there & ~own.is_cut).sum()),
                int(own.is_cut.sum()), int(own.is_same.sum()), own.split_people,
                own.merge_people, 1.0 - own.containment, 1.0 - own.held, own.coterminosity,
            )  # fmt: skip
        return pd.DataFrame.from_dict(rows, orient="index", columns=LAYER_COLUMNS).rename_axis(
            "layer"
        )

    @cached_property
    def area_table(self) -> pd.DataFrame:
        """One row per area, with the names of the regions of seed and aligned layers mainly in it.

        ``units, people, km2, size_band, pieces, pounds`` (a year), ``per_head, contracts``, and a
        column for each layer.
        """
        columns = {
            "units": self.units,
            "people": self.people,
            "km2": self.land_m2 / 1e6,
            "size_band": self.size_band.astype(object),
            "pieces": self.pieces,
            "pounds": self.pounds,
            "per_head": quotient(self.pounds, self.people),
            "contracts": self.contracts,
        }
        for key in (self.ground.seed_layer, *self.ground.align):
            columns[key] = np.array(self._main_regions(self.by_layer[key]), dtype=object)
        return pd.DataFrame(columns, index=pd.Index(self.areas, name="area", dtype="object"))

    def means(self, indicator: str) -> Floats:
        """Return the mean of an indicator over people by area; NaN where no unit has a figure."""
        value = self.ground.need[indicator].to_numpy()
        known = (self.area >= 0) & ~np.isnan(value)
        people = np.where(known, self.ground.people, 0.0)
        total = self._sum(people * np.where(known, value, 0.0))
        return quotient(total, self._sum(people))

    def _sum(self, values: Floats) -> Floats:
        inside = self.area >= 0
        return np.bincount(self.area[inside], values[inside], len(self.areas)).astype(np.float64)

    def _limits(self, general: float, own: Bounds, strictest: np.ufunc) -> Floats:
        """Return a limit by area: its own where it holds a unit that has one."""
        found = np.full(len(self.areas), np.nan)
        for unit, people in own:
            if self.area[unit] >= 0:
                found[self.area[unit]] = strictest(found[self.area[unit]], people)
        return np.where(np.isnan(found), general, found)

    def of_size(self, area: int) -> str:
        """Say that an area is outside its band, and by which limit."""
        side = str(self.size_band[area])
        limit = (self.floors if side == "below" else self.ceilings)[area]
        return f"{self.areas[area]} has {self.people[area]:,.0f} people, {side} {limit:,.0f}"

    def _of_layer(self, layer: GroundLayer) -> LayerStanding:
        area, count = self.area[layer.unit], len(self.areas)
        inside = area >= 0
        place = layer.region[inside] * count + area[inside]
        shape = (len(layer), count)
        full, shared = (
            np.bincount(place, own[inside], len(layer) * count).astype(np.float64).reshape(shape)
            for own in (layer.full, layer.shared)
        )
        most = shared.max(axis=1) if count else np.zeros(len(layer))
        main = shared.max(axis=0) if len(layer) else np.zeros(count)
        part = ratio(full, layer.total_full[:, None])
        held = ratio(full, self.people[None, :])
        low, high = self.ground.tolerance, 1 - self.ground.tolerance
        return LayerStanding(
            layer=layer,
            full=full,
            shared=shared,
            is_cut=np.any((part > low) & (part < high), axis=1),
            is_same=np.any((part >= high) & (held >= high), axis=1),
            split_people=float((layer.total_shared - most).sum()),
            merge_people=float((self.people - main).sum()),
            containment=float(ratio(most.sum(), layer.total_shared.sum())),
            held=float(ratio(main.sum(), self.people.sum())),
        )

    def _between(self, value: Floats) -> float:
        known = np.flatnonzero((self.area >= 0) & ~np.isnan(value) & (self.ground.people > 0))
        spread = Spread(
            unit=known, area=self.area[known], people=self.ground.people[known], value=value[known]
        )
        between, total, _, _ = between_and_total(spread, spread.area, len(self.areas))
        return float(quotient(between, total))

    def _main_regions(self, own: LayerStanding) -> list[str]:
        """Return by area the names of the regions that lie mainly in it."""
        named: list[list[str]] = [[] for _ in self.areas]
        for region, home in enumerate(own.homes() if len(self.areas) else []):
            if own.shared[region, home] > 0:
                named[int(home)].append(own.layer.names[region])
        return ["; ".join(names) for names in named]
