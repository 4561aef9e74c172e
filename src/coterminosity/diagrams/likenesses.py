"""How alike layers are: a tree of layers by coterminosity, with the figures beside it."""

from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import Normalize
from scipy.cluster.hierarchy import dendrogram, linkage, optimal_leaf_ordering
from scipy.spatial.distance import squareform

from coterminosity.diagrams.sheet import entitle, page, plural
from coterminosity.errors import MeasureError, listed
from coterminosity.maps.canvas import INK


def likeness(
    table: pd.DataFrame,
    *,
    measure: str = "coterminosity",
    ax: Axes | None = None,
    title: str | None = None,
    note: str = "",
    **style: Any,
) -> Axes:
    """Draw a tree of layers by how coterminous they are, beside a table of the figures.

    Layers that are most alike join first (average linkage of 1 − measure; Sokal and Michener
    1958).

    Parameters
    ----------
    table : DataFrame
        Of `scores.pairwise`: a row for each pair of layers, with the measure.
    measure : str
        A column of numbers from 0 to 1, higher for layers that are more alike.
    ax : Axes, optional
        By default a new page of half A4. The tree takes the left third.
    title : str, optional
        By default the measure.
    note : str
        Added to the foot.
    **style
        Passed to the squares, such as ``cmap``.

    Returns
    -------
    Axes
        Of the table.

    Raises
    ------
    MeasureError
        Where there is no such column, or a pair of layers is missing.

    References
    ----------
    Sokal and Michener (1958), *A statistical method for evaluating systematic relationships*.

    Examples
    --------
    >>> import coterminosity as ct
    >>> table = ct.scores.pairwise(ct.england_2017().atoms, ["crc", "pfa", "lep"])
    >>> ax = ct.diagrams.likeness(table)
    >>> [label.get_text() for label in ax.get_yticklabels()]
    ['LEPs', 'PFAs', 'CRCs']
    """
    square = _square(table, measure)
    apart = squareform(1.0 - square.to_numpy(), checks=False)
    tree = optimal_leaf_ordering(linkage(apart, "average"), apart)
    if ax is None:
        ax = page(8.27, 5.0, (0.42, 0.13, 0.55, 0.66))
    left = ax.inset_axes((-0.72, 0.0, 0.44, 1.0))
    order = dendrogram(
        tree, orientation="left", ax=left, no_labels=True, color_threshold=0,
        above_threshold_color=INK,
    )["leaves"]  # fmt: skip
    left.set_axis_off()
    drawn = square.iloc[order, order]
    values = drawn.to_numpy().copy()
    np.fill_diagonal(values, np.nan)
    look: dict[str, Any] = {"cmap": mpl.colormaps["YlGnBu"], "norm": Normalize(0.0, 1.0),
                            "edgecolor": "white", "linewidth": 1.0}  # fmt: skip
    ax.pcolormesh(np.ma.masked_invalid(values), **(look | style))
    for i, j in np.argwhere(np.isfinite(values)):
        ax.text(j + 0.5, i + 0.5, f"{values[i, j]:.2f}", ha="center", va="center", size=8,
                color="white" if values[i, j] > 0.55 else INK, gid="measure")  # fmt: skip
    labels = [plural(str(layer)) for layer in drawn.index]
    ax.set_yticks(np.arange(len(labels)) + 0.5, labels, size=8)
    ax.set_xticks(np.arange(len(labels)) + 0.5, labels, size=8, rotation=30, ha="left")
    ax.xaxis.tick_top()
    ax.tick_params(length=0)
    for spine in ax.spines.values():
        spine.set_visible(False)

    foot = (
        f"{measure.replace('_', ' ').capitalize()} of each pair, 0 to 1; layers that are most "
        "alike join first, further to the left where they are less alike."
    )
    return entitle(ax, title or f"How alike layers are: {measure.replace('_', ' ')}",
                   foot=" ".join(part for part in (foot, note) if part), pad=10.0)  # fmt: skip


def _square(table: pd.DataFrame, measure: str) -> pd.DataFrame:
    """Return the measure by layer and layer, the mean of both ways round where both are given."""
    flat = table.reset_index()
    if measure not in flat or flat[measure].dtype.kind not in "if":
        raise MeasureError(
            f"there is no column of numbers {measure!r} in this table, only {listed(flat.columns)}"
        )
    sides = list(flat.columns[:2])
    pairs = flat[[*sides, measure]].set_axis(["a", "b", "value"], axis=1)
    both = pd.concat([pairs, pairs.rename(columns={"a": "b", "b": "a"})])
    square = both.pivot_table("value", "a", "b", aggfunc="mean")
    names = sorted(square.index)
    square = square.reindex(index=names, columns=names)
    values = square.to_numpy().copy()
    np.fill_diagonal(values, 1.0)
    if np.isnan(values).any():
        i, j = np.argwhere(np.isnan(values))[0]
        raise MeasureError(f"the table has no figure for {names[i]} and {names[j]}; give all pairs")
    return pd.DataFrame(values, index=names, columns=names)
