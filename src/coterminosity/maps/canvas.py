"""What every map has: a page, light geometry, lines drawn once, scale bar and source line."""

import textwrap
from functools import lru_cache
from pathlib import Path
from typing import Any

import geopandas as gpd
import matplotlib as mpl
import numpy as np
import shapely
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.transforms import Bbox

from coterminosity.catalogue import record_of
from coterminosity.errors import CoterminosityError
from coterminosity.geometry import MIN_WIDTH, mean_width
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


@lru_cache(maxsize=16)
def light(layer: BoundaryLayer) -> gpd.GeoSeries:
    """Return polygons with no more vertices than a page can show."""
    polygons, metres = np.asarray(layer.geometry.array), detail(layer.geometry)
    simplify = shapely.coverage_simplify if layer.matched else shapely.simplify
    return gpd.GeoSeries(simplify(polygons, metres), index=layer.frame.index, crs=layer.frame.crs)


def inner_and_coast(polygons: gpd.GeoSeries) -> tuple[gpd.GeoSeries, gpd.GeoSeries]:
    """Return borders between matched regions, each once for clean dashes, and the coast."""
    drawn = np.asarray(polygons.array)
    coast = shapely.boundary(shapely.union_all(drawn))
    inner = shapely.difference(shapely.union_all(shapely.boundary(drawn)), coast)
    return _lines(inner, polygons.crs), _lines(coast, polygons.crs)


@lru_cache(maxsize=16)
def layer_lines(layer: BoundaryLayer) -> tuple[gpd.GeoSeries, gpd.GeoSeries]:
    """Return the borders between regions of a layer, and its coast."""
    drawn = light(layer)
    if layer.matched:
        return inner_and_coast(drawn)
    # Regions of a cover are simplified one by one: the coast comes from the whole, and a border is
    # where the edge of one region runs beside or through another, away from the coast.
    metres = detail(layer.geometry)
    coast = shapely.boundary(shapely.simplify(_without_gaps(layer.outline), metres))
    shore = shapely.buffer(coast, 2 * metres, quad_segs=2)
    edges, wide = shapely.boundary(np.asarray(drawn.array)), shapely.buffer(drawn.array, 2 * metres)
    left, right = shapely.STRtree(wide).query(edges, predicate="intersects")
    other = left != right
    beside = shapely.intersection(edges[left[other]], np.asarray(wide)[right[other]])
    inner = shapely.difference(shapely.union_all(beside), shore)
    return _lines(inner, drawn.crs), _lines(coast, drawn.crs)


def _without_gaps(outline: Any) -> Any:
    """Return an outline without the slits between neighbours that do not quite match."""
    kept = []
    for part in shapely.get_parts(outline):
        holes = [shapely.Polygon(ring) for ring in part.interiors]
        wide = [hole.exterior for hole in holes if mean_width(np.array([hole]))[0] >= MIN_WIDTH]
        kept.append(shapely.Polygon(part.exterior, wide))
    return shapely.multipolygons(kept)


def _lines(geometry: Any, crs: Any) -> gpd.GeoSeries:
    merged = shapely.line_merge(geometry)
    return gpd.GeoSeries(shapely.get_parts(merged), crs=crs)


def draw_areas(ax: Axes, polygons: gpd.GeoSeries, **style: Any) -> None:
    """Fill polygons."""
    polygons.plot(ax=ax, aspect=None, **style)


def draw_lines(
    ax: Axes, lines: tuple[gpd.GeoSeries, gpd.GeoSeries], *, coast: bool = False, **style: Any
) -> None:
    """Draw the borders between regions; with ``coast`` also the outline, thinner."""
    inner, shore = lines
    if coast:
        shore.plot(ax=ax, aspect=None, color=COAST, linewidth=0.35)
    if len(inner):
        inner.plot(ax=ax, aspect=None, **style)


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
        0.0, 0.0, "\n".join(lines), transform=ax.transAxes, size=6.5, color="#555555", va="bottom"
    )


def _titled(layer: BoundaryLayer) -> str:
    known = record_of(layer.layer)
    title = known.title if known else layer.layer
    return f"{title} ({layer.vintage})" if layer.vintage else title


def bounds_in_metres(ax: Axes, artist: Any) -> Bbox:
    """Return the bounds of a drawn artist in the coordinates of the map."""
    ax.apply_aspect()
    bounds: Bbox = artist.get_window_extent().transformed(ax.transData.inverted())
    return bounds


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
