"""Agglomeration: neighbouring areas merge, the pair that gains most first, until they are few."""

from dataclasses import dataclass
from heapq import heapify, heappop, heappush
from typing import Literal

import numpy as np
import pandas as pd
from scipy.optimize import linear_sum_assignment

from coterminosity.proposing.clusters import Clusters
from coterminosity.proposing.problem import NO_AREA, Floats, Ints, Problem
from coterminosity.proposing.starting import starting_groups

DENDROGRAM_COLUMNS = ["step", "one", "other", "rule", "cost", "people", "units", "areas"]
Per = Literal["pair", "person"]
# How savings are compared, and how much small clusters come first; the best plan is kept.
CRITERIA: tuple[tuple[Per, float], ...] = (
    ("pair", 1.0), ("pair", 0.75), ("pair", 0.5), ("pair", 0.25), ("pair", 0.0),
    ("person", 1.0), ("person", 0.75), ("person", 0.5),
)  # fmt: skip
# From so many units on only the first is tried.
_MANY = 5_000
_Entry = tuple[float, float, int, int, int, int]


@dataclass(frozen=True, eq=False, kw_only=True)
class Merged:
    """Areas that were merged from units, and the mergers that led there.

    Attributes
    ----------
    area : array of int
        By unit: the label of its area.
    dendrogram : DataFrame
        One row per merger, in order: ``step`` from 1, ``one`` and ``other`` (units are numbered
        from 0, the cluster of step s is n + s - 1, as in `scipy.cluster.hierarchy`), ``rule``
        (``given`` for units that the brief puts together, else ``merger``), ``cost`` of all areas
        after it, ``people`` and ``units`` of the new area, and ``areas`` left.
    note : str
        What could not be met; empty where all was.
    criterion : tuple of str and float
        What was compared and its balance; see `merge`.
    """

    area: Ints
    dendrogram: pd.DataFrame
    note: str
    criterion: tuple[Per, float]

    def linkage(self, *, height: Literal["step", "people"] = "step") -> Floats:
        """Return the mergers as `scipy.cluster.hierarchy.dendrogram` draws them.

        Parameters
        ----------
        height : {"step", "people"}
            Where a merger is drawn: at its number, or at the people of the new area.

        Returns
        -------
        array
            ``units - 1`` rows of one, other, height and units. The areas that are left are joined
            last and above all others, one by one, since scipy draws one tree.
        """
        count = len(self.area)
        table = self.dendrogram[["one", "other", height, "units"]].to_numpy(dtype=np.float64)
        used = set(table[:, :2].astype(int).ravel().tolist())
        left = [c for c in range(count + len(table)) if c not in used]
        size = dict(enumerate([1.0] * count + table[:, 3].tolist()))
        top = float(table[:, 2].max(initial=0.0))
        rows, whole = [], left[0]
        for step, other in enumerate(left[1:], start=1):
            new = count + len(table) + step - 1
            size[new] = size[whole] + size[other]
            rows.append([whole, other, top * 1.05 + step * max(top, 1.0) * 0.001, size[new]])
            whole = new
        return np.vstack([table, np.array(rows, dtype=np.float64).reshape(len(rows), 4)])


def merge(problem: Problem, *, criteria: tuple[tuple[Per, float], ...] | None = None) -> Merged:
    """Merge neighbouring units, then areas, until areas are as few and as large as wanted.

    Units that the brief puts together merge first, by way of the fewest units between them where
    no border joins them. Then, always, the pair of neighbours that gains most: what their merger
    is expected to save, divided by ``(p q) ** balance`` where p and q are their people
    (``"pair"``) or by ``(p + q) ** balance`` (``"person"``). With ``("pair", 1)`` that is what
    one person of each gains on average from being together, the average linkage of Sokal and
    Michener (1958), and areas grow evenly; with a balance of 0 it is the saving itself. Mergers
    that save nothing follow by what they cost; ties go to the pair that shares most of its
    borders, then to the lower number. Pairs with an area below its floor come first; a pair
    beyond a hard ceiling, or one that the brief keeps apart, never merges.

    Of all steps with a number of areas that the brief allows, the one with fewest people short of
    a floor, then of least cost is kept, and of several criteria the best. Where anchors must lead
    an area, each area starts from the unit that holds most of one; where they may, areas grow
    first and then take the names of anchors they hold people of, at least cost.

    The saving expected of a body with n people, x and y of them in the pair, is 2xy/n; of
    borders, need and mergers of bodies it is the exact change of cost.

    Parameters
    ----------
    problem : Problem
        Free or led by anchors.
    criteria : tuple of (str, float), optional
        Those to try; eight by default, ``("pair", 1)`` alone from 5,000 units on,
        where the others may let one area swallow its neighbours unit by unit.

    Returns
    -------
    Merged
        The best found, with a note where it does not meet the brief; the caller counts the
        breaches.

    References
    ----------
    Sokal and Michener (1958), *A statistical method for evaluating systematic relationships*.
    """
    tried = criteria or (CRITERIA if len(problem) < _MANY else CRITERIA[:1])
    runs = (_Run(problem, per, balance) for per, balance in tried)
    return min(runs, key=lambda run: run.rank).result()


class _Run:
    """One agglomeration, with the books of its mergers."""

    def __init__(self, problem: Problem, per: Per, balance: float) -> None:
        self.problem, self.per, self.balance = problem, per, balance
        named = problem.must_open.copy()
        named[problem.pinned[problem.pinned >= 0]] = True
        self.spare = np.flatnonzero(~named & ~problem.closed)
        groups, self.start = starting_groups(problem, np.flatnonzero(named))
        label = [NO_AREA] * len(problem)
        for own, unit in self.start.items():
            label[unit] = own
        self.clusters = Clusters(problem, label)
        self.number = list(range(len(problem)))
        self.rows: list[tuple[int, int, str, float, float, int, int]] = []
        self.pairs: list[tuple[int, int]] = []
        self.ranks: list[tuple[float, ...]] = []
        for group in groups:
            whole = group[0]
            for unit in group[1:]:
                whole = self._merge(whole, unit, rule="given")
        start = len(self.rows)
        self.ranks = [self._rank()]
        if self._may_go_on():
            if self.clusters.short > 0:
                self._grow(below_floor=True)
            self._grow(below_floor=False)
        at = min(range(len(self.ranks)), key=lambda step: (self.ranks[step], step))
        self.rank, self.kept = self.ranks[at], start + at

    def _rank(self) -> tuple[float, ...]:
        """Return what a state is judged by, least first."""
        clusters, problem = self.clusters, self.problem
        beyond = max(problem.k_low - clusters.left, clusters.left - problem.k_high, 0)
        nameless, cost = (0 if problem.free else clusters.unnamed), clusters.cost
        if not beyond and nameless and len(self.spare):
            rest = [c for c, own in enumerate(clusters.label) if clusters.alive[c] and own < 0]
            found = _names_of(clusters, rest, self.spare)
            nameless -= len(found)
            cost += sum(dearer for _, dearer in found.values())
        return nameless, beyond, round(clusters.short, 6), round(cost, 6)

    def _may_go_on(self) -> bool:
        return self.clusters.left > max(self.problem.k_low, 1)

    def _merge(self, a: int, b: int, *, rule: str = "merger") -> int:
        clusters = self.clusters
        one, other = sorted((self.number[a], self.number[b]))
        kept = clusters.merge(a, b)
        self.number[kept] = len(self.problem) + len(self.rows)
        self.pairs.append((a, b))
        self.rows.append(
            (one, other, rule, clusters.cost, clusters.people[kept], clusters.count[kept],
             clusters.left)
        )  # fmt: skip
        if self.ranks:
            self.ranks.append(self._rank())
        return kept

    def _entry(self, a: int, b: int) -> _Entry:
        clusters = self.clusters
        loss = clusters.change(a, b, likely=True)
        if loss < 0:
            p, q = clusters.people[a] + 1.0, clusters.people[b] + 1.0
            loss /= (p * q if self.per == "pair" else p + q) ** self.balance
        least = min(clusters.outer[a], clusters.outer[b])
        shared = clusters.touch[a].get(b, 0.0) / least if least else 0.0
        low, high = (a, b) if a < b else (b, a)
        return (loss, -shared, low, high, clusters.version[low], clusters.version[high])

    def _grow(self, *, below_floor: bool) -> None:
        """Merge pairs until none is left; at first those with an area below its floor."""
        clusters = self.clusters

        def wanted(a: int, b: int) -> bool:
            small = not below_floor or clusters.shortage(a) > 0 or clusters.shortage(b) > 0
            return small and clusters.allowed(a, b)

        heap = [self._entry(a, b) for a, b in clusters.pairs() if wanted(a, b)]
        heapify(heap)
        version, alive = clusters.version, clusters.alive
        while heap and self._may_go_on():
            _, _, a, b, of_a, of_b = heappop(heap)
            if not (alive[a] and alive[b] and version[a] == of_a and version[b] == of_b):
                continue
            kept = self._merge(a, b)
            near = clusters.near[kept]
            if not near and not self.problem.contiguous:
                near = {c: 0.0 for c, live in enumerate(alive) if live and c != kept}
            for n in near:
                if wanted(kept, n):
                    heappush(heap, self._entry(kept, n))

    def result(self) -> Merged:
        """Return the areas of the best step, with their names."""
        problem, cluster = self.problem, np.arange(len(self.problem))
        for a, b in self.pairs[: self.kept]:
            cluster[max(a, b)] = min(a, b)
        while (cluster[cluster] != cluster).any():
            cluster = cluster[cluster]
        own = dict.fromkeys(np.unique(cluster).tolist(), NO_AREA)
        own |= {int(cluster[unit]): label for label, unit in self.start.items()}
        rest = [c for c, label in own.items() if label == NO_AREA]
        if problem.free:
            own |= {c: len(problem.labels) + place for place, c in enumerate(rest)}
        elif rest and len(self.spare):
            clusters = self._replayed()
            own |= {c: label for c, (label, _) in _names_of(clusters, rest, self.spare).items()}
        area = np.array([own[int(c)] for c in cluster], dtype=np.int64)
        stray = [c for c in rest if own[c] == NO_AREA]
        for c in stray:
            _put_to_neighbours(problem, area, np.flatnonzero(cluster == c))
        rows = [(step, *row) for step, row in enumerate(self.rows[: self.kept], start=1)]
        return Merged(
            area=area,
            dendrogram=pd.DataFrame(rows, columns=DENDROGRAM_COLUMNS),
            note=self._note(len(np.unique(area)), len(stray)),
            criterion=(self.per, self.balance),
        )

    def _replayed(self) -> Clusters:
        """Return the books as they were at the step that is kept."""
        label = [NO_AREA] * len(self.problem)
        for own, unit in self.start.items():
            label[unit] = own
        clusters = Clusters(self.problem, label)
        for a, b in self.pairs[: self.kept]:
            clusters.merge(a, b)
        return clusters

    def _note(self, count: int, stray: int) -> str:
        problem, found = self.problem, []
        if stray:
            found.append(f"{stray} areas that no anchor can lead were put to their neighbours")
        if not problem.k_low <= count <= problem.k_high:
            found.append(
                f"{count} areas left where {problem.wanted} are wanted, no two of which may merge"
            )
        short = self.rank[2]
        if short > 0:
            found.append(f"areas {short:,.0f} people short of their floor")
        return "; ".join(found)


def _names_of(clusters: Clusters, rest: list[int], spare: Ints) -> dict[int, tuple[int, float]]:
    """Return label and additional cost of clusters that anchors can lead, at least cost."""
    dearer = [[clusters.dearer_as(c, int(label)) for label in spare] for c in rest]
    known = [own for row in dearer for own in row if own is not None]
    if not known:
        return {}
    # So dear that first as many areas as possible have a name.
    never = 1.0 + sum(abs(own) for own in known)
    table = np.array([[never if own is None else own for own in row] for row in dearer])
    found = {}
    for row, column in zip(*linear_sum_assignment(table), strict=True):
        cost = dearer[row][column]
        if cost is not None:
            found[rest[row]] = (int(spare[column]), cost)
    return found


def _put_to_neighbours(problem: Problem, area: Ints, members: Ints) -> None:
    """Put units that no area may take to the open area that most of their borders are with."""
    near = [int(area[n]) for unit in members for n in problem.neighbours[unit]]
    usable = [own for own in near if own != NO_AREA and not problem.closed[own]]
    usable = usable or [int(own) for own in np.unique(area[area != NO_AREA])] or [0]
    area[members] = max(sorted(set(usable)), key=usable.count)
