"""An order in which units can move one at a time while every area stays in one piece."""

from collections.abc import Iterator

from coterminosity.proposing.problem import NO_AREA, Ints, Problem

# Tries at an order of single moves, and at units that move together, before it is given up.
_MOST_TRIES = 4_000
_MOST_BUNDLES = 1_500
_LARGEST_BUNDLE = 6

Step = tuple[list[int], bool]


def steps_between(problem: Problem, start: Ints, target: Ints) -> list[Step]:
    """Return moves that lead from one assignment to another, each unit once.

    Parameters
    ----------
    problem : Problem
        Borders, and whether areas must be in one piece.
    start, target : array of int
        Area by unit, -1 for none.

    Returns
    -------
    list of (units, bool)
        Units that move together, one as a rule; and whether the step leaves every area as
        connected as it was, and none without units that has some in the end. Moves that concern
        the same areas follow each other. An order of single moves is searched depth first; where
        none is found, the fewest units that can go together do so at the step furthest on.
    """
    board = _Board(problem, start.tolist(), target.tolist())
    steps: list[Step] = []
    for moves in board.independent():
        steps += _solved(board, moves)
    return steps


class _Board:
    """Areas as they are after some moves."""

    def __init__(self, problem: Problem, area: list[int], target: list[int]) -> None:
        self.near, self.contiguous = problem.neighbours, problem.contiguous
        self.area, self.target = area, target
        self.kept = set(target)
        self.members: dict[int, set[int]] = {own: set() for own in {*area, *target}}
        for unit, own in enumerate(area):
            self.members[own].add(unit)

    def independent(self) -> list[list[int]]:
        """Return the units that move, those that concern the same areas together."""
        moves = [u for u, own in enumerate(self.area) if own != self.target[u]]
        root = {own: own for own in self.members}

        def top(own: int) -> int:
            while root[own] != own:
                root[own] = root[root[own]]
                own = root[own]
            return own

        for unit in moves:
            ends = [own for own in (self.area[unit], self.target[unit]) if own != NO_AREA]
            root[top(ends[0])] = top(ends[-1])
        groups: dict[int, list[int]] = {}
        for unit in moves:
            own = self.area[unit] if self.area[unit] != NO_AREA else self.target[unit]
            groups.setdefault(top(own), []).append(unit)
        return list(groups.values())

    def put(self, unit: int, area: int) -> None:
        """Move a unit."""
        self.members[self.area[unit]].remove(unit)
        self.members[area].add(unit)
        self.area[unit] = area

    def may_move(self, unit: int) -> bool:
        """Tell whether a unit can go to its target by itself."""
        source, target = self.area[unit], self.target[unit]
        if source != NO_AREA and len(self.members[source]) == 1 and source in self.kept:
            return False
        if not self.contiguous:
            return True
        there = self.members[target]
        if target != NO_AREA and there and there.isdisjoint(self.near[unit]):
            return False
        return source == NO_AREA or self._stays_joined(unit, self.members[source])

    def _stays_joined(self, unit: int, members: set[int]) -> bool:
        """Tell whether a unit's neighbours in its area are joined without it."""
        wanted = members.intersection(self.near[unit])
        if len(wanted) < 2:
            return True
        first = min(wanted)
        reached, edge = {unit, first}, [first]
        wanted.discard(first)
        while edge and wanted:
            for n in self.near[edge.pop()]:
                if n in members and n not in reached:
                    reached.add(n)
                    wanted.discard(n)
                    edge.append(n)
        return not wanted

    def pieces(self, area: int) -> int:
        """Return into how many parts an area falls."""
        left, count = set(self.members[area]), 0
        while left:
            edge, count = [left.pop()], count + 1
            while edge:
                near = left.intersection(self.near[edge.pop()])
                left -= near
                edge += near
        return count

    def may_move_together(self, units: tuple[int, ...]) -> bool:
        """Tell whether units can go to their targets in one step."""
        before = {unit: self.area[unit] for unit in units}
        concerned = {*before.values(), *(self.target[unit] for unit in units)} - {NO_AREA}
        pieces = {own: max(1, self.pieces(own)) for own in concerned}
        for unit in units:
            self.put(unit, self.target[unit])
        sound = all(
            (bool(self.members[own]) or own not in self.kept)
            and (not self.contiguous or self.pieces(own) <= pieces[own])
            for own in concerned
        )
        for unit, own in before.items():
            self.put(unit, own)
        return sound


def _solved(board: _Board, moves: list[int]) -> list[Step]:
    steps: list[Step] = []
    left = list(moves)
    while left:
        order = _longest_order(board, left)
        steps += [([unit], True) for unit in order]
        for unit in order:
            board.put(unit, board.target[unit])
        gone = set(order)
        left = [unit for unit in left if unit not in gone]
        if left:
            together = next((own for own in _bundles(board, left) if board.may_move_together(own)),
                            None)  # fmt: skip
            steps.append((sorted(together or left[:1]), together is not None))
            for unit in steps[-1][0]:
                board.put(unit, board.target[unit])
            left = [unit for unit in left if unit not in steps[-1][0]]
    return steps


def _longest_order(board: _Board, moves: list[int]) -> list[int]:
    """Return an order of single moves, as long as found; the board is left as it was."""
    before = [board.area[unit] for unit in moves]
    order: list[int] = []
    best: list[int] = []
    done, seen, tries = 0, {0}, 0
    waiting = [_candidates(board, moves, 0)]
    while waiting:
        place = next(waiting[-1], None)
        if place is None:
            waiting.pop()
            if order:
                last = order.pop()
                done ^= 1 << last
                board.put(moves[last], before[last])
            continue
        if done | 1 << place in seen:
            continue
        tries += 1
        done |= 1 << place
        seen.add(done)
        order.append(place)
        board.put(moves[place], board.target[moves[place]])
        if len(order) > len(best):
            best = list(order)
        if len(order) == len(moves) or tries >= _MOST_TRIES + len(moves):
            break
        waiting.append(_candidates(board, moves, place + 1))
    for place in order:
        board.put(moves[place], before[place])
    return [moves[place] for place in best]


def _candidates(board: _Board, moves: list[int], first: int) -> Iterator[int]:
    """Yield places of moves that are open now, from one place on and round."""
    for place in [*range(first, len(moves)), *range(first)]:
        unit = moves[place]
        if board.area[unit] != board.target[unit] and board.may_move(unit):
            yield place


def _bundles(board: _Board, left: list[int]) -> Iterator[tuple[int, ...]]:
    """Yield connected units that could go together, the fewest first; all that are left last."""
    own, tried = set(left), 0
    level: list[frozenset[int]] = [frozenset((unit,)) for unit in left]
    for _ in range(_LARGEST_BUNDLE - 1):
        larger: dict[frozenset[int], None] = {}
        for group in level:
            for unit in sorted({n for u in group for n in board.near[u]} & own - group):
                larger.setdefault(group | {unit})
                if len(larger) + tried >= _MOST_BUNDLES:
                    break
        level = list(larger)
        tried += len(level)
        yield from (tuple(sorted(group)) for group in level)
    rest = set(own)
    while rest:
        part, edge = set(), [min(rest)]
        while edge:
            unit = edge.pop()
            part.add(unit)
            edge += own.intersection(board.near[unit]) - part
        rest -= part
        if len(part) > 1:
            yield tuple(sorted(part))
    if len(left) > 1:
        yield tuple(left)
