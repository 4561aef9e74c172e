"""What each possible home of a contested unit would change, once all its consequences are drawn."""

from collections.abc import Callable
from typing import Any

import pandas as pd

from coterminosity.proposing.contiguity import Adjacency
from coterminosity.proposing.ledger import OPEN, Ledger


def possible_homes(ledger: Ledger, adjacency: Adjacency, unit: int) -> tuple[int, ...]:
    """Return the areas whose seeds claim a unit; those of its neighbours where none does."""
    near = {int(ledger.area[n]) for n in adjacency[unit]} - {OPEN}
    return ledger.claims.claimants[unit] or tuple(sorted(near))


def claim_of(ledger: Ledger, unit: int, seed: int) -> float:
    """Return the undisputed share of the unit's first aligned region that a seed holds."""
    layer = ledger.claims.aligned[0]
    region = layer.main_region(unit)
    return 0.0 if region is None else float(ledger.claims.exclusive[layer.layer][seed, region])


def weigh_alternatives(
    ledger: Ledger,
    adjacency: Adjacency,
    contested: list[int],
    *,
    rehome: Callable[[Ledger, Adjacency], None],
) -> pd.DataFrame:
    """Try each home of each contested unit on a copy of the finished plan.

    Returns
    -------
    DataFrame
        ``unit, name, area, claim`` (undisputed share of the unit's aligned region), ``people``,
        ``score`` (mean coterminosity of the plan with it), ``<layer>_split_people``,
        ``area_population_with`` and ``_without``, and ``strands``: the units that would be cut
        off from their area and rehomed.
    """
    layers = [ledger.claims.seed.layer, *(layer.layer for layer in ledger.claims.aligned)]
    columns = [
        "unit", "name", "area", "claim", "people", "score",
        *(f"{layer}_split_people" for layer in layers),
        "area_population_with", "area_population_without", "strands",
    ]  # fmt: skip
    rows = [
        _tried(ledger, adjacency, unit, seed, rehome)
        for unit in contested
        for seed in possible_homes(ledger, adjacency, unit)
    ]
    return pd.DataFrame(rows, columns=columns)


def _tried(
    ledger: Ledger,
    adjacency: Adjacency,
    unit: int,
    seed: int,
    rehome: Callable[[Ledger, Adjacency], None],
) -> dict[str, Any]:
    people, trial = ledger.claims.people, ledger.copy()
    trial.decide(unit, seed, rule="lock", why="tried", flag="locked")
    if ledger.brief.contiguous:
        rehome(trial, adjacency)
    moved = [int(u) for u in (trial.area != ledger.area).nonzero()[0] if u != unit]
    with_it = float(people[trial.area == seed].sum())
    return {
        "unit": ledger.claims.units[unit],
        "name": str(ledger.names.iloc[unit]),
        "area": ledger.area_name(seed),
        "claim": claim_of(ledger, unit, seed),
        "people": float(people[unit]),
        "score": trial.score(),
        **{f"{layer}_split_people": cut for layer, cut in trial.split_people().items()},
        "area_population_with": with_it,
        "area_population_without": with_it - float(people[unit]),
        "strands": ", ".join(str(ledger.names.iloc[u]) for u in moved),
    }
