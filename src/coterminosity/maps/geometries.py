"""The geometry that a map is drawn in: real boundaries, a schematic drawing, or hexagons.

A layer says what its geometry is, and every map of it says so too.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import get_args

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from coterminosity.errors import LayerError, listed
from coterminosity.layer import BoundaryLayer, GeometryKind
from coterminosity.maps.hexagons import hexagons, on_hexagons, on_tiles
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
    """Return a layer in the geometry that is asked for, drawn by the tiles of other units.

    Those are hexagons or schematic cells, so that borders of both meet; see `drawn_as`.
    """
    if geometry == "hex" and regions.geometry_kind != "hex":
        return on_hexagons(regions, units)
    if geometry == "schematic" and regions.geometry_kind == "real":
        return on_tiles(regions, units, drawn_as(units, geometry))
    return drawn_as(regions, geometry)


def drawn_alike(
    layers: Sequence[BoundaryLayer],
    *,
    units: BoundaryLayer | None = None,
    geometry: GeometryKind | None = None,
) -> list[BoundaryLayer]:
    """Return the layers of one map in the geometry that is asked for.

    Where that is made, and there are several, it is of the same units: tiles of one layer would not
    meet those of another.

    Parameters
    ----------
    layers : sequence of BoundaryLayer
        In one geometry.
    units : BoundaryLayer, optional
        Districts, of which hexagons or schematic cells are made.
    geometry : {"real", "schematic", "hex"}, optional
        By default that of the layers; see `drawn_as`.

    Raises
    ------
    LayerError
        Where it is made of several layers without units.

    Examples
    --------
    >>> import coterminosity as ct
    >>> atoms = ct.england_2017().atoms
    >>> lad, lep, stp = (atoms.dissolve(layer) for layer in ("lad", "lep", "stp"))
    >>> [own.geometry_kind for own in drawn_alike((lep, stp), units=lad, geometry="hex")]
    ['hex', 'hex']
    """
    drawn = [
        drawn_as(own, geometry)
        if units is None or own.layer == units.layer
        else drawn_on(own, units, geometry)
        for own in layers
    ]
    made = any(one is not other for one, other in zip(drawn, layers, strict=True))
    if made and units is None and len(drawn) > 1:
        noun = "hexagons are" if geometry == "hex" else "schematic cells are"
        raise LayerError(f"{noun} tiles of districts: give units=, a layer of districts")
    return drawn


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
