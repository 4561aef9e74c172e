"""Inequalities that say how an area comes to its floor: others must bring what it lacks."""

from collections.abc import Iterator

import numpy as np
from scipy import sparse

from coterminosity.proposing.labelled import Labelled
from coterminosity.proposing.problem import Floats, Ints

# Clusters with at least these shares are taken as held, to see what the area lacks.
HELD = (1 - 1e-6, 0.9, 0.75, 0.5, 0.25)
LEAST, STRONG = 0.01, 0.05
Row = tuple[Ints, Floats, float]


def hard_floor(model: Labelled, position: int) -> float:
    """Return people that an area must have for sure, 0 for none."""
    problem, label = model.frame.problem, int(model.frame.labels[position])
    if np.isfinite(problem.size_price):
        return 0.0
    if label in problem.label_floor and model.frame.is_named(label):
        return problem.label_floor[label]
    return 0.0 if problem.unit_floor else problem.floor


def with_covers(model: Labelled, values: Floats) -> tuple[Labelled, int]:
    """Return the model with cuts that a fractional solution breaks, and how many."""
    shares = model.shares(values)
    rows: list[Row] = []
    for position in range(shares.shape[1]):
        floor = hard_floor(model, position)
        if floor > 0:
            opened = int(model.opened[position])
            lacking = _Lacking(
                model, shares[:, position], position, floor, opened,
                1.0 if opened < 0 else float(values[opened]),
            )  # fmt: skip
            rows += [*lacking.covers(), *lacking.walls()]
    if not rows:
        return model, 0
    number = np.repeat(np.arange(len(rows)), [len(columns) for columns, _, _ in rows])
    table = sparse.coo_array(
        (
            np.concatenate([value for _, value, _ in rows]),
            (number, np.concatenate([columns for columns, _, _ in rows])),
        ),
        shape=(len(rows), len(model.programme.cost)),
    )
    return model.with_rows(table.tocsr(), np.array([side for _, _, side in rows])), len(rows)


class _Lacking:
    """Find what the shares of clusters in one label break."""

    def __init__(
        self, model: Labelled, own: Floats, position: int, floor: float, opened: int,
        is_open: float,
    ) -> None:  # fmt: skip
        self.frame, self.x = model.frame, model.x[:, position]
        self.own, self.position, self.floor = own, position, floor
        self.opened, self.is_open = opened, is_open

    def covers(self) -> Iterator[Row]:
        """Yield the knapsack cover that is broken most, if any.

        Whatever set K of clusters an area holds, the rest must make up for what K lacks of the
        floor: ``Σ min(people, lack)·x ≥ lack`` over clusters outside K (Carr et al. 2000).
        """
        people, best, chosen = self.frame.people, LEAST, None
        for level in HELD:
            held = self.own >= level * max(self.is_open, 1e-9)
            lack = self.floor - people[held].sum()
            if lack <= 0:
                break
            rest = ~held & (self.x >= 0)
            parts = np.minimum(people[rest] / lack, 1.0)
            short = self.is_open - float(parts @ self.own[rest])
            if short > best:
                best, chosen = short, (self.x[rest], parts)
        if chosen is not None:
            yield self._if_open(*chosen)

    def walls(self) -> Iterator[Row]:
        """Yield rows by which an area in one piece leaves units too few for its floor.

        An area that has a unit of a set K with fewer people than the floor has a neighbour of K.
        So ``Σ x ≥ x[unit]`` over the neighbours of K, and ``≥ 1`` where K holds all that may lead.
        """
        frame, leaders = self.frame, self.frame.leaders[self.position]
        if not frame.problem.contiguous or self._is_whole():
            return
        inside = np.flatnonzero(frame.cluster >= 0)
        ground = {int(u) for u in inside if self.x[frame.cluster[u]] >= 0}
        if leaders is not None:
            for _, wall in self._grown(ground & set(leaders.tolist()), ground, set()):
                if self.own[wall].sum() < self.is_open - LEAST:
                    yield self._if_open(self.x[wall], np.ones(len(wall)))
        share = self.own[frame.cluster]
        seen: set[frozenset[int]] = set()
        strong = [u for u in ground if share[u] >= STRONG]
        for unit in sorted(strong, key=lambda u: (-share[u], u)):
            for held, wall in self._grown({unit}, ground, seen):
                most = frame.cluster[max(held, key=lambda u: (share[u], -u))]
                if self.own[wall].sum() < self.own[most] - STRONG and most not in wall:
                    values = np.append(np.full(len(wall), -1.0), 1.0)
                    yield np.append(self.x[wall], self.x[most]), values, 0.0

    def _is_whole(self) -> bool:
        """Tell whether no cluster is held in part, and the floor is kept."""
        held = self.own > 0.5
        whole = bool((np.abs(self.own - held) < STRONG).all())
        return whole and float(self.frame.people[held].sum()) >= self.floor

    def _grown(
        self, held: set[int], ground: set[int], seen: set[frozenset[int]]
    ) -> Iterator[tuple[set[int], Ints]]:
        """Yield sets of units below the floor, each with the clusters next to it.

        Each has one unit more than the one before: the neighbour with the greatest share.
        """
        frame, people = self.frame, self.frame.problem.people
        while held and frozenset(held) not in seen:
            seen.add(frozenset(held))
            lack = self.floor - float(people[list(held)].sum())
            if lack <= 0:
                return
            rim = {n for u in held for n in frame.problem.neighbours[u] if n in ground} - held
            yield held, np.unique(frame.cluster[sorted(rim)])
            few = [u for u in rim if people[u] < lack]
            if not few:
                return
            held = held | {max(few, key=lambda u: (self.own[frame.cluster[u]], -u))}

    def _if_open(self, columns: Ints, parts: Floats) -> Row:
        """Return ``parts·x ≥ 1``, or at least how much the label is open."""
        if self.opened < 0:
            return columns, -parts, -1.0
        return np.append(columns, self.opened), np.append(-parts, 1.0), 0.0
