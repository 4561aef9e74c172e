"""Which borders of a layer match those of neighbours vertex by vertex, fast where nearly all do."""

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from coterminosity.geometry import Geometries

Edges = npt.NDArray[np.int64]
Points = npt.NDArray[np.complex128]
# Regions nearer than this (m) that do not touch were drawn apart by mistake, or by a brook.
APART = 5.0
# So many edges in a row are asked for at once.
_STRETCH = 16


def regions_at_the_edge(polygons: Geometries) -> Edges:
    """Return the numbers of regions at an edge that no neighbour shares vertex by vertex.

    Walk each ring with its land to the left: a border between two regions is then walked once
    each way. Where land lies in two regions, some edge around it is walked otherwise; so only
    regions at such lone edges can be drawn wrongly, on the coast as a rule a tenth of all.
    """
    start, end, owner, points = _walk(polygons)
    lone = ~_paired(start, end, len(points))
    if not lone.any():
        return np.empty(0, dtype=np.int64)
    stretches = _boxes(points[start[lone]], points[end[lone]], owner[lone])
    _, near = shapely.STRtree(polygons).query(stretches)
    return np.union1d(owner[lone], near)


def edges_apart(polygons: Geometries, asked: Edges) -> Geometries:
    """Return by region the edges along a gap narrower than 5 m between it and a neighbour.

    Loose edges are among them. ``asked`` are the regions at the edge: where these are sound, all
    are.
    """
    return _edges(polygons, asked, gap_width=APART)


def loose_edges(polygons: Geometries, apart: Geometries) -> Geometries:
    """Return by region the edges that cross or half match a neighbour's, empty where none do.

    The same as `shapely.coverage_invalid_edges`, in a third of the time where a layer is sound:
    then only regions with edges ``apart`` and their neighbours are looked at.
    """
    odd = np.flatnonzero(~shapely.is_empty(apart))
    _, near = shapely.STRtree(polygons).query(polygons[odd])
    asked = np.unique(near)
    loose = _edges(polygons, asked, gap_width=0.0)
    if len(asked) < len(polygons) and not shapely.is_empty(loose).all():
        return _edges(polygons, np.arange(len(polygons)), gap_width=0.0)
    return loose


def _edges(polygons: Geometries, asked: Edges, *, gap_width: float) -> Geometries:
    edges = np.full(len(polygons), shapely.LineString(), dtype=object)
    if len(asked):
        edges[asked] = shapely.coverage_invalid_edges(polygons[asked], gap_width=gap_width)
    return edges


def _boxes(start: Points, end: Points, owner: Edges) -> Geometries:
    """Return boxes around stretches of edges that follow each other, with room for a gap.

    A box that is too large only asks for more regions; a box for each edge would be slow.
    """
    turn = np.flatnonzero(np.r_[True, (end[:-1] != start[1:]) & (start[:-1] != end[1:])
                                | (owner[1:] != owner[:-1])])  # fmt: skip
    first = np.union1d(turn, np.arange(0, len(start), _STRETCH))
    west = np.minimum.reduceat(np.minimum(start.real, end.real), first)
    south = np.minimum.reduceat(np.minimum(start.imag, end.imag), first)
    east = np.maximum.reduceat(np.maximum(start.real, end.real), first)
    north = np.maximum.reduceat(np.maximum(start.imag, end.imag), first)
    boxes = shapely.box(west - APART, south - APART, east + APART, north + APART)
    return np.asarray(boxes, dtype=object)


def _walk(
    polygons: Geometries,
) -> tuple[Edges, Edges, Edges, Points]:
    """Return start, end and region of every edge, walked with the land to its left.

    Points are numbered; the last array holds them as complex numbers.
    """
    parts, region = shapely.get_parts(polygons, return_index=True)
    rings, part = shapely.get_rings(parts, return_index=True)
    shell = np.r_[True, part[1:] != part[:-1]]
    turned = shapely.is_ccw(rings) != shell
    coordinates, ring = shapely.get_coordinates(rings, return_index=True)
    number, points = pd.factorize(coordinates.view(np.complex128).ravel())
    same = ring[1:] == ring[:-1]
    start, end, of = number[:-1][same], number[1:][same], ring[:-1][same]
    moved = start != end
    start, end, of = start[moved], end[moved], of[moved]
    back = turned[of]
    start, end = np.where(back, end, start), np.where(back, start, end)
    return start, end, region[part[of]], points


def _paired(start: Edges, end: Edges, count: int) -> npt.NDArray[np.bool_]:
    """Tell edges that are walked exactly once in each direction."""
    edge, _ = pd.factorize(np.minimum(start, end) * count + np.maximum(start, end))
    walks = np.bincount(edge)
    ahead = np.bincount(edge, weights=start < end)
    return np.asarray(((walks == 2) & (ahead == 1))[edge])
