"""The drawing of a page: one topology of arcs, each shared by at most two atoms."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

from coterminosity.errors import LayerError
from coterminosity.geometry import Floats, Geometries, is_wide

Ints = npt.NDArray[np.int64]

SEA = -1
# Steps of the grid along the longer side of the map: under 30 m for England.
GRID = 20_000
# A letter or two for each step from point to point, as `encode` writes them.
LETTERS_A_POINT = 2.5
# Borders drawn apart by less than this many steps of the grid are one border.
_GAP = 12.0
_TRIES = 6


@dataclass(frozen=True, eq=False, kw_only=True)
class Drawing:
    """Hold arcs between atoms on a grid of whole numbers; y runs down.

    Attributes
    ----------
    width, height : int
        Of the grid.
    step, west, north : float
        Metres of one step of the grid, and the corner where it starts.
    arcs : list of array
        Points of each arc, from node to node; a closed arc ends where it starts.
    left, right : array of int
        The atom on each side of each arc; -1 for sea or another country. No arc has the same
        atom on both sides. Left and right as drawn on the screen, with y down.
    tolerance : float
        Metres of simplification; 0 where nothing had to be left out.
    """

    width: int
    height: int
    step: float
    west: float
    north: float
    arcs: list[Ints]
    left: Ints
    right: Ints
    tolerance: float

    @property
    def letters(self) -> int:
        """How many letters the arcs take, encoded."""
        return len(encode(self.arcs))

    def polygons(self, groups: Sequence[int] | Ints, *, count: int) -> Geometries:
        """Return the polygon of each group of atoms, in steps of the grid, as the page draws it.

        Parameters
        ----------
        groups : sequence of int
            Group of each atom; negative for none.
        count : int
            How many groups there are.
        """
        own = np.append(np.asarray(groups, dtype=np.int64), -1)
        left, right = own[self.left], own[self.right]
        drawn = np.empty(count, dtype=object)
        for group in range(count):
            edge = np.flatnonzero((left == group) != (right == group))
            lines = [shapely.linestrings(self.arcs[k]) for k in edge]
            drawn[group] = shapely.build_area(shapely.multilinestrings(lines))
        return drawn


def draw(
    polygons: Geometries, groups: Sequence[int] | Ints, *, letters: int, simplify: bool = True
) -> Drawing:
    """Draw atoms as one topology that takes at most so many letters.

    Borders are simplified together (`shapely.coverage_simplify`), so that neighbours stay
    neighbours, as finely as the letters allow, and put on a grid. Where the same border was drawn
    twice, the difference goes to one side. Small islets are left out, save the largest part of
    each atom.

    Parameters
    ----------
    polygons : array of polygons
        By atom, in metres.
    groups : sequence of int
        The unit of each atom; -1 for none. Every unit keeps a shape.
    letters : int
        Letters that the encoded arcs may take.
    simplify : bool
        Schematic drawings have no detail to lose.

    Raises
    ------
    LayerError
        Where a unit is too small to be drawn at any detail.
    """
    west, south, east, north = shapely.total_bounds(polygons)
    step = max(east - west, north - south) / GRID
    for _ in range(_TRIES):
        made, lost = _attempt(polygons, groups, (west, north, step), letters, simplify)
        if not lost:
            return made
        # A unit fell between the steps: take a finer grid.
        step /= 2
    raise LayerError(
        f"{len(lost)} units are too small to be drawn beside the others; draw fewer of them, or "
        "let the drawing take more letters"
    )


def _attempt(
    polygons: Geometries, groups: Sequence[int] | Ints, frame: tuple[float, float, float],
    letters: int, simplify: bool,
) -> tuple[Drawing, list[int]]:  # fmt: skip
    west, north, step = frame
    tolerance, drawn = 0.0, polygons
    if simplify:
        tolerance, drawn = _simplified(polygons, step, letters)
    corner = np.array([west, north])
    onto = [1.0, -1.0]
    gridded = shapely.transform(drawn, lambda xy: (xy - corner) / step * onto)
    noded, faces, owners = _faces(gridded)
    arcs, left, right = _sides(noded, faces, owners)
    _, top, right_end, bottom = shapely.total_bounds(gridded)
    made = Drawing(
        width=int(np.ceil(right_end)),
        height=int(np.ceil(bottom - min(top, 0.0))),
        step=step,
        west=west,
        north=north,
        arcs=arcs,
        left=left,
        right=right,
        tolerance=tolerance,
    )
    own = np.asarray(groups, dtype=np.int64)
    seen = np.unique(np.concatenate([left, right]))
    lost = set(own[own >= 0].tolist()) - set(own[seen[seen >= 0]].tolist())
    return made, sorted(lost)


def _simplified(polygons: Geometries, step: float, letters: int) -> tuple[float, Geometries]:
    """Return polygons simplified as little as the letters allow, and the tolerance in metres.

    The number of points falls with about the 0.77th power of the tolerance.
    """
    wanted = letters / LETTERS_A_POINT
    tolerance = 3.0 * step
    drawn = shapely.coverage_simplify(_without_islets(polygons, tolerance), tolerance)
    for _ in range(_TRIES):
        # Inner borders are counted from both sides: points of arcs are some 0.62 of all.
        points = 0.62 * shapely.get_num_coordinates(drawn).sum()
        if points <= wanted:
            break
        tolerance *= max(1.1, (points / wanted) ** 1.3)
        drawn = shapely.coverage_simplify(_without_islets(drawn, tolerance), tolerance)
    return tolerance, drawn


def _without_islets(polygons: Geometries, tolerance: float) -> Geometries:
    """Leave out parts too small to be seen, save the largest of each atom."""
    parts, owner = shapely.get_parts(polygons, return_index=True)
    land = shapely.area(parts)
    most = np.zeros(len(polygons))
    np.maximum.at(most, owner, land)
    kept = (land >= (3.0 * tolerance) ** 2) | (land == most[owner])
    return np.asarray(shapely.multipolygons(parts[kept], indices=owner[kept]), dtype=object)


def _faces(polygons: Geometries) -> tuple[Geometries, Geometries, Ints]:
    """Return noded borders on the grid, the faces between them, and the atom of each face."""
    lines = shapely.union_all(shapely.boundary(polygons), grid_size=1.0)
    noded = shapely.get_parts(shapely.line_merge(lines))
    faces = shapely.get_parts(shapely.polygonize(noded))
    inner = shapely.point_on_surface(faces)
    tree = shapely.STRtree(polygons)
    found, atom = tree.query(inner, predicate="intersects")
    owners = np.full(len(faces), SEA, dtype=np.int64)
    # Of two atoms that claim one spot, the first counts.
    owners[found[::-1]] = atom[::-1]
    gaps = np.flatnonzero(owners == SEA)
    slivers = gaps[~is_wide(faces[gaps], _GAP)]
    if len(slivers):
        owners[slivers] = _neighbours(faces, owners, slivers)
    return noded, faces, owners


def _neighbours(faces: Geometries, owners: Ints, slivers: Ints) -> Ints:
    """Return for each gap between atoms the atom with which it shares most border."""
    land = np.flatnonzero(owners != SEA)
    given = np.full(len(slivers), SEA, dtype=np.int64)
    tree = shapely.STRtree(faces[land])
    for k, sliver in enumerate(slivers):
        near = land[np.sort(tree.query(faces[sliver], predicate="intersects"))]
        if len(near):
            shared = shapely.length(shapely.intersection(faces[near], faces[sliver].boundary))
            given[k] = owners[near[int(shared.argmax())]]
    return given


def _sides(noded: Geometries, faces: Geometries, owners: Ints) -> tuple[list[Ints], Ints, Ints]:
    """Return arcs with the atom on each side, found by the first step of each arc."""
    side: dict[tuple[int, int, int, int], int] = {}
    turned = shapely.orient_polygons(faces)
    for face, owner in zip(turned, owners.tolist(), strict=True):
        if owner != SEA:
            for ring in (face.exterior, *face.interiors):
                points = _points(ring)
                steps = np.hstack([points[:-1], points[1:]]).tolist()
                side.update(dict.fromkeys(map(tuple, steps), owner))
    arcs, left, right = [], [], []
    for line in noded:
        points = _points(line)
        (ax, ay), (bx, by) = points[0].tolist(), points[1].tolist()
        # Rings run anticlockwise where y runs up: land lies to their left there, and to their
        # right on a screen, where y runs down.
        one, other = side.get((ax, ay, bx, by), SEA), side.get((bx, by, ax, ay), SEA)
        if one != other:
            arcs.append(points)
            left.append(other)
            right.append(one)
    return arcs, np.array(left, dtype=np.int64), np.array(right, dtype=np.int64)


def _points(line: shapely.Geometry) -> Ints:
    xy: Floats = shapely.get_coordinates(line)
    return np.rint(xy).astype(np.int64)


def encode(arcs: Sequence[Ints]) -> str:
    """Return arcs as letters: for each its number of points, and the steps between them.

    Whole numbers in base 32, lowest digit first, with the sign in the lowest bit; digits before
    the last are 32 higher. Letters from ``?`` (63) on, as in Google's encoded polylines, without
    the backslash: 92 is written as 35 (``#``). The first step of an arc starts where the arc
    before ended.

    Examples
    --------
    >>> encode([np.array([[0, 0], [1, -1], [20, 3]])])
    'E??A@e@G'
    """
    if not arcs:
        return ""
    flat = np.vstack(arcs)
    steps = np.diff(flat, axis=0, prepend=np.zeros((1, 2), dtype=np.int64))
    starts = np.cumsum([0, *(len(arc) for arc in arcs)])[:-1]
    numbers = np.insert(
        steps.ravel(), 2 * starts, np.array([len(arc) for arc in arcs], dtype=np.int64)
    )
    signed = np.where(numbers < 0, ~(numbers << 1), numbers << 1)
    digits = []
    while True:
        more = signed >= 32
        digits.append(np.where(more, (signed & 31) | 32, signed))
        signed = np.where(more, signed >> 5, -1)
        if not more.any():
            break
    table = np.array(digits)
    letters = table.T[(table >= 0).T] + 63
    letters[letters == 92] = 35
    return letters.astype(np.uint8).tobytes().decode("ascii")
