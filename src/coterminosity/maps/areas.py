"""The map of a plan: its areas by name, with dense places enlarged and what is still open."""

import itertools
from collections.abc import Mapping
from typing import Any, Literal

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from matplotlib import patheffects
from matplotlib.axes import Axes

from coterminosity.errors import CoterminosityError
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
from coterminosity.maps.colours import RED
from coterminosity.maps.insets import draw_insets
from coterminosity.maps.key import KeyLine, place_key
from coterminosity.maps.labels import label_shapes, taken_by
from coterminosity.plan import Plan

Labels = Literal["names", "numbers", "none"]

# Detached parts of at least this land carry the number of their area as well.
_NUMBERED_M2 = 300e6
_HATCH: dict[str, Any] = {
    "facecolor": "#FFFFFF",
    "edgecolor": RED,
    "hatch": "//////",
    "linewidth": 0.8,
}


def areas(
    plan: Areas,
    layer: BoundaryLayer,
    *,
    populations: pd.Series | None = None,
    labels: Labels = "names",
    insets: bool = True,
    like: Areas | Mapping[str, str] | None = None,
    geometry: GeometryKind | None = None,
    ax: Axes | None = None,
    key: bool = True,
    title: str | None = None,
    note: str = "",
    **style: Any,
) -> Axes:
    """Draw the areas of a plan, each with its name.

    Neighbouring areas differ in colour. Units to negotiate are hatched: those without an area on
    white, those with a provisional home on its colour.

    Parameters
    ----------
    plan : plan, scenario or Series
        Area by unit code, or whatever has an ``assignment``.
    layer : BoundaryLayer
        Boundaries of the plan's units, real or schematic; a schematic map says so.
    populations : Series, optional
        People by area, shown with its name.
    labels : {"names", "numbers", "none"}
        Names stand inside their areas, or beside the land with a line. Numbers are those of
        ``area_table``, with the names in the key.
    insets : bool
        Whether dense places, such as London, are drawn again larger where there is room.
    like : plan or mapping, optional
        An earlier plan of these units, or colours by area: areas of one name keep their colour.
    geometry : {"real", "schematic", "hex"}, optional
        By default that of the layer; see `maps.drawn_as`.
    ax : Axes, optional
        By default a new page as wide as A4.
    key : bool
        Show the key.
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

    Examples
    --------
    >>> import coterminosity as ct
    >>> data = ct.england_2017()
    >>> plan = ct.propose(data.graph, data.atoms)
    >>> ax = ct.maps.areas(plan, data.atoms.dissolve("lad"), ax=ct.maps.new_page()[1])
    >>> sum(text.get_gid() == "area-name" for text in ax.texts)
    38
    """
    if labels not in ("names", "numbers", "none"):
        raise CoterminosityError(f"labels: wanted names, numbers or none, got {labels!r}")
    drawing = draw_plan(plan, layer, geometry=geometry)
    ax, units = axes_for(ax), drawing.units
    contested, claims = _contested(plan, drawing), _claims(plan)
    colours = drawing.colours(like=like, also=_rivals(claims))

    def paint(own: Axes) -> None:
        fill = [colours[name] for name in drawing.names]
        draw_areas(own, drawing.shapes, **({"color": fill, "linewidth": 0} | style))
        draw_lines(own, drawing.unit_lines, color="white", linewidth=0.3)
        _hatch(own, units.loc[contested.index], drawing)
        draw_lines(own, drawing.lines, coast=True, color=INK, linewidth=0.9)

    paint(ax)
    set_frame(ax, units)
    numbers = {name: number for number, name in enumerate(drawing.names, start=1)}
    if labels == "numbers":
        _write_numbers(ax, _undisputed(drawing, contested), numbers)
    _write_letters(ax, units.loc[contested.index])
    if key:
        listed = _key(drawing, colours, populations) if labels == "numbers" else []
        listed += _to_negotiate(contested, claims, numbers if labels == "numbers" else None)
        place_key(ax, listed, drawing.shapes)
    people = "" if populations is None or labels != "names" else "Below names: million people."
    words = " ".join(part for part in (_policy(plan), people, note) if part)
    finish(ax, [drawing.layer], title=title or _title(drawing, contested), text=words)
    if insets:
        draw_insets(ax, units, paint, names=drawing.layer.names, taken=taken_by(ax),
                    title_of=drawing.place)  # fmt: skip
    if labels == "names":
        texts = {name: _named(name, populations) for name in drawing.names}
        label_shapes(ax, _undisputed(drawing, contested), texts, taken=taken_by(ax))
    return ax


def _contested(plan: Areas, drawing: Drawing) -> pd.Series:
    """Return the names by code of units to negotiate, and of those without an area."""
    own = plan.contested.index if isinstance(plan, Plan) else pd.Index([])
    still_open = drawing.areas.index[drawing.areas.isna().to_numpy()]
    return drawing.layer.names.loc[own.union(still_open)]


def _claims(plan: Areas) -> dict[str, list[str]]:
    """Return the areas that claim each contested unit."""
    if not isinstance(plan, Plan):
        return {}
    return {str(unit): list(own["area"]) for unit, own in plan.alternatives.groupby("unit")}


def _rivals(claims: dict[str, list[str]]) -> list[tuple[str, str]]:
    """Return pairs of areas that claim one contested unit: they too must differ in colour."""
    return [pair for own in claims.values() for pair in itertools.combinations(own, 2)]


def _title(drawing: Drawing, contested: pd.Series) -> str:
    title = f"{len(drawing.names)} proposed commissioning areas"
    count = len(contested)
    if count:
        title += f", {count} district{'s' if count > 1 else ''} to negotiate"
    return title


def _named(name: str, populations: pd.Series | None) -> str:
    return name if populations is None else f"{name}\n{populations[name] / 1e6:.2f} m"


def _undisputed(drawing: Drawing, contested: pd.Series) -> gpd.GeoSeries:
    """Return areas without their contested units, where there is anything left of them."""
    assigned = drawing.areas.dropna()
    settled = assigned.loc[~assigned.index.isin(contested.index)]
    kept = assigned.loc[~assigned.isin(set(settled))]
    return drawing.shapes_of(pd.concat([settled, kept]).astype("str"))


def _letters(codes: pd.Index) -> dict[str, str]:
    """Return a, b, c ... z, aa, ab ... by contested unit."""
    marks = [chr(97 + k) for k in range(26)]
    marks += [a + b for a in marks for b in marks]
    return {str(code): mark for code, mark in zip(codes, marks, strict=False)}


def _policy(plan: Areas) -> str:
    if not isinstance(plan, Plan) or not len(plan.contested):
        return ""
    if plan.brief.contested == "open":
        return "Contested districts (hatched) have no area until they are negotiated."
    return (
        f"Contested districts (hatched) have a provisional home by the rule {plan.brief.contested}."
    )


def _hatch(ax: Axes, contested: gpd.GeoSeries, drawing: Drawing) -> None:
    open_units = contested.index.isin(drawing.open_units.index)
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
            _write(ax, point, letters[code], gid="contested-letter", size=7.5, color=RED)


def _write(ax: Axes, point: np.ndarray, text: str, **style: Any) -> None:
    halo = [patheffects.withStroke(linewidth=2.0, foreground="white")]
    x, y = (float(value) for value in point)
    look: dict[str, Any] = {"ha": "center", "va": "center", "weight": "bold", "parse_math": False}
    ax.text(x, y, text, path_effects=halo, **(look | style))


def _inner_points(drawn: gpd.GeoSeries, *, least: float = np.inf) -> list[tuple[str, np.ndarray]]:
    """Return the point deepest inside each region's largest part, and its others over ``least``."""
    parts, owner = shapely.get_parts(np.asarray(drawn.array), return_index=True)
    land = pd.Series(shapely.area(parts))
    largest = set(land.groupby(owner).idxmax())
    marked = [k for k in range(len(parts)) if k in largest or land[k] >= least]
    radius = shapely.maximum_inscribed_circle(parts[marked], tolerance=500.0)
    points = shapely.get_coordinates(shapely.get_point(radius, 0))
    return [(str(drawn.index[owner[k]]), xy) for k, xy in zip(marked, points, strict=True)]


def _key(drawing: Drawing, colours: dict[str, str], populations: pd.Series | None) -> list[KeyLine]:
    heading = "Area" if populations is None else "Area, and millions of people"
    if populations is not None and len(drawing.open_units):
        heading += " (without hatched)"
    lines = [KeyLine(mark="", text=heading)]
    for number, (name, colour) in enumerate(colours.items(), start=1):
        people = "" if populations is None else "\N{NO-BREAK SPACE}\N{NO-BREAK SPACE}"
        people += "" if populations is None else f"{populations[name] / 1e6:.2f}"
        look = {"facecolor": colour, "edgecolor": INK, "linewidth": 0.3}
        lines.append(KeyLine(mark=str(number), text=f"{name}{people}", swatch=look))
    return lines


def _to_negotiate(
    contested: pd.Series, claims: dict[str, list[str]], numbers: dict[str, int] | None
) -> list[KeyLine]:
    """Return the contested units with their claimants, by number where areas have numbers."""
    if not len(contested):
        return []
    lines = [KeyLine(mark="", text="To be negotiated" + (" between" if claims else ""))]
    letters = _letters(contested.index)
    for code, name in contested.items():
        homes = [home for home in claims.get(str(code), []) if numbers is None or home in numbers]
        said = homes if numbers is None else [str(numbers[home]) for home in homes]
        between = f": {' and '.join(said) or 'its neighbours'}" if claims else ""
        lines.append(KeyLine(mark=letters[str(code)], text=f"{name}{between}", swatch=_HATCH))
    return lines
