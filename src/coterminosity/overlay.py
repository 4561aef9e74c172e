"""Cutting layers of boundaries against each other without slivers and without losing land.

Each region of each layer cuts the pieces made so far into an inside and an outside. A side that is
narrower than ``min_width`` is a difference of drawing: the piece is then not cut, so that every
square metre of the first layer stays in exactly one piece.
"""

import os
import warnings
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import shapely
from rtree.index import Index

from coterminosity.clipping import refuse_mixed
from coterminosity.errors import CoterminosityWarning
from coterminosity.geometry import Floats, Geometries, is_wide, mean_width
from coterminosity.layer import BoundaryLayer
from coterminosity.vintages import disagreement

# Called with a stage, the steps done and the steps to do.
Progress = Callable[[str, int, int], None]
_TOUCH = 1e-3  # metres: closer than this, two parts of a drawing touch


@dataclass
class Pieces:
    """Pieces of land with the regions each lies in: ``members[i]`` holds (layer, code) pairs."""

    geometry: list[Any] = field(default_factory=list)
    members: list[set[tuple[str, str]]] = field(default_factory=list)

    # The pieces grow while they are cut, which a packed tree cannot follow.
    _index: Index = field(default_factory=Index)

    def add(self, geometry: Any, members: set[tuple[str, str]]) -> None:
        """Append one piece."""
        self._index.insert(len(self.geometry), shapely.bounds(geometry))
        self.geometry.append(geometry)
        self.members.append(members)

    def near(self, polygon: Any) -> list[int]:
        """Return the numbers of pieces whose bounds meet those of a polygon, in order."""
        return sorted(self._index.intersection(shapely.bounds(polygon)))


def arrange(
    layers: Sequence[BoundaryLayer], *, min_width: float, progress: Progress | None = None
) -> Pieces:
    """Cut layers against each other into pieces that no border of any layer cuts.

    The partition with most regions comes first: the others then hold most of its regions whole.

    Warns
    -----
    CoterminosityWarning
        Where layers are of vintages that have no year in common.
    """
    refuse_mixed(layers)
    if sentence := disagreement(layers):
        warnings.warn(sentence, CoterminosityWarning, stacklevel=3)
    pieces = Pieces()
    order = sorted(layers, key=lambda layer: (layer.kind == "cover", -len(layer), layer.layer))
    for step, layer in enumerate(order):
        if progress is not None:
            progress(f"overlay of {layer.layer}", step, len(layers))
        if step == 0 and layer.kind == "partition":
            for code, polygon in layer.geometry.items():
                pieces.add(polygon, {(layer.layer, str(code))})
        else:
            _insert(pieces, layer, min_width=min_width)
    if progress is not None:
        progress("overlay", len(layers), len(layers))
    return pieces


def _insert(pieces: Pieces, layer: BoundaryLayer, *, min_width: float) -> None:
    """Cut the pieces by every region of a layer."""
    polygons = np.asarray(layer.geometry.array)
    members = [(layer.layer, str(code)) for code in layer.frame.index]
    nested, claimed = _nest(pieces, polygons, members, min_width=min_width)
    slack = sliver_area(polygons, min_width)
    # In a partition a piece that lies in one region has nothing to do with the others.
    alone = layer.kind == "partition"
    settled = [alone and bool(inside) for inside in nested]
    # Small regions first: what they cut out is then no hole in a larger one.
    unfilled = np.flatnonzero(shapely.area(polygons) - claimed > slack)
    for region in unfilled[np.argsort(shapely.area(polygons)[unfilled], kind="stable")]:
        polygon, member = polygons[region], members[region]
        near = [
            i for i in pieces.near(polygon) if not settled[i] and member not in pieces.members[i]
        ]
        claimed[region] += _cut(pieces, near, polygon, member, min_width=min_width)
        # Land of this region that no earlier layer covers becomes a piece of its own.
        if shapely.area(polygon) - claimed[region] > slack[region]:
            rest = _beyond(pieces, polygon, min_width)
            if rest is not None:
                pieces.add(rest, {member})
        settled += [alone] * (len(pieces.geometry) - len(settled))


def sliver_area(polygons: Geometries, min_width: float) -> Floats:
    """Return the area below which a part of each polygon cannot be more than a sliver.

    Nothing wide has less land than the circle of mean width w, π·w². Of a polygon
    that is itself small, a part of half its area is no sliver however narrow.
    """
    area = np.asarray(shapely.area(polygons), dtype=np.float64)
    return np.minimum(np.pi * min_width**2, 0.5 * area)


def _nest(
    pieces: Pieces, polygons: Geometries, members: list[tuple[str, str]], *, min_width: float
) -> tuple[list[set[int]], Floats]:
    """Find the regions that hold a whole piece up to slivers, and the land each so holds.

    Most pieces are of this kind, and most regions are filled by them: one intersection with each
    region under an inner point of the piece tells, and spares all others.
    """
    claimed = np.zeros(len(polygons))
    nested: list[set[int]] = [set() for _ in pieces.geometry]
    if not nested:
        return nested, claimed
    drawn = np.array(pieces.geometry, dtype=object)
    piece, region = shapely.STRtree(polygons).query(
        shapely.point_on_surface(drawn), predicate="within"
    )
    inside = shapely.area(intersection(drawn[piece], polygons[region]))
    outside = shapely.area(drawn)[piece] - inside
    whole = outside < sliver_area(drawn, min_width)[piece]
    # What lies outside may be small and yet be most of a small region: then it is no sliver.
    small = np.flatnonzero(shapely.area(polygons) <= 2 * sliver_area(polygons, min_width).max())
    if len(small):
        near, other = shapely.STRtree(polygons[small]).query(drawn[piece])
        lies_in = (small[other] != region[near]) & (
            shapely.area(polygons[small[other]]) <= 2 * outside[near] + 1.0
        )
        whole[near[lies_in]] = False
    for p, r, area in zip(piece[whole], region[whole], inside[whole], strict=True):
        nested[p].add(int(r))
        pieces.members[p].add(members[r])
        claimed[r] += area
    return nested, claimed


def intersection(left: Geometries, right: Geometries) -> Geometries:
    """Intersect pairs of geometries on all cores; GEOS releases the interpreter lock."""
    workers = os.cpu_count() or 1
    if workers == 1 or len(left) < 4 * workers:
        return np.asarray(shapely.intersection(left, right))
    # Neighbours in a list differ in size, so that strided shares are more even than blocks.
    common = np.empty(len(left), dtype=object)

    def share(start: int) -> None:
        common[start::workers] = shapely.intersection(left[start::workers], right[start::workers])

    with ThreadPoolExecutor(workers) as pool:
        list(pool.map(share, range(workers)))
    return common


def _cut(
    pieces: Pieces, near: list[int], polygon: Any, member: tuple[str, str], *, min_width: float
) -> float:
    """Cut pieces by one region; return the land that the region has in common with them."""
    if not near:
        return 0.0
    drawn = np.array([pieces.geometry[i] for i in near], dtype=object)
    common = intersection(drawn, np.full(len(drawn), polygon))
    inside, whole = shapely.area(common), shapely.area(drawn)
    # A narrow overlap that is most of the piece or of the region is a narrow body, not a sliver.
    minor = inside < 0.5 * np.minimum(whole, shapely.area(polygon))
    cuts = (inside > 0) & ~(minor & (~is_wide(common, min_width)))
    for k in np.flatnonzero(cuts):
        rest = shapely.difference(drawn[k], common[k])
        # Where the overlap is most of a narrow region, it counts as wide.
        narrowest = min(min_width, float(mean_width(common[k : k + 1])[0]))
        inner, outer = _tidy(common[k], rest, min_width if minor[k] else narrowest)
        if outer is None:
            pieces.members[near[k]].add(member)
        elif inner is not None:
            pieces.geometry[near[k]] = outer
            pieces.add(inner, pieces.members[near[k]] | {member})
    return float(inside.sum())


def _beyond(pieces: Pieces, polygon: Any, min_width: float) -> Any:
    """Return the wide parts of a region that no piece covers, None where there are none."""
    near = [pieces.geometry[i] for i in pieces.near(polygon)]
    rest = shapely.difference(polygon, shapely.union_all(near)) if near else polygon
    parts = shapely.get_parts(rest)
    parts = parts[shapely.get_type_id(parts) == 3]
    # A strip beside other land is a sliver, but a region that is all strip is narrow by nature.
    if shapely.area(parts).sum() < 0.5 * shapely.area(polygon):
        parts = parts[is_wide(parts, min_width)]
    return shapely.multipolygons(list(parts)) if len(parts) else None


def _tidy(inner: Any, outer: Any, min_width: float) -> tuple[Any, Any]:
    """Hand slivers along a cut to the side they adjoin; None for a side of slivers only."""
    sides = [shapely.get_parts(side) for side in (inner, outer)]
    sides = [parts[shapely.get_type_id(parts) == 3] for parts in sides]
    wide = [is_wide(parts, min_width) for parts in sides]
    total = [float(shapely.area(parts).sum()) for parts in sides]
    for own, other in ((0, 1), (1, 0)):
        if not wide[own].any():
            if total[own] < 0.5 * total[other]:
                return (None, outer) if own == 0 else (inner, None)
            wide[own][:] = True
    kept = [parts[broad] for parts, broad in zip(sides, wide, strict=True)]
    for own, other in ((0, 1), (1, 0)):
        for sliver in sides[own][~wide[own]]:
            across = shapely.dwithin(kept[other], sliver, _TOUCH).any()
            # An islet that touches nothing is narrow by nature and stays where it is.
            side = other if across else own
            kept[side] = np.append(kept[side], sliver)
    return shapely.union_all(kept[0]), shapely.union_all(kept[1])
