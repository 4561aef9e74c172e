"""What a map shows of a plan: units, the area of each, their shapes, borders and neighbours."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol, cast

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from coterminosity.errors import CoterminosityError
from coterminosity.layer import BoundaryLayer, GeometryKind
from coterminosity.maps.borders import (
    Borders,
    Lines,
    borders_of,
    layer_lines,
    pieces_of,
    units_drawn,
)
from coterminosity.maps.colours import coloured
from coterminosity.maps.geometries import drawn_as
from coterminosity.plan import Basis, Plan
from coterminosity.tables import known_links


class Assigned(Protocol):
    """Whatever knows the area of each unit, such as a plan."""

    @property
    def assignment(self) -> pd.Series:
        """Area by unit code; None where open."""


Areas = Assigned | pd.Series | Mapping[str, str | None]


def assignment_of(areas: Areas) -> pd.Series:
    """Return the area by unit code, None where open, of a plan or of what stands for one.

    Examples
    --------
    >>> assignment_of({"a": "North", "b": ""}).to_list()
    ['North', None]
    """
    given = getattr(areas, "assignment", areas)
    if not isinstance(given, (pd.Series, Mapping)):
        raise CoterminosityError(
            f"wanted a plan, or a Series of area by unit code, to draw; got {areas!r:.80}"
        )
    series = pd.Series(given, dtype="object")
    return series.where(series.notna() & (series != ""), None).sort_index().rename_axis("code")


def people_of(areas: Any, people: pd.Series | None) -> pd.Series | None:
    """Return people by unit: those given, else those that a plan was made of, else None."""
    basis = getattr(areas, "basis", None)
    if people is not None or not isinstance(basis, Basis):
        return people
    unit_layer = basis.graph.layer
    return basis.atoms.overlap(unit_layer, unit_layer).left_totals["weight"]


def plan_of(areas: Any) -> Plan | None:
    """Return the plan that is meant, or that a scenario began with; None where there is none."""
    own = areas if isinstance(areas, Plan) else getattr(areas, "plan", None)
    return own if isinstance(own, Plan) else None


@dataclass(frozen=True, eq=False)
class Drawing:
    """Hold a plan with the shapes of its units.

    Parameters
    ----------
    layer : BoundaryLayer
        The units.
    areas : Series
        Area by unit code, None where open.
    units : GeoSeries
        Light shapes of the units of the plan.
    """

    layer: BoundaryLayer
    areas: pd.Series
    units: gpd.GeoSeries

    @property
    def names(self) -> list[str]:
        """Areas with units, sorted."""
        return sorted(set(self.areas.dropna().astype("str")))

    @property
    def open_units(self) -> gpd.GeoSeries:
        """Shapes of units without an area."""
        return self.units[self.areas.isna().to_numpy()]

    @cached_property
    def shapes(self) -> gpd.GeoSeries:
        """Shape of each area with units, by name."""
        return self.shapes_of(self.areas.dropna().astype("str"))

    def shapes_of(self, group: pd.Series) -> gpd.GeoSeries:
        """Return the shapes that groups of units make together, by name of the group."""
        drawn, names = self.units.loc[group.index].to_numpy(), group.to_numpy()
        joined = shapely.coverage_union_all if self.layer.matched else shapely.union_all
        whole = {name: joined(drawn[names == name]) for name in sorted(set(names))}
        return gpd.GeoSeries(whole, crs=self.units.crs, dtype=None if whole else "geometry")

    @cached_property
    def group(self) -> npt.NDArray[np.intp]:
        """Number of the area of each piece of the layer, -1 where it has none."""
        codes = [members[0] for members in pieces_of(self.layer)[1]]
        return np.asarray(pd.factorize(self.areas.reindex(codes), sort=True)[0])

    @property
    def borders(self) -> Borders:
        """The borders of the layer's pieces."""
        return borders_of(self.layer)

    @cached_property
    def lines(self) -> Lines:
        """Borders between areas, and the coast."""
        return self.borders.between(self.group), self.borders.coast

    @property
    def unit_lines(self) -> Lines:
        """Borders between all units of the layer, and the coast."""
        return layer_lines(self.layer)

    @cached_property
    def neighbours(self) -> set[tuple[str, str]]:
        """Pairs of areas that share a border, face each other over near water, or are linked."""
        names, group = self.names, self.group
        left, right = (group[side] for side in self.borders.near)
        apart = (left != right) & (left >= 0) & (right >= 0)
        pairs = {(names[a], names[b]) for a, b in zip(left[apart], right[apart], strict=True)}
        links = known_links(pd.Index(self.areas.dropna().index))
        ends = [self.areas[links[end]].astype("str") for end in ("focal", "neighbour")]
        return pairs | {(a, b) for a, b in zip(*ends, strict=True) if a != b}

    def place(self, codes: Iterable[str]) -> str:
        """Return the area that half of some units or more are in, empty where there is none."""
        own = self.areas.reindex(list(codes)).value_counts(normalize=True, dropna=False)
        return str(own.index[0]) if own.iloc[0] >= 0.5 and pd.notna(own.index[0]) else ""

    def colours(
        self,
        *,
        like: "Areas | Mapping[str, str] | None" = None,
        also: Iterable[tuple[str, str]] = (),
    ) -> dict[str, str]:
        """Return a colour by area so that neighbours differ.

        Parameters
        ----------
        like : plan or mapping, optional
            An earlier plan of these units, or its colours by area (``"#5AA6E7"``), which areas of
            the same name keep.
        also : iterable of pairs
            Other areas that must differ.
        """
        had: Mapping[str, str] | None = None
        if isinstance(like, Mapping) and all(str(c).startswith("#") for c in like.values()):
            had = cast("Mapping[str, str]", like)
        elif like is not None:
            had = draw_plan(like, self.layer).colours()
        return coloured(self.names, [*sorted(self.neighbours), *also], like=had)


def draw_plan(
    areas: Areas,
    layer: BoundaryLayer,
    *,
    geometry: GeometryKind | None = None,
    of: str = "the plan",
) -> Drawing:
    """Return a plan with the shapes of its units, in the geometry that is asked for.

    Raises
    ------
    LayerError
        Where the layer lacks units of the plan, or cannot be drawn so; see `drawn_as`.
    """
    given, layer = assignment_of(areas), drawn_as(layer, geometry)
    return Drawing(layer, given, units_drawn(layer, given.index, of=of))
