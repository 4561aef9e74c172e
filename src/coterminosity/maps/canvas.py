"""What every map has: a page, a frame, areas and lines, a scale bar and a source line."""

import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any

import geopandas as gpd
import matplotlib as mpl
import numpy as np
import numpy.typing as npt
import shapely
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import LineCollection, PathCollection
from matplotlib.figure import Figure
from matplotlib.path import Path as Path2D
from matplotlib.text import Text

from coterminosity.catalogue import ATTRIBUTION, facts_of
from coterminosity.errors import CoterminosityError
from coterminosity.layer import BoundaryLayer
from coterminosity.maps.borders import Lines, detail

PAGE = (8.27, 10.4)  # inches: the width of A4, and room on it for a line of text
DPI = 200
_INNER = (0.035, 0.02, 0.93, 0.94)  # left, bottom, width, height as shares of the page
INK = "#222222"
COAST = "#666666"
SAID = {"schematic": " (schematic)", "hex": " (hexagon cartogram)"}
SUFFIXES = (".png", ".svg", ".pdf")
_off_screen: ContextVar[bool] = ContextVar("off_screen", default=False)


def axes_for(ax: Axes | None) -> Axes:
    """Return the caller's axes, or new ones on a page as wide as A4; see `open_figure`."""
    if ax is None:
        ax = open_figure(*PAGE).add_axes(_INNER)
    ax.set_axis_off()
    ax.set_aspect("equal", anchor="N")
    return ax


def open_figure(width: float, height: float) -> Figure:
    """Return an empty figure, in inches, for whoever gave no axes.

    It is one of matplotlib's plotting session, which a notebook shows below the cell; inside
    `off_screen` it is one that no session holds on to.
    """
    if _off_screen.get():
        return new_figure(width, height)
    import matplotlib.pyplot as plt  # loaded only where a figure is wanted unasked

    return plt.figure(figsize=(width, height))


@contextmanager
def off_screen() -> Iterator[None]:
    """Draw without matplotlib's plotting session: nothing is shown, and nothing left open.

    For scripts that draw many maps and diagrams to files.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> import pandas as pd
    >>> import coterminosity as ct
    >>> people, before = pd.Series({"North": 2e5, "South": 9e5}), plt.get_fignums()
    >>> with ct.maps.off_screen():
    ...     ax = ct.diagrams.sizes(people, floor=3e5, ceiling=3e6)
    >>> plt.get_fignums() == before
    True
    """
    token = _off_screen.set(True)
    try:
        yield
    finally:
        _off_screen.reset(token)


def new_figure(width: float, height: float) -> Figure:
    """Return an empty figure, in inches, that no plotting session holds on to."""
    figure = Figure(figsize=(width, height))
    FigureCanvasAgg(figure)  # keeps what it needs to measure texts, which else is made for each
    return figure


def new_page() -> tuple[Figure, Axes]:
    """Return a page as wide as A4 that no plotting session holds on to."""
    figure = new_figure(*PAGE)
    return figure, figure.add_axes(_INNER)


def draw_areas(ax: Axes, polygons: gpd.GeoSeries, **style: Any) -> None:
    """Fill polygons; a list as ``color`` has one for each."""
    seen = _seen(ax, polygons)
    if isinstance(style.get("color"), list):
        style["color"] = [c for c, own in zip(style["color"], seen, strict=True) if own]
    drawn = np.asarray(polygons.array)[seen]
    if len(drawn):
        ax.add_collection(PathCollection([_path(own) for own in drawn], **style))
        ax.autoscale_view()


def draw_outlines(ax: Axes, polygons: gpd.GeoSeries, **style: Any) -> None:
    """Draw the outline of each polygon, without creeks that a page cannot show."""
    width = 2 * detail(polygons)
    closed = polygons.buffer(width, quad_segs=2).buffer(-width, quad_segs=2)
    draw_paths(ax, closed.boundary, **style)


def draw_lines(ax: Axes, lines: Lines, *, coast: bool = False, **style: Any) -> None:
    """Draw the borders between regions; with ``coast`` also the outline, thinner."""
    inner, shore = lines
    if coast:
        draw_paths(ax, shore, color=COAST, linewidth=0.35)
    draw_paths(ax, inner, **style)


def draw_paths(ax: Axes, lines: gpd.GeoSeries, **style: Any) -> None:
    """Draw lines."""
    parts = shapely.get_parts(np.asarray(lines.array)[_seen(ax, lines)])
    if len(parts):
        ends = np.cumsum(shapely.get_num_coordinates(parts))[:-1]
        drawn = np.split(shapely.get_coordinates(parts), ends)
        ax.add_collection(LineCollection(drawn, **({"capstyle": "round"} | style)))
        ax.autoscale_view()


def _path(polygon: shapely.Geometry) -> Path2D:
    """Return the rings of a polygon, of all its parts, as one path."""
    rings = shapely.get_rings(shapely.get_parts(polygon))
    ends = np.cumsum(shapely.get_num_coordinates(rings))
    codes = np.full(int(ends[-1]), Path2D.LINETO, dtype=Path2D.code_type)
    codes[[0, *ends[:-1]]] = Path2D.MOVETO
    codes[ends - 1] = Path2D.CLOSEPOLY
    return Path2D(shapely.get_coordinates(rings), codes)


def _seen(ax: Axes, shapes: gpd.GeoSeries) -> npt.NDArray[np.bool_]:
    """Tell what lies inside axes whose limits are set, as those of insets are."""
    if ax.get_autoscale_on():
        return np.ones(len(shapes), dtype=np.bool_)
    (west, east), (south, north) = ax.get_xlim(), ax.get_ylim()
    box = shapely.box(west, south, east, north)
    return np.asarray(shapely.intersects(np.asarray(shapes.array), box))


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


def figure_of(ax: Axes) -> Figure:
    """Return the figure that axes are on."""
    figure = ax.get_figure(root=True)
    assert figure is not None
    return figure


def finish(
    ax: Axes, layers: list[BoundaryLayer], *, title: str, text: str = "", bar: bool = True
) -> Axes:
    """Write title, scale bar and source line, and say in the title what is not real."""
    kinds = {layer.geometry_kind for layer in layers}
    title += "".join(words for kind, words in SAID.items() if kind in kinds)
    said = ax.set_title(title, loc="left", size=13, weight="bold", parse_math=False)
    share = ax.get_window_extent().width / said.get_window_extent().width
    if share < 1:
        said.set_fontsize(max(13 * share, 8.0))
    _room_for_foot(ax, source_line(ax, layers, text=text))
    if bar and kinds == {"real"}:
        scale_bar(ax)
    return ax


def _room_for_foot(ax: Axes, foot: Text) -> None:
    """Move the map up where the source line has more lines than fit below it."""
    ax.apply_aspect()
    share = foot.get_window_extent().height / ax.get_window_extent().height + 0.015
    south, north = ax.get_ylim()
    wanted = (ax.dataLim.y0 - share * north) / (1 - share)
    if np.isfinite(wanted) and wanted < south:
        ax.set_ylim(wanted, north)


def source_line(ax: Axes, layers: list[BoundaryLayer], *, text: str = "") -> Text:
    """Write at the foot what `source_text` says."""
    wide = max(int(ax.get_window_extent().width / figure_of(ax).dpi * 19.4), 40)
    lines = textwrap.wrap(source_text(layers, text=text), width=wide)
    return ax.text(0.0, 0.0, "\n".join(lines), transform=ax.transAxes, size=6.5, color="#555555",
            va="bottom", parse_math=False, gid="source")  # fmt: skip


def source_text(layers: list[BoundaryLayer], *, text: str = "") -> str:
    """Return what is drawn, of when, from whom, and whether it is schematic or hexagons."""
    kinds = {layer.geometry_kind for layer in layers}
    titles = ", ".join(_titled(layer) for layer in layers)
    drawn = f"Boundaries: {titles}."
    if "schematic" in kinds:
        drawn = "Schematic: shapes are drawn around centres of population and are not boundaries."
    elif "hex" in kinds:
        drawn = (
            f"Hexagon cartogram of {titles}: one tile for each district, near its neighbours; "
            "tiles are as large for all and are not boundaries."
        )
    official = kinds != {"real"} or any(layer.licence for layer in layers)
    sources = [Path(layer.source).name for layer in layers if not layer.licence and layer.source]
    credit = ATTRIBUTION if official else f"Source: {', '.join(sources)}." if sources else ""
    return " ".join(part for part in (text, drawn, credit) if part)


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
    figure = figure_of(ax)
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
