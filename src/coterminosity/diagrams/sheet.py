"""What every diagram has: a page, a title, and a foot that says what it is of."""

import textwrap

import pandas as pd
from matplotlib.axes import Axes

from coterminosity.maps.canvas import INK, figure_of, open_figure

PAPER = "#555555"


def page(width: float, height: float, box: tuple[float, float, float, float]) -> Axes:
    """Return axes on a new page, in inches; the box is left, bottom, width and height in shares."""
    return open_figure(width, height).add_axes(box)


def entitle(ax: Axes, title: str, *, foot: str, pad: float = 8.0) -> Axes:
    """Write the title of a diagram above it and its foot at the bottom of the page."""
    figure, place = figure_of(ax), ax.get_position()
    edge = (0.02 - place.x0) / place.width if place.x0 > 0.02 else 0.0
    ax.set_title(title, loc="left", x=edge, size=13, weight="bold", pad=pad, parse_math=False)
    wide = max(int(figure.get_size_inches()[0] * 17.5), 40)
    figure.text(0.02, 0.012, "\n".join(textwrap.wrap(foot, width=wide)), size=6.5, color=PAPER,
                va="bottom", parse_math=False, gid="foot")  # fmt: skip
    return ax


def bare(ax: Axes, *, grid: str = "") -> None:
    """Take away the frame, and draw a pale grid along one axis."""
    for side in ("top", "right", "left" if grid == "x" else "top"):
        ax.spines[side].set_visible(False)
    if grid:
        ax.grid(axis="x" if grid == "x" else "y", color="#E4E4E4", linewidth=0.6)
        ax.set_axisbelow(True)
    ax.tick_params(length=0, labelcolor=INK, labelsize=8)


def named(codes: pd.Index, names: pd.Series | None, *, most: int = 66) -> list[str]:
    """Return names of regions by code, no longer than so many letters."""
    found = [str(code) if names is None else str(names.get(code, code)) for code in codes]
    return [name if len(name) <= most else f"{name[: most - 1].rstrip()}…" for name in found]


def plural(layer: str) -> str:
    """Return what the bodies of a layer are called: LEPs, STPs, districts, areas.

    Examples
    --------
    >>> plural("lep"), plural("lad"), plural("plan"), plural("combined_authority")
    ('LEPs', 'districts', 'areas', 'combined authorities')
    """
    known = {"lad": "districts", "plan": "areas", "combined_authority": "combined authorities",
             "region": "regions"}  # fmt: skip
    return known.get(layer, f"{layer.upper()}s")
