"""Units that are cut off from the rest of their area, and where they could go."""

import numpy as np

from coterminosity.proposing.ledger import OPEN, Ledger
from coterminosity.units import UnitGraph, parts_of

Adjacency = dict[int, tuple[int, ...]]


def numbered(graph: UnitGraph) -> Adjacency:
    """Return neighbours by the row number of units, over borders and links."""
    row = {code: number for number, code in enumerate(graph.units.index)}
    return {row[code]: tuple(row[n] for n in near) for code, near in graph.adjacency().items()}


def pieces_of(ledger: Ledger, adjacency: Adjacency, area: int) -> list[list[int]]:
    """Return the connected parts of an area, the one with most people first.

    Open units that the area's seed claims count as ground it may cross, since they may yet join.
    """
    own = {int(unit) for unit in np.flatnonzero(ledger.area == area)}
    may_join = {
        int(unit)
        for unit in np.flatnonzero(ledger.area == OPEN)
        if area in ledger.claims.claimants[unit]
    }
    parts = parts_of(own | may_join, adjacency)
    held = [[unit for unit in part if unit in own] for part in parts]
    people = ledger.claims.people
    return sorted(
        (part for part in held if part), key=lambda part: (-float(people[part].sum()), part[0])
    )


def stranded(ledger: Ledger, adjacency: Adjacency, areas: set[int]) -> list[list[int]]:
    """Return the parts of areas that are cut off from where most of their people live."""
    return [part for area in sorted(areas) for part in pieces_of(ledger, adjacency, area)[1:]]


def neighbouring_areas(ledger: Ledger, adjacency: Adjacency, part: list[int]) -> list[int]:
    """Return the areas next to a part, other than its own."""
    near = {int(ledger.area[n]) for unit in part for n in adjacency[unit]}
    return sorted(near - {OPEN, int(ledger.area[part[0]])})
