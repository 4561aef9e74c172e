"""What certificates claim, checked by brute force and by a checker that shares no code."""

import math
import os
import subprocess
import sys

import pandas as pd
import pytest

import coterminosity as ct
from coterminosity.atoms import Atoms
from coterminosity.brief import Brief
from coterminosity.errors import BriefError, CodeError, CoterminosityError
from coterminosity.proposing.compiled import SWITCH, is_compiled
from coterminosity.units import UnitGraph
from tests.checker import Checker, all_partitions
from tests.conftest import ROOT
from tests.countries import Case, case

# A limit that does not bind where a proof is short, and is short where it is long.
EFFORT = {"proposals": 2000, "time_limit": 2.0}
NEAR = 1e-6
NUMBERS = {"anchored": 30, "free": 24}


def near(one: float, other: float) -> bool:
    return math.isclose(one, other, rel_tol=NEAR, abs_tol=NEAR)


def proposed(own: Case, method: str) -> ct.Plan:
    return ct.propose(own.graph, own.atoms, own.brief, method=method, base=own.base, **EFFORT)


def faults(own: Case, method: str) -> list[str]:
    """Return what is wrong with the certificate of a method; nothing where it is right."""
    checker = Checker(own.graph, own.atoms, own.brief, own.base)
    try:
        plan = proposed(own, method)
    except CodeError as error:  # in pieces: a link is wanted, though two areas might do
        return [] if "which no border or link joins" in str(error) else [str(error)]
    except BriefError as error:
        if "lies mainly in" in str(error):  # of what divides an anchor: nothing
            return []
        best = checker.best()
        return [f"refused, but there is a plan of {best}: {error}"] if best < math.inf else []
    except CoterminosityError as error:
        return [] if "no plan was found in time" in str(error) else [str(error)]
    areas, proof = plan.assignment.to_dict(), plan.certificate
    found = [
        f"{term}: {proof.terms.get(term)} claimed, {own_cost} counted"
        for term, own_cost in checker.terms(areas).items()
        if not near(own_cost, proof.terms.get(term, 0.0))
    ]
    if not near(proof.cost, checker.cost(areas)):
        found.append(f"cost: {proof.cost} claimed, {checker.cost(areas)} counted")
    broken = checker.broken(areas)
    if proof.status in ("optimal", "feasible") and broken:
        found.append(f"{proof.status}, but {broken}")
    if proof.status in ("infeasible", "rules") and not broken:
        found.append(f"{proof.status}, but nothing is broken: {proof.notes}")
    if proof.status == "optimal" or math.isfinite(proof.bound):
        best = checker.best()
        if proof.status == "optimal" and not near(proof.cost, best):
            found.append(f"said to be optimal at {proof.cost}, but there is a plan of {best}")
        if proof.bound > best and not near(proof.bound, best):
            found.append(f"bound {proof.bound}, but there is a plan of {best}")
    return found


@pytest.mark.parametrize("number", range(NUMBERS["anchored"]))
def test_led_areas_are_as_certified(number):
    own = case(number, "anchored")
    assert {method: faults(own, method) for method in ("optimal", "merge", "refine")} == {
        "optimal": [],
        "merge": [],
        "refine": [],
    }


@pytest.mark.parametrize("number", range(NUMBERS["free"]))
def test_free_areas_are_as_certified(number):
    own = case(number, "free")
    assert {method: faults(own, method) for method in ("optimal", "merge", "refine")} == {
        "optimal": [],
        "merge": [],
        "refine": [],
    }


def test_the_random_briefs_make_every_demand():
    """Else a demand would go untested without a word."""
    briefs = [case(n, kind).brief for kind, most in NUMBERS.items() for n in range(most)]
    plain = Brief()
    asked = {
        name
        for brief in briefs
        for name in Brief.__dataclass_fields__
        if getattr(brief, name) != getattr(plain, name)
    }
    rules_alone = {"unit_layer", "weight", "claim_share", "contested"}
    assert set(Brief.__dataclass_fields__) - asked == rules_alone


# The checker checked, by eye


def test_partitions_are_counted_by_bell():
    assert [sum(1 for _ in all_partitions(n)) for n in range(8)] == [1, 1, 2, 5, 15, 52, 203, 877]


def test_the_checker_agrees_with_a_count_by_hand():
    """Ash and Birch are of North, half of Birch of South too; Cedar is of South."""
    rows = [("a", "N", "", "s", 10), ("b", "N", "S", "s", 4), ("b", "N", "", "t", 6),
            ("c", "S", "", "t", 20)]  # fmt: skip
    table = pd.DataFrame(rows, columns=["lad", "lep", "lep2", "stp", "population"])
    atoms = Atoms.from_lookup(
        table, layers={"lad": "lad", "lep": ["lep", "lep2"], "stp": "stp"}, measures=["population"]
    )
    graph = UnitGraph.from_table(
        pd.DataFrame({"name": list("abc"), "age": [1.0, 3.0, 3.0]}, index=list("abc")),
        pd.DataFrame({"focal": ["a", "b"], "neighbour": ["b", "c"], "metres": [500.0, 2000.0]}),
    )
    brief = Brief(merge_cost=1.0, border_cost=3.0, border_km_cost=1.0, need_costs={"age": 1.0},
                  border_shared_costs={"lep": 10.0}, border_main_costs={"stp": 100.0},
                  size_rule="priced", size_floor=15, size_ceiling=25)  # fmt: skip
    checker = Checker(graph, atoms, brief)
    # N has 10 + 2 + 6 people, S 2 + 20. Birch goes to S: 8 of N are away, and joined with S.
    assert checker.terms({"a": "N", "b": "S", "c": "S"}) == {
        "split lep": 8.0,
        "split stp": 4.0,  # s: 10 in Ash, 4 in Birch; t is whole
        "merge lep": 8.0,
        "merge stp": 4.0,
        "cut": 3.0 + 0.5 + 10.0,  # North is in both; Birch is mainly of t
        "need age": 0.0,
        "size": 5.0 + 5.0,  # 10 and 30 people
    }
    together = checker.terms(dict.fromkeys("abc", "N"))
    # S leads no area that exists: its home is N. All are in one area: 40 · within / total.
    assert together == {
        "split lep": 0.0, "split stp": 0.0, "merge lep": 22.0, "merge stp": 14.0, "cut": 0,
        "need age": 40.0, "size": 15.0,
    }  # fmt: skip
    assert checker.broken(dict.fromkeys("abc", "N")) == ["S does not exist"]
    assert checker.broken({"a": "N", "b": "S", "c": "N"}) == ["N is in pieces"]
    assert checker.broken({"a": "S", "b": "N", "c": "S"}) == ["S is in pieces"]
    assert checker.broken({"a": "S", "b": "N", "c": "N"}) == ["S holds nobody of what leads it"]


# The same plan again

COUNTRY = """
import coterminosity as ct
from coterminosity.plan_files import to_toml
from tests.countries import case
for kind, number in (("anchored", 0), ("free", 0)):
    own = case(number, kind)
    for method in ("merge", "refine"):
        print(to_toml(ct.propose(own.graph, own.atoms, ct.Brief(anchors=own.brief.anchors, k=2),
                                 method=method, proposals=500)))
own = case(0, "anchored")
print(to_toml(ct.propose(own.graph, own.atoms, ct.Brief(), method="optimal", proposals=500)))
data = ct.england_2017()
free = ct.Brief(anchors=(), k=38, split_cost=0, border_cost=1.0)
print(to_toml(ct.propose(data.graph, data.atoms, free, method="refine", proposals=5000)))
print(to_toml(ct.propose(data.graph, data.atoms, method="optimal", proposals=5000)))
"""


def printed(**environment: str) -> str:
    run = subprocess.run(
        [sys.executable, "-W", "error", "-c", COUNTRY],
        env=os.environ | {"PYTHONPATH": str(ROOT)} | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    return run.stdout


def test_the_same_seed_gives_the_same_bytes():
    """Under two orders of hashing, and with compiled kernels and without."""
    first = printed(PYTHONHASHSEED="1")
    assert first.count("format = ") == 7
    assert printed(PYTHONHASHSEED="2", **{SWITCH: "1" if is_compiled() else ""}) == first


# England


@pytest.fixture(scope="module")
def england():
    data = ct.england_2017()
    return data, Checker(data.graph, data.atoms, Brief())


def test_england_by_its_leps_is_proved(england):
    data, checker = england
    plan = ct.propose(data.graph, data.atoms, Brief(), method="optimal")
    proof, areas = plan.certificate, plan.assignment.to_dict()
    assert proof.status == "optimal"
    assert round(proof.cost) == 7_694_295
    assert proof.bound == pytest.approx(proof.cost, rel=1e-6)
    assert proof.gap <= 1e-6
    assert sum(proof.terms.values()) == pytest.approx(proof.cost)
    assert dict(proof.terms) == pytest.approx(
        {term: own for term, own in checker.terms(areas).items() if term in proof.terms}
    )
    assert checker.cost(areas) == pytest.approx(proof.cost)
    assert checker.broken(areas) == []


def test_the_rules_cost_more_than_the_optimum(england):
    data, checker = england
    rules = ct.propose(data.graph, data.atoms, Brief(contested="least-split"))
    areas = rules.assignment.to_dict()
    assert checker.broken(areas) == []
    assert checker.cost(areas) >= 7_694_295


def test_england_in_free_areas_is_counted_right(england):
    data, _ = england
    brief = Brief.from_file(ROOT / "examples" / "briefs" / "free-areas.toml")
    plan = ct.propose(data.graph, data.atoms, brief, method="refine", proposals=20_000)
    checker = Checker(data.graph, data.atoms, brief)
    areas = plan.assignment.to_dict()
    assert plan.certificate.cost == pytest.approx(checker.cost(areas))
    assert (plan.certificate.status == "feasible") == (checker.broken(areas) == [])
