"""The exact model of labelled areas against every assignment there is."""

import itertools
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

import coterminosity as ct
from coterminosity.errors import BriefError
from coterminosity.proposing.anchored import solve_anchored
from coterminosity.proposing.costing import breaches, cost_of
from coterminosity.proposing.frame import frame_of
from coterminosity.proposing.grouping import grouped
from coterminosity.proposing.homewise import divided
from coterminosity.proposing.labelled import labelled
from coterminosity.proposing.lazily import raised, settle
from coterminosity.proposing.narrowing import columns_of, near_pairs, relaxed
from coterminosity.proposing.prices import prices, relaxed_briefs
from coterminosity.proposing.problem import Bodies, Need, Problem
from coterminosity.proposing.search import first_plan, refine
from coterminosity.proposing.separators import Ground
from coterminosity.proposing.solved import Solved
from coterminosity.proposing.solver import Solver
from coterminosity.proposing.standing import Standing, step_of
from coterminosity.proposing.stating import state
from coterminosity.proposing.windows import certify, windows_of


def drawn(seed: int, *, free: bool = False) -> Problem:
    """Draw a small problem with some of all terms and demands."""
    rng = np.random.default_rng(seed)
    count, anchors = int(rng.integers(4, 7)), int(rng.integers(2, 4))
    people = rng.integers(1, 10, count).astype(float)
    pairs = {(int(rng.integers(u)), u) for u in range(1, count)}
    for one, other in rng.integers(count, size=(count // 2, 2)):
        if one != other:
            pairs.add((int(min(one, other)), int(max(one, other))))
    a, b = np.array(sorted(pairs)).T
    near = [sorted({*b[a == u].tolist(), *a[b == u].tolist()}) for u in range(count)]
    labels, led_by = [], []
    if not free:
        labels = [f"lep{r}" for r in range(anchors)]
        led_by = [("lep", name) for name in labels]
    closed, must = [False] * len(labels), [bool(rng.random() < 0.5)] * len(labels)
    pinned = np.full(count, -1)
    if not free and rng.random() < 0.3:
        label = int(rng.integers(anchors))
        pinned[rng.integers(count)] = label
        closed[label] = bool(rng.random() < 0.5)
        must[label] |= closed[label]
    if not free and rng.random() < 0.2:
        labels, led_by = [*labels, "own"], [*led_by, ("", "")]
        closed, must = [*closed, True], [*must, True]
        pinned[rng.integers(count)] = len(labels) - 1
    low = int(rng.integers(1, anchors + 1))
    high = int(rng.integers(low, max(low, len(labels) or count) + 1))
    if rng.random() < 0.4:
        low, high = 1, count
    return Problem(
        brief=ct.Brief(),
        units=tuple(f"u{u}" for u in range(count)),
        names=tuple(f"u{u}" for u in range(count)),
        people=people,
        near_start=np.cumsum([0] + [len(own) for own in near]),
        near=np.array([n for own in near for n in own]),
        edge_a=a,
        edge_b=b,
        edge_cost=rng.choice([0.0, 1.0, 0.5], len(a)) * (rng.random() < 0.5),
        bodies=(
            layer_of(rng, "lep", people, anchors, led=not free),
            layer_of(rng, "stp", people, int(rng.integers(2, 4)), led=False),
        ),
        needs=(),
        labels=tuple(labels),
        led_by=tuple(led_by),
        pinned=pinned,
        closed=np.array(closed, dtype=bool),
        must_open=np.array(must, dtype=bool),
        free=free,
        k_low=low,
        k_high=high,
        contiguous=bool(rng.random() < 0.8),
        **demands_of(rng, count, anchors, free=free),
    )


def layer_of(rng, layer, people, count, *, led):
    weight = np.zeros((len(people), count))
    for unit, own in enumerate(people):
        weight[unit, rng.integers(count)] += own * 2 / 3
        weight[unit, rng.integers(count) if rng.random() < 0.5 else weight[unit].argmax()] += (
            own / 3
        )
    codes = [f"{layer}{r}" for r in range(count)]
    return Bodies(
        layer=layer,
        names=pd.Series(codes, index=codes),
        weight=sparse.csr_array(weight),
        split_cost=float(rng.choice([0, 1, 1.5])),
        merge_cost=float(rng.choice([0, 0, 1])),
        leads=np.arange(count) if led else np.full(count, -1),
    )


def demands_of(rng, count, anchors, *, free):
    found = {}
    if rng.random() < 0.6:
        found["floor"], found["ceiling"] = float(rng.integers(0, 12)), float(rng.integers(12, 40))
        found["size_price"] = float(rng.choice([np.inf, 0.5, 2]))
        for side, low, high in (("floor", 0, 20), ("ceiling", 5, 40)):
            if rng.random() < 0.4:
                own = rng.integers(count, size=2)
                found[f"unit_{side}"] = {int(u): float(rng.integers(low, high)) for u in own}
            if not free and rng.random() < 0.4:
                own_label = int(rng.integers(anchors))
                found[f"label_{side}"] = {own_label: float(rng.integers(low, high))}
    for kind in ("joins", "parts"):
        if rng.random() < 0.3:
            found[kind] = (tuple(rng.choice(count, 2, replace=False).tolist()),)
    return found


def least(problem: Problem, plans) -> float:
    return min((cost_of(problem, a) for a in plans if not breaches(problem, a)), default=np.inf)


def every_plan(problem: Problem):
    labels = range(len(problem.labels))
    for own in itertools.product(labels, repeat=len(problem)):
        area = np.array(own)
        if (area[problem.pinned >= 0] == problem.pinned[problem.pinned >= 0]).all():
            yield area


@pytest.mark.parametrize("seed", range(36))
def test_the_optimum_is_the_best_of_all_plans(seed):
    problem = drawn(seed)
    best = least(problem, every_plan(problem))
    found = solve_anchored(problem, seconds=60, seed=1)
    if np.isinf(best):
        assert found.status == "infeasible"
        assert found.area is None
        assert found.bound == np.inf
        return
    assert found.status == "optimal"
    assert found.cost == pytest.approx(best)
    assert found.bound <= best + 1e-6 * (1 + best)
    assert found.cost == cost_of(problem, found.area)
    assert not breaches(problem, found.area)


@pytest.mark.parametrize("seed", range(60, 72))
def test_a_linear_bound_over_few_pairs_holds_for_all(seed):
    problem = drawn(seed)
    best = least(problem, every_plan(problem))
    frame = frame_of(problem, np.arange(len(problem.labels)))
    model = labelled(frame)
    pairs = np.zeros(len(model.programme.cost), dtype=bool)
    pairs[model.x[near_pairs(frame, 0)]] = True
    use = columns_of(model.programme, pairs)
    found = relaxed(model, use, seconds=60, seed=1)
    if found.status == "optimal":
        assert found.bound <= best + 1e-6


@pytest.mark.parametrize("seed", range(130, 142))
def test_no_plan_costs_less_than_the_cheapest_cut_of_bodies(seed):
    problem = replace(drawn(seed), must_open=drawn(seed).must_open & (seed % 2 == 0))
    found = grouped(problem, seconds=60, seed=1)
    if found is not None:
        assert found.bound <= least(problem, every_plan(problem)) + 1e-6


def test_the_cheapest_cut_of_bodies_is_the_optimum_where_nothing_else_is_asked():
    england = ct.england_2017()
    for brief, cost in (
        (ct.Brief(), 7_694_295.0),
        (ct.Brief(k=(30, 45), anchors=("lep", "stp")), 3_644_903.0),
    ):
        problem = state(england.graph, england.atoms, brief)
        found = solve_anchored(problem, seconds=60, seed=1)
        assert found.status == "optimal"
        assert (found.cost, found.bound) == (cost, pytest.approx(cost))


@pytest.mark.parametrize("seed", range(160, 172))
def test_cases_by_homes_come_to_the_optimum_from_any_plan(seed, monkeypatch):
    monkeypatch.setattr("coterminosity.proposing.homewise.FEW", 0)
    problem = drawn(seed)
    plans = [a for a in every_plan(problem) if not breaches(problem, a)]
    if not plans:
        return
    frame = frame_of(problem, np.arange(len(problem.labels)))
    search = Standing(seconds=60, seed=1)
    search.offer(frame.problem, max(plans, key=lambda a: cost_of(problem, a)))
    model, found, _ = raised(labelled(frame), frame.allowed, search, gap=0, until=0)
    best = least(problem, plans)
    assert divided(model, found, search, 0.0) == "optimal"
    assert search.cost == pytest.approx(best)
    assert search.bound == pytest.approx(best)


def test_cuts_for_floors_and_contiguity_hold_for_plans_of_england():
    england = ct.england_2017()
    brief = ct.Brief(size_floor=5e5, size_ceiling=1e8, size_rule="hard")
    problem = state(england.graph, england.atoms, brief)
    frame = frame_of(problem, np.arange(len(problem.labels)))
    plain, plans = labelled(frame), []
    refine(problem, first_plan(problem, seed=1), proposals=100_000, seed=1, harvest=plans.append)
    plans = [a for a in plans if not breaches(problem, a)]
    model, _, _ = raised(plain, near_pairs(frame, 1), Standing(seconds=20, seed=1), gap=0, until=0)
    first = plain.programme.matrix.shape[0]
    assert len(plans) > 2
    assert model.programme.matrix.shape[0] > first
    for area in plans:
        values = np.zeros(len(model.programme.cost))
        values[model.x[np.arange(len(area)), area]] = 1.0
        broken = model.programme.matrix @ values - model.programme.high
        assert broken[first:].max() <= 1e-9


@pytest.mark.parametrize("seed", range(100, 130))
@pytest.mark.parametrize("free", [False, True])
def test_windows_settle_every_exchange(seed, free):
    problem = drawn(seed, free=free)
    area = some_plan(problem, seed)
    if area is None:
        return
    cost = cost_of(problem, area)
    found = certify(problem, area, size=2)
    windows = windows_of(problem, area, 2)
    assert found.count == len(windows)
    for row, labels in zip(found.table.itertuples(), windows, strict=True):
        best = least(problem, exchanges(area, labels))
        assert row.cost == pytest.approx(best)
        assert row.bound <= best + 1e-6
        assert row.proved == (best > cost - 1e-6)
    improved = certify(problem, area, size=3, improve=True)
    assert improved.holds
    assert not breaches(problem, improved.area)
    assert improved.cost <= cost


def some_plan(problem, seed):
    rng = np.random.default_rng(seed)
    width = len(problem.labels) or 3
    for _ in range(100):
        area = rng.integers(width, size=len(problem))
        if not breaches(problem, area):
            return area
    return None


def exchanges(area, labels):
    inside = np.flatnonzero(np.isin(area, labels))
    for own in itertools.product(labels, repeat=len(inside)):
        other = area.copy()
        other[inside] = own
        yield other


def test_need_is_no_part_of_the_bound_and_the_note_says_so():
    problem = next(p for p in map(drawn, range(99)) if not np.isinf(least(p, every_plan(p))))
    value = np.arange(len(problem), dtype=float)
    need = Need(indicator="age", value=value, weight=problem.people, price=0.01)
    found = solve_anchored(replace(problem, needs=(need,)), seconds=5, seed=1)
    assert found.bound <= least(replace(problem, needs=(need,)), every_plan(problem)) + 1e-6
    assert "need" in found.notes[0]


def test_a_start_that_breaks_a_demand_is_not_used():
    problem = next(p for p in map(drawn, range(99)) if np.isinf(least(p, every_plan(p))))
    start = np.zeros(len(problem), dtype=np.int64)
    assert solve_anchored(problem, start=start, seconds=5, seed=1).area is None
    with pytest.raises(BriefError, match="feasible plan"):
        certify(problem, start)


def test_no_time_is_no_proof():
    found = solve_anchored(drawn(3), seconds=0.0, seed=1)
    assert found.status == "time limit"
    assert np.isnan(found.bound)


def test_the_price_of_a_demand_lies_between_two_bounds():
    costs = {True: (10.0, 9.0), False: (7.0, 6.5)}

    def solve(brief):
        cost, bound = costs[bool(brief.must_join)]
        return Solved(area=None, cost=cost, bound=bound, status="time limit", seconds=0, rounds=1)

    brief = ct.Brief(must_join=(("Croydon", "Crawley"),))
    england = ct.england_2017()
    table = prices(england.graph, england.atoms, brief, solve)
    assert table.iloc[0].tolist() == ["join", "Croydon, Crawley", 10.0, 7.0, 2.0, 3.5]


@pytest.mark.parametrize(
    ("feasible", "price"), [((), np.nan), ((False,), np.inf), ((True, False), 3.0)]
)
def test_the_price_of_a_demand_that_cannot_be_met(feasible, price):
    """Where no plan exists with the demand it costs without end; where none does without, nothing
    is known."""

    def solve(brief):
        joined = bool(brief.must_join)
        cost, status = 10.0 if joined else 7.0, "optimal"
        if joined not in feasible:
            cost, status = np.inf, "infeasible"
        return Solved(area=None, cost=cost, bound=cost, status=status, seconds=0, rounds=1)

    england, brief = ct.england_2017(), ct.Brief(must_join=(("Croydon", "Crawley"),))
    row = prices(england.graph, england.atoms, brief, solve).iloc[0]
    assert row[["price_low", "price_high"]].to_list() == pytest.approx([price] * 2, nan_ok=True)


def test_a_linear_programme_grows_from_its_basis():
    solver = Solver()
    solver.add_columns(np.array([1.0, 2.0]))
    solver.add_rows(sparse.csr_array([[1.0, 1.0]]), lower=4.0, upper=np.inf)
    first = solver.solve()
    assert (first.status, first.cost) == ("optimal", 4.0)
    assert first.duals.tolist() == [1.0]
    solver.add_columns(np.array([0.5]), matrix=sparse.csc_array([[1.0]]))
    solver.add_rows(sparse.csr_array([[0.0, 0.0, 1.0]]), lower=-np.inf, upper=1.0)
    second = solver.solve()
    assert second.cost == 3.5
    assert second.duals.tolist() == [1.0, -0.5]
    solver.set_integer(np.array([0]), whole=True)
    solver.set_bounds(np.array([2]), 0.25, 0.25)
    assert solver.solve().values.tolist() == [4.0, 0.0, 0.25]


UNCLOSED = """
import numpy as np
from scipy import sparse
from coterminosity.proposing.solver import Solver
kept = []
for whole in (False, True):
    for watched in (False, True):
        solver = Solver()
        solver.add_columns(-np.arange(1.0, 41.0), upper=1.0, integer=whole)
        table = np.random.default_rng(1).random((4, 40))
        solver.add_rows(sparse.csr_array(table), lower=-np.inf, upper=4.0)
        solver.solve(watched=watched, seconds=0.5)
        kept.append(solver)
"""


def test_solvers_print_nothing_and_need_not_be_closed():
    done = subprocess.run(
        [sys.executable, "-c", UNCLOSED], check=False, capture_output=True, text=True
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_an_error_of_the_progress_waits_for_the_solver():
    def fail(cost, bound):
        raise RuntimeError("no more")

    solver, rng = Solver(), np.random.default_rng(1)
    solver.add_columns(-rng.integers(50, 99, 60).astype(float), upper=1.0, integer=True)
    table = sparse.csr_array(rng.integers(10, 99, (20, 60)).astype(float))
    solver.add_rows(table, lower=-np.inf, upper=table.sum(axis=1) / 2)
    with pytest.raises(RuntimeError, match="no more"):
        solver.solve(seconds=20, progress=fail)
    solver.close()


def test_bounds_are_rounded_up_to_what_a_plan_can_cost():
    search = Standing(seconds=9, seed=1, step=3.0, cost=100.0)
    assert [search.rounded(own) for own in (0.0, 0.1, 3.0, 3.000001, 4.0)] == [0, 3, 3, 3, 6]
    assert search.rounded(-np.inf) == -np.inf
    search.prove(10.0)
    assert (search.bound, search.is_done(0.0)) == (12.0, False)
    search.prove(5.0)
    assert search.bound == 12.0, "a worse bound takes nothing back"
    assert 97 < search.enough < 97.001
    assert Standing(seconds=9, seed=1).rounded(0.1) == 0.1


def test_what_every_cost_is_a_multiple_of():
    england = ct.england_2017()

    def step(**choices):
        brief = ct.Brief(**{"anchors": (), "k": 38, "split_cost": 0.0, **choices})
        return step_of(state(england.graph, england.atoms, brief))

    assert step(border_cost=4.0, border_shared_costs={"lep": 6.0}) == 2.0
    assert step(border_cost=1.0, border_main_costs={"stp": 4.0}) == 1.0
    assert step(border_cost=1.5) == 0.0
    assert step(border_cost=1.0, split_cost=1.0) == 0.0
    assert step(border_cost=1.0, size_rule="priced", size_cost=1.0) == 0.0


def test_a_solve_that_is_left_early_because_nothing_better_is_left_is_a_proof():
    """Seven districts in a ring: the best plan of two areas cuts two of its borders."""
    problem = replace(
        drawn(3, free=True), bodies=(), needs=(), units=tuple("abcdefg"), names=tuple("abcdefg"),
        people=np.ones(7), edge_a=np.arange(7), edge_b=(np.arange(7) + 1) % 7,
        edge_cost=np.ones(7), near_start=np.arange(0, 15, 2),
        near=np.array([[(u - 1) % 7, (u + 1) % 7] for u in range(7)]).ravel(),
        pinned=np.full(7, -1), k_low=2, k_high=2, joins=(), parts=(), floor=0.0, ceiling=np.inf,
        unit_floor={}, unit_ceiling={}, size_price=np.inf, contiguous=True,
    )  # fmt: skip
    area = np.array([0, 0, 0, 0, 1, 1, 1])
    frame = frame_of(problem, np.array([0, 1]), area)
    search = Standing(seconds=20, seed=1, area=area, cost=2.0, step=1.0)
    _, status = settle(labelled(frame), Ground(frame), search, seconds=20, gap=0.0)
    assert (status, search.bound) == ("optimal", 2.0)


def test_need_of_areas_that_are_not_in_play_proves_nothing():
    """Six districts in a line; b would rather be with c and d, and f is unlike e far away."""
    near = [[1], [0, 2], [1, 3], [2, 4], [3, 5], [4]]
    problem = replace(
        drawn(3, free=True), bodies=(), units=tuple("abcdef"), names=tuple("abcdef"),
        people=np.ones(6), edge_a=np.arange(5), edge_b=np.arange(1, 6),
        edge_cost=np.array([1.0, 5.0, 1.0, 1.0, 1.0]),
        near_start=np.cumsum([0, *map(len, near)]), near=np.concatenate(near),
        needs=(Need(indicator="age", value=np.eye(6)[5] * 10, weight=np.ones(6), price=1.0),),
        pinned=np.full(6, -1), k_low=3, k_high=3, joins=(), parts=(), floor=0.0, ceiling=np.inf,
        unit_floor={}, unit_ceiling={}, size_price=np.inf, contiguous=True,
    )  # fmt: skip
    found = certify(problem, np.array([0, 0, 1, 1, 2, 2]), size=2)
    assert found.cost == 56.0
    assert found.table["gain"].to_list()[0] == 4.0
    assert not found.holds


def test_an_area_that_must_exist_is_in_no_window():
    problem = next(p for p in map(drawn, range(200)) if p.closed.any() and len(p.labels) > 2)
    shut = int(np.flatnonzero(problem.closed)[0])
    area = np.arange(len(problem)) % len(problem.labels)
    held = windows_of(replace(problem, closed=np.zeros_like(problem.closed)), area, 2)
    assert any(shut in own for own in held)
    assert windows_of(problem, area, 2) == [
        own for own in held if not problem.closed[list(own)].any()
    ]


def test_each_demand_is_done_without_alone():
    brief = ct.Brief(
        keep_whole=("county", "region"), must_part=(("Leeds", "Bath and North East Somerset"),),
        locks={"Croydon": "London", "Lewes": "South East"}, size_rule="hard", size_floor=4e5,
    )  # fmt: skip
    found = {(kind, what): other for kind, what, other in relaxed_briefs(brief)}
    assert [kind for kind, _ in found] == ["lock", "lock", "part", "whole", "whole", "band"]
    assert found["lock", "Croydon in London"].locks == {"Lewes": "South East"}
    assert found["whole", "county"].keep_whole == ("region",)
    assert found["whole", "region"] == replace(brief, keep_whole=("county",))
    assert found["part", "Leeds, Bath and North East Somerset"] == replace(brief, must_part=())
    assert found["band", "400,000 to 3,000,000 people"] == replace(brief, size_rule="report")
