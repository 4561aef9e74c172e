"""A layer of boundaries: the regions of one kind of public body, checked once and then trusted."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Self, cast

import geopandas as gpd
import numpy as np
import pandas as pd

from coterminosity import checks, grids, reshaping, topology
from coterminosity.building import build_regions
from coterminosity.errors import CodeError, LayerError, listed
from coterminosity.mending import no_problems
from coterminosity.naming import code_of
from coterminosity.opening import DEFAULT_LIMITS, Limits
from coterminosity.reading import read_boundaries, sha256_of

GeometryKind = Literal["real", "schematic", "hex"]


@dataclass(frozen=True, eq=False, kw_only=True)
class BoundaryLayer(topology.Drawn):
    """Hold the regions of one layer: polygons in metres by code, with their provenance.

    Parameters
    ----------
    frame : GeoDataFrame
        Indexed by ``code`` (text, unique, sorted) with columns ``name`` and ``geometry``
        (valid, non-empty polygons in a projection in metres: EPSG:27700 in Britain).
    layer : str
        Short name of the layer, such as ``"lep"``.
    vintage, extent, publisher, licence, source, sha256 : str
        Provenance; empty where unknown.
    repairs : DataFrame
        One row per change on reading: ``code, row, problem, reason, x, y, size, unit, outcome,
        area_before_m2, area_after_m2``.
    geometry_kind : {"real", "schematic", "hex"}
        Maps say where shapes are schematic, or one hexagon for each region.
    source_crs : str
        Reference system that the source declared, before conversion.

    Raises
    ------
    LayerError
        Where the layer is empty or breaks a rule above.
    CodeError
        Where codes are double, missing or not sorted text.
    """

    frame: gpd.GeoDataFrame
    layer: str
    vintage: str = ""
    extent: str = ""
    publisher: str = ""
    licence: str = ""
    source: str = ""
    sha256: str = ""
    repairs: pd.DataFrame = field(default_factory=no_problems)
    geometry_kind: GeometryKind = "real"
    source_crs: str = ""

    def __post_init__(self) -> None:
        frame, where = self.frame, self.source or f"layer {self.layer!r}"
        if len(frame) == 0:
            raise LayerError(f"{where}: the layer is empty; wanted at least one region")
        if list(frame.columns) != ["name", "geometry"] or frame.index.name != "code":
            raise LayerError(
                f"{where}: wanted an index 'code' and columns name, geometry; "
                f"got {frame.index.name!r} and {listed(frame.columns)}"
            )
        if not frame.index.is_unique or not frame.index.is_monotonic_increasing:
            raise CodeError(f"{where}: codes must be unique and sorted; use from_frame")
        if frame.crs is None or not grids.is_metric(frame.crs):
            raise LayerError(f"{where}: wanted a projection in metres; use from_frame")
        if not np.isin(frame.geom_type, ("Polygon", "MultiPolygon")).all() or not (
            frame.is_valid.all() and not frame.is_empty.any()
        ):
            raise LayerError(f"{where}: wanted valid, non-empty polygons; use from_frame")

    def __repr__(self) -> str:
        return (
            f"<BoundaryLayer {self.layer}: {len(self.frame)} regions, {self.vintage or 'undated'}>"
        )

    def __len__(self) -> int:
        return len(self.frame)

    @classmethod
    def from_file(
        cls,
        path: str | Path,
        *,
        layer: str | None = None,
        code: str | None = None,
        name: str | None = None,
        vintage: str | None = None,
        crs: str | None = None,
        to_crs: Any = None,
        source_layer: str | None = None,
        repair: bool = True,
        limits: Limits = DEFAULT_LIMITS,
    ) -> Self:
        """Read a layer from a boundary file of any common format.

        GeoJSON (also newline-delimited or gzipped), TopoJSON, Shapefile (file, folder or zip),
        GeoPackage, FlatGeobuf, File Geodatabase, GeoParquet, KML and KMZ, and CSV or Parquet
        tables with a column of WKT or WKB.

        Parameters
        ----------
        path : str or Path
            The boundary file; it is never changed.
        layer : str, optional
            Short name such as ``"lep"``; by default read off the code column (``LEP17CD``).
        code, name : str, optional
            Columns of code and name; by default the ONS columns of any vintage and case, else the
            column whose values are GSS codes.
        vintage : str, optional
            By default that of the catalogue record, or the year in the column's name.
        crs : str, optional
            Reference system of a file that declares none; never overrides a declared one.
        to_crs : str or pyproj.CRS, optional
            Projection in metres to work in. By default EPSG:27700 in Britain; elsewhere the
            file's own where it is in metres and changes areas by less than 1 %, else an equal-area
            one that is picked and named (`crs`).
        source_layer : str, optional
            Layer inside a GeoPackage or geodatabase that has several; by default the only one of
            polygons whose codes fit.
        repair : bool
            Whether invalid polygons are repaired; otherwise they are refused.
        limits : Limits
            How much an archive may unpack to, how long a text may be, and how much of a region a
            repair may change (0.05 %) in which time (60 s).

        Returns
        -------
        BoundaryLayer
            In metres, sorted by code. Invalid polygons are repaired, heights, lines and points
            left out, reversed rings turned and rows that stand twice left out; ``repairs`` logs
            each. Overlaps between regions are kept (a cover stays a cover).

        Raises
        ------
        BoundaryFileError, ColumnError, CodeError, CrsError, LayerError
            One sentence with what was wanted, what came, where, and what to do.
        """
        path = Path(path)
        frame = read_boundaries(
            path, layer=layer, source_layer=source_layer, crs=crs, limits=limits
        )
        return cls.from_frame(
            frame,
            layer=layer,
            code=code,
            name=name,
            vintage=vintage,
            crs=crs,
            to_crs=to_crs,
            repair=repair,
            limits=limits,
            source=str(path),
            sha256=sha256_of(path),
        )

    @classmethod
    def from_frame(
        cls,
        frame: gpd.GeoDataFrame,
        *,
        layer: str | None = None,
        code: str | None = None,
        name: str | None = None,
        vintage: str | None = None,
        crs: str | None = None,
        to_crs: Any = None,
        repair: bool = True,
        limits: Limits = DEFAULT_LIMITS,
        source: str = "",
        sha256: str = "",
        geometry_kind: GeometryKind = "real",
    ) -> Self:
        """Make a layer of a GeoDataFrame; see `from_file` for the parameters and errors.

        Examples
        --------
        >>> import shapely
        >>> squares = gpd.GeoDataFrame(
        ...     {"LAD17CD": ["b", "a"], "LAD17NM": ["Right", "Left"]},
        ...     geometry=[shapely.box(1e5, 0, 2e5, 1e5), shapely.box(0, 0, 1e5, 1e5)],
        ...     crs="EPSG:27700",
        ... )
        >>> BoundaryLayer.from_frame(squares).frame["name"].to_dict()
        {'a': 'Left', 'b': 'Right'}
        """
        regions = build_regions(
            frame,
            where=source or "the table",
            layer=layer,
            code=code,
            name=name,
            crs=crs,
            to_crs=to_crs,
            repair=repair,
            limits=limits,
        )
        # A record speaks for its own vintage only: what the columns do not say is not assumed.
        known, facts = regions.record, regions.facts
        return cls(
            frame=regions.frame,
            layer=regions.columns.layer or "layer",
            vintage=vintage or (known.vintage if known else regions.columns.vintage or ""),
            extent=regions.extent,
            publisher=facts.publisher if facts and known else "",
            licence=facts.licence if facts and known else "",
            source=source,
            sha256=sha256,
            repairs=regions.repairs,
            geometry_kind=geometry_kind,
            source_crs=regions.source_crs,
        )

    @property
    def names(self) -> pd.Series:
        """Names by code."""
        names: pd.Series = self.frame["name"]
        return names

    @property
    def crs(self) -> str:
        """The projection that the layer is in, by its code or name."""
        return grids.name_of(self.frame.crs)

    def code_of(self, name_or_code: str) -> str:
        """Return the code of a region given by name or code.

        Raises
        ------
        NameLookupError
            Where it is unknown or fits several regions; the candidates are listed.
        """
        return code_of(name_or_code, self.names, layer=self.layer)

    @property
    def complete(self) -> bool | None:
        """Whether the land is 99 to 105 % of that of the extent; None where that is unknown."""
        share = checks.share_of_extent(self.extent, self.land_m2)
        return None if share is None else checks.COMPLETE_SHARE <= share <= checks.MOST_SHARE

    def check(self) -> checks.CheckReport:
        """Run every check on the layer.

        Returns
        -------
        CheckReport
            ``checks``: one row per check with its verdict. ``problems``: one row per region and
            problem, mended or left, with its place and size.

        Examples
        --------
        >>> import shapely
        >>> squares = gpd.GeoDataFrame(
        ...     {"LEP17CD": ["E37000001", "E37000002"]},
        ...     geometry=[shapely.box(4e5, 3e5, 5e5, 4e5), shapely.box(450e3, 3e5, 6e5, 4e5)],
        ...     crs="EPSG:27700",
        ... )
        >>> BoundaryLayer.from_frame(squares).check().checks.loc["overlaps", "found"]
        '1 pairs, 5,000 km²: E37000001 and E37000002'
        """
        return checks.check_layer(self)

    def clip(self, to: "str | BoundaryLayer") -> Self:
        """Return the part of the layer inside a territory or another layer.

        Parameters
        ----------
        to : str or BoundaryLayer
            ``"England"``, ``"England and Wales"``, ``"Great Britain"`` and so on keep the regions
            whose GSS codes are of these countries, whole. A layer cuts regions at its outline;
            what is only a sliver inside is left out, and what is only a sliver outside is kept.

        Raises
        ------
        LayerError
            Where codes do not tell the country, or nothing is left.
        NameLookupError
            Where no such territory is known.
        """
        return cast(Self, reshaping.clip(self, to))

    def to_vintage(self, year: int, *, changes: pd.DataFrame | None = None) -> Self:
        """Return districts brought forward to those of a later year: merged and re-coded.

        Parameters
        ----------
        year : int
            The result has the districts of December of this year.
        changes : DataFrame, optional
            In place of `coterminosity.vintages.district_changes`, with its columns.

        Raises
        ------
        LayerError
            Where the layer is not one of districts, or a change divides a district.
        CodeError
            Where the layer is of a later year, or lacks some of the districts of a merger.

        See Also
        --------
        coterminosity.vintages.bring_forward : the same for figures such as people.
        """
        return cast(Self, reshaping.to_vintage(self, year, changes))

    def regroup(self, lookup: pd.DataFrame | str | Path, *, layer: str) -> Self:
        """Return the layer that a lookup table makes of this one.

        ``lsoas.regroup("lookup_lsoa11_lep17.csv", layer="lep")`` draws the LEPs.

        Parameters
        ----------
        lookup : DataFrame or path
            CSV (also gzipped), xlsx or Parquet with ONS columns of this layer and the new one;
            several columns of its codes (``LEP17CD1, LEP17CD2``) make a cover. Columns of names
            do where a layer has no codes.
        layer : str
            Short name of the new layer, such as ``"lep"``.

        Raises
        ------
        ColumnError, CodeError, BoundaryFileError
            Where the table lacks a layer, does not match this one, or cannot be read.

        Examples
        --------
        >>> import shapely
        >>> squares = gpd.GeoDataFrame(
        ...     {"LAD17CD": ["E06000001", "E06000002"]},
        ...     geometry=[shapely.box(4e5, 3e5, 5e5, 4e5), shapely.box(5e5, 3e5, 6e5, 4e5)],
        ...     crs="EPSG:27700",
        ... )
        >>> lookup = pd.DataFrame(
        ...     {
        ...         "LAD17CD": ["E06000001", "E06000002"],
        ...         "LEP17CD1": ["E37000001", "E37000002"],
        ...         "LEP17CD2": ["E37000002", None],
        ...     }
        ... )
        >>> BoundaryLayer.from_frame(squares).regroup(lookup, layer="lep").kind
        'cover'
        """
        return cast(Self, reshaping.regroup(self, lookup, layer.lower()))

    def dissolve(self, areas: Mapping[str, str] | pd.Series, *, layer: str = "plan") -> Self:
        """Return the layer of areas that regions make together.

        Parameters
        ----------
        areas : mapping of code to area
            Regions without an area (missing, NaN or None) are left out.
        layer : str
            Short name of the new layer.

        Raises
        ------
        CodeError
            Where a code is not in this layer.
        """
        given = pd.Series(areas, dtype="object").dropna()
        unknown = given.index.difference(self.frame.index)
        if len(unknown):
            raise CodeError(f"layer {self.layer!r} has no {listed(unknown)}; check the codes")
        chosen = self.frame.loc[given.index, ["geometry"]]
        whole = chosen.dissolve(
            by=given.astype("str").to_numpy(), method="coverage" if self.matched else "unary"
        )
        whole.index.name = "code"
        whole.insert(0, "name", whole.index.astype("str"))
        return type(self).from_frame(
            gpd.GeoDataFrame(whole, geometry="geometry", crs=self.frame.crs),
            layer=layer,
            to_crs=self.frame.crs,
            source=f"dissolved from {self.layer}",
            vintage=self.vintage,
            geometry_kind=self.geometry_kind,
        )
