"""From the labels that a method found to a plan with names, a log and a certificate."""

import hashlib
import itertools
from collections.abc import Mapping, Sequence
from dataclasses import replace
from importlib.metadata import PackageNotFoundError, version
from types import MappingProxyType

import numpy as np
import pandas as pd

from coterminosity.atoms import Atoms
from coterminosity.certificate import Certificate
from coterminosity.errors import CodeError, listed
from coterminosity.naming import code_of
from coterminosity.plan import DECISION_COLUMNS, Basis, Plan
from coterminosity.proposing.costing import common_weight, homes_of
from coterminosity.proposing.problem import Bodies, Ints, Problem
from coterminosity.units import UnitGraph

_VERSIONED = ("coterminosity", "highspy", "networkx", "numpy", "pandas", "scipy")
_HOME_LAYER = "lad"


def assemble(problem: Problem, area: Ints, basis: Basis, *, method: str,
             certificate: Certificate) -> Plan:  # fmt: skip
    """Return the plan of an assignment.

    Parameters
    ----------
    problem : Problem
        What was solved.
    area : array of int
        Label by unit.
    basis : Basis
        Graph, atoms and base plan.
    method : str
        How it was found.
    certificate : Certificate
        Cost and bound.
    """
    area = np.asarray(area)
    names = area_names(problem, area, basis.atoms)
    given = [names[int(label)] for label in area]
    units = pd.DataFrame(
        {
            "name": list(problem.names),
            "area": given,
            "class": "",
            "flag": np.where(problem.pinned >= 0, "locked", ""),
        },
        index=pd.Index(list(problem.units), name="code"),
    )
    seeds = {
        name: problem.led_by[label][1] if label < len(problem.led_by) else ""
        for label, name in names.items()
    }
    return Plan(
        units=units.astype("str"),
        areas=pd.DataFrame(
            {"seed": list(seeds.values())}, index=pd.Index(list(seeds), name="area")
        ).sort_index(),
        decisions=_decisions(problem, area, given, method, basis),
        alternatives=pd.DataFrame({"unit": [], "name": [], "area": []}, dtype="str"),
        brief=problem.brief,
        method=method,
        certificate=certificate,
        basis=basis,
    )


def reassign(plan: Plan, moves: Mapping[str, str]) -> Plan:
    """Return the plan with some units in other areas, each move in its log.

    Parameters
    ----------
    plan : Plan
        As it is; the new one keeps no certificate, since what it costs changes.
    moves : mapping of unit to area
        Units by code or name; areas by name. An area that loses all its units is gone.

    Returns
    -------
    Plan
        For ``on`` and the scores. Contiguity and the band are not checked here:
        `costing.breaches` counts them.

    Raises
    ------
    NameLookupError
        Where there is no such unit.
    CodeError
        Where a unit stands twice, or there is no such area.
    """
    known, layer = plan.units.index, plan.brief.unit_layer
    codes = [c if c in known else code_of(c, plan.units["name"], layer=layer) for c in moves]
    strange = sorted(set(moves.values()) - set(plan.areas.index))
    if strange:
        raise CodeError(
            f"moves: there is no area {listed(strange)}; there are {listed(plan.areas.index)}"
        )
    if len(set(codes)) < len(codes):
        raise CodeError("moves: a unit stands twice, by name and by code; name it once")
    rows, count = plan.units.loc[codes], len(plan.decisions)
    log = pd.DataFrame(
        {
            "step": range(count + 1, count + 1 + len(codes)),
            "layer": layer,
            "unit": codes,
            "name": rows["name"].to_numpy(),
            "class": rows["class"].to_numpy(),
            "from": rows["area"].to_numpy(),
            "to": list(moves.values()),
            "rule": "moved",
            "why": "moved by hand",
            "score_before": np.nan,
            "score_after": np.nan,
            "flag": "",
        }
    )
    units = plan.units.copy()
    units.loc[codes, "area"] = list(moves.values())
    units.loc[codes, "flag"] = ""
    return replace(
        plan,
        units=units,
        areas=plan.areas.loc[plan.areas.index.isin(units["area"])],
        decisions=pd.concat([plan.decisions, log[DECISION_COLUMNS]], ignore_index=True),
        alternatives=plan.alternatives.loc[~plan.alternatives["unit"].isin(codes)],
        certificate=None,
    )


def area_names(problem: Problem, area: Ints, atoms: Atoms) -> dict[int, str]:
    """Return a name by label: its anchor, or the district where most of its people live."""
    places = _places(problem, atoms)
    found: dict[int, str] = {}
    taken = set(problem.labels)
    for label in map(int, np.unique(area)):
        if label < len(problem.labels):
            found[label] = problem.labels[label]
            continue
        own = pd.Series(problem.people[area == label]).groupby(
            np.array(places, dtype=object)[area == label]
        )
        ranked = own.sum().sort_index().sort_values(ascending=False, kind="stable")
        options = [str(name) for name in ranked.index]
        more = (f"{options[0]} ({n})" for n in itertools.count(2))
        found[label] = next(name for name in itertools.chain(options, more) if name not in taken)
        taken.add(found[label])
    return found


def _places(problem: Problem, atoms: Atoms) -> list[str]:
    """Return by unit the name of the district that holds most of it."""
    unit_layer = problem.brief.unit_layer
    if unit_layer == _HOME_LAYER or _HOME_LAYER not in atoms.layers:
        return list(problem.names)
    if unit_layer not in atoms.layers:  # atoms themselves
        own = atoms.members.loc[atoms.members["layer"] == _HOME_LAYER]
        home = own.drop_duplicates("atom").set_index("atom")["code"]
    else:
        pairs = atoms.overlap(unit_layer, _HOME_LAYER, weight=problem.brief.weight).pairs
        ranked = pairs.sort_values(["left", "weight", "right"], ascending=[True, False, True])
        home = ranked.drop_duplicates("left").set_index("left")["right"]
    names = home.map(atoms.regions(_HOME_LAYER)).reindex(list(problem.units))
    return names.where(names.notna(), pd.Series(problem.names, index=names.index)).tolist()


def _decisions(
    problem: Problem, area: Ints, given: Sequence[str], method: str, basis: Basis
) -> pd.DataFrame:
    texts = [_homes(bodies, area, given) for bodies in problem.bodies]
    base = basis.base if basis.base is not None else pd.Series(dtype="object")
    came = base.reindex(list(problem.units)).astype("object")
    count = len(problem)
    rule = np.where(problem.pinned >= 0, "lock", method)
    table = pd.DataFrame(
        {
            "step": range(1, count + 1),
            "layer": problem.brief.unit_layer,
            "unit": list(problem.units),
            "name": list(problem.names),
            "class": "",
            "from": came.where(came.notna(), "").to_numpy(),
            "to": list(given),
            "rule": rule,
            "why": ["; ".join(own) for own in zip(*texts, strict=True)] if texts else "",
            "score_before": np.nan,
            "score_after": np.nan,
            "flag": np.where(problem.pinned >= 0, "locked", ""),
        }
    )
    return table[DECISION_COLUMNS]


def _homes(bodies: Bodies, area: Ints, given: Sequence[str]) -> list[str]:
    """Say by unit whether its main body is at home in its area, or cut off and how many people."""
    common = common_weight(bodies, area)
    home = homes_of(bodies, common)
    name_of = dict(zip(area.tolist(), given, strict=True))
    words, layer = [], bodies.layer.upper().replace("_", " ")
    for unit, label in enumerate(area):
        row = slice(bodies.weight.indptr[unit], bodies.weight.indptr[unit + 1])
        regions, people = bodies.weight.indices[row], bodies.weight.data[row]
        if not len(regions):
            words.append(f"no {layer}")
            continue
        main = int(regions[np.argmax(people)])
        away = float(people[home[regions] != label].sum())
        name = bodies.names.iloc[main]
        text = f"{layer} {name}"
        if home[main] != label:
            text += f" (mainly in {name_of.get(int(home[main]), 'no area')})"
        words.append(text + (f": {away:,.0f} people cut off" if away > 0 else " at home"))
    return words


def input_hashes(graph: UnitGraph, atoms: Atoms, base: pd.Series | None = None) -> dict[str, str]:
    """Return a sha256 of each table that a plan was made of, and of a base plan if there is one."""
    tables = {
        "atoms": atoms.measures.reset_index(),
        "members": atoms.members,
        "units": graph.units.reset_index(),
        "borders": graph.borders,
        "links": graph.links,
    }
    if base is not None:
        tables["base"] = base.rename("area").rename_axis("code").sort_index().reset_index()
    return {
        name: hashlib.sha256(
            table.to_csv(index=False, float_format="%.12g", lineterminator="\n").encode()
        ).hexdigest()
        for name, table in tables.items()
    }


def versions() -> MappingProxyType[str, str]:
    """Return the versions of this library and of those that a plan depends on."""
    found = {}
    for name in _VERSIONED:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "not installed"
    return MappingProxyType(found)
