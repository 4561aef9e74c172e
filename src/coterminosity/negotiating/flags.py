"""What a step breaks: locks, groups, contiguity and the size band, in words."""

import numpy as np

from coterminosity.negotiating.entries import ASSIGNING, Entry
from coterminosity.negotiating.ground import Ground
from coterminosity.negotiating.position import Position
from coterminosity.negotiating.standing import Standing


def flags_of(
    ground: Ground,
    entry: Entry,
    *,
    before: tuple[Position, Standing],
    after: tuple[Position, Standing],
) -> tuple[str, ...]:
    """Return what a step breaks that was whole before, one sentence each.

    Units locked, areas locked, groups divided, areas in more pieces, areas newly outside the
    size band, in this order. Steps that move no unit break nothing.
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
        *_pieces(before[1], after[1]),
        *_sizes(ground, before[1], after[1]),
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


def _groups(ground: Ground, before: Position, after: Position) -> list[str]:
    def whole(position: Position, group: tuple[int, ...]) -> bool:
        return len(set(position.area[list(group)].tolist())) == 1

    return [
        f"{', '.join(ground.names[unit] for unit in group)} are kept together"
        for group in before.groups
        if whole(before, group) and not whole(after, group)
    ]


def _pieces(before: Standing, after: Standing) -> list[str]:
    had = dict(zip(before.areas, before.pieces.tolist(), strict=True))
    return [
        f"{area} falls into {count} pieces"
        for area, count in zip(after.areas, after.pieces.tolist(), strict=True)
        if count > max(1, had.get(area, 1))
    ]


def _sizes(ground: Ground, before: Standing, after: Standing) -> list[str]:
    had = dict(zip(before.areas, before.size_band.tolist(), strict=True))
    limit = {"below": ground.floor, "above": ground.ceiling}
    found = []
    for number in np.flatnonzero(after.size_band != "within"):
        area, side = after.areas[number], str(after.size_band[number])
        if had.get(area) != side:
            people = after.people[number]
            found.append(f"{area} has {people:,.0f} people, {side} {limit[side]:,.0f}")
    return found
