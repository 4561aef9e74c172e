"""The map of a plan: numbered areas with a key, and the ground still open to negotiation."""

import textwrap
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from matplotlib import patheffects
from matplotlib.axes import Axes
from matplotlib.offsetbox import AnchoredOffsetbox, DrawingArea, HPacker, TextArea, VPacker
from matplotlib.patches import Rectangle

from coterminosity.errors import LayerError
from coterminosity.layer import BoundaryLayer
from coterminosity.maps.canvas import (
    INK,
    axes_for,
    bounds_in_metres,
    draw_areas,
    draw_lines,
    inner_and_coast,
    layer_lines,
    light,
    scale_bar,
    set_frame,
    source_line,
)
from coterminosity.maps.colours import colour_of
from coterminosity.plan import Plan

_HATCH: dict[str, Any] = {
    "facecolor": "#FFFFFF",
    "edgecolor": "#B03030",
    "hatch": "//////",
    "linewidth": 0.6,
}


def areas(
    plan: Plan,
    layer: BoundaryLayer,
    *,
    populations: pd.Series | None = None,
    ax: Axes | None = None,
    key: bool = True,
    title: str | None = None,
    note: str = "",
    **style: Any,
) -> Axes:
    """Draw the areas of a plan, numbered, with a key of their names.

    Neighbouring areas differ in colour. Units of class C are hatched: those without an area on
    white, those with a provisional home on its colour.

    Parameters
    ----------
    plan : Plan
        The areas.
    layer : BoundaryLayer
        Boundaries of the plan's units, real or schematic; a schematic map says so.
    populations : Series, optional
        People by area, shown in the key.
    ax : Axes, optional
        By default a new page as wide as A4.
    key : bool
        Show the key; numbers alone are drawn without it.
    title : str, optional
        By default the number of areas and of districts to negotiate.
    note : str
        Added to the source line, such as the vintage of the people.
    **style
        Passed to the areas, such as ``alpha``.

    Returns
    -------
    Axes

    Raises
    ------
    LayerError
        Where the layer lacks units of the plan.
    """
    missing = plan.units.index.difference(layer.frame.index)
    if len(missing):
        raise LayerError(
            f"layer {layer.layer!r} lacks {len(missing)} units of the plan; use its layer"
        )
    ax = axes_for(ax)
    units = light(layer).loc[plan.units.index]
    assigned = plan.assignment.dropna()
    merged = gpd.GeoDataFrame(geometry=units).loc[assigned.index]
    drawn = merged.dissolve(by=assigned.astype("str").to_numpy()).geometry
    colours = colour_of(drawn)
    fill = [colours[str(name)] for name in drawn.index]
    draw_areas(ax, drawn, **({"color": fill, "linewidth": 0} | style))
    draw_lines(ax, layer_lines(layer), color="white", linewidth=0.3)
    contested = units.loc[units.index.isin(plan.contested.index)]
    _hatch(ax, contested, open_units=contested.index.isin(plan.open_units.index))
    draw_lines(ax, inner_and_coast(drawn), coast=True, color=INK, linewidth=0.9)
    numbers = {str(name): number for number, name in enumerate(drawn.index, start=1)}
    set_frame(ax, units)
    _write_numbers(ax, drawn, numbers)
    _write_letters(ax, contested)
    ax.set_title(title or _title(plan), loc="left", size=13, weight="bold")
    if key:
        rows = [(number, name, colours[name]) for name, number in numbers.items()]
        _place_key(ax, _key(plan, rows, populations), drawn, people=populations is not None)
    scale_bar(ax)
    source_line(ax, [layer], text=" ".join(part for part in (_policy(plan), note) if part))
    return ax


def _title(plan: Plan) -> str:
    title = f"{plan.count} proposed commissioning areas"
    count = len(plan.contested)
    return f"{title}, {count} district{'s' if count > 1 else ''} to negotiate" if count else title


def _letters(plan_codes: pd.Index) -> dict[str, str]:
    """Return a, b, c ... z, aa, ab ... by contested unit."""
    marks = [chr(97 + k) for k in range(26)]
    marks += [a + b for a in marks for b in marks]
    return {str(code): mark for code, mark in zip(plan_codes, marks, strict=False)}


def _policy(plan: Plan) -> str:
    if not len(plan.contested):
        return ""
    if plan.brief.contested == "open":
        return "Contested districts (hatched) have no area until they are negotiated."
    return (
        f"Contested districts (hatched) have a provisional home by the rule {plan.brief.contested}."
    )


def _hatch(ax: Axes, contested: gpd.GeoSeries, *, open_units: Any) -> None:
    if open_units.any():
        draw_areas(ax, contested[open_units], **_HATCH)
    if (~open_units).any():
        draw_areas(ax, contested[~open_units], **(_HATCH | {"facecolor": "none"}))


def _write_numbers(ax: Axes, drawn: gpd.GeoSeries, numbers: dict[str, int]) -> None:
    for name, point in zip(drawn.index, _inner_points(drawn), strict=True):
        _write(ax, point, str(numbers[str(name)]), gid="area-number", size=8, color=INK)


def _write_letters(ax: Axes, contested: gpd.GeoSeries) -> None:
    if len(contested):
        letters = _letters(contested.index).values()
        for letter, point in zip(letters, _inner_points(contested), strict=False):
            _write(ax, point, letter, gid="contested-letter", size=7.5, color=_HATCH["edgecolor"])


def _write(ax: Axes, point: np.ndarray, text: str, **style: Any) -> None:
    halo = [patheffects.withStroke(linewidth=2.0, foreground="white")]
    x, y = (float(value) for value in point)
    ax.text(x, y, text, ha="center", va="center", weight="bold", path_effects=halo, **style)


def _inner_points(drawn: gpd.GeoSeries) -> np.ndarray:
    """Return the point deepest inside the largest part of each area."""
    parts, owner = shapely.get_parts(np.asarray(drawn.array), return_index=True)
    size = pd.Series(shapely.area(parts)).groupby(owner).idxmax().to_numpy()
    radius = shapely.maximum_inscribed_circle(parts[size], tolerance=500.0)
    return np.asarray(shapely.get_coordinates(shapely.get_point(radius, 0)))


# A line of the key: number, text, and colour; no colour is the hatch, no text a gap.
_Line = tuple[str, str, str | None]


def _key(
    plan: Plan, rows: list[tuple[int, str, str]], populations: pd.Series | None
) -> list[_Line]:
    lines: list[_Line] = []
    for number, name, colour in rows:
        people = "" if populations is None else f"\N{NO-BREAK SPACE} {populations[name] / 1e6:.2f}m"
        lines.append((str(number), f"{name}{people}", colour))
    letters = _letters(plan.contested.index)
    for code, unit in plan.contested.iterrows():
        homes = set(plan.alternatives.loc[plan.alternatives["unit"] == code, "area"])
        numbers = [str(number) for number, name, _ in rows if name in homes]
        choice = " or ".join(numbers) or "open"
        lines.append((letters.get(str(code), ""), f"{unit['name']}: {choice}", None))
    return lines


def _place_key(ax: Axes, lines: list[_Line], drawn: gpd.GeoSeries, *, people: bool) -> None:
    """Put the key at the upper left, widening the page until no area lies under it."""
    packed = _packed(lines, people=people)
    box = AnchoredOffsetbox("upper left", child=packed, pad=0.1, borderpad=0.0, frameon=False)
    box.set_gid("key")
    ax.add_artist(box)
    ground = shapely.simplify(np.asarray(drawn.array), 1000.0)
    step = 0.03 * (ax.get_xlim()[1] - ax.get_xlim()[0])
    for _ in range(40):
        under = bounds_in_metres(ax, box)
        if not shapely.intersects(ground, shapely.box(*under.extents)).any():
            return
        west, east = ax.get_xlim()
        ax.set_xlim(west - step, east)


def _packed(lines: list[_Line], *, people: bool) -> VPacker:
    size = 6.4
    heading = "Area, and people in millions" if people else "Area"
    packed: list[Any] = [TextArea(heading, textprops={"size": size, "color": "#555555"})]
    for row, (number, text, colour) in enumerate(lines):
        if colour is None and (row == 0 or lines[row - 1][2] is not None):
            packed.append(
                TextArea("To be negotiated", textprops={"size": size, "color": "#555555"})
            )
        swatch = DrawingArea(9, 6)
        look = {"facecolor": colour, "edgecolor": INK, "linewidth": 0.3} if colour else _HATCH
        swatch.add_artist(Rectangle((0, 0), 9, 6, **look))
        figure = "\N{FIGURE SPACE}" * (2 - len(number)) + number
        label = TextArea(figure, textprops={"size": size, "weight": "bold", "color": INK})
        # Long names take a second line, so that the key stays as narrow as Wales.
        words = TextArea(
            "\n".join(textwrap.wrap(text, width=40)),
            textprops={"size": size, "color": INK, "linespacing": 1.0},
        )
        packed.append(HPacker(children=[swatch, label, words], align="top", pad=0, sep=3.5))
    return VPacker(children=packed, align="left", pad=0, sep=2.0)
