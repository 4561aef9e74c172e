"""The rule-based proposal: a toy country by eye, and England checked independently."""

import itertools

import networkx as nx
import pandas as pd
import pytest

import coterminosity as ct
from coterminosity import errors, scores
from coterminosity.atoms import Atoms
from coterminosity.brief import Brief
from coterminosity.plan import replay
from coterminosity.units import UnitGraph

POLICIES = ["open", "least-split", "strongest-claim"]


def country(rows: list[tuple[str, str, str, int]], chain: str) -> tuple[UnitGraph, Atoms]:
    """Return a country of districts along a road: district, LEPs, STP, people."""
    table = pd.DataFrame(rows, columns=["lad", "leps", "stp", "population"])
    table["lep1"] = table["leps"].str[0]
    table["lep2"] = table["leps"].str[1:]
    atoms = Atoms.from_lookup(
        table, layers={"lad": "lad", "lep": ["lep1", "lep2"], "stp": "stp"}, measures=["population"]
    )
    steps = list(itertools.pairwise(chain))
    graph = UnitGraph.from_table(
        pd.DataFrame({"name": sorted(set(chain))}, index=sorted(set(chain))),
        pd.DataFrame(steps, columns=["focal", "neighbour"]).assign(metres=1000.0),
    )
    return graph, atoms


def test_an_overlap_goes_where_its_stp_goes():
    """New Anglia type: b lies in both LEPs, its STP reaches into X only."""
    graph, atoms = country([("a", "X", "s", 50), ("b", "XY", "s", 10), ("c", "Y", "t", 60)], "abc")
    plan = ct.propose(graph, atoms)
    assert plan.units.loc["b", ["area", "class", "flag"]].to_list() == ["X", "B", ""]
    assert plan.units.loc["a", "class"] == "A"
    assert scores.coterminosity(plan.on(atoms).overlap("stp", "plan")) == 1.0


def test_a_stp_that_both_claim_is_for_negotiation():
    rows = [("a", "X", "s", 50), ("b", "XY", "s", 10), ("c", "Y", "s", 40)]
    graph, atoms = country(rows, "abc")
    plan = ct.propose(graph, atoms)
    assert plan.units.loc["b", ["area", "class", "flag"]].to_list() == ["", "C", "negotiate"]
    assert plan.alternatives[["area", "claim"]].to_numpy().tolist() == [["X", 0.5], ["Y", 0.4]]
    assert plan.area_of("b") is None
    assert plan.open_units.to_dict() == {"b": "b"}
    for policy in POLICIES[1:]:
        settled = ct.propose(graph, atoms, Brief(contested=policy))
        assert settled.units.loc["b", ["area", "class", "flag"]].to_list() == [
            "X",
            "C",
            "negotiate",
        ]


def test_an_overlap_that_is_a_stp_of_its_own_fits_both():
    rows = [("a", "X", "s", 50), ("b", "XY", "m", 10), ("c", "Y", "t", 40)]
    plan = ct.propose(*country(rows, "abc"))
    assert plan.units.loc["b", "class"] == "C"
    why = plan.decisions.set_index("unit").loc["b", "why"]
    assert "no claimant holds other parts of it" in why


def test_a_claim_below_the_threshold_is_none():
    rows = [("a", "X", "s", 97), ("b", "XY", "s", 10), ("c", "Y", "s", 3)]
    graph, atoms = country(rows, "abc")
    assert ct.propose(graph, atoms).units.loc["b", "class"] == "B"
    low = Brief(claim_share=0.01)
    assert ct.propose(graph, atoms, low).units.loc["b", "class"] == "C"


def test_a_trace_of_another_lep_is_no_claim():
    rows = [("a", "X", "s", 995), ("a", "Y", "s", 5), ("b", "Y", "t", 500)]
    graph, atoms = country(rows, "ab")
    assert ct.propose(graph, atoms).units.loc["a", "class"] == "A"
    assert ct.propose(graph, atoms, Brief(tolerance=0.0)).units.loc["a", "class"] == "C"


def test_a_stranded_district_is_rehomed_at_least_cost():
    """Rutland type: r is Y's, cut off when b goes to X; its STP is that of Z next door."""
    rows = [
        ("c", "Y", "t", 100), ("b", "XY", "s", 20), ("a", "X", "s", 80),
        ("r", "Y", "u", 5), ("z", "Z", "u", 90),
    ]  # fmt: skip
    graph, atoms = country(rows, "cbrz")
    extra = pd.DataFrame({"focal": ["b"], "neighbour": ["a"], "metres": [1.0]})
    graph = UnitGraph.from_table(
        pd.DataFrame({"name": list("abcrz")}, index=list("abcrz")),
        pd.concat([graph.borders[["focal", "neighbour", "metres"]], extra]),
    )
    plan = ct.propose(graph, atoms)
    assert plan.units.loc["r", ["area", "flag"]].to_list() == ["Z", "rehomed"]
    row = plan.decisions.query("rule == 'contiguity'").iloc[0]
    # To Z: 5 leave their LEP, and 5 rejoin their STP. To X: 5 leave both, as they do in Y.
    assert "X +5, Z +0" in row["why"]
    assert "or keep it and settle b there +20" in row["why"]
    loose = ct.propose(graph, atoms, Brief(contiguous=False))
    assert loose.units.loc["r", "area"] == "Y"
    assert loose.pieces(graph).to_dict() == {"X": 1, "Y": 2, "Z": 1}


def test_an_open_district_is_ground_that_its_claimants_may_cross():
    """d is joined to its LEP only by b, which is open: it may yet join, and stays."""
    rows = [("a", "X", "s", 50), ("b", "XY", "s", 10), ("c", "Y", "s", 40), ("d", "X", "s", 9),
            ("e", "Z", "u", 80)]  # fmt: skip
    graph, atoms = country(rows, "abde")
    extra = pd.DataFrame({"focal": ["b"], "neighbour": ["c"], "metres": [1.0]})
    graph = UnitGraph.from_table(
        pd.DataFrame({"name": list("abcde")}, index=list("abcde")),
        pd.concat([graph.borders[["focal", "neighbour", "metres"]], extra]),
    )
    plan = ct.propose(graph, atoms)
    assert plan.units["area"].to_list() == ["X", "", "Y", "X", "Z"]
    away = plan.alternatives.set_index("area")
    assert away["strands"].to_dict() == {"X": "", "Y": "d"}
    settled = ct.propose(graph, atoms, Brief(locks={"b": "Y"}))
    assert settled.units.loc["d", "flag"] == "rehomed"


def test_locks_win_and_are_logged():
    rows = [("a", "X", "s", 50), ("b", "XY", "s", 10), ("c", "Y", "t", 60)]
    graph, atoms = country(rows, "abc")
    plan = ct.propose(graph, atoms, Brief(locks={"b": "Y"}))
    assert plan.units.loc["b", ["area", "class", "flag"]].to_list() == ["Y", "B", "locked"]
    with pytest.raises(errors.NameLookupError, match="no region 'Q'"):
        ct.propose(graph, atoms, Brief(locks={"b": "Q"}))
    with pytest.raises(errors.NameLookupError):
        ct.propose(graph, atoms, Brief(locks={"nowhere": "X"}))


def test_a_locked_district_is_never_rehomed():
    rows = [("a", "X", "s", 50), ("b", "Y", "t", 70), ("c", "X", "s", 10)]
    graph, atoms = country(rows, "abc")
    assert ct.propose(graph, atoms).units.loc["c", "flag"] == "rehomed"
    plan = ct.propose(graph, atoms, Brief(locks={"c": "X"}))
    assert plan.units.loc["c", ["area", "flag"]].to_list() == ["X", "locked"]
    assert plan.pieces(graph)["X"] == 2


def test_a_district_without_people_is_claimed_by_its_land():
    rows = [("a", "X", "s", 50), ("b", "X", "s", 0), ("c", "Y", "t", 5)]
    plan = ct.propose(*country(rows, "abc"))
    assert plan.units.loc["b", ["area", "class"]].to_list() == ["X", "A"]
    empty = [(lad, lep, stp, 0) for lad, lep, stp, _ in rows]
    with pytest.raises(errors.BriefError, match="all units have a population of 0"):
        ct.propose(*country(empty, "abc"))


def test_a_lock_in_a_stranded_part_holds_only_itself():
    rows = [("a", "X", "s", 50), ("b", "Y", "t", 70), ("c", "X", "s", 10), ("d", "X", "s", 9),
            ("e", "Z", "u", 80)]  # fmt: skip
    plan = ct.propose(*country(rows, "abcde"), Brief(locks={"c": "X"}))
    assert plan.units.loc[["c", "d"], "area"].to_list() == ["X", "Z"]


def test_where_everything_is_contested_the_answer_says_so():
    graph, atoms = country([("a", "XY", "s", 50), ("b", "XY", "s", 10)], "ab")
    plan = ct.propose(graph, atoms)
    assert plan.count == 0
    with pytest.raises(errors.LayerError, match="every unit is to negotiate; name a policy"):
        plan.area_table(atoms)


def test_an_isolated_district_that_nobody_claims_has_no_alternatives():
    rows = [("a", "X", "s", 50), ("b", "X", "s", 9), ("c", "", "s", 10)]
    graph, atoms = country(rows, "ab")
    graph = UnitGraph.from_table(
        pd.DataFrame({"name": list("abc")}, index=list("abc")), graph.borders
    )
    plan = ct.propose(graph, atoms)
    assert plan.open_units.to_list() == ["c"]
    assert plan.alternatives.empty


def test_a_district_that_no_lep_claims_is_left_open():
    rows = [("a", "X", "s", 50), ("b", "", "s", 10)]
    plan = ct.propose(*country(rows, "ab"))
    assert plan.units.loc["b", ["area", "class", "flag"]].to_list() == ["", "C", "negotiate"]
    assert plan.alternatives["area"].to_list() == ["X"]


@pytest.fixture(scope="module", params=POLICIES)
def england(request):
    data = ct.england_2017()
    return data, ct.propose(data.graph, data.atoms, Brief(contested=request.param))


def test_england_has_38_areas(england):
    data, plan = england
    assert plan.count == 38
    assert len(plan.units) == 326
    assert plan.units["class"].value_counts().to_dict() == {"A": 291, "B": 29, "C": 6}
    assert set(plan.contested["flag"]) == {"negotiate"}
    assert len(plan.open_units) == (6 if plan.brief.contested == "open" else 0)
    table = plan.area_table(data.atoms)
    open_people = data.graph.units.loc[plan.open_units.index, "population"].sum()
    assert table["population"].sum() + open_people == 55_619_430
    assert table["districts"].sum() == 326 - len(plan.open_units)


def test_england_is_contiguous(england):
    """Checked with networkx; open districts count as ground of each that claims them."""
    data, plan = england
    graph = data.graph.to_networkx()
    for area, units in plan.units.groupby("area"):
        if area:
            may = plan.alternatives.loc[plan.alternatives["area"] == area, "unit"]
            ground = set(units.index) | (set(may) & set(plan.open_units.index))
            parts = list(nx.connected_components(graph.subgraph(ground)))
            assert sum(bool(part & set(units.index)) for part in parts) == 1, area
    if plan.brief.contested != "open":
        assert (plan.pieces(data.graph) == 1).all()


def test_englands_overlaps_and_rutland(england):
    _, plan = england
    settled = {
        "St Edmundsbury": "New Anglia",
        "King's Lynn and West Norfolk": "New Anglia",
        "Croydon": "London",
        "Aylesbury Vale": "Buckinghamshire Thames Valley",
        "South Kesteven": "Greater Lincolnshire",
        "Rutland": "Leicester and Leicestershire",
    }
    assert {unit: plan.area_of(unit) for unit in settled} == settled
    rutland = plan.units.loc[plan.units["name"] == "Rutland", "flag"]
    assert rutland.to_list() == ["rehomed"]


def test_every_decision_is_logged_and_replays(england):
    data, plan = england
    pd.testing.assert_series_equal(
        replay(plan.decisions, layer="lad"), plan.units["area"], check_names=False
    )
    log = plan.decisions
    assert log["step"].to_list() == list(range(1, len(log) + 1))
    assert set(log.loc[log["layer"] == "lad", "unit"]) == set(data.graph.units.index)
    assert set(log.loc[log["layer"] == "stp", "unit"]) == set(data.atoms.regions("stp").index)
    assert (log["why"].str.len() > 0).all()
    chained = log["score_before"].to_numpy()[1:] == log["score_after"].to_numpy()[:-1]
    assert chained.all()


def test_the_log_ends_at_the_score_that_the_scores_give(england):
    data, plan = england
    planned = plan.on(data.atoms)
    last = plan.decisions["score_after"].iloc[-1]
    loose = []
    for layer in ("lep", "stp"):
        pairs = planned.overlap(layer, "plan").pairs
        kept = sum(pairs.groupby(side)["shared"].max().sum() for side in ("left", "right"))
        loose.append(kept / 2 / 55_619_430)  # open districts count as outside every area
    assert last == pytest.approx(sum(loose) / 2, abs=1e-12)
    if plan.brief.contested != "open":
        both = [scores.coterminosity(planned.overlap(layer, "plan")) for layer in ("lep", "stp")]
        assert last == pytest.approx(sum(both) / 2, abs=1e-12)


def test_alternatives_tell_what_each_would_change():
    data = ct.england_2017()
    plan = ct.propose(data.graph, data.atoms)
    riding = plan.alternatives.query("name == 'East Riding of Yorkshire'").set_index("area")
    assert list(riding.index) == ["Humber", "York, North Yorkshire and East Riding"]
    assert riding["strands"].to_list() == ["", "Kingston upon Hull, City of"]
    gained = riding["area_population_with"] - riding["area_population_without"]
    assert gained.to_list() == [338_061.0, 338_061.0]


@pytest.mark.parametrize("policy", POLICIES)
def test_what_an_alternative_promises_is_what_a_lock_brings(policy):
    data = ct.england_2017()
    plan = ct.propose(data.graph, data.atoms, Brief(contested=policy))
    others = {} if policy == "open" else plan.contested["area"].to_dict()
    for row in plan.alternatives.to_dict("records"):
        locks = others | {row["unit"]: row["area"]}
        locked = ct.propose(data.graph, data.atoms, Brief(locks=locks))
        assert locked.decisions["score_after"].iloc[-1] == pytest.approx(row["score"], abs=1e-12)
        people = locked.area_table(data.atoms)["population"]
        assert people[row["area"]] == row["area_population_with"]


def test_a_locked_district_is_settled_and_no_longer_contested():
    data = ct.england_2017()
    plan = ct.propose(data.graph, data.atoms, Brief(locks={"New Forest": "Solent"}))
    assert plan.units.loc["E07000091", ["area", "class", "flag"]].to_list() == [
        "Solent", "C", "locked",
    ]  # fmt: skip
    assert len(plan.contested) == len(plan.open_units) == 5


def test_people_stay_people_when_land_is_weighed():
    data = ct.england_2017()
    by_land = ct.propose(data.graph, data.atoms, Brief(weight="area", contested="least-split"))
    assert by_land.area_table(data.atoms)["population"].sum() == 55_619_430
    plan = ct.propose(data.graph, data.atoms)
    shares = plan.no_conflict(data.atoms)
    assert shares["people"] == pytest.approx(0.914729, abs=1e-6)
    assert shares["land"] == pytest.approx(0.846975, abs=1e-6)
    assert shares["units"] == 291 / 326


def test_nothing_that_went_in_is_changed():
    data = ct.england_2017()
    measures, members = data.atoms.measures.copy(), data.atoms.members.copy()
    borders = data.graph.borders.copy()
    ct.propose(data.graph, data.atoms, Brief(contested="least-split"))
    pd.testing.assert_frame_equal(data.atoms.measures, measures)
    pd.testing.assert_frame_equal(data.atoms.members, members)
    pd.testing.assert_frame_equal(data.graph.borders, borders)


def test_a_brief_goes_through_toml(tmp_path):
    brief = Brief(locks={"Croydon": "London"}, align=("stp", "crc"), contested="least-split")
    assert Brief.from_toml(brief.to_toml()) == brief
    path = tmp_path / "brief.toml"
    path.write_text(brief.to_toml())
    assert Brief.from_file(path) == brief
    data = ct.england_2017()
    assert ct.propose(data.graph, data.atoms, brief).count == 38


@pytest.mark.parametrize(
    ("choices", "words"),
    [
        ({"tolerance": 0.7}, "tolerance: wanted a share from 0 to 0.5, got 0.7"),
        ({"claim_share": -1}, "claim_share"),
        ({"contested": "coin"}, "wanted one of open, least-split, strongest-claim, got 'coin'"),
        ({"align": ()}, "wanted at least one layer"),
        ({"align": ("lep",)}, "must be different layers"),
        ({"split_cost": float("nan")}, "split_cost"),
        ({"size_floor": 5e6}, "must not exceed size_ceiling"),
    ],
)
def test_a_brief_that_contradicts_itself(choices, words):
    with pytest.raises(errors.BriefError, match=words):
        Brief(**choices)


def test_briefs_that_cannot_be_read(tmp_path):
    with pytest.raises(errors.BriefError, match="is not TOML"):
        Brief.from_toml("this is = = not")
    with pytest.raises(errors.BriefError, match="no choice is called colour"):
        Brief.from_toml("colour = 'red'")
    with pytest.raises(
        errors.BriefError, match="brief: tolerance: wanted a number, such as 0.05, got 'much'"
    ):
        Brief.from_toml("tolerance = 'much'")
    with pytest.raises(errors.BriefError, match="did you mean claim_share"):
        Brief.from_toml("claim_shar = 0.1")
    with pytest.raises(errors.BriefError, match=r"locks: wanted a table .* under \[locks\]"):
        Brief.from_toml("locks = ['New Forest']")
    with pytest.raises(errors.BriefError, match="align: wanted a list"):
        Brief.from_toml("align = 3")
    with pytest.raises(errors.BriefError, match="contiguous: wanted true or false"):
        Brief.from_toml("contiguous = 1")
    with pytest.raises(errors.BriefError, match="no such brief"):
        Brief.from_file(tmp_path / "none.toml")


def test_graph_and_atoms_of_different_places():
    data = ct.england_2017()
    graph, _ = country([("a", "X", "s", 1), ("b", "X", "s", 1)], "ab")
    with pytest.raises(errors.BriefError, match="different units of layer 'lad'"):
        ct.propose(graph, data.atoms)
    with pytest.raises(errors.NameLookupError, match="no layer 'parish'"):
        ct.propose(data.graph, data.atoms, Brief(seed_layer="parish"))
    with pytest.raises(errors.BriefError, match="brief: wanted a Brief, such as"):
        ct.propose(data.graph, data.atoms, "lep")
    with pytest.raises(errors.BriefError, match="method: wanted 'reform'"):
        ct.propose(data.graph, data.atoms, method="magic")


def test_a_plan_keeps_its_rules():
    data = ct.england_2017()
    plan = ct.propose(data.graph, data.atoms)
    from dataclasses import replace

    lost = plan.units.assign(area=plan.units["area"].where(plan.units["name"] != "Dover", ""))
    with pytest.raises(errors.CodeError, match="Dover have neither an area nor a flag"):
        replace(plan, units=lost)
    wrong = plan.units.assign(
        area=plan.units["area"].where(plan.units["name"] != "Dover", "Solent")
    )
    with pytest.raises(errors.CodeError, match="the log does not lead to the areas of Dover"):
        replace(plan, units=wrong)
    with pytest.raises(errors.CodeError, match="areas that do not exist"):
        replace(plan, units=plan.units.assign(area="Atlantis"))
