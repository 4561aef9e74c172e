"""The picture of a frontier: what each value of a choice trades off."""

import textwrap
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, PercentFormatter
from matplotlib.transforms import Bbox

from coterminosity.errors import MeasureError, listed
from coterminosity.maps.canvas import INK, figure_of, open_figure
from coterminosity.maps.colours import PURPLE
from coterminosity.proposing.frontier import Frontier

PAGE = (8.27, 5.8)  # inches: half of A4
_HEADING, _USUAL = "People cut off and merged", ("split_people", "merge_people")
_PALE = "#BDB3C7"
_WORDS = {
    "split": "People cut off from most of their {layer}",
    "merge": "People in an area that is mainly another {layer}'s",
}
_CHOICES = {
    "k": "number of areas",
    "floor": "fewest people of an area",
    "size_floor": "fewest people of an area",
    "weights": "price of a person merged over one split",
}
# Where a value is written: the first place beside its point that is free.
_SIDES: tuple[dict[str, Any], ...] = (
    {"ha": "left", "va": "bottom", "position": (7, 3)},
    {"ha": "right", "va": "bottom", "position": (-7, 3)},
    {"ha": "left", "va": "top", "position": (7, -3)},
    {"ha": "right", "va": "top", "position": (-7, -3)},
)
_ASIDE = -30  # points, from the axes to where the foot begins
_STEPS = ((1e6, "millions"), (1e3, "thousands"))


def frontier(
    frontier: Frontier,
    *,
    x: str = "split_people",
    y: str = "merge_people",
    ax: Axes | None = None,
    title: str | None = None,
    note: str = "",
) -> Axes:
    """Draw the points of a frontier, labelled by their value.

    Points that another one beats are pale. A ring marks a point whose plan is not proved the best
    for its brief; its gap is written beside it where one is known.

    Parameters
    ----------
    frontier : Frontier
        Points that were solved.
    x, y : str
        Columns of its table.
    ax : Axes, optional
        By default a page of half A4.
    title : str, optional
        By default what varies.
    note : str
        Added to the foot.

    Returns
    -------
    Axes

    Raises
    ------
    MeasureError
        Where a column is not one of numbers.
    """
    table = frontier.table
    wrong = [name for name in (x, y) if name not in table or table[name].dtype.kind not in "if"]
    if wrong:
        raise MeasureError(
            f"the frontier has no column of numbers called {listed(wrong)}; it has "
            f"{listed(table.columns, most=40)}"
        )
    ax = _axes(ax)
    known = table.loc[table[x].notna() & table[y].notna()]
    if set(frontier.criteria) == {x, y}:
        best = known.loc[known["efficient"]].sort_values([x, y])
        ax.plot(best[x], best[y], color=PURPLE, linewidth=1.0, alpha=0.5, zorder=1)
    for _, row in known.iterrows():
        _mark(ax, row, x, y)
    for axis, name in ((ax.xaxis, x), (ax.yaxis, y)):
        step, word = _scale(known[name], name)
        share = "share" in name or name in ("gap", "moved")
        axis.set_major_formatter(
            PercentFormatter(1.0)
            if share
            else FuncFormatter(lambda own, _, step=step: f"{own / step:,g}")
        )
        inches = (ax.bbox.height if axis is ax.yaxis else ax.bbox.width) / figure_of(ax).dpi
        axis.set_label_text(textwrap.fill(_label(name, word), width=_fitting(inches, 9)), size=9)
    ax.margins(0.12)
    choice = _CHOICES.get(frontier.vary, frontier.vary.replace("_", " "))
    _entitle(ax, title or f"{_HEADING if (x, y) == _USUAL else 'Plans'} by {choice}")
    _legend(ax, known)
    _write_values(ax, known, x, y)
    _foot(ax, frontier, choice, (x, y), len(table) - len(known), note)
    return ax


def _axes(ax: Axes | None) -> Axes:
    if ax is None:
        ax = open_figure(*PAGE).add_axes((0.1, 0.2, 0.87, 0.71))
    for side in ("top", "right"):
        ax.spines[side].set_visible(False)
    ax.grid(color="#E6E6E6", linewidth=0.6)
    ax.set_axisbelow(True)
    ax.tick_params(labelsize=8, color="#999999")
    return ax


def _fitting(inches: float, size: float) -> int:
    """Return how many letters of a size in points fit into a line."""
    return max(int(inches * 129 / size), 20)


def _entitle(ax: Axes, title: str) -> None:
    """Write the title, smaller where it is wider than the axes."""
    said = ax.set_title(title, loc="left", size=13, weight="bold", pad=24, parse_math=False)
    share = ax.get_window_extent().width / said.get_window_extent().width
    if share < 1:
        said.set_fontsize(max(13 * share, 8.0))


def _mark(ax: Axes, row: pd.Series, x: str, y: str) -> None:
    colour = PURPLE if row["efficient"] else _PALE
    ax.plot(
        [row[x]], [row[y]], marker="o", markersize=8, linestyle="", markeredgecolor=colour,
        markerfacecolor=colour if row["status"] == "optimal" else "white", markeredgewidth=1.8,
        zorder=3, gid="point",
    )  # fmt: skip


def _write_values(ax: Axes, known: pd.DataFrame, x: str, y: str) -> None:
    """Write values beside points, several of one place together, clear of points and texts."""
    ax.figure.canvas.draw()  # so that places on the page are known
    spots = ax.transData.transform(known[[x, y]].to_numpy(dtype=np.float64))
    taken = [Bbox.from_bounds(px - 6, py - 6, 12, 12) for px, py in spots]
    groups: dict[tuple[int, int], list[int]] = {}
    for place, (px, py) in enumerate(spots.round().astype(int).tolist()):
        groups.setdefault((px, py), []).append(place)
    for places in groups.values():
        rows = known.iloc[places]
        text = ", ".join(_shown(value) for value in rows.index)
        gap = float(rows["gap"].where(rows["status"] != "optimal").max())
        text += f" (gap {gap:.1%})" if np.isfinite(gap) else ""
        strong = bool(rows["efficient"].any())
        label = ax.annotate(
            text, tuple(rows[[x, y]].iloc[0]), xytext=(0, 0), textcoords="offset points",
            size=9, zorder=4, color=INK if strong else "#8A8A8A", weight="bold" if strong else None,
            parse_math=False, gid="value",
        )  # fmt: skip
        own = [box for k, box in enumerate(taken) if k not in places]
        for side in (*_SIDES, _SIDES[0]):  # the first again where none is free
            label.set(**side)
            extent = label.get_window_extent()
            inside = ax.bbox.x0 <= extent.x0 and extent.x1 <= ax.bbox.x1
            if inside and not any(extent.overlaps(box) for box in own):
                break
        taken.append(label.get_window_extent())


def _shown(value: object) -> str:
    """Return a value as it is written beside its point."""
    if isinstance(value, (int, float)):
        return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:g}"
    return str(value)


def _scale(values: pd.Series, name: str) -> tuple[float, str]:
    """Return the unit of an axis and its word; people in thousands or millions."""
    if "people" not in name and name not in ("smallest", "largest"):
        return 1.0, ""
    top = float(values.abs().max()) if len(values) else 0.0
    return next(((step, word) for step, word in _STEPS if top >= 2 * step), (1.0, ""))


def _label(name: str, word: str) -> str:
    side, _, rest = name.partition("_")
    kind, _, layer = rest.partition("_")
    if side in _WORDS and kind in ("people", "share"):
        said = _WORDS[side].format(layer=layer.upper().replace("_", " ") if layer else "body")
        if kind == "share":
            said = said.replace("People", "Share of people", 1)
    else:
        said = name.replace("_", " ").capitalize()
    return f"{said}, {word}" if word else said


def _legend(ax: Axes, known: pd.DataFrame) -> None:
    """Explain the marks that are there."""
    proved, best = known["status"] == "optimal", known["efficient"]
    marks = [
        (proved & best, PURPLE, PURPLE, "proved best for its value"),
        (~proved & best, "white", PURPLE, "best found, not proved"),
        (~best, _PALE, _PALE, "beaten by another value"),
    ]
    handles = [
        Line2D([], [], marker="o", linestyle="", markersize=7, markerfacecolor=face,
               markeredgecolor=edge, markeredgewidth=1.6, label=words)
        for there, face, edge, words in marks
        if there.any()
    ]  # fmt: skip
    if handles:
        ax.legend(
            handles=handles, loc="lower left", bbox_to_anchor=(-0.01, 1.0), ncols=3, fontsize=8,
            frameon=False, borderaxespad=0.2, handletextpad=0.3,
        )  # fmt: skip


def _foot(
    ax: Axes, frontier: Frontier, choice: str, axes: tuple[str, str], lost: int, note: str
) -> None:
    """Say below what the points are, by which brief."""
    brief = frontier.brief
    layers = ", ".join(own.upper().replace("_", " ") for own in (*brief.led_by, *brief.align))
    led = f"led by {', '.join(own.upper() for own in brief.led_by)}" if brief.led_by else "free"
    parts = [
        f"Beside points: {choice}.",
        _better(frontier.criteria, *axes),
        f"Areas {led}; people are added over {_layers(frontier) or layers}, without prices, and "
        "may count once in each.",
        f"Method: {frontier.method}.",
        f"{lost} value{'s' if lost > 1 else ''} without a plan." if lost else "",
        "Interrupted: values are missing." if frontier.interrupted else "",
        note,
    ]
    inches = ax.get_window_extent().width / figure_of(ax).dpi - _ASIDE / 72
    text = textwrap.fill(" ".join(part for part in parts if part), width=_fitting(inches, 7))
    ax.annotate(text, (0.0, 0.0), xycoords="axes fraction", xytext=(_ASIDE, -42), va="top",
                textcoords="offset points", size=7, color="#555555", parse_math=False,
                gid="foot")  # fmt: skip


def _better(criteria: tuple[str, ...], x: str, y: str) -> str:
    """Say in which direction points are better, where that is known."""
    across = "to the left" if x in criteria else "to the right" if f"-{x}" in criteria else ""
    along = "down" if y in criteria else "up" if f"-{y}" in criteria else ""
    said = " and ".join(part for part in (along, across) if part)
    return f"{said.capitalize()} is better." if said else ""


def _layers(frontier: Frontier) -> str:
    start = "split_share_"
    names = [str(name) for name in frontier.table.columns if str(name).startswith(start)]
    return " and ".join(name.removeprefix(start).upper().replace("_", " ") for name in names)
