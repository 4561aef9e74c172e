"""How far two divisions of the same units differ, one numbered as the other, and names again."""

import numpy as np
import pandas as pd
from scipy.optimize import linear_sum_assignment

from coterminosity.proposing.problem import Floats, Ints, Problem

# Rounding of sums of people, as a share of them.
_SLACK = 1e-9


def share_moved(people: Floats, one: Ints, other: Ints) -> float:
    """Return the share of people in units whose area differs.

    Areas are matched one to one so that most people are in areas that match (Kuhn 1955), so that
    numbers and names of areas do not count.

    Parameters
    ----------
    people : array
        By unit.
    one, other : array of int
        Area by unit, 0 or more.

    Examples
    --------
    >>> people = np.array([10.0, 10.0, 20.0])
    >>> share_moved(people, np.array([0, 0, 1]), np.array([5, 2, 2]))
    0.25
    """
    total = float(people.sum())
    if not total > 0:
        return 0.0
    return _moved(_in_common(people, one, other), total)


def is_apart(people: Floats, one: Ints, other: Ints, share: float) -> bool:
    """Tell whether two divisions differ for at least this share of people, and for any at all."""
    total = float(people.sum())
    common = _in_common(people, one, other)
    least = max(share - _SLACK, _SLACK) * total
    # No matching holds more than the largest part of each area, counted either way.
    most = min(common.max(axis=1).sum(), common.max(axis=0).sum())
    if total - most >= least:
        return True
    best = common.argmax(axis=1)
    if len(np.unique(best)) == len(best):  # the largest parts are a matching: nothing holds more
        return False
    return _moved(common, total) * total >= least


def numbered_as(people: Floats, area: Ints, model: Ints) -> Ints:
    """Return a division with the numbers of the model's areas that match; others follow these.

    Examples
    --------
    >>> numbered_as(np.ones(4), np.array([7, 7, 3, 5]), np.array([0, 0, 1, 1])).tolist()
    [0, 0, 1, 2]
    """
    own, numbers = np.unique(area, return_inverse=True)
    # Too little to outweigh a person; for units without people.
    worth = _in_common(people + 1e-3 / (len(people) + 1), area, model)
    met = _in_common(np.ones(len(people)), area, model)
    names = np.unique(model)
    number = np.full(len(own), -1, dtype=np.int64)
    for row, column in zip(*linear_sum_assignment(worth, maximize=True), strict=True):
        if met[row, column] > 0:
            number[row] = names[column]
    strange = np.flatnonzero(number < 0)
    number[strange] = int(names.max()) + 1 + np.arange(len(strange))
    return np.asarray(number[numbers])


def assignment_of(problem: Problem, area: Ints) -> pd.Series:
    """Return the area by unit code that `labels_of` reads as these labels, but for their order.

    Named areas have their names, others a number.
    """
    names = dict(enumerate(problem.labels))
    given = [names.get(int(label), f"area {label}") for label in area]
    return pd.Series(given, index=pd.Index(list(problem.units), name="code"), dtype="object")


def _in_common(weight: Floats, one: Ints, other: Ints) -> Floats:
    rows, i = np.unique(one, return_inverse=True)
    columns, j = np.unique(other, return_inverse=True)
    count = len(rows) * len(columns)
    table = np.bincount(i * len(columns) + j, weight, count).reshape(len(rows), len(columns))
    return np.asarray(table, dtype=np.float64)


def _moved(common: Floats, total: float) -> float:
    rows, columns = linear_sum_assignment(common, maximize=True)
    return max(0.0, 1.0 - float(common[rows, columns].sum()) / total)
