"""The table that parties sit at: a plan, the log of what was done to it, and every figure now."""

import warnings
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from typing import Self

import pandas as pd

from coterminosity.errors import BriefError, CoterminosityWarning, ScenarioError, listed
from coterminosity.negotiating.entries import Entry
from coterminosity.negotiating.flags import flags_of
from coterminosity.negotiating.ground import Ground, ground_of
from coterminosity.negotiating.position import Position, after, position_of
from coterminosity.negotiating.records import (
    BrokenPart,
    breaches_of,
    broken_parts,
    log_table,
    plan_at,
)
from coterminosity.negotiating.standing import Standing
from coterminosity.negotiating.zones import Zone, zones_of
from coterminosity.plan import Basis, Plan

# What no step changes, and is not worked out again after one.
_LASTING = ("ground", "start", "zones", "head", "standing_before")


@dataclass(frozen=True, eq=False, repr=False)
class Table:
    """Hold a plan and a log that replays exactly; see `scenario.Scenario`, which makes steps."""

    plan: Plan
    name: str = field(default="", kw_only=True)
    who: str = field(default="", kw_only=True)
    strict: bool = field(default=False, kw_only=True)
    need: pd.DataFrame | None = field(default=None, kw_only=True, repr=False)
    entries: tuple[Entry, ...] = field(default=(), kw_only=True, repr=False)

    def __post_init__(self) -> None:
        _at_the_end(self.entries)
        position = self.position  # a log that does not replay is refused here
        for entry in self.entries[len(self.done) :]:
            position = after(self.ground, position, entry)

    def __repr__(self) -> str:
        title = f" {self.name!r}" if self.name else ""
        return (
            f"<Scenario{title}: {len(self.done)} steps, {len(self.ground)} units in "
            f"{len(self.position.areas)} areas>"
        )

    @cached_property
    def ground(self) -> Ground:
        """Units, bodies and borders that no step changes."""
        return ground_of(self.plan, self.basis.graph, self.basis.atoms, need=self.need)

    @property
    def basis(self) -> Basis:
        """What the plan was made of: graph and atoms."""
        if self.plan.basis is None:
            raise BriefError("this plan does not know its graph and atoms; propose it anew")
        return self.plan.basis

    @cached_property
    def start(self) -> Position:
        """The position of the base plan, with the locks, groups and closed areas of its brief."""
        brief, ground = self.plan.brief, self.ground
        position = position_of(
            ground,
            self.plan.assignment,
            locked=[ground.unit_of(unit) for unit in brief.locks],
            groups=[[ground.unit_of(unit) for unit in group] for group in brief.must_join],
        )
        return replace(position, locked_areas=frozenset(ground.rules.shut))

    @cached_property
    def position(self) -> Position:
        """Areas, locks and groups as they are now."""
        position = self.start
        for entry in self.done:
            position = after(self.ground, position, entry)
        return position

    @cached_property
    def standing(self) -> Standing:
        """Every figure of the areas as they are now."""
        return Standing(self.ground, self.position.areas, self.position.area)

    @cached_property
    def standing_before(self) -> Standing:
        """Every figure of the base plan."""
        return Standing(self.ground, self.start.areas, self.start.area)

    @property
    def done(self) -> tuple[Entry, ...]:
        """Steps in force."""
        return tuple(entry for entry in self.entries if not entry.undone)

    @property
    def assignment(self) -> pd.Series:
        """Area by unit code; None where open."""
        names = [self.position.area_of(u) or None for u in range(len(self.ground))]
        index = pd.Index(self.ground.units, name="code")
        return pd.Series(names, index=index, name="area", dtype="object")

    @property
    def areas(self) -> pd.DataFrame:
        """One row per area: ``units, people, km2, size_band, pieces``, main regions by layer."""
        return self.standing.area_table

    @property
    def layers(self) -> pd.DataFrame:
        """One row per layer: bodies whole, cut and the same as an area; people split and merged."""
        return self.standing.layers

    @property
    def log(self) -> pd.DataFrame:
        """The log as a table; see `negotiating.records.log_table`."""
        return log_table(self.ground, self.start, self.entries)

    @property
    def breaches(self) -> pd.DataFrame:
        """What does not hold as things stand: ``kind, area, people, what``."""
        return breaches_of(self.ground, self.position, self.standing)

    @property
    def broken(self) -> tuple[BrokenPart, ...]:
        """Parts cut off from their area, with the areas that each could go to."""
        return broken_parts(self.ground, self.position, self.standing)

    @cached_property
    def zones(self) -> tuple[Zone, ...]:
        """Contested ground: units that several bodies claim, or that the plan left open."""
        flagged = [self.ground.number[str(code)] for code in self.plan.contested.index]
        return zones_of(self.ground, flagged=flagged)

    def area_of(self, unit: str) -> str | None:
        """Return the area of a unit given by name or code; None where it is open."""
        return self.position.area_of(self.ground.unit_of(unit)) or None

    def to_plan(self) -> Plan:
        """Return the plan as it is now, for maps, scores and files; its log tells the steps."""
        return plan_at(self.plan, self.ground, self.start, self.position, self.done)

    def undo(self, count: int = 1) -> Self:
        """Take back the last steps; `redo` makes them again until another step is made."""
        done = len(self.done)
        if not done:
            raise ScenarioError("undo: no step has been made yet")
        if not 1 <= count <= done:
            raise ScenarioError(f"undo: wanted 1 to {done} steps back, got {count}")
        return self._at(done - count)

    def redo(self, count: int = 1) -> Self:
        """Make steps again that were taken back."""
        undone = len(self.entries) - len(self.done)
        if not undone:
            raise ScenarioError("redo: no step has been taken back")
        if not 1 <= count <= undone:
            raise ScenarioError(f"redo: wanted 1 to {undone} steps again, got {count}")
        return self._at(len(self.done) + count)

    def _at(self, step: int) -> Self:
        entries = [
            replace(entry, undone=number >= step) for number, entry in enumerate(self.entries)
        ]
        return self._next(tuple(entries))

    def with_entries(self, entries: tuple[Entry, ...]) -> Self:
        """Return the scenario with another log, which must replay."""
        other = self._next(entries)
        other.__post_init__()
        return other

    def _next(self, entries: tuple[Entry, ...], **known: object) -> Self:
        """Return the scenario with another log, and hand on what is worked out already."""
        own = {one.name: getattr(self, one.name) for one in fields(self)}
        lasting = {key: self.__dict__[key] for key in _LASTING if key in self.__dict__}
        other = object.__new__(type(self))
        other.__dict__.update({**own, **lasting, **known, "entries": entries})
        return other

    def _with(self, entry: Entry) -> Self:
        """Return the scenario with one step more, flagged."""
        position = after(self.ground, self.position, entry)
        standing = Standing(self.ground, position.areas, position.area)
        flags = flags_of(
            self.ground, entry, before=(self.position, self.standing), after=(position, standing)
        )
        entries = (*self.done, replace(entry, flags=flags))
        return self._next(entries, position=position, standing=standing)

    def _replayed(self, entries: tuple[Entry, ...], *, where: str, fit: bool) -> Self:
        """Return the scenario with these steps, each flagged anew."""
        made, told, aside, done = self, list[str](), list[str](), 0
        _at_the_end(entries, where=f"{where}: ")
        for number, entry in enumerate(entries, start=1):
            try:
                then = made._with(replace(entry, undone=False))
            except ScenarioError as error:
                if not fit:
                    raise ScenarioError(f"{where}: step {number}: {error}") from error
                aside.append(f"step {number}, {error}")
                continue
            told += [str(number)] if then.entries[-1].flags != entry.flags else []
            made, done = then, done + (not entry.undone)
        if told:
            _warn(f"{where}: the flags of step {listed(told)} were counted anew")
        if aside:
            _warn(f"{where}: set aside: {'; '.join(aside)}")
        return made._at(done) if done < len(made.entries) else made


def _at_the_end(entries: tuple[Entry, ...], *, where: str = "") -> None:
    undone = [entry.undone for entry in entries]
    if undone != sorted(undone):
        raise ScenarioError(f"{where}steps that were taken back must stand at the end of the log")


def _warn(text: str) -> None:
    warnings.warn(text, CoterminosityWarning, stacklevel=3)
