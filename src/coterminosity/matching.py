"""Which borders of a layer match those of neighbours vertex by vertex, fast where nearly all do."""

import numpy as np
import numpy.typing as npt
import shapely

from coterminosity.geometry import Geometries
from coterminosity.walks import Edges, Points, Walks

Numbers = npt.NDArray[np.int64]
# Regions nearer than this (m) that do not touch were drawn apart by mistake, or by a brook.
APART = 5.0
# So many edges in a row are asked for at once.
_STRETCH = 16


def regions_at_the_edge(polygons: Geometries, walks: Walks) -> Numbers:
    """Return the numbers of regions at an edge that no neighbour shares vertex by vertex.

    A border between two regions is walked once each way. Where land lies in two regions, some
    edge around it is walked otherwise; so only regions at such lone edges can be drawn wrongly,
    on the coast as a rule a tenth of all.
    """
    lone = ~walks.paired
    if not lone.any():
        return np.empty(0, dtype=np.int64)
    points, owner = walks.points, walks.region[lone]
    stretches = _boxes(points[walks.start[lone]], points[walks.end[lone]], owner)
    _, near = shapely.STRtree(polygons).query(stretches)
    return np.union1d(owner, near).astype(np.int64)


def edges_apart(polygons: Geometries, asked: Numbers, *, metres: float = APART) -> Geometries:
    """Return by region the edges along a gap narrower than that between it and a neighbour.

    Loose edges are among them. ``asked`` are the regions at the edge: where these are sound, all
    are.
    """
    return _edges(polygons, asked, gap_width=metres)


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


def _edges(polygons: Geometries, asked: Numbers, *, gap_width: float) -> Geometries:
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
