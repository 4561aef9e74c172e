"""The command `report`: a brief to hand out about a scenario."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from coterminosity.scenario_commands import BriefFile, Figures, Fit, Missing, ScenarioFile, seat_of
from coterminosity.terminal import Bar, Boundaries, Population, note


def report(
    out: Annotated[Path, typer.Option(help="File to write: .html or .pdf.")],
    scenario: ScenarioFile = None,
    boundaries: Boundaries = None,
    population: Population = None,
    figures: Figures = None,
    brief: BriefFile = None,
    missing_open: Missing = False,
    fit: Fit = False,
) -> None:
    """Write a brief to hand out: maps, what changes, areas, options, who must agree, money."""
    from coterminosity.reporting import checked_path
    from coterminosity.reporting import report as write
    from coterminosity.seating import seat

    checked_path(out)
    with Bar() as bar:
        given = seat_of(boundaries, population, figures, brief, missing_open, fit)
        seated = seat(scenario, given, progress=bar)
        bar("setting the brief", 0, 1)
        drawn = seated.inputs.layer(seated.scenario.ground.unit_layer)
        written = write(seated.scenario, out, layer=drawn)
    for remark in seated.inputs.notes:
        note(remark)
    sys.stderr.write(f"wrote {written}\n")
