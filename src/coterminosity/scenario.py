"""A scenario: a plan, what the parties did to it, and what that does to people and bodies."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Self, Unpack

import pandas as pd

from coterminosity.atoms import Atoms
from coterminosity.errors import ScenarioError, listed
from coterminosity.layer import BoundaryLayer
from coterminosity.money import Apportionment, apportion
from coterminosity.negotiating import scenario_files as files
from coterminosity.negotiating import steps
from coterminosity.negotiating.area_tables import DRAWINGS, areas_writer
from coterminosity.negotiating.options import Options, options_of
from coterminosity.negotiating.side_by_side import SideBySide, side_by_side
from coterminosity.negotiating.steps import Turn
from coterminosity.negotiating.table import Table
from coterminosity.negotiating.zones import Zone, zones_named
from coterminosity.plan import Plan
from coterminosity.units import UnitGraph
from coterminosity.writing import write_together

Writer = Callable[[Path], object]


@dataclass(frozen=True, eq=False, repr=False)
class Scenario(Table):
    """Hold a plan and the log of what was done to it; every step returns a new scenario.

    A step that breaks contiguity, a lock, a group or the size band is made and *flagged* with the
    reason, or refused where ``strict`` is set. The log replays exactly. Each step takes ``who``
    (who speaks), ``note`` (why), ``at`` (when; now by default) and ``strict``.

    Parameters
    ----------
    plan : Plan
        Where the negotiation starts; its brief's locks, ``frozen``, ``must_exist`` and
        ``must_join`` hold until unlocked or released, and its other rules throughout.
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

    def compare(self, *others: "Table | Plan | pd.Series") -> SideBySide:
        """Compare the base plan with the scenario as it is now, or the scenario with others.

        Parameters
        ----------
        *others : Scenario, Plan or Series
            Of the same units, with as many areas as they like; a Series is area by unit code.
            Without any, before and after.

        Returns
        -------
        SideBySide
            ``figures, layers, areas`` (matched), ``moved`` units, ``bodies`` whose fit changes,
            ``distances`` and ``describe()``.

        Examples
        --------
        >>> import coterminosity as ct
        >>> data = ct.england_2017()
        >>> scenario = ct.Scenario(ct.propose(data.graph, data.atoms))
        >>> print(scenario.move("Croydon", to="Coast to Capital").compare().describe())
        now against before: 1 unit is in another area, with 384,837 people and £744.7 million ...
        """
        before = ("before", self.plan.assignment)
        if not others:
            return side_by_side(self.ground, [before, ("now", self.assignment)])
        title = self.name or "this scenario"
        named = [(title, self.assignment), *(_named(own) for own in others)]
        return side_by_side(self.ground, named)

    def money(self, **choices: Any) -> Apportionment:
        """Spread the published figures over the areas; see `money.apportion` for the choices."""
        if not self.position.areas:
            raise ScenarioError("money: no area has units yet; settle some first")
        planned = self.to_plan().on(self.basis.atoms)
        return apportion(planned, unit_layer=self.ground.unit_layer, **choices)

    @property
    def governance(self) -> pd.DataFrame:
        """Governance label of each area; see `governing.governance_of`."""
        return self.standing.governance

    def to_toml(self) -> str:
        """Return the scenario as text; `from_toml` reads it back, to the same bytes."""
        return files.text_of(self.head, self.entries)

    @cached_property
    def head(self) -> str:
        """The text of the scenario down to its log, which no step changes."""
        return files.head_of(self.name, self.plan, need=self.need)

    def write(self, path: str | Path, *, layer: BoundaryLayer | None = None) -> Path:
        """Write the scenario (``.toml``), or which unit is in which area.

        Parameters
        ----------
        path : path
            ``.toml`` for everything; ``.csv``, ``.xlsx``, ``.gpkg`` or ``.geojson`` for units with
            their areas. It appears when it is complete, or not at all.
        layer : BoundaryLayer, optional
            Boundaries of the units for ``.gpkg`` and ``.geojson``; those of the atoms by default.

        Raises
        ------
        ScenarioError
            Where the ending is another.
        """
        path = Path(path)
        if path.suffix.lower() == ".toml":
            text = self.to_toml()
            writer: Writer = lambda own: own.write_text(text, encoding="utf-8", newline="\n")  # noqa: E731
        else:
            if layer is None and path.suffix.lower() in DRAWINGS:
                layer = self.basis.atoms.dissolve(self.ground.unit_layer)
            names = self.ground.names_by_code
            writer = areas_writer(self.assignment, names, path, layer=layer)
        (written,) = write_together(path.parent, {path.name: writer})
        return written

    @classmethod
    def from_file(
        cls,
        path: str | Path,
        *,
        graph: UnitGraph | None = None,
        atoms: Atoms | None = None,
        need: pd.DataFrame | None = None,
        fit: bool = False,
    ) -> Self:
        """Read a scenario file; see `from_toml`."""
        text = files.read_text(path)
        return cls.from_toml(text, graph=graph, atoms=atoms, need=need, fit=fit, where=str(path))

    @classmethod
    def from_toml(
        cls,
        text: str,
        *,
        graph: UnitGraph | None = None,
        atoms: Atoms | None = None,
        need: pd.DataFrame | None = None,
        fit: bool = False,
        where: str = "scenario",
    ) -> Self:
        """Read a scenario from the text of its file.

        Parameters
        ----------
        text : str
            As `to_toml` or the page write it.
        graph, atoms : optional
            What it was made of; the embedded figures of England 2017 by default.
        need : DataFrame, optional
            The indicators that it was made with.
        fit : bool
            Open what fits although inputs differ, the log was cut off, or steps cannot be made; a
            warning says what was set aside.
        where : str
            Named in messages.

        Raises
        ------
        ScenarioError
            Where it is no scenario, of another version, damaged, or made of other inputs.
        """
        given = files.parse(text, where=where, fit=fit)
        return cls.opened(given, graph=graph, atoms=atoms, need=need, fit=fit, where=where)

    @classmethod
    def opened(
        cls, given: files.ScenarioText, *, graph: UnitGraph | None = None,
        atoms: Atoms | None = None, need: pd.DataFrame | None = None, fit: bool = False,
        where: str = "scenario",
    ) -> Self:  # fmt: skip
        """Return the scenario of a text that was read before; see `from_toml`."""
        if (graph is None) != (atoms is None):
            raise ScenarioError(f"{where}: graph and atoms belong together; give both or neither")
        if graph is None or atoms is None:
            graph, atoms = files.embedded_units(given.brief.unit_layer)
        plan = files.base_plan(given, graph, atoms, need=need, where=where, fit=fit)
        empty = cls(plan, name=given.name, need=need)
        return empty._replayed(given.entries, where=where, fit=fit)

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
        own, area = self._zone(zone), self.position.area_named(to)
        units = [self.ground.units[u] for u in own.units]
        told = f"settles {own.title}"
        if all(self.position.area_of(u) == area for u in own.units):
            # An agreement that it stays is one too.
            stays: Turn = {**turn, "note": _joined(f"{told}: stays in {area}", turn)}
            return self._made({"action": "leave"}, stays)
        reason: Turn = {**turn, "note": _joined(told, turn)}
        return self._made(steps.move(self.ground, self.position, units, area), reason)

    def leave_alone(self, zone: str, **turn: Unpack[Turn]) -> Self:
        """Put on record that a contested zone stays as it is."""
        own = self._zone(zone)
        told = _joined(f"leaves {own.title} as it is", turn)
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
        made = self._with(steps.entry_of(step, turn, who=self.who))
        flags, strict = made.entries[-1].flags, turn.get("strict")
        if flags and (self.strict if strict is None else strict):
            raise ScenarioError(f"refused: {'; '.join(flags)}")
        return made


def _joined(text: str, turn: Turn) -> str:
    return "; ".join(part for part in (text, turn.get("note")) if part)


def _named(own: "Table | Plan | pd.Series") -> tuple[str, pd.Series]:
    """Return a plan's name and its areas by unit."""
    if isinstance(own, Table):
        return own.name or "scenario", own.assignment
    if isinstance(own, Plan):
        return f"plan by {own.method}", own.assignment
    return str(own.name or "plan"), own
