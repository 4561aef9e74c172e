"""Dense places, such as London, drawn larger in a column beside the land."""

import itertools
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from matplotlib.axes import Axes
from matplotlib.transforms import Bbox

from coterminosity.maps.canvas import INK, figure_of
from coterminosity.maps.inset_names import name_units
from coterminosity.maps.raster import Raster

# A place is dense where so many units lie around one, each counting less the farther off it is:
# by 1/e at this share of the height of the map. On A4 such units are less than 5 mm across.
_FEWEST, _REACH = 11.0, 1 / 24
# Width and height of what is drawn again, and how far apart dense places are, in that height.
_WINDOW, _APART = np.array([1 / 11.0, 1 / 13.7]), 1 / 9
_MOST_PLACES = 3
# Of more units than these, such as small areas, none could be told apart even in an inset.
_MOST_UNITS = 1_000
_SHIFTS = 24  # of a window, to where it shows most units whole
_LARGER = (4.0, 3.5, 3.0, 2.5, 2.0)
# The densest place is drawn no smaller than this for the sake of others, which are no larger.
_FIRST = 3.0
_MARGIN = 6.0  # points between an inset and whatever else there is
# Points over insets for their titles, and under them, the densest first, for names without room.
_HEADING, _FEET, _FEET_ALONE = 11.0, (33.0, 15.0, 15.0), (43.0, 33.0, 2.0)
_POINTS = 4.0  # between the points at which land and writing are looked for
_MOST = np.array([0.42, 0.3])  # of an inset, in the map's width and height

Paint = Callable[[Axes], None]
Placed = tuple["DensePlace", shapely.Geometry, float, float]


@dataclass(frozen=True, kw_only=True)
class DensePlace:
    """Units too small to see on a page, and the window that they are drawn again in.

    Parameters
    ----------
    peak : str
        The unit that most others lie around.
    codes : tuple of str
        Units whose middle lies in the window.
    window : Polygon
        A box in the units of the map.
    """

    peak: str
    codes: tuple[str, ...]
    window: shapely.Geometry


def dense_places(units: gpd.GeoSeries, *, most: int = _MOST_PLACES) -> list[DensePlace]:
    """Return where many units lie so close that a page cannot show them, the densest first.

    All windows are as large; none overlaps another. Of more than 1,000 units there is none.

    Examples
    --------
    >>> small = [shapely.box(k % 5, k // 5, k % 5 + 1, k // 5 + 1) for k in range(15)]
    >>> units = gpd.GeoSeries([*small, shapely.box(0, 3, 99, 99)], index=[*"abcdefghijklmno", "z"])
    >>> [place.codes for place in dense_places(units)]
    [('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l', 'm', 'n', 'o')]
    """
    if len(units) > _MOST_UNITS:
        return []
    _, south, _, north = units.total_bounds
    height, drawn = north - south, np.asarray(units.array)
    points = shapely.get_coordinates(shapely.centroid(drawn))
    apart = np.hypot(*(points[:, None] - points[None]).transpose(2, 0, 1)) / height
    around = np.exp(-((apart / _REACH) ** 2)).sum(axis=1)
    half, places = height * _WINDOW / 2, list[DensePlace]()
    weight, bounds, codes = around.copy(), shapely.bounds(drawn), units.index.astype("str")
    while len(places) < most and around.max() >= _FEWEST:
        peak = int(np.argmax(around))
        middle = _most_whole(bounds, weight, points[peak], half)
        inside = tuple(codes[(np.abs(points - middle) <= half).all(axis=1)])
        window = shapely.box(*(middle - half), *(middle + half))
        places.append(DensePlace(peak=codes[peak], codes=inside, window=window))
        around[np.hypot(*(points - middle).T) < _APART * height] = 0.0
    return places


def _most_whole(
    bounds: npt.NDArray[np.float64], weight: npt.NDArray[np.float64],
    peak: npt.NDArray[np.float64], half: npt.NDArray[np.float64],
) -> npt.NDArray[np.float64]:  # fmt: skip
    """Return the middle, near a peak, of a window that shows most units whole, the dense first."""
    near = ((bounds[:, :2] >= peak - 2 * half) & (bounds[:, 2:] <= peak + 2 * half)).all(axis=1)
    bounds, weight = bounds[near], weight[near]
    shifts = np.linspace(-1, 1, 2 * _SHIFTS + 1)
    middles = (peak + half * np.array(list(itertools.product(shifts, shifts))))[:, None]
    held = ((bounds[:, :2] >= middles - half) & (bounds[:, 2:] <= middles + half)).all(axis=2)
    worth = held @ weight
    shown = bounds[held[int(np.argmax(worth))]]
    best = middles[np.isclose(worth, worth.max()), 0]
    if not len(shown):
        return peak
    even = (shown[:, :2].min(axis=0) + shown[:, 2:].max(axis=0)) / 2
    nearest: npt.NDArray[np.float64] = best[int(np.argmin(np.hypot(*(best - even).T)))]
    return nearest


def draw_insets(
    ax: Axes,
    units: gpd.GeoSeries,
    paint: Paint,
    *,
    names: pd.Series | None = None,
    title_of: Callable[[list[str]], str] | None = None,
    only: pd.Index | None = None,
    taken: Iterable[shapely.Geometry] = (),
) -> list[Axes]:
    """Draw dense places again, larger, one under another where there is neither land nor writing.

    Parameters
    ----------
    ax : Axes
        The map, with its limits set.
    units : GeoSeries
        All units by code.
    paint : callable
        Draws the map on axes.
    names : Series, optional
        Names of units by code; see `name_units`.
    title_of : callable, optional
        Returns the title of a place for the codes of its units.
    only : Index, optional
        Codes of units that matter: places without any are not drawn.
    taken : iterable of geometries
        Places in pixels that are not free; see `taken_by`.

    Returns
    -------
    list of Axes
        One for each place for which there was room, from above.
    """
    ax.apply_aspect()
    places = dense_places(units)
    places = places if only is None else [own for own in places if only.isin(own.codes).any()]
    if not places:
        return []
    raster, margin = Raster(ax, points=_POINTS), _MARGIN * figure_of(ax).dpi / 72
    raster.cover(shapely.transform(np.asarray(units.array), ax.transData.transform))
    raster.widen(margin)
    raster.block(taken, margin=margin)
    drawn = []
    for place, box, larger, foot in _column(ax, places, raster):
        corners = ax.transAxes.inverted().transform(np.reshape(box.bounds, (2, 2)))
        inset = ax.inset_axes((*corners[0], *(corners[1] - corners[0])), zorder=4)
        _draw(inset, place.window, paint)
        said = title_of(list(place.codes)) if title_of else ""
        if title_of and not said and names is not None:
            said = f"Around {names[place.peak]}"
        _entitle(inset, said, larger)
        ax.plot(*shapely.get_coordinates(place.window).T, color=INK, linewidth=0.6, gid="inset",
                zorder=2.4)  # fmt: skip
        if names is not None:
            name_units(inset, units, place.window, names, room=foot)
        drawn.append(inset)
    return drawn


def _draw(inset: Axes, window: shapely.Geometry, paint: Paint) -> None:
    west, south, east, north = window.bounds
    inset.set_xlim(west, east)
    inset.set_ylim(south, north)
    inset.set_aspect("equal")
    inset.set_xticks([])
    inset.set_yticks([])
    paint(inset)
    inset.set_axis_on()
    for spine in inset.spines.values():
        spine.set(linewidth=0.6, color=INK)


def _entitle(inset: Axes, said: str, larger: float) -> None:
    """Write over an inset what it shows, where there is room for it, and how much larger."""
    look: dict[str, Any] = {"size": 6.5, "loc": "left", "pad": 2.0, "parse_math": False}
    title = inset.set_title(f"{said}, ×{larger:g}" if said else f"×{larger:g}", **look)
    if title.get_window_extent().width > inset.get_window_extent().width:
        inset.set_title(f"×{larger:g}", **look)


def _column(ax: Axes, places: list[DensePlace], raster: Raster) -> list[Placed]:
    """Return as many places as there is room for: box in pixels, how much larger, room below.

    Boxes stand one under another at an edge of the map, the densest place above.
    """
    alone: list[Placed] = []
    for first in _LARGER:
        for foot in _FEET_ALONE:
            alone = alone or _stacked(ax, places[:1], raster, (first,), feet=(foot,))
    if not alone:
        return []
    least = min(alone[0][2], _FIRST)
    for count in range(len(places), 1, -1):
        sizes = tuple(own for own in _LARGER if own >= least)
        several = _stacked(ax, places[:count], raster, sizes)
        if several:
            return several
    return alone


def _stacked(
    ax: Axes, places: list[DensePlace], raster: Raster, sizes: tuple[float, ...],
    *, feet: tuple[float, ...] = _FEET,
) -> list[Placed]:  # fmt: skip
    """Return places with boxes, the densest as large as there is room for; none if not all fit."""
    frame, pixels = ax.get_window_extent(), figure_of(ax).dpi / 72
    corners = ax.transData.transform(np.reshape(places[0].window.bounds, (2, 2)))
    size = corners[1] - corners[0]
    for first, other in itertools.product(sizes, _LARGER):
        if other > first or (first * size > _MOST * np.array(frame.size)).any():
            continue
        times = np.array([first] + [other] * (len(places) - 1))
        boxes = times[:, None] * size
        whole = boxes[:, 1] + (np.array(feet[: len(places)]) + _HEADING) * pixels
        found = _free_stack(raster, np.column_stack([boxes[:, 0], whole]), frame)
        if found is None:
            continue
        stack = []
        for k, (west, south) in enumerate(found):
            low = south + feet[k] * pixels
            box = shapely.box(west, low, west + boxes[k, 0], low + boxes[k, 1])
            stack.append((places[k], box, float(times[k]), feet[k]))
        return stack
    return []


def _free_stack(
    raster: Raster, sizes: npt.NDArray[np.float64], frame: Bbox
) -> npt.NDArray[np.float64] | None:
    """Return the lower left corners of boxes one under another at an edge, where all are free.

    At the left edge rather than the right, as high up as can be; one box alone also off the edges.
    """
    rows = np.ceil(sizes[:, 1] / raster.step).astype(np.int64)
    down = np.cumsum(rows)  # from the upper edge of the first to the lower edge of each
    free = [raster.free(wide, high) for wide, high in sizes]
    for right in (False, True):
        tops: list[set[int]] = []
        for (wide, _), below, own in zip(sizes, down, free, strict=True):
            last = len(raster.x) - int(np.ceil(wide / raster.step)) - 1
            lows = own[np.isclose(own[:, 0], raster.x[last if right else 0]), 1]
            tops.append(set(np.rint((lows - raster.y[0]) / raster.step).astype(np.int64) + below))
        both = set.intersection(*tops)
        if both:
            south = raster.y[0] + (max(both) - down) * raster.step
            west = frame.x1 - sizes[:, 0] if right else np.full(len(sizes), frame.x0)
            return np.column_stack([west, south])
    if len(sizes) > 1 or not len(free[0]):
        return None
    off = np.minimum(free[0][:, 0] - frame.x0, frame.x1 - sizes[0, 0] - free[0][:, 0])
    return free[0][[int(np.argmin(off))]]
