"""What a brief may say, what is refused and in which words; certificates and plan files."""

import itertools
import math
import re
from dataclasses import fields

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

import coterminosity as ct
from coterminosity import plan_files
from coterminosity.atoms import Atoms
from coterminosity.brief import Brief
from coterminosity.certificate import Certificate
from coterminosity.errors import (
    BriefError,
    CodeError,
    CoterminosityError,
    MeasureError,
    NameLookupError,
)
from coterminosity.proposing.assembling import input_hashes
from coterminosity.proposing.feasibility import smallest_clash
from coterminosity.proposing.judging import plan_of
from coterminosity.proposing.solving import stated
from coterminosity.proposing.stating import state
from coterminosity.units import UnitGraph
from tests.conftest import ROOT

CODES = list("abcdef")
TOWNS = ["Ash", "Birch", "Cedar", "Damson", "Elm", "Fig"]
PEOPLE = [10, 20, 30, 40, 50, 60]
ROAD = list(itertools.pairwise(CODES))
FREE = {"anchors": ()}
HARD = {"anchors": (), "size_rule": "hard", "size_floor": 0}


def road(*, people=PEOPLE, borders=ROAD, drawn=False, **figures) -> tuple[UnitGraph, Atoms]:
    """Return six towns along a road: LEP North has the first three, South the others.

    STPs are the first and second town, the third and fourth, the fifth and sixth; 210 people.
    """
    table = pd.DataFrame({"lad": CODES, "lep": list("XXXYYY"), "stp": list("ssttuu")})
    table = table.assign(population=people, lep_name=["North"] * 3 + ["South"] * 3)
    atoms = Atoms.from_lookup(
        table,
        layers={"lad": "lad", "lep": "lep", "stp": "stp"},
        names={"lep": "lep_name"},
        measures=["population"],
    )
    if drawn:
        boxes = [shapely.box(9000.0 * n, 0, 9000.0 * (n + 1), 9000) for n in range(6)]
        shapes = gpd.GeoSeries(boxes, index=atoms.measures.index, crs="EPSG:27700")
        atoms = atoms.with_geometry(shapes, kind="schematic")
    graph = UnitGraph.from_table(
        pd.DataFrame({"name": TOWNS, **figures}, index=CODES),
        pd.DataFrame(borders, columns=["focal", "neighbour"]).assign(metres=1000.0),
    )
    return graph, atoms


def old(areas: str) -> pd.Series:
    """Return a base plan: a letter for each town, a dot for none."""
    return pd.Series([None if a == "." else a for a in areas], index=CODES, dtype="object")


def one_sentence(error: pytest.ExceptionInfo[BaseException]) -> str:
    text = str(error.value)
    assert "\n" not in text
    assert "Traceback" not in text
    assert text == text.strip()
    return text


# Briefs

FULL = Brief(
    seed_layer="stp",
    align=("lep", "county"),
    unit_layer="lsoa",
    weight="jobs",
    tolerance=0.02,
    claim_share=0.1,
    contested="least-split",
    split_cost={"lep": 2.0, "county": 0.5},
    merge_cost={"stp": 1.0},
    contiguous=False,
    locks={"Croydon": "London", "Ash": "Kent"},
    size_floor=100,
    size_ceiling=200.5,
    size_rule="priced",
    size_cost=3.0,
    area_floors={"London": 1.0},
    area_ceilings={"London": 9e6},
    k=(3, 7),
    anchors=("stp", "lep"),
    divide={"London": "stp"},
    border_cost=1.0,
    border_km_cost=0.25,
    border_shared_costs={"lep": 4.0},
    border_main_costs={"stp": 4.0},
    need_costs={"jsa": 0.5},
    status_quo_cost=0.1,
    must_join=(("a", "b"), ("c", "d", "e")),
    must_part=(("a", "c"),),
    must_exist={"Cornwall": ("Cornwall", "Isles of Scilly")},
    frozen=("Old Kent", 'St Mary\'s "Isle"'),
    keep_whole=("county",),
    links=({"focal": "a", "neighbour": "f", "kind": "ferry", "reason": "twice a day"},),
    links_off=(("a", "b"),),
    barriers=(("c", "d"),),
    seed=7,
)


def test_every_choice_is_in_the_full_brief():
    plain = Brief()
    same = [f.name for f in fields(Brief) if getattr(FULL, f.name) == getattr(plain, f.name)]
    assert same == []


@pytest.mark.parametrize("brief", [Brief(), FULL, Brief(anchors=(), k=38), Brief(k=(2, 2))])
def test_a_brief_goes_through_toml_and_back(brief, tmp_path):
    again = Brief.from_toml(brief.to_toml())
    for f in fields(Brief):
        assert getattr(again, f.name) == getattr(brief, f.name), f.name
    assert again == brief
    assert hash(again) == hash(brief)
    assert again.to_toml() == brief.to_toml()
    (tmp_path / "brief.toml").write_text(brief.to_toml(), encoding="utf-8")
    assert Brief.from_file(tmp_path / "brief.toml") == brief


def test_tables_come_in_one_order():
    one, other = Brief(locks={"b": "X", "a": "Y"}), Brief(locks={"a": "Y", "b": "X"})
    assert one == other
    assert one.to_toml() == other.to_toml()
    assert Brief() != "a brief"


def test_a_brief_is_frozen_to_the_bottom():
    locks = {"Croydon": "London"}
    brief = Brief(locks=locks)
    locks["Ash"] = "Kent"
    assert dict(brief.locks) == {"Croydon": "London"}
    with pytest.raises(TypeError):
        brief.locks["Ash"] = "Kent"
    with pytest.raises(TypeError):
        FULL.links[0]["reason"] = "none"


def test_prices_by_layer():
    assert Brief(split_cost=2.0).split_costs() == {"lep": 2.0, "stp": 2.0}
    assert Brief().merge_costs() == {}
    assert Brief(split_cost={"county": 0.5, "lep": 0.0}).split_costs() == {"county": 0.5}
    assert Brief().led_by == ("lep",)
    assert Brief(anchors=()).led_by == ()
    assert Brief(anchors="stp").led_by == ("stp",)


LINK = {"focal": "a", "neighbour": "b", "kind": "ferry", "reason": "daily"}


@pytest.mark.parametrize(
    ("choices", "words"),
    [
        ({"k": 0}, "k: wanted a whole number of areas such as 38, or a range such as [30, 45]"),
        ({"k": 3.0}, "got 3.0"),
        ({"k": True}, "got True"),
        ({"k": (5, 3)}, "got (5, 3)"),
        ({"k": (0, 3)}, "got (0, 3)"),
        ({"k": (1, 2, 3)}, "got (1, 2, 3)"),
        ({"k": "many"}, "got 'many'"),
        ({"seed": -1}, "seed: wanted a whole number of 0 or more, got -1"),
        ({"seed": 1.5}, "seed: wanted a whole number"),
        ({"split_cost": -1}, "split_cost: wanted a cost of 0 or more, got -1"),
        ({"split_cost": {"lep": -1}}, "split_cost.lep: wanted a cost of 0 or more, got -1"),
        ({"split_cost": {"lep": "much"}}, "split_cost.lep: wanted a number"),
        ({"split_cost": {3: 1.0}}, "split_cost: wanted a table"),
        ({"merge_cost": math.inf}, "merge_cost: wanted a cost of 0 or more, got inf"),
        ({"size_cost": math.nan}, "size_cost: wanted a number"),
        ({"size_rule": "harsh"}, "size_rule: wanted one of report, hard, priced, got 'harsh'"),
        ({"size_rule": "Hard"}, "did you mean hard?"),
        ({"size_floor": -5, "size_ceiling": -1}, "size_floor -5 must not exceed"),
        ({"area_floors": [3]}, "area_floors: wanted a table, such as London = 9000000"),
        ({"area_ceilings": {"London": "big"}}, "area_ceilings.London: wanted a number"),
        ({"anchors": 3}, "anchors: wanted a list of layers"),
        ({"divide": {"London": 3}}, "divide.London: wanted a text in quotes, got 3"),
        ({"divide": "London"}, 'divide: wanted a table, such as London = "stp"'),
        ({"border_cost": "1"}, "border_cost: wanted a number"),
        ({"border_km_cost": -0.1}, "border_km_cost: wanted a cost"),
        ({"border_shared_costs": 4.0}, "border_shared_costs: wanted a table, such as lep = 4.0"),
        ({"border_main_costs": {"stp": -4}}, "border_main_costs.stp: wanted a cost"),
        ({"need_costs": {"jsa": True}}, "need_costs.jsa: wanted a number"),
        ({"status_quo_cost": -2}, "status_quo_cost: wanted a cost"),
        ({"must_join": [["Croydon"]]}, "must_join: wanted lists of two or more names"),
        ({"must_join": ["Croydon", "Sutton"]}, "must_join: wanted lists of two or more names"),
        ({"must_part": "Croydon"}, "must_part: wanted lists of two or more names"),
        ({"must_part": [["a", 3]]}, "must_part: wanted lists"),
        ({"must_exist": {"Isle": "Wight"}}, "must_exist.Isle: wanted a list of names or codes"),
        ({"must_exist": {"Isle": []}}, "must_exist.Isle: wanted one name or more, got none"),
        ({"frozen": "Kent"}, "frozen: wanted a list of names or codes, got 'Kent'"),
        ({"keep_whole": [1]}, "keep_whole: wanted a list of layers"),
        ({"links": [{"focal": "a"}]}, "links: wanted tables with focal, neighbour, kind, reason"),
        ({"links": [LINK | {"kind": "raft"}]}, "links: wanted the kind bridge or tunnel or ferry"),
        ({"links": [LINK | {"reason": " "}]}, "links: every link wants a reason, got ' '"),
        ({"links": [LINK | {"focal": 3}]}, "links: wanted a text in quotes, got 3"),
        ({"links": 3}, "links: wanted tables with focal"),
        ({"links_off": [["a", "b", "c"]]}, "links_off: wanted pairs of names"),
        ({"barriers": [["a"]]}, "barriers: wanted lists of two or more names"),
        ({"contiguous": "yes"}, "contiguous: wanted true or false, got 'yes'"),
    ],
)
def test_a_value_that_a_brief_refuses(choices, words):
    with pytest.raises(BriefError, match=re.escape(words)) as caught:
        Brief(**choices)
    one_sentence(caught)


@pytest.mark.parametrize("path", sorted((ROOT / "examples" / "briefs").glob("*.toml")),
                         ids=lambda path: path.stem)  # fmt: skip
def test_every_example_loads(path):
    brief = Brief.from_file(path)
    assert Brief.from_toml(brief.to_toml()) == brief
    text = path.read_text(encoding="utf-8")
    assert text.startswith("#"), "an example says what it is for"
    if brief.unit_layer == "lad":
        data = ct.england_2017()
        if path.stem == "infeasible":
            with pytest.raises(BriefError, match="Cornwall") as caught:
                stated(data.graph, data.atoms, brief)
            assert one_sentence(caught) == (
                "no plan can meet the brief: must_join Cornwall, Plymouth and must_join Plymouth, "
                "South Hams and must_part Cornwall, South Hams clash: Cornwall and South Hams "
                "cannot be both together and apart; change one of them"
            )
        else:
            assert len(stated(data.graph, data.atoms, brief)) == 326


# Certificates


def test_the_gap_is_what_a_better_plan_could_save():
    assert Certificate(cost=200.0, bound=150.0).gap == 0.25
    assert math.isnan(Certificate(cost=200.0).gap)
    assert math.isnan(Certificate(cost=math.nan, bound=3.0, status="rules").gap)
    assert Certificate(cost=0.0, bound=0.0, status="optimal").gap == 0.0
    assert Certificate(cost=100.0, bound=100.00001, status="optimal").gap == 0.0


def test_a_certificate_claims_nothing_that_cannot_be():
    with pytest.raises(MeasureError, match=r"cost 100.00 cannot have the bound 101.00"):
        Certificate(cost=100.0, bound=101.0)
    with pytest.raises(MeasureError, match=r"cost 100.00 is not proved optimal by a bound of 99"):
        Certificate(cost=100.0, bound=99.0, status="optimal")
    with pytest.raises(MeasureError, match="not proved optimal by a bound of nan"):
        Certificate(cost=100.0, status="optimal")
    # The rules may break a demand, and so go below what is proved of plans that break none.
    assert Certificate(cost=100.0, bound=101.0, status="rules").gap == 0.0


@pytest.mark.parametrize(
    ("choices", "words"),
    [
        ({"cost": 7_694_295.0, "bound": 7_694_295.0, "status": "optimal"},
         "cost 7,694,295, bound 7,694,295, gap 0.00%: proved optimal"),
        ({"cost": 576.0, "bound": 504.0}, "cost 576.00, bound 504.00, gap 12.50%"),
        ({"cost": 576.0}, "cost 576.00, no bound"),
        ({"cost": 5.0, "stopped": "time limit"}, "cost 5.00, no bound; stopped by time limit"),
        ({"cost": 576.0, "status": "infeasible"}, "cost 576.00, no bound (breaks demands)"),
    ],
)  # fmt: skip
def test_a_certificate_in_one_line(choices, words):
    assert Certificate(**choices).describe() == words


def test_a_certificate_of_the_rules_says_so():
    text = Certificate(cost=576.0, bound=600.0, status="rules").describe()
    assert "rules" in text
    assert "600.00" in text
    assert "optimal" not in text


def test_the_terms_of_a_certificate_are_frozen():
    terms = {"split lep": 1.0}
    proof = Certificate(cost=1.0, terms=terms)
    terms["cut"] = 5.0
    assert dict(proof.terms) == {"split lep": 1.0}
    with pytest.raises(TypeError):
        proof.terms["cut"] = 5.0


# Stating a problem


@pytest.mark.parametrize(
    ("choices", "error", "words"),
    [
        ({"locks": {"Zed": "North"}}, NameLookupError, "locks of the brief: layer 'lad' has no"),
        ({"locks": {"Ash": "Nowhere"}}, NameLookupError, "locks of the brief: layer 'lep' has no"),
        ({"locks": {"Ash": "th"}}, NameLookupError, "fits several regions"),
        ({"must_join": [["Ash", "Zed"]]}, NameLookupError, "must_join of the brief"),
        ({"must_part": [["Ash", "Zed"]]}, NameLookupError, "must_part of the brief"),
        ({"must_part": [["Ash", "a"]]}, BriefError, "must_part: Ash, a name one unit twice"),
        ({"must_exist": {"Isle": ["Zed"]}}, NameLookupError, "must_exist of the brief"),
        ({"anchors": ["parish"]}, NameLookupError, "no layer 'parish', only lad, lep, stp"),
        ({"split_cost": {"parish": 1}}, NameLookupError, "no layer 'parish'"),
        ({"keep_whole": ["parish"]}, NameLookupError, "no layer 'parish'"),
        ({"border_shared_costs": {"parish": 1}}, NameLookupError, "no layer 'parish'"),
        ({"border_main_costs": {"parish": 1}}, NameLookupError, "no layer 'parish'"),
        ({"unit_layer": "parish"}, NameLookupError, "no layer 'parish'"),
        ({"divide": {"Nowhere": "stp"}}, NameLookupError, "no anchor is called Nowhere; anchors"),
        ({"divide": {"North": "parish"}}, NameLookupError, "no layer 'parish'"),
        ({"divide": {"North": "stp"}, **FREE}, NameLookupError, "anchors are regions of no layer"),
        ({"frozen": ["P"]}, BriefError, "frozen: P would stay as in a base plan, but none is"),
        ({"status_quo_cost": 1.0}, BriefError, "status_quo_cost needs a base plan; give base="),
        ({"k": 9, **FREE}, BriefError, "k: 6 units cannot make 9 areas; ask for fewer"),
        ({"k": 3}, BriefError, "k: 3 areas are wanted, but only 2 anchors can lead one"),
        ({"k": (7, 9), **FREE}, BriefError, "k: 6 units cannot make 7 areas"),
        ({"weight": "cows"}, MeasureError, "no measure 'cows', only population"),
        ({"need_costs": {"jsa": 1}}, MeasureError, "need_costs: units have no 'jsa', only name"),
        ({"barriers": [["Ash", "Fig"]]}, BriefError, "barriers: there is no border between Ash"),
        ({"links_off": [["Ash", "Birch"]]}, BriefError, "links_off: there is no link between Ash"),
        ({"links": [LINK | {"focal": "Zed"}]}, NameLookupError, "links of the brief: layer 'lad'"),
        ({"links": [LINK | {"focal": "b"}]}, BriefError, "links: b cannot be joined to itself"),
        ({"area_floors": {"Zed": 5}, **HARD}, NameLookupError, "area_floors of the brief"),
        ({"area_ceilings": {"Zed": 5}, **HARD}, NameLookupError, "area_ceilings of the brief"),
        ({"must_exist": {"I": ["Ash"]}, "locks": {"Birch": "I"}}, BriefError,
         "locks: Birch is locked to I, which must exist without it"),
        ({"must_exist": {"I": ["Ash"]}, "locks": {"Birch": "I"}, **FREE}, BriefError,
         "locks: Birch is locked to I, which must exist without it"),
        ({"must_exist": {"I": ["Ash"]}, "locks": {"Ash": "North"}}, BriefError,
         "locks: Ash would be both in I and in North; drop one of the two"),
        ({"must_exist": {"I": ["Ash"], "J": ["Ash", "Birch"]}}, BriefError,
         "must_exist: Ash would be both in I and in J; drop one of the two"),
        ({"locks": {"Ash": "North", "a": "South"}}, BriefError,
         "locks: Ash would be both in North and in South"),
        ({"locks": {"Ash": "P", "a": "Q"}, **FREE}, BriefError,
         "locks: Ash would be both in P and in Q"),
    ],
)  # fmt: skip
def test_a_brief_that_does_not_fit_the_country(choices, error, words):
    graph, atoms = road()
    with pytest.raises(error, match=re.escape(words)) as caught:
        state(graph, atoms, Brief(**choices))
    one_sentence(caught)


@pytest.mark.parametrize(
    ("choices", "base", "words"),
    [
        ({"frozen": ["R"]}, "PPPQQ.", "frozen of the brief: the base plan has no area 'R', only"),
        ({"status_quo_cost": 1.0}, "......", "status_quo_cost needs a base plan of these units"),
    ],
)
def test_a_base_plan_that_does_not_fit(choices, base, words):
    graph, atoms = road()
    with pytest.raises(CoterminosityError, match=words) as caught:
        state(graph, atoms, Brief(**FREE, **choices), base=old(base))
    one_sentence(caught)


def test_base_plans_and_starts_of_other_places():
    graph, atoms = road()
    other = pd.Series({"zz": "P"}, dtype="object")
    with pytest.raises(BriefError, match="status_quo_cost needs a base plan of these units"):
        ct.propose(graph, atoms, Brief(status_quo_cost=1.0), method="merge", base=other)
    with pytest.raises(NameLookupError, match="frozen of the brief: layer 'lad' has no region"):
        ct.propose(graph, atoms, Brief(frozen=["P"]), method="merge", base=other)
    with pytest.raises(BriefError, match="start: the plan is of other units, such as zz"):
        ct.propose(graph, atoms, method="refine", start=other)
    with pytest.raises(BriefError, match="start: Fig has no area; begin with a plan that leaves"):
        ct.propose(graph, atoms, method="refine", start=old("PPPQQ."))
    with pytest.raises(CoterminosityError, match="wanted a Plan, or a Series of area"):
        ct.propose(graph, atoms, method="refine", start={"a": "P"})


@pytest.mark.parametrize(
    ("choices", "words"),
    [
        ({"proposals": 0}, "proposals: wanted 1 or more, got 0"),
        ({"time_limit": 0}, "time_limit: wanted seconds above 0, got 0"),
        ({"time_limit": math.nan}, "time_limit: wanted seconds above 0, got nan"),
        ({"gap": 1.0}, "gap: wanted a share from 0 to 1, got 1.0"),
    ],
)
def test_an_effort_that_is_none(choices, words):
    with pytest.raises(BriefError, match=words):
        ct.propose(*road(), method="refine", **choices)


@pytest.mark.parametrize("people", [np.nan, -1, np.inf])
def test_people_that_are_no_number(people):
    with pytest.raises(MeasureError, match="column 'population': wanted numbers of 0") as caught:
        road(people=[people, 1, 1, 1, 1, 1])
    one_sentence(caught)
    _, atoms = road()
    wrong = atoms.measures.copy()
    wrong.iloc[2, 0] = people
    with pytest.raises(MeasureError, match="atom a003: population must be a number") as caught:
        Atoms(measures=wrong, members=atoms.members)
    one_sentence(caught)


def test_people_are_those_of_the_atoms():
    graph, atoms = road(population=[np.nan] * 6)
    assert state(graph, atoms, Brief()).people.tolist() == PEOPLE


def test_towns_without_people():
    with pytest.raises(BriefError, match="all units have a population of 0; give people"):
        state(*road(people=[0] * 6), Brief())
    graph, atoms = road(people=[0, 20, 0, 40, 50, 0])
    for method in ("merge", "refine", "optimal"):
        plan = ct.propose(graph, atoms, method=method, proposals=500)
        assert plan.count == 2
        assert plan.certificate.cost == 0.0  # nobody lives in Cedar, where t is cut
    graph, atoms = road(people=[0, 0, 0, 40, 50, 0])
    plan = ct.propose(graph, atoms, method="merge")
    assert set(plan.assignment) == {"South"}, "nobody lives in North, which leads nothing"


@pytest.mark.parametrize(
    ("figures", "words"),
    [
        ([3.0] * 6, "'jsa' is the same in every unit, or unknown"),
        ([np.nan] * 6, "'jsa' is the same in every unit, or unknown"),
        ([np.nan, np.nan, 4.0, np.nan, np.nan, np.nan], "is the same in every unit, or unknown"),
        (list("uvwxyz"), "need_costs: 'jsa' is not a number"),
    ],
)
def test_figures_of_need_that_say_nothing(figures, words):
    with pytest.raises(MeasureError, match=words) as caught:
        state(*road(jsa=figures), Brief(need_costs={"jsa": 1.0}))
    one_sentence(caught)


def test_a_town_without_a_figure_has_no_part_in_need():
    problem = state(*road(jsa=[1, 2, np.nan, 4, 5, 6]), Brief(need_costs={"jsa": 2.0}))
    (need,) = problem.needs
    assert need.weight.tolist() == [10, 20, 0, 40, 50, 60]


def test_pieces_that_nothing_joins_are_named_with_their_nearest():
    graph, atoms = road(borders=[("a", "b"), ("b", "c"), ("d", "e")])
    brief = Brief(contiguous=True)
    with pytest.raises(CodeError) as caught:
        stated(graph, atoms, brief)
    assert one_sentence(caught) == (
        "the graph is in 3 pieces, which no border or link joins: Damson, Elm; Fig: declare links "
        "in the brief ([[links]] with focal, neighbour, kind and reason), or set contiguous = false"
    )
    _, drawn = road(drawn=True)
    with pytest.raises(CodeError) as caught:
        stated(graph, drawn, brief)
    text = one_sentence(caught)
    # Towns are 9 km wide, in a row.
    assert "Fig (nearest: Elm (9 km), Damson (18 km), Cedar (27 km), centre to centre)" in text
    assert "Damson, Elm (nearest: Cedar (9 km), Fig (9 km), Birch (18 km), centre" in text
    assert len(stated(graph, drawn, Brief(contiguous=False))) == 6
    ferries = [LINK | {"focal": "Cedar", "neighbour": "d"}, LINK | {"focal": "e", "neighbour": "f"}]
    assert len(stated(graph, drawn, Brief(links=ferries))) == 6


def test_englands_islands_are_named():
    data = ct.england_2017()
    wight = data.graph.code_of("Isle of Wight")
    off = sorted(
        (row.focal, row.neighbour) for row in data.graph.links.itertuples() if row.focal == wight
    )
    with pytest.raises(CodeError, match="in 2 pieces.*Isle of Wight [(]nearest: .* km[)]"):
        stated(data.graph, data.atoms, Brief(links_off=off))


# Clashes

CLASHES = [
    ({"must_join": [["Ash", "Birch"], ["Birch", "Cedar"], ["Elm", "Fig"]],
      "must_part": [["Ash", "Cedar"]], **FREE},
     ["must_join Ash, Birch", "must_join Birch, Cedar", "must_part Ash, Cedar"],
     "Ash and Cedar cannot be both together and apart"),
    ({"must_join": [["Ash", "Birch"]], "locks": {"Ash": "North", "Birch": "South"}},
     ["must_join Ash, Birch", "lock Ash in North", "lock Birch in South"],
     "Ash and Birch would be in two areas"),
    ({"must_part": [["Ash", "Birch"]], "locks": {"Ash": "North", "Birch": "North"}},
     ["must_part Ash, Birch", "lock Ash in North", "lock Birch in North"],
     "both would be in one area"),
    ({"must_part": [["Ash", "Birch", "Cedar"]], "k": 2, **FREE},
     ["2 areas", "must_part Ash, Birch, Cedar"],
     "3 units that are all apart need as many areas"),
    ({"keep_whole": ["stp"], "must_part": [["Ash", "Birch"]], **FREE},
     ["must_join Ash, Birch", "must_part Ash, Birch"],
     "Ash and Birch cannot be both together and apart"),
    ({"k": 3, **HARD, "size_floor": 100},
     ["3 areas", "the floor of 100"],
     "3 areas of 100 need 300 people, and there are 210"),
    ({"k": 2, **HARD, "size_ceiling": 100},
     ["2 areas", "the ceiling of 100"],
     "2 areas of 100 hold 200 people, and there are 210"),
    ({**HARD, "size_ceiling": 100, "must_join": [["Elm", "Fig"]]},
     ["must_join Elm, Fig", "the ceiling of 100"],
     "together they have 110"),
    ({"must_exist": {"Isle": ["Ash", "Cedar"]}, **FREE},
     ["must_exist Isle", "contiguity"],
     "it is in pieces"),
    ({"must_exist": {"Isle": ["Ash"]}, **HARD, "size_floor": 20},
     ["must_exist Isle", "the floor of 20"],
     "it has 10 people"),
    ({"must_exist": {"Isle": ["Elm", "Fig"]}, **HARD, "size_ceiling": 100},
     ["must_exist Isle", "the ceiling of 100"],
     "it has 110 people"),
    ({"must_exist": {"Isle": ["Cedar"]}, "k": 2, **FREE},
     ["2 areas", "must_exist Isle", "contiguity"],
     "the units left over are in 2 pieces"),
    ({"must_exist": {"Isle": CODES}, "k": 2, **FREE},
     ["2 areas", "must_exist Isle"],
     "0 units are left over for the other areas"),
    ({"must_exist": {"Isle": ["Ash"]}, "k": 1, "contiguous": False, **FREE},
     ["1 areas", "must_exist Isle"],
     "5 units are left over for the other areas"),
    ({"must_exist": {"Isle": ["Cedar"]}, "must_join": [["Ash", "Fig"]], **FREE},
     ["must_join Ash, Fig", "must_exist Isle", "contiguity"],
     "nothing joins them; declare a link"),
    ({"must_exist": {"Isle": ["Birch", "Cedar"]}, **HARD, "size_floor": 20},
     ["the floor of 20", "contiguity", "must_exist Isle"],
     "Ash can be joined to nothing else and have 10 people"),
    ({**HARD, "size_floor": 110, "size_ceiling": 150},
     ["the floor of 110", "the ceiling of 150"],
     "210 people cannot be divided into areas within both"),
]  # fmt: skip


@pytest.mark.parametrize(("choices", "demands", "why"), CLASHES)
def test_demands_that_clash_are_named(choices, demands, why):
    graph, atoms = road()
    with pytest.raises(BriefError) as caught:
        stated(graph, atoms, Brief(**choices))
    assert one_sentence(caught) == (
        f"no plan can meet the brief: {' and '.join(demands)} clash: {why}; change one of them"
    )


def test_a_town_above_the_ceiling_alone():
    with pytest.raises(BriefError) as caught:
        stated(*road(), Brief(**HARD, size_ceiling=55))
    text = one_sentence(caught)
    assert "the ceiling of 55 cannot be met: Fig alone has 60; raise the ceiling" in text
    assert 'unit_layer = "atom"' in text
    assert "change one of them" not in text, "there is but one"


def test_the_fewest_demands_are_named():
    """Two clashes, of three demands and of two: the smaller is told."""
    choices = {
        "must_join": [["Ash", "Birch"], ["Birch", "Cedar"]],
        "must_part": [["Ash", "Cedar"]],
        "k": 3,
    }
    with pytest.raises(BriefError, match="3 areas and the floor of 100 clash"):
        stated(*road(), Brief(**HARD | {"size_floor": 100}, **choices))


@pytest.mark.parametrize("choices", [own for own, _, _ in CLASHES])
def test_a_clash_is_none_where_demands_may_be_left_out(choices):
    """Every brief that is refused says so for its demands: without them a plan is found."""
    kept = {key: own for key, own in choices.items() if key in ("anchors", "k")}
    graph, atoms = road()
    assert ct.propose(graph, atoms, Brief(**kept), method="merge").certificate.status == "feasible"


def test_the_ceiling_of_one_unit_holds_for_the_area_that_it_is_in():
    """An area with Elm may have 120 people, and so may hold Fig, which alone is too large."""
    brief = Brief(**HARD, size_ceiling=55, area_ceilings={"Elm": 120})
    assert ct.propose(*road(), brief, method="merge").certificate.status == "feasible"
    brief = Brief(**HARD, size_ceiling=65, area_ceilings={"Damson": 160},
                  must_join=[["Elm", "Fig"]])  # fmt: skip
    assert ct.propose(*road(), brief, method="merge").certificate.status == "feasible"


def test_what_only_a_solver_finds_out_is_explained():
    """South can have Ash alone, and North Fig alone; each then lacks those who lead it."""
    brief = Brief(locks={"Ash": "South", "Fig": "North"})
    with pytest.raises(BriefError, match="contiguity and lock .* clash, proved by trying") as own:
        ct.propose(*road(), brief, method="optimal", proposals=1000)
    one_sentence(own)


def test_the_smallest_clash_leaves_out_what_does_not_matter():
    problem = state(*road(), Brief(must_join=[["Ash", "Birch"], ["Cedar", "Damson"]],
                                   must_part=[["Ash", "Birch"]], **FREE))  # fmt: skip

    def impossible(other):
        return any(set(own) <= set(join) for own in other.parts for join in other.joins)

    assert impossible(problem)
    assert smallest_clash(problem, impossible) == ("must_join Ash, Birch", "must_part Ash, Birch")


# Plan files


@pytest.mark.parametrize("brief", [Brief(), Brief(k=2, **FREE), Brief(locks={"Cedar": "South"})])
def test_a_plan_goes_through_its_file(brief, tmp_path):
    plan = ct.propose(*road(), brief, method="merge")
    text = plan_files.to_toml(plan)
    path = tmp_path / "plan.toml"
    path.write_text(text, encoding="utf-8")
    again = plan_files.read_plan(path)
    assert again.assignment.to_dict() == plan.assignment.to_dict()
    assert again.brief == plan.brief
    assert again.about["method"] == "merge"
    assert again.about["certificate"]["cost"] == plan.certificate.cost
    assert again.about["certificate"]["terms"] == dict(plan.certificate.terms)
    assert "bound" not in again.about["certificate"], "nothing was proved"
    assert plan_files.to_toml(ct.propose(*road(), again.brief, method="merge")) == text
    started = ct.propose(*road(), brief, method="refine", start=again.assignment, proposals=500)
    assert started.certificate.cost <= plan.certificate.cost


def test_the_file_of_the_rules_keeps_what_is_open(tmp_path):
    data = ct.england_2017()
    plan = ct.propose(data.graph, data.atoms)
    path = tmp_path / "plan.toml"
    path.write_text(plan_files.to_toml(plan), encoding="utf-8")
    again = plan_files.read_plan(path)
    assert again.assignment.isna().sum() == 6
    assert again.assignment.dropna().to_dict() == plan.assignment.dropna().to_dict()


def test_the_hashes_tell_other_inputs_apart():
    def inputs(people):
        plan = ct.propose(*road(people=people), Brief(), method="merge")
        return next(
            line for line in plan_files.to_toml(plan).splitlines() if line.startswith("atoms")
        )

    large = [9_000_000, 20, 30, 40, 50, 60]
    assert inputs(large) == inputs(large)
    assert inputs(large) != inputs([9_000_001, *large[1:]])


def test_the_hashes_tell_other_links_apart():
    graph, atoms = road()
    linked = graph.with_links(pd.DataFrame([LINK]))
    one, other = input_hashes(graph, atoms), input_hashes(linked, atoms)
    assert [name for name in one if one[name] != other[name]] == ["links"]


def test_the_log_says_who_is_cut_off():
    """Cedar is apart from the rest of North, and with Damson, the other half of its STP."""
    country = road(people=[10, 30, 30, 40, 50, 60])
    plan = plan_of(pd.Series(list("NNSSSS"), CODES), *country, Brief(**FREE))
    assert plan.decisions["why"].to_list()[1:4] == [
        "LEP North at home; STP s at home",
        "LEP North (mainly in Birch): 30 people cut off; STP t at home",
        "LEP South at home; STP t at home",
    ]


GOOD = f'format = "{plan_files.FORMAT}"\n'


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("plan.toml", "x = = 1", "cannot be read as a plan"),
        ("plan.toml", "x = 1", "wanted a plan file .* got keys x"),
        ("plan.toml", b"\xff\xfe\x00", "cannot be read as a plan"),
        ("plan.toml", GOOD, "wanted a plan file"),
        ("plan.toml", GOOD + '[areas]\nA = ["a"]', "wanted a plan file"),
        ("plan.toml", GOOD + "[areas]\nA = 3\n[brief]", "lists of codes under .areas."),
        ("plan.toml", GOOD + "[areas]\nA = [3]\n[brief]", "lists of codes under .areas."),
        ("plan.toml", GOOD + "open = 3\n[areas]\n[brief]", "lists of codes"),
        ("plan.toml", GOOD + "brief = 3\n[areas]", "wanted a plan file"),
        ("plan.toml", GOOD + '[areas]\nA = ["a"]\nB = ["a"]\n[brief]', "a stand twice"),
        ("plan.toml", GOOD + '[areas]\nA = ["a"]\n[brief]\nsed = 3', "did you mean seed"),
        ("plan.csv", "", "cannot be read as a table"),
        ("plan.csv", "x,y\n1,2\n", "wanted columns code and area, .* got x, y"),
        ("plan.csv", "code;area\na;N\n", "wanted columns code and area"),
        ("plan.csv", "code,area\na,N\na,S\n", "a stand twice; keep one row each"),
        ("plan.csv", b"\xff\xfe\x00\x01", "cannot be read as a table"),
        ("plan.txt", "hello", "cannot be read as a plan"),
    ],
)
def test_a_file_that_is_no_plan(tmp_path, name, text, words):
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(BriefError, match=words) as caught:
        plan_files.read_plan(path)
    assert str(path) in str(caught.value)


def test_a_table_of_codes_and_areas_is_a_plan(tmp_path):
    path = tmp_path / "plan.csv"
    path.write_text("area,code,people\nNorth,b,1\n,c,2\nNA,a,3\n")
    read = plan_files.read_plan(path)
    assert read.assignment.to_dict() == {"a": "NA", "b": "North", "c": None}
    assert read.brief is None
    with pytest.raises(BriefError, match="no such plan; check the spelling and the folder"):
        plan_files.read_plan(tmp_path)


def test_a_band_of_nobody_is_told_even_where_sizes_are_only_reported():
    data = ct.england_2017()
    with pytest.raises(ct.CoterminosityError, match="area_floors of the brief"):
        state(data.graph, data.atoms, Brief(area_floors={"Atlantis": 5.0}))
