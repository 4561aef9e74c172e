"""Polygons apart from any layer: their kinds, their mean width, and what counts as a sliver."""

from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

NATIONAL_GRID = "EPSG:27700"
# An overlap narrower than this is a difference of drawing, not of jurisdiction.
MIN_WIDTH = 250.0

Geometries = npt.NDArray[Any]
Floats = npt.NDArray[np.float64]


def simple_parts(geometry: shapely.Geometry) -> Geometries:
    """Return the points, lines and polygons of a geometry, however deeply it is nested."""
    parts = np.array([geometry], dtype=object)
    while np.isin(shapely.get_type_id(parts), (4, 5, 6, 7)).any():
        parts = shapely.get_parts(parts)
    return parts


def polygonal(geometry: Geometries) -> Geometries:
    """Return only the polygons of geometries that may be collections.

    Two regions that overlap here and touch there have a polygon and lines in common; the lines
    have no land and must not count as perimeter.
    """
    only = np.array(geometry, dtype=object)
    for k in np.flatnonzero(shapely.get_type_id(only) == 7):
        parts = simple_parts(only[k])
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
