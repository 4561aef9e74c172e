"""Briefs that no plan can meet: the smallest set of demands that clash, in one sentence.

Each test is a condition that every plan must meet, so that what it refuses is impossible for
certain. What passes may still be impossible; the solvers then say so.
"""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise

import numpy as np

from coterminosity.errors import BriefError, listed
from coterminosity.proposing.problem import NO_AREA, Problem
from coterminosity.units import parts_of


@dataclass(frozen=True)
class Clash:
    """Demands that cannot all be met, and why."""

    demands: tuple[str, ...]
    why: str

    def sentence(self) -> str:
        """Return the clash as one sentence."""
        together = " and ".join(self.demands)
        verb = "clash" if len(self.demands) > 1 else "cannot be met"
        return f"no plan can meet the brief: {together} {verb}: {self.why}"


def check_feasible(problem: Problem) -> None:
    """Refuse a problem that no plan can solve.

    Raises
    ------
    BriefError
        Names the fewest demands that were found to clash, with names and people.
    """
    clashes = [clash for test in _TESTS for clash in test(problem)]
    if clashes:
        worst = min(clashes, key=lambda clash: len(clash.demands))
        more = "; change one of them" if len(worst.demands) > 1 else ""
        raise BriefError(worst.sentence() + more)


def _hard(problem: Problem) -> bool:
    return not np.isfinite(problem.size_price)


def _number(people: float) -> str:
    return f"{people:,.0f}"


def _band(problem: Problem, side: str) -> str:
    return f"the {side} of {_number(getattr(problem, side))}"


def _count(problem: Problem) -> str:
    low, high = problem.k_low, problem.k_high
    return f"{low} areas" if low == high else f"{low} to {high} areas"


def _names(problem: Problem, units: Sequence[int]) -> str:
    return listed([problem.names[u] for u in units], most=4)


def _totals(problem: Problem) -> Iterator[Clash]:
    """Check that all people fit so many areas within the band."""
    people = float(problem.people.sum())
    if not _hard(problem) or problem.unit_floor or problem.label_floor:
        return
    need = problem.k_low * problem.floor
    if need > people:
        yield Clash(
            (_count(problem), _band(problem, "floor")),
            f"{problem.k_low} areas of {_number(problem.floor)} need {_number(need)} people, and "
            f"there are {_number(people)}",
        )
    if problem.unit_ceiling or problem.label_ceiling:
        return
    room = problem.k_high * problem.ceiling
    if room < people:
        yield Clash(
            (_count(problem), _band(problem, "ceiling")),
            f"{problem.k_high} areas of {_number(problem.ceiling)} hold {_number(room)} people, "
            f"and there are {_number(people)}",
        )


def _own_ceilings(problem: Problem) -> list[float]:
    """Return the ceilings that may stand in for the general one: of areas, and of units in them."""
    return [*problem.label_ceiling.values(), *problem.unit_ceiling.values()]


def _single_units(problem: Problem) -> Iterator[Clash]:
    """Check that no unit alone is above every ceiling."""
    ceiling = max([problem.ceiling, *_own_ceilings(problem)])
    for unit in np.flatnonzero(problem.people > ceiling) if _hard(problem) else ():
        if int(unit) not in problem.unit_ceiling:
            yield Clash(
                (_band(problem, "ceiling"),),
                f"{problem.names[unit]} alone has {_number(problem.people[unit])}; raise the "
                "ceiling, name another for it under [area_ceilings], or divide it by using "
                'smaller units (unit_layer = "atom")',
            )


def _join_chain(problem: Problem, one: int, other: int) -> list[tuple[int, ...]]:
    """Return the fewest groups that tie two units together; none where nothing does."""
    came: dict[int, tuple[int, tuple[int, ...]]] = {}
    seen, edge = {one}, deque([one])
    while edge:
        unit = edge.popleft()
        if unit == other:
            break
        for group in problem.joins:
            if unit in group:
                for near in group:
                    if near not in seen:
                        seen.add(near)
                        came[near] = (unit, group)
                        edge.append(near)
    if other not in seen:
        return []
    chain = []
    while other != one:
        other, group = came[other]
        chain.append(group)
    return chain[::-1]


def _joined(problem: Problem, groups: list[tuple[int, ...]]) -> list[str]:
    return [f"must_join {_names(problem, group)}" for group in dict.fromkeys(groups)]


def _joins_and_parts(problem: Problem) -> Iterator[Clash]:
    """Check that nothing tied together must be apart."""
    for group in problem.parts:
        if len(group) > problem.k_high:
            yield Clash(
                (_count(problem), f"must_part {_names(problem, group)}"),
                f"{len(group)} units that are all apart need as many areas",
            )
        for place, one in enumerate(group):
            for other in group[place + 1 :]:
                chain = _join_chain(problem, one, other)
                if chain:
                    yield Clash(
                        (*_joined(problem, chain), f"must_part {_names(problem, (one, other))}"),
                        f"{problem.names[one]} and {problem.names[other]} cannot be both together "
                        "and apart",
                    )
                if problem.pinned[one] == problem.pinned[other] != NO_AREA:
                    yield Clash(
                        (f"must_part {_names(problem, (one, other))}",
                         _pinned(problem, one), _pinned(problem, other)),
                        "both would be in one area",
                    )  # fmt: skip


def _pinned(problem: Problem, unit: int) -> str:
    label = int(problem.pinned[unit])
    word = "must_exist" if problem.closed[label] else "lock"
    return f"{word} {problem.names[unit]} in {problem.labels[label]}"


def _joins_and_pins(problem: Problem) -> Iterator[Clash]:
    """Check that nothing tied together is pinned to different areas, or above the ceiling."""
    for own in _tied(problem):
        pinned = [u for u in own if problem.pinned[u] != NO_AREA]
        for one, other in pairwise(pinned):
            if problem.pinned[one] != problem.pinned[other]:
                chain = _join_chain(problem, one, other)
                yield Clash(
                    (*_joined(problem, chain), _pinned(problem, one), _pinned(problem, other)),
                    f"{problem.names[one]} and {problem.names[other]} would be in two areas",
                )
        people = float(problem.people[own].sum())
        _, ceiling = problem.band_of(np.array(own))
        ceiling = max([ceiling, *_own_ceilings(problem)])
        if _hard(problem) and people > ceiling:
            groups = [group for group in problem.joins if set(group) <= set(own)]
            yield Clash(
                (*_joined(problem, groups), f"the ceiling of {_number(ceiling)}"),
                f"together they have {_number(people)}",
            )


def _tied(problem: Problem) -> list[list[int]]:
    """Return the units that joins tie together, in groups of two or more."""
    near: dict[int, set[int]] = {}
    for group in problem.joins:
        for unit in group:
            near.setdefault(unit, set()).update(group)
    return parts_of(near, {unit: tuple(sorted(own)) for unit, own in near.items()})


def _areas_that_exist(problem: Problem) -> Iterator[Clash]:
    """Check areas that must exist: in one piece and within the band."""
    for label in np.flatnonzero(problem.closed):
        members = np.flatnonzero(problem.pinned == label)
        name = f"must_exist {problem.labels[label]}"
        if problem.contiguous and not problem.is_connected(members):
            yield Clash((name, "contiguity"), "it is in pieces")
        low, high = problem.band_of(members, int(label))
        people = float(problem.people[members].sum())
        if _hard(problem) and not low <= people <= high:
            side = _band(problem, "floor" if people < low else "ceiling")
            yield Clash((name, side), f"it has {_number(people)} people")


def _left_over(problem: Problem) -> Iterator[Clash]:
    """Check that the units which areas that must exist leave over can make the other areas."""
    exist = int(problem.closed.sum())
    if not exist:
        return
    walls = tuple(f"must_exist {problem.labels[a]}" for a in np.flatnonzero(problem.closed))
    inside = problem.closed[np.maximum(problem.pinned, 0)] & (problem.pinned >= 0)
    left = len(problem) - int(inside.sum())
    if exist + (left > 0) > problem.k_high or exist + left < problem.k_low:
        yield Clash(
            (_count(problem), *walls),
            f"{left} units are left over for the other areas",
        )


def _pieces(problem: Problem) -> Iterator[Clash]:
    """Check each piece of the graph that areas which must exist leave over."""
    if not problem.contiguous:
        return
    shut = (
        problem.closed[np.maximum(problem.pinned, 0)] & (problem.pinned >= 0)
        if len(problem.closed)
        else np.zeros(len(problem), dtype=np.bool_)
    )
    near = dict(enumerate(problem.neighbours))
    pieces = parts_of([int(u) for u in np.flatnonzero(~shut)], near)
    walls = tuple(f"must_exist {problem.labels[a]}" for a in np.flatnonzero(problem.closed))
    room = problem.k_high - int(problem.closed.sum())
    if len(pieces) > room:
        yield Clash(
            (_count(problem), *walls, "contiguity"),
            f"the units left over are in {len(pieces)} pieces",
        )
    where = {unit: number for number, piece in enumerate(pieces) for unit in piece}
    for group in problem.joins:
        if len({where.get(u, -1) for u in group}) > 1:
            yield Clash(
                (f"must_join {_names(problem, group)}", *walls, "contiguity"),
                "nothing joins them; declare a link",
            )
    if _hard(problem):
        yield from _sizes_of_pieces(problem, pieces, walls)


def _sizes_of_pieces(
    problem: Problem, pieces: list[list[int]], walls: tuple[str, ...]
) -> Iterator[Clash]:
    """Check that each piece can be divided into areas within the band."""
    if problem.unit_floor or problem.unit_ceiling or problem.label_floor or problem.label_ceiling:
        return
    more = ("contiguity", *walls) if len(pieces) > 1 else walls
    for piece in pieces:
        people = float(problem.people[piece].sum())
        if people < problem.floor:
            yield Clash(
                (_band(problem, "floor"), *more),
                f"{_names(problem, piece)} can be joined to nothing else and have "
                f"{_number(people)} people",
            )
        elif problem.floor > 0 and np.floor(people / problem.floor) * problem.ceiling < people:
            yield Clash(
                (_band(problem, "floor"), _band(problem, "ceiling"), *more),
                f"{_number(people)} people cannot be divided into areas within both",
            )


_TESTS: tuple[Callable[[Problem], Iterator[Clash]], ...] = (
    _totals, _single_units, _joins_and_parts, _joins_and_pins, _areas_that_exist, _left_over,
    _pieces,
)  # fmt: skip


def smallest_clash(problem: Problem, impossible: Callable[[Problem], bool]) -> tuple[str, ...]:
    """Return demands that cannot all be met, though any of them can be left out.

    Parameters
    ----------
    problem : Problem
        One that is impossible.
    impossible : callable
        Tells whether a problem with fewer demands still is.
    """
    kept: list[str] = []
    for name, drop in _droppable(problem):
        without = drop(problem)
        if impossible(without):
            problem = without
        else:
            kept.append(name)
    return tuple(kept)


def _droppable(problem: Problem) -> list[tuple[str, Callable[[Problem], Problem]]]:
    found: list[tuple[str, Callable[[Problem], Problem]]] = []
    if problem.contiguous:
        found.append(("contiguity", lambda p: replace(p, contiguous=False)))
    if _hard(problem) and problem.floor > 0:
        found.append((_band(problem, "floor"), lambda p: replace(p, floor=0.0)))
    if _hard(problem) and np.isfinite(problem.ceiling):
        found.append((_band(problem, "ceiling"), lambda p: replace(p, ceiling=np.inf)))
    found += [
        (f"must_join {_names(problem, group)}", partial(_without_join, group=group))
        for group in problem.joins
    ]
    found += [
        (f"must_part {_names(problem, group)}", partial(_without_part, group=group))
        for group in problem.parts
    ]
    found += [
        (_pinned(problem, int(unit)), partial(_unpinned, unit=int(unit)))
        for unit in np.flatnonzero(problem.pinned >= 0)
        if not problem.closed[problem.pinned[unit]]
    ]
    top = len(problem.labels) if not problem.free else len(problem)
    found.append((_count(problem), lambda p: replace(
        p, k_low=1, k_high=top, must_open=p.must_open & p.closed)))  # fmt: skip
    return found


def _less(groups: tuple[tuple[int, ...], ...], one: tuple[int, ...]) -> tuple[tuple[int, ...], ...]:
    return tuple(group for group in groups if group != one)


def _without_join(problem: Problem, *, group: tuple[int, ...]) -> Problem:
    return replace(problem, joins=_less(problem.joins, group))


def _without_part(problem: Problem, *, group: tuple[int, ...]) -> Problem:
    return replace(problem, parts=_less(problem.parts, group))


def _unpinned(problem: Problem, *, unit: int) -> Problem:
    pinned = problem.pinned.copy()
    pinned[unit] = NO_AREA
    return replace(problem, pinned=pinned)
