"""The tests that all methods are given: the same units, borders, costs, band and number of areas.

A border or link that is cut costs 1, and 4 more if its two districts share a LEP, and 4 more if
they have the same main STP; 38 areas, each in one piece.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy import sparse

import coterminosity as ct
from coterminosity import chain
from coterminosity.proposing.problem import Problem
from coterminosity.proposing.stating import state

BANDS = {"A": (490_000, 9_000_000), "B": (732_000, 2_195_000)}
AREAS = 38
SIDE = 182  # of the grid of test C, about as many units as there are LSOAs


def brief(floor: float, ceiling: float, **changes: object) -> ct.Brief:
    """Return the brief of the standing tests with some band."""
    choices = {
        "anchors": (),
        "k": AREAS,
        "split_cost": 0.0,
        "border_cost": 1.0,
        "border_shared_costs": {"lep": 4.0},
        "border_main_costs": {"stp": 4.0},
        "size_rule": "hard",
        "size_floor": floor,
        "size_ceiling": ceiling,
    }
    return ct.Brief(**{**choices, **changes})


@dataclass(frozen=True, eq=False)
class Case:
    """A problem, with what clustering methods go by in place of its costs.

    ``attributes`` are by unit: LEPs held, main STP, and where it lies; units that are dear to
    separate are near each other in them. ``bodies`` are numbers of LEP and STP by unit.
    """

    name: str
    problem: Problem
    attributes: np.ndarray
    bodies: dict[str, np.ndarray]

    @cached_property
    def matrix(self) -> sparse.csr_array:
        """Cost of a cut by pair of neighbours."""
        p = self.problem
        table = sparse.coo_array((p.edge_cost, (p.edge_a, p.edge_b)), shape=(len(p), len(p)))
        return (table + table.T).tocsr()


def case(name: str) -> Case:
    """Return test A or B on the embedded districts, or C on a grid of 33,000 units."""
    if name == "C":
        return grid_case(SIDE, tolerance=0.05)
    inputs = chain.gather()
    problem = state(inputs.graph, inputs.atoms, brief(*BANDS[name]))
    return Case(name, problem, *_attributes(inputs, problem))


def grid(side: int, *, tolerance: float, areas: int = AREAS) -> Problem:
    """Return a grid where people are 500 to 2,500 by unit and a cut costs 1."""
    n = side * side
    number = np.arange(n).reshape(side, side)
    a = np.concatenate([number[:, :-1].ravel(), number[:-1].ravel()])
    b = np.concatenate([number[:, 1:].ravel(), number[1:].ravel()])
    order = np.lexsort((b, a))
    a, b = a[order], b[order]
    focal, other = np.concatenate([a, b]), np.concatenate([b, a])
    order = np.lexsort((other, focal))
    people = np.random.default_rng(1).integers(500, 2500, n).astype(np.float64)
    mean = people.sum() / areas
    low, high = mean * (1 - tolerance), mean * (1 + tolerance)
    return Problem(
        brief=brief(low, high),
        units=tuple(f"u{i:05}" for i in range(n)),
        names=tuple(f"unit {i}" for i in range(n)),
        people=people,
        near_start=np.concatenate([[0], np.cumsum(np.bincount(focal, minlength=n))]),
        near=other[order],
        edge_a=a,
        edge_b=b,
        edge_cost=np.ones(len(a)),
        bodies=(),
        needs=(),
        labels=(),
        led_by=(),
        pinned=np.full(n, -1, dtype=np.int64),
        closed=np.zeros(0, dtype=np.bool_),
        must_open=np.zeros(0, dtype=np.bool_),
        free=True,
        k_low=areas,
        k_high=areas,
        floor=low,
        ceiling=high,
    )


def grid_case(side: int, *, tolerance: float) -> Case:
    where = np.stack(np.divmod(np.arange(side * side), side), axis=1) / side
    return Case("C", grid(side, tolerance=tolerance), where, {})


def _attributes(inputs: chain.Inputs, problem: Problem) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Return LEPs held, main STP and place of each unit, and the numbers of its main bodies."""
    columns, bodies = [], {}
    for layer, main in (("lep", False), ("stp", True)):
        pairs = inputs.atoms.overlap("lad", layer).pairs
        rows = [problem.units.index(str(code)) for code in pairs["left"]]
        names = inputs.atoms.regions(layer).index
        held = np.zeros((len(problem), len(names)))
        held[rows, names.get_indexer(pairs["right"])] = pairs["weight"]
        most = held == held.max(axis=1, keepdims=True)
        columns.append(2.0 * (most if main else held > 0))
        bodies[layer] = held.argmax(axis=1)
    drawn = inputs.layer("lad").geometry.reindex(list(problem.units)).centroid
    where = np.stack([drawn.x, drawn.y], axis=1)
    columns.append((where - where.mean(axis=0)) / where.std())
    return np.concatenate(columns, axis=1), bodies
