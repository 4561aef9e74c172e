"""The table of a frontier: what each plan trades off, counted without prices."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from coterminosity import need
from coterminosity.errors import MeasureError, listed
from coterminosity.plan import Basis, Plan
from coterminosity.proposing.costing import cost_of, terms_of
from coterminosity.proposing.likeness import share_moved
from coterminosity.proposing.problem import Floats, Ints, Problem, labels_of
from coterminosity.proposing.varying import Point, yardstick

_ONE = 0.5  # people; less is rounding


def table_of(
    basis: Basis, points: Sequence[Point], plans: Sequence[Plan | None], notes: Sequence[str], *,
    vary: str, indicators: list[str], criteria: tuple[str, ...],
) -> pd.DataFrame:  # fmt: skip
    """Return one row by point that has been solved; see `Frontier`.

    Parameters
    ----------
    basis : Basis
        Graph, atoms and base plan.
    points : sequence of Point
        All of them, also those not solved.
    plans : sequence of Plan or None
        Of the points that were solved.
    notes : sequence of str
        By plan.
    vary : str
        What the index is called.
    indicators : list of str
        Columns of the units.
    criteria : tuple of str
        Columns of which less is better, or more where ``-`` stands before.

    Raises
    ------
    MeasureError
        Where a criterion is no column of numbers.
    """
    measured = yardstick(basis, [point.brief for point in points])
    rows: list[dict[str, Any]] = []
    before: Ints | None = None
    for plan, note in zip(plans, notes, strict=True):
        if plan is None:
            rows.append({"status": "infeasible", "note": note})
            continue
        area = labels_of(measured, plan.assignment)
        row = _people(measured, area) | _certified(plan) | _sizes(measured, area)
        row |= _eta_squared(measured, area, basis.graph.units[indicators])
        if before is not None:
            row["moved"] = share_moved(measured.people, before, area)
        before = area
        rows.append(row | {"note": note})
    columns = [
        *_people(measured, np.zeros(len(measured), dtype=np.int64)), "cost", "bound", "gap",
        "status", "areas", "smallest", "largest", *(f"eta_squared_{name}" for name in indicators),
        "moved", "note",
    ]  # fmt: skip
    index = pd.Index([point.name for point in points[: len(plans)]], name=vary)
    table = pd.DataFrame(rows, columns=columns, index=index)
    numbers = [name for name in columns if name not in ("status", "note")]
    table[numbers] = table[numbers].astype("float64")
    if table["areas"].notna().all():
        table["areas"] = table["areas"].astype("int64")
    compared = [(name.removeprefix("-"), -1 if name.startswith("-") else 1) for name in criteria]
    unknown = [name for name, _ in compared if name not in numbers]
    if unknown:
        raise MeasureError(
            f"criteria: no column of numbers is called {listed(unknown)}; there are "
            f"{listed(numbers, most=30)}"
        )
    columns_of = [sign * table[name].to_numpy(dtype=np.float64) for name, sign in compared]
    efficient = _efficient(np.array(columns_of).T)
    table.insert(len(columns) - 1, "efficient", efficient)
    return table


def _people(problem: Problem, area: Ints) -> dict[str, float]:
    """Return people cut off and people merged, in all and by layer."""
    terms = terms_of(problem, area)
    row = {f"{side}_people": 0.0 for side in ("split", "merge")}
    for bodies in problem.bodies:
        whole = float(bodies.totals.sum())
        for side in ("split", "merge"):
            people = float(terms.get(f"{side} {bodies.layer}", np.nan))
            if np.isfinite(people):
                row[f"{side}_people"] += people
                row[f"{side}_people_{bodies.layer}"] = people
                row[f"{side}_share_{bodies.layer}"] = people / whole if whole > 0 else np.nan
    return row


def _certified(plan: Plan) -> dict[str, Any]:
    """Return cost and proof by the plan's own brief; plans by the rules are priced here."""
    own = plan.certificate
    if own is not None and np.isfinite(own.cost):
        return {"cost": own.cost, "bound": own.bound, "gap": own.gap, "status": own.status}
    problem, area, _ = plan._labelled()
    return {"cost": cost_of(problem, area), "status": "rules"}


def _sizes(problem: Problem, area: Ints) -> dict[str, float]:
    people = np.bincount(np.unique(area, return_inverse=True)[1], problem.people)
    return {"areas": len(people), "smallest": float(people.min()), "largest": float(people.max())}


def _eta_squared(problem: Problem, area: Ints, figures: pd.DataFrame) -> dict[str, float]:
    labels = np.unique(area, return_inverse=True)[1]
    row = {}
    for name in figures:
        value = figures[name].to_numpy(dtype=np.float64)
        known = np.isfinite(value)
        units = np.flatnonzero(known)
        spread = need.Spread(units, labels[known], problem.people[known], value[known])
        between, total, _, _ = need.between_and_total(spread, spread.area, int(labels.max()) + 1)
        row[f"eta_squared_{name}"] = between / total if total > 0 else np.nan
    return row


def _efficient(values: Floats) -> list[bool]:
    """Tell by point whether no other is as good in all columns and better in one."""
    # Rounding: half a person, and less where figures are small.
    spread = np.nan_to_num(np.nanmax(np.abs(values), axis=0, initial=0.0))
    slack = np.minimum(_ONE, 1e-9 * spread + 1e-12)
    found = []
    for own in values:
        better = (values <= own + slack).all(axis=1) & (values < own - slack).any(axis=1)
        found.append(bool(np.isfinite(own).all() and not better.any()))
    return found
