"""The geometry that a map is drawn in: real boundaries, a schematic drawing, or hexagons.

A layer says what its geometry is, and every map of it says so too.
"""

from functools import lru_cache
from typing import get_args

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from coterminosity.errors import LayerError, listed
from coterminosity.layer import BoundaryLayer, GeometryKind
from coterminosity.maps.hexagons import hexagons, on_hexagons
from coterminosity.schematic import schematic_cells


def drawn_as(layer: BoundaryLayer, geometry: GeometryKind | None = None) -> BoundaryLayer:
    """Return a layer in the geometry that is asked for.

    Parameters
    ----------
    layer : BoundaryLayer
        Real or schematic.
    geometry : {"real", "schematic", "hex"}, optional
        By default that of the layer. Schematic drawings and hexagons can be made of real
        boundaries, but not the other way round.

    Raises
    ------
    LayerError
        Where there is no such geometry, or it cannot be made of the layer's own.

    Examples
    --------
    >>> import coterminosity as ct
    >>> districts = ct.england_2017().atoms.dissolve("lad")
    >>> drawn_as(districts).geometry_kind
    'schematic'
    """
    if geometry is not None and geometry not in get_args(GeometryKind):
        raise LayerError(f"geometry: wanted {listed(get_args(GeometryKind))}, got {geometry!r}")
    if geometry is None or geometry == layer.geometry_kind:
        return layer
    if geometry == "real":
        raise LayerError(
            f"layer {layer.layer!r} is {layer.geometry_kind}; real boundaries are read from files: "
            "give a layer of BoundaryLayer.from_file, or boundaries on the command line"
        )
    if geometry == "hex":
        return hexagons(layer)
    if layer.geometry_kind == "hex":
        raise LayerError(f"layer {layer.layer!r} is of hexagons; give the layer they were made of")
    return _schematic(layer)


def drawn_on(
    regions: BoundaryLayer, units: BoundaryLayer, geometry: GeometryKind | None = None
) -> BoundaryLayer:
    """Return a layer in the geometry that is asked for, hexagons being those of other units."""
    if geometry == "hex" and regions.geometry_kind != "hex":
        return on_hexagons(regions, units)
    return drawn_as(regions, geometry)


@lru_cache(maxsize=8)
def _schematic(layer: BoundaryLayer) -> BoundaryLayer:
    """Draw a cell around the middle of each region."""
    middle = middles(layer.geometry)
    centres = pd.DataFrame(
        shapely.get_coordinates(middle.to_numpy()), index=middle.index,
        columns=["easting", "northing"],
    )  # fmt: skip
    cells = schematic_cells(centres)
    drawn = gpd.GeoDataFrame({"name": layer.names}, geometry=cells.to_numpy(), crs=layer.frame.crs)
    return BoundaryLayer.from_frame(
        drawn.rename_axis("code").reset_index(), layer=layer.layer, vintage=layer.vintage,
        to_crs=layer.frame.crs, source=layer.source, geometry_kind="schematic",
    )  # fmt: skip


def middles(polygons: gpd.GeoSeries) -> gpd.GeoSeries:
    """Return the point deepest inside the largest part of each polygon."""
    parts, owner = shapely.get_parts(np.asarray(polygons.array), return_index=True)
    largest = pd.Series(shapely.area(parts)).groupby(owner).idxmax().to_numpy()
    radius = shapely.maximum_inscribed_circle(parts[largest], tolerance=500.0)
    return gpd.GeoSeries(shapely.get_point(radius, 0), index=polygons.index, crs=polygons.crs)
