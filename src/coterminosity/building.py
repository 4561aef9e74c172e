"""From the raw table of a file to clean regions: codes, names, projection, repaired polygons."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from coterminosity import grids
from coterminosity.catalogue import LayerFacts, Record, facts_of, record_of
from coterminosity.columns import Columns, find_columns
from coterminosity.errors import CodeError, LayerError, listed
from coterminosity.geometry import Geometries
from coterminosity.gss import is_gss, territory_of
from coterminosity.mending import mend, problem_rows, refuse_landless
from coterminosity.opening import Limits
from coterminosity.reading import CURVES


@dataclass(frozen=True)
class Regions:
    """Clean regions by code, and what is known of the layer they are of."""

    frame: gpd.GeoDataFrame
    repairs: pd.DataFrame
    columns: Columns
    source_crs: str
    facts: LayerFacts | None
    record: Record | None
    extent: str


def build_regions(
    raw: gpd.GeoDataFrame,
    *,
    where: str,
    layer: str | None,
    code: str | None,
    name: str | None,
    crs: str | None,
    to_crs: Any,
    repair: bool,
    limits: Limits,
) -> Regions:
    """Make clean regions of a raw table; `BoundaryLayer.from_file` says what is refused."""
    if len(raw) == 0:
        raise LayerError(f"{where}: the layer is empty; wanted at least one region")
    if code is None and raw.index.name == "code" and "code" not in raw.columns:
        raw = raw.reset_index()
    columns = find_columns(raw, where=where, layer=layer, code=code, name=name)
    codes = _codes(raw[columns.code], where=where)
    again = _repeated(raw, codes)
    _refuse_double(codes, again, where=where, column=columns.code)
    codes, respelled = _capitals(codes, again)
    names = _names(raw, columns.name, codes)
    facts = facts_of(columns.layer or "")
    refuse_landless(raw.geometry.to_numpy(), codes, where=where)
    gridded = grids.to_working_grid(
        raw,
        codes,
        where=where,
        crs=crs,
        to_crs=to_crs,
        british=facts is not None and bool(codes.str.startswith(facts.prefixes).all()),
    )
    grids.refuse_swapped(gridded, codes, where=where)
    # Repair comes after reprojection, which can itself fold a sliver over.
    mended = mend(gridded.geometry.to_numpy(), codes, where=where, repair=repair, limits=limits)
    clean = gpd.GeoDataFrame(
        {"name": pd.array(list(names), dtype="str")},
        geometry=mended.geometry,
        index=codes.rename("code"),
        crs=gridded.crs,
    )
    doubles = problem_rows(
        codes, np.flatnonzero(again), problem="row twice", outcome="left out the second",
        at=mended.geometry[again], size=1.0, unit="rows",
    )  # fmt: skip
    logs = [doubles, respelled, _curves(raw, codes, mended.geometry), mended.log]
    logs = [table for table in logs if len(table)]
    return Regions(
        frame=clean.loc[~again].sort_index(),
        repairs=pd.concat(logs, ignore_index=True) if logs else mended.log,
        columns=replace(columns, layer=_short_name(columns, where)),
        source_crs=grids.name_of(raw.crs or gridded.crs),
        facts=facts,
        record=record_of(columns.layer or "", year=columns.vintage),
        extent=territory_of(codes, facts),
    )


def _curves(raw: gpd.GeoDataFrame, codes: pd.Index, drawn: Geometries) -> pd.DataFrame:
    """Log the regions of a layer that declares curves: arcs were drawn as straight lines."""
    kind = raw.attrs.get(CURVES, "")
    return problem_rows(
        codes, np.arange(len(codes)) if kind else [], problem="curves",
        outcome="arcs drawn as straight lines", reason=f"the layer holds {kind}",
        at=drawn if kind else None,
    )  # fmt: skip


def _short_name(columns: Columns, where: str) -> str:
    return (columns.layer or Path(where).stem.split(".")[0] or "layer").lower()


def _codes(column: pd.Series, *, where: str) -> pd.Index:
    if column.dtype.kind == "f" and (column.dropna() % 1 == 0).all():
        column = column.astype("Int64")  # whole numbers that a blank turned into decimals
    texts = column.astype("str").str.strip()
    empty = column.isna() | (texts == "")
    if empty.any():
        rows = [int(row) + 1 for row in np.flatnonzero(empty)]
        raise CodeError(
            f"{where}: no code in row {listed(rows)} of column {column.name}; complete or remove "
            "these rows"
        )
    return pd.Index(texts, dtype="str")


def _repeated(raw: gpd.GeoDataFrame, codes: pd.Index) -> npt.NDArray[np.bool_]:
    """Tell rows that repeat an earlier one in every column and vertex."""
    if codes.is_unique:
        return np.zeros(len(codes), dtype=bool)
    # Row numbers of the publisher differ in the doubled row too.
    numbers = [c for c in raw.columns if str(c).lower() in ("objectid", "fid", "ogc_fid")]
    texts = raw.drop(columns=[raw.geometry.name, *numbers]).astype("str")
    drawn = [shape if shape is None else shape.wkb for shape in raw.geometry]
    return np.asarray(texts.assign(code=codes, shape=drawn).duplicated())


def _refuse_double(
    codes: pd.Index, again: npt.NDArray[np.bool_], *, where: str, column: str
) -> None:
    double = codes[~again][codes[~again].duplicated()].unique()
    if len(double):
        rows = np.flatnonzero(codes == double[0]) + 1
        raise CodeError(
            f"{where}: two rows with one code in column {column}: {listed(double)} (rows "
            f"{listed(rows)} for {double[0]}); dissolve or remove the doubles"
        )


def _capitals(codes: pd.Index, again: npt.NDArray[np.bool_]) -> tuple[pd.Index, pd.DataFrame]:
    """Write GSS codes in capitals, as every table that is joined to them does."""
    capital = pd.Index(codes.str.upper(), dtype="str")
    small: npt.NDArray[np.int64] = np.flatnonzero((capital != codes) & is_gss(codes))
    if not len(small) or not capital[~again].is_unique:
        return codes, problem_rows(codes, [], problem="", outcome="")
    written = codes.to_series().where(~np.isin(np.arange(len(codes)), small), capital)
    new = pd.Index(written.to_numpy(), dtype="str")
    log = problem_rows(
        new, small, problem="code in small letters", outcome="written in capitals",
        reason=codes[small].to_numpy(),
    )  # fmt: skip
    return new, log


def _names(raw: gpd.GeoDataFrame, column: str | None, codes: pd.Index) -> pd.Series:
    """Return names in the order of rows; a region without a name goes by its code."""
    plain: pd.Series = codes.to_series(index=raw.index)
    if column is None:
        return plain
    given = raw[column].astype("str").str.strip()
    named: pd.Series = given.where(raw[column].notna() & (given != ""), plain)
    return named
