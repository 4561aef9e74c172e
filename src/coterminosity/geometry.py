"""Reference systems, repair and the measure of slivers: what a layer does to raw polygons."""

from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from pyproj import CRS
from pyproj.exceptions import CRSError

from coterminosity.errors import CrsError, LayerError, listed

NATIONAL_GRID = "EPSG:27700"
# Great Britain with its seas, in metres of the national grid.
GRID_BOUNDS = (-200_000.0, -200_000.0, 900_000.0, 1_400_000.0)
# An overlap narrower than this is a difference of drawing, not of jurisdiction.
MIN_WIDTH = 250.0
# A repair may change a region by this share of its area at most.
MOST_REPAIRED = 0.0005

Geometries = npt.NDArray[Any]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Repaired:
    """Polygons made valid, with one row per region that had to be repaired."""

    geometry: Geometries
    log: pd.DataFrame


def polygonal(geometry: Geometries) -> Geometries:
    """Return only the polygons of geometries that may be collections.

    Two regions that overlap here and touch there have a polygon and lines in common; the lines
    have no land and must not count as perimeter.
    """
    only = np.array(geometry, dtype=object)
    for k in np.flatnonzero(shapely.get_type_id(only) == 7):
        parts = shapely.get_parts(only[k])
        only[k] = shapely.MultiPolygon(list(parts[shapely.get_type_id(parts) == 3]))
    return only


def mean_width(polygons: Geometries) -> Floats:
    """Return the mean width of polygons in metres, 2·area / perimeter; 0 where empty.

    A long thin polygon of width w has a mean width near w, a circle has its radius.

    Examples
    --------
    >>> mean_width(np.array([shapely.box(0, 0, 1000, 1)])).round(2)
    array([1.])
    """
    polygons = polygonal(polygons)
    perimeter = np.asarray(shapely.length(polygons), dtype=np.float64)
    area = np.asarray(shapely.area(polygons), dtype=np.float64)
    return np.divide(2.0 * area, perimeter, out=np.zeros_like(area), where=perimeter > 0)


def is_wide(polygons: Geometries, min_width: float) -> npt.NDArray[np.bool_]:
    """Tell polygons from slivers: the mean width is reached, or a circle of that mean width fits.

    The circle, of radius ``min_width``, saves a block of land at the end of a long thin strip.

    Examples
    --------
    >>> strip, block = shapely.box(0, 0, 9000, 40), shapely.box(0, 0, 600, 600)
    >>> is_wide(np.array([strip, block, shapely.union(strip, block)]), 250.0)
    array([False,  True,  True])
    """
    wide = mean_width(polygons) >= min_width
    asked = np.flatnonzero(~wide & (np.asarray(shapely.area(polygons)) >= np.pi * min_width**2))
    core = shapely.buffer(np.asarray(polygons, dtype=object)[asked], -min_width, quad_segs=4)
    wide[asked] = ~shapely.is_empty(core)
    return wide


def to_national_grid(
    frame: gpd.GeoDataFrame, *, where: str, crs: str | None = None
) -> gpd.GeoDataFrame:
    """Return the frame in EPSG:27700, after checking that coordinates fit the declared system.

    Raises
    ------
    CrsError
        Where no reference system is declared, or the coordinates contradict it.
    """
    if crs is not None and frame.crs is None:
        try:
            frame = frame.set_crs(crs)
        except CRSError as error:
            raise CrsError(
                f"{where}: {crs!r} is no coordinate reference system; give one such as EPSG:27700"
            ) from error
    if frame.crs is None:
        guess = _guess(frame.total_bounds)
        raise CrsError(
            f"{where}: no coordinate reference system is declared; the coordinates look like "
            f"{guess}; declare it in the file or with crs="
        )
    _refuse_contradiction(frame, where=where)
    if CRS.from_user_input(frame.crs) != CRS.from_user_input(NATIONAL_GRID):
        frame = frame.to_crs(NATIONAL_GRID)
    west, south, east, north = frame.total_bounds
    low_x, low_y, high_x, high_y = GRID_BOUNDS
    if not (low_x <= west and low_y <= south and east <= high_x and north <= high_y):
        raise CrsError(
            f"{where}: after reprojection to {NATIONAL_GRID} the coordinates lie outside Great "
            f"Britain ({west:,.0f} {south:,.0f} to {east:,.0f} {north:,.0f}); check the declared "
            "coordinate reference system"
        )
    return frame


def _guess(bounds: Floats) -> str:
    west, south, east, north = bounds
    if abs(west) <= 180 and abs(east) <= 180 and abs(south) <= 90 and abs(north) <= 90:
        return "degrees (EPSG:4326)"
    low_x, low_y, high_x, high_y = GRID_BOUNDS
    if low_x <= west and low_y <= south and east <= high_x and north <= high_y:
        return f"metres of the British National Grid ({NATIONAL_GRID})"
    return "neither degrees nor the British National Grid"


def _refuse_contradiction(frame: gpd.GeoDataFrame, *, where: str) -> None:
    bounds = frame.total_bounds
    guess = _guess(bounds)
    looks_like_degrees = guess.startswith("degrees")
    if bool(frame.crs.is_geographic) != looks_like_degrees:
        name = frame.crs.to_string() if len(frame.crs.to_string()) < 40 else frame.crs.name
        west, south, east, north = bounds
        raise CrsError(
            f"{where}: declares {name}, but its coordinates ({west:,.2f} {south:,.2f} to "
            f"{east:,.2f} {north:,.2f}) look like {guess}; correct the declared coordinate "
            "reference system"
        )


def refuse_missing(geometry: Geometries, codes: pd.Index, *, where: str) -> None:
    """Refuse regions without geometry.

    Raises
    ------
    LayerError
        Where there are any; they are listed.
    """
    missing = codes[np.asarray(shapely.is_missing(geometry) | shapely.is_empty(geometry))]
    if len(missing):
        raise LayerError(
            f"{where}: {len(missing)} of {len(codes)} regions have no geometry "
            f"({listed(missing)}); remove or complete these rows"
        )


def repair(geometry: Geometries, codes: pd.Index, *, where: str) -> Repaired:
    """Make polygons valid and two-dimensional, and log the area that each repair changed.

    Raises
    ------
    LayerError
        Where a region has no geometry, is not polygonal, or would change by more than 0.05 %.
    """
    refuse_missing(geometry, codes, where=where)
    kinds = shapely.get_type_id(geometry)
    polygonal = np.isin(kinds, (3, 6))
    if not polygonal.all():
        raise LayerError(
            f"{where}: wanted polygons, got {geometry[~polygonal][0].geom_type} for "
            f"{listed(codes[~polygonal])}; remove points and lines"
        )
    flat = shapely.force_2d(geometry)
    broken = ~shapely.is_valid(flat)
    log = pd.DataFrame({"code": codes[broken]}).astype({"code": "str"})
    log["reason"] = [str(reason) for reason in shapely.is_valid_reason(flat[broken])]
    before = np.asarray(shapely.area(flat[broken]))
    flat[broken] = shapely.make_valid(flat[broken], method="structure", keep_collapsed=False)
    lost = codes[np.asarray(shapely.is_empty(flat))]
    if len(lost):
        raise LayerError(f"{where}: {listed(lost)} have no area; redraw or remove these regions")
    log["area_before_m2"] = before
    log["area_after_m2"] = np.asarray(shapely.area(flat[broken]))
    change = (log["area_after_m2"] - log["area_before_m2"]).abs()
    spoiled = log.loc[change > MOST_REPAIRED * log["area_before_m2"].clip(lower=1e-9)]
    if len(spoiled):
        raise LayerError(
            f"{where}: {listed(spoiled['code'])} cannot be repaired without changing the area by "
            f"more than {MOST_REPAIRED:.2%} ({spoiled['reason'].iloc[0]}); redraw these regions"
        )
    return Repaired(geometry=flat, log=log)
