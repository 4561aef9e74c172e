"""The hexagon cartogram: a tile for each region, so that people are as easy to see as land."""

import hashlib
import io
import math
from functools import lru_cache

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from coterminosity.adjacency import border_lengths
from coterminosity.cache import kept_text
from coterminosity.england import england_2017
from coterminosity.geometry import Geometries
from coterminosity.layer import BoundaryLayer
from coterminosity.maps.tiling import SEED, Cells, Edges, Floats, honeycomb
from coterminosity.tables import known_links, known_places

# Named in the cache: a change of the layout must not find tiles of an earlier one.
_EDITION = "1"


@lru_cache(maxsize=8)
def hexagons(layer: BoundaryLayer) -> BoundaryLayer:
    """Return a layer of one hexagon for each region, all as large, that keeps most borders.

    Tiles are laid out from where regions lie and whom they border. Districts of England 2017 are
    laid out from the embedded centres of population and borders, so that their tiles are the same
    whatever they were drawn in. The layout is worked out once and kept in the cache.

    Parameters
    ----------
    layer : BoundaryLayer
        A partition, real or schematic.

    Examples
    --------
    >>> import coterminosity as ct
    >>> tiles = hexagons(ct.england_2017().atoms.dissolve("lad"))
    >>> tiles.geometry_kind, len(tiles), tiles.kind
    ('hex', 326, 'partition')
    """
    if layer.geometry_kind == "hex":
        return layer
    places, edges, land = _placed(layer)
    tile = math.sqrt(land / len(layer) * 2.0 / math.sqrt(3.0))
    cells = _kept(places, edges, tile)
    middle = places.mean(axis=0) - _middles(cells, tile).mean(axis=0)
    drawn = gpd.GeoDataFrame(
        {"code": layer.frame.index, "name": layer.names.to_numpy()},
        geometry=_drawn(cells, tile, middle), crs=layer.frame.crs,
    )  # fmt: skip
    return BoundaryLayer.from_frame(
        drawn, layer=layer.layer, code="code", name="name", vintage=layer.vintage,
        to_crs=layer.frame.crs, source=layer.source, geometry_kind="hex",
    )  # fmt: skip


def on_hexagons(regions: BoundaryLayer, units: BoundaryLayer) -> BoundaryLayer:
    """Return the regions of another layer, drawn by the hexagons of the units; see `on_tiles`."""
    return on_tiles(regions, units, hexagons(units))


def on_tiles(regions: BoundaryLayer, units: BoundaryLayer, tiles: BoundaryLayer) -> BoundaryLayer:
    """Return the regions of another layer, drawn by the tiles of the units that lie in them.

    A unit lies in a region that holds its middle, so that a unit that is cut is in one part only.
    Regions that hold the middle of no unit are left out.

    Parameters
    ----------
    regions : BoundaryLayer
        Such as STPs; overlaps are kept.
    units : BoundaryLayer
        Such as districts, of the same territory as the regions and in the same geometry.
    tiles : BoundaryLayer
        The units, drawn as hexagons or schematic cells.
    """
    middle = shapely.point_on_surface(units.geometry.to_numpy())
    unit, region = shapely.STRtree(regions.geometry.to_numpy()).query(middle, predicate="within")
    drawn_units = tiles.geometry.loc[units.frame.index].to_numpy()
    tiled, codes = drawn_units[unit], regions.frame.index.to_numpy()[region]
    held = sorted(set(codes))
    shapes = [shapely.coverage_union_all(tiled[codes == code]) for code in held]
    drawn = gpd.GeoDataFrame(
        {"code": held, "name": regions.names.loc[held].to_numpy()}, geometry=shapes,
        crs=tiles.frame.crs,
    )  # fmt: skip
    return BoundaryLayer.from_frame(
        drawn, layer=regions.layer, code="code", name="name", vintage=regions.vintage,
        to_crs=tiles.frame.crs, source=regions.source, geometry_kind=tiles.geometry_kind,
    )  # fmt: skip


def borders_for_tiles(layer: BoundaryLayer) -> pd.DataFrame:
    """Return ``focal, neighbour`` of the borders that the tiles of a layer should keep."""
    graph = england_2017().graph
    if set(layer.frame.index) == set(graph.units.index):
        own = graph.borders
        return own.loc[own["focal"] < own["neighbour"], ["focal", "neighbour"]]
    return border_lengths(layer)[["focal", "neighbour"]]


def _placed(layer: BoundaryLayer) -> tuple[Floats, Edges, float]:
    """Return where regions lie, the pairs that should be neighbours, and the land of all in m²."""
    codes, known = layer.frame.index, england_2017()
    if set(codes) == set(known.graph.units.index):
        places = known_places().loc[codes, ["easting", "northing"]].to_numpy(dtype=np.float64)
        land = known.atoms.total("area")
    else:
        places = shapely.get_coordinates(shapely.centroid(layer.geometry.to_numpy()))
        land = float(shapely.area(layer.geometry.to_numpy()).sum())
    pairs = pd.concat([borders_for_tiles(layer), known_links(codes)[["focal", "neighbour"]]])
    number = pd.Series(range(len(codes)), index=codes)
    ends = np.array([number[pairs[end]].to_numpy() for end in ("focal", "neighbour")]).T
    return places, np.unique(np.sort(ends.reshape(-1, 2), axis=1), axis=0), land


def _kept(places: Floats, edges: Edges, tile: float) -> Cells:
    """Return the cells of a layout from the cache, or work it out."""
    whole = np.round(places).astype(np.int64), edges, np.array([round(tile), SEED])
    digest = hashlib.sha256(b"|".join(part.tobytes() for part in whole)).hexdigest()[:16]

    def work_out() -> str:
        cells = honeycomb(np.round(places), edges, tile=float(round(tile)))
        return "\n".join(f"{a},{b}" for a, b in cells.tolist()) + "\n"

    text = kept_text(f"hexagons/{_EDITION}-{digest}.csv", work_out)
    return np.loadtxt(io.StringIO(text), delimiter=",", dtype=np.int64, ndmin=2)


def _middles(cells: Cells, tile: float) -> Floats:
    return np.array([(cells[:, 0] + cells[:, 1] / 2) * tile, cells[:, 1] * tile * 3**0.5 / 2]).T


def _drawn(cells: Cells, tile: float, shift: Floats) -> Geometries:
    """Return hexagons whose common corners are the same to the last bit."""
    # In half tiles across and sixths of their height up, corners are whole numbers.
    across, up = 2 * cells[:, 0] + cells[:, 1], 3 * cells[:, 1]
    corners = np.array([(1, 1), (0, 2), (-1, 1), (-1, -1), (0, -2), (1, -1)])
    whole = np.array([across, up]).T[:, None, :] + corners[None]
    size = np.array([tile / 2, tile / (2 * math.sqrt(3.0))])
    return np.asarray(shapely.polygons(whole * size + shift))
