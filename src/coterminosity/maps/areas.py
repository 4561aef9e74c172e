"""The map of a plan: numbered areas with a key, and the ground still open to negotiation."""

import itertools
from collections.abc import Mapping
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from matplotlib import patheffects
from matplotlib.axes import Axes

from coterminosity.layer import BoundaryLayer, GeometryKind
from coterminosity.maps.assigned import Areas, Drawing, draw_plan
from coterminosity.maps.canvas import (
    INK,
    axes_for,
    draw_areas,
    draw_lines,
    finish,
    set_frame,
)
from coterminosity.maps.key import KeyLine, place_key
from coterminosity.plan import Plan

# Detached parts of at least this land carry the number of their area as well.
_NUMBERED_M2 = 300e6
_HATCH: dict[str, Any] = {
    "facecolor": "#FFFFFF",
    "edgecolor": "#B03030",
    "hatch": "//////",
    "linewidth": 0.8,
}


def areas(
    plan: Plan,
    layer: BoundaryLayer,
    *,
    populations: pd.Series | None = None,
    like: Areas | Mapping[str, str] | None = None,
    geometry: GeometryKind | None = None,
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
    like : plan or mapping, optional
        An earlier plan of these units, or colours by area: areas of one name keep their colour.
    geometry : {"real", "schematic"}, optional
        By default that of the layer; see `maps.drawn_as`.
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
    drawing = draw_plan(plan, layer, geometry=geometry)
    ax, units = axes_for(ax), drawing.units
    colours = drawing.colours(like=like, also=_rivals(plan))
    fill = [colours[name] for name in drawing.names]
    draw_areas(ax, drawing.shapes, **({"color": fill, "linewidth": 0} | style))
    draw_lines(ax, drawing.unit_lines, color="white", linewidth=0.3)
    contested = units.loc[units.index.isin(plan.contested.index)]
    _hatch(ax, contested, open_units=contested.index.isin(plan.open_units.index))
    draw_lines(ax, drawing.lines, coast=True, color=INK, linewidth=0.9)
    numbers = {name: number for number, name in enumerate(drawing.names, start=1)}
    set_frame(ax, units)
    _write_numbers(ax, _undisputed(plan, drawing), numbers)
    _write_letters(ax, contested)
    if key:
        place_key(ax, _key(plan, colours, populations), drawing.shapes)
    words = " ".join(part for part in (_policy(plan), note) if part)
    return finish(ax, [drawing.layer], title=title or _title(plan), text=words)


def _title(plan: Plan) -> str:
    title = f"{plan.count} proposed commissioning areas"
    count = len(plan.contested)
    if count:
        title += f", {count} district{'s' if count > 1 else ''} to negotiate"
    return title


def _rivals(plan: Plan) -> list[tuple[str, str]]:
    """Return pairs of areas that claim one contested unit: they too must differ in colour."""
    rivals = [list(group["area"]) for _, group in plan.alternatives.groupby("unit")]
    return [pair for claimants in rivals for pair in itertools.combinations(claimants, 2)]


def _undisputed(plan: Plan, drawing: Drawing) -> gpd.GeoSeries:
    """Return areas without their contested units, where there is anything left of them."""
    assigned = plan.assignment.dropna()
    settled = assigned.loc[~assigned.index.isin(plan.contested.index)]
    kept = assigned.loc[~assigned.isin(set(settled))]
    return drawing.shapes_of(pd.concat([settled, kept]).astype("str"))


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
    for name, point in _inner_points(drawn, least=_NUMBERED_M2):
        _write(ax, point, str(numbers[str(name)]), gid="area-number", size=8, color=INK)


def _write_letters(ax: Axes, contested: gpd.GeoSeries) -> None:
    if len(contested):
        letters = _letters(contested.index)
        for code, point in _inner_points(contested):
            _write(
                ax,
                point,
                letters[code],
                gid="contested-letter",
                size=7.5,
                color=_HATCH["edgecolor"],
            )


def _write(ax: Axes, point: np.ndarray, text: str, **style: Any) -> None:
    halo = [patheffects.withStroke(linewidth=2.0, foreground="white")]
    x, y = (float(value) for value in point)
    ax.text(
        x,
        y,
        text,
        ha="center",
        va="center",
        weight="bold",
        path_effects=halo,
        parse_math=False,
        **style,
    )


def _inner_points(drawn: gpd.GeoSeries, *, least: float = np.inf) -> list[tuple[str, np.ndarray]]:
    """Return the point deepest inside each region's largest part, and its others over ``least``."""
    parts, owner = shapely.get_parts(np.asarray(drawn.array), return_index=True)
    land = pd.Series(shapely.area(parts))
    largest = set(land.groupby(owner).idxmax())
    marked = [k for k in range(len(parts)) if k in largest or land[k] >= least]
    radius = shapely.maximum_inscribed_circle(parts[marked], tolerance=500.0)
    points = shapely.get_coordinates(shapely.get_point(radius, 0))
    return [(str(drawn.index[owner[k]]), xy) for k, xy in zip(marked, points, strict=True)]


def _key(plan: Plan, colours: dict[str, str], populations: pd.Series | None) -> list[KeyLine]:
    heading = "Area" if populations is None else "Area, and millions of people"
    if populations is not None and len(plan.open_units):
        heading += " (without hatched)"
    lines = [KeyLine(mark="", text=heading)]
    for number, (name, colour) in enumerate(colours.items(), start=1):
        people = "" if populations is None else "\N{NO-BREAK SPACE}\N{NO-BREAK SPACE}"
        people += "" if populations is None else f"{populations[name] / 1e6:.2f}"
        look = {"facecolor": colour, "edgecolor": INK, "linewidth": 0.3}
        lines.append(KeyLine(mark=str(number), text=f"{name}{people}", swatch=look))
    if len(plan.contested):
        lines.append(KeyLine(mark="", text="To be negotiated between"))
    letters, places = _letters(plan.contested.index), list(colours)
    for code, unit in plan.contested.iterrows():
        homes = plan.alternatives.loc[plan.alternatives["unit"] == code, "area"]
        numbers = [str(places.index(home) + 1) for home in homes if home in colours]
        text = f"{unit['name']}: {' and '.join(numbers) or 'its neighbours'}"
        lines.append(KeyLine(mark=letters[str(code)], text=text, swatch=_HATCH))
    return lines
