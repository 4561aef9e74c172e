"""From a brief to the problem it states: names become numbers, and what cannot be is said."""

from dataclasses import replace

import numpy as np
import pandas as pd
from scipy import sparse

from coterminosity.atoms import ATOM_LAYER, Atoms
from coterminosity.brief import Brief
from coterminosity.errors import BriefError, MeasureError, listed
from coterminosity.overlap import Overlap
from coterminosity.proposing.leading import Reading, named_areas
from coterminosity.proposing.links import edges_of
from coterminosity.proposing.problem import NO_AREA, Bodies, Need, Problem
from coterminosity.units import UnitGraph

Groups = tuple[tuple[int, ...], ...]
STATUS_QUO = "status_quo"


def state(
    graph: UnitGraph, atoms: Atoms, brief: Brief, *, base: pd.Series | None = None
) -> Problem:
    """Return the problem that a brief states on some units.

    Parameters
    ----------
    graph : UnitGraph
        Units, borders and links.
    atoms : Atoms
        With the layers that the brief names.
    brief : Brief
        Prices and constraints.
    base : Series, optional
        Area by unit code of a plan in force, for ``status_quo_cost`` and ``frozen``.

    Raises
    ------
    BriefError
        Where the brief does not fit the graph or the atoms, or contradicts itself.
    NameLookupError
        Where a layer, unit or area does not exist.
    MeasureError
        Where people are missing.
    """
    atoms = atoms.as_units() if brief.unit_layer == ATOM_LAYER else atoms
    units = tuple(str(code) for code in graph.units.index)
    overlap = _own_overlap(graph, atoms, brief)
    people = overlap.left_totals["weight"].reindex(list(units), fill_value=0.0).to_numpy()
    if not people.sum() > 0:
        raise BriefError(f"all units have a {brief.weight} of 0; give people to at least one")
    reading = Reading(graph=graph, atoms=atoms, brief=brief, units=units, people=people, base=base)
    edges = edges_of(graph, atoms, brief, people=people)
    areas = named_areas(reading)
    leads = {(layer, code): label for label, (layer, code) in enumerate(areas.led_by) if layer}
    near_start, near = edges.near(len(units))
    joins, parts = _demands(reading)
    problem = Problem(
        brief=brief,
        units=units,
        names=tuple(graph.units["name"].astype("str")),
        people=np.asarray(people, dtype=np.float64),
        near_start=near_start,
        near=near,
        edge_a=edges.a,
        edge_b=edges.b,
        edge_cost=edges.cost,
        bodies=_bodies(reading, leads),
        needs=_needs(reading),
        labels=tuple(areas.labels),
        led_by=tuple(areas.led_by),
        pinned=areas.pinned,
        closed=np.array(areas.closed, dtype=np.bool_),
        must_open=np.array(areas.must_open, dtype=np.bool_),
        free=not brief.led_by,
        k_low=1,
        k_high=len(units),
        contiguous=brief.contiguous,
        joins=joins,
        parts=parts,
    )
    return _sized(_counted(problem), reading)


def _own_overlap(graph: UnitGraph, atoms: Atoms, brief: Brief) -> Overlap:
    own = set(atoms.regions(brief.unit_layer).index)
    strange = sorted(own ^ set(map(str, graph.units.index)))
    if strange:
        raise BriefError(
            f"the graph and the atoms have different units of layer {brief.unit_layer!r}: "
            f"{listed(strange)}; use both of one data set"
        )
    return atoms.overlap(brief.unit_layer, brief.unit_layer, weight=brief.weight)


def _bodies(reading: Reading, leads: dict[tuple[str, str], int]) -> tuple[Bodies, ...]:
    brief = reading.brief
    split, merge = brief.split_costs(), brief.merge_costs()
    wanted = dict.fromkeys([*brief.led_by, *split, *merge, *(layer for layer, _ in leads)])
    found = [
        _of_layer(reading, layer, split.get(layer, 0.0), merge.get(layer, 0.0), leads)
        for layer in wanted
    ]
    if brief.status_quo_cost:
        found.append(_status_quo(reading))
    return tuple(found)


def _of_layer(
    reading: Reading,
    layer: str,
    split_cost: float,
    merge_cost: float,
    leads: dict[tuple[str, str], int],
) -> Bodies:
    overlap = reading.atoms.overlap(reading.brief.unit_layer, layer, weight=reading.brief.weight)
    names = reading.atoms.regions(layer)
    rows = pd.Index(reading.units).get_indexer(pd.Index(overlap.pairs["left"]))
    columns = names.index.get_indexer(pd.Index(overlap.pairs["right"]))
    shape = (len(reading.units), len(names))
    weight = sparse.csr_array((overlap.pairs["shared"].to_numpy(), (rows, columns)), shape=shape)
    weight.eliminate_zeros()
    return Bodies(
        layer=layer,
        names=names,
        weight=weight,
        split_cost=split_cost,
        merge_cost=merge_cost,
        leads=np.array([leads.get((layer, str(c)), NO_AREA) for c in names.index], dtype=np.int64),
    )


def _status_quo(reading: Reading) -> Bodies:
    """Return the areas of the base plan as bodies: van Dongen's distance, half for each side."""
    if reading.base is None:
        raise BriefError(
            "status_quo_cost needs a base plan; give base= (on the command line --base plan.csv)"
        )
    area = reading.base.reindex(list(reading.units))
    if not area.notna().any():
        raise BriefError(
            "status_quo_cost needs a base plan of these units, but base= gives an area to none of "
            f"them, such as {reading.units[0]}"
        )
    codes, names = pd.factorize(area.astype("object"), sort=True)
    known = np.flatnonzero(codes >= 0)
    weight = sparse.csr_array(
        (reading.people[known], (known, codes[known])), shape=(len(codes), len(names))
    )
    half = reading.brief.status_quo_cost / 2
    return Bodies(
        layer=STATUS_QUO,
        names=pd.Series(list(names), index=pd.Index(list(names), dtype="object")),
        weight=weight,
        split_cost=half,
        merge_cost=half,
        leads=np.full(len(names), NO_AREA, dtype=np.int64),
    )


def _needs(reading: Reading) -> tuple[Need, ...]:
    found = []
    for indicator, cost in reading.brief.need_costs.items():
        if indicator not in reading.graph.units:
            raise MeasureError(
                f"need_costs: units have no {indicator!r}, only "
                f"{listed(reading.graph.units.columns, most=12)}; join figures to the graph first"
            )
        try:
            column = pd.to_numeric(reading.graph.units[indicator])
        except (TypeError, ValueError) as error:
            raise MeasureError(f"need_costs: {indicator!r} is not a number: {error}") from error
        value = column.to_numpy(dtype=np.float64, na_value=np.nan)
        weight = np.where(np.isfinite(value), reading.people, 0.0)
        value = np.where(np.isfinite(value), value, 0.0)
        people = weight.sum()
        mean = (weight * value).sum() / people if people > 0 else 0.0
        spread = float((weight * (value - mean) ** 2).sum())
        if not spread > 0:
            raise MeasureError(f"need_costs: {indicator!r} is the same in every unit, or unknown")
        # About the mean, so that sums of squares keep their digits.
        found.append(
            Need(
                indicator=indicator,
                value=np.where(weight > 0, value - mean, 0.0),
                weight=weight,
                price=cost * float(people) / spread,
            )
        )
    return tuple(found)


def _demands(reading: Reading) -> tuple[Groups, Groups]:
    brief = reading.brief
    joins = [reading.group(own, where="must_join") for own in brief.must_join]
    parts = [reading.group(own, where="must_part") for own in brief.must_part]
    for own, names in zip(parts, brief.must_part, strict=True):
        if len(own) < len(names):
            raise BriefError(f"must_part: {listed(names)} name one unit twice")
    for layer in brief.keep_whole:
        joins += _whole(reading, layer)
    if not brief.led_by and brief.locks:
        together: dict[str, list[int]] = {}
        for unit, area in brief.locks.items():
            together.setdefault(area, []).append(reading.unit(unit, where="locks"))
        joins += [tuple(own) for own in together.values()]
        parts.append(tuple(own[0] for own in together.values()))
    return (
        tuple(own for own in joins if len(own) > 1),
        tuple(own for own in parts if len(own) > 1),
    )


def _whole(reading: Reading, layer: str) -> list[tuple[int, ...]]:
    """Return the units of each region of a layer, each unit counted to its main region."""
    overlap = reading.atoms.overlap(reading.brief.unit_layer, layer, weight=reading.brief.weight)
    ranked = overlap.pairs.sort_values(["left", "weight", "right"], ascending=[True, False, True])
    main = ranked.drop_duplicates("left")
    number = {code: place for place, code in enumerate(reading.units)}
    return [
        tuple(number[code] for code in own["left"]) for _, own in main.groupby("right", sort=True)
    ]


def _counted(problem: Problem) -> Problem:
    """Set the number of areas."""
    k, named = problem.brief.k, len(problem.labels)
    if problem.free:
        low, high = (1, len(problem)) if k is None else (k, k) if isinstance(k, int) else k
        # Areas that must exist are among the k.
    elif k is None:
        low, high = max(1, int(problem.must_open.sum())), named
    else:
        low, high = (k, k) if isinstance(k, int) else k
        if low > named:
            raise BriefError(
                f"k: {low} areas are wanted, but only {named} anchors can lead one; name more "
                "layers as anchors, or none for free areas"
            )
    if low > len(problem):
        raise BriefError(f"k: {len(problem)} units cannot make {low} areas; ask for fewer")
    return replace(problem, k_low=low, k_high=min(high, len(problem)))


def _sized(problem: Problem, reading: Reading) -> Problem:
    """Set the band, for all areas and for those that have their own."""
    brief = problem.brief
    own: dict[str, dict[int, float]] = {
        "label_floor": {}, "label_ceiling": {}, "unit_floor": {}, "unit_ceiling": {}
    }  # fmt: skip
    codes = [code for _, code in problem.led_by]
    for side, table in (("floor", brief.area_floors), ("ceiling", brief.area_ceilings)):
        for name, people in table.items():
            if name in problem.labels or (name and name in codes):
                found = problem.labels if name in problem.labels else codes
                own[f"label_{side}"][found.index(name)] = people
            else:
                unit = reading.unit(name, where=f"area_{side}s")
                own[f"unit_{side}"][unit] = people
    # Names are looked up all the same, so that a wrong one is told.
    if brief.size_rule == "report":
        return problem
    return replace(
        problem,
        floor=brief.size_floor,
        ceiling=brief.size_ceiling,
        size_price=brief.size_cost if brief.size_rule == "priced" else np.inf,
        label_floor=own["label_floor"],
        label_ceiling=own["label_ceiling"],
        unit_floor=own["unit_floor"],
        unit_ceiling=own["unit_ceiling"],
    )
