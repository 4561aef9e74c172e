"""Dense places, such as London, drawn larger in a free corner of the map."""

from collections.abc import Callable, Iterable
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from matplotlib.axes import Axes

from coterminosity.maps.canvas import INK, figure_of
from coterminosity.maps.labels import label_shapes
from coterminosity.maps.raster import Raster
from coterminosity.units import parts_of

# A unit is too small to see where its square root of land is less than this share of the height.
_SMALL = 1 / 80
# So many small units side by side are a dense place; no more than so many places are enlarged.
_FEWEST, _MOST_PLACES = 6, 3
_SIDE_BY_SIDE = 500.0  # metres
_LARGER = (4.0, 3.5, 3.0, 2.5, 2.0)
_MARGIN = 6.0  # points between an inset and whatever else there is
_LEAST_NAMES = 3.6  # points
_POINTS = 4.0  # between the points at which land and writing are looked for
_WIDEST, _HIGHEST = 0.42, 0.3  # of an inset, in the map's width and height

Paint = Callable[[Axes], None]


def dense_places(units: gpd.GeoSeries, *, most: int = _MOST_PLACES) -> list[list[str]]:
    """Return groups of neighbouring units too small to see on a page, most units first.

    Examples
    --------
    >>> small = [shapely.box(k, 0, k + 1, 1) for k in range(9)]
    >>> units = gpd.GeoSeries([*small, shapely.box(0, 1, 99, 99)], index=[*"abcdefghi", "z"])
    >>> dense_places(units)
    [['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i']]
    """
    _, south, _, north = units.total_bounds
    small = units[np.sqrt(units.area.to_numpy()) < (north - south) * _SMALL]
    drawn, codes = np.asarray(small.array), [str(code) for code in small.index]
    left, right = shapely.STRtree(drawn).query(drawn, predicate="dwithin", distance=_SIDE_BY_SIDE)
    near: dict[str, list[str]] = {code: [] for code in codes}
    for a, b in zip(left, right, strict=True):
        near[codes[a]].append(codes[b])
    groups = parts_of(codes, {code: tuple(others) for code, others in near.items()})
    dense = [group for group in groups if len(group) >= _FEWEST]
    return sorted(dense, key=lambda group: (-len(group), group[0]))[:most]


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
    """Draw dense places again, larger, where there is neither land nor writing.

    Parameters
    ----------
    ax : Axes
        The map, with its limits set.
    units : GeoSeries
        All units by code.
    paint : callable
        Draws the map on axes.
    names : Series, optional
        Names of units by code, written where they fit.
    title_of : callable, optional
        Returns the title of a place for the codes of its units.
    only : Index, optional
        Codes of units that matter: places without any are not drawn.
    taken : iterable of geometries
        Places in pixels that are not free; see `taken_by`.

    Returns
    -------
    list of Axes
        One for each place for which there was room.
    """
    ax.apply_aspect()
    places = dense_places(units)
    places = places if only is None else [own for own in places if only.isin(own).any()]
    if not places:
        return []
    raster, margin = Raster(ax, points=_POINTS), _MARGIN * figure_of(ax).dpi / 72
    raster.cover(shapely.transform(np.asarray(units.array), ax.transData.transform))
    raster.widen(margin)
    raster.block(taken, margin=margin)
    drawn = []
    for codes in places:
        ground = shapely.box(*units.loc[codes].total_bounds)
        found = _room(ax, ground.buffer(0.03 * ground.length / 4, join_style="mitre"), raster)
        if found is None:
            continue
        box, window, larger = found
        place = ax.transAxes.inverted().transform(np.reshape(box.bounds, (2, 2)))
        inset = ax.inset_axes((*place[0], *(place[1] - place[0])), zorder=4)
        _draw(inset, window, paint)
        _entitle(inset, title_of(codes) if title_of else "", larger)
        west, south, east, north = window.bounds
        ax.plot([west, east, east, west, west], [south, south, north, north, south],
                color=INK, linewidth=0.5, gid="inset", zorder=3)  # fmt: skip
        if names is not None:
            inside = units[shapely.intersects(np.asarray(units.array), window)]
            clipped = gpd.GeoSeries(inside.intersection(window), crs=units.crs)
            shown = clipped[clipped.area > 0.5 * inside.area]
            label_shapes(inset, shown, names.loc[shown.index].to_dict(), size=5.2,
                         least=_LEAST_NAMES, leaders=False, gid="unit-name")  # fmt: skip
        west, south, east, north = box.bounds
        raster.block([shapely.box(west, south, east, north + 2 * margin)], margin=margin)
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


def _room(
    ax: Axes, ground: shapely.Geometry, raster: Raster
) -> tuple[shapely.Geometry, shapely.Geometry, float] | None:
    """Return a free box in pixels for a window of the map, the window, and how much larger."""
    frame = ax.get_window_extent()
    corners = ax.transData.transform(np.reshape(ground.bounds, (2, 2)))
    wide, high = corners[1] - corners[0]
    middle, heading = corners.mean(axis=0), 2 * _MARGIN * figure_of(ax).dpi / 72
    for larger in _LARGER:
        across, up = larger * wide, larger * high
        if across > _WIDEST * frame.width or up > _HIGHEST * frame.height:
            continue
        free = raster.free(across, up + heading)
        if len(free):
            way = np.hypot(*(free + np.array([across, up]) / 2 - middle).T)
            left, low = free[int(np.argmin(way))]
            return shapely.box(left, low, left + across, low + up), ground, larger
    return None
