"""Many plans of nearly the same cost: what is kept, what they agree on, and rank by chance."""

from itertools import permutations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import coterminosity as ct
from coterminosity import errors, maps
from coterminosity.atoms import Atoms
from coterminosity.brief import Brief
from coterminosity.proposing import ensemble as module
from coterminosity.proposing.costing import breaches, cost_of
from coterminosity.proposing.ensemble import Ensemble, ensemble
from coterminosity.proposing.judging import plan_of
from coterminosity.proposing.likeness import is_apart, numbered_as, share_moved
from coterminosity.proposing.ranking import rank
from coterminosity.proposing.search import Found
from coterminosity.units import UnitGraph
from tests.conftest import boxes


def country(rows: int, columns: int, **measures: list[float]) -> tuple[UnitGraph, Atoms]:
    """Draw a lattice of districts of 10 people; LEPs are its rows, STPs pairs of columns."""
    cells = [(r, c) for r in range(rows) for c in range(columns)]
    codes = [f"{r}{c}" for r, c in cells]
    table = pd.DataFrame({"lad": codes, "population": 10})
    table["lep"] = [f"row {r}" for r, _ in cells]
    table["stp"] = [f"columns {c // 2}" for _, c in cells]
    borders = [
        (one, other, 1000.0)
        for one, (r, c) in zip(codes, cells, strict=True)
        for other, (s, d) in zip(codes, cells, strict=True)
        if one < other and abs(r - s) + abs(c - d) == 1
    ]
    units = pd.DataFrame({"name": [f"Place {code}" for code in codes]}, index=codes)
    units = units.assign(population=10.0, **measures)
    graph = UnitGraph.from_table(
        units, pd.DataFrame(borders, columns=["focal", "neighbour", "metres"])
    )
    layers = {layer: layer for layer in ("lad", "lep", "stp")}
    return graph, Atoms.from_lookup(table, layers=layers, measures=["population"])


def planned(graph, atoms, brief, area):
    """Return the plan of these areas."""
    return plan_of(
        pd.Series([f"area {own}" for own in area], graph.units.index), graph, atoms, brief
    )


# Any two halves of the square: straight ones cut four borders.
HALVES = Brief(
    anchors=[], k=2, split_cost=0.0, border_cost=1.0, size_rule="hard", size_floor=80,
    size_ceiling=80,
)  # fmt: skip
LEFT = [0, 0, 1, 1] * 4


@pytest.fixture(scope="module")
def halves() -> Ensemble:
    plan = planned(*country(4, 4), HALVES, LEFT)
    return ensemble(plan, within=0.0, apart=0.1, n=10, rng=1, proposals=4096, tries=8)


def test_a_square_has_two_straight_halves(halves):
    assert len(halves) == 2
    assert halves.costs.tolist() == [4.0, 4.0]
    assert halves.plans[0].tolist() == LEFT
    across = halves.plans[1].reshape(4, 4)
    assert (across == across[:, :1]).all()
    assert halves.note.startswith("2 of the 10 plans wanted were found in 8 tries; allow")


def test_what_the_two_halves_agree_on(halves):
    assert halves.together("Place 00", "11") == 1.0
    assert halves.together("00", "03") == 0.5
    assert halves.together("00", "33") == 0.0
    matrix = halves.matrix()
    assert (matrix.to_numpy() == matrix.to_numpy().T).all()
    assert (np.diag(matrix) == 1).all()
    pairs = halves.pairs()
    assert len(pairs) == 24
    for row in pairs.itertuples():
        assert row.share_together == matrix.loc[row.focal, row.neighbour]
        assert row.share_together == halves.together(row.focal_name, row.neighbour_name)


def test_the_corners_are_certain_and_the_rest_is_open(halves):
    table = halves.certainty()
    share = table["share"].to_numpy().reshape(4, 4)
    quarters = [share[:2, :2], share[2:, 2:], share[:2, 2:], share[2:, :2]]
    assert sorted(float(own.mean()) for own in quarters) == [0.5, 0.5, 1.0, 1.0]
    assert table["certain"].sum() == 8
    assert table["in_best"].all()
    assert set(table.loc[~table["certain"], "rival"]) == set(table["area"])
    assert (table.loc[table["certain"], "rival"] == "").all()
    # Both neighbours of a corner are always with it, in other areas or not.
    assert table["same_neighbours"][["00", "03", "30", "33"]].to_list() == [1.0] * 4
    assert table["same_neighbours"]["11"] == 0.5
    words = halves.describe()
    assert words.startswith("2 plans that cost from 4 to 4; every two differ for at least 10.0%")
    assert "8 of 16 units, with 50% of people, are in the same area in every plan" in words


def test_one_plan_alone_is_certain():
    plan = planned(*country(2, 2), Brief(anchors=[], k=1), [0] * 4)
    alone = ensemble(plan, n=3, proposals=10, tries=2)
    assert len(alone) == 1
    assert alone.best is plan
    assert alone.certainty()["certain"].all()
    assert alone.describe().startswith("One plan, of cost 0.\n4 of 4 units")


@pytest.mark.parametrize("brief", [
    Brief(anchors=[], k=4, merge_cost=1.0, size_rule="hard", size_floor=50),
    Brief(anchors=["lep"], k=(2, 4), merge_cost=0.5, size_rule="hard", size_floor=40),
    Brief(anchors=[], k=(3, 5), border_cost=3.0, size_rule="priced", size_floor=60,
          must_join=[["00", "11"]], must_part=[["00", "33"]]),
])  # fmt: skip
def test_every_plan_meets_the_brief_and_differs(brief):
    graph, atoms = country(4, 6)
    start = ct.propose(graph, atoms, brief, method="refine", proposals=4096)
    found = ensemble(start, within=0.5, apart=0.1, n=12, rng=2, proposals=8192, tries=12)
    assert len(found) > 2
    problem = found.problem
    for labels, plan, cost in zip(found.labels, found.plans, found.costs, strict=True):
        assert breaches(problem, labels.astype(np.int64)) == []
        assert cost == cost_of(problem, labels.astype(np.int64))
        assert share_moved(problem.people, labels, plan) == 0
    assert found.costs.max() <= 1.5 * found.costs.min() + 1e-6
    assert (np.diff(found.costs) >= 0).all()
    assert found.best.certificate.cost == found.costs[0]
    for one, other in permutations(range(len(found)), 2):
        assert share_moved(problem.people, found.plans[one], found.plans[other]) >= 0.1 - 1e-9
    third = found.plan(2)
    assert third.certificate.cost == found.costs[2]
    again = ensemble(start, within=0.5, apart=0.1, n=12, rng=2, proposals=8192, tries=12)
    assert (again.plans == found.plans).all()


def test_a_better_plan_takes_the_place_of_the_one_given():
    crooked = [0, 0, 1, 1, 0, 0, 1, 1, 0, 0, 0, 1, 0, 1, 1, 1]
    plan = planned(*country(4, 4), HALVES, crooked)
    found = ensemble(plan, within=0.1, apart=0.05, n=3, rng=1, proposals=4096, tries=6)
    assert found.costs[0] == 4
    assert found.best is not plan
    assert found.best.certificate.cost == 4
    assert "found a better plan than the one given: 4 instead of 7" in found.note
    assert found.best.certificate.status == "feasible"


def test_an_interrupted_search_returns_what_there_is(monkeypatch):
    def stop(problem, start, *, proposals, seed, harvest):
        harvest(np.repeat([0, 1], 8))
        raise KeyboardInterrupt

    monkeypatch.setattr(module, "refine", stop)
    told = []
    plan = planned(*country(4, 4), HALVES, LEFT)
    found = ensemble(plan, apart=0.1, n=5, progress=lambda *step: told.append(step))
    assert len(found) == 2
    assert "in 1 tries, then the search was interrupted" in found.note
    assert told == [("plans of nearly the same cost (try 1 of 15)", 1, 5)]

    def half(problem, start, *, proposals, seed, harvest):
        return Found(start, 0.0, True, 1, 1, interrupted=True)

    monkeypatch.setattr(module, "refine", half)
    assert ensemble(plan, n=5).tries == 1


def test_an_ensemble_needs_a_plan_that_meets_its_brief():
    graph, atoms = country(4, 4)
    small = planned(graph, atoms, HALVES, [0] * 4 + [1] * 12)
    with pytest.raises(errors.BriefError, match="begins with a plan that meets its brief, but"):
        ensemble(small)
    plan = planned(graph, atoms, HALVES, LEFT)
    for wrong in ({"within": -1}, {"apart": 1}, {"n": 0}, {"tries": 0}, {"proposals": 0}):
        with pytest.raises(errors.MeasureError, match=next(iter(wrong))):
            ensemble(plan, **wrong)
    found = ensemble(plan, n=1)
    with pytest.raises(errors.MeasureError, match="from 0 to 0, got 1"):
        found.plan(1)
    with pytest.raises(errors.NameLookupError, match="Place 0"):
        found.together("Place 0", "11")


divisions = st.lists(st.integers(0, 3), min_size=6, max_size=6).map(np.array)


@settings(max_examples=150)
@given(
    people=st.lists(st.integers(0, 20), min_size=6, max_size=6).map(lambda n: np.array(n, float)),
    one=divisions,
    other=divisions,
    share=st.floats(0, 1),
)
def test_the_share_moved_is_that_of_the_best_matching(people, one, other, share):
    total = people.sum()
    best = max(
        float(people[np.array(order)[one] == other].sum()) for order in permutations(range(4))
    )
    moved = share_moved(people, one, other)
    assert moved == pytest.approx(1 - best / total if total else 0.0)
    assert moved == pytest.approx(share_moved(people, other, one))
    if total and abs(moved - share) > 1e-6:
        assert is_apart(people, one, other, share) == (moved >= share and moved > 0)
    again = numbered_as(people, one, other)
    assert len(set(zip(one, again, strict=True))) == len(set(one)) == len(set(again))
    if total:
        assert float(people[again == other].sum()) == pytest.approx(best)


def test_the_best_plan_ranks_above_chance():
    graph, atoms = country(4, 6)
    brief = Brief(anchors=[], k=4, merge_cost=1.0)
    columns = planned(graph, atoms, brief, list(range(4)) * 6)  # areas in pieces, by no layer
    rows = planned(graph, atoms, brief, np.repeat(range(4), 6))
    null = ct.null_model(graph, k=4, n=200, rng=1)
    table = rank(rows, null)
    assert table.index.to_list() == [
        "cost", "split lep", "merge lep", "split stp", "merge stp", "coterminosity lep",
        "coterminosity stp",
    ]  # fmt: skip
    assert table.loc["split lep", ["measured", "rank", "skill"]].to_list() == [0.0, 1.0, 1.0]
    assert table.loc["coterminosity lep", "measured"] == 1
    assert (table["count"] == 200).all()
    assert table.loc["cost", "mean"] == pytest.approx(
        table.loc[[i for i in table.index if i.startswith(("split", "merge"))], "mean"].sum()
    )
    assert rank(columns, null).loc["cost", "rank"] < table.loc["cost", "rank"]


def test_random_plans_are_counted_as_scores_count_them():
    data = ct.england_2017()
    brief = Brief(split_cost={"lep": 1.0, "combined_authority": 1.0}, contested="least-split")
    plan = ct.propose(data.graph, data.atoms, brief)
    null = ct.null_model(data.graph, k=plan.count, n=12, rng=3)
    table = rank(plan, null)
    for layer in ("lep", "combined_authority"):
        overlap = plan.on(data.atoms).overlap("plan", layer)
        own = table.loc[f"coterminosity {layer}"]
        assert own["measured"] == pytest.approx(ct.scores.coterminosity(overlap), abs=1e-6)
        scores = null.scores(data.atoms, layer)["coterminosity"]
        assert own["mean"] == pytest.approx(scores.mean(), abs=1e-6)


def test_random_plans_of_others_are_refused():
    graph, atoms = country(4, 4)
    plan = planned(graph, atoms, HALVES, LEFT)
    other, _ = country(4, 6)
    with pytest.raises(errors.MeasureError, match="of other units .* and of 3 areas where .* 2; "):
        rank(plan, ct.null_model(other, k=3, n=2, rng=1))
    with pytest.raises(errors.MeasureError, match="plans are of 3 areas where the plan has 2; "):
        rank(plan, ct.null_model(graph, k=3, n=2, rng=1))


def test_the_map_says_how_sure_areas_are(halves):
    cells = {code: (int(code[1]), 4 - int(code[0])) for code in halves.units}
    layer = boxes("lad", {code: [(x, y, x + 1, y + 1)] for code, (x, y) in cells.items()})
    ax = maps.certainty(halves, layer, ax=maps.new_page()[1], note="People: by hand.")
    lines = [text.get_text() for text in ax.texts]
    assert "all: 8 districts, 0.0 million" in lines
    assert "50 to 70%: 8 districts, 0.0 million" in lines
    assert ax.get_title("left") == "Where 2 plans of nearly the same cost agree"
    (foot,) = (line.replace("\n", " ") for line in lines if "shares are not" in line)
    assert "shares are not probabilities. People: by hand." in foot
    assert "Schematic" not in foot
    for geometry, said in (("schematic", "(schematic)"), ("hex", "(hexagon cartogram)")):
        drawn = maps.certainty(halves, layer, geometry=geometry, ax=maps.new_page()[1])
        assert drawn.get_title("left").endswith(said)
        again = [text.get_text() for text in drawn.texts]
        assert "50 to 70%: 8 districts, 0.0 million" in again
        assert any(said.strip("()").split()[0] in line.lower() for line in again)
        assert sum(len(own.get_paths()) for own in drawn.collections[:1]) == 16
    with pytest.raises(errors.LayerError, match="lacks 15 units of the plans"):
        maps.certainty(halves, boxes("lad", {"00": [(0, 0, 1, 1)]}))
