"""Edges of regions, walked with the land to the left: a border is walked once each way."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from coterminosity.geometry import Floats, Geometries

Edges = npt.NDArray[np.int32]
Points = npt.NDArray[np.complex128]


@dataclass(frozen=True, eq=False)
class Walks:
    """Every edge of every ring as often as regions walk it.

    Parameters
    ----------
    start, end : array of int
        Numbers of points, in the direction that has the land to its left.
    region : array of int
        Whose edge it is.
    points : array of complex
        East and north in metres.
    """

    start: Edges
    end: Edges
    region: Edges
    points: Points

    @cached_property
    def edge(self) -> Edges:
        """The number of each edge, the same in both directions."""
        low, high = np.minimum(self.start, self.end), np.maximum(self.start, self.end)
        return np.asarray(pd.factorize(low * np.int64(len(self.points)) + high)[0], dtype=np.int32)

    @cached_property
    def paired(self) -> npt.NDArray[np.bool_]:
        """Whether an edge is walked exactly once in each direction, by one walk of it."""
        walks = np.bincount(self.edge)
        ahead = np.bincount(self.edge, weights=self.start < self.end)
        return np.asarray(((walks == 2) & (ahead == 1))[self.edge])

    @property
    def metres(self) -> Floats:
        """How long each edge is."""
        return np.asarray(np.abs(self.points[self.end] - self.points[self.start]))

    @property
    def both_sides(self) -> Edges:
        """The two walks of each paired edge, one row by edge."""
        own = np.flatnonzero(self.paired)
        order = np.argsort(self.edge[own], kind="stable")
        return np.asarray(own[order].reshape(-1, 2), dtype=np.int32)


def walk(polygons: Geometries) -> Walks:
    """Walk the rings of polygons."""
    parts, region = shapely.get_parts(polygons, return_index=True)
    rings, part = shapely.get_rings(parts, return_index=True)
    shell = np.r_[True, part[1:] != part[:-1]]
    turned = shapely.is_ccw(rings) != shell
    coordinates, ring = shapely.get_coordinates(rings, return_index=True)
    number, points = pd.factorize(coordinates.view(np.complex128).ravel())
    number = number.astype(np.int32)  # millions of them: half the memory
    same = ring[1:] == ring[:-1]
    start, end, of = number[:-1][same], number[1:][same], ring[:-1][same]
    moved = start != end
    start, end, of = start[moved], end[moved], of[moved]
    back = turned[of]
    return Walks(
        start=np.where(back, end, start),
        end=np.where(back, start, end),
        region=region.astype(np.int32)[part[of]],
        points=points,
    )
