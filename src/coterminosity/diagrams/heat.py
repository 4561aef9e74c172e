"""The overlap of two layers as a heat map whose rows and columns follow each other."""

from typing import Any, Literal

import matplotlib as mpl
import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import Normalize
from scipy.cluster.hierarchy import leaves_list, linkage, optimal_leaf_ordering
from scipy.spatial.distance import pdist

from coterminosity.diagrams.sheet import entitle, named, page, plural
from coterminosity.errors import MeasureError
from coterminosity.maps.canvas import INK
from coterminosity.overlap import Overlap

_TURNED = 60  # degrees, of the names of columns
_LETTER, _ROW, _COLUMN = 0.046, 0.145, 0.15  # inches
_HEAD, _FOOT = 0.45, 0.45  # inches above names, for the title, and below the squares

Share = Literal["left", "right"]
_RAMP = "YlGnBu"
_WRITTEN = 0.1  # shares of at least this are written into their square
_MOST_WRITTEN = 60  # rows or columns


def heat_map(
    overlap: Overlap,
    *,
    share: Share = "left",
    names_left: pd.Series | None = None,
    names_right: pd.Series | None = None,
    ax: Axes | None = None,
    title: str | None = None,
    note: str = "",
    **style: Any,
) -> Axes:
    """Draw how the regions of one layer spread over those of another, so that a diagonal shows.

    Regions that share people with the same ones stand side by side: rows are seriated by the
    optimal order of leaves (Bar-Joseph, Gifford and Jaakkola 2001) of their profiles, columns by
    the mean place of the rows that they share people with.

    Parameters
    ----------
    overlap : Overlap
        Of two layers, by people, land or any measure.
    share : {"left", "right"}
        Whose share is shown: of the region of the row, or of that of the column.
    names_left, names_right : Series, optional
        Names by code; codes without them.
    ax : Axes, optional
        By default a new page as large as the layers need.
    title : str, optional
        By default the two layers.
    note : str
        Added to the foot.
    **style
        Passed to the squares, such as ``cmap``.

    Returns
    -------
    Axes

    Raises
    ------
    MeasureError
        Where nothing is shared, or ``share`` is another word.

    References
    ----------
    Bar-Joseph, Gifford and Jaakkola (2001), *Fast optimal leaf ordering for hierarchical
    clustering*.

    Examples
    --------
    >>> import coterminosity as ct
    >>> overlap = ct.england_2017().atoms.overlap("lep", "stp")
    >>> ax = ct.diagrams.heat_map(overlap)
    >>> ax.get_title("left")
    'How LEPs spread over STPs'
    """
    if share not in ("left", "right"):
        raise MeasureError(f"share: wanted left or right, got {share!r}")
    weights = overlap.pairs.pivot_table("weight", "left", "right", aggfunc="sum", fill_value=0.0)
    weights = weights.loc[weights.sum(axis=1) > 0, weights.sum(axis=0) > 0]
    if not weights.size:
        raise MeasureError(f"{overlap.left} and {overlap.right} have nothing in common to draw")
    rows, columns = seriated(weights.to_numpy())
    drawn = weights.iloc[rows, columns]
    totals = overlap.left_totals if share == "left" else overlap.right_totals
    whole = totals["weight"].reindex(drawn.index if share == "left" else drawn.columns)
    shares = drawn.div(whole, axis=0 if share == "left" else 1)
    rows_said, columns_said = named(drawn.index, names_left), named(drawn.columns, names_right)
    ax = ax or _own_page(rows_said, columns_said)
    # Squares, not an image: sharp at any size in SVG and PDF.
    squares = shares.where(shares > 0).to_numpy()
    ramp = mpl.colormaps[_RAMP]
    look: dict[str, Any] = {"cmap": ramp, "norm": Normalize(0.0, 1.0), "edgecolor": "#ECECEC",
                            "linewidth": 0.3}  # fmt: skip
    ax.set_facecolor("#FAFAFA")
    ax.pcolormesh(np.ma.masked_invalid(squares), **(look | style))
    if max(drawn.shape) <= _MOST_WRITTEN:
        for i, j in np.argwhere(shares.to_numpy() >= _WRITTEN):
            value = float(shares.iloc[i, j])
            ax.text(j + 0.5, i + 0.52, f"{100 * value:.0f}", ha="center", va="center", size=4.5,
                    color="white" if value > 0.55 else INK, gid="share")  # fmt: skip
    ax.set_ylim(len(drawn), 0)
    ax.set_yticks(np.arange(len(drawn)) + 0.5, rows_said, size=6)
    ax.set_xticks(np.arange(drawn.shape[1]) + 0.5, columns_said, size=6)
    ax.xaxis.tick_top()
    ax.tick_params(length=0, axis="both")
    for label in ax.get_xticklabels():
        label.set(rotation=_TURNED, ha="left", rotation_mode="anchor")
    said = title or f"How {plural(overlap.left)} spread over {plural(overlap.right)}"
    of = overlap.left if share == "left" else overlap.right
    what = {"population": "people", "area_m2": "land"}.get(overlap.measure, overlap.measure)
    foot = (
        f"Figures: % of the {what} of each of the {plural(of)} "
        f"({'rows add' if share == 'left' else 'columns add'} up to 100 where nothing is left "
        "out and nothing counted twice). White: nothing in common. Order: regions that share with "
        "the same others stand together."
    )
    return entitle(ax, said, foot=" ".join(part for part in (foot, note) if part), pad=10.0)


def _own_page(rows: list[str], columns: list[str]) -> Axes:
    """Return a page that has room for the squares and for all names."""
    long = np.array([len(name) for name in columns]) * _LETTER
    across, up = np.cos(np.radians(_TURNED)) * long, np.sin(np.radians(_TURNED)) * long
    inner = _COLUMN * len(columns), _ROW * len(rows)
    beside = _LETTER * max(len(name) for name in rows) + 0.2
    over = max(float((_COLUMN * np.arange(1, len(columns) + 1) + across).max()) - inner[0], 0.1)
    wide = beside + inner[0] + over
    high = _FOOT + inner[1] + float(up.max()) + _HEAD
    return page(wide, high, (beside / wide, _FOOT / high, inner[0] / wide, inner[1] / high))


def seriated(weights: npt.NDArray[np.float64]) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
    """Return an order of rows and one of columns in which large weights lie along the diagonal.

    Examples
    --------
    >>> mixed = np.array([[0.0, 0.0, 5.0], [4.0, 1.0, 0.0], [0.0, 3.0, 1.0]])
    >>> rows, columns = seriated(mixed)
    >>> bool((np.diff([int(mixed[r, columns].argmax()) for r in rows]) > 0).all())
    True
    """
    profile = np.sqrt(weights / weights.sum(axis=1, keepdims=True))  # Hellinger
    rows = np.arange(len(weights))
    if len(weights) > 2:
        apart = pdist(profile)
        rows = leaves_list(optimal_leaf_ordering(linkage(apart, "average"), apart))
    place = np.argsort(rows)
    middle = (weights * place[:, None]).sum(axis=0) / weights.sum(axis=0)
    columns = np.argsort(middle, kind="stable")
    if len(rows) > 1 and place[0] > place[-1]:  # the same picture either way round
        rows = rows[::-1]
        columns = columns[::-1]
    return rows, columns
