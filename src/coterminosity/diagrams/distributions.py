"""A plan among others: against chance, against the number of areas, and its areas' sizes."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.ticker import FixedLocator, FuncFormatter, MaxNLocator, PercentFormatter

from coterminosity.diagrams.sheet import PAPER, bare, entitle, page
from coterminosity.errors import MeasureError
from coterminosity.maps.canvas import INK
from coterminosity.maps.colours import PURPLE

_PAGE, _BOX = (8.27, 4.6), (0.09, 0.2, 0.88, 0.62)
_CHANCE, _MARKS = "#C9D3DC", (PURPLE, "#E8820C", "#1F7A6D", "#2B6CB0")
_BAND = {"below": "#E8924A", "within": "#2B6CB0", "above": "#7A1F1F"}
_LINES = {"split": ("#2B6CB0", "o"), "merge": ("#E8820C", "s")}
_SAID = {
    "split_people": "cut off from most of their body",
    "merge_people": "in an area mainly another body's",
}
_MOST_TICKS = 15


def chance(
    scores: pd.Series,
    measured: Mapping[str, float],
    *,
    of: str = "",
    ax: Axes | None = None,
    title: str | None = None,
    note: str = "",
    **style: Any,
) -> Axes:
    r"""Draw what random plans score, with plans or layers marked.

    Parameters
    ----------
    scores : Series
        Of each random plan, such as a column of `NullModel.scores`.
    measured : mapping of name to score
        What is marked, such as the plan and today's layer. With each is said which share of the
        random plans score less.
    of : str
        How the random plans were drawn: `NullModel.describe`.
    ax : Axes, optional
        By default a new page of half A4.
    title : str, optional
        By default the name of the scores.
    note : str
        Added to the foot.
    **style
        Passed to the bars.

    Returns
    -------
    Axes

    Raises
    ------
    MeasureError
        Where there are no scores.

    Examples
    --------
    >>> scores = pd.Series([0.5, 0.55, 0.6, 0.65], name="coterminosity")
    >>> ax = chance(scores, {"the plan": 0.8})
    >>> [text.get_text() for text in ax.texts]
    ['the plan: 0.800\nabove 4 of 4 random plans']
    """
    known = scores.dropna().to_numpy(dtype=np.float64)
    if not len(known):
        raise MeasureError("there are no scores of random plans to draw; draw some with null_model")
    ax = ax or page(*_PAGE, _BOX)
    look: dict[str, Any] = {"bins": 30, "color": _CHANCE, "edgecolor": "white", "linewidth": 0.4}
    counts, _, _ = ax.hist(known, **(look | style))
    top = float(np.max(counts))
    ax.set_ylim(0, top * (1.12 + 0.16 * len(measured)))
    reach = [*known, *measured.values()]
    low, high = min(reach), max(reach)
    ax.set_xlim(low - 0.06 * (high - low or 1), high + 0.06 * (high - low or 1))
    for place, (name, value) in enumerate(measured.items()):
        colour, up = _MARKS[place % len(_MARKS)], top * (1.14 + 0.16 * place)
        ax.plot([value, value], [0, up], color=colour, linewidth=1.6, gid="measured")
        below = int((known < value).sum())
        where = f"above {below:,} of {len(known):,} random plans"
        right = value < (low + high) / 2
        ground = {"facecolor": "white", "edgecolor": "none", "pad": 1.0, "alpha": 0.85}
        ax.text(value, up, f"{name}: {value:.3f}\n{where}", size=7.5, color=colour, va="bottom",
                ha="left" if right else "right", linespacing=1.1, bbox=ground,
                parse_math=False, gid="measured")  # fmt: skip
    bare(ax, grid="y")
    said = str(scores.name or "score").replace("_", " ")
    ax.set_xlabel(said.capitalize(), size=9)
    ax.set_ylabel("Random plans", size=9)
    ax.yaxis.set_major_locator(MaxNLocator(integer=True, nbins=5))
    foot = f"Bars: {of or f'{len(known):,} random plans'}."
    return entitle(ax, title or f"{said.capitalize()}, against chance",
                   foot=" ".join(part for part in (foot, note) if part))  # fmt: skip


def by_areas(
    table: pd.DataFrame,
    *,
    measures: tuple[str, ...] = ("split_people", "merge_people"),
    marked: Mapping[str, tuple[float, Mapping[str, float]]] | None = None,
    ax: Axes | None = None,
    title: str | None = None,
    note: str = "",
    **style: Any,
) -> Axes:
    """Draw scores against the number of areas, with the frontier.

    More areas cut more people off from their bodies and merge fewer. Each point is the best plan
    of so many areas by its brief; a full mark is proved to be the best.

    Parameters
    ----------
    table : DataFrame
        Of a `Frontier` over ``k``: by number of areas the measures, and ``status``.
    measures : tuple of str
        Columns: people cut off and merged by default.
    marked : mapping of name to (areas, scores by measure), optional
        Other plans, drawn as crosses, such as that of the paper's rules.
    ax : Axes, optional
        By default a new page of half A4.
    title : str, optional
        By default what is shown.
    note : str
        Added to the foot.
    **style
        Passed to the lines.

    Returns
    -------
    Axes

    Raises
    ------
    MeasureError
        Where a measure is not in the table.

    Examples
    --------
    >>> table = pd.DataFrame({"split_people": [9e6, 7e6], "merge_people": [3e6, 5e6],
    ...                       "status": ["optimal", "feasible"]}, index=[30, 38])
    >>> ax = by_areas(table)
    >>> [line.get_label() for line in ax.get_legend().get_lines()[:2]]
    ['cut off from most of their body', "in an area mainly another body's"]
    """
    missing = [name for name in measures if name not in table]
    if missing:
        raise MeasureError(f"the table has no {missing[0]!r}; it is of a frontier over areas")
    ax = ax or page(*_PAGE, _BOX)
    areas = pd.to_numeric(table.index.to_series()).to_numpy(dtype=np.float64)
    proved = (table["status"] == "optimal").to_numpy() if "status" in table else np.ones(len(table))
    handles = []
    for place, name in enumerate(measures):
        kind = name.split("_")[0]
        colour, sign = _LINES.get(kind, (_MARKS[place % len(_MARKS)], "D"))
        values = table[name].to_numpy(dtype=np.float64)
        ax.plot(areas, values, color=colour, **({"linewidth": 1.2, "alpha": 0.7} | style))
        for full in (True, False):
            own = proved.astype(bool) == full
            ax.plot(
                areas[own],
                values[own],
                linestyle="",
                marker=sign,
                markersize=6,
                zorder=3,
                markerfacecolor=colour if full else "white",
                markeredgecolor=colour,
            )
        words = _SAID.get(name, name.replace("_", " "))
        handles.append(Line2D([], [], color=colour, marker=sign, label=words))
        for label, (count, scores) in (marked or {}).items():
            if name in scores:
                ax.plot([count], [scores[name]], marker="x", color=colour, markersize=8,
                        markeredgewidth=2, gid="marked", zorder=4)  # fmt: skip
                ax.annotate(label, (count, scores[name]), (6, 4), textcoords="offset points",
                            size=7, color=colour, parse_math=False)  # fmt: skip
    grey: dict[str, Any] = {"color": PAPER, "linestyle": "", "marker": "o"}
    if proved.any():
        handles.append(Line2D([], [], label="proved best", **grey))
    if not proved.all():
        handles.append(Line2D([], [], label="best found", markerfacecolor="white", **grey))
    ax.legend(handles=handles, loc="lower left", bbox_to_anchor=(-0.01, 1.0), ncols=4, fontsize=8,
              frameon=False, columnspacing=1.2)  # fmt: skip
    people = all("people" in name for name in measures)
    shown = FuncFormatter(lambda own, _: f"{own / 1e6:g}") if people else PercentFormatter(1.0)
    ax.yaxis.set_major_formatter(shown)
    ax.set_ylabel("Million people" if people else "Share of people", size=9)
    ax.set_xlabel("Areas", size=9)
    few = np.unique(areas).tolist() if len(areas) <= _MOST_TICKS else None
    ax.xaxis.set_major_locator(MaxNLocator(integer=True) if few is None else FixedLocator(few))
    ax.set_ylim(0, None)
    bare(ax, grid="y")
    foot = "Each point: the best plan that was found of so many areas, by the brief."
    return entitle(ax, title or "What fewer or more areas cost", pad=26.0,
                   foot=" ".join(part for part in (foot, note) if part))  # fmt: skip


def sizes(
    people: pd.Series,
    *,
    floor: float,
    ceiling: float,
    ax: Axes | None = None,
    title: str | None = None,
    note: str = "",
    **style: Any,
) -> Axes:
    """Draw the people of each area, largest first, against the band.

    Parameters
    ----------
    people : Series
        By name of the area.
    floor, ceiling : float
        People of the band, such as ``brief.size_floor`` and ``brief.size_ceiling``.
    ax : Axes, optional
        By default a new page as high as the names need.
    title : str, optional
        By default how many areas are inside the band.
    note : str
        Added to the foot.
    **style
        Passed to the bars.

    Returns
    -------
    Axes

    Raises
    ------
    MeasureError
        Where there is no area.

    Examples
    --------
    >>> ax = sizes(pd.Series({"North": 2e5, "South": 9e5}), floor=3e5, ceiling=3e6)
    >>> ax.get_title("left")
    '1 of 2 areas are inside the band'
    """
    if not len(people):
        raise MeasureError("there is no area to draw")
    order = people.sort_values(ascending=False, kind="stable")
    band = np.select([order < floor, order > ceiling], ["below", "above"], default="within")
    if ax is None:
        high = 0.155 * len(order) + 1.35
        ax = page(8.27, high, (0.31, 0.62 / high, 0.62, 1 - 1.2 / high))
    ax.axvspan(floor, ceiling, color="#EAF1F8", linewidth=0, zorder=0)
    places = np.arange(len(order))
    look: dict[str, Any] = {"height": 0.66, "color": [_BAND[str(kind)] for kind in band]}
    ax.barh(places, order.to_numpy(), **(look | style))
    for place, (value, kind) in enumerate(zip(order, band, strict=True)):
        said = f"{value / 1e6:.2f}" + ("" if kind == "within" else f" ({kind})")
        ax.text(value + 0.006 * float(order.max()), place, said, va="center", size=6,
                color=INK, gid="people")  # fmt: skip
    ax.set_yticks(places, [str(name) for name in order.index])
    ax.set_ylim(len(order) - 0.4, -0.6)
    ax.set_xlim(0, float(order.max()) * 1.1)
    bare(ax, grid="x")
    ax.tick_params(axis="y", labelsize=6.5)
    ax.xaxis.set_major_formatter(FuncFormatter(lambda own, _: f"{own / 1e6:g}"))
    ax.set_xlabel("Million people", size=8)
    inside = int((band == "within").sum())
    foot = f"Shaded: the band of {floor:,.0f} to {ceiling:,.0f} people."
    return entitle(ax, title or f"{inside} of {len(order)} areas are inside the band",
                   foot=" ".join(part for part in (foot, note) if part))  # fmt: skip
