"""What stands in the way of moving units to another area, and what else would have to move."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from coterminosity.errors import listed
from coterminosity.proposing.costing import leading_units
from coterminosity.proposing.problem import Ints, Problem


@dataclass(frozen=True, kw_only=True)
class Obstacle:
    """One constraint that forbids a move.

    Attributes
    ----------
    kind : str
        ``not next``, ``cut off``, ``pinned``, ``closed``, ``together``, ``apart``, ``leader``,
        ``must exist``, ``too few``, ``floor`` or ``ceiling``.
    words : str
        What would be wrong.
    remedy : str
        What would have to change in the brief or on the map.
    """

    kind: str
    words: str
    remedy: str


def obstacles(
    problem: Problem, area: Ints, units: Sequence[int], to: int, *, area_names: Sequence[str]
) -> list[Obstacle]:
    """Return what forbids to move units of one area to another; nothing where they may.

    Only what the move itself breaks counts, not what the plan breaks already.
    """
    source = int(area[units[0]])
    moved = area.copy()
    moved[list(units)] = to
    found: list[Obstacle] = []
    if problem.contiguous:
        found += _pieces(problem, area, moved, units, area_names)
    found += _pins(problem, units, source, to, area_names)
    found += _company(problem, area, moved, units)
    found += _existence(problem, area, moved, source, to, area_names)
    if not np.isfinite(problem.size_price):
        for own in (source, to):
            found += _size(problem, area, moved, own, area_names)
    return found


def pieces_of(problem: Problem, units: Iterable[int]) -> list[list[int]]:
    """Return the parts of some units that borders and links join, by their lowest units."""
    left, parts = set(units), []
    for start in sorted(left):
        if start in left:
            left.discard(start)
            part, edge = [start], [start]
            while edge:
                near = left.intersection(problem.neighbours[edge.pop()])
                left -= near
                part += near
                edge += near
            parts.append(sorted(part))
    return parts


def cut_off(problem: Problem, area: Ints, units: Sequence[int]) -> list[list[int]]:
    """Return the parts of an area that lose touch with its main part if units leave it.

    The main part is the one that holds a pinned unit or else most people. Parts that are cut off
    already do not count, nor does what is left if nothing is.
    """
    source = int(area[units[0]])
    own = np.flatnonzero(area == source).tolist()
    before = {frozenset(part) for part in pieces_of(problem, own)}
    parts = pieces_of(problem, set(own) - set(units))
    parts = [part for part in parts if frozenset(part) not in before]
    main = max(
        parts,
        key=lambda part: (bool((problem.pinned[part] >= 0).any()), problem.people[part].sum()),
        default=[],
    )
    return [part for part in parts if part is not main]


def bundle_of(problem: Problem, area: Ints, unit: int) -> list[int]:
    """Return the fewest units that must move with a unit: those it must join or would cut off."""
    source, bundle, edge = int(area[unit]), {unit}, [unit]
    while edge:
        more = {u for group in problem.joins if bundle.intersection(group) for u in group}
        if problem.contiguous:
            more |= {u for part in cut_off(problem, area, sorted(bundle)) for u in part}
        edge = sorted(u for u in more - bundle if area[u] == source)
        bundle.update(edge)
    return [unit, *sorted(bundle - {unit})]


def named(problem: Problem, units: Iterable[int]) -> str:
    """Return the names of units as a list in words."""
    return listed([problem.names[u] for u in units])


def _pieces(
    problem: Problem, area: Ints, moved: Ints, units: Sequence[int], area_names: Sequence[str]
) -> list[Obstacle]:
    source, to = int(area[units[0]]), int(moved[units[0]])
    found = []
    there = np.flatnonzero(area == to).tolist()
    own = set(units)
    apart = [p for p in pieces_of(problem, [*there, *units]) if own.issuperset(p)] if there else []
    if apart:
        strange = sorted(u for part in apart for u in part)
        found.append(
            Obstacle(
                kind="not next",
                words=f"{named(problem, strange)} is not next to {area_names[to]}"
                if len(strange) == 1
                else f"{named(problem, strange)} are not next to {area_names[to]}",
                remedy=f"a link between {named(problem, strange[:1])} and {area_names[to]}",
            )
        )
    lost = [u for part in cut_off(problem, area, units) for u in part]
    if lost:
        words = f"{named(problem, lost)} would be cut off from the rest of {area_names[source]}"
        found.append(
            Obstacle(
                kind="cut off",
                words=words,
                remedy=f"{named(problem, lost)} moved along, or a link between "
                f"{named(problem, lost[:1])} and the rest of {area_names[source]}",
            )
        )
    return found


def _pins(
    problem: Problem, units: Sequence[int], source: int, to: int, area_names: Sequence[str]
) -> list[Obstacle]:
    found = []
    fixed = [u for u in units if problem.pinned[u] == source]
    shut = {own for own in (source, to) if own < len(problem.closed) and problem.closed[own]}
    if fixed and source not in shut:
        found.append(
            Obstacle(
                kind="pinned",
                words=f"{named(problem, fixed)} is locked to {area_names[source]}",
                remedy=f"the lock of {named(problem, fixed)} dropped",
            )
        )
    for own in sorted(shut):
        enters = own == to and any(problem.pinned[u] != to for u in units)
        if enters or (own == source and fixed):
            found.append(
                Obstacle(
                    kind="closed",
                    words=f"{area_names[own]} must exist just as it is",
                    remedy=f"{area_names[own]} open to change",
                )
            )
    return found


def _company(problem: Problem, area: Ints, moved: Ints, units: Sequence[int]) -> list[Obstacle]:
    found = []
    to = int(moved[units[0]])
    for group in problem.joins:
        left = [u for u in group if moved[u] != to]
        if left and not set(units).isdisjoint(group) and len({int(area[u]) for u in group}) == 1:
            own = [u for u in units if u in group]
            found.append(
                Obstacle(
                    kind="together",
                    words=f"{named(problem, own)} must be with {named(problem, left)}",
                    remedy=f"{named(problem, left)} moved along, or the demand that they be "
                    "together dropped",
                )
            )
    for group in problem.parts:
        own = [u for u in units if u in group]
        others = [u for u in group if u not in own and moved[u] == to]
        if own and others:
            found.append(
                Obstacle(
                    kind="apart",
                    words=f"{named(problem, own)} must not be with {named(problem, others)}",
                    remedy="the demand that they be apart dropped",
                )
            )
    return found


def _existence(
    problem: Problem, area: Ints, moved: Ints, source: int, to: int, area_names: Sequence[str]
) -> list[Obstacle]:
    name = area_names[source]
    if (moved == source).any():
        return _leader(problem, area, moved, source, name)
    if source < len(problem.must_open) and problem.must_open[source]:
        return [Obstacle(kind="must exist", words=f"{name} would have no units left",
                         remedy=f"{name} given up")]  # fmt: skip
    before, count = len(np.unique(area)), len(np.unique(moved))
    if count < min(before, problem.k_low):
        words = f"{name} would end, and {count:,} areas are too few"
        return [Obstacle(kind="too few", words=words,
                         remedy=f"{problem.k_low - count:,} areas fewer wanted")]  # fmt: skip
    return []


def _leader(problem: Problem, area: Ints, moved: Ints, source: int, name: str) -> list[Obstacle]:
    layer, code = problem.led_by[source] if source < len(problem.led_by) else ("", "")
    if not layer or problem.closed[source]:
        return []
    own = leading_units(problem, layer, code)
    if (moved[own] == source).any() or not (area[own] == source).any():
        return []
    words = f"{name} would hold nothing of the {layer.upper()} that leads it"
    return [Obstacle(kind="leader", words=words, remedy=f"{name} led by something else")]


def _size(
    problem: Problem, area: Ints, moved: Ints, own: int, area_names: Sequence[str]
) -> list[Obstacle]:
    if not (moved == own).any():
        return []
    people, short, over = _band(problem, moved, own)
    _, short_before, over_before = _band(problem, area, own)
    name, found = area_names[own], []
    if short > max(short_before, 0.0):
        words = f"{name} would have {people:,.0f} people, {short:,.0f} short of its floor"
        found.append(
            Obstacle(kind="floor", words=words, remedy=f"a floor lower by {short:,.0f} people")
        )
    if over > max(over_before, 0.0):
        words = f"{name} would have {people:,.0f} people, {over:,.0f} over its ceiling"
        found.append(
            Obstacle(kind="ceiling", words=words, remedy=f"a ceiling higher by {over:,.0f} people")
        )
    return found


def _band(problem: Problem, area: Ints, own: int) -> tuple[float, float, float]:
    members = np.flatnonzero(area == own)
    if not len(members):
        return 0.0, 0.0, 0.0
    low, high = problem.band_of(members, own)
    people = float(problem.people[members].sum())
    return people, low - people, people - high
