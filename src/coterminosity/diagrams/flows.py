"""Who shares people with whom: regions of two layers side by side, with ribbons between them."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import PathCollection
from matplotlib.lines import Line2D
from matplotlib.path import Path

from coterminosity.diagrams.heat import seriated
from coterminosity.diagrams.sheet import entitle, named, page, plural
from coterminosity.errors import MeasureError
from coterminosity.maps.canvas import INK
from coterminosity.overlap import Overlap

_WHOLE, _CUT = "#9DB8D2", "#E8924A"
_BAR = 0.025  # width of the bars, of the axes
_GAP = 0.28  # between the bars of a side, all together, of their height
_MOST_LETTERS = 50  # of a name beside the ribbons
_LINE = 0.13  # inches for a name


def flows(
    overlap: Overlap,
    *,
    regions: "list[str] | pd.Index | None" = None,
    names_left: pd.Series | None = None,
    names_right: pd.Series | None = None,
    least: float = 0.0,
    ax: Axes | None = None,
    title: str | None = None,
    note: str = "",
    **style: Any,
) -> Axes:
    """Draw who shares people with whom: a ribbon for each pair, as wide as they are many.

    The ribbon of most of a left region is blue; people whom the right layer cuts off are orange.

    Parameters
    ----------
    overlap : Overlap
        Of two layers; each person counts once, halves for those in two regions of a cover.
    regions : list of codes, optional
        Only these regions of the left layer, and whom they share people with.
    names_left, names_right : Series, optional
        Names by code.
    least : float
        Pairs of fewer people are left out, and told in the foot.
    ax : Axes, optional
        By default a new page as high as the names need.
    title : str, optional
        By default the two layers.
    note : str
        Added to the foot.
    **style
        Passed to the ribbons, such as ``alpha``.

    Returns
    -------
    Axes

    Raises
    ------
    MeasureError
        Where nothing is left to draw.

    Examples
    --------
    >>> import coterminosity as ct
    >>> overlap = ct.england_2017().atoms.overlap("lep", "stp")
    >>> ax = ct.diagrams.flows(overlap, least=1000)
    >>> ax.get_title("left")
    'Who shares people with whom: LEPs and STPs'
    """
    pairs = overlap.pairs.rename(columns={"shared": "people"})[["left", "right", "people"]]
    if regions is not None:
        pairs = pairs.loc[pairs["left"].isin(list(regions))]
    small = pairs.loc[pairs["people"] < least, "people"]
    pairs = pairs.loc[(pairs["people"] >= least) & (pairs["people"] > 0)]
    if not len(pairs):
        raise MeasureError(f"{overlap.left} and {overlap.right} share nothing that could be drawn")
    table = pairs.pivot_table("people", "left", "right", aggfunc="sum", fill_value=0.0)
    rows, columns = seriated(table.to_numpy())
    table = table.iloc[rows, columns]
    if ax is None:
        high = max(3.2, _LINE * max(table.shape) * (1 + _GAP / 2) + 1.1)
        ax = page(8.27, high, (0.3, 0.55 / high, 0.4, 1 - 1.15 / high))
    tops = [_stacked(table.sum(axis=1).to_numpy()), _stacked(table.sum(axis=0).to_numpy())]
    _ribbons(ax, table, tops, style)
    for side, (top, codes, names) in enumerate(
        zip(tops, (table.index, table.columns), (names_left, names_right), strict=True)
    ):
        size = (table.sum(axis=1) if side == 0 else table.sum(axis=0)).to_numpy()
        size = size / table.to_numpy().sum()
        edge = -_BAR if side == 0 else 1.0
        ax.bar(edge, -size, width=_BAR, bottom=top, align="edge", color=INK, linewidth=0)
        for name, middle in zip(
            named(codes, names, most=_MOST_LETTERS), top - size / 2, strict=True
        ):
            ax.text(edge - 0.02 if side == 0 else edge + _BAR + 0.02, middle, name, size=6,
                    ha="right" if side == 0 else "left", va="center", color=INK,
                    parse_math=False, gid="region")  # fmt: skip
    ax.set_xlim(-_BAR, 1 + _BAR)
    ax.set_ylim(-1 - _GAP, 0)
    ax.set_axis_off()
    cut = float(table.to_numpy().sum() - table.max(axis=1).sum())
    _legend(ax, cut, float(table.to_numpy().sum()))
    said = title or (
        f"Who shares people with whom: {plural(overlap.left)} and {plural(overlap.right)}"
    )
    left_out = ""
    if len(small):
        left_out = (
            f"{len(small)} pairs of fewer than {least:,.0f} people are left out "
            f"({small.sum():,.0f} people)."
        )
    once = "A person in two regions of a layer counts half in each." if regions is None else ""
    words = " ".join(part for part in (left_out, once, note) if part)
    return entitle(ax, said, foot=words or "Ribbons are as wide as people are many.", pad=22.0)


def _stacked(size: np.ndarray) -> np.ndarray:
    """Return the top of each bar of a side, from 0 downwards, with gaps between them."""
    share = size / size.sum()
    gap = _GAP / max(len(size) - 1, 1)
    return np.asarray(-np.append(0.0, np.cumsum(share)[:-1]) - gap * np.arange(len(size)))


def _ribbons(ax: Axes, table: pd.DataFrame, tops: list[np.ndarray], style: dict[str, Any]) -> None:
    whole, main = table.to_numpy().sum(), table.to_numpy().argmax(axis=1)
    at = [tops[0].copy(), tops[1].copy()]
    start: dict[tuple[int, int], float] = {}
    for i, j in np.argwhere(table.to_numpy() > 0):
        start[int(i), int(j)] = float(at[0][i])
        at[0][i] -= table.iloc[i, j] / whole
    drawn: dict[str, list[Path]] = {_WHOLE: [], _CUT: []}
    for j, i in np.argwhere(table.to_numpy().T > 0):
        wide = float(table.iloc[i, j] / whole)
        y0, y1 = start[int(i), int(j)], float(at[1][j])
        at[1][j] -= wide
        drawn[_WHOLE if main[i] == j else _CUT].append(_ribbon(y0, y1, wide))
    for colour, paths in drawn.items():
        look: dict[str, Any] = {"facecolor": colour, "alpha": 0.75, "linewidth": 0}
        ax.add_collection(PathCollection(paths, **(look | style)))


def _ribbon(y0: float, y1: float, wide: float) -> Path:
    upper = [(0.0, y0), (0.5, y0), (0.5, y1), (1.0, y1)]
    lower = [(1.0, y1 - wide), (0.5, y1 - wide), (0.5, y0 - wide), (0.0, y0 - wide)]
    curve = [Path.CURVE4] * 3
    codes = [Path.MOVETO, *curve, Path.LINETO, *curve, Path.CLOSEPOLY]
    return Path([*upper, *lower, upper[0]], codes)


def _legend(ax: Axes, cut: float, whole: float) -> None:
    words = (
        (_WHOLE, f"with most of their body: {whole - cut:,.0f} people"),
        (_CUT, f"cut off from most of their body: {cut:,.0f} ({cut / whole:.0%})"),
    )
    handles = [Line2D([], [], color=c, linewidth=5, label=said) for c, said in words]
    ax.legend(handles=handles, loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=2, fontsize=7,
              frameon=False, borderaxespad=0.2)  # fmt: skip
