"""What each demand of a brief costs: the plan is solved once with it and once without."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from coterminosity.atoms import Atoms
from coterminosity.brief import Brief
from coterminosity.proposing.solved import Progress, Solved
from coterminosity.proposing.stating import state
from coterminosity.units import UnitGraph

COLUMNS = ["kind", "what", "cost_with", "cost_without", "price_low", "price_high"]


def prices(
    graph: UnitGraph,
    atoms: Atoms,
    brief: Brief,
    solve: Callable[[Brief], Solved],
    *,
    base: pd.Series | None = None,
    progress: Progress | None = None,
) -> pd.DataFrame:
    """Return the price of each lock, join, part, area that must exist, and band of a brief.

    Parameters
    ----------
    graph : UnitGraph
        Units; names are looked up before anything is solved.
    atoms : Atoms
        With the layers that the brief names.
    brief : Brief
        With its demands.
    solve : callable
        Solves a brief, labelled or free.
    base : Series, optional
        Plan in force, where the brief needs one.
    progress : callable, optional
        Told demands done and to do.

    Returns
    -------
    DataFrame
        ``kind, what, cost_with, cost_without, price_low, price_high``. Costs are those of the
        best plans found, inf where it is proved that none exists. The price lies between
        ``price_low`` and ``price_high``, which are one number where both solves were proved.
    """
    without = list(relaxed_briefs(brief))
    for _, _, other in without:
        state(graph, atoms, other, base=base)
    own = solve(brief) if without else None
    rows = []
    for number, (kind, what, other) in enumerate(without):
        if progress is not None:
            progress(f"price of {kind} {what}", number, len(without))
        if own is not None:
            rows.append((kind, what, *_price(own, solve(other))))
    return pd.DataFrame(rows, columns=COLUMNS)


def relaxed_briefs(brief: Brief) -> Iterator[tuple[str, str, Brief]]:
    """Yield kind and words of each demand, with the brief that does without it."""
    for kind in ("locks", "area_floors", "area_ceilings", "must_exist"):
        table = getattr(brief, kind)
        for name, value in table.items():
            rest: dict[str, Any] = {kind: {k: own for k, own in table.items() if k != name}}
            changed = replace(brief, **rest)
            yield _KINDS[kind], _words(name, value), changed
    for kind in ("must_join", "must_part"):
        groups = getattr(brief, kind)
        for number, group in enumerate(groups):
            changed = replace(brief, **{kind: groups[:number] + groups[number + 1 :]})
            yield _KINDS[kind], ", ".join(group), changed
    for layer in brief.keep_whole:
        rest_layers = tuple(other for other in brief.keep_whole if other != layer)
        yield "whole", layer, replace(brief, keep_whole=rest_layers)
    if brief.size_rule != "report":
        words = f"{brief.size_floor:,.0f} to {brief.size_ceiling:,.0f} people"
        yield "band", words, replace(brief, size_rule="report")


_KINDS = {
    "locks": "lock",
    "area_floors": "floor",
    "area_ceilings": "ceiling",
    "must_exist": "area",
    "must_join": "join",
    "must_part": "part",
}


def _words(name: str, value: object) -> str:
    if isinstance(value, float):
        return f"{name}: {value:,.0f} people"
    if isinstance(value, str):
        return f"{name} in {value}"
    return name


def _price(own: Solved, other: Solved) -> tuple[float, float, float, float]:
    """Return costs with and without a demand, and the least and greatest price of it."""
    if own.status == "infeasible":
        price = np.nan if other.status == "infeasible" else np.inf
        return np.inf, _cost(other), price, price
    cost, least = _cost(own), _bound(own)
    # What is feasible with the demand is so without, at no more cost.
    without = float(np.fmin(_cost(other), cost))
    low = max(0.0, least - without) if np.isfinite(without) else 0.0
    high = cost - min(_bound(other), cost) if np.isfinite(cost) else np.inf
    return cost, _cost(other), low, max(low, high)


def _cost(solved: Solved) -> float:
    return np.inf if solved.status == "infeasible" else solved.cost


def _bound(solved: Solved) -> float:
    return solved.bound if np.isfinite(solved.bound) else -np.inf
