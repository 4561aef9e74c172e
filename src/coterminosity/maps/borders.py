"""Light geometry for maps: simplified regions, and every border between two of them once.

Borders are worked out once a layer, so that the map of any plan of its units is a choice of lines.
"""

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from coterminosity.errors import LayerError
from coterminosity.geometry import Geometries
from coterminosity.layer import BoundaryLayer
from coterminosity.maps.colours import NEAR_WATER

# Finer than a printed hair at A4: geometry is simplified to this share of the map's height.
_DETAIL = 1 / 3000

Lines = tuple[gpd.GeoSeries, gpd.GeoSeries]
Pairs = npt.NDArray[np.intp]
Group = npt.NDArray[Any]


def detail(polygons: gpd.GeoSeries) -> float:
    """Return the length in metres below which a page shows nothing."""
    west, south, east, north = polygons.total_bounds
    return float(max(north - south, east - west) * _DETAIL)


def units_drawn(layer: BoundaryLayer, codes: pd.Index, *, of: str) -> gpd.GeoSeries:
    """Return light boundaries of some units.

    Raises
    ------
    LayerError
        Where the layer lacks any of them.
    """
    missing = codes.difference(layer.frame.index)
    if len(missing):
        raise LayerError(
            f"layer {layer.layer!r} lacks {len(missing)} units of {of}; use the layer of its units"
        )
    return light(layer).loc[codes]


@lru_cache(maxsize=16)
def pieces_of(layer: BoundaryLayer) -> tuple[Geometries, tuple[tuple[str, ...], ...]]:
    """Return the pieces of a layer, simplified together, and the regions that each lies in.

    Regions of a matched partition are its pieces; a cover is cut along all its edges, so that two
    regions that share an edge still share it when it is simplified.
    """
    polygons, metres = np.asarray(layer.geometry.array), detail(layer.geometry)
    codes = [str(code) for code in layer.frame.index]
    if layer.matched:
        return shapely.coverage_simplify(polygons, metres), tuple((code,) for code in codes)
    edges = shapely.union_all(shapely.boundary(polygons))
    pieces = shapely.get_parts(shapely.polygonize(shapely.get_parts(edges)))
    inside, region = shapely.STRtree(polygons).query(
        shapely.point_on_surface(pieces), predicate="within"
    )
    members: list[list[str]] = [[] for _ in pieces]
    for piece, own in zip(inside, region, strict=True):
        members[piece].append(codes[own])
    # Islands of one region are one piece, so that no border is seen between them.
    groups: dict[tuple[str, ...], list[int]] = {}
    for piece, own_codes in enumerate(members):
        if own_codes:
            groups.setdefault(tuple(sorted(own_codes)), []).append(piece)
    grouped = np.array([shapely.coverage_union_all(pieces[own]) for own in groups.values()])
    return shapely.coverage_simplify(grouped, metres), tuple(groups)


@lru_cache(maxsize=16)
def light(layer: BoundaryLayer) -> gpd.GeoSeries:
    """Return the regions of a layer with no more vertices than a page can show."""
    pieces, members = pieces_of(layer)
    drawn = [
        shapely.coverage_union_all(pieces[[code in own for own in members]])
        for code in map(str, layer.frame.index)
    ]
    return gpd.GeoSeries(drawn, index=layer.frame.index, crs=layer.frame.crs)


@dataclass(frozen=True, eq=False)
class Borders:
    """Hold the borders between matched pieces of land, and their coast.

    Where two pieces face each other across a narrow river its banks are the border, and creeks
    that a page cannot show are left out of the coast.

    Parameters
    ----------
    pieces : GeoSeries
        Polygons that share the vertices along their common borders.
    """

    pieces: gpd.GeoSeries

    @cached_property
    def _between(self) -> tuple[Pairs, Pairs, Geometries]:
        """Pairs of pieces by number with the lines between them, banks of rivers included."""
        drawn, width = np.asarray(self.pieces.array), 2 * detail(self.pieces)
        left, right = shapely.STRtree(drawn).query(drawn, predicate="dwithin", distance=width)
        left, right = left[left < right], right[left < right]
        edges = shapely.boundary(drawn)
        shared = shapely.intersection(edges[left], edges[right])
        # Coarse shapes are enough to find the straits: what is near two pieces at once.
        wide = shapely.buffer(shapely.simplify(drawn, width / 2), width, quad_segs=1)
        straits = shapely.intersection(wide[left], wide[right])
        shapely.prepare(straits)
        banks = shapely.intersection(self._shore, straits)
        return left, right, np.array([shared, banks]).T

    @cached_property
    def _outline(self) -> shapely.Geometry:
        return shapely.union_all(np.asarray(self.pieces.array))

    @cached_property
    def _shore(self) -> shapely.Geometry:
        return shapely.boundary(self._outline)

    @cached_property
    def coast(self) -> gpd.GeoSeries:
        """The outline of all pieces, without creeks."""
        width = 2 * detail(self.pieces)
        closed = shapely.buffer(self._outline, width, quad_segs=2)
        closed = shapely.buffer(closed, -width, quad_segs=2)
        return _merged(shapely.boundary(closed), self.pieces.crs)

    @cached_property
    def near(self) -> tuple[Pairs, Pairs]:
        """Pairs of pieces by number that share a border or face each other over near water."""
        drawn = np.asarray(self.pieces.array)
        left, right = shapely.STRtree(drawn).query(drawn, predicate="dwithin", distance=NEAR_WATER)
        return left[left < right], right[left < right]

    def between(self, group: Group | None = None, *, before: Group | None = None) -> gpd.GeoSeries:
        """Return the borders between pieces of different groups, each once for clean dashes.

        Parameters
        ----------
        group : array, optional
            By piece; by default each is a group of its own.
        before : array, optional
            Earlier groups: only borders that they had too.
        """
        left, right, lines = self._between
        shown = np.ones(len(left), dtype=np.bool_)
        for own in (group, before):
            if own is not None:
                shown &= own[left] != own[right]
        return _merged(shapely.union_all(lines[shown]), self.pieces.crs)

    def gone(self, group: Group, *, before: Group) -> gpd.GeoSeries:
        """Return the borders that groups had before and have no more."""
        left, right, lines = self._between
        shown = (before[left] != before[right]) & (group[left] == group[right])
        return _merged(shapely.union_all(lines[shown]), self.pieces.crs)


def _merged(geometry: Any, crs: Any) -> gpd.GeoSeries:
    parts = shapely.get_parts(shapely.line_merge(shapely.get_parts(geometry)))
    lines = parts[shapely.get_dimensions(parts) == 1]
    joined = shapely.line_merge(shapely.multilinestrings(lines)) if len(lines) else lines
    return gpd.GeoSeries(shapely.get_parts(joined), crs=crs)


@lru_cache(maxsize=16)
def borders_of(layer: BoundaryLayer) -> Borders:
    """Return the borders of a layer's pieces; those of a partition are its regions in order."""
    return Borders(gpd.GeoSeries(pieces_of(layer)[0], crs=layer.frame.crs))


@lru_cache(maxsize=16)
def layer_lines(layer: BoundaryLayer) -> Lines:
    """Return the borders between regions of a layer, and its coast."""
    return borders_of(layer).between(), borders_of(layer).coast


def lines_of(pieces: gpd.GeoSeries) -> Lines:
    """Return the borders between matched pieces, and the coast."""
    own = Borders(pieces)
    return own.between(), own.coast
