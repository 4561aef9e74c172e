"""The formulas of measures, each for one cross table or for many at once.

Each takes a `Crosstab` and returns one number by table, NaN where it is undefined. The public
functions beside this module say what each means and who proposed it.
"""

import numpy as np
from scipy import sparse
from scipy.optimize import linear_sum_assignment
from scipy.sparse.csgraph import connected_components
from scipy.special import gammaln

from coterminosity.scores.crosstab import Crosstab, Floats, Numbers, quotient, ratio, surprise


def containment(c: Crosstab) -> Floats:
    """Σᵢ maxⱼ n(i,j) / Σᵢ n(i)."""
    return ratio(c.sums(c.best_left(c.n), c.left_of), c.sums(c.left, c.left_of))


def split(c: Crosstab) -> Floats:
    """1 − containment."""
    return 1.0 - containment(c)


def coterminosity(c: Crosstab) -> Floats:
    """Mean of both containments."""
    return 0.5 * (containment(c) + containment(c.swapped))


def dominance(c: Crosstab) -> Floats:
    """Mean over left regions of maxⱼ n(i,j) / n(i)."""
    share = ratio(c.best_left(c.n), c.left)
    known = ~np.isnan(share)
    return quotient(c.sums(np.nan_to_num(share), c.left_of), c.sums(known, c.left_of))


def partners(c: Crosstab) -> Floats:
    """By left region, (Σⱼ n(i,j))² / Σⱼ n(i,j)²: the inverse Simpson index."""
    return quotient(c.by_left(c.n) ** 2, c.by_left(c.n**2))


def effective_partners(c: Crosstab) -> Floats:
    """Mean of `partners` over left regions with any, weighted by their weight."""
    own = partners(c)
    weight = np.where(np.isnan(own), 0.0, c.left)
    return quotient(c.sums(np.nan_to_num(own) * weight, c.left_of), c.sums(weight, c.left_of))


def counts(c: Crosstab) -> Floats:
    """By left region, how many right ones share more than a trace with it."""
    trace = (c.share_of_left <= c.tolerance) & (c.share_of_right <= c.tolerance)
    return c.by_left(~trace)


def pieces(c: Crosstab) -> Floats:
    """Mean of `counts` over left regions that have any."""
    own = counts(c)
    return quotient(c.sums(own, c.left_of), c.sums(own > 0, c.left_of))


def splits(c: Crosstab) -> Floats:
    """Share of left regions with weight of which a right one holds a part, but not all."""
    share = c.share_of_left
    part = c.by_left((share > c.tolerance) & (share < 1 - c.tolerance)) > 0
    return quotient(c.sums(part, c.left_of), c.sums(c.left > 0, c.left_of))


def one_to_one(c: Crosstab) -> Floats:
    """Share of left regions with weight that are, up to the tolerance, a right region."""
    same = (c.share_of_left >= 1 - c.tolerance) & (c.share_of_right >= 1 - c.tolerance)
    own = c.by_left(same) > 0
    return quotient(c.sums(own, c.left_of), c.sums(c.left > 0, c.left_of))


def jaccard(c: Crosstab) -> Floats:
    """By pair, n(i,j) / (n(i) + n(j) − n(i,j))."""
    return ratio(c.n, c.left[c.i] + c.right[c.j] - c.n)


def dice(c: Crosstab) -> Floats:
    """By pair, 2 n(i,j) / (n(i) + n(j))."""
    return ratio(2 * c.n, c.left[c.i] + c.right[c.j])


def best_jaccard(c: Crosstab) -> Floats:
    """Mean of left regions' highest Jaccard, weighted by their weight."""
    best = c.best_left(jaccard(c)) * c.left
    return ratio(c.sums(best, c.left_of), c.sums(c.left, c.left_of))


def best_dice(c: Crosstab) -> Floats:
    """Mean of left regions' highest Dice, weighted by their weight."""
    best = c.best_left(dice(c)) * c.left
    return ratio(c.sums(best, c.left_of), c.sums(c.left, c.left_of))


def fit(c: Crosstab) -> Floats:
    """By left region, Σⱼ n(i,j)² / (n(i) n(j)): MapCurves' goodness of fit."""
    own = c.by_left(ratio(c.n, c.left[c.i]) * ratio(c.n, c.right[c.j]))
    return np.where(c.left > 0, own, np.nan)


def mapcurves(c: Crosstab) -> Floats:
    """Mean of `fit` over regions, of the direction in which it is higher."""
    means = []
    for own in (c, c.swapped):
        values = fit(own)
        known = ~np.isnan(values)
        total = own.sums(np.nan_to_num(values), own.left_of)
        means.append(quotient(total, own.sums(known, own.left_of)))
    return np.asarray(np.fmax(*means))


def homogeneity(c: Crosstab) -> Floats:
    """I(L;R) / H(L)."""
    h, _, common = c.entropies
    return ratio(common, h)


def v_measure(c: Crosstab, beta: float = 1.0) -> Floats:
    """(1+β)·h·c / (β·h + c)."""
    left, right, common = c.entropies
    h, k = ratio(common, left), ratio(common, right)
    # Of independent layers h and c are 0, and so is the limit of their mean.
    return np.where((h == 0) & (k == 0), 0.0, quotient((1 + beta) * h * k, beta * h + k))


def variation(c: Crosstab) -> Floats:
    """H(L) + H(R) − 2 I(L;R), in bits."""
    left, right, common = c.entropies
    return np.maximum(left + right - 2 * common, 0.0)


def inhomogeneity(c: Crosstab) -> Floats:
    """By left region, the entropy of right regions in it over that of right regions in all."""
    inside = c.by_left(c.n)
    own = c.by_left(surprise(ratio(c.n, inside[c.i])))
    _, whole, _ = c.entropies
    return ratio(np.where(inside > 0, own, np.nan), whole[c.left_of])


def adjusted_rand(c: Crosstab) -> Floats:
    """Pairs of items together in both layers, over chance; people and land are many items."""
    total = c.sums(c.n, c.of)
    own = c.by_left(c.n), c.swapped.by_left(c.n)
    # Pairs of N items; of a weight that is no count, the limit of many small items.
    one = 1.0 if c.counted else 0.0
    both = c.sums(c.n * (c.n - one), c.of)
    left = c.sums(own[0] * (own[0] - one), c.left_of)
    right = c.sums(own[1] * (own[1] - one), c.right_of)
    expected = quotient(left * right, total * (total - one))
    most = 0.5 * (left + right)
    return _over_chance(both - expected, most - expected, scale=most)


def adjusted_mutual(c: Crosstab) -> Floats:
    """I(L;R) over chance, normalised by the mean entropy; people and land are many items."""
    left, right, common = c.entropies
    chance = np.zeros_like(common)
    if c.counted and np.array_equal(c.n, np.round(c.n)):
        chance = np.array([_expected_mutual(c, table) for table in range(len(c.total))])
    most = 0.5 * (left + right)
    return _over_chance(common - chance, most - chance, scale=most)


def _over_chance(part: Floats, whole: Floats, *, scale: Floats) -> Floats:
    """Divide, with NaN where rounding alone is left."""
    sound = np.abs(whole) > 1e-12 * np.abs(scale)
    result = np.full(len(whole), np.nan)
    np.divide(part, whole, out=result, where=sound)
    return result


def _expected_mutual(c: Crosstab, table: int) -> float:
    """E[I(L;R)] in bits over all shuffles of items that keep the sizes of regions."""
    own = c.of == table
    total = float(c.n[own].sum())
    left = np.bincount(c.i[own], weights=c.n[own])
    right = np.bincount(c.j[own], weights=c.n[own])
    expected = 0.0
    for a in left[left > 0]:
        b = right[right > 0]
        n = np.arange(1.0, a + 1)[:, None]
        possible = (n <= b) & (n >= a + b - total)
        log_odds = (
            gammaln(a + 1) + gammaln(b + 1) + gammaln(total - a + 1) + gammaln(total - b + 1)
            - gammaln(total + 1) - gammaln(n + 1) - gammaln(a - n + 1)
            - gammaln(np.where(possible, b - n, 0) + 1)
            - gammaln(np.where(possible, total - a - b + n, 0) + 1)
        )  # fmt: skip
        odds = np.exp(np.where(possible, log_odds, -np.inf))
        expected += float(np.sum((n / total) * np.log2(total * n / (a * b)) * odds))
    return expected


def matched(c: Crosstab) -> Floats:
    """Weight of pairs in the best one-to-one matching, over the weight of the extent."""
    own = matching(c)
    return ratio(c.sums(c.n[own], c.of[own]), c.total)


def matching(c: Crosstab) -> Numbers:
    """Return the pairs of the one-to-one matching with the highest sum of weight.

    Each connected part of a table is matched alone, which is exact and keeps matrices small.
    """
    rows = len(c.left)
    count = rows + len(c.right)
    graph = sparse.coo_array((np.ones(len(c.n)), (c.i, rows + c.j)), shape=(count, count))
    part = connected_components(graph, directed=False)[1][c.i]
    order = np.argsort(part, kind="stable")
    starts = np.flatnonzero(np.r_[True, np.diff(part[order]) != 0])
    chosen = [_matched_part(c, own) for own in np.split(order, starts[1:])] if len(order) else []
    return np.sort(np.concatenate(chosen)) if chosen else np.empty(0, dtype=np.intp)


def _matched_part(c: Crosstab, own: Numbers) -> Numbers:
    if len(own) == 1:
        return own
    rows, i = np.unique(c.i[own], return_inverse=True)
    columns, j = np.unique(c.j[own], return_inverse=True)
    if len(rows) == 1 or len(columns) == 1:
        return own[[np.argmax(c.n[own])]]
    weights, pair = np.zeros((len(rows), len(columns))), np.full((len(rows), len(columns)), -1)
    weights[i, j], pair[i, j] = c.n[own], own
    best = pair[linear_sum_assignment(weights, maximize=True)]
    return np.asarray(best[best >= 0], dtype=np.intp)
