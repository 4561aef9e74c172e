"""What every map has: a page, light geometry, lines drawn once, scale bar and source line."""

import textwrap
from functools import lru_cache
from pathlib import Path
from typing import Any

import geopandas as gpd
import matplotlib as mpl
import numpy as np
import pandas as pd
import shapely
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from coterminosity.catalogue import facts_of
from coterminosity.errors import CoterminosityError, LayerError
from coterminosity.geometry import Geometries
from coterminosity.layer import BoundaryLayer

PAGE = (8.27, 10.4)  # inches: the width of A4, and room on it for a line of text
DPI = 200
_INNER = (0.035, 0.02, 0.93, 0.94)  # left, bottom, width, height as shares of the page
# Finer than a printed hair at A4: geometry is simplified to this share of the map's height.
_DETAIL = 1 / 3000
INK = "#222222"
COAST = "#666666"
SUFFIXES = (".png", ".svg", ".pdf")
ATTRIBUTION = (
    "Contains National Statistics and OS data © Crown copyright and database right 2017 "
    "(Open Government Licence v3.0)."
)


def axes_for(ax: Axes | None) -> Axes:
    """Return the caller's axes, or new ones on a page as wide as A4."""
    if ax is None:
        import matplotlib.pyplot as plt  # loaded only where a figure is wanted unasked

        ax = plt.figure(figsize=PAGE).add_axes(_INNER)
    ax.set_axis_off()
    ax.set_aspect("equal", anchor="N")
    return ax


def new_page() -> tuple[Figure, Axes]:
    """Return a page as wide as A4 that no plotting session holds on to."""
    figure = Figure(figsize=PAGE)
    return figure, figure.add_axes(_INNER)


def detail(polygons: gpd.GeoSeries) -> float:
    """Return the length in metres below which a page shows nothing."""
    west, south, east, north = polygons.total_bounds
    return float(max(north - south, east - west) * _DETAIL)


def units_drawn(layer: BoundaryLayer, codes: pd.Index, *, of: str) -> gpd.GeoSeries:
    """Return light boundaries of some units.

    Raises
    ------
    LayerError
        Where the layer lacks any of them.
    """
    missing = codes.difference(layer.frame.index)
    if len(missing):
        raise LayerError(
            f"layer {layer.layer!r} lacks {len(missing)} units of {of}; use the layer of its units"
        )
    return light(layer).loc[codes]


@lru_cache(maxsize=16)
def pieces_of(layer: BoundaryLayer) -> tuple[Geometries, tuple[tuple[str, ...], ...]]:
    """Return the pieces of a layer, simplified together, and the regions that each lies in.

    Regions of a matched partition are its pieces; a cover is cut along all its edges, so that two
    regions that share an edge still share it when it is simplified.
    """
    polygons, metres = np.asarray(layer.geometry.array), detail(layer.geometry)
    codes = [str(code) for code in layer.frame.index]
    if layer.matched:
        return shapely.coverage_simplify(polygons, metres), tuple((code,) for code in codes)
    edges = shapely.union_all(shapely.boundary(polygons))
    pieces = shapely.get_parts(shapely.polygonize(shapely.get_parts(edges)))
    inside, region = shapely.STRtree(polygons).query(
        shapely.point_on_surface(pieces), predicate="within"
    )
    members: list[list[str]] = [[] for _ in pieces]
    for piece, own in zip(inside, region, strict=True):
        members[piece].append(codes[own])
    # Islands of one region are one piece, so that no border is seen between them.
    groups: dict[tuple[str, ...], list[int]] = {}
    for piece, own_codes in enumerate(members):
        if own_codes:
            groups.setdefault(tuple(sorted(own_codes)), []).append(piece)
    grouped = np.array([shapely.coverage_union_all(pieces[own]) for own in groups.values()])
    return shapely.coverage_simplify(grouped, metres), tuple(groups)


@lru_cache(maxsize=16)
def light(layer: BoundaryLayer) -> gpd.GeoSeries:
    """Return the regions of a layer with no more vertices than a page can show."""
    pieces, members = pieces_of(layer)
    drawn = [
        shapely.coverage_union_all(pieces[[code in own for own in members]])
        for code in map(str, layer.frame.index)
    ]
    return gpd.GeoSeries(drawn, index=layer.frame.index, crs=layer.frame.crs)


@lru_cache(maxsize=16)
def layer_lines(layer: BoundaryLayer) -> tuple[gpd.GeoSeries, gpd.GeoSeries]:
    """Return the borders between regions of a layer, and its coast; see `lines_of`."""
    return lines_of(gpd.GeoSeries(pieces_of(layer)[0], crs=layer.frame.crs))


def lines_of(pieces: gpd.GeoSeries) -> tuple[gpd.GeoSeries, gpd.GeoSeries]:
    """Return the borders between matched pieces, each once for clean dashes, and the coast.

    Where two pieces face each other across a narrow river its banks are the border, and creeks
    that a page cannot show are left out of the coast.
    """
    drawn, width = np.asarray(pieces.array), 2 * detail(pieces)
    outline = shapely.union_all(drawn)
    shore = shapely.boundary(outline)
    shared = shapely.difference(shapely.union_all(shapely.boundary(drawn)), shore)
    closed = shapely.buffer(shapely.buffer(outline, width, quad_segs=2), -width, quad_segs=2)
    # Coarse shapes are enough to find the straits: what is near two pieces at once.
    wide = shapely.buffer(shapely.simplify(drawn, width / 2), width, quad_segs=1)
    left, right = shapely.STRtree(drawn).query(drawn, predicate="dwithin", distance=width)
    left, right = left[left < right], right[left < right]
    straits = shapely.union_all(shapely.intersection(wide[left], wide[right]))
    banks = shapely.intersection(shore, straits)
    inner = [shapely.line_merge(shared), shapely.line_merge(banks)]
    return (
        gpd.GeoSeries(shapely.get_parts(inner), crs=pieces.crs),
        _lines(shapely.boundary(closed), pieces.crs),
    )


def draw_areas(ax: Axes, polygons: gpd.GeoSeries, **style: Any) -> None:
    """Fill polygons."""
    polygons.plot(ax=ax, aspect=None, **style)


def draw_outlines(ax: Axes, polygons: gpd.GeoSeries, **style: Any) -> None:
    """Draw the outline of each polygon, without creeks that a page cannot show."""
    width = 2 * detail(polygons)
    closed = polygons.buffer(width, quad_segs=2).buffer(-width, quad_segs=2)
    closed.boundary.plot(ax=ax, aspect=None, **style)


def draw_lines(
    ax: Axes, lines: tuple[gpd.GeoSeries, gpd.GeoSeries], *, coast: bool = False, **style: Any
) -> None:
    """Draw the borders between regions; with ``coast`` also the outline, thinner."""
    inner, shore = lines
    if coast:
        shore.plot(ax=ax, aspect=None, color=COAST, linewidth=0.35)
    if len(inner):
        inner.plot(ax=ax, aspect=None, **style)


def _lines(geometry: Any, crs: Any) -> gpd.GeoSeries:
    return gpd.GeoSeries(shapely.get_parts(shapely.line_merge(geometry)), crs=crs)


def set_frame(ax: Axes, polygons: gpd.GeoSeries, *, foot: float = 0.075) -> None:
    """Show all polygons, with room below for the scale bar and the source line."""
    west, south, east, north = polygons.total_bounds
    height, margin = north - south, 0.01 * max(east - west, north - south)
    ax.set_xlim(west - margin, east + margin)
    ax.set_ylim(south - foot * height - margin, north + margin)


def scale_bar(ax: Axes) -> None:
    """Draw a bar of a round number of kilometres at the lower right."""
    (west, east), (south, north) = ax.get_xlim(), ax.get_ylim()
    aim = (east - west) / 6
    metres = max(
        step * 10.0**power
        for power in range(1, 7)
        for step in (1, 2, 5)
        if step * 10.0**power <= aim
    )
    x, y = east - 0.02 * (east - west) - metres, south + 0.045 * (north - south)
    tick = 0.006 * (north - south)
    ax.plot([x, x, x + metres, x + metres], [y + tick, y, y, y + tick], color=INK, linewidth=0.8)
    ax.text(x + metres / 2, y + 1.6 * tick, f"{metres / 1000:g} km", ha="center", size=7, color=INK)


def source_line(ax: Axes, layers: list[BoundaryLayer], *, text: str = "") -> None:
    """Write at the foot what is drawn, of when, from whom, and whether it is schematic."""
    schematic = any(layer.geometry_kind == "schematic" for layer in layers)
    drawn = (
        "Schematic: shapes are drawn around centres of population and are not boundaries."
        if schematic
        else f"Boundaries: {', '.join(_titled(layer) for layer in layers)}."
    )
    official = schematic or any(layer.licence for layer in layers)
    sources = [Path(layer.source).name for layer in layers if not layer.licence and layer.source]
    credit = ATTRIBUTION if official else f"Source: {', '.join(sources)}." if sources else ""
    lines = textwrap.wrap(" ".join(part for part in (text, drawn, credit) if part), width=150)
    ax.text(
        0.0,
        0.0,
        "\n".join(lines),
        transform=ax.transAxes,
        size=6.5,
        color="#555555",
        va="bottom",
        parse_math=False,
    )


def _titled(layer: BoundaryLayer) -> str:
    known = facts_of(layer.layer)
    title = known.title if known else layer.layer
    return f"{title} ({layer.vintage})" if layer.vintage else title


def save(ax: Axes, path: str | Path, *, dpi: int = DPI) -> Path:
    """Write the figure of a map as PNG, SVG or PDF, by the ending of the path.

    The same map gives the same bytes; fonts are embedded in PDF and kept as text in SVG.

    Raises
    ------
    CoterminosityError
        Where the ending is another, or the folder does not exist.
    """
    path = Path(path)
    if path.suffix.lower() not in SUFFIXES:
        raise CoterminosityError(
            f"{path}: wanted a map as {', '.join(SUFFIXES)}, got {path.suffix or 'no ending'}"
        )
    if not path.parent.is_dir():
        raise CoterminosityError(f"{path}: there is no folder {path.parent}; create it first")
    figure = ax.get_figure(root=True)
    assert figure is not None
    undated = {".png": {}, ".svg": {"Date": None}, ".pdf": {"CreationDate": None}}
    rules: dict[Any, Any] = {
        "svg.hashsalt": "coterminosity",
        "svg.fonttype": "none",
        "pdf.fonttype": 42,
    }
    with mpl.rc_context(rules):
        figure.savefig(
            path,
            dpi=dpi,
            metadata=undated[path.suffix.lower()],
            facecolor="white",
            bbox_inches="tight",
            pad_inches=0.2,
        )
    return path
