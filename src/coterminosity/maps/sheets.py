"""One sheet with the areas of several plans side by side."""

import textwrap
from collections.abc import Mapping

import geopandas as gpd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from coterminosity.errors import LayerError
from coterminosity.layer import BoundaryLayer
from coterminosity.maps.canvas import (
    INK,
    axes_for,
    draw_areas,
    draw_lines,
    lines_of,
    set_frame,
    source_line,
    units_drawn,
)
from coterminosity.maps.colours import colour_of
from coterminosity.plan import Plan

_PANEL, _HEAD, _FOOT = (3.9, 4.6), 0.5, 0.4  # inches
_MOVED = {"facecolor": "none", "edgecolor": "#B03030", "linewidth": 0.0, "hatch": "/////"}


def sheet(
    plans: Mapping[str, Plan],
    layer: BoundaryLayer,
    *,
    columns: int = 3,
    spare: int = 0,
    title: str = "",
    note: str = "",
) -> list[Axes]:
    """Draw several plans beside each other, each with its number of areas and its certificate.

    Neighbouring areas differ in colour; the colours of two panels have nothing to do with each
    other.

    Parameters
    ----------
    plans : mapping of title to Plan
        In the order in which they are drawn.
    layer : BoundaryLayer
        Boundaries of the plans' units.
    columns : int
        Panels beside each other.
    spare : int
        Empty panels after the last, for other drawings; their axes are returned too.
    title, note : str
        Above the sheet, and in its source line.

    Returns
    -------
    list of Axes
        One by panel; `save` takes any of them.

    Raises
    ------
    LayerError
        Where there is no plan, or the layer lacks units of one.
    """
    if not plans:
        raise LayerError("a sheet needs at least one plan")
    count = len(plans) + spare
    columns = min(columns, count)
    rows = -(-count // columns)
    high = _PANEL[1] * rows + _HEAD + _FOOT
    figure = Figure(figsize=(_PANEL[0] * columns, high))
    panels = [
        figure.add_axes(_box(place, columns, rows, high, inset=place >= len(plans)))
        for place in range(count)
    ]
    figure.text(0.01, 1 - 0.1 / high, title, va="top", size=15, weight="bold", parse_math=False)
    for ax, (name, plan) in zip(panels, plans.items(), strict=False):
        _panel(ax, plan, layer, name)
    foot = figure.add_axes((0.01, 0.05 / high, 0.98, _FOOT / high))
    foot.set_axis_off()
    source_line(foot, [layer], text=note)
    return panels


def _box(
    place: int, columns: int, rows: int, high: float, *, inset: bool
) -> tuple[float, float, float, float]:
    """Return left, bottom, width and height of a panel; with room for labels if inset."""
    row, column = divmod(place, columns)
    width, height = 1 / columns, _PANEL[1] / high
    left, bottom = column * width + 0.01, 1 - _HEAD / high - (row + 1) * height + 0.02
    side, foot = (0.2 * width, 0.12 * height) if inset else (0.0, 0.0)
    return left + side, bottom + foot, width - 0.02 - 1.2 * side, height - 0.1 - 1.4 * foot


def _panel(ax: Axes, plan: Plan, layer: BoundaryLayer, name: str) -> None:
    axes_for(ax)
    units = units_drawn(layer, plan.units.index, of=name)
    assigned = plan.assignment.dropna()
    merged = gpd.GeoDataFrame(geometry=units).loc[assigned.index]
    drawn = merged.dissolve(by=assigned.astype("str").to_numpy()).geometry
    colours = colour_of(drawn)
    draw_areas(ax, drawn, color=[colours[str(a)] for a in drawn.index], linewidth=0)
    still_open = units.loc[plan.open_units.index]
    if len(still_open):
        draw_areas(ax, still_open, **(_MOVED | {"facecolor": "white"}))
    draw_lines(ax, lines_of(drawn), coast=True, color=INK, linewidth=0.6)
    set_frame(ax, units)
    proof = plan.certificate.describe() if plan.certificate else "by rules, without a certificate"
    lines = textwrap.wrap(f"{plan.count} areas; {proof}", width=52)
    ax.set_title("\n".join([name, *lines]), loc="left", size=9, weight="bold", parse_math=False)
