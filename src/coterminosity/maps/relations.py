"""Maps of two layers: what the bodies of one are to the other, and where their borders agree."""

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from matplotlib.axes import Axes

from coterminosity.catalogue import facts_of
from coterminosity.coincidence import border_distances
from coterminosity.errors import CodeError, listed
from coterminosity.layer import BoundaryLayer, GeometryKind
from coterminosity.maps.borders import layer_lines, light, pieces_of
from coterminosity.maps.canvas import (
    INK,
    axes_for,
    draw_areas,
    draw_lines,
    draw_paths,
    finish,
    set_frame,
)
from coterminosity.maps.colours import PALE
from coterminosity.maps.contested import stripes
from coterminosity.maps.geometries import drawn_alike
from coterminosity.maps.key import KeyLine, place_key
from coterminosity.scores.classes import CLASSES

# From what agrees (blue) to what is cut (orange): different in grey print too.
_COLOURS = {
    "one-to-one": "#2B6CB0",
    "nested": "#7FB3DE",
    "containing": "#CFE3F3",
    "straddling": "#E8924A",
    "trace": "#D9D9D9",
    "none": "#F4F4F4",
}
_STRIPE = 1 / 110
_OTHER: dict[str, Any] = {"color": "#7A1F1F", "linewidth": 0.9, "linestyle": (0, (4.0, 1.8))}
_NEAR = ("#1F5FA8", "#3FA7A0", "#D9A520")
_FAR = "#C0392B"
_AS = {"schematic": ", as schematically drawn", "hex": ", as drawn of hexagons"}
_KM = {20.0: "20 m (the same line)", 200.0: "200 m", 500.0: "500 m (coarsely drawn)"}


def relations(
    table: pd.DataFrame,
    layer: BoundaryLayer,
    *,
    other: BoundaryLayer | None = None,
    units: BoundaryLayer | None = None,
    geometry: GeometryKind | None = None,
    ax: Axes | None = None,
    title: str | None = None,
    note: str = "",
    **style: Any,
) -> Axes:
    """Draw what each body of a layer is to another layer: the same, inside one, or cut.

    Parameters
    ----------
    table : DataFrame
        Of `scores.region_table`: ``class`` and ``weight`` by code of the layer's regions.
    layer : BoundaryLayer
        Boundaries of the regions; where they overlap they are striped.
    other : BoundaryLayer, optional
        The other layer, drawn as dashed lines.
    units : BoundaryLayer, optional
        Districts, of which hexagons or schematic cells are made.
    geometry : {"real", "schematic", "hex"}, optional
        By default that of the layers; see `drawn_as`.
    ax : Axes, optional
        By default a new page as wide as A4.
    title : str, optional
        By default the layer, and the other where it is given.
    note : str
        Added to the source line.
    **style
        Passed to the regions, such as ``alpha``.

    Returns
    -------
    Axes

    Raises
    ------
    CodeError
        Where the table is of other regions.
    LayerError
        Where the layers cannot be drawn so, such as two as hexagons without units.

    Examples
    --------
    >>> import coterminosity as ct
    >>> data = ct.england_2017()
    >>> table = ct.scores.region_table(data.atoms.overlap("lep", "stp"))
    >>> layer, other = data.atoms.dissolve("lep"), data.atoms.dissolve("stp")
    >>> ax = ct.maps.relations(table, layer, other=other, ax=ct.maps.new_page()[1])
    >>> ax.get_title("left")
    'What LEPs are to STPs (schematic)'
    """
    strange = table.index.difference(layer.frame.index)
    if "class" not in table or len(strange):
        raise CodeError(
            f"wanted the table of scores.region_table for layer {layer.layer!r}; "
            f"{f'it has no region {listed(strange)}' if len(strange) else 'there is no class'}"
        )
    shown = drawn_alike([own for own in (layer, other) if own], units=units, geometry=geometry)
    drawn, against = shown[0], shown[1] if other else None
    ax, named = axes_for(ax), light(drawn)
    kinds = table["class"].reindex(drawn.frame.index).fillna("none").astype("str")
    _, south, _, north = named.total_bounds
    pieces, members = pieces_of(drawn)
    fills: dict[str, list[shapely.Geometry]] = {name: [] for name in _COLOURS}
    for piece, codes in zip(pieces, members, strict=True):
        own = sorted({kinds[code] for code in codes}, key=list(_COLOURS).index)
        parts = [piece] if len(own) == 1 else stripes(piece, len(own),
                                                      width=(north - south) * _STRIPE)  # fmt: skip
        for kind, part in zip(own, parts, strict=True):
            fills[kind].append(part)
    for kind, parts in fills.items():
        if parts:
            shapes = gpd.GeoSeries(parts, crs=named.crs)
            draw_areas(ax, shapes, **({"color": _COLOURS[kind], "linewidth": 0} | style))
    draw_lines(ax, layer_lines(drawn), coast=True, color=INK, linewidth=0.8)
    if against is not None:
        draw_lines(ax, layer_lines(against), **_OTHER)
    set_frame(ax, named)
    place_key(ax, _key(table, other), named)
    said = f"What {_plural(layer)} are to {_plural(other) if other else 'the other layer'}"
    return finish(ax, shown, title=title or said, text=note)


def coincidence(
    pieces: gpd.GeoDataFrame,
    layer: BoundaryLayer,
    other: BoundaryLayer,
    *,
    units: BoundaryLayer | None = None,
    geometry: GeometryKind | None = None,
    ax: Axes | None = None,
    title: str | None = None,
    note: str = "",
    **style: Any,
) -> Axes:
    """Draw the inner border of a layer by how near it runs to another layer's.

    Parameters
    ----------
    pieces : GeoDataFrame
        Of `border_distances`: ``km`` and lines by ``metres``.
    layer, other : BoundaryLayer
        The two layers, as they were given to it.
    units : BoundaryLayer, optional
        Districts, of which hexagons or schematic cells are made.
    geometry : {"real", "schematic", "hex"}, optional
        By default that of the layers; see `drawn_as`. In another one the pieces are measured anew,
        at the same distances, since lines of boundaries do not lie on a drawing.
    ax : Axes, optional
        By default a new page as wide as A4.
    title : str, optional
        By default the two layers.
    note : str
        Added to the source line.
    **style
        Passed to the lines, such as ``linewidth``.

    Returns
    -------
    Axes

    Raises
    ------
    LayerError
        Where the layers cannot be drawn so, such as hexagons without units.

    Examples
    --------
    >>> import coterminosity as ct
    >>> atoms = ct.england_2017().atoms
    >>> lep, stp = atoms.dissolve("lep"), atoms.dissolve("stp")
    >>> pieces = ct.border_distances(lep, stp)
    >>> ax = ct.maps.coincidence(pieces, lep, stp, ax=ct.maps.new_page()[1])
    >>> ax.get_title("left")
    'Where borders of LEPs follow those of STPs (schematic)'
    """
    drawn, against = drawn_alike((layer, other), units=units, geometry=geometry)
    if (drawn, against) != (layer, other):
        distances = pieces.index[np.isfinite(pieces.index)]
        pieces = border_distances(drawn, against, distances=distances)
    kinds = {drawn.geometry_kind, against.geometry_kind}
    ax, ground = axes_for(ax), light(drawn)
    draw_areas(ax, ground, color=PALE, linewidth=0)
    draw_lines(ax, layer_lines(against), coast=True, color="#B9B9B9", linewidth=0.5)
    heading = "Runs within" + next((words for kind, words in _AS.items() if kind in kinds), "")
    total, lines = float(pieces["km"].sum()), [KeyLine(mark="", text=heading)]
    for place, metres in reversed(list(enumerate(pieces.index))):
        far = not np.isfinite(metres)
        look = {"color": _FAR if far else _NEAR[min(place, len(_NEAR) - 1)], "linewidth": 1.6}
        near = shapely.simplify(pieces["geometry"][metres], 100.0)
        draw_paths(ax, gpd.GeoSeries([near], crs=ground.crs), **(look | style))
        words = "further away" if far else _KM.get(float(metres), f"{metres:,.0f} m")
        km = float(pieces["km"][metres])
        share = f", {km / total:.0%}" if total else ""
        lines.insert(1, KeyLine(mark="", text=f"{words}: {km:,.0f} km{share}", line=look))
    lines.append(KeyLine(mark="", text=f"borders of {_plural(other)}",
                         line={"color": "#B9B9B9", "linewidth": 0.8}))  # fmt: skip
    set_frame(ax, ground)
    place_key(ax, lines, ground)
    said = f"Where borders of {_plural(layer)} follow those of {_plural(other)}"
    return finish(ax, [drawn, against], title=title or said, text=note)


def _plural(layer: BoundaryLayer) -> str:
    """Return what the bodies of a layer are called: LEPs, STPs, districts."""
    if layer.layer == "lad":
        return "districts"
    known = facts_of(layer.layer)
    if known is not None and "_" in layer.layer:
        return known.title[:1].lower() + known.title[1:]
    return f"{layer.layer.upper()}s"


def _key(table: pd.DataFrame, other: BoundaryLayer | None) -> list[KeyLine]:
    lines = [KeyLine(mark="", text="Class, bodies, and share of people")]
    counted = "weight" in table and float(table["weight"].sum()) > 0
    for kind, colour in _COLOURS.items():
        own = table.loc[table["class"] == kind]
        if not len(own):
            continue
        share = f", {own['weight'].sum() / table['weight'].sum():.0%}" if counted else ""
        look = {"facecolor": colour, "edgecolor": INK, "linewidth": 0.3}
        text = f"{kind}: {len(own)}{share} ({CLASSES[kind]})"
        lines.append(KeyLine(mark="", text=text, swatch=look))
    if other is not None:
        lines.append(KeyLine(mark="", text=f"borders of {_plural(other)}", line=_OTHER))
    return lines
