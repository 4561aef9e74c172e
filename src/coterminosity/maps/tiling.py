"""Where on a honeycomb each place goes, so that neighbours stay neighbours and the coast is known.

Three steps: places push each other apart until each has room for a tile (as in a cartogram of
Dorling 1996), each is given the nearest cell of the honeycomb, all distances together being least
(Kuhn 1955), and tiles change cells at random, ever less boldly, as long as that keeps more borders
(Kirkpatrick, Gelatt and Vecchi 1983).
"""

import math
from random import Random

import numpy as np
import numpy.typing as npt
from scipy.optimize import linear_sum_assignment

Floats = npt.NDArray[np.float64]
Edges = npt.NDArray[np.int64]
Cells = npt.NDArray[np.int64]

SEED = 2017
# The six cells around one, as steps along the two axes of the honeycomb.
AROUND = ((1, 0), (-1, 0), (0, 1), (0, -1), (1, -1), (-1, 1))
_ROOM = 3  # rows of empty cells around the places
_STEPS = 400  # of pushing apart
_STRANGERS = 1.15  # how far apart places stay that share no border, in tiles
_TRIES_EACH = 2_500  # exchanges tried for each place
_HEAT = (1.0, 0.05)  # borders that an exchange may cost at first and in the end
_HOMESICK = 0.15  # borders that a tile gives up to be one tile nearer its place
_HUDDLE = 0.3  # borders that a tile gives up for a neighbour of any kind


def honeycomb(places: Floats, edges: Edges, *, tile: float, seed: int = SEED) -> Cells:
    """Return a cell of the honeycomb for each place.

    Parameters
    ----------
    places : array of float
        East and north of each.
    edges : array of int
        Pairs of numbers of places that should be neighbours.
    tile : float
        Distance between the middles of neighbouring tiles, in the units of the places.
    seed : int
        Of the exchanges; the same gives the same cells.

    Returns
    -------
    array of int
        Two steps of each place: ``a`` along a row and ``b`` up the slanting column; the middle of
        a tile lies at (a + b/2, b·√3/2) tiles.

    References
    ----------
    Dorling (1996), *Area cartograms: their use and creation*. Kirkpatrick, Gelatt and Vecchi
    (1983), *Optimization by simulated annealing*.

    Examples
    --------
    >>> row = np.array([[0.0, 0.0], [10.0, 0.0], [20.0, 0.0]])
    >>> cells = honeycomb(row, np.array([[0, 1], [1, 2]]), tile=10.0)
    >>> kept_borders(cells, np.array([[0, 1], [1, 2]]))
    1.0
    """
    spread = _pushed_apart(places / tile, edges)
    cells, middles = _field(spread)
    way = ((spread[:, None] - middles[None]) ** 2).sum(axis=2)
    _, home = linear_sum_assignment(np.round(way, 9))
    best = _exchanged(cells, home.tolist(), np.round(way * _HOMESICK, 9), edges, seed)
    return cells[best]


def kept_borders(cells: Cells, edges: Edges) -> float:
    """Return the share of borders whose two places have neighbouring tiles; NaN without borders."""
    if not len(edges):
        return math.nan
    step = cells[edges[:, 0]] - cells[edges[:, 1]]
    near = (step[:, None] == np.array(AROUND)[None]).all(axis=2).any(axis=1)
    return float(near.mean())


def _pushed_apart(places: Floats, edges: Edges) -> Floats:
    """Return places with room for a tile each, neighbours drawn together."""
    spots: Floats = places - places.mean(axis=0)
    # Places on one spot part in directions of their own.
    turn = np.arange(len(spots)) * 2.4
    spots = spots + 1e-3 * np.array([np.cos(turn), np.sin(turn)]).T
    friends = np.zeros((len(spots), len(spots)), dtype=np.bool_)
    friends[edges[:, 0], edges[:, 1]] = friends[edges[:, 1], edges[:, 0]] = True
    rest = np.where(friends, 1.0, _STRANGERS)
    for _ in range(_STEPS):
        apart = spots[:, None] - spots[None]
        far = np.sqrt((apart**2).sum(axis=2)) + 1e-9
        np.fill_diagonal(far, 2 * _STRANGERS)
        push = 0.25 * np.clip(rest - far, 0.0, None)
        pull = np.where(friends, 0.06 * np.clip(far - 1.0, 0.0, 3.0), 0.0)
        spots = spots + (apart * ((push - pull) / far)[..., None]).sum(axis=1)
    return spots


def _field(spots: Floats) -> tuple[Cells, Floats]:
    """Return the cells of a honeycomb wide enough for all, and their middles."""
    low, high = spots.min(axis=0) - _ROOM, spots.max(axis=0) + _ROOM
    up = math.sqrt(3.0) / 2.0
    found = [
        (a, b)
        for b in range(math.floor(low[1] / up), math.ceil(high[1] / up) + 1)
        for a in range(math.floor(low[0] - b / 2), math.ceil(high[0] - b / 2) + 1)
    ]
    cells = np.array(found, dtype=np.int64)
    middles = np.array([cells[:, 0] + cells[:, 1] / 2.0, cells[:, 1] * up]).T
    return cells, middles


def _exchanged(cells: Cells, home: list[int], cost: Floats, edges: Edges, seed: int) -> list[int]:
    """Return the cell of each place after exchanges that keep more borders."""
    number = {(int(a), int(b)): k for k, (a, b) in enumerate(cells)}
    nowhere, count = len(cells), len(home)
    around = [[number.get((int(a) + i, int(b) + j), nowhere) for i, j in AROUND] for a, b in cells]
    friends: list[set[int]] = [set() for _ in range(count)]
    for a, b in edges.tolist():
        friends[a].add(b)
        friends[b].add(a)
    listed = [sorted(own) for own in friends]
    tenant = [-1] * (nowhere + 1)
    for place, cell in enumerate(home):
        tenant[cell] = place
    price, draw = cost.tolist(), Random(seed).random
    movable = [place for place in range(count) if listed[place]]

    def worth(place: int, cell: int) -> float:
        own, kept, company = friends[place], 0, 0
        for near in around[cell]:
            other = tenant[near]
            if other >= 0:
                company += 1
                kept += other in own
        return float(kept + _HUDDLE * company - price[place][cell])

    tries = _TRIES_EACH * len(movable)
    heat, cooling = _HEAT[0], (_HEAT[1] / _HEAT[0]) ** (1.0 / max(tries, 1))
    for _ in range(tries):
        heat *= cooling
        place = movable[int(draw() * len(movable))]
        friend = listed[place][int(draw() * len(listed[place]))]
        start, goal = home[place], around[home[friend]][int(draw() * 6)]
        other = tenant[goal]
        if goal in (nowhere, start):
            continue
        before = worth(place, start) + (worth(other, goal) if other >= 0 else 0.0)
        tenant[start], tenant[goal] = other, place
        after = worth(place, goal) + (worth(other, start) if other >= 0 else 0.0)
        if after >= before or draw() < math.exp((after - before) / heat):
            home[place] = goal
            if other >= 0:
                home[other] = start
        else:
            tenant[start], tenant[goal] = place, other
    return home
