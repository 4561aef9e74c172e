"""What a brief puts together before areas grow: pinned units, joins, main units of leaders."""

from collections import deque

import numpy as np
from scipy.optimize import linear_sum_assignment

from coterminosity.proposing.problem import Floats, Ints, Problem


def led_people(problem: Problem, labels: Ints) -> Floats:
    """Return people of units (columns) in what leads each of some areas (rows)."""
    found = np.zeros((len(labels), len(problem)))
    layers = {bodies.layer: bodies for bodies in problem.bodies}
    for row, label in enumerate(labels):
        layer, code = problem.led_by[label]
        if layer:
            bodies = layers[layer]
            column = bodies.weight[:, [bodies.names.index.get_loc(code)]]
            found[row] = column.toarray().ravel()
    return found


def starting_groups(problem: Problem, labels: Ints) -> tuple[list[list[int]], dict[int, int]]:
    """Return units that merge first, and the first unit of each area that must exist.

    Units pinned to one area are together, and units that must join. Each open area that an anchor
    leads starts with the group or unit that holds most of the anchor, no two with the same.
    Groups that no borders join take the fewest units between them along, where areas must be in
    one piece.

    Parameters
    ----------
    problem : Problem
        With pins and joins.
    labels : array of int
        Areas that must exist.

    Returns
    -------
    groups : list of list of int
        Of two units or more, each sorted but for units taken along, which stand last.
    start : dict of int to int
        A unit by label.
    """
    root = np.arange(len(problem))

    def unite(units: list[int]) -> None:
        old = np.unique(root[units])
        root[np.isin(root, old)] = old.min()

    for label in labels:
        pinned = np.flatnonzero(problem.pinned == label).tolist()
        if pinned:
            unite(pinned)
    for group in problem.joins:
        unite(list(group))
    start = {
        int(label): int(np.flatnonzero(problem.pinned == label)[0])
        for label in labels
        if (problem.pinned == label).any()
    }
    for label, unit in _leaders(problem, labels, root).items():
        if label in start:
            unite([start[label], unit])
        start.setdefault(label, unit)
    closed = {int(root[start[int(own)]]) for own in labels if problem.closed[own]}
    values, counts = np.unique(root, return_counts=True)
    named = {int(root[unit]) for unit in start.values()}
    taken = np.isin(root, [*values[counts > 1].tolist(), *named])
    taken |= np.isin(np.arange(len(problem)), [unit for own in problem.parts for unit in own])
    groups: list[list[int]] = []
    for own in values[counts > 1].tolist():
        members: list[int] = np.flatnonzero(root == own).tolist()
        if problem.contiguous and own not in closed:
            members += _between(problem, members, taken)
        groups.append(members)
    return groups, start


def _leaders(problem: Problem, labels: Ints, root: Ints) -> dict[int, int]:
    """Return by label a unit of its leader's main group, for open areas that hold none yet."""
    people = led_people(problem, labels)
    led = np.array([bool(problem.led_by[own][0]) and not problem.closed[own] for own in labels])
    held = np.array([(row[problem.pinned == own] > 0).any()
                     for row, own in zip(people, labels, strict=True)])  # fmt: skip
    rows = np.flatnonzero(led & ~held) if len(labels) else np.zeros(0, dtype=np.int64)
    groups, column = np.unique(root, return_inverse=True)
    whole = np.zeros((len(rows), len(groups)))
    for place, row in enumerate(rows):
        whole[place] = np.bincount(column, people[row], len(groups))
        foreign = (problem.pinned >= 0) & (problem.pinned != labels[row])
        whole[place, column[foreign]] = 0.0
    found = {}
    for place, own in zip(*linear_sum_assignment(whole, maximize=True), strict=True):
        if whole[place, own] > 0:
            members = np.flatnonzero(column == own)
            best = members[people[rows[place]][members].argmax()]
            found[int(labels[rows[place]])] = int(best)
    return found


def _between(problem: Problem, group: list[int], taken: np.ndarray) -> list[int]:
    """Return the fewest units that join a group's pieces, one piece after the other."""
    added: list[int] = []
    while True:
        reached = _reached(problem, [*group, *added])
        left = set(group) - reached
        if not left:
            return added
        came: dict[int, int] = dict.fromkeys(sorted(reached), -1)
        queue, end = deque(sorted(reached)), -1
        while queue and end < 0:
            unit = queue.popleft()
            for n in problem.neighbours[unit]:
                if n not in came and (n in left or not taken[n]):
                    came[n] = unit
                    queue.append(n)
                    end = n if n in left else end
        if end < 0:
            return added
        while came[end] >= 0:
            end = came[end]
            if end not in reached:
                added.append(end)
                taken[end] = True


def _reached(problem: Problem, units: list[int]) -> set[int]:
    """Return the units that borders join to the first, among some."""
    own, found, edge = set(units), {units[0]}, [units[0]]
    while edge:
        near = own.intersection(problem.neighbours[edge.pop()]) - found
        found |= near
        edge += near
    return found
