"""Search by random changes: books that are right, demands that hold, the same for the same seed."""

import os
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from coterminosity.brief import Brief
from coterminosity.proposing import costing, search
from coterminosity.proposing import layout as at
from coterminosity.proposing.compiled import is_compiled
from coterminosity.proposing.problem import Bodies, Need, Problem
from coterminosity.proposing.tableau import tableau_of


def lattice(rows, columns, *, people=None, **changes):
    """Return a problem on a lattice of free areas; every border cut costs 1."""
    n = rows * columns
    number = np.arange(n).reshape(rows, columns)
    a = np.concatenate([number[:, :-1].ravel(), number[:-1].ravel()])
    b = np.concatenate([number[:, 1:].ravel(), number[1:].ravel()])
    order = np.lexsort((b, a))
    a, b = a[order], b[order]
    focal, other = np.concatenate([a, b]), np.concatenate([b, a])
    order = np.lexsort((other, focal))
    labels = changes.pop("labels", ())
    k = changes.pop("k", (1, n))
    values = {
        "brief": Brief(anchors=[]),
        "units": tuple(f"u{i}" for i in range(n)),
        "names": tuple(f"u{i}" for i in range(n)),
        "people": np.full(n, 100.0) if people is None else np.asarray(people, dtype=float),
        "near_start": np.concatenate([[0], np.cumsum(np.bincount(focal, minlength=n))]),
        "near": other[order],
        "edge_a": a,
        "edge_b": b,
        "edge_cost": np.ones(len(a)),
        "bodies": (),
        "needs": (),
        "labels": labels,
        "led_by": (("", ""),) * len(labels),
        "pinned": np.full(n, -1),
        "closed": np.zeros(len(labels), dtype=bool),
        "must_open": np.zeros(len(labels), dtype=bool),
        "free": True,
        "k_low": k[0],
        "k_high": k[1],
    }
    return Problem(**{**values, **changes})


def bodies(layer, weight, *, split=1.0, merge=0.0, leads=None):
    weight = np.asarray(weight, dtype=float)
    regions = weight.shape[1]
    return Bodies(
        layer=layer,
        names=pd.Series(f"{layer} {r}" for r in range(regions)).rename(index=str),
        weight=sparse.csr_array(weight),
        split_cost=split,
        merge_cost=merge,
        leads=np.full(regions, -1) if leads is None else np.asarray(leads),
    )  # fmt: skip


def solved(problem, *, seed=1, proposals=8192):
    return search.refine(
        problem, search.first_plan(problem, seed=seed), proposals=proposals, seed=seed
    )


def test_a_square_in_two_halves():
    found = solved(lattice(4, 4, k=(2, 2), floor=700.0, ceiling=900.0))
    assert (found.cost, found.feasible) == (4.0, True)
    assert sorted(np.bincount(found.area)) == [8, 8]


def test_four_quarters_follow_their_bodies():
    quarter = np.repeat(np.repeat([[0, 1], [2, 3]], 2, axis=0), 2, axis=1).ravel()
    weight = 100.0 * np.eye(4)[quarter]
    layer = bodies("stp", weight, merge=1.0)
    found = solved(lattice(4, 4, k=(4, 4), edge_cost=np.zeros(24), bodies=(layer,)))
    assert found.cost == 0.0
    assert len(set(zip(found.area, quarter, strict=True))) == 4


def test_as_many_areas_as_are_worth_their_borders():
    """Two bodies: one border of four costs less than 800 people cut off or joined."""
    half = np.repeat([[0, 0, 1, 1]], 4, axis=0).ravel()
    layer = bodies("stp", 100.0 * np.eye(2)[half], split=1.0, merge=1.0)
    found = solved(lattice(4, 4, bodies=(layer,)))
    assert (found.cost, len(set(found.area))) == (4.0, 2)


def test_what_leads_an_area_stays_in_it():
    column = np.tile([0, 1, 2, 3], 3)
    layer = bodies("lep", 100.0 * np.eye(4)[column], leads=[0, 1, 2, 3])
    problem = lattice(
        3, 4, k=(2, 3), free=False, labels=("w", "x", "y", "z"), bodies=(layer,),
        led_by=tuple(("lep", str(c)) for c in range(4)),
        closed=np.zeros(4, dtype=bool), must_open=np.array([True, False, False, False]),
    )  # fmt: skip
    found = solved(problem)
    assert found.feasible
    assert costing.breaches(problem, found.area) == []
    assert 0 in found.area
    assert 2 <= len(set(found.area)) <= 3


def test_demands_are_kept():
    pinned = np.full(24, -1)
    pinned[[0, 1]] = 0
    problem = lattice(
        4, 6, k=(4, 4), floor=200.0, ceiling=1200.0, labels=("corner",), pinned=pinned,
        closed=np.array([True]), must_open=np.array([True]), joins=((5, 11), (2, 20)),
        parts=((6, 23, 17),), unit_floor={22: 500.0},
    )  # fmt: skip
    area = search.first_plan(problem, seed=3)
    found = search.refine(problem, area, proposals=40_000, seed=3)
    assert costing.breaches(problem, found.area) == []
    assert found.feasible
    assert set(np.flatnonzero(found.area == 0)) == {0, 1}


def test_what_cannot_be_is_said():
    found = solved(lattice(2, 2, k=(2, 2), floor=300.0), proposals=4096)
    assert not found.feasible
    assert sorted(np.bincount(found.area)) in ([1, 3], [2, 2])


def test_good_plans_are_handed_out_and_a_deadline_is_kept():
    problem = lattice(5, 5, k=(3, 3), floor=500.0)
    handed, told = [], []
    found = search.refine(
        problem, search.first_plan(problem, seed=1), proposals=40 * search.BATCH, seed=1,
        harvest=handed.append, progress=lambda done, cost: told.append((done, cost)),
    )  # fmt: skip
    assert all(costing.breaches(problem, area) == [] for area in handed)
    assert min(costing.cost_of(problem, area) for area in handed) == found.cost
    assert told[-1][1] == pytest.approx(found.cost)
    stopped = search.refine(problem, found.area, proposals=40 * search.BATCH, seed=1, deadline=0.0)
    assert stopped.proposals <= search.BATCH


def test_the_best_so_far_outlives_the_keyboard():
    problem = lattice(4, 4, k=(2, 2))

    def stop(area):
        raise KeyboardInterrupt

    found = search.refine(
        problem, search.first_plan(problem, seed=1), proposals=99_999, seed=1, harvest=stop
    )
    assert found.interrupted
    assert found.feasible


def test_random_plans_stay_in_their_band():
    problem = lattice(6, 6, k=(4, 4), floor=700.0, ceiling=1100.0)
    start = search.first_plan(problem, seed=2)
    plans = [search.recombine(problem, start, steps=50, seed=seed) for seed in range(5)]
    assert all(costing.breaches(problem, plan) == [] for plan in plans)
    assert len({tuple(plan) for plan in plans}) == 5


@st.composite
def problems(draw):
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    rows, columns = draw(st.integers(2, 4)), draw(st.integers(2, 5))
    n = rows * columns
    people = rng.integers(1, 200, n).astype(float)
    led = draw(st.booleans())
    labels = draw(st.integers(2, 4)) if led else 0
    weight = rng.integers(0, 3, (n, max(labels, 3))) * rng.random((n, max(labels, 3))) * 50
    weight[rng.integers(n, size=labels), range(labels)] = 60.0
    own = bodies(
        "lep", weight,
        split=draw(st.sampled_from([0.0, 1.0])), merge=draw(st.sampled_from([0.0, 0.5])),
        leads=[r if r < labels else -1 for r in range(weight.shape[1])],
    )  # fmt: skip
    other = bodies("stp", rng.integers(0, 2, (n, 2)) * 30.0, split=2.0, merge=1.0)
    changes = {
        "people": people,
        "bodies": (own, other),
        "needs": (Need(indicator="need", value=rng.normal(size=n), weight=people, price=0.3),),
        "floor": people.sum() / n,
        "ceiling": people.sum() / 1.5,
        "size_price": draw(st.sampled_from([0.5, np.inf])),
        "contiguous": draw(st.booleans()),
        "unit_floor": {int(rng.integers(n)): float(people.sum() / 3)} if rng.random() < 0.5 else {},
        "joins": ((0, n - 1), (1, 2)) if rng.random() < 0.5 else (),
        "parts": ((0, 1),) if rng.random() < 0.3 else (),
        "k": (2, draw(st.integers(2, 4))) if not led else (1, labels),
    }
    if led:
        changes |= {
            "free": False,
            "labels": tuple(f"area {label}" for label in range(labels)),
            "led_by": tuple(("lep", str(label)) for label in range(labels)),
            "closed": np.zeros(labels, dtype=bool),
            "must_open": np.arange(labels) == 0,
        }
    return lattice(rows, columns, **changes)


@given(problems(), st.integers(0, 5))
@settings(max_examples=40 if is_compiled() else 12)
def test_books_are_those_from_scratch(problem, seed):
    run = search._Run(tableau_of(problem), seed)
    run.begin(search.mended(run.tableau, search.first_plan(problem, seed=seed, attempts=1)))
    run.scale(1.0, 1.0, 30.0)
    for heat in (100.0, 10.0, 0.0):
        run.steps.explore(run.w, run.x, 300, heat, 300)
        area = run.current
        assert run.x[at.COST] == pytest.approx(costing.cost_of(problem, area), abs=1e-6)
        if not np.isfinite(problem.size_price):
            beyond = sum(people for _, people in costing.beyond_band(problem, area))
            assert run.x[at.BEYOND] == pytest.approx(beyond, abs=1e-6)
            if run.feasible:
                assert costing.breaches(problem, run.best) == []
    found = search.refine(problem, run.best, proposals=2000, seed=seed)
    assert found.cost == costing.cost_of(problem, found.area)
    assert found.feasible == (costing.breaches(problem, found.area) == [])
    if run.feasible:
        assert found.feasible


SCRIPT = """
import sys
import coterminosity as ct
assert "numba" not in sys.modules
from coterminosity.proposing import compiled, search
from coterminosity.proposing.stating import state
data = ct.england_2017()
brief = ct.Brief(anchors=[], k=(36, 40), border_cost=50_000, split_cost={"stp": 1},
                 merge_cost={"lep": 0.5}, size_rule="hard", size_floor=490_000, size_ceiling=9e6)
problem = state(data.graph, data.atoms, brief)
start = search.first_plan(problem, seed=1)
found = search.refine(problem, start, proposals=8192, seed=1)
print(found.area.tolist(), repr(found.cost), found.accepted)
print(search.recombine(problem, start, steps=40, seed=1).tolist())
"""


def printed(**settings):
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True,
        env={**os.environ, **settings},
    )  # fmt: skip
    return done.stdout


def test_the_same_with_and_without_numba_and_for_every_hash_seed():
    plain = printed(COTERMINOSITY_NO_NUMBA="1", PYTHONHASHSEED="1")
    assert len(plain) > 2000
    assert printed(COTERMINOSITY_NO_NUMBA="1", PYTHONHASHSEED="2") == plain
    pytest.importorskip("numba")
    assert printed(PYTHONHASHSEED="3") == plain
