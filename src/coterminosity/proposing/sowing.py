"""First assignments: areas grown from seeds, and starts made fit to be searched from."""

import heapq
import math
from collections import deque

import numpy as np

from coterminosity.proposing import layout as at
from coterminosity.proposing.problem import NO_AREA, Ints
from coterminosity.proposing.tableau import Tableau


class Field:
    """Nodes with their neighbours and labels, in plain lists; labels of -1 are still open."""

    def __init__(self, tableau: Tableau, label: Ints) -> None:
        self.tableau = tableau
        fixed = tableau.fixed
        self.start = np.asarray(fixed[at.NEAR_START]).tolist()
        self.near = np.asarray(fixed[at.NEAR]).tolist()
        self.people = np.asarray(fixed[at.PEOPLE]).tolist()
        self.pinned = np.asarray(fixed[at.PINNED]).tolist()
        self.closed = np.asarray(fixed[at.LABEL_CLOSED]).tolist()
        self.label: list[int] = label.tolist()

    def around(self, node: int) -> list[int]:
        """Return the neighbours of a node."""
        own: list[int] = self.near[self.start[node] : self.start[node + 1]]
        return own

    def pieces(self, nodes: list[int]) -> list[list[int]]:
        """Return the connected parts of nodes, in the order in which they are met."""
        left, parts = set(nodes), []
        for first in nodes:
            if first not in left:
                continue
            left.discard(first)
            part = [first]
            for node in part:
                for other in self.around(node):
                    if other in left:
                        left.discard(other)
                        part.append(other)
            parts.append(part)
        return parts

    def members(self) -> dict[int, list[int]]:
        """Return the nodes of each label in use."""
        found: dict[int, list[int]] = {}
        for node, label in enumerate(self.label):
            if label >= 0:
                found.setdefault(label, []).append(node)
        return dict(sorted(found.items()))

    def drop_strays(self) -> None:
        """Open what may not be where it is: strangers in closed areas, and lesser pieces."""
        for node, label in enumerate(self.label):
            if label >= 0 and self.closed[label] and self.pinned[node] != label:
                self.label[node] = NO_AREA
        if not self.tableau.problem.contiguous:
            return
        for members in self.members().values():
            parts = self.pieces(members)
            weights = [(sum(self.people[u] for u in part), -k) for k, part in enumerate(parts)]
            for k, part in enumerate(parts):
                if k != -max(weights)[1]:
                    for node in part:
                        self.label[node] = self.pinned[node]

    def connect(self) -> None:
        """Join the pieces of an area by shortest ways over what is not pinned."""
        if not self.tableau.problem.contiguous:
            return
        for label, members in self.members().items():
            if self.closed[label]:
                continue
            parts = self.pieces(members)
            while len(parts) > 1:
                way = self._way(parts[0], label)
                if not way:
                    break
                for node in way:
                    self.label[node] = label
                parts = self.pieces([u for u, own in enumerate(self.label) if own == label])

    def _way(self, part: list[int], label: int) -> list[int]:
        """Return the nodes between a part and another piece of its area; none if there is none."""
        came: dict[int, int] = dict.fromkeys(part, -1)
        row = deque(part)
        while row:
            node = row.popleft()
            for other in self.around(node):
                if other in came:
                    continue
                if self.label[other] == label:
                    way = []
                    while came[node] >= 0:
                        way.append(node)
                        node = came[node]
                    return way
                if self.pinned[other] < 0 and self.label[other] < 0:
                    came[other] = node
                    row.append(other)
        return []

    def grow(self, prefer: dict[int, frozenset[int]] | None = None) -> None:
        """Let areas take what is open around them, that with fewest people first.

        ``prefer``: nodes that an area takes before others.
        """
        prefer = prefer or {}
        rows: dict[int, tuple[deque[int], deque[int]]] = {}
        heap: list[tuple[float, int]] = []
        for label, members in self.members().items():
            if not self.closed[label]:
                rows[label] = (deque(), deque())
                heap.append((sum(self.people[u] for u in members), label))
                for node in members:
                    self._offer(rows[label], node, prefer.get(label, frozenset()))
        heapq.heapify(heap)
        while heap:
            people, label = heapq.heappop(heap)
            best, other = rows[label]
            while best or other:
                node = best.popleft() if best else other.popleft()
                if self.label[node] < 0:
                    self.label[node] = label
                    self._offer(rows[label], node, prefer.get(label, frozenset()))
                    heapq.heappush(heap, (people + self.people[node], label))
                    break
        self._settle_rest(sorted(rows))

    def _offer(
        self, rows: tuple[deque[int], deque[int]], node: int, prefer: frozenset[int]
    ) -> None:
        for other in self.around(node):
            if self.label[other] < 0:
                rows[0 if other in prefer else 1].append(other)

    def _settle_rest(self, labels: list[int]) -> None:
        """Put what no area reaches somewhere: on its own where areas are free."""
        rest = [node for node, label in enumerate(self.label) if label < 0]
        if not rest:
            return
        counts, used = self.tableau.counts, set(self.label)
        spare = [
            label for label in range(counts[at.NAMED], counts[at.LABELS] - 1)
            if label not in used and counts[at.FREE]
        ]  # fmt: skip
        last = labels[0] if labels else (spare.pop(0) if spare else 0)
        for part in self.pieces(rest):
            label = spare.pop(0) if spare else last
            for node in part:
                self.label[node] = label


def mended(tableau: Tableau, area: Ints) -> Ints:
    """Return a start, by node, as near as may be to what a search asks of it.

    Closed areas have their own units and no others; lesser pieces of areas go to neighbours.
    """
    named, labels = len(tableau.problem.labels), tableau.counts[at.LABELS]
    label = np.array(area, dtype=np.int64)
    if tableau.problem.free:
        # Labels of free areas count on from those in use, as long as there is room.
        loose = label >= named
        _, rank = np.unique(label[loose], return_inverse=True)
        label[loose] = named + rank.ravel()
    label[label >= labels] = NO_AREA
    nodes = tableau.nodes_of(np.maximum(label, 0))
    if (label < 0).any():
        lost = np.zeros(len(nodes), dtype=bool)
        lost[tableau.node[label < 0]] = True
        nodes[lost] = np.asarray(tableau.fixed[at.PINNED])[lost]
    field = Field(tableau, nodes)
    field.drop_strays()
    field.connect()
    field.grow()
    return np.array(field.label, dtype=np.int64)


def sown(tableau: Tableau, rng: np.random.Generator) -> Ints:
    """Return a first assignment of nodes to areas that anchors lead, grown from their leaders."""
    pinned = np.asarray(tableau.fixed[at.PINNED])
    start = np.asarray(tableau.fixed[at.LEAD_START])
    lead = np.asarray(tableau.fixed[at.LEAD])
    owner = np.repeat(np.arange(len(pinned)), np.diff(start))
    led = {int(label): owner[lead == label] for label in np.unique(lead)}
    field = Field(tableau, pinned.copy())
    for label in _opened(tableau, led, rng):
        open_leaders = [int(u) for u in led.get(label, ()) if field.label[int(u)] < 0]
        if label not in field.label and open_leaders:
            # The leader whose region reaches into fewest other areas' comes first.
            rivals = [start[u + 1] - start[u] for u in open_leaders]
            fewest = [u for u, own in zip(open_leaders, rivals, strict=True) if own == min(rivals)]
            field.label[fewest[int(rng.integers(len(fewest)))]] = label
    field.connect()
    field.grow({label: frozenset(own.tolist()) for label, own in led.items()})
    return np.array(field.label, dtype=np.int64)


def _opened(tableau: Tableau, led: dict[int, Ints], rng: np.random.Generator) -> list[int]:
    """Return the labels to open: those that must be, and some more at random."""
    problem = tableau.problem
    must = sorted(
        {*np.flatnonzero(problem.must_open).tolist(), *problem.pinned[problem.pinned >= 0].tolist()}
    )
    wanted = wanted_areas(tableau)
    others = [label for label in led if label not in must and not problem.closed[label]]
    more = rng.permutation(len(others))[: max(0, wanted - len(must))]
    # Those with fewest leaders first, lest others take them all.
    chosen = must + [others[int(i)] for i in more]
    return sorted(chosen, key=lambda label: (len(led.get(label, ())), label))


def wanted_areas(tableau: Tableau) -> int:
    """Return how many areas a first plan should have: within k and what the band allows."""
    problem, people = tableau.problem, float(tableau.problem.people.sum())
    low, high = problem.k_low, problem.k_high
    if np.isfinite(problem.size_price) or low == high:
        fewest, most = low, high
    else:
        fewest = max(low, int(np.ceil(people / problem.ceiling)) if problem.ceiling > 0 else low)
        most = min(high, int(people / problem.floor)) if problem.floor > 0 else high
    if fewest > most:
        return min(max(fewest, low), high)
    middle = round(math.sqrt(fewest * most))
    return max(low, min(high, middle))
