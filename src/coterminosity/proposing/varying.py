"""The briefs of a frontier: one for each value of the choice that varies."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from coterminosity.brief import Brief
from coterminosity.errors import BriefError, listed, nearest
from coterminosity.plan import Basis
from coterminosity.proposing.problem import Problem
from coterminosity.proposing.stating import state

WEIGHTS = (0.25, 0.5, 1.0, 2.0, 4.0)
FLOORS = (0.0, 0.5, 1.0, 1.5, 2.0)
_POINTS, _AROUND = 9, 0.2
_NUMBERS = (
    "tolerance", "claim_share", "split_cost", "merge_cost", "size_floor", "size_ceiling",
    "size_cost", "k", "border_cost", "border_km_cost", "status_quo_cost", "seed",
)  # fmt: skip
_TABLES = (
    "split_cost", "merge_cost", "area_floors", "area_ceilings", "border_shared_costs",
    "border_main_costs", "need_costs",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Point:
    """One value: what it is called in a table, its brief, and what must be said of it."""

    name: Any
    brief: Brief
    note: str = ""


def points_of(
    brief: Brief, vary: str, values: Iterable[Any] | None, *, anchors: int
) -> list[Point]:
    """Return the points of a frontier.

    Parameters
    ----------
    brief : Brief
        All other choices.
    vary : str
        ``"k"``, ``"floor"``, ``"weights"``, a choice that is a number, or ``table.entry``.
    values : iterable, optional
        In the order in which they are solved; some choices have values by default.
    anchors : int
        Regions that may lead areas, 0 where areas are free.

    Raises
    ------
    BriefError
        Where the choice or a value is not one, or no values are known.
    """
    table = vary.partition(".")[0]
    if vary not in ("floor", "weights", *_NUMBERS) and ("." not in vary or table not in _TABLES):
        known = ("k", "floor", "weights", *_NUMBERS)
        raise BriefError(
            f"vary: wanted k, floor, weights, a choice that is a number, or table.entry, got "
            f"{vary!r}{nearest(vary, known)}; numbers are {listed(_NUMBERS, most=20)}"
        )
    given = _usual(brief, vary, anchors) if values is None else list(values)
    if not given:
        raise BriefError(f"values: wanted at least one value of {vary}, got none")
    return [_point(brief, vary, value) for value in given]


def _usual(brief: Brief, vary: str, anchors: int) -> list[Any]:
    if vary == "floor":
        return [factor * brief.size_floor for factor in FLOORS]
    if vary == "weights":
        return list(WEIGHTS)
    if vary != "k" or not (brief.k or anchors):
        raise BriefError(f"values: give the values of {vary}, such as values=[...]")
    if isinstance(brief.k, tuple):
        low, high = brief.k
    else:
        middle = brief.k or anchors
        low, high = round(middle * (1 - _AROUND)), round(middle * (1 + _AROUND))
    high = min(high, anchors) if anchors else high
    low = max(1, min(low, high))
    # From many areas to few, since few can be made of many.
    return sorted({round(k) for k in np.linspace(low, high, _POINTS).tolist()}, reverse=True)


def _point(brief: Brief, vary: str, value: Any) -> Point:
    if vary == "weights":
        return _weighed(brief, value)
    if vary == "floor":
        return _floored(brief, value)
    if "." in vary:
        table, entry = vary.split(".", 1)
        whole = {"split_cost": brief.split_costs, "merge_cost": brief.merge_costs}
        before = whole[table]() if table in whole else getattr(brief, table)
        changes: dict[str, Any] = {table: {**before, entry: value}}
        return Point(name=value, brief=replace(brief, **changes))
    return Point(name=value, brief=replace(brief, **{vary: value}))


def _floored(brief: Brief, value: Any) -> Point:
    """Return the brief with this floor, hard unless it is priced."""
    if brief.size_rule == "report":
        # A ceiling that was only reported stays so.
        hard = replace(brief, size_floor=value, size_ceiling=np.inf, size_rule="hard")
        return Point(name=value, brief=hard, note="the brief only reports the floor, here it holds")
    ceiling = max(brief.size_ceiling, value)
    return Point(name=value, brief=replace(brief, size_floor=value, size_ceiling=ceiling))


def _weighed(brief: Brief, value: Any) -> Point:
    """Return the brief with its prices of splits and mergers times a factor each."""
    pair = value if isinstance(value, (tuple, list)) else (1.0, value)
    numbers = [own for own in pair if isinstance(own, (int, float)) and 0 <= own < np.inf]
    if len(pair) != 2 or len(numbers) != 2:
        raise BriefError(
            f"weights: wanted a factor, or a pair for splits and mergers, of 0 or more; got "
            f"{value!r}"
        )
    split, merge = numbers
    splits = brief.split_costs()
    merges = brief.merge_costs() or splits
    weighed = replace(
        brief,
        split_cost={layer: own * split for layer, own in splits.items()},
        merge_cost={layer: own * merge for layer, own in merges.items()},
    )
    name = value if pair is not value else f"{split:g} : {merge:g}"
    return Point(name=name, brief=weighed)


def yardstick(basis: Basis, briefs: list[Brief]) -> Problem:
    """Return a problem that prices a person cut off and a person merged at 1, in every layer.

    The layers are those that any of the briefs prices; by default the seed and the aligned ones.
    """
    layers = dict.fromkeys(
        layer for own in briefs for layer in (*own.split_costs(), *own.merge_costs())
    )
    plain = briefs[0]
    prices = dict.fromkeys(layers or (plain.seed_layer, *plain.align), 1.0)
    measured = replace(
        plain, split_cost=prices, merge_cost=prices, k=None, size_rule="report", border_cost=0.0,
        border_km_cost=0.0, border_shared_costs={}, border_main_costs={}, need_costs={},
        status_quo_cost=0.0,
    )  # fmt: skip
    return state(basis.graph, basis.atoms, measured, base=basis.base)
