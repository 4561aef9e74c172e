"""Why a unit is where it is, what stands against its moving, and what would change that."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from coterminosity.proposing.costing import terms_of
from coterminosity.proposing.obstacles import Obstacle, bundle_of, named, obstacles
from coterminosity.proposing.problem import Ints, Problem
from coterminosity.proposing.wording import NOTHING, gains_and_losses, in_costs, price_changes

LAST_COLUMNS = [
    "blocked_by", "gains", "losses", "would_change", "with_units", "delta_with", "blocked_with",
]  # fmt: skip


@dataclass(frozen=True, eq=False, kw_only=True)
class Reasons:
    """What would come of moving one unit to each area that it could be in.

    Attributes
    ----------
    unit, name : str
        Code and name.
    people : float
        In the unit.
    area : str
        Where it is.
    table : DataFrame
        One row per other area, those it may move to first, by cost: ``area``; ``delta``, what
        the move adds to the cost of the plan; one column per term of cost with its part of that;
        ``blocked_by``, constraints that forbid it (empty where it is allowed); ``gains`` and
        ``losses`` in words; ``would_change``, what would make the answer another;
        ``with_units``, units that must move along so that none is cut off or parted from those it
        must join, and with these ``delta_with`` and ``blocked_with``.
    """

    unit: str
    name: str
    people: float
    area: str
    table: pd.DataFrame

    def describe(self) -> str:
        """Return the reasons as text for those who decide, one paragraph per area."""
        lines = [f"{self.name} ({self.people:,.0f} people) is in {self.area}."]
        if not len(self.table):
            lines.append("No other area is next to it or has a claim to it.")
        for row in self.table.to_dict("records"):
            parts = [f"To {row['area']}: {in_costs(row['delta'])}"]
            if row["gains"]:
                parts.append(f"Gained: {row['gains']}")
            if row["losses"]:
                parts.append(f"Lost: {row['losses']}")
            if row["blocked_by"]:
                parts.append(f"Not allowed: {row['blocked_by']}")
            if row["with_units"]:
                together = f"Together with {row['with_units']}: {in_costs(row['delta_with'])}"
                blocked = row["blocked_with"]
                parts.append(f"{together}, but {blocked}" if blocked else together)
            parts.append(f"It would change {row['would_change']}" if row["would_change"] else "")
            lines.append(" ".join(f"{part}." for part in parts if part))
        return "\n".join(lines)


def why(problem: Problem, area: Ints, unit: int, *, area_names: Sequence[str]) -> Reasons:
    """Tell why a unit is in its area and what it would take to move it.

    Each area of a neighbour is tried, and each area whose leader has people in the unit.

    Parameters
    ----------
    problem : Problem
        Prices and constraints.
    area : array of int
        By unit: the label of its area.
    unit : int
        Number of the unit.
    area_names : sequence of str
        By label.

    Returns
    -------
    Reasons
        ``delta`` is `costing.cost_of` after the move less that before, from scratch.
    """
    area = np.asarray(area)
    before = terms_of(problem, area)
    rows = [
        _weighed(problem, area, unit, to, before, area_names)
        for to in _candidates(problem, area, unit)
    ]
    table = pd.DataFrame(rows, columns=["area", "delta", *before.index, *LAST_COLUMNS])
    allowed = table["blocked_by"] == ""
    order = table.assign(shut=~allowed).sort_values(["shut", "delta", "area"]).index
    return Reasons(
        unit=problem.units[unit],
        name=problem.names[unit],
        people=float(problem.people[unit]),
        area=area_names[int(area[unit])],
        table=table.loc[order].reset_index(drop=True),
    )


def _candidates(problem: Problem, area: Ints, unit: int) -> list[int]:
    """Return the labels of other areas that are next to a unit or whose leader is in it."""
    found = {int(area[n]) for n in problem.neighbours[unit]}
    opened = set(area.tolist())
    for bodies in problem.bodies:
        start, end = bodies.weight.indptr[unit : unit + 2]
        held = bodies.weight.indices[start:end][bodies.weight.data[start:end] > 0]
        found |= opened.intersection(bodies.leads[held].tolist())
    if problem.pinned[unit] in opened:
        found.add(int(problem.pinned[unit]))
    return sorted(found - {int(area[unit])})


def _weighed(
    problem: Problem,
    area: Ints,
    unit: int,
    to: int,
    before: pd.Series,
    area_names: Sequence[str],
) -> dict[str, object]:
    moved = _moved(area, [unit], to)
    change = terms_of(problem, moved) - before
    change = change.where(change.abs() > NOTHING, 0.0)
    delta = float(change.sum())
    gains, losses = gains_and_losses(problem, area, moved)
    blocks = obstacles(problem, area, [unit], to, area_names=area_names)
    row: dict[str, object] = {
        "area": area_names[to],
        "delta": delta,
        **{str(term): float(own) for term, own in change.items()},
        "blocked_by": "; ".join(block.words for block in blocks),
        "gains": gains,
        "losses": losses,
        "would_change": _would_change(problem, change, delta, blocks),
        "with_units": "",
        "delta_with": np.nan,
        "blocked_with": "",
    }
    bundle = bundle_of(problem, area, unit) if blocks else [unit]
    if len(bundle) > 1:
        together = terms_of(problem, _moved(area, bundle, to)) - before
        rest = obstacles(problem, area, bundle, to, area_names=area_names)
        row["with_units"] = named(problem, bundle[1:])
        row["delta_with"] = float(together.where(together.abs() > NOTHING, 0.0).sum())
        row["blocked_with"] = "; ".join(block.words for block in rest)
    return row


def _would_change(problem: Problem, change: pd.Series, delta: float, blocks: list[Obstacle]) -> str:
    """Say what would have to be otherwise for the unit to move, or for the choice to be even."""
    if blocks:
        remedies = "with " + "; and ".join(block.remedy for block in blocks)
        if delta > 0:
            return f"{remedies}; even then it would cost {delta:,.0f} more"
        return remedies
    if delta > 0:
        prices = price_changes(problem, change)
        if not prices:
            return "only if several prices were others"
        return " or ".join(f"if {own}" for own in prices[:2])
    return ""


def _moved(area: Ints, units: Sequence[int], to: int) -> Ints:
    moved = area.copy()
    moved[list(units)] = to
    return moved
