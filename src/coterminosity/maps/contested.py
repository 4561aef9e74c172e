"""The map of contested ground: every unit that several areas claim, striped in their colours."""

from collections.abc import Mapping
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from matplotlib.axes import Axes

from coterminosity.errors import CodeError, CoterminosityError, listed
from coterminosity.geometry import polygonal
from coterminosity.layer import BoundaryLayer, GeometryKind
from coterminosity.maps.assigned import Areas, Drawing, draw_plan, people_of, plan_of
from coterminosity.maps.canvas import (
    INK,
    axes_for,
    draw_areas,
    draw_lines,
    draw_paths,
    finish,
    set_frame,
)
from coterminosity.maps.colours import RED
from coterminosity.maps.insets import draw_insets
from coterminosity.maps.key import KeyLine, place_key
from coterminosity.maps.labels import label_shapes, taken_by

# Stripes as wide as this share of the map's height, and no fewer than so many to a zone.
_STRIPE = 1 / 130
_FEWEST = 5
_LIGHT, _STRONG = 0.3, 0.75


def contested(
    plan: Areas,
    layer: BoundaryLayer,
    *,
    claims: pd.DataFrame | None = None,
    people: pd.Series | None = None,
    like: Areas | Mapping[str, str] | None = None,
    geometry: GeometryKind | None = None,
    ax: Axes | None = None,
    title: str | None = None,
    note: str = "",
    **style: Any,
) -> Axes:
    """Draw contested units, striped in the colours of the areas that claim them.

    Parameters
    ----------
    plan : plan, scenario or Series
        Area by unit code.
    layer : BoundaryLayer
        Boundaries of the units.
    claims : DataFrame, optional
        ``unit`` (code) and ``area``, a row for each claim; by default the plan's ``alternatives``.
    people : Series, optional
        People by unit; by default those that the plan was made of.
    like : plan or mapping, optional
        An earlier plan, or colours by area, to keep.
    geometry : {"real", "schematic", "hex"}, optional
        By default that of the layer; see `drawn_as`.
    ax : Axes, optional
        By default a new page as wide as A4.
    title : str, optional
        By default how many units are contested.
    note : str
        Added to the source line.
    **style
        Passed to the stripes, such as ``alpha``.

    Returns
    -------
    Axes

    Raises
    ------
    CodeError
        Where claims are of units that are not in the plan.

    Examples
    --------
    >>> import coterminosity as ct
    >>> data = ct.england_2017()
    >>> plan = ct.propose(data.graph, data.atoms)
    >>> ax = ct.maps.contested(plan, data.atoms.dissolve("lad"), ax=ct.maps.new_page()[1])
    >>> ax.get_title("left")
    '6 contested districts with 987,136 people (schematic)'
    """
    drawing = draw_plan(plan, layer, geometry=geometry)
    given = _claims(plan, claims, drawing)
    rivals = [(a, b) for own in given for a in own for b in own if a < b]
    names = sorted({name for own in given for name in own})
    colours = drawing.colours(like=like, also=rivals)
    ax, counted = axes_for(ax), people_of(plan, people)

    def paint(on: Axes) -> None:
        for claims_it in (False, True):
            own = [name for name in drawing.names if (name in names) == claims_it]
            fill, alpha = [colours[name] for name in own], _STRONG if claims_it else _LIGHT
            draw_areas(on, drawing.shapes[own], color=fill, alpha=alpha, linewidth=0)
        draw_lines(on, drawing.unit_lines, color="white", linewidth=0.3)
        _stripe(on, drawing, given, colours, style)
        draw_lines(on, drawing.lines, coast=True, color="#777777", linewidth=0.6)
        draw_paths(on, drawing.units.loc[given.index].boundary, color=RED, linewidth=1.0)

    paint(ax)
    set_frame(ax, drawing.units)
    place_key(ax, _key(drawing, given, colours, counted), drawing.units)
    finish(ax, [drawing.layer], title=title or _title(drawing, given, counted), text=note)
    settled = drawing.areas[drawing.areas.isin(names) & ~drawing.areas.index.isin(given.index)]
    shapes = drawing.shapes_of(settled.astype("str"))
    label_shapes(ax, shapes, {str(name): str(name) for name in shapes.index}, size=6.5,
                 least=5.5, taken=taken_by(ax))  # fmt: skip
    draw_insets(ax, drawing.units, paint, names=drawing.layer.names, taken=taken_by(ax),
                only=given.index, title_of=drawing.place)  # fmt: skip
    return ax


def stripes(polygon: shapely.Geometry, count: int, *, width: float) -> list[shapely.Geometry]:
    """Cut a polygon into slanting stripes, dealt out to so many groups in turn.

    Parameters
    ----------
    polygon : Polygon or MultiPolygon
        What is cut; nothing of it is lost.
    count : int
        Groups.
    width : float
        Of a stripe, in the units of the polygon; less where a group would get none.

    Returns
    -------
    list of geometries
        One by group.

    Examples
    --------
    >>> parts = stripes(shapely.box(0, 0, 10, 10), 2, width=1.0)
    >>> len(parts), round(sum(part.area for part in parts), 6)
    (2, 100.0)
    """
    west, south, east, north = polygon.bounds
    across = (east - west + north - south) / np.sqrt(2.0)
    width = min(width, across / (_FEWEST * count))
    x, y, half = (west + east) / 2, (south + north) / 2, across
    offsets = np.arange(-across / 2, across / 2, width)
    bands = shapely.box(offsets, -half, offsets + width, half)
    turn, reach = np.sqrt(0.5), np.array([x, y])
    slanting = shapely.transform(
        bands, lambda p: p @ np.array([[turn, -turn], [turn, turn]]).T + reach
    )
    cut = polygonal(shapely.intersection(slanting, polygon))
    return [shapely.union_all(cut[group::count]) for group in range(count)]


def _claims(plan: Areas, claims: pd.DataFrame | None, drawing: Drawing) -> "pd.Series[Any]":
    """Return by unit the sorted names of the areas that claim it, where these have units."""
    if claims is None:
        known = plan_of(plan)
        if known is None:
            raise CoterminosityError(
                "this plan does not know who claims what: give claims= with columns unit and area"
            )
        claims = known.alternatives
    missing = [column for column in ("unit", "area") if column not in claims]
    if missing:
        raise CodeError(f"claims: no column {listed(missing)}; it has {listed(claims.columns)}")
    strange = pd.Index(claims["unit"]).difference(drawing.areas.index)
    if len(strange):
        raise CodeError(f"claims: the plan has no unit {listed(strange)}; check the codes")
    alive = claims.loc[claims["area"].isin(drawing.names)]
    return alive.groupby("unit")["area"].agg(lambda own: tuple(sorted(set(own))))


def _stripe(
    ax: Axes, drawing: Drawing, given: "pd.Series[Any]", colours: dict[str, str],
    style: dict[str, Any],
) -> None:  # fmt: skip
    _, south, _, north = drawing.units.total_bounds
    for unit, claimants in given.items():
        parts = stripes(drawing.units[unit], len(claimants), width=(north - south) * _STRIPE)
        for name, part in zip(claimants, parts, strict=True):
            own = gpd.GeoSeries([part], crs=drawing.units.crs)
            draw_areas(ax, own, **({"color": colours[name], "linewidth": 0} | style))


def _title(drawing: Drawing, given: "pd.Series[Any]", people: pd.Series | None) -> str:
    if not len(given):
        return "No district is contested"
    noun = f"contested district{'' if len(given) == 1 else 's'}"
    crowd = "" if people is None else f" with {people.reindex(given.index).sum():,.0f} people"
    return f"{len(given)} {noun}{crowd}"


def _key(
    drawing: Drawing, given: "pd.Series[Any]", colours: dict[str, str], people: pd.Series | None
) -> list[KeyLine]:
    """Return the claimants of each zone with their colours, and the districts of the zone."""
    lines = []
    for claimants in sorted(set(given)):
        own = given.index[[zone == claimants for zone in given]]
        lines += [KeyLine(mark="", text=words) for words in ("", "Claimed by")]
        for name in claimants:
            look = {"facecolor": colours[name], "edgecolor": INK, "linewidth": 0.3}
            lines.append(KeyLine(mark="", text=name, swatch=look))
        for unit in own:
            crowd = "" if people is None else f" ({people[unit]:,.0f})"
            lines.append(KeyLine(mark="", text=f"    {drawing.layer.names[unit]}{crowd}"))
    return lines[1:]
