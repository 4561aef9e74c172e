"""What a position leaves on record: the log as a table, what is broken, and the plan it makes."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from coterminosity.negotiating.entries import ASSIGNING, Entry
from coterminosity.negotiating.flags import is_together, pairs_together
from coterminosity.negotiating.ground import Ground
from coterminosity.negotiating.position import OPEN, Position, after, assign
from coterminosity.negotiating.standing import Standing
from coterminosity.plan import DECISION_COLUMNS, Plan

LOG_COLUMNS = [
    "step", "time", "who", "action", "unit", "name", "from", "to", "people", "note", "flags",
    "undone",
]  # fmt: skip


@dataclass(frozen=True, eq=False, kw_only=True)
class BrokenPart:
    """A part of an area that its main part cannot reach.

    Attributes
    ----------
    area : str
        Whose part it is.
    units : tuple of int
        Numbers of its units.
    people : float
        In them.
    homes : tuple of (str, float)
        Neighbouring areas that it could go to, with the change in people split or merged over the
        seed and the aligned layers, least first.
    """

    area: str
    units: tuple[int, ...]
    people: float
    homes: tuple[tuple[str, float], ...]


def log_table(ground: Ground, start: Position, entries: Iterable[Entry]) -> pd.DataFrame:
    """Return the log, one row for each unit that a step moves and one for any other step.

    Returns
    -------
    DataFrame
        ``step`` (from 1), ``time, who, action, unit`` (code), ``name``, ``from``, ``to``,
        ``people``, ``note``, ``flags`` and ``undone``. Steps taken back come last.
    """
    rows: list[tuple[object, ...]] = []
    position = start
    for step, entry in enumerate(entries, start=1):
        head = (step, entry.time, entry.who, entry.action)
        tail = (entry.note, "; ".join(entry.flags), entry.undone)
        if entry.action in ASSIGNING:
            for code, to in zip(entry.units, entry.to, strict=True):
                unit = ground.number[code]
                came, people = position.area_of(unit), float(ground.people[unit])
                rows.append((*head, code, ground.names[unit], came, to, people, *tail))
        elif entry.units:
            for code in entry.units:
                unit = ground.number[code]
                own = position.area_of(unit)
                rows.append((*head, code, ground.names[unit], own, own, np.nan, *tail))
        else:
            old, new = "; ".join(entry.areas), "; ".join(entry.names or entry.areas)
            rows.append((*head, "", "", old, new, np.nan, *tail))
        position = after(ground, position, entry)
    return pd.DataFrame(rows, columns=LOG_COLUMNS)


def broken_parts(ground: Ground, position: Position, standing: Standing) -> tuple[BrokenPart, ...]:
    """Return the parts that are cut off from where most people of their area live.

    By area and by the codes of their units.
    """
    found = []
    for number in np.flatnonzero(standing.pieces > 1):
        units = np.flatnonzero(position.area == number)
        pieces = standing.piece_of[units]
        parts = [units[pieces == piece] for piece in np.unique(pieces)]
        main = max(range(len(parts)), key=lambda k: (ground.people[parts[k]].sum(), -k))
        found += [
            _broken(ground, position, standing, part) for k, part in enumerate(parts) if k != main
        ]
    return tuple(found)


def _broken(ground: Ground, position: Position, standing: Standing, part: np.ndarray) -> BrokenPart:
    units = [int(u) for u in part]
    near = {int(position.area[n]) for u in units for n in ground.neighbours[u]}
    homes = []
    for home in near - {OPEN, int(position.area[units[0]])}:
        to = position.areas[home]
        then = assign(position, dict.fromkeys(units, to))
        change = Standing(ground, then.areas, then.area).cost_people - standing.cost_people
        homes.append((to, change))
    return BrokenPart(
        area=position.area_of(units[0]),
        units=tuple(units),
        people=float(ground.people[units].sum()),
        homes=tuple(sorted(homes, key=lambda own: (round(own[1], 6), own[0]))),
    )


def breaches_of(ground: Ground, position: Position, standing: Standing) -> pd.DataFrame:
    """Return what does not hold as things stand: pieces, size band, groups, rules, open units.

    Returns
    -------
    DataFrame
        ``kind`` (``pieces``, ``below``, ``above``, ``group``, ``apart``, ``whole``, ``open``),
        ``area``, ``people`` and ``what`` in words.
    """
    rows: list[tuple[str, str, float, str]] = []
    parts = broken_parts(ground, position, standing) if ground.rules.contiguous else ()
    for part in parts:
        names = ", ".join(ground.names[u] for u in part.units)
        best = f"; it could go to {part.homes[0][0]}" if part.homes else ""
        what = f"{names} cut off from the rest of {part.area}{best}"
        rows.append(("pieces", part.area, part.people, what))
    for number in np.flatnonzero(standing.size_band != "within"):
        side, people = str(standing.size_band[number]), float(standing.people[number])
        rows.append((side, standing.areas[number], people, standing.of_size(int(number))))
    for group in position.groups:
        if not is_together(position, group):
            names = ", ".join(ground.names[u] for u in group)
            people = float(ground.people[list(group)].sum())
            rows.append(("group", "", people, f"{names} are to be kept together"))
    for a, b in pairs_together(ground, position):
        what = f"{ground.names[a]} and {ground.names[b]} are to be kept apart"
        people = float(ground.people[[a, b]].sum())
        rows.append(("apart", position.area_of(a), people, what))
    for body, units in ground.rules.whole:
        if not is_together(position, units):
            people = float(ground.people[list(units)].sum())
            rows.append(("whole", "", people, f"{body} is to be kept whole"))
    for unit in np.flatnonzero(position.area == OPEN):
        people = float(ground.people[unit])
        rows.append(("open", "", people, f"{ground.names[unit]} has no area"))
    return pd.DataFrame(rows, columns=["kind", "area", "people", "what"])


def plan_at(plan: Plan, ground: Ground, start: Position, position: Position,
            entries: Iterable[Entry]) -> Plan:  # fmt: skip
    """Return the plan that a position makes: its log goes on where the base plan's ends.

    It keeps no certificate, since what it costs is another matter. Seeds follow the names of
    their areas; contested units that a step moved lose their flag.
    """
    log = _decisions(plan, ground, start, entries)
    decisions = pd.concat([plan.decisions, log], ignore_index=True) if len(log) else plan.decisions
    units = plan.units.copy()
    area = pd.Series([position.area_of(u) for u in range(len(ground))], index=list(ground.units))
    units["area"] = area.reindex(units.index).astype("str")
    # A new name of an area settles nothing.
    touched = set(log.loc[log["rule"] != "rename", "unit"])
    open_now = units["area"] == ""
    units.loc[units.index.isin(touched), "flag"] = ""
    units.loc[open_now, "flag"] = "negotiate"
    seeds = _seeds(plan, entries)
    led = pd.Series([seeds.get(area, "") for area in position.areas], dtype="str")
    return replace(
        plan,
        units=units,
        areas=pd.DataFrame({"seed": led.to_list()}, index=pd.Index(position.areas, name="area")),
        decisions=decisions,
        alternatives=plan.alternatives.loc[~plan.alternatives["unit"].isin(touched)],
        certificate=None if len(log) else plan.certificate,
    )


def _decisions(
    plan: Plan, ground: Ground, start: Position, entries: Iterable[Entry]
) -> pd.DataFrame:
    """Return a row for each unit whose area has another name after a step."""
    rows, position = [], start
    step = len(plan.decisions)
    classes = plan.units["class"].to_dict()
    for entry in entries:
        then = after(ground, position, entry)
        why = "; ".join(part for part in (entry.note, entry.who) if part)
        for unit in _renamed_or_moved(ground, position, entry):
            came, to = position.area_of(unit), then.area_of(unit)
            if came != to:
                step += 1
                code = ground.units[unit]
                rows.append(
                    {
                        "step": step, "layer": ground.unit_layer, "unit": code,
                        "name": ground.names[unit], "class": classes[code],
                        "from": came, "to": to, "rule": entry.action,
                        "why": why or "negotiated", "score_before": np.nan,
                        "score_after": np.nan, "flag": "" if to else "negotiate",
                    }
                )  # fmt: skip
        position = then
    return pd.DataFrame(rows, columns=DECISION_COLUMNS)


def _renamed_or_moved(ground: Ground, position: Position, entry: Entry) -> list[int]:
    """Return the units whose area may have another name after a step, sorted."""
    if entry.action == "rename":
        return position.units_of(entry.areas[0])
    if entry.action in ASSIGNING:
        return sorted(ground.number[code] for code in entry.units)
    return []


def _seeds(plan: Plan, entries: Iterable[Entry]) -> dict[str, str]:
    """Return the seed of each area by its name now."""
    seeds = {str(area): str(seed) for area, seed in plan.areas["seed"].items()}
    for entry in entries:
        if entry.action == "rename":
            seeds[entry.names[0]] = seeds.pop(entry.areas[0], "")
    return seeds
