"""Tables in which geometry stands as WKT or WKB."""

import re
from pathlib import Path

import geopandas as gpd
import pandas as pd
import shapely

from coterminosity.errors import BoundaryFileError, listed

GEOMETRY_COLUMNS = ("geometry", "wkt", "wkb", "geom", "the_geom", "wkb_geometry", "shape")
# Bytes of WKB written as text.
_HEX = r"0[01](?:[0-9A-Fa-f]{2})+"


def geometry_column(columns: pd.Index, path: Path) -> str:
    """Return the column of WKT or WKB.

    Raises
    ------
    BoundaryFileError
        Where there is none.
    """
    named = {str(column).lower(): str(column) for column in columns}
    column = next((named[name] for name in GEOMETRY_COLUMNS if name in named), None)
    if column is None:
        raise BoundaryFileError(
            f"{path} holds a table without geometry; wanted a column of WKT or WKB "
            f"({', '.join(GEOMETRY_COLUMNS)}), it has {listed(columns, most=12)}"
        )
    return column


def from_table(table: pd.DataFrame, path: Path, crs: str | None) -> gpd.GeoDataFrame:
    """Make geometry of a column of WKT or WKB, also of bytes written as text and of EWKT.

    Raises
    ------
    BoundaryFileError
        Where there is no such column, or what it holds is none.
    """
    column = geometry_column(table.columns, path)
    values = table[column]
    texts = values.dropna()
    binary = values.map(lambda value: isinstance(value, bytes)).any() or bool(
        len(texts) and texts.astype("str").str.fullmatch(_HEX).all()
    )
    if not binary:
        values, crs = _without_srid(values, crs)
    read = shapely.from_wkb if binary else shapely.from_wkt
    drawn = values.astype("object").where(values.notna(), None).to_numpy(dtype=object)
    try:
        geometry = read(drawn)
    except NotImplementedError as error:
        raise BoundaryFileError(
            f"{path}: column {column} holds curves, which are not read from tables; export it with "
            "straight lines, or as GeoPackage"
        ) from error
    except (shapely.GEOSException, TypeError) as error:
        reason = str(error).splitlines()[0]
        raise BoundaryFileError(
            f"{path}: column {column} is not {'WKB' if binary else 'WKT'}: {reason}"
        ) from error
    return gpd.GeoDataFrame(table.drop(columns=column), geometry=geometry, crs=crs)


def _without_srid(values: pd.Series, crs: str | None) -> tuple[pd.Series, str | None]:
    """Take the reference system that PostGIS writes before WKT: ``SRID=27700;POLYGON ...``."""
    found = values.astype("str").str.extract(r"^SRID=(\d+);(.*)$", flags=re.DOTALL)
    told = found[0].dropna().unique()
    if len(told) != 1:
        return values, crs
    return values.where(found[1].isna(), found[1]), crs or f"EPSG:{told[0]}"
