"""Pairs of regions of two layers: their shares, relations and best fits."""

import numpy as np
import pandas as pd

from coterminosity.overlap import Overlap
from coterminosity.scores import formulas
from coterminosity.scores.crosstab import TOLERANCE, crosstab, ratio

RELATIONS = ("identical", "nested", "union", "crossing", "outside")


def pair_table(overlap: Overlap) -> pd.DataFrame:
    """Return every pair of regions with weight in common, with its shares.

    Returns
    -------
    DataFrame
        ``left, right, weight`` (people or m²), ``share_of_left`` = n(i,j)/n(i),
        ``share_of_right`` = n(i,j)/n(j) and ``jaccard`` = n(i,j)/(n(i)+n(j)−n(i,j)), each from 0
        to 1, higher for a better fit, and ``dice`` = 2 n(i,j)/(n(i)+n(j)). Covers count fully in
        each region.

    Examples
    --------
    >>> import coterminosity as ct
    >>> pairs = ct.scores.pair_table(ct.england_2017().atoms.overlap("lad", "stp"))
    >>> len(pairs), float(pairs["weight"].sum())
    (343, 55619430.0)
    """
    pairs = overlap.pairs
    table = crosstab(overlap, "full")
    return pairs[["left", "right", "weight"]].assign(
        share_of_left=table.share_of_left,
        share_of_right=table.share_of_right,
        jaccard=formulas.jaccard(table),
        dice=formulas.dice(table),
    )


def relation(overlap: Overlap, *, tolerance: float = TOLERANCE) -> pd.Series:
    """Say how each left region lies to the right layer.

    At tolerance t: ``identical`` where the best Jaccard is ≥ 1−t; ``nested`` where all but t of
    it lies in one right region; ``union`` where all but t of it is made of right regions that lie
    in it up to t; ``outside`` where at most t of it lies in the right layer; else ``crossing``.
    Where right regions overlap, a person in several is shared out among them, so that a union of
    regions that overlap with others can go by ``crossing``.

    Parameters
    ----------
    overlap : Overlap
        Of two layers.
    tolerance : float
        Share of a region's weight, 0 ≤ t < 0.5.

    Returns
    -------
    Series
        Text by code of the left layer; None for a region without weight.

    Examples
    --------
    >>> import coterminosity as ct
    >>> overlap = ct.england_2017().atoms.overlap("crc", "pfa")
    >>> ct.scores.relation(overlap).value_counts().to_dict()
    {'union': 12, 'identical': 8}
    """
    crosstab(overlap, "full", tolerance=tolerance)  # refuses a tolerance that is no share
    pairs = pair_table(overlap)
    by_left = pairs.groupby("left")
    codes = overlap.left_totals.index
    whole = overlap.left_totals["weight"]
    # Right regions that overlap must not count one person twice: theirs are shared out.
    column = "shared" if overlap.double_right > 0 else "weight"
    parts = overlap.pairs.loc[(pairs["share_of_right"] >= 1 - tolerance).to_numpy()]
    made_of = parts.groupby("left")[column].sum()
    best = by_left["jaccard"].max().reindex(codes, fill_value=0.0)
    held = by_left["share_of_left"].max().reindex(codes, fill_value=0.0)
    shared = overlap.pairs.groupby("left")["shared"].sum().reindex(codes, fill_value=0.0)
    inside = ratio(shared, overlap.left_totals["shared"])
    union = ratio(made_of.reindex(codes, fill_value=0.0), overlap.left_totals[column])
    words = np.select(
        [best >= 1 - tolerance, held >= 1 - tolerance, union >= 1 - tolerance, inside <= tolerance],
        ["identical", "nested", "union", "outside"],
        default="crossing",
    )
    named = pd.Series(words, index=codes, name="relation", dtype="object")
    return named.where(whole > 0, None)


def best_match(overlap: Overlap, *, tolerance: float = TOLERANCE) -> pd.DataFrame:
    """Return for each left region the right region that fits it best.

    The best fit is the highest Jaccard; of equals, the first code.

    Returns
    -------
    DataFrame
        By code of the left layer: ``right, weight, share_of_left, share_of_right, jaccard, dice,
        relation``; NaN where a region has nothing in common with the other layer.
    """
    ranked = pair_table(overlap).sort_values(
        ["left", "jaccard", "right"], ascending=[True, False, True]
    )
    best = ranked.drop_duplicates("left").set_index("left")
    best = best.reindex(overlap.left_totals.index)
    return best.assign(relation=relation(overlap, tolerance=tolerance)).rename_axis("left")
