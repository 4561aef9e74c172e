"""The key of a map: lines of swatch, mark and text at the upper left, clear of the land."""

import textwrap
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from matplotlib.axes import Axes
from matplotlib.path import Path
from matplotlib.transforms import ScaledTranslation

from coterminosity.maps.canvas import INK, figure_of

_SIZE = 6.4  # points
_LINE = 1.36 * _SIZE
_WIDEST = 40  # characters: long names take a second line, so that the key is as narrow as Wales
_NAME_AT = 27.0  # points from the left, after swatch and mark


@dataclass(frozen=True, kw_only=True)
class KeyLine:
    """One entry: a mark (number or letter), a text, and how its swatch or its line looks."""

    mark: str
    text: str
    swatch: dict[str, Any] | None = None
    line: dict[str, Any] | None = None

    @property
    def heading(self) -> bool:
        """Whether it has neither."""
        return self.swatch is None and self.line is None


def place_key(ax: Axes, lines: list[KeyLine], drawn: gpd.GeoSeries) -> None:
    """Write the key at the upper left, widening the map until no land lies under it.

    A line without swatch is a heading.
    """
    if not lines:
        return
    down = _LINE
    for line in lines:
        words = textwrap.wrap(line.text, width=_WIDEST) or [""]
        if line.heading:
            _write(ax, line.text, 0.0, down, color="#555555")
        else:
            _sample(ax, down, line)
            if line.mark:
                _write(ax, line.mark, _NAME_AT - 4.0, down, ha="right", weight="bold", color=INK)
        for word in words if not line.heading else ():
            _write(ax, word, _NAME_AT, down, color=INK)
            down += _LINE
        down += _LINE if line.heading else 0
    _make_room(ax, drawn)


def _at(ax: Axes, right: float, down: float) -> Any:
    """Return the place so many points right of and below the upper left corner."""
    shift = ScaledTranslation(right / 72, -down / 72, figure_of(ax).dpi_scale_trans)
    return ax.transAxes + shift


def _write(ax: Axes, text: str, right: float, down: float, **style: Any) -> None:
    place = _at(ax, right, down)
    ax.text(
        0.0,
        1.0,
        text,
        transform=place,
        size=_SIZE,
        va="baseline",
        gid="key",
        parse_math=False,
        **style,
    )


def _sample(ax: Axes, down: float, line: KeyLine) -> None:
    """Draw a swatch or a piece of a line."""
    middle = down - 0.36 * _SIZE
    if line.line is not None:
        ax.annotate(
            "", (0.0, 1.0), (0.0, 1.0), xycoords=_at(ax, -1.0, middle),
            textcoords=_at(ax, 15.0, middle), annotation_clip=False, gid="key",
            arrowprops={"arrowstyle": "-", "shrinkA": 0, "shrinkB": 0} | line.line,
        )  # fmt: skip
    if line.swatch is None:
        return
    box = Path([(-1.0, -0.65), (1.0, -0.65), (1.0, 0.65), (-1.0, 0.65), (-1.0, -0.65)], closed=True)
    ax.scatter([0.0], [1.0], s=90, marker=box, transform=_at(ax, 5.0, middle), clip_on=False,
               gid="key", **line.swatch)  # fmt: skip


def _make_room(ax: Axes, drawn: gpd.GeoSeries) -> None:
    texts = [text for text in ax.texts if text.get_gid() == "key"]
    ground = np.asarray(drawn.array)
    step = 0.02 * (ax.get_xlim()[1] - ax.get_xlim()[0])
    ax.apply_aspect()
    corner = ax.transAxes.transform((0.0, 1.0))
    extents = [text.get_window_extent() for text in texts]
    wide = max(extent.x1 for extent in extents) - corner[0]
    high = corner[1] - min(extent.y0 for extent in extents)
    for _ in range(60):
        ax.apply_aspect()
        left, top = ax.transAxes.transform((0.0, 1.0))
        corners = [(left, top - high), (left + wide, top)]
        under = shapely.box(*ax.transData.inverted().transform(corners).ravel())
        shapely.prepare(under)
        if not shapely.intersects(under, ground).any():
            return
        west, east = ax.get_xlim()
        ax.set_xlim(west - step, east)
