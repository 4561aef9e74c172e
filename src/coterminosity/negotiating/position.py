"""The position of a negotiation: who is where, what is locked, and what a step makes of it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from coterminosity.errors import NameLookupError, ScenarioError, listed, nearest
from coterminosity.negotiating.entries import ASSIGNING, Entry
from coterminosity.negotiating.ground import Ground, Ints

OPEN = -1


@dataclass(frozen=True, eq=False, kw_only=True)
class Position:
    """Hold areas of units with locks.

    Parameters
    ----------
    areas : tuple of str
        Names of areas with units, sorted.
    area : array of int
        By unit: the number of its area; -1 where open.
    locked : frozenset of int
        Units that stay where they are.
    locked_areas : frozenset of str
        Areas that no unit enters or leaves.
    groups : tuple of tuples of int
        Units kept together.

    Raises
    ------
    ScenarioError
        Where areas are not sorted, double, or without units.
    """

    areas: tuple[str, ...]
    area: Ints
    locked: frozenset[int] = frozenset()
    locked_areas: frozenset[str] = frozenset()
    groups: tuple[tuple[int, ...], ...] = field(default=())

    def __post_init__(self) -> None:
        if list(self.areas) != sorted(set(self.areas)) or "" in self.areas:
            raise ScenarioError("areas must have names, sorted and once each")
        held = np.bincount(self.area + 1, minlength=len(self.areas) + 1)
        if len(held) != len(self.areas) + 1 or not held[1:].all():
            raise ScenarioError("every area must have units, and every unit a known area or none")
        self.area.setflags(write=False)

    def area_of(self, unit: int) -> str:
        """Return the name of a unit's area; empty where open."""
        own = int(self.area[unit])
        return "" if own == OPEN else self.areas[own]

    def units_of(self, area: str) -> list[int]:
        """Return the units of an area by its exact name."""
        return [int(u) for u in np.flatnonzero(self.area == self.areas.index(area))]

    def area_named(self, name: str) -> str:
        """Return the exact name of an area, given by it or by the only one that contains it.

        Raises
        ------
        NameLookupError
            Where none or several fit; the candidates are listed.
        """
        wanted = name.strip().casefold()
        for fits in (
            lambda own: own == name,
            lambda own: own.casefold() == wanted,
            lambda own: bool(wanted) and wanted in own.casefold(),
        ):
            found = [own for own in self.areas if fits(own)]
            if len(found) == 1:
                return found[0]
            if found:
                raise NameLookupError(
                    f"{name!r} fits several areas: {listed(found)}; give one full name"
                )
        hint = nearest(name, self.areas) or f"; there are {listed(self.areas, most=60)}"
        raise NameLookupError(f"there is no area {name!r}{hint}")


def position_of(ground: Ground, assignment: pd.Series, *, locked: Iterable[int] = (),
                groups: Sequence[Sequence[int]] = ()) -> Position:  # fmt: skip
    """Return the position of areas by unit code; None or empty where open."""
    given = assignment.reindex(list(ground.units)).astype("object")
    given = given.where(given.notna() & (given != ""), None)
    codes, names = pd.factorize(given, sort=True)
    return Position(
        areas=tuple(str(name) for name in names),
        area=np.asarray(codes, dtype=np.int64),
        locked=frozenset(locked),
        groups=tuple(tuple(sorted(own)) for own in groups),
    )


def assign(position: Position, moves: Mapping[int, str]) -> Position:
    """Return the position with units in other areas, made where they are new.

    Areas that lose their last unit are gone, and with them their locks.
    """
    names = sorted({*position.areas, *moves.values()} - {""})
    number = {name: k for k, name in enumerate(names)}
    renumbered = np.array([*(number[name] for name in position.areas), OPEN], dtype=np.int64)
    area = renumbered[position.area]
    for unit, name in moves.items():
        area[unit] = number.get(name, OPEN)
    held = np.bincount(area[area >= 0], minlength=len(names)) > 0
    kept = np.append(np.where(held, np.cumsum(held) - 1, OPEN), OPEN)
    living = tuple(name for name, has in zip(names, held, strict=True) if has)
    return replace(
        position, areas=living, area=kept[area],
        locked_areas=position.locked_areas & set(living),
    )  # fmt: skip


def after(ground: Ground, position: Position, entry: Entry) -> Position:
    """Return the position after a step of the log.

    Raises
    ------
    ScenarioError
        Where the step names units or areas that are not there.
    """
    strange = [code for code in entry.units if code not in ground.number]
    if strange:
        raise ScenarioError(
            f"{entry.action}: there is no unit {listed(strange)} of layer {ground.unit_layer!r}"
        )
    units = [ground.number[code] for code in entry.units]
    if entry.action in ASSIGNING:
        return assign(position, dict(zip(units, entry.to, strict=True)))
    gone = [name for name in entry.areas if name not in position.areas]
    if gone:
        raise ScenarioError(f"{entry.action}: there is no area {listed(gone)}")
    if entry.action == "rename":
        return _renamed(position, entry)
    if entry.action == "lock":
        return replace(position, locked=position.locked | set(units))
    if entry.action == "unlock":
        return replace(position, locked=position.locked - set(units))
    if entry.action == "lock_area":
        return replace(position, locked_areas=position.locked_areas | set(entry.areas))
    if entry.action == "unlock_area":
        return replace(position, locked_areas=position.locked_areas - set(entry.areas))
    if entry.action == "keep_together":
        group = tuple(sorted(units))
        kept = tuple(own for own in position.groups if own != group)
        return replace(position, groups=(*kept, group))
    if entry.action == "release":
        rest = tuple(own for own in position.groups if not set(own) & set(units))
        return replace(position, groups=rest)
    return position


def _renamed(position: Position, entry: Entry) -> Position:
    (old,), (new,) = entry.areas[:1], entry.names[:1]
    if new in position.areas and new != old:
        raise ScenarioError(f"rename: there is an area {new!r} already; merge the two instead")
    names = {name: new if name == old else name for name in position.areas}
    order = sorted(names.values())
    renumbered = np.array([*(order.index(names[x]) for x in position.areas), OPEN], dtype=np.int64)
    return replace(
        position,
        areas=tuple(order),
        area=renumbered[position.area],
        locked_areas=frozenset(names[name] for name in position.locked_areas),
    )
