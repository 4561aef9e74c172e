"""Atoms: the largest pieces that no boundary of any layer cuts, with their people and land."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Literal, Self

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from coterminosity import lookup, overlay
from coterminosity import population as people
from coterminosity.errors import (
    CodeError,
    LayerError,
    MeasureError,
    NameLookupError,
    listed,
    nearest,
)
from coterminosity.geometry import MIN_WIDTH
from coterminosity.layer import BoundaryLayer
from coterminosity.naming import code_of
from coterminosity.overlap import Incidence, Overlap, build_overlap, incidence
from coterminosity.topology import Kind

ATOM_LAYER = "atom"
_WEIGHTS = {"area": "area_m2", "land": "area_m2", "people": "population"}


def _no_names() -> pd.DataFrame:
    return pd.DataFrame({c: pd.Series(dtype="str") for c in ("layer", "code", "name")})


@dataclass(frozen=True, eq=False, kw_only=True)
class Atoms:
    """Hold atoms with their measures and the regions of each layer that they lie in.

    Parameters
    ----------
    measures : DataFrame
        By atom, float64, finite, not negative: ``population`` (people), ``area_m2`` (square
        metres), ...
    members : DataFrame
        ``layer, code, atom``, many-to-many: an atom may lie in two regions of a cover and in
        none of a partial layer.
    names : DataFrame
        ``layer, code, name``; regions without a name go by their code.
    geometry : GeoSeries, optional
        Polygons by atom, in metres.
    geometry_kind : {"real", "schematic", "none"}
        Maps of schematic geometry say so.
    vintage, source : str
        Provenance of the figures.

    Raises
    ------
    MeasureError
        Where a measure is negative, infinite or missing.
    CodeError
        Where memberships and measures are of different atoms, or a membership stands twice.
    """

    measures: pd.DataFrame
    members: pd.DataFrame
    names: pd.DataFrame = field(default_factory=_no_names)
    geometry: gpd.GeoSeries | None = None
    geometry_kind: Literal["real", "schematic", "none"] = "none"
    vintage: str = ""
    source: str = ""

    def __post_init__(self) -> None:
        measures = self.measures
        if not measures.index.is_unique or not measures.index.is_monotonic_increasing:
            raise CodeError("atoms must be unique and sorted; got double or unsorted atoms")
        values = measures.to_numpy(dtype=np.float64)
        bad = ~np.isfinite(values) | (values < 0)
        if bad.any():
            row, column = np.argwhere(bad)[0]
            raise MeasureError(
                f"atom {measures.index[row]}: {measures.columns[column]} must be a number of 0 "
                f"or more, got {values[row, column]}"
            )
        if list(self.members.columns) != ["layer", "code", "atom"]:
            raise CodeError(
                f"members: wanted columns layer, code, atom; got {listed(self.members.columns)}"
            )
        strange = pd.Index(self.members["atom"]).difference(measures.index)
        if len(strange):
            raise CodeError(f"members name atoms without measures: {listed(strange)}")
        if self.members.duplicated().any():
            raise CodeError("members: a row of layer, code and atom stands twice")
        if (self.geometry is None) != (self.geometry_kind == "none"):
            raise LayerError("geometry_kind must say real or schematic where there is geometry")
        object.__setattr__(self, "measures", measures.astype("float64"))
        ordered = self.members.sort_values(["layer", "code", "atom"], ignore_index=True)
        object.__setattr__(self, "members", ordered.astype("str"))

    def __repr__(self) -> str:
        return f"<Atoms: {len(self)} atoms of {', '.join(self.layers)}>"

    def __len__(self) -> int:
        return len(self.measures)

    @classmethod
    def build(
        cls,
        *layers: BoundaryLayer,
        population: "Atoms | gpd.GeoDataFrame | pd.Series | None" = None,
        min_width: float = MIN_WIDTH,
        progress: overlay.Progress | None = None,
    ) -> Self:
        """Make atoms by cutting layers of boundaries against each other.

        Parameters
        ----------
        *layers : BoundaryLayer
            In any order. All land of the partition with most regions is kept to the square
            metre; where another layer reaches beyond it, wide parts are added.
        population : Atoms, GeoDataFrame or Series, optional
            Other atoms give their people to the piece in the same regions; small areas with a
            column ``population`` give theirs to the piece that holds their inner point; a
            series by region code is spread over cut regions in proportion to land.
        min_width : float
            In metres. A side of a cut whose mean width (2·area / perimeter) is less is a
            difference of drawing and stays with the other side; no land is lost by it.
        progress : callable, optional
            Called with stage, steps done and steps to do.

        Returns
        -------
        Atoms
            With ``area_m2``, ``population`` where given, and geometry. A piece is named by the
            order of its memberships, so that the same layers give the same atoms.

        Raises
        ------
        LayerError
            Where no layer or two of one name are given, or territories or projections differ.
        CodeError, MeasureError
            Where the population does not fit; what is left over is listed.

        Examples
        --------
        >>> squares = gpd.GeoDataFrame(
        ...     {"code": ["a", "b"]},
        ...     geometry=[shapely.box(0, 0, 6000, 9000), shapely.box(6000, 0, 9000, 9000)],
        ...     crs="EPSG:27700",
        ... )
        >>> whole = gpd.GeoDataFrame(
        ...     {"code": ["x"]}, geometry=[shapely.box(0, 0, 9000, 9000)], crs="EPSG:27700"
        ... )
        >>> atoms = Atoms.build(
        ...     BoundaryLayer.from_frame(squares, layer="lad"),
        ...     BoundaryLayer.from_frame(whole, layer="stp"),
        ...     population=pd.Series({"a": 20, "b": 10}),
        ... )
        >>> atoms.measures["population"].to_list()
        [20.0, 10.0]
        """
        names = [layer.layer for layer in layers]
        if not layers or len(set(names)) < len(names):
            raise LayerError(
                f"wanted one or more layers of different names, got {listed(names) or 'none'}"
            )
        crs = layers[0].frame.crs
        pieces = overlay.arrange(layers, min_width=min_width, progress=progress)
        order = sorted(range(len(pieces.members)), key=lambda i: sorted(pieces.members[i]))
        drawn = np.array([pieces.geometry[i] for i in order], dtype=object)
        members, ids = [pieces.members[i] for i in order], lookup.atom_ids(len(order))
        measures = pd.DataFrame({"area_m2": shapely.area(drawn)}, index=pd.Index(ids, name="atom"))
        if population is not None:
            measures["population"] = [*people.give(population, members, drawn, names, crs=crs)]
        return cls(
            measures=measures,
            members=pd.DataFrame(
                [(n, c, atom) for atom, own in zip(ids, members, strict=True) for n, c in own],
                columns=["layer", "code", "atom"],
            ),
            names=lookup.titles({layer.layer: layer.names for layer in layers}),
            geometry=gpd.GeoSeries(drawn, index=measures.index, crs=crs),
            geometry_kind="real",
            vintage=", ".join(f"{layer.layer} {layer.vintage or 'undated'}" for layer in layers),
            source="; ".join(layer.source for layer in layers if layer.source),
        )

    @classmethod
    def from_lookup(
        cls,
        table: pd.DataFrame,
        *,
        layers: Mapping[str, str | Sequence[str]],
        measures: Sequence[str],
        names: Mapping[str, str | Sequence[str]] | None = None,
        vintage: str = "",
        source: str = "",
    ) -> Self:
        """Make atoms of a lookup table of small areas.

        Parameters
        ----------
        table : DataFrame
            One row per small area, such as an LSOA.
        layers : mapping
            Layer to the column of its codes, or to several for a cover:
            ``{"lad": "LAD17CD", "lep": ["LEP17CD1", "LEP17CD2"]}``. A blank is no membership.
        measures : sequence of str
            Columns to add up, such as ``["population"]``.
        names : mapping, optional
            The same for columns of names.

        Raises
        ------
        ColumnError
            Where a column is missing.
        MeasureError
            Where a measure is not a number of 0 or more.

        Examples
        --------
        >>> rows = [("x", "s", 1), ("x", "t", 2), ("y", "t", 3)]
        >>> table = pd.DataFrame(rows, columns=["LAD", "STP", "people"])
        >>> atoms = Atoms.from_lookup(
        ...     table, layers={"lad": "LAD", "stp": "STP"}, measures=["people"]
        ... )
        >>> len(atoms), atoms.total("people")
        (3, 6.0)
        """
        figures, members = lookup.fold(table, layers=layers, measures=measures)
        return cls(
            measures=figures,
            members=members,
            names=lookup.region_names(table, layers=layers, names=names or {}),
            vintage=vintage,
            source=source,
        )

    @cached_property
    def layers(self) -> tuple[str, ...]:
        """Short names of the layers, sorted."""
        return tuple(sorted(self.members["layer"].unique()))

    @cached_property
    def _incidences(self) -> dict[str, Incidence]:
        return {}  # each is added when it is first asked for

    def _incidence(self, layer: str) -> Incidence:
        if layer not in self._incidences:
            own, index = self._of(layer), self.measures.index
            self._incidences[layer] = incidence(layer, own["code"], own["atom"], index=index)
        return self._incidences[layer]

    def regions(self, layer: str) -> pd.Series:
        """Return the names of a layer's regions by code, sorted.

        Raises
        ------
        NameLookupError
            Where there is no such layer; those there are are listed.
        """
        codes = self._incidence(layer).codes
        known = self.names.loc[self.names["layer"] == layer].set_index("code")["name"]
        named = known.reindex(codes)
        return named.where(named.notna(), codes.to_series()).astype("str").rename("name")

    def kind(self, layer: str) -> Kind:
        """Return ``"cover"`` where an atom lies in two regions, else ``"partition"``."""
        return "cover" if self._of(layer)["atom"].duplicated().any() else "partition"

    def code_of(self, layer: str, name_or_code: str) -> str:
        """Return the code of a region given by name or code; see `naming.code_of`."""
        return code_of(name_or_code, self.regions(layer), layer=layer)

    def weights(self, measure: str) -> pd.Series:
        """Return a measure by atom; ``"area"`` stands for ``"area_m2"``, ``"count"`` for atoms.

        Raises
        ------
        MeasureError
            Where the atoms have no such measure; those they have are listed.
        """
        column = measure if measure in self.measures else _WEIGHTS.get(measure, measure)
        if column == "count" and column not in self.measures:
            return pd.Series(1.0, index=self.measures.index, name="count")
        if column not in self.measures:
            raise MeasureError(
                f"there is no measure {measure!r}, only {listed(self.measures.columns)}"
                f"{nearest(measure, self.measures.columns)}"
            )
        return self.measures[column]

    def total(self, measure: str, *, layer: str | None = None) -> float:
        """Return the sum of a measure, in a layer (overlaps counted once) or in all."""
        weights = self.weights(measure)
        if layer is None:
            return float(weights.sum())
        inside = self._of(layer)["atom"].unique()
        return float(weights.loc[inside].sum())

    def overlap(self, left: str, right: str, *, weight: str = "population") -> Overlap:
        """Return how much each pair of regions of two layers has in common.

        Parameters
        ----------
        left, right : str
            Layers, such as ``"lep"`` and ``"stp"``.
        weight : str
            ``"population"`` for people, ``"area"`` for land, or any other measure; ``"count"``
            counts atoms.

        Raises
        ------
        NameLookupError, MeasureError
            Where a layer or the measure does not exist.
        """
        sides = self._incidence(left), self._incidence(right)
        weights = self.weights(weight)
        return build_overlap(*sides, weights.to_numpy(dtype=np.float64), measure=str(weights.name))

    def with_layer(self, layer: str, areas: Mapping[str, str] | pd.Series, *, of: str) -> Self:
        """Return atoms that also lie in the regions of a new layer made of those of another.

        Parameters
        ----------
        layer : str
            Name of the new layer, such as ``"plan"``.
        areas : mapping of code to area
            By region of ``of``; regions without an area lie in none.
        of : str
            The layer whose regions are put together: ``"lad"``, or ``"atom"`` for atoms themselves.

        Examples
        --------
        >>> table = pd.DataFrame({"LAD": ["x", "y", "z"], "people": [1, 2, 3]})
        >>> atoms = Atoms.from_lookup(table, layers={"lad": "LAD"}, measures=["people"])
        >>> both = atoms.with_layer("plan", {"x": "North", "y": "North", "z": "South"}, of="lad")
        >>> both.overlap("plan", "lad", weight="people").left_totals["weight"].to_dict()
        {'North': 3.0, 'South': 3.0}
        """
        if layer in self.layers:
            raise LayerError(f"atoms already have a layer {layer!r}; choose another name")
        atoms = self.as_units() if of == ATOM_LAYER else self
        given = pd.Series(areas, dtype="object").dropna().astype("str")
        unknown = given.index.difference(atoms.regions(of).index)
        if len(unknown):
            raise CodeError(f"layer {of!r} has no {listed(unknown)}; check the codes")
        own = atoms._of(of)
        new = own.assign(layer=layer, code=own["code"].map(given)).dropna().drop_duplicates()
        more = replace(atoms, members=pd.concat([atoms.members, new], ignore_index=True))
        more._incidences.update(atoms._incidences)  # so that a plan is rescored in no time
        return more

    def as_units(self) -> Self:
        """Return atoms each of which is a region of a layer of its own, ``"atom"``."""
        if ATOM_LAYER in self.layers:
            return self
        ids = self.measures.index
        own = pd.DataFrame({"layer": ATOM_LAYER, "code": ids, "atom": ids})
        return replace(self, members=pd.concat([self.members, own], ignore_index=True))

    def with_geometry(self, geometry: gpd.GeoSeries, *, kind: Literal["real", "schematic"]) -> Self:
        """Return atoms drawn by these polygons."""
        return replace(self, geometry=geometry.reindex(self.measures.index), geometry_kind=kind)

    def dissolve(self, layer: str) -> BoundaryLayer:
        """Return the regions of a layer, drawn by its atoms.

        Raises
        ------
        LayerError
            Where the atoms have no geometry.
        """
        if self.geometry is None:
            raise LayerError("these atoms have no geometry; use with_geometry")
        names = self.regions(layer)
        own = self._of(layer)
        drawn = gpd.GeoDataFrame(
            {"code": own["code"].to_numpy()},
            geometry=self.geometry.loc[own["atom"]].to_numpy(),
            crs=self.geometry.crs,
        )
        whole = drawn.dissolve(by="code").reset_index()
        whole["name"] = names.reindex(whole["code"]).to_numpy()
        return BoundaryLayer.from_frame(
            whole,
            layer=layer,
            source=self.source,
            vintage=self.vintage,
            geometry_kind="schematic" if self.geometry_kind == "schematic" else "real",
        )

    def _of(self, layer: str) -> pd.DataFrame:
        if layer not in self.layers:
            raise NameLookupError(
                f"there is no layer {layer!r}, only {listed(self.layers, most=12)}"
                f"{nearest(layer, self.layers)}"
            )
        return self.members.loc[self.members["layer"] == layer]
