"""Reading a boundary file as it stands, and finding out what its columns are."""

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyarrow.parquet as pq
import pyogrio
import shapely
from pyogrio.errors import DataLayerError, DataSourceError

from coterminosity.catalogue import layer_of_stem, record_of
from coterminosity.errors import BoundaryFileError, ColumnError, listed
from coterminosity.opening import DEFAULT_LIMITS, PACKED, PLAIN, Limits, opened, suffix_of

_GEOMETRY_COLUMNS = ("geometry", "wkt", "wkb", "geom", "the_geom", "wkb_geometry", "shape")
# The ONS writes <stem><yy>CD and <stem><yy>NM, in capitals or not, with Welsh names in NMW.
_ONS_COLUMN = re.compile(r"^(?P<stem>[A-Z]{2,8})(?P<year>\d{2})(?P<role>CD|NM)$", re.IGNORECASE)


@dataclass(frozen=True)
class Columns:
    """Which columns of a file hold code and name, and what their names say of layer and vintage."""

    code: str
    name: str | None
    layer: str | None
    vintage: str | None


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
            frame = _read_plain(plain, path, layer=layer, source_layer=source_layer, crs=crs)
        except (DataSourceError, DataLayerError, ValueError, OSError, TypeError) as error:
            reason = str(error).splitlines()[0].rstrip(".") if str(error) else type(error).__name__
            if "geo metadata" in reason.lower():
                reason = "it is a Parquet table without geometry"
            # Readers name the unpacked copy; the user knows the file by its own name.
            reason = reason.replace(str(plain), path.name)
            raise BoundaryFileError(
                f"{path} is not a boundary file that can be read: {reason}"
            ) from error
    if not isinstance(frame, gpd.GeoDataFrame) or frame.active_geometry_name is None:
        raise BoundaryFileError(f"{path} holds a table without geometry; give a file of polygons")
    if frame.active_geometry_name != "geometry":
        frame = frame.rename_geometry("geometry")
    _refuse_long_text(frame, path, limits)
    return frame


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
                table = pd.read_csv(plain, dtype="str")
                _geometry_column(table.columns, path)
                return table
            if suffix in (".parquet", ".geoparquet"):
                schema = pq.read_schema(plain)
                if b"geo" not in (schema.metadata or {}):
                    _geometry_column(pd.Index(schema.names), path)
                own = ons_columns(pd.Index(schema.names), role="CD")
                return pd.read_parquet(plain, columns=list(own))
            found = [str(name) for name, _ in pyogrio.list_layers(plain)]
            chosen = _fitting_layer(plain, path, found, layer=None)
            return pd.DataFrame(pyogrio.read_dataframe(plain, layer=chosen, read_geometry=False))
        except (DataSourceError, DataLayerError, OSError, ValueError) as error:
            reason = str(error).splitlines()[0].replace(str(plain), path.name)
            raise BoundaryFileError(f"{path} is not a boundary file: {reason}") from error


def _read_plain(
    plain: Path, path: Path, *, layer: str | None, source_layer: str | None, crs: str | None
) -> gpd.GeoDataFrame:
    suffix = plain.suffix.lower()
    if suffix == ".csv":
        return _from_table(pd.read_csv(plain, dtype="str"), path, crs)
    if suffix in (".parquet", ".geoparquet"):
        metadata = pq.read_schema(plain).metadata or {}
        if b"geo" in metadata:
            return gpd.read_parquet(plain)
        return _from_table(pd.read_parquet(plain), path, crs)
    return _read_with_gdal(plain, path, layer=layer, source_layer=source_layer)


def _geometry_column(columns: pd.Index, path: Path) -> str:
    named = {str(column).lower(): str(column) for column in columns}
    column = next((named[name] for name in _GEOMETRY_COLUMNS if name in named), None)
    if column is None:
        raise BoundaryFileError(
            f"{path} holds a table without geometry; wanted a column of WKT or WKB "
            f"({', '.join(_GEOMETRY_COLUMNS)}), it has {listed(columns, most=12)}"
        )
    return column


def _from_table(table: pd.DataFrame, path: Path, crs: str | None) -> gpd.GeoDataFrame:
    """Make geometry of a column of WKT or WKB."""
    column = _geometry_column(table.columns, path)
    values = table[column]
    binary = values.map(lambda value: isinstance(value, bytes)).any()
    read = shapely.from_wkb if binary else shapely.from_wkt
    drawn = values.astype("object").where(values.notna(), None).to_numpy(dtype=object)
    try:
        geometry = read(drawn)
    except (shapely.GEOSException, TypeError) as error:
        reason = str(error).splitlines()[0]
        raise BoundaryFileError(
            f"{path}: column {column} is not {'WKB' if binary else 'WKT'}: {reason}"
        ) from error
    return gpd.GeoDataFrame(table.drop(columns=column), geometry=geometry, crs=crs)


def _read_with_gdal(
    plain: Path, path: Path, *, layer: str | None, source_layer: str | None
) -> gpd.GeoDataFrame:
    found = [str(name) for name, _ in pyogrio.list_layers(plain)]
    if source_layer is not None and source_layer not in found:
        raise BoundaryFileError(f"{path} has no layer {source_layer!r}; it has {listed(found)}")
    chosen = source_layer or _fitting_layer(plain, path, found, layer=layer)
    if plain.suffix.lower() == ".shp" and not _with_code_page(plain):
        # Without a code page the text is UTF-8 or the one-byte code of old Windows.
        try:
            return gpd.read_file(plain, layer=chosen, engine="pyogrio", encoding="utf-8")
        except UnicodeDecodeError:
            return gpd.read_file(plain, layer=chosen, engine="pyogrio", encoding="cp1252")
    frame = gpd.read_file(plain, layer=chosen, engine="pyogrio")
    drawn = isinstance(frame, gpd.GeoDataFrame)
    if drawn and frame.crs is None and "json" in plain.suffix.lower():
        # TopoJSON has no place to declare a system: like GeoJSON it is in degrees.
        return frame.set_crs("EPSG:4326")
    return frame


def _with_code_page(plain: Path) -> bool:
    return any(p.suffix.lower() == ".cpg" for p in plain.parent.glob(f"{plain.stem}.*"))


def _fitting_layer(plain: Path, path: Path, found: list[str], *, layer: str | None) -> str:
    """Return the only layer, or the only one of polygons with a code column that fits."""
    if len(found) == 1:
        return found[0]
    fitting = []
    for name in found:
        info = pyogrio.read_info(plain, layer=name)
        codes = ons_columns(pd.Index(info["fields"]), role="CD")
        layers = {own for own, _ in codes.values()}
        polygonal = "Polygon" in str(info.get("geometry_type"))
        if polygonal and (layer.lower() in layers if layer else layers):
            fitting.append(name)
    if len(fitting) == 1:
        return fitting[0]
    why = "several fit" if fitting else "none has ONS codes that fit"
    raise BoundaryFileError(
        f"{path} holds {len(found)} layers ({listed(found)}) and {why}; name one with source_layer="
    )


def _refuse_long_text(frame: gpd.GeoDataFrame, path: Path, limits: Limits) -> None:
    for column in frame.columns.drop("geometry"):
        if frame[column].dtype.kind not in "biufM":
            longest = frame[column].astype("str").str.len().max()
            if pd.notna(longest) and longest > limits.text:
                raise BoundaryFileError(
                    f"{path}: a text of {longest:,.0f} characters in column {column}, more than "
                    f"the limit of {limits.text:,}; is this a boundary file?"
                )


def ons_columns(columns: pd.Index, *, role: str) -> dict[str, tuple[str, str]]:
    """Return the ONS columns of a role (``"CD"`` or ``"NM"``) as ``{column: (layer, year)}``.

    Examples
    --------
    >>> ons_columns(pd.Index(["lad17cd", "LAD17NM", "CCG17CDH"]), role="CD")
    {'lad17cd': ('lad', '2017')}
    """
    found = {}
    for column in map(str, columns):
        match = _ONS_COLUMN.match(column)
        if match and match["role"].upper() == role:
            found[column] = (layer_of_stem(match["stem"]), f"20{match['year']}")
    return found


def find_columns(
    frame: pd.DataFrame,
    *,
    where: str,
    layer: str | None = None,
    code: str | None = None,
    name: str | None = None,
) -> Columns:
    """Find the code and name columns of a table.

    A column that the caller names is taken as it is. Otherwise ONS columns are looked for; of
    several, the one of ``layer`` is taken, or the only one with a different value in each row.
    Columns called ``code`` and ``name`` are the last resort.

    Raises
    ------
    ColumnError
        Where a named column does not exist, or none or several fit.
    """
    for asked in (code, name):
        if asked is not None and asked not in frame.columns:
            raise ColumnError(
                f"{where}: no column {asked!r}; it has {listed(_texts(frame), most=12)}"
            )
    codes = ons_columns(frame.columns, role="CD")
    chosen = code or _choose(frame, codes, where=where, layer=layer)
    found_layer, year = codes.get(chosen, (layer, None))
    if name is None:
        names = ons_columns(frame.columns, role="NM")
        name = next((c for c, found in names.items() if found == (found_layer, year)), None)
        name = name or next((c for c in _texts(frame) if c.lower() == "name"), None)
    return Columns(code=chosen, name=name, layer=layer or found_layer, vintage=year)


def _choose(
    frame: pd.DataFrame, codes: dict[str, tuple[str, str]], *, where: str, layer: str | None
) -> str:
    fitting = [c for c, (found, _) in codes.items() if layer is None or found == layer.lower()]
    if len(fitting) > 1:
        fitting = [column for column in fitting if frame[column].is_unique] or fitting
    if len(fitting) == 1:
        return fitting[0]
    if len(fitting) > 1:
        raise ColumnError(
            f"{where}: several columns could hold the codes ({listed(fitting)}); name one (code)"
        )
    plain = [column for column in _texts(frame) if column.lower() == "code"]
    if plain:
        return plain[0]
    known = record_of(layer) if layer else None
    example = f"{known.stem}17CD" if known else "LAD17CD"
    wanted = f"of layer {layer!r}" if layer and not known else f"such as {example}"
    raise ColumnError(
        f"{where}: no code column {wanted}; it has "
        f"{listed(_texts(frame), most=12)}; name the one that holds the codes (code)"
    )


def _texts(frame: pd.DataFrame) -> list[str]:
    return [str(column) for column in frame.columns if str(column) != "geometry"]
