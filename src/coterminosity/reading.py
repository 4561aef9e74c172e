"""Reading a boundary file as it stands."""

import hashlib
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from zipfile import BadZipFile
from zlib import error as ZlibError  # noqa: N812

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pyogrio
from pyogrio.errors import DataLayerError, DataSourceError
from pyproj.exceptions import ProjError
from shapely.errors import GEOSException

from coterminosity.columns import code_columns, ons_columns
from coterminosity.counting import declared_curves, refuse_lost
from coterminosity.delimited import read_delimited
from coterminosity.drawn_tables import GEOMETRY_COLUMNS, from_table, geometry_column
from coterminosity.errors import BoundaryFileError, CoterminosityWarning, listed
from coterminosity.opening import (
    DEFAULT_LIMITS,
    PACKED,
    PLAIN,
    TABLES,
    Limits,
    opened,
    suffix_of,
)

# What readers raise on a damaged file. Wrong rings in a table of WKB are told by GEOS, a damaged
# reference system by PROJ or, by pyogrio, as a variable that was not set.
_READER_ERRORS = (
    DataSourceError, DataLayerError, GEOSException, ProjError, NotImplementedError, OSError,
    ValueError, TypeError, KeyError, AttributeError, IndexError, OverflowError, BadZipFile,
    ZlibError, EOFError,
    RuntimeError, NameError, pa.ArrowException,
)  # fmt: skip
# Attribute of a frame whose layer declares curves.
CURVES = "curves"
# What helps with most files that cannot be read.
_LONGEST_REASON = 300
_REMEDY = "check that it is complete, or export it again"


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file, or of all files of a folder with their names, as hex text."""
    if path.is_file():
        with path.open("rb") as source:
            return hashlib.file_digest(source, "sha256").hexdigest()
    whole = hashlib.sha256()
    for child in sorted(p for p in path.rglob("*") if p.is_file()):
        whole.update(f"{child.relative_to(path).as_posix()} {sha256_of(child)}\n".encode())
    return whole.hexdigest()


def is_boundary_file(path: Path) -> bool:
    """Tell from its ending whether a file or folder may hold boundaries."""
    if path.is_dir():
        return path.suffix.lower() == ".gdb"
    return path.suffix.lower() in PACKED or suffix_of(path) in PLAIN


def read_boundaries(
    path: Path,
    *,
    layer: str | None = None,
    source_layer: str | None = None,
    crs: str | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> gpd.GeoDataFrame:
    """Read a boundary file, unchanged.

    GeoJSON, also newline-delimited or gzipped, TopoJSON, Shapefile (file, folder or zip, with or
    without ``.cpg``), GeoPackage, FlatGeobuf, File Geodatabase, GeoParquet, KML and KMZ, and
    CSV or Parquet tables with a column of WKT or WKB.

    Parameters
    ----------
    path : Path
        File, or folder of a Shapefile or File Geodatabase.
    layer : str, optional
        Short name such as ``"lep"``; helps to choose among several layers in one file.
    source_layer : str, optional
        Name of the layer inside the file.
    crs : str, optional
        Of WKT or WKB, which declare none.
    limits : Limits
        How much an archive may unpack to, and how long a text may be.

    Raises
    ------
    BoundaryFileError
        Where the file is missing, cannot be read, is dangerous, has several layers of which none
        was named, or has no geometry.
    """
    with opened(path, limits=limits) as plain:
        try:
            with _told(path):
                frame = _read_plain(plain, path, layer=layer, source_layer=source_layer, crs=crs)
        except _READER_ERRORS as error:
            raise _unreadable(path, plain, error, "a boundary file") from error
    if not isinstance(frame, gpd.GeoDataFrame) or frame.active_geometry_name is None:
        raise BoundaryFileError(f"{path} holds a table without geometry; give a file of polygons")
    if frame.active_geometry_name != "geometry":
        frame = frame.rename_geometry("geometry")
    double = sorted({str(c) for c in frame.columns[frame.columns.duplicated()]})
    if double:
        raise BoundaryFileError(f"{path}: two columns are called {listed(double)}; rename one")
    try:
        _refuse_long_text(frame, path, limits)
        for column in frame.columns.drop("geometry"):
            frame[column].to_numpy(dtype=object)  # texts are decoded only when they are looked at
    except (pa.ArrowException, UnicodeDecodeError) as error:
        raise BoundaryFileError(
            f"{path}: a text in it is damaged and cannot be read; {_REMEDY}"
        ) from error
    return frame


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """Pass on what GDAL warns of as warnings of ours, each once, with the name of the file."""
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        yield
    for text in dict.fromkeys(str(one.message).replace("\n", " ") for one in heard):
        warnings.warn(f"{path.name}: {text[:_LONGEST_REASON]}", CoterminosityWarning, stacklevel=5)


def is_table(path: Path) -> bool:
    """Tell from its ending whether a file may hold a table without geometry."""
    return path.is_file() and suffix_of(path) in TABLES


def has_geometry(path: Path) -> bool:
    """Tell whether a file is read for its polygons, by its ending and its columns.

    Raises
    ------
    BoundaryFileError
        Where the columns of a table cannot be read.
    """
    if not is_table(path) and path.suffix.lower() != ".zip":
        return True
    with opened(path, endings=(*PLAIN, ".xlsx")) as plain:
        if suffix_of(plain) not in TABLES:
            return True
        try:
            names, drawn = _titles_of(plain)
        except _READER_ERRORS as error:
            raise _unreadable(path, plain, error, "a table") from error
    return drawn or any(name.lower() in GEOMETRY_COLUMNS for name in names)


def _titles_of(plain: Path) -> tuple[list[str], bool]:
    """Return the titles of a table, and whether its format holds geometry."""
    if plain.suffix.lower() == ".xlsx":
        return [], False
    if plain.suffix.lower() == ".csv":
        return [str(c) for c in pd.read_csv(plain, nrows=0, encoding_errors="replace")], False
    schema = pq.read_schema(plain)
    return list(schema.names), b"geo" in (schema.metadata or {})


def _unreadable(path: Path, plain: Path, error: Exception, wanted: str) -> BoundaryFileError:
    """Return the sentence on a file that a reader has refused."""
    reason = str(error).splitlines()[0].rstrip(".") if str(error) else type(error).__name__
    if "geo metadata" in reason.lower():
        reason = "it is a Parquet table without geometry"
    # Readers name the unpacked copy, and at length; the user knows the file by its own name.
    reason = reason.replace(str(plain), path.name)[:_LONGEST_REASON]
    return BoundaryFileError(f"{path} is not {wanted} that can be read: {reason}; {_REMEDY}")


def read_table(
    path: Path, *, limits: Limits = DEFAULT_LIMITS, only_blanks: bool = False
) -> pd.DataFrame:
    """Read a plain table of CSV (also gzipped or zipped), xlsx or Parquet, all values as text.

    Of a workbook the first sheet with ONS columns is read, from the row that holds them: titles
    above the columns are passed over. Without any, the first sheet of several columns is read.
    Blanks are missing values, and so are texts such as ``NA``, unless ``only_blanks`` is set.

    Raises
    ------
    BoundaryFileError
        Where the file is missing, no table, empty, or unsafe to open.
    """
    with opened(path, limits=limits, endings=TABLES) as plain:
        try:
            table = _table_of(plain, only_blanks=only_blanks)
        except _READER_ERRORS as error:
            raise _unreadable(path, plain, error, "a table") from error
    table.columns = pd.Index([str(column).strip() for column in table.columns])
    if not len(table):
        raise BoundaryFileError(f"{path}: the table has no rows; wanted at least one")
    double = sorted(set(table.columns[table.columns.duplicated()]))
    if double:
        raise BoundaryFileError(f"{path}: two columns are called {listed(double)}; rename one")
    nested = [c for c in table if any(isinstance(v, (list, dict, np.ndarray)) for v in table[c])]
    if nested:
        raise BoundaryFileError(
            f"{path}: column {listed(nested)} holds lists or structures; wanted plain values"
        )
    _refuse_long_text(table, path, limits)
    return table


def _table_of(plain: Path, *, only_blanks: bool) -> pd.DataFrame:
    if plain.suffix.lower() == ".csv":
        return read_delimited(plain, only_blanks=only_blanks)
    if plain.suffix.lower() == ".parquet":
        schema = pq.read_schema(plain)
        drawn = [c for c in schema.names if c.lower() in GEOMETRY_COLUMNS]
        return pd.read_parquet(plain, columns=[c for c in schema.names if c not in drawn])
    try:
        sheets = pd.read_excel(
            plain, sheet_name=None, header=None, dtype="str", engine="openpyxl",
            keep_default_na=not only_blanks, na_values=[""],
        )  # fmt: skip
    except Exception as error:
        # A damaged workbook fails anywhere in its reader: in XML, styles, dates, missing parts.
        raise ValueError(
            f"it is no sound workbook ({str(error)[:80] or type(error).__name__})"
        ) from error
    for sheet in sheets.values():
        for row in range(min(20, len(sheet))):
            titles = pd.Index(sheet.iloc[row].dropna().astype("str").str.strip())
            if ons_columns(titles, role="CD") or ons_columns(titles, role="NM"):
                return _from_row(sheet, row)
    # A sheet of one column is a note, or a cover.
    several = (sheet for sheet in sheets.values() if len(sheet) and sheet.iloc[0].count() > 1)
    return _from_row(next(several, next(iter(sheets.values()))), 0)


def _from_row(sheet: pd.DataFrame, row: int) -> pd.DataFrame:
    titled = sheet.iloc[row + 1 :].set_axis(sheet.iloc[row].astype("str"), axis=1)
    return (
        titled.loc[:, sheet.iloc[row].notna().to_numpy()].dropna(how="all").reset_index(drop=True)
    )


def read_attributes(path: Path) -> pd.DataFrame:
    """Read the columns of a boundary file without its geometry.

    Raises
    ------
    BoundaryFileError
        As `read_boundaries`.
    """
    with opened(path) as plain:
        try:
            suffix = plain.suffix.lower()
            if suffix == ".csv":
                table = read_delimited(plain)
                geometry_column(table.columns, path)
                return table
            if suffix in (".parquet", ".geoparquet"):
                schema = pq.read_schema(plain)
                if b"geo" not in (schema.metadata or {}):
                    geometry_column(pd.Index(schema.names), path)
                own = list(ons_columns(pd.Index(schema.names), role="CD"))
                plain_columns = [c for c in schema.names if c.lower() not in GEOMETRY_COLUMNS]
                return pd.read_parquet(plain, columns=own or plain_columns)
            found = [str(name) for name, _ in pyogrio.list_layers(plain)]
            chosen = _fitting_layer(plain, path, found, layer=None)
            return pd.DataFrame(pyogrio.read_dataframe(plain, layer=chosen, read_geometry=False))
        except _READER_ERRORS as error:
            raise _unreadable(path, plain, error, "a boundary file") from error


def _read_plain(
    plain: Path, path: Path, *, layer: str | None, source_layer: str | None, crs: str | None
) -> gpd.GeoDataFrame:
    suffix = plain.suffix.lower()
    if suffix == ".csv":
        return from_table(read_delimited(plain), path, crs)
    if suffix in (".parquet", ".geoparquet"):
        metadata = pq.read_schema(plain).metadata or {}
        if b"geo" in metadata:
            return gpd.read_parquet(plain)
        return from_table(pd.read_parquet(plain), path, crs)
    return _read_with_gdal(plain, path, layer=layer, source_layer=source_layer)


def _read_with_gdal(
    plain: Path, path: Path, *, layer: str | None, source_layer: str | None
) -> gpd.GeoDataFrame:
    if plain.suffix.lower() == ".geojson" and source_layer is None and not _is_topology(plain):
        # One layer by its nature; each look at it would parse the whole file again.
        found, chosen, told = ["the only one"], None, -1
    else:
        found = [str(name) for name, _ in pyogrio.list_layers(plain)]
        if source_layer is not None and source_layer not in found:
            raise BoundaryFileError(f"{path} has no layer {source_layer!r}; it has {listed(found)}")
        chosen = source_layer or _fitting_layer(plain, path, found, layer=layer)
        told = int(pyogrio.read_info(plain, layer=chosen)["features"])
    frame = _read_chosen(plain, path, chosen)
    refuse_lost(plain, frame, where=str(path), layers=len(found), told=told)
    drawn = isinstance(frame, gpd.GeoDataFrame)
    if drawn and plain.suffix.lower() == ".gpkg" and (kind := declared_curves(plain, chosen)):
        frame.attrs[CURVES] = kind  # GDAL has drawn the arcs as chords
    if drawn and frame.crs is None and "json" in plain.suffix.lower():
        # TopoJSON has no place to declare a system: like GeoJSON it is in degrees.
        return frame.set_crs("EPSG:4326")
    return frame


def _is_topology(plain: Path) -> bool:
    """Tell TopoJSON, which may hold several layers, under the name of GeoJSON."""
    with plain.open("rb") as source:
        return b'"Topology"' in source.read(4096)


def _read_chosen(plain: Path, path: Path, chosen: str | None) -> gpd.GeoDataFrame:
    options = {"layer": chosen, "engine": "pyogrio"}
    if plain.suffix.lower() == ".shp" and not _with_code_page(plain):
        # Without a code page the text is UTF-8 or the one-byte code of old Windows.
        try:
            return gpd.read_file(plain, encoding="utf-8", **options)
        except UnicodeDecodeError:
            return gpd.read_file(plain, encoding="cp1252", **options)
    try:
        return gpd.read_file(plain, **options)
    except GEOSException as error:
        drawn = gpd.read_file(plain, on_invalid="ignore", **options)
        rows = [int(row) + 1 for row in np.flatnonzero(drawn.geometry.isna())]
        raise BoundaryFileError(
            f"{path}: the rings in row {listed(rows)} are not closed or have too few points; "
            "redraw these regions"
        ) from error


def _with_code_page(plain: Path) -> bool:
    return any(p.suffix.lower() == ".cpg" for p in plain.parent.glob(f"{plain.stem}.*"))


def _fitting_layer(plain: Path, path: Path, found: list[str], *, layer: str | None) -> str:
    """Return the only layer, or the only one of polygons with a code column that fits."""
    if len(found) == 1:
        return found[0]
    drawn = {name: pyogrio.read_info(plain, layer=name) for name in found}
    drawn = {n: i for n, i in drawn.items() if "Polygon" in str(i.get("geometry_type"))}
    fitting = []
    for name, info in drawn.items():
        codes = ons_columns(pd.Index(info["fields"]), role="CD")
        layers = {own for own, _ in codes.values()}
        if layer.lower() in layers if layer else layers:
            fitting.append(name)
    if not fitting:
        fitting = [name for name in drawn if _has_codes(plain, name, layer=layer)]
    if len(fitting) == 1:
        return fitting[0]
    why = "several fit" if fitting else "none has ONS codes that fit"
    raise BoundaryFileError(
        f"{path} holds {len(found)} layers ({listed(found)}) and {why}; name one with source_layer="
    )


def _has_codes(plain: Path, name: str, *, layer: str | None) -> bool:
    """Tell whether the first rows of a layer have a column of GSS codes, of a layer if named."""
    rows = pyogrio.read_dataframe(plain, layer=name, read_geometry=False, max_features=20)
    texts = rows.select_dtypes(include=["object", "string"])
    return bool(code_columns(texts, layer=layer)) and len(texts) > 0


def _refuse_long_text(frame: pd.DataFrame, path: Path, limits: Limits) -> None:
    for column in frame.columns.drop("geometry", errors="ignore"):
        if frame[column].dtype.kind not in "biufM":
            longest = frame[column].astype("str").str.len().max()
            if pd.notna(longest) and longest > limits.text:
                raise BoundaryFileError(
                    f"{path}: a text of {longest:,.0f} characters in column {column}, more than "
                    f"the limit of {limits.text:,}; is this a boundary file?"
                )
