"""A scenario: a plan, what the parties did to it, and what that does to people and bodies."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Self, Unpack

import pandas as pd

from coterminosity.errors import BriefError, ScenarioError, listed
from coterminosity.negotiating import steps
from coterminosity.negotiating.entries import Entry
from coterminosity.negotiating.flags import flags_of
from coterminosity.negotiating.ground import Ground, ground_of
from coterminosity.negotiating.options import Options, options_of
from coterminosity.negotiating.position import Position, after, position_of
from coterminosity.negotiating.records import (
    BrokenPart,
    breaches_of,
    broken_parts,
    log_table,
    plan_at,
)
from coterminosity.negotiating.standing import Standing
from coterminosity.negotiating.steps import Turn
from coterminosity.negotiating.zones import Zone, zones_named, zones_of
from coterminosity.plan import Plan


@dataclass(frozen=True, eq=False)
class Scenario:
    """Hold a plan and the log of what was done to it; every step returns a new scenario.

    A step that breaks contiguity, a lock, a group or the size band is made and *flagged* with the
    reason, or refused where ``strict`` is set. The log replays exactly. Each step takes ``who``
    (who speaks), ``note`` (why), ``at`` (when; now by default) and ``strict``.

    Parameters
    ----------
    plan : Plan
        Where the negotiation starts; its brief's locks and ``must_join`` hold until unlocked.
    name : str
        Title of the scenario.
    who : str
        Who speaks, unless a step says otherwise.
    strict : bool
        Refuse steps that break something.
    need : DataFrame, optional
        Indicators by unit code, to see what moves do to need; blanks are missing.
    entries : tuple of Entry
        Steps made so far; those taken back stand at the end.

    Raises
    ------
    BriefError
        Where the plan does not know its graph and atoms.
    ScenarioError
        Where an entry names what is not there, or one taken back is not at the end.

    Examples
    --------
    >>> import coterminosity as ct
    >>> data = ct.england_2017()
    >>> scenario = ct.Scenario(ct.propose(data.graph, data.atoms))
    >>> moved = scenario.move("Croydon", to="Coast to Capital", who="Croydon Council")
    >>> moved.area_of("Croydon"), moved.undo().area_of("Croydon")
    ('Coast to Capital', 'London')
    >>> moved.log[["action", "name", "from", "to"]].values.tolist()
    [['move', 'Croydon', 'London', 'Coast to Capital']]
    """

    plan: Plan
    name: str = field(default="", kw_only=True)
    who: str = field(default="", kw_only=True)
    strict: bool = field(default=False, kw_only=True)
    need: pd.DataFrame | None = field(default=None, kw_only=True, repr=False)
    entries: tuple[Entry, ...] = field(default=(), kw_only=True, repr=False)
    _ground: Ground | None = field(default=None, kw_only=True, repr=False)
    _position: Position | None = field(default=None, kw_only=True, repr=False)

    def __post_init__(self) -> None:
        undone = [entry.undone for entry in self.entries]
        if undone != sorted(undone):
            raise ScenarioError("steps that were taken back must stand at the end of the log")
        _ = self.position  # a log that does not replay is refused here

    def __repr__(self) -> str:
        title = f" {self.name!r}" if self.name else ""
        return (
            f"<Scenario{title}: {len(self.done)} steps, {len(self.ground)} units in "
            f"{len(self.position.areas)} areas>"
        )

    @cached_property
    def ground(self) -> Ground:
        """Units, bodies and borders that no step changes."""
        if self._ground is not None:
            return self._ground
        basis = self.plan.basis
        if basis is None:
            raise BriefError("this plan does not know its graph and atoms; propose it anew")
        return ground_of(basis.graph, basis.atoms, self.plan.brief, need=self.need)

    @cached_property
    def start(self) -> Position:
        """The position of the base plan, with the locks and groups of its brief."""
        brief, ground = self.plan.brief, self.ground
        return position_of(
            ground,
            self.plan.assignment,
            locked=[ground.unit_of(unit) for unit in brief.locks],
            groups=[[ground.unit_of(unit) for unit in group] for group in brief.must_join],
        )

    @cached_property
    def position(self) -> Position:
        """Areas, locks and groups as they are now."""
        if self._position is not None:
            return self._position
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

    # Steps -------------------------------------------------------------------------------------

    def move(self, units: str | Iterable[str], *, to: str | None, **turn: Unpack[Turn]) -> Self:
        """Move one unit or several to an area; ``None`` leaves them open.

        Parameters
        ----------
        units : str or iterable of str
            Names or codes; those that are there already stay.
        to : str or None
            Name of an area.

        Raises
        ------
        NameLookupError
            Where there is no such unit or area; candidates are listed.
        ScenarioError
            Where all are there already, or the step is refused.
        """
        return self._made(steps.move(self.ground, self.position, units, to), turn)

    def swap(self, one: str, other: str, **turn: Unpack[Turn]) -> Self:
        """Exchange the areas of two units."""
        return self._made(steps.swap(self.ground, self.position, one, other), turn)

    def merge(
        self, area: str, other: str, *, name: str | None = None, **turn: Unpack[Turn]
    ) -> Self:
        """Merge a second area into a first; the area may get a new name."""
        return self._made(steps.merge(self.ground, self.position, area, other, name), turn)

    def split(
        self, area: str, parts: Mapping[str, Iterable[str]] | str, **turn: Unpack[Turn]
    ) -> Self:
        """Split an area into parts.

        Parameters
        ----------
        area : str
            Name.
        parts : mapping of name to units, or str
            Units that become an area of that name; the rest keeps the name of the area. A layer,
            such as ``"stp"``, divides it along the bodies that hold most of each unit.

        Examples
        --------
        >>> import coterminosity as ct
        >>> data = ct.england_2017()
        >>> scenario = ct.Scenario(ct.propose(data.graph, data.atoms))
        >>> len(scenario.split("London", "stp").areas) - len(scenario.areas)
        4
        """
        return self._made(steps.split(self.ground, self.position, area, parts), turn)

    def new_area(self, name: str, units: str | Iterable[str], **turn: Unpack[Turn]) -> Self:
        """Make a new area of units taken from others."""
        return self._made(steps.new_area(self.ground, self.position, name, units), turn)

    def rename(self, area: str, name: str, **turn: Unpack[Turn]) -> Self:
        """Give an area another name."""
        return self._made(steps.rename(self.position, area, name), turn)

    def lock(self, *units: str, area: str | None = None, **turn: Unpack[Turn]) -> Self:
        """Lock units where they are, or an area, so that no unit enters or leaves it."""
        return self._made(steps.lock(self.ground, self.position, units, area), turn)

    def unlock(self, *units: str, area: str | None = None, **turn: Unpack[Turn]) -> Self:
        """Unlock units, or an area."""
        return self._made(steps.unlock(self.ground, self.position, units, area), turn)

    def keep_together(self, *units: str, **turn: Unpack[Turn]) -> Self:
        """Flag steps that part these units."""
        return self._made(steps.keep_together(self.ground, units), turn)

    def release(self, *units: str, **turn: Unpack[Turn]) -> Self:
        """Undo `keep_together` for every group that holds one of these units."""
        return self._made(steps.release(self.ground, self.position, units), turn)

    def note(self, text: str, **turn: Unpack[Turn]) -> Self:
        """Add a remark to the log."""
        return self._made({"action": "note"}, {**turn, "note": text})

    def settle(self, zone: str, *, to: str, **turn: Unpack[Turn]) -> Self:
        """Give all units of a contested zone to one area.

        Parameters
        ----------
        zone : str
            Key, title or a unit of one zone; see `options`.
        to : str
            Name of an area.
        """
        own = self._zone(zone)
        units = [self.ground.units[u] for u in own.units]
        reason: Turn = {"note": f"settles {own.title}", **turn}
        return self._made(steps.move(self.ground, self.position, units, to), reason)

    def leave_alone(self, zone: str, **turn: Unpack[Turn]) -> Self:
        """Put on record that a contested zone stays as it is."""
        own = self._zone(zone)
        told = "; ".join(
            part for part in (f"leaves {own.title} as it is", turn.get("note")) if part
        )
        return self._made({"action": "leave"}, {**turn, "note": told})

    def options(self, zone: str | None = None) -> Options:
        """Return each claimant's case for contested ground, ranked but not decided.

        Parameters
        ----------
        zone : str, optional
            A body (``"New Anglia"``: every zone that it claims), a unit, or the key or title of a
            zone; all zones by default.

        Returns
        -------
        Options
            ``table`` and ``describe()``; *leave alone* is always among them.

        Examples
        --------
        >>> import coterminosity as ct
        >>> data = ct.england_2017()
        >>> scenario = ct.Scenario(ct.propose(data.graph, data.atoms))
        >>> [option.title for option in scenario.options("New Anglia")][:2]
        ['All to New Anglia', 'Leave alone']
        """
        zones = self.zones if zone is None else zones_named(self.ground, self.zones, zone)
        found = [
            option
            for own in zones
            for option in options_of(self.ground, own, self.position, self.standing)
        ]
        return Options(tuple(found), zones)

    def undo(self, count: int = 1) -> Self:
        """Take back the last steps; `redo` makes them again until another step is made."""
        done = len(self.done)
        if not 1 <= count <= done:
            raise ScenarioError(f"undo: wanted 1 to {done} steps back, got {count}")
        return self._at(done - count)

    def redo(self, count: int = 1) -> Self:
        """Make steps again that were taken back."""
        undone = len(self.entries) - len(self.done)
        if not 1 <= count <= undone:
            raise ScenarioError(f"redo: wanted 1 to {undone} steps again, got {count}")
        return self._at(len(self.done) + count)

    def _at(self, step: int) -> Self:
        entries = [
            replace(entry, undone=number >= step) for number, entry in enumerate(self.entries)
        ]
        return replace(self, entries=tuple(entries), _ground=self.ground, _position=None)

    def _zone(self, name: str) -> Zone:
        found = zones_named(self.ground, self.zones, name)
        if len(found) > 1:
            raise ScenarioError(
                f"{name!r} fits several zones: "
                f"{listed([f'{zone.key} ({zone.title})' for zone in found], most=12)}; name one"
            )
        return found[0]

    def _made(self, step: steps.Step, turn: Turn) -> Self:
        """Return the scenario after a step, flagged, or refuse it."""
        entry = steps.entry_of(step, turn, who=self.who)
        position = after(self.ground, self.position, entry)
        standing = Standing(self.ground, position.areas, position.area)
        flags = flags_of(
            self.ground, entry, before=(self.position, self.standing), after=(position, standing)
        )
        strict = turn.get("strict")
        if flags and (self.strict if strict is None else strict):
            raise ScenarioError(f"refused: {'; '.join(flags)}")
        made = replace(
            self,
            entries=(*self.done, replace(entry, flags=flags)),
            _ground=self.ground,
            _position=position,
        )
        made.__dict__.update(start=self.start, standing=standing, zones=self.zones)
        return made
