"""Measures of how two layers divide the same people: who is cut off, what one tells of the other.

A person in two regions of a cover counts half in each (``membership="half"``), so that a layer
adds up to its people, or fully in each (``"full"``).
"""

import pandas as pd

from coterminosity.errors import MeasureError
from coterminosity.overlap import Membership, Overlap
from coterminosity.scores import formulas
from coterminosity.scores.crosstab import crosstab


def split_share(overlap: Overlap, *, membership: Membership = "half") -> float:
    """Return the share of people cut off from their left region by the right layer.

    1 − Σᵢ maxⱼ n(i,j) / Σᵢ n(i), from 0 (no left region is split) towards 1. People of a left
    region who live outside the right layer are cut off. NaN where the left layer has no weight.

    With ``membership="half"`` a person in two regions counts half in each.

    References
    ----------
    van Dongen (2000), *Performance criteria for graph clustering and Markov cluster experiments*.
    """
    return float(formulas.split(crosstab(overlap, membership))[0])


def merge_share(overlap: Overlap, *, membership: Membership = "half") -> float:
    """Return the share of people whose right region is mainly another left region's.

    1 − Σⱼ maxᵢ n(i,j) / Σⱼ n(j): the split share seen from the other layer, from 0 (each right
    region holds people of one left region only) towards 1.
    """
    return float(formulas.split(crosstab(overlap, membership).swapped)[0])


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
    return float(formulas.coterminosity(crosstab(overlap, membership))[0])


def homogeneity(overlap: Overlap, *, membership: Membership = "half") -> float:
    """Return I(L;R) / H(L): how far knowing the right region tells the left one.

    From 0 to 1. Counted over people in both layers. NaN where the left layer has one region.

    References
    ----------
    Rosenberg & Hirschberg (2007), *V-measure*; Nowosad & Stepinski (2018), *Spatial association
    between regionalizations using the information-theoretical V-measure*, whose R package names
    the two directions as here.
    """
    return float(formulas.homogeneity(crosstab(overlap, membership))[0])


def completeness(overlap: Overlap, *, membership: Membership = "half") -> float:
    """Return I(L;R) / H(R): how far knowing the left region tells the right one.

    From 0 to 1; `homogeneity` seen from the other layer.
    """
    return float(formulas.homogeneity(crosstab(overlap, membership).swapped)[0])


def v_measure(overlap: Overlap, *, beta: float = 1.0, membership: Membership = "half") -> float:
    """Return V = (1+β)·h·c / (β·h + c), the mean of homogeneity h and completeness c.

    From 0 (independent layers) to 1 (the same); β > 1 weighs completeness more. It misleads as a
    headline: layers of many small regions score high by chance; see `null_model`.

    References
    ----------
    Rosenberg & Hirschberg (2007).
    """
    if not beta > 0:
        raise MeasureError(f"beta: wanted a number above 0, got {beta}")
    return float(formulas.v_measure(crosstab(overlap, membership), beta)[0])


def variation_of_information(overlap: Overlap, *, membership: Membership = "half") -> float:
    """Return H(L|R) + H(R|L) in bits: how many yes-or-no questions the layers leave open.

    From 0 (the same) to H(L) + H(R) (independent); a true distance between layers. Counted over
    people in both layers.

    References
    ----------
    Meilă (2007), *Comparing clusterings: an information based distance*.

    Examples
    --------
    >>> import coterminosity as ct
    >>> atoms = ct.england_2017().atoms
    >>> round(ct.scores.variation_of_information(atoms.overlap("region", "lad")), 2)
    4.99
    """
    return float(formulas.variation(crosstab(overlap, membership))[0])


def inhomogeneity(overlap: Overlap, *, membership: Membership = "half") -> pd.Series:
    """Return by left region how mixed it is: entropy of right regions in it over that in all.

    From 0 (lies in one right region) to 1 (mixed as the whole extent is). NaN for a region
    without weight in the other layer, or where the right layer has one region.

    References
    ----------
    Nowosad & Stepinski (2018), who call it regional inhomogeneity.
    """
    values = formulas.inhomogeneity(crosstab(overlap, membership))
    return pd.Series(values, index=overlap.left_totals.index, name="inhomogeneity")


def adjusted_rand(overlap: Overlap, *, membership: Membership = "half") -> float:
    """Return the adjusted Rand index: pairs of people together in both layers, over chance.

    From about 0 (people shuffled among regions) to 1 (the same); can be slightly negative. People
    and land are taken as many small items, so that the unit does not matter; where atoms are
    counted (``weight="count"``) each is one item. NaN where both layers have one region.

    References
    ----------
    Hubert & Arabie (1985), *Comparing partitions*.
    """
    return float(formulas.adjusted_rand(crosstab(overlap, membership))[0])


def adjusted_mutual_information(overlap: Overlap, *, membership: Membership = "half") -> float:
    """Return mutual information over chance, normalised by the mean of both entropies.

    From about 0 (shuffled) to 1 (the same). The chance meant here shuffles items one by one:
    (R−1)(C−1)/2N of 50 million people is nothing, so that for people and land it equals
    `v_measure`; where atoms are counted (``weight="count"``) and each lies in one region of a
    layer it is exact. Chance that keeps areas in one piece is `null_model`.

    References
    ----------
    Vinh, Epps & Bailey (2010), *Information theoretic measures for clusterings comparison*.
    """
    return float(formulas.adjusted_mutual(crosstab(overlap, membership))[0])
