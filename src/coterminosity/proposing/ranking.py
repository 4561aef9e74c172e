"""Where a plan stands among random contiguous plans: its cost, each term, and each layer."""

from dataclasses import replace

import numpy as np
import pandas as pd

from coterminosity.chance import NullModel
from coterminosity.errors import MeasureError, listed
from coterminosity.plan import Plan
from coterminosity.proposing.costing import common_weight, terms_of
from coterminosity.proposing.problem import NO_AREA, Bodies, Ints, Problem
from coterminosity.proposing.stating import STATUS_QUO
from coterminosity.scores.skill import against

COLUMNS = ["measured", "mean", "sd", "low", "high", "z", "skill", "rank", "effective", "count"]
# Costs are rounded so that sums in another order are equal.
_DECIMALS = 6


def rank(plan: Plan, null: NullModel) -> pd.DataFrame:
    """Set a plan against random contiguous plans of the same number of areas.

    All are priced by the plan's brief. Random areas have no leader, so that the home of a body is
    the area with most of its people, in the plan as in random ones, and areas have no band of
    their own; of a plan led by anchors the cost may thus be below that of its certificate.
    Random plans keep the tolerance of the null model, not the brief's band and demands.

    Parameters
    ----------
    plan : Plan
        Without open units.
    null : NullModel
        Random plans of the same units and number of areas.

    Returns
    -------
    DataFrame
        By ``measure``: ``cost``, its terms, and ``coterminosity <layer>`` with each layer of the
        brief; ``measured`` of the plan; ``mean``, ``sd``, ``low`` and ``high`` (the middle 95 %)
        of the random plans; ``z``; ``skill``, 0 for chance and 1 for no cost, or perfect
        coterminosity; ``rank``, the share of random plans that are worse (cost more, of equals
        half); ``effective``, how many independent plans that rests on; ``count`` of random plans.

    Raises
    ------
    MeasureError
        Where the random plans are of other units or another number of areas.
    BriefError
        Where the plan has open units, or does not know what it was made of.

    Examples
    --------
    >>> import coterminosity as ct
    >>> from coterminosity.proposing.ranking import rank
    >>> data = ct.england_2017()
    >>> plan = ct.propose(data.graph, data.atoms, ct.Brief(contested="least-split"))
    >>> null = ct.null_model(data.graph, k=38, n=20, rng=1)
    >>> float(rank(plan, null).loc["cost", "rank"])
    1.0
    """
    stated, area, _ = plan._labelled()
    _check(stated, area, null)
    problem = replace(
        stated,
        bodies=tuple(
            replace(own, leads=np.full(len(own.totals), NO_AREA, dtype=np.int64))
            for own in stated.bodies
        ),
        label_floor={},
        label_ceiling={},
    )
    places = null.units.get_indexer(pd.Index(list(problem.units)))
    random = [_measured(problem, row[places].astype(np.int64)) for row in null.plans]
    own = _measured(problem, np.unique(area, return_inverse=True)[1])
    plans = pd.DataFrame(random)
    best = pd.Series({name: float(name.startswith("coterminosity ")) for name in own.index})
    table = against(plans, own, best)
    table["count"] = len(plans)
    return table[COLUMNS]


def _check(problem: Problem, area: Ints, null: NullModel) -> None:
    """Refuse random plans of other units or of another number of areas, and say both."""
    found, count = [], len(np.unique(area))
    strange = sorted(set(map(str, null.units)) ^ set(problem.units))
    if strange:
        found.append(f"of other units ({listed(strange)})")
    if null.k != count:
        found.append(f"of {null.k} areas where the plan has {count}")
    if found:
        raise MeasureError(
            f"the random plans are {' and '.join(found)}; draw them from the plan's own graph "
            f"with k={count}"
        )


def _measured(problem: Problem, area: Ints) -> pd.Series:
    """Return cost, terms and coterminosity with each layer."""
    terms = terms_of(problem, area)
    layers = {
        f"coterminosity {bodies.layer}": _coterminosity(problem, bodies, area)
        for bodies in problem.bodies
        if bodies.layer != STATUS_QUO
    }
    whole = {"cost": float(terms.sum())} | {str(k): float(v) for k, v in terms.items()} | layers
    return pd.Series(whole).round(_DECIMALS)


def _coterminosity(problem: Problem, bodies: Bodies, area: Ints) -> float:
    """Return the mean of both containments, as `scores.coterminosity` counts it."""
    common = common_weight(bodies, area)
    inside, all_people = float(bodies.totals.sum()), float(problem.people.sum())
    if not inside > 0:
        return float("nan")
    left, right = common.max(axis=1).sum() / inside, common.max(axis=0).sum() / all_people
    return float(0.5 * (left + right))
