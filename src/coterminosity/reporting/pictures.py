"""Pictures of a brief: maps as SVG with letters as outlines, so that no font is missing."""

import contextlib
import io
import re
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes

from coterminosity import maps
from coterminosity.catalogue import ATTRIBUTION
from coterminosity.layer import BoundaryLayer
from coterminosity.maps.canvas import figure_of, new_figure
from coterminosity.reporting.case import Case
from coterminosity.reporting.documents import Picture
from coterminosity.reporting.wording import counted, named

# A hundredth of a point is finer than any printer, and six digits make pages heavy. What is less
# than 1 may be a scale, and stays.
_LONG = re.compile(r"(?<![\d.])-?[1-9]\d*\.\d{3,}")
_SPREAD = (7.0, 3.85)  # inches: as wide as the text of an A4 page
_PANEL = (5.2, 5.4)
_HEAVY = 600_000  # letters of SVG
_DPI = 220


def drawn(case: Case) -> tuple[Picture, ...]:
    """Return the map before and now where something moves, else the map of the areas.

    None where nothing can be drawn.
    """
    if case.layer is None:
        return ()
    if len(case.moved) and case.before.areas and case.now.areas:
        return (_before_and_now(case, case.layer),)
    return _areas(case, case.layer)


def numbered(case: Case) -> tuple[Picture, ...]:
    """Return the numbered map of the areas where the first picture shows something else."""
    if case.layer is None or not (len(case.moved) and case.before.areas):
        return ()
    return _areas(case, case.layer)


def _before_and_now(case: Case, layer: BoundaryLayer) -> Picture:
    figure = new_figure(*_SPREAD)
    axes = figure.add_axes((0.0, 0.0, 0.495, 0.93)), figure.add_axes((0.505, 0.0, 0.495, 0.93))
    with _lacking_letters():
        left, _ = maps.before_after(
            case.drawn_before, case.scenario.assignment, layer, axes=axes,
            titles=("Before", "Now"),
        )  # fmt: skip
    ways = [f"{named(own['name'].to_list(), most=6)} from {a} to {b}" for a, b, own in case.ways]
    alt = (
        f"Two maps of {counted(len(case.before.areas), 'area')} before and "
        f"{counted(len(case.now.areas), 'area')} now. Outlined: {named(ways, most=8)}."
    )
    caption = (
        "The areas before and now. What moves is outlined and numbered; hatched ground has no "
        f"area. {_kind(layer)}"
    )
    return picture_of(left, alt=alt, caption=caption)


def _areas(case: Case, layer: BoundaryLayer) -> tuple[Picture, ...]:
    if not case.now.areas:
        return ()
    figure = new_figure(*_PANEL)
    with _lacking_letters():
        ax = maps.areas(
            case.plan, layer, ax=figure.add_axes((0.0, 0.0, 1.0, 1.0)), labels="numbers",
            insets=False, like=case.scenario.plan, key=False, title=" ",
        )  # fmt: skip
    alt = f"Map of {counted(len(case.now.areas), 'area')}, numbered as in the table of areas."
    caption = "The areas as they are now, numbered as in the table."
    return (picture_of(ax, alt=alt, caption=caption, wide=0.5),)


def _kind(layer: BoundaryLayer) -> str:
    if layer.geometry_kind == "schematic":
        return "Schematic: shapes are drawn around centres of population and are not boundaries."
    if layer.licence:
        return ATTRIBUTION
    return f"Boundaries: {Path(layer.source).name}." if layer.source else ""


@contextlib.contextmanager
def _lacking_letters() -> Iterator[None]:
    """Let letters that the font of maps lacks be boxes, without a warning for each."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=r"Glyph \d+")
        yield


def picture_of(ax: Axes, *, alt: str, caption: str, wide: float = 1.0) -> Picture:
    """Return the figure of a map as a picture; the same map gives the same one."""
    svg = _LONG.sub(lambda own: f"{float(own[0]):.2f}", _saved(ax, "svg").decode("utf-8"))
    png = _saved(ax, "png") if len(svg) > _HEAVY else b""
    return Picture(svg=svg, alt=alt, caption=caption, wide=wide, png=png)


def _saved(ax: Axes, form: str) -> bytes:
    rules: dict[Any, Any] = {"svg.hashsalt": "coterminosity", "svg.fonttype": "path"}
    undated: dict[str, Any] = {"Date": None} if form == "svg" else {"Software": None}
    held = io.BytesIO()
    with mpl.rc_context(rules), _lacking_letters():
        figure_of(ax).savefig(held, format=form, metadata=undated, facecolor="white", dpi=_DPI)
    return held.getvalue()
