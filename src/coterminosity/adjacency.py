"""Lengths of the borders that regions share, in metres."""

import numpy as np
import pandas as pd
import shapely

from coterminosity.geometry import Geometries
from coterminosity.layer import BoundaryLayer

_NEAR = 1.0  # metres: borders closer than this are one border, drawn twice


def border_lengths(layer: BoundaryLayer) -> pd.DataFrame:
    """Return ``focal, neighbour, metres``, each border once, of regions that share one.

    Where neighbours match vertex by vertex (a clean coverage) equal segments are counted, which is
    exact; otherwise the length that two boundaries have in common or, where they are drawn apart,
    the length of one within 1 m of the other, mean of both directions. Regions that touch in a
    point share no border.
    """
    polygons = np.asarray(layer.geometry.array)
    clean = bool(shapely.coverage_is_valid(polygons, gap_width=_NEAR))
    left, right, metres = _matched(polygons) if clean else _measured(polygons)
    codes = layer.frame.index.to_numpy()
    table = pd.DataFrame({"focal": codes[left], "neighbour": codes[right], "metres": metres})
    return table.sort_values(["focal", "neighbour"], ignore_index=True)


def _matched(polygons: Geometries) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Match segments of rings by their end points: inner borders have every segment twice."""
    parts, whose = shapely.get_parts(polygons, return_index=True)
    rings, part = shapely.get_rings(parts, return_index=True)
    points, ring = shapely.get_coordinates(rings, return_index=True)
    owner = whose[part]
    inner = ring[:-1] == ring[1:]
    ends = np.stack([points[:-1][inner], points[1:][inner]], axis=1)
    region = owner[ring[:-1][inner]]
    # One direction for both sides: the lexically smaller end first.
    first, last = ends[:, 0], ends[:, 1]
    turned = (first[:, 0] > last[:, 0]) | ((first[:, 0] == last[:, 0]) & (first[:, 1] > last[:, 1]))
    ends[turned] = ends[turned][:, ::-1]
    order = np.lexsort(ends.reshape(-1, 4).T)
    ends, region = ends[order], region[order]
    same = (ends[1:] == ends[:-1]).all(axis=(1, 2)) & (region[1:] != region[:-1])
    metres = np.hypot(*(ends[1:][same, 1] - ends[1:][same, 0]).T)
    a, b = region[:-1][same], region[1:][same]
    pair = np.minimum(a, b).astype(np.int64) * len(polygons) + np.maximum(a, b)
    pairs, where = np.unique(pair, return_inverse=True)
    total = np.bincount(where, weights=metres, minlength=len(pairs))
    return pairs // len(polygons), pairs % len(polygons), total


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
