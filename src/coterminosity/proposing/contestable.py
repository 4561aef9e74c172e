"""The units nearest to moving: moves across borders weighed by books, the best from scratch."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from coterminosity.proposing import layout as at
from coterminosity.proposing.compiled import whole
from coterminosity.proposing.costing import cost_of
from coterminosity.proposing.obstacles import bundle_of, named, obstacles
from coterminosity.proposing.problem import NO_AREA, Ints, Problem
from coterminosity.proposing.tableau import tableau_of
from coterminosity.proposing.wording import gains_and_losses, in_costs

CONTESTABLE_COLUMNS = ["unit", "name", "from", "to", "people", "delta", "with_units", "reason"]
# People outside the band that are no more than an error of sums.
_NOBODY = 1e-5


@dataclass(frozen=True, eq=False)
class _Move:
    """Units, the first of which was asked about, to another area, and what that adds to the cost.

    ``beyond`` tells whether it takes people out of a hard band.
    """

    units: list[int]
    to: int
    delta: float
    beyond: bool

    @property
    def rank(self) -> tuple[float, int, int, int]:
        """What comes first: what costs least, of few units, of low numbers."""
        return round(self.delta, 6), len(self.units), self.units[0], self.to


class _Books:
    """Weigh moves by the books of the searches, in time that does not grow with the plan."""

    def __init__(self, problem: Problem, area: Ints) -> None:
        from coterminosity.proposing import kernels, reckoning

        self.kernels, count = kernels, len(problem)
        # Only costs and the band are asked for; labels have room for any plan.
        room = int(area.max()) + 1
        tableau = tableau_of(
            replace(
                problem, joins=(), parts=(), pinned=np.full(count, NO_AREA, dtype=np.int64),
                free=True, k_low=room, k_high=room,
            )
        )  # fmt: skip
        self.w, self.x = tableau.rows(1)
        start = self.w[at.AREA]
        self.w[start : start + count] = whole(area)
        reckoning.rebuild(self.w, self.x)
        self.in_band = self.x[at.BEYOND] <= _NOBODY

    def weighed(self, units: list[int], to: int) -> _Move:
        """Return a move with what it changes."""
        before = self.x[at.COST]
        for unit in units:
            self.kernels.carry_over(self.w, self.x, unit, to)
        delta, beyond = self.x[at.COST] - before, self.x[at.BEYOND] > _NOBODY
        self.kernels.take_back(self.w, self.x)
        return _Move(units, to, float(delta), bool(beyond and self.in_band))


def contestable(
    problem: Problem, area: Ints, *, area_names: Sequence[str], most: int = 5
) -> pd.DataFrame:
    """Return the units nearest to moving: those whose cheapest allowed move costs least.

    Units that must go together count as one move. In a plan that is not the best there are moves
    that save; they come first.

    Parameters
    ----------
    problem : Problem
        Prices and constraints.
    area : array of int
        By unit: the label of its area.
    area_names : sequence of str
        By label.
    most : int
        How many units to return.

    Returns
    -------
    DataFrame
        ``unit`` (code), ``name, from, to, people`` of all that move, ``delta`` (what is added to
        the cost), ``with_units`` (names of those that move along) and ``reason`` in words.
    """
    area = np.asarray(area, dtype=np.int64)
    books, found = _Books(problem, area), dict[int, _Move]()
    moves = (books.weighed(units, to) for units, to in _across_borders(problem, area))
    for move in sorted((m for m in moves if not m.beyond), key=lambda own: own.rank):
        if len(found) == most:
            break
        if move.units[0] not in found and not obstacles(
            problem, area, move.units, move.to, area_names=area_names
        ):
            found[move.units[0]] = move
    before = cost_of(problem, area)
    rows = [_row(problem, area, before, move, area_names) for move in found.values()]
    return pd.DataFrame(rows, columns=CONTESTABLE_COLUMNS)


def _across_borders(problem: Problem, area: Ints) -> Iterator[tuple[list[int], int]]:
    """Yield each move across a border once: units that must go together, and where to."""
    tied = {unit for group in problem.joins for unit in group}
    if problem.contiguous:
        tied |= joints_of(problem, area)
    known = set()
    for unit, near in enumerate(problem.neighbours):
        others = {int(area[n]) for n in near} - {int(area[unit])}
        if not others:
            continue
        units = bundle_of(problem, area, unit) if unit in tied else [unit]
        for to in sorted(others):
            if (frozenset(units), to) not in known:
                known.add((frozenset(units), to))
                yield units, to


def joints_of(problem: Problem, area: Ints) -> set[int]:
    """Return the units whose leaving would cut others off from their area.

    They are the articulation points of areas (Hopcroft and Tarjan 1973).
    """
    count, found = len(problem), set[int]()
    place, low, number = [0] * count, [0] * count, 0
    own = [[n for n in near if area[n] == area[u]] for u, near in enumerate(problem.neighbours)]
    for root in range(count):
        if place[root]:
            continue
        number += 1
        place[root] = low[root] = number
        branches, trail = 0, [(root, iter(own[root]))]
        while trail:
            unit, rest = trail[-1]
            for other in rest:
                if not place[other]:
                    number += 1
                    place[other] = low[other] = number
                    trail.append((other, iter(own[other])))
                    break
                low[unit] = min(low[unit], place[other])
            else:
                trail.pop()
                if len(trail) > 1:
                    above = trail[-1][0]
                    low[above] = min(low[above], low[unit])
                    if low[unit] >= place[above]:
                        found.add(above)
                elif trail:
                    branches += 1
        if branches > 1:
            found.add(root)
    return found


def _row(
    problem: Problem, area: Ints, before: float, move: _Move, area_names: Sequence[str]
) -> tuple[str, str, str, str, float, float, str, str]:
    moved = area.copy()
    moved[move.units] = move.to
    delta, unit = cost_of(problem, moved) - before, move.units[0]
    gains, losses = gains_and_losses(problem, area, moved)
    parts = [in_costs(delta)]
    parts += [f"gained: {gains}"] if gains else []
    parts += [f"lost: {losses}"] if losses else []
    return (
        problem.units[unit],
        problem.names[unit],
        area_names[int(area[unit])],
        area_names[move.to],
        float(problem.people[move.units].sum()),
        delta,
        named(problem, move.units[1:]),
        "; ".join(parts),
    )
