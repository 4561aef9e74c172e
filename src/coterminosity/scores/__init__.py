"""Boundary coterminosity: measures of how well two layers coincide.

Throughout, n(i,j) is the weight (people, or m²) that region i of the left layer and region j of
the right one have in common, n(i) and n(j) are the weights of whole regions, N that of the extent.

Covers: with ``membership="half"`` a person who lives in two regions of a layer counts half in
each, so that a layer's regions add up to its people; with ``"full"`` fully in each. Measures of
partitions (split and merge share, homogeneity, ...) use half by default, shares, classes, Jaccard
and MapCurves full.

Missing values: a region without weight has no share; it is NaN, never 0.
"""

from coterminosity.scores.alignment import Alignment, alignment
from coterminosity.scores.classes import CLASSES, class_table, pair_classes, region_table
from coterminosity.scores.crosstab import TOLERANCE
from coterminosity.scores.fit import (
    best_dice,
    best_jaccard,
    effective_partners,
    mapcurves,
    matched_share,
    matching,
)
from coterminosity.scores.pairs import RELATIONS, best_match, pair_table, relation
from coterminosity.scores.partition import (
    adjusted_mutual_information,
    adjusted_rand,
    completeness,
    coterminosity,
    homogeneity,
    inhomogeneity,
    merge_share,
    split_share,
    v_measure,
    variation_of_information,
)
from coterminosity.scores.summary import TOLERANCES, disputed, pairwise, sensitivity, summary

__all__ = [
    "CLASSES",
    "RELATIONS",
    "TOLERANCE",
    "TOLERANCES",
    "Alignment",
    "adjusted_mutual_information",
    "adjusted_rand",
    "alignment",
    "best_dice",
    "best_jaccard",
    "best_match",
    "class_table",
    "completeness",
    "coterminosity",
    "disputed",
    "effective_partners",
    "homogeneity",
    "inhomogeneity",
    "mapcurves",
    "matched_share",
    "matching",
    "merge_share",
    "pair_classes",
    "pair_table",
    "pairwise",
    "region_table",
    "relation",
    "sensitivity",
    "split_share",
    "summary",
    "v_measure",
    "variation_of_information",
]
