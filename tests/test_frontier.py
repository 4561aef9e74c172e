"""One brief at many values: what is traded off, which points are beaten, what is proved."""

import numpy as np
import pandas as pd
import pytest

import coterminosity as ct
from coterminosity import errors, maps
from coterminosity.brief import Brief
from coterminosity.plan import Basis
from coterminosity.proposing import frontier as module
from coterminosity.proposing.frontier import Frontier, frontier
from coterminosity.proposing.judging import plan_of
from coterminosity.proposing.tradeoffs import table_of
from coterminosity.proposing.varying import Point, points_of
from tests.test_ensemble import country

PRICES = {"lep": 1.0, "stp": 0.1}
FREE = Brief(anchors=[], split_cost=PRICES, merge_cost=PRICES)


@pytest.fixture(scope="module")
def place():
    """Twelve districts: three rows (LEPs) and two pairs of columns (STPs); the old live left."""
    return country(3, 4, age=[80.0, 60.0, 40.0, 20.0] * 3)


@pytest.fixture(scope="module")
def by_number(place) -> Frontier:
    return frontier(
        *place, FREE, vary="k", values=[6, 3, 2, 1], method="refine", proposals=8192,
        indicators=["age"],
    )  # fmt: skip


def test_few_areas_merge_and_many_split(by_number):
    table = by_number.table
    assert table.index.to_list() == table["areas"].to_list() == [6, 3, 2, 1]
    assert table.index.name == "k"
    # Three areas are the rows, two are two rows and one.
    assert table.loc[3, ["split_people_lep", "merge_people_lep"]].to_list() == [0, 0]
    assert table.loc[3, ["split_people_stp", "merge_people_stp"]].to_list() == [80, 60]
    assert table.loc[3, ["split_people", "merge_people"]].to_list() == [80, 60]
    assert table.loc[3, ["split_share_stp", "merge_share_stp"]].to_list() == [80 / 120, 0.5]
    assert table.loc[2, ["smallest", "largest"]].to_list() == [40, 80]
    assert table.loc[2, ["split_people", "merge_people"]].to_list() == [40, 40 + 60]
    assert table.loc[1, ["split_people", "merge_people"]].to_list() == [0, 80 + 60]
    assert (table.loc[[3, 2, 1], "eta_squared_age"] == 0).all()
    assert table.loc[6, "eta_squared_age"] > 0
    assert table.loc[[2, 1], "moved"].to_list() == pytest.approx([1 / 3, 1 / 3])
    priced = sum(
        price * table[f"{side}_people_{layer}"]
        for layer, price in PRICES.items()
        for side in ("split", "merge")
    )
    assert table["cost"].to_list() == pytest.approx(priced.to_list())
    assert np.isnan(table["moved"].iloc[0])
    lines = by_number.describe().splitlines()
    assert lines[0] == "k, solved by refine at 4 values:"
    assert lines[-1] == "1: 1 areas of 120 to 120 people; 0 cut off, 140 merged; nothing proved"


def test_a_point_is_efficient_unless_another_beats_it(place):
    graph, atoms = place
    rows, columns = np.repeat([0, 1, 2], 4), np.tile([0, 1, 2, 3], 3)
    halves = np.tile([0, 0, 1, 1], 3)
    plans = [
        plan_of(pd.Series([f"area {n}" for n in own], graph.units.index), graph, atoms, FREE)
        for own in (rows, columns, rows, halves)
    ]
    points = [Point(name=n, brief=FREE) for n in range(5)]
    basis = Basis(graph=graph, atoms=atoms)

    def efficient(*criteria):
        table = table_of(basis, points, [*plans, None], [""] * 4 + ["none"], vary="k",
                         indicators=[], criteria=criteria)  # fmt: skip
        return table, table["efficient"].to_list()

    table, found = efficient("split_people", "merge_people")
    assert table["split_people"].to_list()[:4] == [80, 150, 80, 60]
    assert table["merge_people"].to_list()[:4] == [60, 80, 60, 80]
    assert found == [True, False, True, True, False]
    assert efficient("areas")[1] == [False, False, False, True, False]
    assert efficient("-areas")[1] == [False, True, False, False, False]
    with pytest.raises(errors.MeasureError, match="no column of numbers is called status; there"):
        efficient("-status")


def test_a_floor_that_rises_costs_more():
    data = ct.england_2017()
    found = frontier(
        data.graph, data.atoms, Brief(k=(30, 38)), vary="floor",
        values=[300_000, 307_000, 3e9], method="optimal", proposals=20_000, time_limit=30,
    )  # fmt: skip
    table = found.table
    proved = table.loc[table["status"] == "optimal", "cost"]
    assert len(proved)
    assert proved.is_monotonic_increasing
    assert (table["bound"] <= table["cost"] + 1)[:2].all()
    assert (table["smallest"] >= table.index)[:2].all()
    assert table["status"].iloc[2] == "infeasible"
    assert found.plans[2] is None
    assert "the floor of 3,000,000,000 cannot be met" in table["note"].iloc[2]
    assert np.isnan(table["cost"].iloc[2])
    assert not table["efficient"].iloc[2]
    assert "the brief only reports the floor, here it holds" in table["note"].iloc[0]
    assert found.criteria == ("split_people", "merge_people", "-smallest")
    assert found.describe().splitlines()[3].startswith("3000000000.0: no plan can meet the brief")


def test_dearer_mergers_are_fewer(place):
    """Exact plans: as mergers cost more, people merged fall and people cut off rise."""
    found = frontier(
        *place, Brief(anchors=["lep"]), vary="weights", values=[0.1, 1, 3, (2, 1)],
        proposals=4096, time_limit=20,
    )  # fmt: skip
    table = found.table
    assert table.index.to_list() == [0.1, 1, 3, "2 : 1"]
    assert (table["status"] == "optimal").all()
    assert table["merge_people"].iloc[:3].is_monotonic_decreasing
    assert table["split_people"].iloc[:3].is_monotonic_increasing
    split, merge = table["split_people"], table["merge_people"]
    assert table["cost"].to_list() == pytest.approx(
        [split.iloc[0] + 0.1 * merge.iloc[0], split.iloc[1] + merge.iloc[1],
         split.iloc[2] + 3 * merge.iloc[2], 2 * split.iloc[3] + merge.iloc[3]]
    )  # fmt: skip


def test_a_plan_of_another_point_is_taken_where_it_costs_less(place, monkeypatch):
    graph, atoms = place
    good, bad = np.tile([0, 0, 1, 1], 3), np.tile([0, 1, 1, 1], 3)

    def solve(graph, atoms, brief, *, start, **options):
        area = good if brief.border_cost else bad
        given = pd.Series([f"area {own}" for own in area], graph.units.index)
        return plan_of(given, graph, atoms, brief, method="refine", bound=0.0)

    monkeypatch.setattr(module, "propose", solve)
    brief = Brief(anchors=[], k=2, split_cost={"stp": 1.0})
    found = frontier(graph, atoms, brief, vary="border_cost", values=[0.0, 1.0], method="refine")
    assert found.table["cost"].to_list() == [0.0, 3.0]
    assert found.table["status"].to_list() == ["optimal", "feasible"]
    assert found.table["note"].to_list() == [
        "the plan of 1.0 costs less here than the one found first", "",
    ]  # fmt: skip
    assert found.plans[0].certificate.notes[-1] == found.table["note"].iloc[0]


def test_an_interrupted_frontier_keeps_its_points(place, monkeypatch):
    def stop(graph, atoms, brief, **options):
        if brief.k == 2:
            raise KeyboardInterrupt
        return ct.propose(graph, atoms, brief, method="merge")

    monkeypatch.setattr(module, "propose", stop)
    found = frontier(*place, FREE, vary="k", values=[4, 3, 2, 1], method="merge")
    assert found.interrupted
    assert found.table.index.to_list() == [4, 3]
    assert found.describe().endswith("Interrupted: further values were not solved.")
    with pytest.raises(KeyboardInterrupt):
        frontier(*place, FREE, vary="k", values=[2], method="merge")


def test_progress_tells_the_point(place):
    told = []
    frontier(*place, FREE, values=[2], method="merge", progress=lambda *step: told.append(step[0]))
    assert told[0].startswith("2 (1 of 1): ")


@pytest.mark.parametrize(("vary", "brief", "wanted"), [
    ("k", Brief(anchors=[], k=(30, 45)), [45, 43, 41, 39, 38, 36, 34, 32, 30]),
    ("k", Brief(anchors=[], k=4), [5, 4, 3]),
    ("k", Brief(), [38, 37, 36, 35, 34, 33, 32, 31, 30]),
    ("floor", Brief(size_floor=100.0), [0.0, 50.0, 100.0, 150.0, 200.0]),
    ("weights", Brief(), [0.25, 0.5, 1.0, 2.0, 4.0]),
])  # fmt: skip
def test_usual_values(vary, brief, wanted):
    anchors = 38 if brief.led_by else 0
    assert [point.name for point in points_of(brief, vary, None, anchors=anchors)] == wanted


def test_what_varies():
    def brief(vary, value, **choices):
        (point,) = points_of(Brief(**choices), vary, [value], anchors=38)
        return point.brief

    assert brief("k", 20).k == 20
    assert brief("k", (20, 30)).k == (20, 30)
    assert brief("floor", 5.0).size_rule == "hard"
    assert brief("floor", 4e6).size_ceiling == np.inf
    kept = brief("floor", 4e6, size_rule="priced")
    assert (kept.size_rule, kept.size_floor, kept.size_ceiling) == ("priced", 4e6, 4e6)
    assert dict(brief("merge_cost", 3.0).merge_costs()) == {"lep": 3.0, "stp": 3.0}
    assert brief("split_cost.lep", 3.0).split_costs() == {"lep": 3.0, "stp": 1.0}
    assert brief("need_costs.age", 3.0, need_costs={"smoking": 1.0}).need_costs == {
        "age": 3.0, "smoking": 1.0,
    }  # fmt: skip
    weighed = brief("weights", (2, 3), split_cost={"lep": 2.0}, merge_cost={"stp": 5.0})
    assert (weighed.split_costs(), weighed.merge_costs()) == ({"lep": 4.0}, {"stp": 15.0})
    assert brief("weights", 3, split_cost={"lep": 2.0}).merge_costs() == {"lep": 6.0}


@pytest.mark.parametrize(("choices", "words"), [
    ({"vary": "merge_costs"}, "got 'merge_costs'; did you mean merge_cost"),
    ({"vary": "align"}, "vary: wanted k, floor, weights"),
    ({"vary": "locks.Croydon"}, "vary: wanted"),
    ({"vary": "merge_cost"}, "values: give the values of merge_cost"),
    ({"vary": "k"}, "values: give the values of k"),
    ({"vary": "k", "values": []}, "at least one value of k, got none"),
    ({"vary": "k", "values": [0]}, "wanted a whole number of areas"),
    ({"vary": "weights", "values": ["much"]}, "weights: wanted a factor, or a pair"),
    ({"vary": "weights", "values": [(1, 2, 3)]}, "weights: wanted a factor, or a pair"),
    ({"vary": "k", "values": [2], "indicators": ["smoking"]}, "units have no smoking, only name"),
])  # fmt: skip
def test_what_cannot_vary(place, choices, words):
    with pytest.raises(errors.CoterminosityError, match=words):
        frontier(*place, FREE, **{"method": "merge"} | choices)


def test_rules_have_a_cost_and_no_proof():
    data = ct.england_2017()
    choices = {"vary": "tolerance", "values": [0.01], "method": "reform"}
    with pytest.raises(errors.BriefError, match="name a policy with contested="):
        frontier(data.graph, data.atoms, Brief(), **choices)
    found = frontier(data.graph, data.atoms, Brief(contested="least-split"), **choices)
    row = found.table.loc[0.01]
    assert row["cost"] == pytest.approx(row["split_people"])
    assert row["status"] == "rules"
    assert found.describe().endswith("nothing proved")


def texts(ax, gid):
    return [text.get_text() for text in ax.texts if text.get_gid() == gid]


def test_the_picture_of_a_frontier(by_number):
    figure = maps.new_page()[0]
    ax = maps.frontier(by_number, ax=figure.add_axes((0.1, 0.2, 0.8, 0.4)), note="By hand.")
    assert texts(ax, "value") == ["6", "3", "2", "1"]
    assert len([line for line in ax.lines if line.get_gid() == "point"]) == 4
    assert ax.get_title("left") == "People cut off and merged by number of areas"
    assert ax.get_xlabel() == "People cut off from most of their body"
    foot = texts(ax, "foot")[0].replace("\n", " ")
    assert foot.startswith("Beside points: number of areas. Down and to the left is better.")
    assert foot.endswith("Method: refine. By hand.")
    words = [text.get_text() for text in ax.get_legend().get_texts()]
    assert words[0] == "best found, not proved"
    other = maps.frontier(by_number, x="split_share_lep", y="eta_squared_age",
                          ax=figure.add_axes((0.1, 0.7, 0.8, 0.2)))  # fmt: skip
    assert other.get_xlabel() == "Share of people cut off from most of their LEP"
    with pytest.raises(errors.MeasureError, match="no column of numbers called status; it has"):
        maps.frontier(by_number, y="status", ax=ax)


def test_a_frontier_stays_within_a_panel_of_a_sheet(by_number):
    figure = maps.new_page()[0]
    ax = maps.frontier(by_number, ax=figure.add_axes((0.2, 0.4, 0.35, 0.24)), note="By hand. " * 9)
    figure.draw_without_rendering()
    box = ax.get_window_extent()
    (foot,) = (text for text in ax.texts if text.get_gid() == "foot")
    title = ax._left_title
    assert 8 <= title.get_fontsize() < 13
    for wide in (title, foot):
        assert wide.get_window_extent().x1 <= box.x1 + 1
    assert ax.yaxis.label.get_window_extent().height <= box.height
    assert ax.xaxis.label.get_window_extent().width <= box.width
    assert foot.get_window_extent().y1 < ax.xaxis.label.get_window_extent().y0
