"""Rules of a brief that steps may break: what is to be in one piece, together or apart."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from coterminosity.atoms import Atoms
from coterminosity.plan import Plan
from coterminosity.units import UnitGraph

Bounds = tuple[tuple[int, float], ...]

TITLES = {
    "lep": "LEP", "stp": "STP", "crc": "CRC area", "pfa": "Police force area",
    "combined_authority": "Combined authority", "ccg": "CCG", "region": "Region",
    "lad": "District",
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Rules:
    """What a step breaks beside locks, groups and the size band of all areas.

    Parameters
    ----------
    contiguous : bool
        Areas are to be in one piece.
    floors, ceilings : tuple of (int, float)
        A unit with the people that its area needs at least, or has at most; where an area holds
        several such units the strictest counts.
    apart : tuple of tuples of int
        Units no two of which share an area.
    whole : tuple of (str, tuple of int)
        A body by title and name, with the units that are to be in one area.
    shut : tuple of str
        Areas of the base plan that no unit enters or leaves until they are unlocked.
    """

    contiguous: bool = True
    floors: Bounds = ()
    ceilings: Bounds = ()
    apart: tuple[tuple[int, ...], ...] = ()
    whole: tuple[tuple[str, tuple[int, ...]], ...] = ()
    shut: tuple[str, ...] = ()


def title_of(layer: str) -> str:
    """Return how tables call one region of a layer.

    Examples
    --------
    >>> title_of("stp"), title_of("school_board")
    ('STP', 'School board')
    """
    return TITLES.get(layer, layer.replace("_", " ").capitalize())


def rules_of(plan: Plan, graph: UnitGraph, atoms: Atoms) -> Rules:
    """Return the rules of a plan's brief that steps may break.

    The floor or ceiling of one area holds for the area with its largest unit, whatever it is
    called later; that of an anchor which leads no area of the plan holds for none.

    Raises
    ------
    NameLookupError
        Where the brief names a unit that is not there.
    CodeError
        Where it keeps a layer whole that is not there.
    """
    brief = plan.brief
    number = {str(code): k for k, code in enumerate(graph.units.index)}

    def unit(name: str) -> int:
        return number[graph.code_of(name)]

    people = atoms.overlap(brief.unit_layer, brief.unit_layer).left_totals["weight"]
    hearts = _hearts(plan, people)
    idle = {
        name
        for layer in brief.led_by
        for region in atoms.regions(layer).items()
        for name in map(str, region)
    } | set(brief.must_exist)

    def bounds(table: Mapping[str, float]) -> Bounds:
        return tuple(
            (number[hearts[name]] if name in hearts else unit(name), float(limit))
            for name, limit in table.items()
            if name in hearts or name not in idle
        )

    known = set(plan.units["area"])
    return Rules(
        contiguous=brief.contiguous,
        floors=bounds(brief.area_floors),
        ceilings=bounds(brief.area_ceilings),
        apart=tuple(tuple(sorted({unit(own) for own in group})) for group in brief.must_part),
        whole=tuple(
            own
            for layer in brief.keep_whole
            for own in _bodies(atoms, brief.unit_layer, layer, number)
        ),
        shut=tuple(sorted({*brief.frozen, *brief.must_exist} & known)),
    )


def _hearts(plan: Plan, people: pd.Series) -> dict[str, str]:
    """Return the unit with most people of each area, by the area's name and its seed's code."""
    held = people.reindex(plan.units.index, fill_value=0.0)
    order = held.sort_values(ascending=False, kind="stable").index
    first = plan.units["area"].reindex(order)
    first = first[(first != "") & ~first.duplicated()]
    hearts = {str(area): str(code) for code, area in first.items()}
    seeds = {str(seed): hearts[area] for area, seed in plan.areas["seed"].items() if area in hearts}
    return {**{seed: code for seed, code in seeds.items() if seed}, **hearts}


def _bodies(
    atoms: Atoms, unit_layer: str, layer: str, number: Mapping[str, int]
) -> list[tuple[str, tuple[int, ...]]]:
    """Return the regions of a layer with their units, each unit counted to its main region."""
    names = atoms.regions(layer)
    pairs = atoms.overlap(unit_layer, layer).pairs
    ranked = pairs.sort_values(["left", "weight", "right"], ascending=[True, False, True])
    main = ranked.drop_duplicates("left")
    return [
        (f"{title_of(layer)} {names[code]}", tuple(sorted(number[str(u)] for u in own["left"])))
        for code, own in main.groupby("right", sort=True)
        if len(own) > 1
    ]
