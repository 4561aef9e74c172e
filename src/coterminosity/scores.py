"""Boundary coterminosity: measures of how well two layers coincide.

Throughout, n(i,j) is the weight (people, or m²) that region i of the left layer and region j of
the right one have in common, n(i) and n(j) are the weights of whole regions.

Covers: with ``membership="half"`` a person who lives in two regions of a layer counts half in
each, so that a layer's regions add up to its people; with ``"full"`` fully in each. Measures of
partitions (split and merge share, homogeneity, ...) use half by default, shares and Jaccard full.

Missing values: a region without weight has no share; it is NaN, never 0.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from coterminosity.errors import MeasureError
from coterminosity.overlap import Membership, Overlap

Floats = npt.NDArray[np.float64]
TOLERANCE = 0.01
RELATIONS = ("identical", "nested", "union", "crossing", "outside")


def _ratio(part: Floats | pd.Series, whole: Floats | pd.Series) -> Floats:
    """Divide with NaN for 0/0; a quotient that rounding lifts over 1 is 1."""
    top, bottom = np.asarray(part, dtype=np.float64), np.asarray(whole, dtype=np.float64)
    quotient = np.full(np.broadcast(top, bottom).shape, np.nan)
    np.divide(top, bottom, out=quotient, where=bottom > 0)
    return np.asarray(np.minimum(quotient, 1.0))


def _share(part: float, whole: float) -> float:
    """Divide two numbers with NaN for 0/0; a quotient that rounding lifts over 1 is 1."""
    return min(part / whole, 1.0) if whole > 0 else float("nan")


def pair_table(overlap: Overlap) -> pd.DataFrame:
    """Return every pair of regions with weight in common, with its shares.

    Returns
    -------
    DataFrame
        ``left, right, weight`` (people or m²), ``share_of_left`` = n(i,j)/n(i),
        ``share_of_right`` = n(i,j)/n(j) and ``jaccard`` = n(i,j)/(n(i)+n(j)−n(i,j)), each from 0
        to 1, higher for a better fit. Covers count fully in each region.

    Examples
    --------
    >>> import coterminosity as ct
    >>> pairs = ct.scores.pair_table(ct.england_2017().atoms.overlap("lad", "stp"))
    >>> len(pairs), float(pairs["weight"].sum())
    (343, 55619430.0)
    """
    pairs = overlap.pairs
    table = _table(overlap, "full")
    weight, left, right = table.n, table.left[table.i], table.right[table.j]
    return pairs[["left", "right", "weight"]].assign(
        share_of_left=_ratio(weight, left),
        share_of_right=_ratio(weight, right),
        jaccard=_ratio(weight, left + right - weight),
    )


def relation(overlap: Overlap, *, tolerance: float = TOLERANCE) -> pd.Series:
    """Say how each left region lies to the right layer.

    At tolerance t: ``identical`` where the best Jaccard is ≥ 1−t; ``nested`` where all but t of
    it lies in one right region; ``union`` where all but t of it is made of right regions that lie
    in it up to t; ``outside`` where less than t of it lies in the right layer; else ``crossing``.

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
    if not 0 <= tolerance < 0.5:
        raise MeasureError(f"tolerance: wanted a share from 0 to 0.5, got {tolerance}")
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
    inside = _ratio(by_left["weight"].sum().reindex(codes, fill_value=0.0), whole)
    union = _ratio(made_of.reindex(codes, fill_value=0.0), overlap.left_totals[column])
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
        By code of the left layer: ``right, weight, share_of_left, share_of_right, jaccard,
        relation``; NaN where a region has nothing in common with the other layer.
    """
    ranked = pair_table(overlap).sort_values(
        ["left", "jaccard", "right"], ascending=[True, False, True]
    )
    best = ranked.drop_duplicates("left").set_index("left")
    best = best.reindex(overlap.left_totals.index)
    return best.assign(relation=relation(overlap, tolerance=tolerance)).rename_axis("left")


@dataclass(frozen=True)
class _Table:
    """Codes of pairs as numbers, with the weights that a membership rule gives them."""

    i: npt.NDArray[np.intp]
    j: npt.NDArray[np.intp]
    n: Floats
    left: Floats
    right: Floats

    def swap(self) -> "_Table":
        return _Table(i=self.j, j=self.i, n=self.n, left=self.right, right=self.left)

    def split(self) -> float:
        """Return 1 − Σᵢ maxⱼ n(i,j) / Σᵢ n(i)."""
        best = np.zeros(len(self.left))
        np.maximum.at(best, self.i, self.n)
        return 1.0 - _share(float(best.sum()), float(self.left.sum()))

    def explained(self) -> tuple[float, float]:
        """Return I(L;R)/H(L) and I(L;R)/H(R), over the weight that lies in both layers."""
        total = self.n.sum()
        if not total > 0:
            return float("nan"), float("nan")
        p = self.n / total
        left, right = np.zeros(len(self.left)), np.zeros(len(self.right))
        np.add.at(left, self.i, p)
        np.add.at(right, self.j, p)
        common = max(float(np.sum(p * np.log(p / (left[self.i] * right[self.j])))), 0.0)
        return _share(common, _entropy(left)), _share(common, _entropy(right))


def _table(overlap: Overlap, membership: Membership) -> _Table:
    if membership not in ("half", "full"):
        raise MeasureError(f"membership: wanted 'half' or 'full', got {membership!r}")
    column = "shared" if membership == "half" else "weight"
    pairs = overlap.pairs
    return _Table(
        i=overlap.left_totals.index.get_indexer(pd.Index(pairs["left"])),
        j=overlap.right_totals.index.get_indexer(pd.Index(pairs["right"])),
        n=pairs[column].to_numpy(dtype=np.float64),
        left=overlap.left_totals[column].to_numpy(dtype=np.float64),
        right=overlap.right_totals[column].to_numpy(dtype=np.float64),
    )


def _entropy(p: Floats) -> float:
    own = p[p > 0]
    if len(own) < 2:
        return 0.0  # exactly: rounding of the one share must not pass for spread
    return float(-np.sum(own * np.log(own)))


def _harmonic(h: float, c: float, beta: float) -> float:
    if h == 0 and c == 0:
        return 0.0  # the limit of the mean for independent layers
    return (1 + beta) * h * c / (beta * h + c)


def split_share(overlap: Overlap, *, membership: Membership = "half") -> float:
    """Return the share of people cut off from their left region by the right layer.

    1 − Σᵢ maxⱼ n(i,j) / Σᵢ n(i), from 0 (no left region is split) towards 1. People of a left
    region who live outside the right layer are cut off. NaN where the left layer has no weight.

    With ``membership="half"`` a person in two regions counts half in each.

    References
    ----------
    van Dongen (2000), *Performance criteria for graph clustering and Markov cluster experiments*.
    """
    return _table(overlap, membership).split()


def merge_share(overlap: Overlap, *, membership: Membership = "half") -> float:
    """Return the share of people whose right region is mainly another left region's.

    1 − Σⱼ maxᵢ n(i,j) / Σⱼ n(j): the split share seen from the other layer, from 0 (each right
    region holds people of one left region only) towards 1.
    """
    return _table(overlap, membership).swap().split()


def coterminosity(overlap: Overlap, *, membership: Membership = "half") -> float:
    """Return how well two layers coincide: 1 − (split share + merge share) / 2.

    From near 0 to 1, where the layers are the same; the same from both sides. One minus it is
    van Dongen's (2000) distance.

    Examples
    --------
    >>> import coterminosity as ct
    >>> round(ct.scores.coterminosity(ct.england_2017().atoms.overlap("lep", "stp")), 3)
    0.786
    """
    table = _table(overlap, membership)
    return 1.0 - 0.5 * (table.split() + table.swap().split())


def homogeneity(overlap: Overlap, *, membership: Membership = "half") -> float:
    """Return I(L;R) / H(L): how far knowing the right region tells the left one.

    From 0 to 1. Counted over people in both layers. NaN where the left layer has one region.

    References
    ----------
    Rosenberg & Hirschberg (2007), *V-measure*; Nowosad & Stepinski (2018), *Spatial association
    between regionalizations using the information-theoretical V-measure*, whose R package names
    the two directions as here.
    """
    return _table(overlap, membership).explained()[0]


def completeness(overlap: Overlap, *, membership: Membership = "half") -> float:
    """Return I(L;R) / H(R): how far knowing the left region tells the right one.

    From 0 to 1; `homogeneity` seen from the other layer.
    """
    return _table(overlap, membership).explained()[1]


def v_measure(overlap: Overlap, *, beta: float = 1.0, membership: Membership = "half") -> float:
    """Return V = (1+β)·h·c / (β·h + c), the mean of homogeneity h and completeness c.

    From 0 (independent layers) to 1 (the same); β > 1 weighs completeness more. It misleads as a
    headline: layers of many small regions score high by chance.

    References
    ----------
    Rosenberg & Hirschberg (2007).
    """
    if not beta > 0:
        raise MeasureError(f"beta: wanted a number above 0, got {beta}")
    h, c = _table(overlap, membership).explained()
    return _harmonic(h, c, beta)


def best_jaccard(overlap: Overlap) -> float:
    """Return the mean of left regions' best Jaccard, weighted by their weight; 0 to 1."""
    table = _table(overlap, "full")
    best = np.zeros(len(table.left))
    np.maximum.at(best, table.i, table.n / (table.left[table.i] + table.right[table.j] - table.n))
    return _share(float(best @ table.left), float(table.left.sum()))


def summary(overlap: Overlap, *, membership: Membership = "half") -> pd.Series:
    """Return every measure of two layers.

    Returns
    -------
    Series
        By measure, from 0 to 1: ``coterminosity``; ``split_share`` and ``merge_share`` (lower is
        better) and their complements ``containment_left`` and ``containment_right``;
        ``homogeneity, completeness, v_measure``; ``best_jaccard`` of left regions; the shares of
        all weight in neither region (``unallocated_left``, ``unallocated_right``) and in two or
        more (``double_left``, ``double_right``).

    Examples
    --------
    >>> import coterminosity as ct
    >>> ct.scores.summary(ct.england_2017().atoms.overlap("lad", "stp")).round(3)["split_share"]
    np.float64(0.013)
    """
    table = _table(overlap, membership)
    split, merge = table.split(), table.swap().split()
    h, c = table.explained()
    rest = {
        name: _share(float(getattr(overlap, name)), overlap.total)
        for name in ("unallocated_left", "unallocated_right", "double_left", "double_right")
    }
    values = {
        "coterminosity": 1.0 - 0.5 * (split + merge),
        "split_share": split,
        "merge_share": merge,
        "containment_left": 1.0 - split,
        "containment_right": 1.0 - merge,
        "homogeneity": h,
        "completeness": c,
        "v_measure": _harmonic(h, c, 1.0),
        "best_jaccard": best_jaccard(overlap),
        **rest,
    }
    return pd.Series(values, name=f"{overlap.left}-{overlap.right}", dtype="float64")
