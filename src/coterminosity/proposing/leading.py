"""Areas that have a name before anything is solved: those of anchors, and those that must exist."""

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from coterminosity.atoms import Atoms
from coterminosity.brief import Brief
from coterminosity.errors import BriefError, NameLookupError, listed
from coterminosity.naming import code_of
from coterminosity.proposing.problem import NO_AREA, Floats, Ints
from coterminosity.units import UnitGraph


@dataclass(frozen=True, eq=False, kw_only=True)
class Reading:
    """What names of the brief are looked up in."""

    graph: UnitGraph
    atoms: Atoms
    brief: Brief
    units: tuple[str, ...]
    people: Floats
    base: pd.Series | None

    def unit(self, name: str, *, where: str) -> int:
        """Return the number of a unit."""
        try:
            return self.units.index(self.graph.code_of(name))
        except NameLookupError as error:
            raise NameLookupError(f"{where} of the brief: {error}") from error

    def group(self, names: Iterable[str], *, where: str) -> tuple[int, ...]:
        """Return the numbers of units."""
        return tuple(dict.fromkeys(self.unit(name, where=where) for name in names))


@dataclass(eq=False, kw_only=True)
class NamedAreas:
    """Areas that have a name before anything is solved."""

    labels: list[str] = field(default_factory=list)
    led_by: list[tuple[str, str]] = field(default_factory=list)
    closed: list[bool] = field(default_factory=list)
    must_open: list[bool] = field(default_factory=list)
    pinned: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))

    def add(self, label: str, *, led_by: tuple[str, str], closed: bool, must_open: bool) -> None:
        """Add an area."""
        self.labels.append(label)
        self.led_by.append(led_by)
        self.closed.append(closed)
        self.must_open.append(must_open)


def named_areas(reading: Reading) -> NamedAreas:
    """Return the areas that anchors lead and those that must exist, with their units pinned."""
    brief, areas = reading.brief, NamedAreas()
    areas.pinned = np.full(len(reading.units), NO_AREA, dtype=np.int64)
    anchors = _anchors(reading)
    doubled = {name for name in (n for _, _, n in anchors)
               if sum(n == name for _, _, n in anchors) > 1}  # fmt: skip
    must = len(brief.led_by) == 1 and brief.k is None
    for layer, code, name in anchors:
        title = f"{name} ({layer.upper()} {code})" if name in doubled else name
        areas.add(title, led_by=(layer, code), closed=False, must_open=must)
    for name, members in _areas_that_exist(reading).items():
        if name in areas.labels:
            label = areas.labels.index(name)
            areas.closed[label] = areas.must_open[label] = True
        else:
            label = len(areas.labels)
            areas.add(name, led_by=("", ""), closed=True, must_open=True)
        for unit in members:
            _pin(reading, areas, unit, label, where="must_exist")
    if brief.led_by:
        _pin_locks(reading, areas)
    else:
        _check_locks(reading, areas)
    return areas


def _anchors(reading: Reading) -> list[tuple[str, str, str]]:
    """Return layer, code and name of every region that may lead an area."""
    brief, found = reading.brief, []
    divided = dict(brief.divide)
    for layer in brief.led_by:
        names = reading.atoms.regions(layer)
        held = reading.atoms.overlap(brief.unit_layer, layer, weight=brief.weight)
        with_people = set(held.pairs["right"])
        for code, name in names.items():
            given = next((g for g in divided if g in (code, name)), None)
            if given is not None:
                found += _inside(reading, layer, str(code), divided.pop(given))
            elif code in with_people:
                found.append((layer, str(code), str(name)))
    if divided:
        raise NameLookupError(
            f"divide of the brief: no anchor is called {listed(divided)}; anchors are regions of "
            f"{listed(brief.led_by) or 'no layer'}"
        )
    return list(dict.fromkeys(found))


def _inside(reading: Reading, layer: str, code: str, by: str) -> list[tuple[str, str, str]]:
    """Return the regions of a layer that lie mainly in a region of another."""
    overlap = reading.atoms.overlap(by, layer, weight=reading.brief.weight)
    held = overlap.pairs.loc[overlap.pairs["right"] == code].set_index("left")["weight"]
    whole = overlap.left_totals["weight"].reindex(held.index)
    names = reading.atoms.regions(by)
    found = [(by, str(c), str(names[c])) for c in held.index[(held > 0.5 * whole).to_numpy()]]
    if not found:
        raise BriefError(f"divide: no region of {by} lies mainly in {code}; name another layer")
    return found


def _areas_that_exist(reading: Reading) -> dict[str, tuple[int, ...]]:
    brief = reading.brief
    found = {
        name: reading.group(members, where="must_exist")
        for name, members in brief.must_exist.items()
    }
    if not brief.frozen:
        return found
    if reading.base is None:
        raise BriefError(
            f"frozen: {listed(brief.frozen)} would stay as in a base plan, but none is given; "
            "give base= (on the command line --base plan.csv)"
        )
    for name in brief.frozen:
        members = reading.base.index[(reading.base == name).to_numpy()]
        if not len(members):
            raise NameLookupError(
                f"frozen of the brief: the base plan has no area {name!r}, only "
                f"{listed(sorted(set(reading.base.dropna())), most=12)}"
            )
        found[name] = reading.group(map(str, members), where="frozen")
    return found


def _pin(reading: Reading, areas: NamedAreas, unit: int, label: int, *, where: str) -> None:
    held = int(areas.pinned[unit])
    if held not in (NO_AREA, label):
        raise BriefError(
            f"{where}: {reading.graph.units['name'].iloc[unit]} would be both in "
            f"{areas.labels[held]} and in {areas.labels[label]}; drop one of the two"
        )
    areas.pinned[unit] = label


def _pin_locks(reading: Reading, areas: NamedAreas) -> None:
    names = pd.Series(
        areas.labels,
        index=[code or label for label, (_, code) in zip(areas.labels, areas.led_by, strict=True)],
    )
    for unit, area in reading.brief.locks.items():
        try:
            code = code_of(area, names, layer=", ".join(reading.brief.led_by))
            label = names.index.to_list().index(code)
        except NameLookupError as error:
            raise NameLookupError(f"locks of the brief: {error}") from error
        number = reading.unit(unit, where="locks")
        _check_closed(reading, areas, number, label)
        _pin(reading, areas, number, label, where="locks")


def _check_closed(reading: Reading, areas: NamedAreas, unit: int, label: int) -> None:
    if areas.closed[label] and areas.pinned[unit] != label:
        raise BriefError(
            f"locks: {reading.graph.units['name'].iloc[unit]} is locked to "
            f"{areas.labels[label]}, which must exist without it"
        )


def _check_locks(reading: Reading, areas: NamedAreas) -> None:
    """Check locks to free areas, which have no names but those that must exist."""
    held: dict[int, str] = {}
    for name, area in reading.brief.locks.items():
        unit = reading.unit(name, where="locks")
        if held.setdefault(unit, area) != area:
            raise BriefError(
                f"locks: {reading.graph.units['name'].iloc[unit]} would be both in {held[unit]} "
                f"and in {area}; drop one of the two"
            )
        if area in areas.labels:
            _check_closed(reading, areas, unit, areas.labels.index(area))
