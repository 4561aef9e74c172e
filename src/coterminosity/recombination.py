"""Random plans of connected areas of like weight, by cutting and joining random spanning trees."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from coterminosity.errors import MeasureError

Near = Sequence[Sequence[int]]
# Trees drawn before a pair of areas is given up, and cuts for each area before all is.
_TREES, _STARTS = 12, 20


@dataclass(frozen=True)
class Band:
    """Weights between which every area must lie."""

    low: float
    high: float

    def holds(self, weight: float, parts: int = 1) -> bool:
        """Tell whether a weight can be that of so many areas."""
        return self.low * parts <= weight <= self.high * parts


def random_plans(
    near: Near, weights: Sequence[float], k: int, band: Band, *, steps: int, rng: random.Random
) -> Iterator[npt.NDArray[np.int16]]:
    """Yield random plans without end: the area of each unit, numbered from 0.

    The first plan divides the units in two, again and again, at an edge of a random spanning
    tree. Each further one is ``steps`` recombinations away from the last: two neighbouring areas
    are joined, a random spanning tree of them is drawn, and cut where both parts fit the band.

    Raises
    ------
    MeasureError
        Where no first plan is found.
    """
    areas = _first_plan(near, weights, k, band, rng)
    borders = [(a, b) for a, own in enumerate(near) for b in own if a < b]
    home = [0] * len(near)
    for area, members in enumerate(areas):
        for unit in members:
            home[unit] = area
    for _ in range(10 * k if k > 1 else 0):  # away from the first plan, which is not typical
        _recombine(home, areas, borders, near, weights, band, rng)
    while True:
        for _ in range(steps if k > 1 else 0):
            _recombine(home, areas, borders, near, weights, band, rng)
        yield np.array(home, dtype=np.int16)


def _recombine(
    home: list[int],
    areas: list[list[int]],
    borders: list[tuple[int, int]],
    near: Near,
    weights: Sequence[float],
    band: Band,
    rng: random.Random,
) -> None:
    """Join two areas that share a random border, and cut them anew; keep them where none fits."""
    while True:
        a, b = borders[int(rng.random() * len(borders))]
        if home[a] != home[b]:
            break
    one, other = home[a], home[b]
    joined = areas[one] + areas[other]
    cut = _halve(joined, near, weights, band, 1, 1, rng)
    if cut is not None:
        areas[one], areas[other] = cut
        for unit in areas[one]:
            home[unit] = one
        for unit in areas[other]:
            home[unit] = other


def _halve(
    units: list[int],
    near: Near,
    weights: Sequence[float],
    band: Band,
    parts: int,
    others: int,
    rng: random.Random,
) -> tuple[list[int], list[int]] | None:
    """Cut units in two connected parts, fit for so many areas each; None where no tree does."""
    total = sum(weights[unit] for unit in units)
    for _ in range(_TREES):
        order, parent = random_tree(units, near, rng)
        below = {unit: weights[unit] for unit in units}
        for unit in reversed(order[1:]):
            below[parent[unit]] += below[unit]
        fitting = [
            unit
            for unit in order[1:]
            if (band.holds(below[unit], parts) and band.holds(total - below[unit], others))
        ]
        if fitting:
            top = fitting[int(rng.random() * len(fitting))]
            inside = {top}
            for unit in order:  # parents come before their children
                if unit != order[0] and parent[unit] in inside:
                    inside.add(unit)
            return [u for u in order if u in inside], [u for u in order if u not in inside]
    return None


def random_tree(
    units: list[int], near: Near, rng: random.Random
) -> tuple[list[int], dict[int, int]]:
    """Return a spanning tree drawn evenly from all: units, parents first, and their parents.

    Wilson's (1996) walks: from each unit walk at random until the tree is met, without loops.
    """
    inside = set(units)
    neighbours = {unit: [n for n in near[unit] if n in inside] for unit in units}
    root = units[int(rng.random() * len(units))]
    order, parent, joined = [root], {}, {root}
    draw = rng.random
    for start in units:
        unit = start
        while unit not in joined:  # the last way out of each unit forgets the loops
            own = neighbours[unit]
            parent[unit] = unit = own[int(draw() * len(own))]
        path, unit = [], start
        while unit not in joined:
            path.append(unit)
            joined.add(unit)
            unit = parent[unit]
        order += path[::-1]
    return order, parent


def _first_plan(
    near: Near, weights: Sequence[float], k: int, band: Band, rng: random.Random
) -> list[list[int]]:
    patience = [_STARTS * k]
    while patience[0] > 0:
        found = _divide(list(range(len(near))), near, weights, k, band, rng, patience)
        if found is not None:
            return found
    raise MeasureError(
        f"no plan of {k} areas of {band.low:,.0f} to {band.high:,.0f} each was found; widen the "
        "tolerance or ask for fewer areas"
    )


def _divide(
    units: list[int],
    near: Near,
    weights: Sequence[float],
    k: int,
    band: Band,
    rng: random.Random,
    patience: list[int],
) -> list[list[int]] | None:
    if k == 1:
        return [units]
    parts = k // 2
    for _ in range(4):
        if patience[0] <= 0:
            return None
        patience[0] -= 1
        cut = _halve(units, near, weights, band, parts, k - parts, rng)
        if cut is None:
            return None
        one = _divide(cut[0], near, weights, parts, band, rng, patience)
        other = one and _divide(cut[1], near, weights, k - parts, band, rng, patience)
        if one and other:
            return one + other
    return None
