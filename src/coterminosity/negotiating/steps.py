"""From what a party asks for to an entry of the log, with every unit and area named in full."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypedDict

from coterminosity.errors import ScenarioError, listed
from coterminosity.negotiating.entries import Entry, clean, time_of
from coterminosity.negotiating.ground import Ground
from coterminosity.negotiating.position import Position

Step = dict[str, Any]


class Turn(TypedDict, total=False):
    """Who speaks, why, when, and whether a step that breaks something is refused."""

    who: str | None
    note: str | None
    at: datetime | str | None
    strict: bool | None


def entry_of(step: Step, turn: Turn, *, who: str) -> Entry:
    """Return the entry of a step, with who speaks, why and when."""
    speaker = turn.get("who")
    return Entry(
        **step,
        time=time_of(turn.get("at")),
        who=clean(who if speaker is None else speaker),
        note=clean(turn.get("note") or ""),
    )


def move(ground: Ground, position: Position, units: str | Iterable[str], to: str | None) -> Step:
    """Return the step that moves units to an area, or leaves them open."""
    area = "" if to is None else position.area_named(to)
    given = _units(ground, units, what="move")
    own = [unit for unit in given if position.area_of(unit) != area]
    if not own:
        names = listed([ground.names[unit] for unit in given])
        where = f"in {area}" if area else "open"
        raise ScenarioError(f"move: {names} {'is' if len(given) == 1 else 'are'} {where} already")
    return _assigning("move", ground, dict.fromkeys(own, area))


def swap(ground: Ground, position: Position, one: str, other: str) -> Step:
    """Return the step that exchanges the areas of two units."""
    first, second = ground.unit_of(one), ground.unit_of(other)
    if position.area[first] == position.area[second]:
        raise ScenarioError(
            f"swap: {ground.names[first]} and {ground.names[second]} are in one area already"
        )
    moves = {first: position.area_of(second), second: position.area_of(first)}
    return _assigning("swap", ground, moves)


def merge(ground: Ground, position: Position, area: str, other: str, name: str | None) -> Step:
    """Return the step that merges a second area into a first."""
    first, second = position.area_named(area), position.area_named(other)
    if first == second:
        raise ScenarioError(f"merge: wanted two areas, got {first} twice")
    kept = first if name is None else clean(name)
    if kept not in (first, second):
        _unused(position, kept, what="merge")
    units = [u for own in (first, second) if own != kept for u in position.units_of(own)]
    return {**_assigning("merge", ground, dict.fromkeys(units, kept)), "areas": (second, first)}


def split(
    ground: Ground, position: Position, area: str, parts: Mapping[str, Iterable[str]] | str
) -> Step:
    """Return the step that divides an area into named parts, or along a layer."""
    name = position.area_named(area)
    inside = position.units_of(name)
    named = _along(ground, inside, parts) if isinstance(parts, str) else {
        clean(part): _units(ground, units, what="split") for part, units in parts.items()
    }  # fmt: skip
    moves: dict[int, str] = {}
    for part, units in named.items():
        if part != name:
            _unused(position, part, what="split")
        strange = [ground.names[u] for u in units if u not in inside]
        if strange:
            raise ScenarioError(f"split: {listed(strange)} not in {name}; name units of the area")
        double = [ground.names[u] for u in units if u in moves]
        if double:
            raise ScenarioError(f"split: {listed(double)} in two parts; name each unit once")
        moves |= dict.fromkeys(units, part)
    moves = {unit: part for unit, part in moves.items() if part != name}
    if not moves or len({*moves.values(), *([name] if len(moves) < len(inside) else [])}) < 2:
        raise ScenarioError(f"split: wanted two parts or more of {name}, got one")
    return _assigning("split", ground, dict(sorted(moves.items())))


def new_area(ground: Ground, position: Position, name: str, units: str | Iterable[str]) -> Step:
    """Return the step that makes an area of units taken from others."""
    title = clean(name)
    _unused(position, title, what="new_area")
    own = _units(ground, units, what="new_area")
    return _assigning("new_area", ground, dict.fromkeys(own, title))


def rename(position: Position, area: str, name: str) -> Step:
    """Return the step that gives an area another name."""
    old, new = position.area_named(area), clean(name)
    if new == old:
        raise ScenarioError(f"rename: the area is called {old!r} already")
    _unused(position, new, what="rename")
    return {"action": "rename", "areas": (old,), "names": (new,)}


def lock(ground: Ground, position: Position, units: Sequence[str], area: str | None) -> Step:
    """Return the step that locks units, or an area."""
    if area is not None:
        if units:
            raise ScenarioError("lock: give units, or area=, and not both")
        return {"action": "lock_area", "areas": (position.area_named(area),)}
    return {"action": "lock", "units": _codes(ground, _units(ground, units, what="lock"))}


def unlock(ground: Ground, position: Position, units: Sequence[str], area: str | None) -> Step:
    """Return the step that unlocks units, or an area; what is not locked is refused."""
    if area is not None:
        if units:
            raise ScenarioError("unlock: give units, or area=, and not both")
        name = position.area_named(area)
        if name not in position.locked_areas:
            raise ScenarioError(f"unlock: {name} is not locked")
        return {"action": "unlock_area", "areas": (name,)}
    own = _units(ground, units, what="unlock")
    loose = [ground.names[unit] for unit in own if unit not in position.locked]
    if loose:
        raise ScenarioError(f"unlock: {listed(loose)} not locked")
    return {"action": "unlock", "units": _codes(ground, own)}


def keep_together(ground: Ground, units: Sequence[str]) -> Step:
    """Return the step that keeps units together."""
    own = _units(ground, units, what="keep_together")
    if len(own) < 2:
        raise ScenarioError("keep_together: wanted two units or more")
    return {"action": "keep_together", "units": _codes(ground, sorted(own))}


def release(ground: Ground, position: Position, units: Sequence[str]) -> Step:
    """Return the step that lets go of the groups of some units."""
    own = _units(ground, units, what="release")
    if not any(set(own) & set(group) for group in position.groups):
        names = listed([ground.names[unit] for unit in own])
        raise ScenarioError(f"release: {names} in no group that is kept together")
    return {"action": "release", "units": _codes(ground, own)}


def _units(ground: Ground, units: str | Iterable[str], *, what: str) -> list[int]:
    given = [units] if isinstance(units, str) else list(units)
    if not given:
        raise ScenarioError(f"{what}: wanted one unit or more, got none")
    return list(dict.fromkeys(ground.unit_of(unit) for unit in given))


def _codes(ground: Ground, units: Iterable[int]) -> tuple[str, ...]:
    return tuple(ground.units[unit] for unit in units)


def _assigning(action: str, ground: Ground, moves: Mapping[int, str]) -> Step:
    return {"action": action, "units": _codes(ground, moves), "to": tuple(moves.values())}


def _unused(position: Position, name: str, *, what: str) -> None:
    if not name:
        raise ScenarioError(f"{what}: an area needs a name")
    if name in position.areas:
        raise ScenarioError(
            f"{what}: there is an area {name!r} already; move units to it, or merge"
        )


def _along(ground: Ground, units: Iterable[int], key: str) -> dict[str, list[int]]:
    """Return units by the name of the region of a layer that holds most of each."""
    layer = ground.layer(key)
    parts: dict[str, list[int]] = {}
    for unit in units:
        regions = layer.regions_of(unit)
        if regions:
            parts.setdefault(layer.names[regions[0][0]], []).append(unit)
    return parts
