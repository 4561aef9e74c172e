"""The ground of a negotiation: units, bodies, borders and figures that no move changes."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from coterminosity.atoms import Atoms
from coterminosity.brief import Brief
from coterminosity.errors import BriefError, CodeError, listed
from coterminosity.governing import units_governed
from coterminosity.naming import code_of
from coterminosity.need import checked_figures
from coterminosity.negotiating.purse import Purse, purse_of
from coterminosity.negotiating.rules import Rules, rules_of, title_of
from coterminosity.plan import Plan
from coterminosity.proposing.links import allowed_edges
from coterminosity.units import UnitGraph

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

# Layers of bodies in the order in which tables show them; any other follows.
ORDER = ("lep", "stp", "crc", "pfa", "combined_authority", "ccg", "region")


@dataclass(frozen=True, eq=False, kw_only=True)
class GroundLayer:
    """People of each unit in each region of a layer, one row for each pair that has some.

    Attributes
    ----------
    key, title : str
        Short name, and how tables call one region.
    codes, names : tuple of str
        Of regions.
    unit, region : array of int
        Of each row, sorted by unit and region.
    full, shared : array
        People: ``full`` counts a person in each region he is in, ``shared`` divides him among
        the regions of a cover.
    """

    key: str
    title: str
    codes: tuple[str, ...]
    names: tuple[str, ...]
    unit: Ints
    region: Ints
    full: Floats
    shared: Floats

    def __len__(self) -> int:
        return len(self.codes)

    @cached_property
    def total_full(self) -> Floats:
        """People of each region."""
        return np.bincount(self.region, self.full, len(self)).astype(np.float64)

    @cached_property
    def total_shared(self) -> Floats:
        """People of each region; one in two regions counts half in each."""
        return np.bincount(self.region, self.shared, len(self)).astype(np.float64)

    def regions_of(self, unit: int) -> list[tuple[int, float]]:
        """Return the regions that a unit has people in, with how many, most first."""
        low, high = np.searchsorted(self.unit, [unit, unit + 1])
        rows = sorted(
            zip(self.region[low:high].tolist(), self.full[low:high].tolist(), strict=True),
            key=lambda row: (-row[1], row[0]),
        )
        return [(int(region), float(people)) for region, people in rows]


@dataclass(frozen=True, eq=False, kw_only=True)
class Ground:
    """What a negotiation stands on.

    Attributes
    ----------
    unit_layer : str
        Layer of the units.
    units, names : tuple of str
        Codes, sorted, and names.
    people, land_m2 : array
        By unit.
    layers : tuple of GroundLayer
        Bodies whose people are counted.
    edge_a, edge_b : array of int
        Each border or link once, ``a < b``.
    metres : array
        Length of the border; 0 for a link.
    floor, ceiling : float
        People of an area: the size band.
    seed_layer, align, tolerance
        Of the brief.
    purse : Purse
        Money, and what each unit weighs in spreading it.
    governed : DataFrame
        Councils and combined authorities by unit; see `governing.units_governed`.
    rules : Rules
        What the brief wants in one piece, together or apart, and bands of single areas.
    need : DataFrame
        Indicators by unit, a column each; none by default.
    """

    unit_layer: str
    units: tuple[str, ...]
    names: tuple[str, ...]
    people: Floats
    land_m2: Floats
    layers: tuple[GroundLayer, ...]
    edge_a: Ints
    edge_b: Ints
    metres: Floats
    floor: float
    ceiling: float
    seed_layer: str
    align: tuple[str, ...]
    tolerance: float
    purse: Purse
    governed: pd.DataFrame
    rules: Rules = field(default_factory=Rules)
    need: pd.DataFrame = field(default_factory=pd.DataFrame)

    def __len__(self) -> int:
        return len(self.units)

    @cached_property
    def number(self) -> dict[str, int]:
        """Number of each unit by code."""
        return {code: k for k, code in enumerate(self.units)}

    @cached_property
    def names_by_code(self) -> pd.Series:
        """Names of units by code."""
        return pd.Series(self.names, index=pd.Index(self.units, name="code"), dtype="str")

    @cached_property
    def neighbours(self) -> tuple[tuple[int, ...], ...]:
        """Neighbours of each unit over borders and links, sorted."""
        near: list[list[int]] = [[] for _ in self.units]
        for a, b in zip(self.edge_a.tolist(), self.edge_b.tolist(), strict=True):
            near[a].append(b)
            near[b].append(a)
        return tuple(tuple(sorted(own)) for own in near)

    @cached_property
    def number_by_name(self) -> dict[str, int]:
        """Number of each unit by a name that no other has."""
        once = Counter(self.names)
        return {name: k for k, name in enumerate(self.names) if once[name] == 1}

    def unit_of(self, name_or_code: str) -> int:
        """Return the number of a unit given by name or code; see `naming.code_of`."""
        for known in (self.number, self.number_by_name):
            if name_or_code in known:
                return known[name_or_code]
        return self.number[code_of(name_or_code, self.names_by_code, layer=self.unit_layer)]

    def layer(self, key: str) -> GroundLayer:
        """Return a layer by its short name.

        Raises
        ------
        CodeError
            Where there is none.
        """
        for own in self.layers:
            if own.key == key:
                return own
        raise CodeError(
            f"no layer {key!r} in this negotiation; there are "
            f"{listed([own.key for own in self.layers])}"
        )

    def piece_numbers(self, area: Ints) -> tuple[Ints, int]:
        """Return the connected piece that each unit lies in, within its area, and their number.

        Open units (-1) are pieces of their own kind: joined to each other, and in no area.
        """
        kept = area[self.edge_a] == area[self.edge_b]
        a, b = self.edge_a[kept], self.edge_b[kept]
        matrix = coo_array((np.ones(len(a)), (a, b)), shape=(len(self), len(self)))
        count, label = connected_components(matrix, directed=False)
        return np.asarray(label, dtype=np.int64), int(count)


def ground_of(
    plan: Plan, graph: UnitGraph, atoms: Atoms, *, need: pd.DataFrame | None = None
) -> Ground:
    """Return the ground of a plan.

    Parameters
    ----------
    plan : Plan
        Its brief names layers, band, tolerance, links, barriers and rules.
    graph, atoms
        What it was made of.
    need : DataFrame, optional
        Indicators by unit code; blanks are missing, and rows of other units do not count.

    Raises
    ------
    BriefError, CodeError
        Where the atoms lack a layer of the brief, or a unit of the graph.
    MeasureError
        Where need is no table of numbers of these units.
    """
    brief = plan.brief
    codes = tuple(str(code) for code in graph.units.index)
    missing = [x for x in (brief.seed_layer, *brief.align) if x not in atoms.layers]
    if missing:
        raise BriefError(f"the atoms have no layer {listed(missing)}, which the brief names")
    index = graph.units.index
    whole = atoms.overlap(brief.unit_layer, brief.unit_layer).left_totals["weight"]
    unknown = index.difference(whole.index)
    if len(unknown):
        raise CodeError(f"the atoms have no unit {listed(unknown)}, which the graph has")
    people = whole.reindex(index).to_numpy(dtype=np.float64)
    land = _land(atoms, brief.unit_layer, index)
    table = allowed_edges(graph, brief)
    return Ground(
        unit_layer=brief.unit_layer,
        units=codes,
        names=tuple(str(name) for name in graph.units["name"]),
        people=people,
        land_m2=land,
        layers=tuple(_layer(atoms, brief, key, index) for key in _keys(atoms, brief)),
        edge_a=index.get_indexer(pd.Index(table["focal"])).astype(np.int64),
        edge_b=index.get_indexer(pd.Index(table["neighbour"])).astype(np.int64),
        metres=table["metres"].to_numpy(dtype=np.float64),
        floor=brief.size_floor,
        ceiling=brief.size_ceiling,
        seed_layer=brief.seed_layer,
        align=brief.align,
        tolerance=brief.tolerance,
        purse=purse_of(codes, people),
        governed=units_governed(atoms, brief.unit_layer).reindex(index),
        rules=rules_of(plan, graph, atoms),
        need=pd.DataFrame(index=index)
        if need is None
        else checked_figures(need, index, layer=brief.unit_layer).reindex(index),
    )


def _land(atoms: Atoms, layer: str, units: pd.Index) -> Floats:
    """Return m² by unit; NaN where the atoms do not know their land."""
    if "area_m2" not in atoms.measures:
        return np.full(len(units), np.nan)
    own = atoms.overlap(layer, layer, weight="area").left_totals["weight"]
    return own.reindex(units, fill_value=0.0).to_numpy(dtype=np.float64)


def _keys(atoms: Atoms, brief: Brief) -> Sequence[str]:
    """Return layers of bodies: those of the brief first, then the others that there are."""
    first = [brief.seed_layer, *brief.align]
    rest = [key for key in (*ORDER, *sorted(atoms.layers)) if key in atoms.layers]
    return list(dict.fromkeys(key for key in [*first, *rest] if key != brief.unit_layer))


def _layer(atoms: Atoms, brief: Brief, key: str, units: pd.Index) -> GroundLayer:
    pairs = atoms.overlap(brief.unit_layer, key).pairs
    names = atoms.regions(key)
    unit = units.get_indexer(pd.Index(pairs["left"]))
    region = names.index.get_indexer(pd.Index(pairs["right"]))
    order = np.lexsort((region, unit))
    return GroundLayer(
        key=key,
        title=title_of(key),
        codes=tuple(str(code) for code in names.index),
        names=tuple(str(name) for name in names),
        unit=unit[order].astype(np.int64),
        region=region[order].astype(np.int64),
        full=pairs["weight"].to_numpy(dtype=np.float64)[order],
        shared=pairs["shared"].to_numpy(dtype=np.float64)[order],
    )
