"""Free areas by column generation, against every plan and every area there is."""

import os
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

import coterminosity as ct
from coterminosity.proposing.costing import breaches, cost_of
from coterminosity.proposing.free import resolve, solve_free
from coterminosity.proposing.master import Master, reduced_costs
from coterminosity.proposing.nodes import Duals, closed_units, holds
from coterminosity.proposing.pool import HomePrices, Pool, constant_cost
from coterminosity.proposing.pricing import Pricer
from coterminosity.proposing.problem import Bodies, Need, Problem
from coterminosity.proposing.triangles import bound_of_layers, distance


def drawn(seed: int, *, units: int | None = None, plain: bool = False) -> Problem:
    """Draw a small problem with free areas and some of all terms and demands."""
    rng = np.random.default_rng(seed)
    count = units or int(rng.integers(4, 8))
    people = rng.integers(1, 10, count).astype(float)
    pairs = {(int(rng.integers(max(0, u - 3), u)), u) for u in range(1, count)}
    for one, other in rng.integers(count, size=(count, 2)):
        if one != other:
            pairs.add((int(min(one, other)), int(max(one, other))))
    a, b = np.array(sorted(pairs)).T
    near = [sorted({*b[a == u].tolist(), *a[b == u].tolist()}) for u in range(count)]
    low = int(rng.integers(1, 4))
    demands = {} if plain else demands_of(rng, count)
    shut = not plain and rng.random() < 0.25
    pinned = np.full(count, -1)
    if shut:
        pinned[rng.integers(count)] = 0
    cost = rng.integers(1, 6, len(a)) * (1.0 if rng.random() < 0.5 else 0.5)
    layers = () if plain else tuple(layer_of(rng, name, people) for name in ("lep", "stp"))
    value = rng.normal(size=count)
    return Problem(
        brief=ct.Brief(),
        units=tuple(f"u{u}" for u in range(count)),
        names=tuple(f"u{u}" for u in range(count)),
        people=people,
        near_start=np.cumsum([0] + [len(own) for own in near]),
        near=np.array([n for own in near for n in own]),
        edge_a=a,
        edge_b=b,
        edge_cost=cost * (plain or rng.random() < 0.7),
        bodies=layers,
        needs=(Need(indicator="need", value=value, weight=people, price=0.3),)
        if not plain and rng.random() < 0.2
        else (),
        labels=("shut",) if shut else (),
        led_by=(("", ""),) if shut else (),
        pinned=pinned,
        closed=np.array([True] if shut else [], dtype=bool),
        must_open=np.array([True] if shut else [], dtype=bool),
        free=True,
        k_low=low,
        k_high=int(rng.integers(low, 5)),
        contiguous=bool(plain or rng.random() < 0.8),
        **(demands or {"floor": 6.0, "ceiling": 30.0}),
    )


def layer_of(rng, layer, people):
    count = int(rng.integers(2, 4))
    weight = np.zeros((len(people), count))
    for unit, own in enumerate(people):
        weight[unit, rng.integers(count)] += own * 2 / 3
        weight[unit, rng.integers(count)] += own / 3
    codes = [f"{layer}{r}" for r in range(count)]
    return Bodies(
        layer=layer,
        names=pd.Series(codes, index=codes),
        weight=sparse.csr_array(weight),
        split_cost=float(rng.choice([0, 1, 1.5])),
        merge_cost=float(rng.choice([0, 0, 1])),
        leads=np.full(count, -1),
    )


def demands_of(rng, count):
    found = {}
    if rng.random() < 0.7:
        found["floor"], found["ceiling"] = float(rng.integers(0, 12)), float(rng.integers(12, 40))
        found["size_price"] = float(rng.choice([np.inf, np.inf, 0.5, 2]))
        for side, low, high in (("floor", 0, 15), ("ceiling", 8, 40)):
            if rng.random() < 0.3:
                own = rng.integers(count, size=2)
                found[f"unit_{side}"] = {int(u): float(rng.integers(low, high)) for u in own}
    for kind in ("joins", "parts"):
        if rng.random() < 0.3:
            found[kind] = (tuple(rng.choice(count, 2, replace=False).tolist()),)
    return found


def partitions(count):
    """Yield every division of units into areas, numbered in order of first units."""

    def grow(area, used):
        if len(area) == count:
            yield area
            return
        for label in range(used + 1):
            yield from grow([*area, label], max(used, label + 1))

    yield from grow([], 0)


def every_plan(problem):
    """Yield every plan; the area that must exist has its label."""
    shut = closed_units(problem)
    rest = np.flatnonzero(~shut)
    for own in partitions(len(rest)):
        area = np.zeros(len(problem), dtype=np.int64)
        area[rest] = np.array(own, dtype=np.int64) + len(problem.labels)
        yield area


def least(problem):
    return min(
        (cost_of(problem, a) for a in every_plan(problem) if not breaches(problem, a)),
        default=np.inf,
    )


def solved(problem, **changes):
    settings = {"seconds": 60, "seed": 1, "proposals": 4096, "runs": 1, **changes}
    return solve_free(problem, **settings)


@pytest.mark.parametrize("seed", range(60))
def test_the_optimum_is_the_best_of_all_plans(seed):
    problem = drawn(seed)
    best = least(problem)
    found, pool = solved(problem)
    assert len(pool) or found.area is None
    if np.isinf(best):
        assert found.area is None
        assert found.status != "optimal"
        return
    assert found.area is not None
    assert breaches(problem, found.area) == []
    assert found.cost == pytest.approx(cost_of(problem, found.area))
    assert not found.bound > best + 1e-6 * (1 + abs(best))
    assert found.cost == pytest.approx(best)
    if not problem.needs:
        assert found.status == "optimal"
        assert found.bound == pytest.approx(best)


def priced(seed):
    """Draw a problem in which splits and mergers both cost, over bodies that may overlap."""
    problem, rng = drawn(seed), np.random.default_rng(1000 + seed)
    bodies = tuple(
        replace(
            own,
            split_cost=float(rng.choice([0.0, 0.5, 1.0, 2.0])),
            merge_cost=float(rng.choice([0.0, 0.5, 1.0, 2.0])),
        )
        for own in problem.bodies
    )
    return replace(problem, bodies=bodies)


def test_layers_apart_bound_every_plan():
    """Whatever the prices; for a third of these at least the bound is above 0."""
    bounds = []
    for seed in range(24):
        problem = priced(seed)
        bounds.append(bound_of_layers(problem))
        assert bounds[-1] <= min(cost_of(problem, a) for a in every_plan(problem))
    assert min(bounds) == -np.inf
    assert sum(bound > 0 for bound in bounds) >= 8


def test_layers_apart_by_hand():
    """Ten people each in four units: X X Y Y against s t t t, of which t is mostly in Y."""
    lep, stp = np.repeat(np.eye(2), 2, axis=0) * 10, np.eye(2)[[0, 1, 1, 1]] * 10

    def layer(name, weight, split, merge):
        names = pd.Series(["a", "b"], index=["a", "b"])
        return Bodies(
            layer=name, names=names, weight=sparse.csr_array(weight), split_cost=split,
            merge_cost=merge, leads=np.full(2, -1),
        )  # fmt: skip

    one, other = layer("lep", lep, 1.0, 2.0), layer("stp", stp, 3.0, 4.0)
    assert (distance(one, other), distance(other, one), distance(one, one)) == (10, 10, 0)
    # Splits of LEPs and mergers of STPs: 1 each; splits of STPs and mergers of LEPs: 2.
    problem = replace(drawn(0, units=4, plain=True), bodies=(one, other))
    assert bound_of_layers(problem) == pytest.approx(30)
    assert bound_of_layers(replace(problem, bodies=(replace(one, merge_cost=0.0),))) == -np.inf
    shared = layer("lep", np.array([[10, 0], [5, 5], [0, 10], [0, 10.0]]), 1.0, 1.0)
    assert distance(shared, shared) == 5, "half of a unit with two bodies is not with its other"
    half = layer("stp", stp * [[1], [0.5], [1], [0]], 1.0, 1.0)
    assert distance(one, half) == 5, "only who is in both layers counts"


@pytest.mark.parametrize("seed", range(8))
def test_costs_of_areas_add_up(seed):
    problem = drawn(seed, units=7)
    for number, area in enumerate(every_plan(problem)):
        if number % 23 == 0:
            pool = Pool(problem)
            pool.add_plan(area)
            total = constant_cost(problem) + sum(c.net for c in pool.columns)
            assert total == pytest.approx(cost_of(problem, area))
            assert pool.add_plan(area) == 0


def every_area(problem):
    for number in range(1, 2 ** len(problem)):
        members = np.flatnonzero([number >> u & 1 for u in range(len(problem))])
        if holds(problem, members):
            yield members


def worth(problem, members, duals):
    """Return the least reduced cost of an area, over which regions are at home."""
    pool = Pool(problem)
    pool.add_area(members, HomePrices(problem, duals.homes))
    return float(reduced_costs(pool, np.arange(1), duals)[0])


@pytest.mark.parametrize("seed", range(40))
def test_a_round_finds_the_cheapest_area_and_proves_it(seed):
    problem = drawn(seed)
    rng = np.random.default_rng(seed)
    duals = Duals(
        rng.normal(3.0, 4.0, len(problem)),
        float(rng.normal(0.0, 3.0)),
        tuple(rng.random(len(b.totals)) * 4 * (b.split_cost > 0) for b in problem.bodies),
    )
    shut = closed_units(problem)
    areas = [own for own in every_area(problem) if not shut[own].any()]
    values = [worth(problem, own, duals) for own in areas]
    pricer = Pricer(problem)
    found = pricer.round(duals, top=0.0, budget=10_000, until=np.inf)
    assert found.done
    best = min([0.0, *values])
    assert found.least <= best + 1e-6
    if not problem.needs and not (np.isfinite(problem.size_price) and has_own_band(problem)):
        assert min(0.0, found.least) == pytest.approx(best, abs=1e-6)
        seen = [worth(problem, own, duals) for own in found.areas]
        assert min([0.0, *seen]) == pytest.approx(best, abs=1e-6)
    assert all(holds(problem, own) for own in found.areas)
    assert found.bound <= least(problem) + 1e-6
    listed = pricer.listed(duals, top=1.0, budget=10_000, most=500, until=np.inf)
    assert listed is not None
    held = {own.tobytes() for own in listed}
    assert len(held) == len(listed)
    assert held >= {own.tobytes() for own, v in zip(areas, values, strict=True) if v < 1.0 - 1e-6}


def test_out_of_time_no_more_main_bodies_are_asked_about(monkeypatch):
    problem = replace(drawn(0, units=6, plain=True), needs=())
    stp = layer_of(np.random.default_rng(1), "stp", problem.people)
    pricer = Pricer(replace(problem, bodies=(replace(stp, merge_cost=1.0),)))
    assert len(pricer.bounds.mains[0]) > 1
    asked, ticks, below = [], iter(range(10_000)), pricer.bounds.below
    monkeypatch.setattr(pricer.bounds, "below", lambda *a, **k: asked.append(1) or below(*a, **k))
    monkeypatch.setattr("coterminosity.proposing.pricing.time.monotonic", lambda: next(ticks))
    free = Duals(np.full(6, 1e6), 0.0, (np.zeros(len(stp.totals)),))
    # The clock is looked at before the first root, after it, and before each main body.
    found = pricer.round(free, top=0.0, budget=10_000, until=1)
    assert len(asked) == 7, "each root once, and all roots together at the start"
    assert not found.done
    assert found.bound <= least(pricer.problem)
    fresh, ticks = Pricer(pricer.problem), iter(range(10_000))
    assert not fresh.round(free, top=0.0, budget=10_000, until=0).done


def has_own_band(problem):
    return bool(problem.unit_floor or problem.unit_ceiling)


def test_reduced_costs_of_chosen_areas_are_nothing():
    problem = drawn(3, units=8, plain=True)
    pool = Pool(problem)
    for area in every_plan(problem):
        if not breaches(problem, area):
            pool.add_plan(area)
    master = Master(pool)
    master.add(np.arange(len(pool)))
    now = master.relax()
    cost = reduced_costs(pool, np.arange(len(pool)), now.duals)
    assert cost.min() > -1e-7
    assert np.abs(cost[now.share > 1e-6]).max() < 1e-7
    assert now.duals.value(problem.k_low, problem.k_high) == pytest.approx(now.cost)
    area, bound = master.best_plan(np.arange(len(pool)), start=None, seconds=60, gap=0.0, seed=1)
    assert cost_of(problem, area) == pytest.approx(least(problem))
    assert bound == pytest.approx(least(problem))
    master.close()


@pytest.mark.parametrize("seed", range(8))
def test_solving_again_with_more_demands(seed):
    problem = drawn(seed, units=8, plain=True)
    found, pool = solved(problem)
    assert found.status == ("optimal" if found.area is not None else "time limit")
    rng = np.random.default_rng(seed)
    group = tuple(rng.choice(len(problem), 2, replace=False).tolist())
    for kind in ("joins", "parts"):
        more = replace(problem, **{kind: (group,)})
        again = resolve(more, pool, seconds=15, seed=1)
        best = least(more)
        assert (again.area is None) == np.isinf(best)
        if again.area is not None:
            assert again.cost == pytest.approx(best)
            assert found.cost <= again.cost + 1e-9
            assert again.status == "optimal"


def test_the_same_seed_gives_the_same_plan():
    problem = drawn(5, units=8, plain=True)
    one, other = solved(problem)[0], solved(problem)[0]
    assert np.array_equal(one.area, other.area)
    assert (one.cost, one.bound, one.rounds) == (other.cost, other.bound, other.rounds)


def test_progress_is_told_and_a_start_is_used():
    problem = drawn(3, units=8, plain=True)
    told = []
    found, pool = solved(problem, progress=lambda *own: told.append(own))
    assert all("best" in stage and "bound" in stage for stage, _, _ in told)
    again, _ = solved(problem, start=found.area, pool=pool, proposals=64)
    assert again.cost == found.cost


def test_the_keyboard_ends_it_with_the_best_so_far():
    problem = drawn(3, units=8, plain=True)

    def stop(stage, done, todo):
        raise KeyboardInterrupt

    found, _ = solved(problem, progress=stop)
    assert found.status == "interrupted"
    assert found.area is not None


def test_what_cannot_be_has_no_plan():
    problem = replace(drawn(3, units=6, plain=True), floor=1e6, ceiling=2e6)
    found, _ = solved(problem, proposals=256)
    assert found.area is None
    assert np.isnan(found.cost)
    assert (found.status, found.bound) == ("infeasible", np.inf)


def test_the_same_without_numba():
    script = (
        "from tests.test_free import drawn, solved\n"
        "found = [solved(drawn(seed), proposals=512)[0] for seed in (0, 4, 7)]\n"
        "print([(f.cost, f.bound, f.status, f.area is not None and f.area.tolist())"
        " for f in found])\n"
    )
    said = []
    for switch in ("", "1"):
        done = subprocess.run(
            [sys.executable, "-c", script], capture_output=True, text=True, check=False,
            env={**os.environ, "COTERMINOSITY_NO_NUMBA": switch},
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        said.append(done.stdout)
    assert said[0] == said[1]


def test_where_units_are_many_the_search_has_all_the_time_and_says_so(monkeypatch):
    monkeypatch.setattr("coterminosity.proposing.free.MOST_UNITS", 3)
    monkeypatch.setattr("coterminosity.proposing.free.price", lambda quest: pytest.fail("priced"))
    found, pool = solved(drawn(3, units=6))
    assert found.area is not None
    assert len(pool)
    assert found.notes[0].startswith("no more is proved for over 3 units")
