"""Bringing parties to the table: a scenario from any file that holds one, and its ground."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from coterminosity import chain
from coterminosity.atoms import Atoms
from coterminosity.brief import Brief
from coterminosity.chain import Inputs
from coterminosity.errors import BriefError, CodeError, ScenarioError
from coterminosity.figures import read_figures
from coterminosity.gathering import DISTRICTS
from coterminosity.negotiating.area_tables import DRAWINGS, TABLES, Missing, read_areas
from coterminosity.negotiating.scenario_files import (
    SCENARIO,
    ScenarioText,
    format_of,
    given_plan,
    hashes_of,
    parse,
    read_text,
)
from coterminosity.overlay import Progress
from coterminosity.plan_files import FORMAT as PLAN
from coterminosity.plan_files import PlanFile, read_plan
from coterminosity.proposing import propose
from coterminosity.scenario import Scenario

# Layers by which two data sets are told to say the same.
_TOLD_BY = ("lep", "stp", "crc")
_TITLE = "England in areas"
# Endings of files that people have beside a plan, and that hold none.
_NO_PLANS = (".html", ".pdf", ".docx", ".xls", ".txt", ".md", ".png", ".svg")


@dataclass(frozen=True, kw_only=True)
class Seat:
    """Files beside a scenario.

    Attributes
    ----------
    boundaries, population, figures : path, optional
        Boundary files to draw or to stand on, people, and indicators of need by unit.
    brief : Brief, optional
        Choices for a plan that brings none.
    open_missing : bool
        Units that a table lacks stay open, rather than being refused.
    fit : bool
        Open what fits although the inputs are others.
    """

    boundaries: Path | None = None
    population: Path | None = None
    figures: Path | None = None
    brief: Brief | None = None
    open_missing: bool = False
    fit: bool = False


@dataclass(frozen=True, eq=False, kw_only=True)
class Seated:
    """A scenario with what it stands on, and what it is drawn by."""

    scenario: Scenario
    inputs: Inputs

    @property
    def drawn(self) -> Atoms:
        """Atoms that draw the units: of the boundary files where there are any."""
        return self.inputs.atoms


def seat(path: Path | None, given: Seat, *, progress: Progress | None = None) -> Seated:
    """Open a scenario file, a plan file or a table of units and areas as a scenario.

    Without a file, the rules' proposal. Boundary files that say the same of people as the embedded
    figures are drawn by, and the scenario stands on the embedded figures, so that its file opens
    anywhere; else it stands on the boundary files.

    Raises
    ------
    CoterminosityError
        Where the file holds none of these, is damaged, or was made of other inputs.
    """
    held = None if path is None else _held(path, given)
    brief = _brief(held, given)
    units = brief.unit_layer
    inputs = chain.gather(
        given.boundaries, population=given.population, unit_layer=units, progress=progress
    )
    need = None if given.figures is None else read_figures(given.figures, layer=units)
    standing = _standing_on(inputs, given, held, need)
    if path is None:
        plan = propose(standing.graph, standing.atoms, brief, progress=progress)
        return Seated(scenario=Scenario(plan, name=_TITLE, need=need), inputs=inputs)
    if isinstance(held, ScenarioText):
        scenario = Scenario.opened(
            held, graph=standing.graph, atoms=standing.atoms, need=need, fit=given.fit,
            where=str(path),
        )  # fmt: skip
        return Seated(scenario=scenario, inputs=inputs)
    return Seated(
        scenario=_from_areas(path, held, standing, brief, given, need=need), inputs=inputs
    )


def areas_in(path: Path, first: Seated, given: Seat) -> tuple[str, pd.Series]:
    """Return the title and the areas by unit of a further file, on what a first scenario stands.

    Raises
    ------
    CoterminosityError
        As `seat`.
    """
    held, basis, ground = _held(path, given), first.scenario.basis, first.scenario.ground
    if isinstance(held, ScenarioText):
        own = Scenario.opened(
            held, graph=basis.graph, atoms=basis.atoms, need=first.scenario.need, fit=given.fit,
            where=str(path),
        )  # fmt: skip
        return own.name or path.stem, own.assignment
    if held is not None:
        return path.stem, held.assignment
    missing: Missing = "open" if given.open_missing else "refuse"
    areas = read_areas(path, ground.names_by_code, layer=ground.unit_layer, missing=missing)
    return path.stem, areas


def brief_in(path: Path) -> Brief | None:
    """Return the brief that a scenario or plan file brings; None for a table.

    Raises
    ------
    CoterminosityError
        As `seat`.
    """
    held = _held(path, Seat())
    return None if held is None else held.brief


def about_in(path: Path) -> dict[str, Any]:
    """Return what a plan file says of how it was made; empty for a scenario or a table."""
    held = _held(path, Seat())
    return held.about if isinstance(held, PlanFile) else {}


def assignment_in(path: Path, inputs: Inputs, given: Seat) -> pd.Series:
    """Return the areas by unit of a scenario, a plan file or a table, for units of these inputs.

    Raises
    ------
    CoterminosityError
        As `seat`.
    """
    held = _held(path, given)
    if isinstance(held, ScenarioText):
        on = _standing_on(inputs, given, held, None)
        return Scenario.opened(
            held, graph=on.graph, atoms=on.atoms, fit=given.fit, where=str(path)
        ).assignment
    if held is not None:
        return held.assignment
    missing: Missing = "open" if given.open_missing else "refuse"
    return read_areas(path, inputs.graph.units["name"], layer=inputs.graph.layer, missing=missing)


def _held(path: Path, given: Seat) -> ScenarioText | PlanFile | None:
    """Return what a scenario or plan file holds, or None for a table."""
    if path.suffix.lower() != ".toml":
        _refuse_no_table(path)
        return None
    text = read_text(path)
    form = format_of(text)
    if form.startswith(PLAN.rsplit(" ", 1)[0]):
        return read_plan(path)
    if form.startswith(SCENARIO):
        return parse(text, where=str(path), fit=given.fit)
    raise ScenarioError(
        f"{path}: wanted a scenario or a plan, got {f'format {form!r}' if form else 'no format'}; "
        "`coterminosity propose --out FOLDER` writes a plan"
    )


def _refuse_no_table(path: Path) -> None:
    """Refuse what can be no table of units and areas, before a reader of boundaries is asked."""
    if not path.exists():
        raise ScenarioError(f"{path}: no such file; check the spelling and the folder")
    wanted = f"wanted a scenario or a plan as .toml, {', '.join((*TABLES, *DRAWINGS))}"
    if path.suffix.lower() in _NO_PLANS:
        hint = "; save the scenario from the page" if path.suffix.lower() == ".html" else ""
        raise ScenarioError(f"{path}: {wanted}, got {path.suffix or 'no ending'}{hint}")
    if path.is_dir() and not path.suffix and not any(path.glob("*.shp")):
        raise ScenarioError(f"{path} is a folder; {wanted}")


def _brief(held: ScenarioText | PlanFile | None, given: Seat) -> Brief:
    if isinstance(held, ScenarioText):
        return held.brief
    own = None if held is None else held.brief
    return given.brief or own or Brief()


def _standing_on(
    inputs: Inputs, given: Seat, held: ScenarioText | PlanFile | None, need: pd.DataFrame | None
) -> Inputs:
    """Return the embedded figures where the boundaries say the same, or the scenario is of them."""
    if given.boundaries is None or given.population is not None:
        return inputs
    units = inputs.graph.layer
    if units != DISTRICTS:
        return inputs
    embedded = chain.gather(unit_layer=units)
    if isinstance(held, ScenarioText):
        recorded = dict(held.base.about["inputs"])
        if recorded == hashes_of(inputs.graph, inputs.atoms, need):
            return inputs
        same = recorded == hashes_of(embedded.graph, embedded.atoms, need)
        return embedded if same and _draws(inputs, embedded) else inputs
    return embedded if _says_the_same(inputs.atoms, embedded.atoms) else inputs


def _draws(inputs: Inputs, embedded: Inputs) -> bool:
    """Tell whether boundary files are of the same units."""
    return bool(inputs.graph.units.index.equals(embedded.graph.units.index))


def _says_the_same(one: Atoms, other: Atoms) -> bool:
    """Tell whether two data sets put the same people into the same regions, to half a person."""
    shared = [layer for layer in _TOLD_BY if layer in one.layers and layer in other.layers]
    for layer in shared:
        mine, yours = (
            own.overlap(DISTRICTS, layer).pairs.set_index(["left", "right"])["weight"]
            for own in (one, other)
        )
        if len(mine.index.symmetric_difference(yours.index)):
            return False
        if (mine - yours.reindex(mine.index)).abs().max() > 0.5:
            return False
    return len(shared) > 1


def _from_areas(
    path: Path,
    held: PlanFile | None,
    inputs: Inputs,
    brief: Brief,
    given: Seat,
    *,
    need: pd.DataFrame | None,
) -> Scenario:
    names = inputs.graph.units["name"]
    missing: Missing = "open" if given.open_missing else "refuse"
    if held is None:
        areas = read_areas(path, names, layer=inputs.graph.layer, missing=missing)
        method = "given"
    else:
        areas, method = held.assignment, str(held.about.get("method") or "given")
        strange = sorted(set(map(str, areas.index)) ^ set(map(str, names.index)))
        if strange:
            raise CodeError(f"{path}: of other units than these: {', '.join(strange[:6])}")
    plan = given_plan(areas.reindex(names.index), inputs.graph, inputs.atoms, brief, method=method)
    try:
        return Scenario(plan, name=path.stem, need=need)
    except BriefError as error:
        raise BriefError(f"{path}: {error}") from error
