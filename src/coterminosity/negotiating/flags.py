"""What a step breaks: locks, groups, contiguity and the size band, in words."""

import itertools
from collections.abc import Iterable

import numpy as np

from coterminosity.negotiating.entries import ASSIGNING, Entry
from coterminosity.negotiating.ground import Ground
from coterminosity.negotiating.position import OPEN, Position
from coterminosity.negotiating.standing import Standing


def flags_of(
    ground: Ground,
    entry: Entry,
    *,
    before: tuple[Position, Standing],
    after: tuple[Position, Standing],
) -> tuple[str, ...]:
    """Return what a step breaks that was whole before, one sentence each.

    Units locked, areas locked, groups divided, units brought together that are kept apart, bodies
    divided that are kept whole, areas in more pieces, areas newly outside the size band, in this
    order. Steps that move no unit break nothing.
    """
    if entry.action not in ASSIGNING:
        return ()
    moved = [
        unit
        for unit in (ground.number[code] for code in entry.units)
        if before[0].area_of(unit) != after[0].area_of(unit)
    ]
    return (
        *_unit_locks(ground, before[0], moved),
        *_area_locks(before[0], after[0], moved),
        *_groups(ground, before[0], after[0]),
        *_apart(ground, before[0], after[0]),
        *_bodies(ground, before[0], after[0], moved),
        *(_pieces(before[1], after[1]) if ground.rules.contiguous else ()),
        *_sizes(before[1], after[1]),
    )


def _unit_locks(ground: Ground, before: Position, moved: list[int]) -> list[str]:
    return [
        f"{ground.names[unit]} is locked to {before.area_of(unit) or 'no area'}"
        for unit in moved
        if unit in before.locked
    ]


def _area_locks(before: Position, after: Position, moved: list[int]) -> list[str]:
    touched = {own.area_of(unit) for own in (before, after) for unit in moved}
    return [f"{area} is locked" for area in sorted(touched & before.locked_areas)]


def is_together(position: Position, units: Iterable[int]) -> bool:
    """Tell whether units share an area, or are all open."""
    return len(set(position.area[list(units)].tolist())) == 1


def pairs_together(ground: Ground, position: Position) -> list[tuple[int, int]]:
    """Return the pairs of units that share an area and are to be kept apart."""
    return [
        (a, b)
        for group in ground.rules.apart
        for a, b in itertools.combinations(group, 2)
        if position.area[a] == position.area[b] != OPEN
    ]


def _groups(ground: Ground, before: Position, after: Position) -> list[str]:
    return [
        f"{', '.join(ground.names[unit] for unit in group)} are kept together"
        for group in before.groups
        if is_together(before, group) and not is_together(after, group)
    ]


def _apart(ground: Ground, before: Position, after: Position) -> list[str]:
    had = set(pairs_together(ground, before))
    return [
        f"{ground.names[a]} and {ground.names[b]} are kept apart"
        for a, b in pairs_together(ground, after)
        if (a, b) not in had
    ]


def _bodies(ground: Ground, before: Position, after: Position, moved: list[int]) -> list[str]:
    touched = set(moved)
    return [
        f"{name} is kept whole"
        for name, units in ground.rules.whole
        if not touched.isdisjoint(units)
        and is_together(before, units)
        and not is_together(after, units)
    ]


def _pieces(before: Standing, after: Standing) -> list[str]:
    had = dict(zip(before.areas, before.pieces.tolist(), strict=True))
    return [
        f"{area} falls into {count} pieces"
        for area, count in zip(after.areas, after.pieces.tolist(), strict=True)
        if count > max(1, had.get(area, 1))
    ]


def _sizes(before: Standing, after: Standing) -> list[str]:
    had = dict(zip(before.areas, before.size_band.tolist(), strict=True))
    return [
        after.of_size(int(number))
        for number in np.flatnonzero(after.size_band != "within")
        if had.get(after.areas[number]) != after.size_band[number]
    ]
