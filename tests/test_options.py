"""Contested ground: zones, whose home an area is, options and what they change."""

from dataclasses import replace

import pandas as pd
import pytest

import coterminosity as ct
from coterminosity.errors import NameLookupError, ScenarioError
from coterminosity.negotiating.options import options_of
from coterminosity.negotiating.position import OPEN
from coterminosity.negotiating.zones import Zone, claims_of, home_of, zones_named, zones_of
from tests.negotiations import UNITS, scenario


def test_a_zone_is_what_two_bodies_claim():
    own = scenario()
    assert [(z.key, z.title, z.units) for z in own.zones] == [("z1", "North / South", (2,))]
    assert own.zones[0].why == "North and South both claim Town b1 (80 people)"
    assert claims_of(own.ground)[2] == (0, 1)
    assert [own.position.areas[home_of(own.ground, own.position.area, r)] for r in (0, 1)] == [
        "North",
        "South",
    ]


def test_units_apart_are_zones_apart_and_flagged_ones_are_zones():
    own = scenario()
    zones = zones_of(own.ground, flagged=[0, 5])
    assert [z.title for z in zones] == ["North", "North / South", "South"]
    assert zones[0].why == "Town a1 (100 people): left to negotiation by the plan"
    three = zones_of(own.ground, flagged=[3, 5])
    assert [z.units for z in three if z.title == "South"] == [(3, 5)]


def test_options_are_ranked_and_leave_alone_is_among_them():
    own = scenario().unlock("b1")
    options = list(own.options("North"))
    assert [option.title for option in options] == [
        "All to North", "All to South", "Leave alone",
    ]  # fmt: skip
    south = options[1]
    assert south.moves == {"b1": "South"}
    assert (south.people, south.left["people"].to_list()) == (80.0, [300.0, 570.0])
    # LEP: 40 either way. STP: West loses 40 of its 340 people to South; before, East lost 40.
    assert south.cost_change == 0.0
    assert south.split_change == {"lep": 0.0, "stp": 0.0}
    assert south.becomes_same == ("LEP South",)
    assert "LEP North" in south.stops_same
    assert options[0].moves == {}
    text = own.options().describe()
    assert text.startswith("z1: North / South. North and South both claim Town b1 (80 people).")
    assert "All to South: 80 people change area; as many people split or merged as now." in text


def test_options_break_what_a_move_would_break():
    own = scenario()
    assert own.options("b1").options[1].flags == ("Town b1 is locked to North",)


def test_settling_and_leaving_alone_go_to_the_log():
    own = scenario().unlock("b1")
    settled = own.settle("z1", to="South", who="Both")
    assert settled.area_of("b1") == "South"
    assert settled.entries[-1].note == "settles North / South"
    left = own.leave_alone("North / South", note="for now")
    assert left.assignment.equals(own.assignment)
    assert left.log.iloc[-1][["action", "note"]].to_list() == [
        "leave",
        "leaves North / South as it is; for now",
    ]
    with pytest.raises(NameLookupError, match=r"no contested zone is called 'x'; there are z1"):
        own.options("x")


def test_of_several_zones_one_must_be_named():
    data = ct.england_2017()
    own = ct.Scenario(ct.propose(data.graph, data.atoms))
    assert len(own.zones) == 16
    with pytest.raises(ScenarioError, match="fits several zones: z6"):
        own.settle("Greater Birmingham", to="Worcestershire")


def test_an_area_renamed_merged_or_gone_is_still_the_home_of_its_body():
    own = scenario().unlock("b1").rename("North", "Nord")
    assert own.options("z1").options[0].title == "All to Nord"
    one = own.merge("Nord", "South", name="All")
    assert [o.title for o in one.options("z1")] == ["All to All", "Leave alone"]
    empty = own.move(["a1", "a2", "b1", "b2", "c1"], to=None).move("i", to=None)
    assert home_of(empty.ground, empty.position.area, 0) == OPEN
    assert [o.title for o in empty.options("z1")] == ["Leave alone"]


def test_new_anglia_as_the_paper_suggests():
    """Claims C10 to C12: two STPs lie in it, and merging them cuts nobody more."""
    data = ct.england_2017()
    plan = ct.propose(data.graph, data.atoms)
    own = ct.Scenario(plan)
    zone = next(z for z in own.zones if z.title.endswith("/ New Anglia"))
    names = {own.ground.names[u] for u in zone.units}
    assert names == {"King's Lynn and West Norfolk", "Forest Heath", "St Edmundsbury"}
    away = own.settle(zone.key, to="Greater Cambridge and Greater Peterborough")
    best = away.options(zone.key).options[0]
    assert best.to == "New Anglia"
    assert best.people == 331_193
    assert best.becomes_whole[:2] == ("LEP New Anglia", "STP Norfolk and Waveney")
    # The other STP reaches into Essex, so that only one is wholly inside, and none could merge.
    assert best.could_merge == ()


def test_bodies_wholly_inside_one_area_could_merge():
    own = scenario().unlock("b1").merge("North", "South")
    option = own.options("z1").options[0]
    assert option.could_merge == ("STP East", "STP West")
    assert replace(option, could_merge=()).could_merge == ()


def test_options_tell_money_contracts_need_and_what_is_left():
    figures = pd.DataFrame({"age": [1.0, 2.0, 3.0, 9.0, 9.0, 9.0]}, index=UNITS)
    own = ct.Scenario(scenario(size_floor=350).unlock("b1").plan, need=figures)
    south = next(option for option in own.options() if option.to == "South")
    text = own.options().describe()
    assert f"With them go £{south.pounds / 1e6:,.1f} million a year and 12.4 contracts." in text
    assert south.pounds == pytest.approx(80 / 870 * own.ground.purse.pounds)
    assert "Leaves: North with 300 people, below the band." in text
    change = south.need_change["age"]
    assert f"Share of the spread of need that lies between areas: age {change:+.3f}." in text
    row = own.options().table.set_index("option").loc["All to South"]
    assert row["leaves"] == "North with 300 people, below the band"
    assert row["age_eta_squared_change"] == change
    moved = own.move("c1", to="North")
    assert "Leaves: North with 450 people, in 2 pieces." in moved.options().describe()


def test_zones_of_one_title_are_told_apart_by_their_units():
    own = scenario()
    zones = zones_of(own.ground, flagged=[4, 5])
    assert [z.title for z in zones] == ["North / South", "South: Town c1", "South: Town i"]
    assert [z.key for z in zones] == ["z1", "z2", "z3"]


def test_a_body_is_at_home_where_the_units_are_that_it_claims_alone():
    own = scenario().move(["b2", "c1"], to=None).new_area("Isle", ["i"]).new_area("Bridge", ["b1"])
    # Of South's people in an area, 40 on the island are its own, and North claims b1's 80 too.
    home = home_of(own.ground, own.position.area, 1)
    assert own.position.areas[home] == "Isle"
    nobody = own.move("i", to=None)
    assert nobody.position.areas[home_of(nobody.ground, nobody.position.area, 1)] == "Bridge"


def test_a_unit_is_looked_for_before_a_part_of_a_title():
    own = scenario()
    ground = replace(own.ground, names=("a1", "a2", "South", "b2", "c1", "i"))
    zones = zones_of(ground, flagged=[4, 5])
    assert [z.units for z in zones_named(ground, zones, "south")] == [(2,)]
    assert len(zones_named(ground, zones, "Sou")) == 3


def test_units_that_one_body_claims_may_go_to_a_neighbour_too():
    own = scenario()
    (zone,) = [z for z in zones_of(own.ground, flagged=[3]) if z.title == "South"]
    options = options_of(own.ground, zone, own.position, own.standing)
    assert {option.title for option in options} == {"All to North", "All to South", "Leave alone"}


def test_units_that_nobody_claims_may_go_to_neighbours_outside_the_zone():
    own = scenario().new_area("Solo", ["a1", "a2"])
    zone = Zone(key="z1", title="Unclaimed", units=(0, 1), claimants=(), why="")
    options = options_of(own.ground, zone, own.position, own.standing)
    assert {option.title for option in options} == {"All to North", "Leave alone"}


def test_what_was_the_same_before_does_not_become_so():
    own = scenario().new_area("X", ["c1"])
    (zone,) = [z for z in zones_of(own.ground, flagged=[4]) if z.title == "South"]
    options = options_of(own.ground, zone, own.position, own.standing)
    (back,) = [option for option in options if option.to == "South"]
    assert own.layers.loc["lep", "same"] == 1
    assert back.becomes_same == ()


def test_an_area_that_is_gone_has_nobody_left():
    own = scenario().new_area("X", ["b1"])
    (south,) = [option for option in own.options("z1") if option.to == "South"]
    assert south.left.loc["X"].to_list() == [80.0, 0.0, 0.0, 0.0, "gone", 0]
