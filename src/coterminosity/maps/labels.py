"""Names on a map: inside their shape where they fit, else beside the land with a leader line."""

import contextlib
import io
import itertools
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely
from matplotlib import patheffects
from matplotlib.axes import Axes
from matplotlib.font_manager import FontProperties
from matplotlib.text import Text
from matplotlib.textpath import TextPath
from matplotlib.transforms import Bbox

from coterminosity.geometry import Geometries
from coterminosity.maps.canvas import INK, figure_of, new_figure
from coterminosity.maps.raster import Raster

_STEP = 0.5  # points, from the size that is wished for to the least
_SPACING = 1.0  # between the lines of a label, in heights of a line
_HIGH = 1.165  # a line of text, in its size
_PAD = 1.2  # points around a label
_GRID = 9  # candidates across a shape
_MOST_LINES = 4
# A label may reach over the edge of its shape with this share, if nothing is written there; what
# finds no place at all with the second.
_OVER, _MOST_OVER = (0.0, 0.12, 0.2), (0.3, 0.5)
_LEADER: dict[str, Any] = {"color": "#555555", "linewidth": 0.5}

# The spots below tell the share of a box in a shape to within this: what is larger cannot fit.
_ABOUT = 1.1

# How far off a label may stand, in widths of the figure.
_NEAR, _FAR = 0.1, 0.35
# Points between those that a leader label may not cover.
_BARRED = 7.0

# Spots of a box that are looked at to see how much of it lies in a shape.
_SPOTS = np.array(list(itertools.product(np.linspace(0.02, 0.98, 12), np.linspace(0.05, 0.95, 5))))

Boxes = npt.NDArray[Any]
Point = tuple[float, float]


def label_shapes(
    ax: Axes,
    shapes: gpd.GeoSeries,
    texts: Mapping[str, str],
    *,
    size: float = 7.0,
    least: float = 5.5,
    taken: Iterable[shapely.Geometry] = (),
    leaders: bool = True,
    over: float = _OVER[-1],
    gid: str = "area-name",
    **style: Any,
) -> list[str]:
    """Write a text on each shape so that no two touch; return the names that found no place.

    Parameters
    ----------
    ax : Axes
        With its limits set.
    shapes : GeoSeries
        By name, in the units of the axes.
    texts : mapping
        By name of the shape; broken into lines where that helps.
    size, least : float
        Points: wished for, and no smaller than.
    taken : iterable of geometries
        Places in pixels of the figure where nothing may be written; see `taken_by`.
    leaders : bool
        Whether what does not fit inside stands off the land, with a line to its shape.
    over : float
        Share of a text that may lie over the edge of its shape where there is no other way.
    gid : str
        Mark of the texts, to find them by.
    **style
        Passed to the texts.
    """
    ax.apply_aspect()
    pixels = figure_of(ax).dpi / 72
    placed = np.array([box for box in taken if not shapely.is_empty(box)], dtype=object)
    window = shapely.box(*ax.get_window_extent().extents)
    names = [str(name) for name in shapes.index if texts.get(str(name))]
    largest = np.array([_largest(shapes[name]) for name in names], dtype=object)
    drawn = shapely.simplify(shapely.transform(largest, ax.transData.transform), 0.7)
    look = {"color": INK, "gid": gid, "parse_math": False, "linespacing": _SPACING} | style
    look["path_effects"] = [patheffects.withStroke(linewidth=1.6, foreground="white")]
    left: dict[str, shapely.Geometry] = {}
    for name, shape in zip(names, drawn, strict=True):
        found = _inside(shape, texts[name], placed, window, (size, least), pixels,
                        over=(*_OVER[:-1], over))  # fmt: skip
        if found is None:
            left[name] = shape
            continue
        placed = np.append(placed, _put(ax, *found, look))
    if not left or not leaders:
        return list(left)
    land = shapely.transform(np.asarray(shapes.array), ax.transData.transform)
    # Beside the land if it can be; else over its edge; else on the land of others.
    for last in (False, True):
        around = [(name, _anchor(shape, placed), texts[name]) for name, shape in left.items()]
        beside, placed = _outside(ax, around, placed, land, least, look, last=last)
        left = {name: shape for name, shape in left.items() if name not in beside}
        for name, shape in list(left.items()):
            sizes = (least, least - _STEP)
            found = _inside(shape, texts[name], placed, window, sizes, pixels, over=_MOST_OVER)
            if found is not None:
                placed = np.append(placed, _put(ax, *found, look))
                del left[name]
    return list(left)


def _put(
    ax: Axes, words: str, size: float, box: shapely.Geometry, look: dict[str, Any]
) -> shapely.Geometry:
    """Write words in the middle of a box, which is returned."""
    x, y = ax.transData.inverted().transform(shapely.get_coordinates(box.centroid)[0])
    ax.text(x, y, words, size=size, ha="center", va="center", **look)
    return box


def taken_by(ax: Axes) -> list[shapely.Geometry]:
    """Return the places in pixels of what is written on axes already, insets included."""
    extents = [extent_of(ax, text) for text in ax.texts if text.get_text()]
    extents += [_whole(child) for child in ax.child_axes]
    legend = ax.get_legend()
    extents += [legend.get_window_extent()] if legend is not None else []
    lines = [line.get_window_extent() for line in ax.lines if line.get_gid() == "leader"]
    return [shapely.box(*extent.extents) for extent in (*extents, *lines) if extent is not None]


def extent_of(ax: Axes, text: Text) -> Bbox:
    """Return where in pixels a text stands, with the box that is drawn around it."""
    extent, box = text.get_window_extent(), text.get_bbox_patch()
    if box is None:
        return extent
    room = getattr(box.get_boxstyle(), "pad", 0.0) * float(text.get_fontsize())
    return extent.padded(room * figure_of(ax).dpi / 72)


def _whole(inset: Any) -> Bbox:
    """Return the place of an inset with what is written over and under it."""
    texts = [text for text in inset.texts if text.get_gid() == "unit-list"]
    titles = [own for own in inset.get_children() if isinstance(own, Text) and own.get_text()]
    return Bbox.union([own.get_window_extent() for own in (inset, *texts, *titles)])


def _largest(shape: shapely.Geometry) -> shapely.Geometry:
    parts = shapely.get_parts(shape)
    return parts[int(np.argmax(shapely.area(parts)))]


def _pole(shape: shapely.Geometry) -> Point:
    circle = shapely.maximum_inscribed_circle(shape, tolerance=2.0)
    x, y = shapely.get_coordinates(circle)[0]
    return float(x), float(y)


def _anchor(shape: shapely.Geometry, placed: Boxes) -> Point:
    """Return the point from which a leader starts: the deepest where nothing is written."""
    points = _candidates(shape)
    near = placed[shapely.intersects(placed, shape)] if len(placed) else placed
    clear = ~shapely.contains_xy(shapely.union_all(near), points)
    x, y = points[int(np.argmax(clear))]
    return float(x), float(y)


def _inside(
    shape: shapely.Geometry, text: str, placed: Boxes, window: shapely.Geometry,
    sizes: tuple[float, float], pixels: float, *, over: tuple[float, ...] = _OVER,
) -> tuple[str, float, shapely.Geometry] | None:  # fmt: skip
    """Return words, size and box of a text inside a shape; None where it does not fit."""
    points = _candidates(shape)
    near = placed[shapely.intersects(placed, shape)] if len(placed) else placed
    shapely.prepare(shape)
    ways = _broken(text)
    for reach in over:
        for points_high in np.arange(sizes[0], sizes[1] - 1e-9, -_STEP):
            for words in ways:
                half = np.array(_extent(words, float(points_high), pixels)) / 2
                if 4 * half.prod() * (1 - reach) > shape.area * _ABOUT:
                    continue
                boxes = shapely.box(*(points - half).T, *(points + half).T)
                fits = _fit(shape, boxes, reach) & shapely.covers(window, boxes)
                if reach:
                    near = placed
                if len(near) and fits.any():
                    fits &= ~shapely.intersects(boxes[:, None], near[None, :]).any(axis=1)
                if fits.any():
                    return words, float(points_high), boxes[int(np.argmax(fits))]
    return None


def _fit(shape: shapely.Geometry, boxes: Boxes, over: float) -> npt.NDArray[np.bool_]:
    if not over:
        return np.asarray(shapely.covers(shape, boxes))
    low, high = shapely.bounds(boxes)[:, None, :2], shapely.bounds(boxes)[:, None, 2:]
    points = low + _SPOTS * (high - low)
    inside = shapely.contains_xy(shape, points.reshape(-1, 2)).reshape(len(boxes), -1)
    return np.asarray(inside.mean(axis=1) >= 1 - over)


def _candidates(shape: shapely.Geometry) -> npt.NDArray[np.float64]:
    """Return points inside a shape, its deepest first, then by nearness to it."""
    west, south, east, north = shape.bounds
    sides = ((west, east), (south, north))
    across = [np.linspace(low, high, _GRID + 2)[1:-1] for low, high in sides]
    grid = np.array(list(itertools.product(*across)))
    pole = _pole(shape)
    shapely.prepare(shape)
    grid = grid[shapely.contains_xy(shape, grid)]
    order = np.argsort(np.hypot(*(grid - pole).T), kind="stable")
    return np.vstack([pole, grid[order]])


@lru_cache(maxsize=4096)
def _broken(text: str) -> tuple[str, ...]:
    r"""Return a text on one to four lines, each as even as its words allow, fewest lines first.

    Examples
    --------
    >>> _broken("North East")
    ('North East', 'North\nEast')
    """
    fixed = text.split("\n")
    words = fixed[0].split(" ")
    found = []
    for count in range(1, min(_MOST_LINES, len(words)) + 1):
        cuts = itertools.combinations(range(1, len(words)), count - 1)
        lines = [
            [" ".join(words[a:b]) for a, b in itertools.pairwise((0, *cut, len(words)))]
            for cut in cuts
        ]
        best = min(lines, key=lambda own: max(_wide(line) for line in own))
        found.append("\n".join([*best, *fixed[1:]]))
    return tuple(found)


@lru_cache(maxsize=8192)
def _wide(line: str) -> float:
    """Return how wide a line is, in its size."""
    if not line.strip():
        return 0.0
    path = TextPath((0, 0), line, size=100, prop=FontProperties(), usetex=False)
    return float(path.get_extents().x1) / 100


def _extent(words: str, size: float, pixels: float) -> tuple[float, float]:
    """Return width and height of a text in pixels, with room around it."""
    lines = words.split("\n")
    width = max(_wide(line) for line in lines) * size * 1.02
    height = len(lines) * _HIGH * size
    return (width + 2 * _PAD) * pixels, (height + _PAD) * pixels


def _outside(
    ax: Axes, waiting: list[tuple[str, Point, str]], placed: Boxes, land: Geometries, size: float,
    look: dict[str, Any], *, last: bool,
) -> tuple[set[str], Boxes]:  # fmt: skip
    """Write texts off some land, with lines to their shapes; return names, and what is taken."""
    bench = _Bench(ax, size)
    bench.raster.cover(land)
    on_land = bench.raster.taken.ravel()
    to_data = ax.transData.inverted().transform
    done = set()
    for name, anchor, text in sorted(waiting, key=lambda own: (-own[1][1], own[0])):
        words = _broken(text)[:2][-1]
        written = shapely.union_all(placed)
        found = None
        for barred, most in _tries(bench.grid, anchor, placed, on_land, last=last):
            found = bench.place(words, anchor, barred, most=most)
            if found is not None and not written.intersects(found[0]):
                break
            found = None
        if found is None:
            continue
        box, line = found
        done.add(name)
        ax.plot(*to_data(line).T, gid="leader", zorder=2.5, **_LEADER)
        box = _put(ax, words, size, box, look)
        placed = np.append(placed, [box, shapely.LineString(line).buffer(1.0)])
    return done, placed


def _tries(
    grid: npt.NDArray[np.float64], anchor: Point, placed: Boxes, on_land: npt.NDArray[np.bool_],
    *, last: bool,
) -> list[tuple[npt.NDArray[np.bool_], float]]:  # fmt: skip
    """Return where a label may not lie, and how far off it may, in the order of what looks best.

    A label may not lie where its line would run through a text, nor through another line if there
    is another way.
    """
    texts = shapely.union_all(placed[shapely.get_num_coordinates(placed) == 5])
    everything = shapely.union_all(placed)
    for own in (texts, everything):
        shapely.prepare(own)
    full = shapely.contains_xy(shapely.buffer(everything, _BARRED / 2), grid)
    # Lines are looked at only to points where a label might lie.
    free = np.flatnonzero(~full if last else ~(full | on_land))
    rays = shapely.linestrings(np.stack([np.broadcast_to(anchor, (len(free), 2)), grid[free]], 1))
    behind_texts, behind = full.copy(), full.copy()
    behind_texts[free] = shapely.intersects(texts, rays)
    behind[free] = shapely.intersects(everything, rays)
    behind |= behind_texts
    if not last:
        return [(behind | on_land, _FAR)]
    return [(behind, _NEAR), (behind_texts | on_land, _FAR), (behind, _FAR), (behind_texts, _FAR),
            (full, _FAR)]  # fmt: skip


class _Bench:
    """An empty figure as large as that of the map: quick to measure and to allot texts on."""

    def __init__(self, ax: Axes, size: float) -> None:
        figure, frame = figure_of(ax), ax.get_window_extent()
        own = new_figure(*figure.get_size_inches())
        own.set_dpi(figure.dpi)
        limits = {"xlim": (frame.x0, frame.x1), "ylim": (frame.y0, frame.y1)}
        place = frame.transformed(own.transFigure.inverted())
        self.ax, self.size = own.add_axes(place.bounds, **limits), size
        self.ax.set_axis_off()
        self.raster = Raster(ax, points=_BARRED)
        self.step, self.across, self.grid = self.raster.step, self.raster.x, self.raster.grid

    def place(
        self, words: str, anchor: Point, barred: npt.NDArray[np.bool_], *, most: float
    ) -> tuple[shapely.Geometry, npt.NDArray[np.float64]] | None:
        """Return box and leader line in pixels, clear of the barred points of the grid."""
        import textalloc

        # Each row of barred points as lines from end to end.
        rows = np.pad(barred.reshape(-1, len(self.across)), ((0, 0), (1, 1))).astype(np.int8)
        turn = np.argwhere(np.diff(rows, axis=1) != 0)
        ends = turn.reshape(-1, 2, 2)
        x = self.across[0] + (ends[:, :, 1] - np.array([0.25, 0.75])) * self.step
        y = self.grid[0, 1] + ends[:, :, 0] * self.step
        with contextlib.redirect_stdout(io.StringIO()):  # it says so where it finds no place
            _, (line,), _, _ = textalloc.allocate(
                self.ax, [anchor[0]], [anchor[1]], [words], x_lines=list(x), y_lines=list(y),
                textsize=self.size, margin=0.003, min_distance=0.015, max_distance=most,
                nbr_candidates=2400, draw_all=False, linespacing=_SPACING,
            )  # fmt: skip
        if not self.ax.texts or line is None:
            return None
        box = shapely.box(*self.ax.texts[0].get_window_extent().extents)
        self.ax.texts[0].remove()
        return box, np.array(line[:2]).T
