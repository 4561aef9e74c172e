"""Reading a boundary file as it stands, and finding out what its columns are."""

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyogrio
from pyogrio.errors import DataLayerError, DataSourceError

from coterminosity.catalogue import layer_of_stem, record_of
from coterminosity.errors import BoundaryFileError, ColumnError, listed

BOUNDARY_SUFFIXES = (".geojson", ".json", ".zip", ".shp", ".gpkg", ".parquet", ".geoparquet")
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
    """Return the SHA-256 of a file as hexadecimal text."""
    with path.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()


def is_boundary_file(path: Path) -> bool:
    """Tell from its ending whether a file may hold boundaries."""
    return path.is_file() and path.suffix.lower() in BOUNDARY_SUFFIXES


def read_boundaries(path: Path, *, source_layer: str | None = None) -> gpd.GeoDataFrame:
    """Read GeoJSON, Shapefile (zipped or not), GeoPackage or GeoParquet, unchanged.

    Raises
    ------
    BoundaryFileError
        Where the file is missing, cannot be read, has several layers and none was named, or
        has no geometry.
    """
    if not path.exists():
        raise BoundaryFileError(f"{path}: no such file; check the spelling and the folder")
    if path.is_dir():
        raise BoundaryFileError(f"{path} is a folder; name one boundary file inside it")
    suffix = path.suffix.lower()
    if suffix not in BOUNDARY_SUFFIXES:
        raise BoundaryFileError(
            f"{path}: wanted a boundary file ({', '.join(BOUNDARY_SUFFIXES)}), "
            f"got {suffix or 'a file without an ending'}"
        )
    parquet = suffix in (".parquet", ".geoparquet")
    try:
        frame = gpd.read_parquet(path) if parquet else _read_with_gdal(path, source_layer)
    except (DataSourceError, DataLayerError, ValueError, OSError, TypeError) as error:
        if isinstance(error, ValueError) and "geo" in str(error).lower() and parquet:
            reason = "it is a Parquet table without geometry"
        else:
            reason = str(error).splitlines()[0].rstrip(".") if str(error) else type(error).__name__
        raise BoundaryFileError(
            f"{path} is not a boundary file that can be read: {reason}"
        ) from error
    if not isinstance(frame, gpd.GeoDataFrame) or "geometry" not in frame:
        raise BoundaryFileError(f"{path} holds a table without geometry; give a file of polygons")
    return frame


def _read_with_gdal(path: Path, source_layer: str | None) -> gpd.GeoDataFrame:
    found = [str(name) for name, _ in pyogrio.list_layers(path)]
    if source_layer is None and len(found) > 1:
        raise BoundaryFileError(
            f"{path} holds {len(found)} layers ({listed(found)}); name one with source_layer="
        )
    if source_layer is not None and source_layer not in found:
        raise BoundaryFileError(f"{path} has no layer {source_layer!r}; it has {listed(found)}")
    return gpd.read_file(path, layer=source_layer or found[0], engine="pyogrio")


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
            f"{where}: several columns could hold the codes ({listed(fitting)}); "
            "name one with code="
        )
    plain = [column for column in _texts(frame) if column.lower() == "code"]
    if plain:
        return plain[0]
    known = record_of(layer) if layer else None
    example = f"{known.stem}17CD" if known else "LAD17CD"
    raise ColumnError(
        f"{where}: no code column such as {example}; it has "
        f"{listed(_texts(frame), most=12)}; name one with code="
    )


def _texts(frame: pd.DataFrame) -> list[str]:
    return [str(column) for column in frame.columns if str(column) != "geometry"]
