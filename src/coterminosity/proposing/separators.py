"""Inequalities that every contiguous plan keeps and a plan in pieces breaks."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from coterminosity.proposing.frame import Frame
from coterminosity.proposing.problem import Floats, Ints

# Units of a piece, the biggest first, for which a cut is written.
WRITTEN = 6


@dataclass(frozen=True)
class Cut:
    """State ``Σ x[inner] − Σ x[separator] ≤ len(inner) − 1``; one inner cluster, or two."""

    inner: tuple[int, ...]
    separator: tuple[int, ...]
    position: int


class Ground:
    """Answer questions about pieces of areas among the units in play."""

    def __init__(self, frame: Frame) -> None:
        self.frame = frame
        inside = frame.cluster >= 0
        self.near = tuple(
            tuple(n for n in own if inside[n]) if inside[u] else ()
            for u, own in enumerate(frame.problem.neighbours)
        )

    def pieces(self, units: Iterable[int]) -> list[set[int]]:
        """Return units in connected pieces, the one with most people first."""
        left, found = set(units), []
        while left:
            piece = self.reach([min(left)], left)
            left -= piece
            found.append(piece)
        people = self.frame.problem.people
        return sorted(found, key=lambda own: (-float(people[list(own)].sum()), min(own)))

    def reach(self, start: Iterable[int], ground: set[int]) -> set[int]:
        """Return what is reached from some units over others."""
        reached = set(start) & ground
        edge = list(reached)
        while edge:
            for other in self.near[edge.pop()]:
                if other in ground and other not in reached:
                    reached.add(other)
                    edge.append(other)
        return reached

    def cuts(self, area: Ints) -> list[Cut]:
        """Return cuts that an assignment in pieces breaks; none for a contiguous one."""
        found: list[Cut] = []
        if not self.frame.problem.contiguous:
            return found
        for position, label in enumerate(self.frame.labels):
            own = np.flatnonzero((area == label) & (self.frame.cluster >= 0))
            pieces = self.pieces(own.tolist())
            if len(pieces) > 1:
                found += self._of_label(position, pieces)
        return list(dict.fromkeys(found))

    def broken(self, shares: Floats, *, least: float = 0.02) -> list[Cut]:
        """Return cuts that shares of clusters in labels break by at least so much."""
        found: dict[Cut, float] = {}
        if not self.frame.problem.contiguous:
            return []
        for position in range(len(self.frame.labels)):
            own = shares[:, position]
            for level in (1e-6, 0.25, 0.5, 0.75):
                units = self._at_least(own, level)
                pieces = self.pieces(units)
                if len(pieces) > 1 or self._rootless(position, pieces):
                    for cut in self._of_label(position, pieces):
                        excess = own[list(cut.inner)].sum() - len(cut.inner) + 1
                        excess -= own[list(cut.separator)].sum()
                        if excess >= least:
                            found[cut] = excess
        return list(found)

    def first_cuts(self) -> list[Cut]:
        """Return cuts by which a unit beyond the leader of an area needs a neighbour in it."""
        found: list[Cut] = []
        for position, leaders in enumerate(self.frame.leaders):
            if leaders is None or not self.frame.problem.contiguous:
                continue
            allowed, roots = self.frame.allowed[:, position], set(leaders.tolist())
            inside = np.flatnonzero(self.frame.cluster >= 0)
            ground = {int(u) for u in inside if allowed[self.frame.cluster[u]]}
            for unit in sorted(ground - roots):
                wall = self._wall({unit}, roots & ground, ground)
                # Where a joined unit is in the wall, the cut would say nothing.
                if self.frame.cluster[unit] not in self.frame.cluster[sorted(wall)]:
                    found.append(self._cut(position, (unit,), wall))
        return list(dict.fromkeys(found))

    def _at_least(self, own: Floats, level: float) -> list[int]:
        inside = self.frame.cluster >= 0
        return np.flatnonzero(inside & (own[self.frame.cluster] >= level)).tolist()

    def _rootless(self, position: int, pieces: list[set[int]]) -> bool:
        leaders = self.frame.leaders[position]
        return leaders is not None and len(pieces) == 1 and not pieces[0] & set(leaders.tolist())

    def _of_label(self, position: int, pieces: list[set[int]]) -> list[Cut]:
        allowed = self.frame.allowed[:, position]
        inside = np.flatnonzero(self.frame.cluster >= 0)
        ground = {int(u) for u in inside if allowed[self.frame.cluster[u]]}
        leaders = self.frame.leaders[position]
        roots = ground.intersection(() if leaders is None else leaders.tolist())
        found = []
        main = next((own for own in pieces if own & roots), pieces[0])
        for piece in pieces:
            if roots and not piece & roots:
                wall = self._wall(piece, roots, ground)
                found += [self._cut(position, (u,), wall) for u in self._biggest(piece)]
                if main & roots:
                    wall = self._wall(main, piece, ground)
                    found += [self._cut(position, (u,), wall) for u in self._biggest(piece)]
            elif piece is not main:
                far = self._biggest(main)[0]
                wall = self._wall(piece, {far}, ground)
                found += [self._cut(position, (u, far), wall) for u in self._biggest(piece)]
                near = self._biggest(piece)[0]
                wall = self._wall(main, {near}, ground)
                found += [self._cut(position, (u, near), wall) for u in self._biggest(main)]
        return found

    def _biggest(self, piece: set[int]) -> list[int]:
        people = self.frame.problem.people
        return sorted(piece, key=lambda u: (-people[u], u))[:WRITTEN]

    def _wall(self, piece: set[int], goal: set[int], ground: set[int]) -> set[int]:
        """Return units next to a piece, without which nothing leads from it to the goal."""
        rim = {n for u in piece for n in self.near[u] if n in ground} - piece
        beyond = self.reach(goal - rim, ground - rim - piece)
        return {w for w in rim if w in goal or any(n in beyond for n in self.near[w])}

    def _cut(self, position: int, inner: tuple[int, ...], wall: set[int]) -> Cut:
        cluster = self.frame.cluster
        own = tuple(dict.fromkeys(int(cluster[u]) for u in inner))
        return Cut(own, tuple(sorted({int(cluster[w]) for w in wall} - set(own))), position)


def rows_of(x: Ints, cuts: list[Cut], width: int) -> tuple[sparse.csr_array, Floats]:
    """Return cuts as rows over columns by cluster and position, with their upper sides."""
    row: list[int] = []
    column: list[int] = []
    value: list[float] = []
    upper: list[float] = []
    for cut in cuts:
        inner = x[list(cut.inner), cut.position]
        wall = x[list(cut.separator), cut.position] if cut.separator else inner[:0]
        wall = wall[wall >= 0]
        if (inner < 0).any():
            continue
        row += [len(upper)] * (len(inner) + len(wall))
        column += [*inner.tolist(), *wall.tolist()]
        value += [1.0] * len(inner) + [-1.0] * len(wall)
        upper.append(len(inner) - 1.0)
    table = sparse.coo_array((value, (row, column)), shape=(len(upper), width))
    return table.tocsr(), np.array(upper, dtype=np.float64)
