"""What a brief is about: a scenario with what it changes against the plan that it starts from."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from coterminosity.layer import BoundaryLayer
from coterminosity.maps.moves import moves_of
from coterminosity.money import Apportionment, apportion
from coterminosity.negotiating.entries import ASSIGNING
from coterminosity.negotiating.ground import Ground
from coterminosity.negotiating.side_by_side import SideBySide
from coterminosity.negotiating.standing import Standing
from coterminosity.plan import Plan
from coterminosity.reporting.wording import units
from coterminosity.scenario import Scenario

NOWHERE = "no area"
_MANY = 10  # ways of moving


@dataclass(frozen=True, eq=False)
class Case:
    """A scenario as a brief needs it.

    Parameters
    ----------
    scenario : Scenario
        What is handed out.
    given : BoundaryLayer, optional
        Boundaries of the units; those of the atoms by default.
    """

    scenario: Scenario
    given: BoundaryLayer | None = None

    @property
    def ground(self) -> Ground:
        """Units and bodies."""
        return self.scenario.ground

    @property
    def before(self) -> Standing:
        """Figures of the base plan."""
        return self.scenario.standing_before

    @property
    def now(self) -> Standing:
        """Figures as they are now."""
        return self.scenario.standing

    @cached_property
    def plan(self) -> Plan:
        """The plan as it is now."""
        return self.scenario.to_plan()

    @cached_property
    def layer(self) -> BoundaryLayer | None:
        """Boundaries of the units, real or schematic; None where nothing can be drawn."""
        atoms = self.scenario.basis.atoms
        if self.given is None and atoms.geometry is not None:
            return atoms.dissolve(self.ground.unit_layer)
        return self.given

    @cached_property
    def compared(self) -> SideBySide:
        """Before and now side by side."""
        return self.scenario.compare()

    @cached_property
    def moved(self) -> pd.DataFrame:
        """Units that change area: ``code, name, from, to, people, why``; open is ``no area``."""
        own = self.compared.moved[["code", "name", "from", "to", "people"]]
        ends = {end: own[end].where(own[end] != "", NOWHERE) for end in ("from", "to")}
        # What most of an area has become may have another name, and a rest of it keep the old one.
        ends["from"] = ends["from"].where(ends["from"] != ends["to"], ends["from"] + " (before)")
        why = self._reasons()
        return own.assign(**ends, why=[why.get(code, "") for code in own["code"]])

    @cached_property
    def ways(self) -> list[tuple[str, str, pd.DataFrame]]:
        """Units that change area by where they come from and go to, most people first."""
        groups = [(str(a), str(b), own) for (a, b), own in self.moved.groupby(["from", "to"])]
        return sorted(groups, key=lambda way: (-float(way[2]["people"].sum()), way[0], way[1]))

    @cached_property
    def marks(self) -> pd.Series:
        """Number on the map of each unit that moves, by code."""
        if self.layer is None:
            return pd.Series(dtype="float64")
        return moves_of(self.drawn_before, self.scenario.assignment, self.layer).table["mark"]

    @cached_property
    def drawn_before(self) -> pd.Series:
        """Area of the base plan by unit, called so that maps match areas as tables do.

        To maps an area of the same name is the same one. Where most people of an area are now in
        one of another name, both plans call it by the name it has now.
        """
        own = self.scenario.plan.assignment
        if all(self.was.get(name) == name for name in {*self.before.areas} & {*self.now.areas}):
            return own
        called = {name: f"{name} (before)" for name in self.before.areas}
        called |= {old: name for name, old in self.was.items()}
        return own.map(called).astype("object").where(own.notna(), None)

    @cached_property
    def was(self) -> dict[str, str]:
        """What an area was called before, by its name now; those that are new are left out."""
        table = self.compared.areas
        both = table.loc[(table["area"] != "") & (table["other"] != "")]
        return dict(zip(both["other"], both["area"], strict=True))

    @cached_property
    def touched(self) -> list[str]:
        """Areas as they are now that units left or entered, or that are new or renamed."""
        becomes = {old: new for new, old in self.was.items()}
        left = {becomes.get(name, "") for name in self.compared.moved["from"]}
        entered = set(self.moved["to"])
        other = {name for name in self.now.areas if self.was.get(name) != name}
        return sorted((left | entered | other) & set(self.now.areas))

    @cached_property
    def gone(self) -> list[str]:
        """Areas of the base plan that have no units any more."""
        return sorted(set(self.before.areas) - set(self.was.values()))

    @cached_property
    def money(self) -> Apportionment | None:
        """Published figures spread over the areas as they are now, in whole pounds."""
        return self.scenario.money() if self.now.areas else None

    @cached_property
    def money_before(self) -> Apportionment | None:
        """The same over the areas of the base plan."""
        if not self.before.areas:
            return None
        planned = self.scenario.plan.on(self.scenario.basis.atoms)
        return apportion(planned, unit_layer=self.ground.unit_layer)

    @cached_property
    def pounds_moved(self) -> float:
        """Pounds a year of units that change area."""
        numbers = [self.ground.number[code] for code in self.moved["code"]]
        purse = self.ground.purse
        return float(purse.weights[numbers].sum() / purse.weights.sum() * purse.pounds)

    @cached_property
    def open_names(self) -> list[str]:
        """Names of units without an area."""
        return [self.ground.names[u] for u in np.flatnonzero(self.now.area < 0)]

    @property
    def main_layers(self) -> tuple[str, ...]:
        """The seed layer and the aligned ones."""
        return (self.ground.seed_layer, *self.ground.align)

    def most(self, rows: int) -> int:
        """Return how many rows a table has at most: fewer where much changes, for six pages."""
        return rows // (1 + (len(self.ways) > _MANY) + (len(self.ways) > 3 * _MANY))

    def units(self, count: int | None = None) -> str:
        """Return what units are called, with how many."""
        return units(self.ground.unit_layer, count)

    def _reasons(self) -> dict[str, str]:
        """Return for each unit who moved it last, and why."""
        found: dict[str, str] = {}
        for entry in self.scenario.done:
            if entry.action in ASSIGNING:
                said = ": ".join(part for part in (entry.who, entry.note) if part)
                found |= dict.fromkeys(entry.units, said)
        return found
