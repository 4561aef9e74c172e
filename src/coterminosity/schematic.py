"""A schematic drawing of places of which only centres are known."""

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from coterminosity.geometry import NATIONAL_GRID, Floats

# Chosen by looking at England: a lower ratio cuts The Marches in two, a higher one fills
# the Irish Sea; the buffer gives coastal places land on the seaward side.
HULL_RATIO = 0.15
HULL_BUFFER = 9_000.0  # metres


def schematic_cells(
    centres: pd.DataFrame, *, ratio: float = HULL_RATIO, buffer: float = HULL_BUFFER
) -> gpd.GeoSeries:
    """Draw a cell around each centre: Voronoi cells within a buffered concave hull.

    The same centres give the same cells. They are not boundaries, and a map of them says so.

    Parameters
    ----------
    centres : DataFrame
        ``easting, northing`` in metres of EPSG:27700, all different.
    ratio : float
        Of the concave hull, 0 (tightest) to 1 (convex).
    buffer : float
        Metres of land beyond the outermost centres.

    Returns
    -------
    GeoSeries
        One polygon per centre, a partition of the buffered hull, in EPSG:27700.
    """
    xy: Floats = centres[["easting", "northing"]].to_numpy(dtype=np.float64)
    points = shapely.points(xy)
    cloud = shapely.multipoints(points)
    # Far islets are land of their own, not ends of a bridge across the sea.
    land = shapely.buffer(shapely.concave_hull(cloud, ratio=ratio), buffer)
    frame = shapely.buffer(shapely.envelope(land), buffer)
    cells = shapely.get_parts(shapely.voronoi_polygons(cloud, extend_to=frame, ordered=True))
    drawn = shapely.intersection(cells, land)
    return gpd.GeoSeries(drawn, index=centres.index, crs=NATIONAL_GRID)
