"""Dividing a whole number of pounds so that the parts add up to it exactly."""

import numpy as np
import pandas as pd

from coterminosity.errors import MeasureError, listed


def share_out(pounds: int, weights: pd.Series, *, nearest: int = 1) -> pd.Series:
    """Divide pounds in proportion to weights by largest remainders.

    Every part is its exact share rounded down to a multiple of ``nearest``; what is left goes, one
    ``nearest`` each, to the parts with the largest remainders, of equals the first by name. The
    arithmetic is exact.

    Parameters
    ----------
    pounds : int
        Whole pounds, 0 or more, a multiple of ``nearest``.
    weights : Series
        Finite, not negative, not all 0.
    nearest : int
        Parts are multiples of this many pounds: 100,000 for tables in millions with one decimal.

    Returns
    -------
    Series
        int64 on the index of ``weights``; adds up to ``pounds``. Each part is less than
        ``nearest`` from its exact share; a larger weight never gets less.

    Raises
    ------
    MeasureError
        Where a weight is negative, infinite or missing, all are 0, or pounds are no multiple.

    References
    ----------
    Balinski & Young (1982), *Fair representation*, for Hamilton's method.

    Examples
    --------
    >>> share_out(100, pd.Series({"a": 1.0, "b": 1.0, "c": 1.0})).to_dict()
    {'a': 34, 'b': 33, 'c': 33}
    """
    values = weights.to_numpy(dtype=np.float64)
    bad = weights.index[~np.isfinite(values) | (values < 0)]
    if len(bad):
        raise MeasureError(
            f"weights: wanted numbers of 0 or more, got {weights[bad[0]]} for {listed(bad)}"
        )
    if not values.sum() > 0:
        raise MeasureError("weights: all are 0, so there is nobody to spread money over")
    if nearest < 1 or pounds < 0 or pounds % nearest:
        raise MeasureError(
            f"{pounds:,} pounds cannot be divided into multiples of {nearest:,}; give a smaller "
            "nearest="
        )
    whole = _whole_numbers(values)
    total, count = sum(whole), pounds // nearest
    parts = [count * weight // total for weight in whole]
    names = [str(name) for name in weights.index]
    order = sorted(range(len(whole)), key=lambda i: (-(count * whole[i] % total), names[i]))
    for i in order[: count - sum(parts)]:
        parts[i] += 1
    shares = np.array([part * nearest for part in parts], dtype=np.int64)
    return pd.Series(shares, index=weights.index, name="pounds")


def _whole_numbers(values: np.ndarray) -> list[int]:
    """Return floats as whole numbers in the same proportions, exactly."""
    ratios = [float(value).as_integer_ratio() for value in values]
    shared = max(below for _, below in ratios)  # all are powers of two
    return [above * (shared // below) for above, below in ratios]
