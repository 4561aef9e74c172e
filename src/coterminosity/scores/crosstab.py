"""Cross tables of two layers, one or many at once: what every measure is computed from."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from coterminosity.errors import MeasureError
from coterminosity.overlap import Membership, Overlap

Floats = npt.NDArray[np.float64]
Numbers = npt.NDArray[np.intp]
# A pair with no more than this share of either region is a trace of drawing or data.
TOLERANCE = 0.01


@dataclass(frozen=True, kw_only=True)
class Crosstab:
    """Pairs of regions with weight in common, of one cross table or of many side by side.

    Regions are numbered through all tables, so that a thousand plans are measured at the cost of
    one large table.

    Parameters
    ----------
    i, j : array of int
        Left and right region of each pair.
    n : array
        Weight of each pair, above 0.
    left, right : array
        Weight of whole regions, inside the other layer or not.
    left_of, right_of : array of int
        The table that each region is of.
    total : array
        Weight of the extent, by table.
    tolerance : float
        Share of a region below which a pair is a trace.
    counted : bool
        Whether weights are counts of things (atoms) rather than people or land.
    """

    i: Numbers
    j: Numbers
    n: Floats
    left: Floats
    right: Floats
    left_of: Numbers
    right_of: Numbers
    total: Floats
    tolerance: float = TOLERANCE
    counted: bool = False

    @cached_property
    def swapped(self) -> "Crosstab":
        """The same tables seen from the other layer."""
        return Crosstab(
            i=self.j, j=self.i, n=self.n, left=self.right, right=self.left,
            left_of=self.right_of, right_of=self.left_of, total=self.total,
            tolerance=self.tolerance, counted=self.counted,
        )  # fmt: skip

    @cached_property
    def of(self) -> Numbers:
        """The table that each pair is of."""
        return self.left_of[self.i]

    def sums(self, values: Floats | npt.NDArray[np.bool_], of: Numbers) -> Floats:
        """Add up values by table."""
        return np.asarray(np.bincount(of, values, len(self.total)), dtype=np.float64)

    def by_left(self, values: Floats | npt.NDArray[np.bool_]) -> Floats:
        """Add up values of pairs by left region."""
        return np.asarray(np.bincount(self.i, values, len(self.left)), dtype=np.float64)

    def best_left(self, values: Floats) -> Floats:
        """Return the highest value among the pairs of each left region, 0 where it has none."""
        best = np.zeros(len(self.left))
        np.maximum.at(best, self.i, values)
        return best

    @cached_property
    def share_of_left(self) -> Floats:
        """n(i,j) / n(i) by pair."""
        return ratio(self.n, self.left[self.i])

    @cached_property
    def share_of_right(self) -> Floats:
        """n(i,j) / n(j) by pair."""
        return ratio(self.n, self.right[self.j])

    @cached_property
    def entropies(self) -> tuple[Floats, Floats, Floats]:
        """H(L), H(R) and I(L;R) in bits by table, over the weight that lies in both layers."""
        total = self.sums(self.n, self.of)
        p = ratio(self.n, total[self.of])
        left, right = self.by_left(p), self.swapped.by_left(p)
        h_left = self.sums(surprise(left), self.left_of)
        h_right = self.sums(surprise(right), self.right_of)
        common = self.sums(p * np.log2(p / (left[self.i] * right[self.j])), self.of)
        common = np.clip(common, 0.0, np.minimum(h_left, h_right))
        found = h_left, h_right, common
        for values in found:
            values[total <= 0] = np.nan
        return found


def surprise(p: Floats) -> Floats:
    """Return −p·log₂ p, exactly 0 where a region holds all: rounding must not pass for spread."""
    alone = (p <= 0) | (p >= 1 - 1e-15)
    bits: Floats = np.where(alone, 0.0, -p * np.log2(np.where(alone, 1.0, p)))
    return bits


def ratio(part: Floats | pd.Series | float, whole: Floats | pd.Series | float) -> Floats:
    """Divide with NaN for 0/0; a quotient that rounding lifts over 1 is 1."""
    return np.asarray(np.minimum(quotient(part, whole), 1.0))


def quotient(part: Floats | pd.Series | float, whole: Floats | pd.Series | float) -> Floats:
    """Divide with NaN for 0/0."""
    top, bottom = np.asarray(part, dtype=np.float64), np.asarray(whole, dtype=np.float64)
    result = np.full(np.broadcast(top, bottom).shape, np.nan)
    np.divide(top, bottom, out=result, where=bottom > 0)
    return result


def crosstab(
    overlap: Overlap, membership: Membership = "half", *, tolerance: float = TOLERANCE
) -> Crosstab:
    """Return the cross table of an overlap, with the weights that a membership rule gives.

    Raises
    ------
    MeasureError
        Where the rule is unknown or the tolerance no share from 0 to 0.5.
    """
    if membership not in ("half", "full"):
        raise MeasureError(f"membership: wanted 'half' or 'full', got {membership!r}")
    if not 0 <= tolerance < 0.5:
        raise MeasureError(
            f"tolerance: wanted a share from 0 to 0.5 (1 % is 0.01), got {tolerance}"
        )
    column = "shared" if membership == "half" else "weight"
    left = overlap.left_totals[column].to_numpy(dtype=np.float64)
    right = overlap.right_totals[column].to_numpy(dtype=np.float64)
    return Crosstab(
        i=overlap.places[0],
        j=overlap.places[1],
        n=overlap.pairs[column].to_numpy(dtype=np.float64),
        left=left,
        right=right,
        left_of=np.zeros(len(left), dtype=np.intp),
        right_of=np.zeros(len(right), dtype=np.intp),
        total=np.array([overlap.total]),
        tolerance=tolerance,
        counted=overlap.measure == "count",
    )
