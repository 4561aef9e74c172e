"""A small country for negotiations, drawn by hand, and steps made at random.

a1 a2 | b1 b2      one row of six districts, each next to the next; an island i by ferry to b2
LEP North: a1 a2 b1   LEP South: b1 b2 c1 i   (b1 lies in both)
STP West: a1 a2 and half of b1, STP East: the rest
"""

import itertools
from random import Random

import pandas as pd

import coterminosity as ct
from coterminosity.errors import CoterminosityError

UNITS = ["a1", "a2", "b1", "b2", "c1", "i"]
PEOPLE = {"a1": 100, "a2": 200, "b1": 80, "b2": 300, "c1": 150, "i": 40}
NOON = "2017-11-24T12:00:00Z"


def country() -> tuple[ct.UnitGraph, ct.Atoms]:
    rows = [
        ("a1", "N", "", "W", 100), ("a2", "N", "", "W", 200), ("b1", "N", "S", "W", 40),
        ("b1", "N", "S", "E", 40), ("b2", "S", "", "E", 300), ("c1", "S", "", "E", 150),
        ("i", "S", "", "E", 40),
    ]  # fmt: skip
    table = pd.DataFrame(rows, columns=["lad", "lep1", "lep2", "stp", "population"])
    names = {"N": "North", "S": "South", "": ""}
    table["lep1n"], table["lep2n"] = table["lep1"].map(names), table["lep2"].map(names)
    table["stpn"] = table["stp"].map({"W": "West", "E": "East"})
    atoms = ct.Atoms.from_lookup(
        table,
        layers={"lad": "lad", "lep": ["lep1", "lep2"], "stp": "stp"},
        names={"lep": ["lep1n", "lep2n"], "stp": "stpn"},
        measures=["population"],
    )
    row = UNITS[:5]
    borders = pd.DataFrame(
        [(a, b, 1000.0) for a, b in itertools.pairwise(row)],
        columns=["focal", "neighbour", "metres"],
    )
    links = pd.DataFrame([("i", "b2", "ferry", "a boat")],
                         columns=["focal", "neighbour", "kind", "reason"])  # fmt: skip
    units = pd.DataFrame({"name": [f"Town {u}" for u in UNITS]}, index=UNITS)
    return ct.UnitGraph.from_table(units, borders, links=links), atoms


def scenario(**choices: object) -> ct.Scenario:
    """North holds a1, a2 and b1, South the rest."""
    graph, atoms = country()
    brief = ct.Brief(**{"size_floor": 200, "size_ceiling": 700, "contested": "least-split",
                        "locks": {"b1": "North"}, **choices})  # fmt: skip
    plan = ct.propose(graph, atoms, brief)
    return ct.Scenario(plan, name="By hand")


def random_step(given: ct.Scenario, random: Random) -> ct.Scenario:
    """Make a step at random; those that cannot be made leave the scenario as it is."""
    units, areas = list(given.ground.units), list(given.position.areas)
    some = random.sample(units, random.randint(1, 3))
    who, note = random.choice(["", "Council"]), random.choice(["", 'é "\\ #'])
    turn = {"at": NOON, "who": who, "note": note}
    area, other = random.choice(areas), random.choice(areas)
    steps = [
        lambda: given.move(some, to=area, **turn),
        lambda: given.move(some[0], to=area, **turn),
        lambda: given.move(some[0], to=None, **turn),
        lambda: given.swap(some[0], some[-1], **turn),
        lambda: given.merge(area, other, **turn),
        lambda: given.merge(area, other, name="Joined", **turn),
        lambda: given.split(area, {f"Part {random.randint(1, 9)}": some}, **turn),
        lambda: given.split(area, "stp", **turn),
        lambda: given.new_area(f"New {random.randint(1, 9)}", some, **turn),
        lambda: given.rename(area, f"Name {random.randint(1, 9)}", **turn),
        lambda: given.lock(*some, **turn),
        lambda: given.unlock(some[0], **turn),
        lambda: given.lock(area=area, **turn),
        lambda: given.unlock(area=area, **turn),
        lambda: given.keep_together(*some, **turn),
        lambda: given.release(some[0], **turn),
        lambda: given.note("a remark", at=NOON),
        lambda: given.undo(random.randint(1, 2)),
        lambda: given.redo(),
    ]
    try:
        return random.choice(steps)()
    except CoterminosityError:
        return given
