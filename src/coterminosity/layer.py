"""A layer of boundaries: the regions of one kind of public body, checked once and then trusted."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Literal, Self

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from shapely import MultiPolygon, Polygon

from coterminosity import checks
from coterminosity.catalogue import record_of
from coterminosity.errors import CodeError, LayerError, listed
from coterminosity.geometry import (
    MIN_WIDTH,
    NATIONAL_GRID,
    is_wide,
    mean_width,
    polygonal,
    refuse_missing,
    repair,
    to_national_grid,
)
from coterminosity.naming import code_of
from coterminosity.opening import DEFAULT_LIMITS, Limits
from coterminosity.reading import find_columns, read_boundaries, sha256_of

Kind = Literal["partition", "cover"]
GeometryKind = Literal["real", "schematic"]


def _no_repairs() -> pd.DataFrame:
    return pd.DataFrame(
        {"code": pd.Series(dtype="str"), "reason": pd.Series(dtype="str")}
        | {c: pd.Series(dtype="float64") for c in ("area_before_m2", "area_after_m2")}
    )


@dataclass(frozen=True, eq=False, kw_only=True)
class BoundaryLayer:
    """Hold the regions of one layer: polygons in EPSG:27700 by code, with their provenance.

    Parameters
    ----------
    frame : GeoDataFrame
        Indexed by ``code`` (text, unique, sorted) with columns ``name`` and ``geometry``
        (valid, non-empty polygons in metres of the British National Grid).
    layer : str
        Short name of the layer, such as ``"lep"``.
    vintage, extent, publisher, licence, source, sha256 : str
        Provenance; empty where unknown.
    repairs : DataFrame
        One row per region whose geometry was made valid: ``code, reason, area_before_m2,
        area_after_m2``.
    geometry_kind : {"real", "schematic"}
        Maps of schematic geometry say so.
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
    repairs: pd.DataFrame = field(default_factory=_no_repairs)
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
        if frame.crs is None or frame.crs.to_epsg() != 27700:
            raise LayerError(f"{where}: wanted coordinates in {NATIONAL_GRID}; use from_frame")
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
        source_layer: str | None = None,
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
            Columns of code and name; by default the ONS columns of any vintage and case.
        vintage : str, optional
            By default that of the catalogue record, or the year in the column's name.
        crs : str, optional
            Reference system of a file that declares none; never overrides a declared one.
        source_layer : str, optional
            Layer inside a GeoPackage or geodatabase that has several; by default the only one of
            polygons whose ONS codes fit.
        limits : Limits
            How much an archive may unpack to, and how long a text may be.

        Returns
        -------
        BoundaryLayer
            In EPSG:27700, sorted by code. Invalid polygons are repaired and logged in
            ``repairs``; overlaps between regions are kept (a cover stays a cover).

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
        source: str = "",
        sha256: str = "",
        geometry_kind: GeometryKind = "real",
    ) -> Self:
        """Make a layer of a GeoDataFrame; see `from_file` for the parameters and errors.

        Examples
        --------
        >>> squares = gpd.GeoDataFrame(
        ...     {"LAD17CD": ["b", "a"], "LAD17NM": ["Right", "Left"]},
        ...     geometry=[shapely.box(1e5, 0, 2e5, 1e5), shapely.box(0, 0, 1e5, 1e5)],
        ...     crs="EPSG:27700",
        ... )
        >>> BoundaryLayer.from_frame(squares).frame["name"].to_dict()
        {'a': 'Left', 'b': 'Right'}
        """
        where = source or "the table"
        if len(frame) == 0:
            raise LayerError(f"{where}: the layer is empty; wanted at least one region")
        if code is None and frame.index.name == "code" and "code" not in frame.columns:
            frame = frame.reset_index()
        columns = find_columns(frame, where=where, layer=layer, code=code, name=name)
        codes = _codes(frame[columns.code], where=where)
        refuse_missing(frame.geometry.to_numpy(), codes, where=where)
        gridded = to_national_grid(frame, where=where, crs=crs)
        # Repair comes after reprojection, which can itself fold a sliver over.
        mended = repair(gridded.geometry.to_numpy().copy(), codes, where=where)
        names = _names(frame, columns.name, codes)
        known = record_of(columns.layer or "")
        clean = gpd.GeoDataFrame(
            {"name": pd.array(list(names), dtype="str")},
            geometry=mended.geometry,
            index=codes.rename("code"),
            crs=NATIONAL_GRID,
        ).sort_index()
        # A record speaks for its own vintage only: what the columns do not say is not assumed.
        if known is not None and columns.vintage != known.vintage[-4:]:
            known = None
        return cls(
            frame=clean,
            layer=(columns.layer or Path(source).stem.split(".")[0] or "layer").lower(),
            vintage=vintage or (known.vintage if known else columns.vintage or ""),
            extent=known.extent if known else "",
            publisher=known.publisher if known else "",
            licence=known.licence if known else "",
            source=source,
            sha256=sha256,
            repairs=mended.log,
            geometry_kind=geometry_kind,
            source_crs=str((frame.crs or gridded.crs).to_string()),
        )

    @property
    def geometry(self) -> gpd.GeoSeries:
        """Polygons by code, in metres of the British National Grid."""
        return self.frame.geometry

    @property
    def names(self) -> pd.Series:
        """Names by code."""
        names: pd.Series = self.frame["name"]
        return names

    def code_of(self, name_or_code: str) -> str:
        """Return the code of a region given by name or code.

        Raises
        ------
        NameLookupError
            Where it is unknown or fits several regions; the candidates are listed.
        """
        return code_of(name_or_code, self.names, layer=self.layer)

    @cached_property
    def overlaps(self) -> gpd.GeoDataFrame:
        """Pairs of regions that overlap: ``left, right, area_m2, width_m, geometry``.

        Largest first. Pairs whose overlap is narrower than 250 m on average
        (2·area / perimeter) are differences of drawing and left out.
        """
        polygons = np.asarray(self.geometry.array)
        if self.matched:
            left = right = np.empty(0, dtype=np.intp)
        else:
            left, right = shapely.STRtree(polygons).query(polygons)
            left, right = left[left < right], right[left < right]
        common = polygonal(shapely.intersection(polygons[left], polygons[right]))
        table = gpd.GeoDataFrame(
            {
                "left": self.frame.index[left],
                "right": self.frame.index[right],
                "area_m2": np.asarray(shapely.area(common), dtype=np.float64),
                "width_m": mean_width(common),
            },
            geometry=common,
            crs=NATIONAL_GRID,
        )
        wide = table.loc[is_wide(common, MIN_WIDTH)]
        return wide.sort_values(["area_m2", "left"], ascending=[False, True], ignore_index=True)

    @property
    def kind(self) -> Kind:
        """``"cover"`` where regions overlap, else ``"partition"``; computed from the polygons."""
        return "cover" if len(self.overlaps) else "partition"

    @cached_property
    def matched(self) -> bool:
        """Whether neighbours are drawn with the same vertices along their common border."""
        return bool(shapely.coverage_is_valid(np.asarray(self.geometry.array)))

    @cached_property
    def outline(self) -> MultiPolygon | Polygon:
        """All land of the layer as one geometry, without the borders inside."""
        polygons = np.asarray(self.geometry.array)
        return shapely.coverage_union_all(polygons) if self.matched else shapely.union_all(polygons)

    @property
    def land_m2(self) -> float:
        """Land inside the layer in square metres, overlaps counted once."""
        if self.kind == "cover":
            return float(shapely.area(self.outline))
        return float(np.sum(shapely.area(np.asarray(self.geometry.array))))

    @property
    def complete(self) -> bool | None:
        """Whether the land is 99 to 105 % of that of the extent; None where that is unknown."""
        share = checks.share_of_extent(self.extent, self.land_m2)
        return None if share is None else checks.COMPLETE_SHARE <= share <= checks.MOST_SHARE

    def check(self) -> pd.DataFrame:
        """Run every check on the layer.

        Returns
        -------
        DataFrame
            Indexed by ``check``, with ``verdict`` (``ok``, ``note``, ``warning``), ``found`` and
            ``expected`` (text; empty where nothing is expected).
        """
        return checks.check_layer(self)

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
            gpd.GeoDataFrame(whole, geometry="geometry", crs=NATIONAL_GRID),
            layer=layer,
            source=f"dissolved from {self.layer}",
            vintage=self.vintage,
            geometry_kind=self.geometry_kind,
        )


def _names(frame: gpd.GeoDataFrame, column: str | None, codes: pd.Index) -> pd.Series:
    """Return names in the order of rows; a region without a name goes by its code."""
    plain: pd.Series = codes.to_series(index=frame.index)
    if column is None:
        return plain
    given = frame[column].astype("str").str.strip()
    named: pd.Series = given.where(frame[column].notna() & (given != ""), plain)
    return named


def _codes(column: pd.Series, *, where: str) -> pd.Index:
    empty = column.isna() | (column.astype("str").str.strip() == "")
    if empty.any():
        rows = [int(row) + 1 for row in np.flatnonzero(empty)]
        raise CodeError(f"{where}: no code in row {listed(rows)} of column {column.name}")
    codes = pd.Index(column.astype("str").str.strip())
    double = codes[codes.duplicated()].unique()
    if len(double):
        raise CodeError(
            f"{where}: two rows with one code in column {column.name}: {listed(double)}; "
            "dissolve or remove the doubles"
        )
    return codes
