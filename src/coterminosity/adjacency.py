"""Lengths of the borders that regions share, in metres."""

import numpy as np
import pandas as pd
import shapely

from coterminosity.geometry import Geometries
from coterminosity.layer import BoundaryLayer
from coterminosity.matching import edges_apart
from coterminosity.walks import Walks

_NEAR = 1.0  # metres: borders closer than this are one border, drawn twice


def border_lengths(layer: BoundaryLayer) -> pd.DataFrame:
    """Return ``focal, neighbour, metres``, each border once, of regions that share one.

    Where neighbours match vertex by vertex (a clean coverage) equal segments are counted, which is
    exact; otherwise the length that two boundaries have in common or, where they are drawn apart,
    the length of one within 1 m of the other, mean of both directions. Regions that touch in a
    point share no border.
    """
    polygons = np.asarray(layer.geometry.array)
    left, right, metres = _matched(layer.walks) if _is_clean(layer) else _measured(polygons)
    codes = layer.frame.index.to_numpy()
    table = pd.DataFrame({"focal": codes[left], "neighbour": codes[right], "metres": metres})
    return table.sort_values(["focal", "neighbour"], ignore_index=True)


def _is_clean(layer: BoundaryLayer) -> bool:
    """Tell a coverage without gaps that are borders drawn twice."""
    near = np.flatnonzero(~shapely.is_empty(layer.apart))
    if not len(near):
        return True
    polygons = np.asarray(layer.geometry.array)
    _, asked = shapely.STRtree(polygons).query(shapely.buffer(layer.apart[near], 2 * _NEAR))
    edges = edges_apart(polygons, np.unique(asked), metres=_NEAR)
    return bool(shapely.is_empty(edges[near]).all())


def _matched(walks: Walks) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Add up the edges that two regions walk, each in its own direction."""
    one, other = walks.both_sides.T
    a, b = walks.region[one], walks.region[other]
    inner = a != b
    count = np.int64(walks.region.max()) + 1
    pair = np.minimum(a, b)[inner] * count + np.maximum(a, b)[inner]
    pairs, where = np.unique(pair, return_inverse=True)
    total = np.bincount(where, weights=walks.metres[one][inner], minlength=len(pairs))
    return pairs // count, pairs % count, total


def _measured(polygons: Geometries) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    left, right = shapely.STRtree(polygons).query(polygons, predicate="dwithin", distance=_NEAR)
    left, right = left[left < right], right[left < right]
    edges = shapely.boundary(polygons)
    both = np.zeros(len(left))
    for own, other in ((left, right), (right, left)):
        # Only the neighbourhood of the pair is buffered: borders are short, coasts are long.
        box = shapely.buffer(shapely.envelope(polygons[own]), 2 * _NEAR)
        band = shapely.buffer(shapely.intersection(edges[other], box), _NEAR, quad_segs=2)
        both += np.asarray(shapely.length(shapely.intersection(edges[own], band)))
    metres = both / 2
    common = np.asarray(shapely.length(shapely.intersection(edges[left], edges[right])))
    # The band reaches a little beyond the ends of a border, which its own length does not.
    drawn_once = (common > 0) & (metres - common <= 4 * _NEAR)
    metres = np.where(drawn_once, common, metres)
    # A point contact leaves about twice the width of the band.
    shared = drawn_once | (metres > 4 * _NEAR)
    return left[shared], right[shared], metres[shared]
