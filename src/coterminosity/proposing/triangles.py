"""What any plan costs because its layers do not coincide with each other."""

import numpy as np
from scipy import sparse
from scipy.optimize import linprog

from coterminosity.proposing.problem import Bodies, Problem

# Share by which a bound is lowered, since the linear programme is solved to a tolerance.
_ROUNDING = 1e-9


def bound_of_layers(problem: Problem) -> float:
    """Return what no plan costs less than, by the distances of its layers from each other.

    Let d(L, M) be the people of regions of L outside the region of M that holds most of theirs.
    For a plan A, the cost of splits of L is ``price · d(L, A)`` and that of mergers of M
    ``price · d(A, M)``, or more where regions lead areas; and d(L, M) ≤ d(L, A) + d(A, M), since
    who is at home in both steps is at home (the half of van Dongen's distance, 2000). So each
    price of splits may be spent once on distances to other layers, and each price of mergers on
    distances from others; how is a transport problem. A layer of which regions overlap is apart
    even from itself.

    Parameters
    ----------
    problem : Problem
        Of any kind; contiguity, number and band of areas play no part.

    Returns
    -------
    float
        Above 0; -inf where this proves nothing, as where splits or mergers cost nothing.

    References
    ----------
    van Dongen (2000), *Performance criteria for graph clustering and Markov cluster experiments*.
    """
    split = [own for own in problem.bodies if own.split_cost > 0]
    merged = [own for own in problem.bodies if own.merge_cost > 0]
    if not split or not merged:
        return -np.inf
    worth = np.array([[distance(one, other) for other in merged] for one in split])
    rows, columns = worth.shape
    spent = np.vstack([
        np.kron(np.eye(rows), np.ones(columns)), np.kron(np.ones(rows), np.eye(columns)),
    ])  # fmt: skip
    prices = [own.split_cost for own in split] + [own.merge_cost for own in merged]
    found = linprog(-worth.ravel(), A_ub=spent, b_ub=prices, bounds=(0, None), method="highs")
    if not found.success:
        return -np.inf
    # What is spent is counted again, so that no tolerance of the solver is in the bound.
    share = np.maximum(found.x.reshape(rows, columns), 0.0)
    over = max(
        1.0,
        float((share.sum(axis=1) / prices[:rows]).max()),
        float((share.sum(axis=0) / prices[rows:]).max()),
    )
    bound = float((share * worth).sum()) / over * (1 - _ROUNDING)
    return bound if bound > 0 else -np.inf


def distance(one: Bodies, other: Bodies) -> float:
    """Return the people of regions outside the region of another layer that holds most of theirs.

    Only who is in both layers counts. Who of a unit is in which regions at once is taken as
    independent, as the regions that a person of an overlap is in are.
    """
    ours, theirs = one.by_unit, other.by_unit
    both = np.minimum(ours, theirs)
    share = np.divide(both, ours * theirs, out=np.zeros(len(both)), where=both > 0)
    left = one.weight.T @ sparse.diags_array(share)
    common = np.asarray(sparse.csr_array(left @ other.weight).todense())
    return float(common.sum() - common.max(axis=1).sum())
