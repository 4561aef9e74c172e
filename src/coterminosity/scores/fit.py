"""Measures of how well regions of one layer fit single regions of the other."""

import pandas as pd

from coterminosity.overlap import Membership, Overlap
from coterminosity.scores import formulas
from coterminosity.scores.crosstab import crosstab


def best_jaccard(overlap: Overlap) -> float:
    """Return the mean of left regions' best Jaccard, weighted by their weight; 0 to 1.

    The Jaccard of a pair is what they share over all that is in either; covers count fully.
    """
    return float(formulas.best_jaccard(crosstab(overlap, "full"))[0])


def best_dice(overlap: Overlap) -> float:
    """Return the mean of left regions' best Dice, weighted by their weight; 0 to 1.

    The Dice of a pair is 2 n(i,j) / (n(i) + n(j)); covers count fully.
    """
    return float(formulas.best_dice(crosstab(overlap, "full"))[0])


def mapcurves(overlap: Overlap) -> float:
    """Return MapCurves' goodness of fit, of the direction in which it is higher.

    Mean over regions of Σⱼ n(i,j)² / (n(i) n(j)), each region counting once; 0 to 1. Covers count
    fully, and can then exceed 1 a little.

    References
    ----------
    Hargrove, Hoffman & Hessburg (2006), *Mapcurves: a quantitative method for comparing
    categorical maps*.
    """
    return float(formulas.mapcurves(crosstab(overlap, "full"))[0])


def matching(overlap: Overlap, *, membership: Membership = "half") -> pd.DataFrame:
    """Return the best one-to-one matching: each region teams up with one of the other at most.

    Of all such matchings it is the one with most people in matched pairs (the Hungarian method).

    Returns
    -------
    DataFrame
        ``left, right, weight`` (people or m²), ``share_of_left, share_of_right``, sorted.

    References
    ----------
    Kuhn (1955), *The Hungarian method for the assignment problem*.

    Examples
    --------
    >>> import coterminosity as ct
    >>> pairs = ct.scores.matching(ct.england_2017().atoms.overlap("crc", "pfa"))
    >>> len(pairs)
    20
    """
    table = crosstab(overlap, membership)
    chosen = formulas.matching(table)
    pairs = overlap.pairs.iloc[chosen][["left", "right"]].reset_index(drop=True)
    columns = {
        "weight": table.n[chosen],
        "share_of_left": table.share_of_left[chosen],
        "share_of_right": table.share_of_right[chosen],
    }
    return pairs.assign(**columns)


def matched_share(overlap: Overlap, *, membership: Membership = "half") -> float:
    """Return the share of the extent's people in the pairs of `matching`; 0 to 1."""
    return float(formulas.matched(crosstab(overlap, membership))[0])


def effective_partners(overlap: Overlap, *, membership: Membership = "half") -> float:
    """Return how many right regions a left one has to work with, the mean over people.

    (Σⱼ n(i,j))² / Σⱼ n(i,j)² of each region, the inverse Simpson index: 1 where all of it lies in
    one, 2 where it is halved, 1.02 where 1 % leaks. NaN where the layers do not meet.

    References
    ----------
    Laakso & Taagepera (1979), *Effective number of parties*.
    """
    return float(formulas.effective_partners(crosstab(overlap, membership))[0])
