"""The source paper's own maps: Figures 19, 20 and 21, with the legends that survive."""

from collections.abc import Sequence

import geopandas as gpd
import numpy as np
import shapely
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from coterminosity.layer import BoundaryLayer, GeometryKind
from coterminosity.maps.borders import layer_lines, light
from coterminosity.maps.canvas import (
    axes_for,
    draw_areas,
    draw_lines,
    draw_outlines,
    draw_paths,
    finish,
    set_frame,
)
from coterminosity.maps.colours import (
    DARK_PURPLE,
    GREY,
    LIGHT_BLUE,
    LIGHT_PURPLE,
    ORANGE,
    PALE_ORANGE,
    PURPLE,
)
from coterminosity.maps.geometries import drawn_alike, drawn_as, drawn_on


def figure19(
    lad: BoundaryLayer,
    stp: BoundaryLayer,
    *,
    geometry: GeometryKind | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw STPs against local authorities (Figure 19 of the source paper).

    Local authorities light blue, STPs as orange lines.

    Parameters
    ----------
    lad, stp : BoundaryLayer
        Local authority districts, and Sustainability and Transformation Partnerships.
    geometry : {"real", "schematic", "hex"}, optional
        By default that of the layers; see `drawn_as`.
    ax : Axes, optional
        By default a new page as wide as A4.
    """
    lad, stp = drawn_as(lad, geometry), drawn_on(stp, lad, geometry)
    ax, districts = axes_for(ax), light(lad)
    draw_areas(ax, districts, color=LIGHT_BLUE, linewidth=0)
    draw_lines(ax, layer_lines(lad), coast=True, color="#6FA8CF", linewidth=0.4)
    draw_lines(ax, layer_lines(stp), color=ORANGE, linewidth=1.3)
    handles = [
        Patch(facecolor=LIGHT_BLUE, edgecolor="#6FA8CF", label="Local authorities"),
        Line2D(
            [],
            [],
            color=ORANGE,
            linewidth=1.6,
            label="STPs",
        ),
    ]
    return _finish(
        ax, districts, [lad, stp], handles,
        title="STPs against local authorities (Figure 19)",
    )  # fmt: skip


def figure20(
    lad: BoundaryLayer,
    lep: BoundaryLayer,
    combined_authority: BoundaryLayer | None = None,
    *,
    geometry: GeometryKind | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw local authorities, LEPs and combined authorities (Figure 20 of the source paper).

    Local authorities as grey lines, LEPs as purple lines, combined authorities as orange areas.

    Parameters
    ----------
    lad, lep, combined_authority : BoundaryLayer
        Districts, Local Enterprise Partnerships, combined authorities; without the last, the
        map has none and its legend says so.
    geometry : {"real", "schematic", "hex"}, optional
        By default that of the layers; see `drawn_as`.
    ax : Axes, optional
        By default a new page as wide as A4.
    """
    if combined_authority is not None:
        combined_authority = drawn_on(combined_authority, lad, geometry)
    lad, lep = drawn_as(lad, geometry), drawn_on(lep, lad, geometry)
    ax, districts = axes_for(ax), light(lad)
    if combined_authority is not None:
        draw_areas(ax, light(combined_authority), color=PALE_ORANGE, linewidth=0)
        draw_outlines(ax, light(combined_authority), color=ORANGE, linewidth=0.8)
    draw_lines(ax, layer_lines(lad), coast=True, color=GREY, linewidth=0.35)
    draw_lines(ax, layer_lines(lep), color=PURPLE, linewidth=1.2)
    handles = [
        Patch(
            facecolor=PALE_ORANGE if combined_authority is not None else "none",
            label="Combined authorities" + (" (not given)" if combined_authority is None else ""),
        ),
        Line2D([], [], color=PURPLE, linewidth=1.6, label="LEPs"),
        Line2D([], [], color=GREY, linewidth=0.8, label="Local authorities"),
    ]
    return _finish(
        ax, districts, [a for a in (lad, lep, combined_authority) if a is not None], handles,
        title="Local authorities, LEPs and combined authorities (Figure 20)",
    )  # fmt: skip


def figure21(
    lep: BoundaryLayer,
    stp: BoundaryLayer,
    *,
    units: BoundaryLayer | None = None,
    geometry: GeometryKind | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw LEPs, their overlaps, and STPs (Figure 21 of the source paper).

    LEPs light purple with black borders, overlapping LEPs dark purple with black borders, STPs
    as white dashed lines.

    Parameters
    ----------
    lep, stp : BoundaryLayer
        Local Enterprise Partnerships (a cover), and STPs.
    units : BoundaryLayer, optional
        Districts, of which hexagons or schematic cells are made.
    geometry : {"real", "schematic", "hex"}, optional
        By default that of the layers; see `drawn_as`.
    ax : Axes, optional
        By default a new page as wide as A4.

    Raises
    ------
    LayerError
        Where hexagons, or schematic cells of real boundaries, are asked for without units.
    """
    lep, stp = drawn_alike((lep, stp), units=units, geometry=geometry)
    ax, partnerships = axes_for(ax), light(lep)
    draw_areas(ax, partnerships, color=LIGHT_PURPLE, linewidth=0)
    double = shapely.get_parts(np.asarray(lep.overlaps.geometry.array))
    double = double[shapely.get_type_id(double) == 3]
    if len(double):
        dark = gpd.GeoSeries(shapely.simplify(double, 100.0), crs=lep.frame.crs)
        draw_areas(ax, dark, color=DARK_PURPLE, linewidth=0)
        draw_paths(ax, dark.boundary, color="black", linewidth=0.7)
    draw_lines(ax, layer_lines(lep), coast=True, color="black", linewidth=0.9)
    draw_lines(ax, layer_lines(stp), color="white", linewidth=1.0, linestyle=(0, (3.5, 2.0)))
    handles = [
        Patch(facecolor=LIGHT_PURPLE, edgecolor="black", label="LEPs"),
        Patch(facecolor=DARK_PURPLE, edgecolor="black", label="Overlapping LEPs"),
        Line2D([], [], color="white", linewidth=1.4, linestyle=(0, (3.5, 2.0)), label="STPs"),
    ]
    ax = _finish(
        ax, partnerships, [lep, stp], handles,
        title="LEPs, where they overlap, and STPs (Figure 21)",
    )  # fmt: skip
    legend = ax.get_legend()
    assert legend is not None
    legend.get_frame().set_facecolor(LIGHT_PURPLE)  # white dashes need a ground to be seen on
    return ax


def _finish(
    ax: Axes,
    drawn: gpd.GeoSeries,
    layers: list[BoundaryLayer],
    handles: Sequence[Artist],
    *,
    title: str,
) -> Axes:
    set_frame(ax, drawn)
    ax.legend(handles=handles, loc="upper left", fontsize=9, framealpha=1.0, edgecolor="#CCCCCC")
    return finish(ax, layers, title=title)
