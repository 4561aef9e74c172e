"""The command `report`: a brief to hand out about a scenario."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from coterminosity.scenario_commands import BriefFile, Figures, Fit, Missing, ScenarioFile
from coterminosity.terminal import Bar, Boundaries, Population, brief_of, note


def report(
    scenario: ScenarioFile = None,
    out: Annotated[Path, typer.Option(help="File .html or .pdf to write.")] = Path("brief.pdf"),
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
    from coterminosity.seating import Seat, seat

    checked_path(out)
    given = Seat(
        boundaries=boundaries, population=population, figures=figures,
        brief=None if brief is None else brief_of(brief, None), open_missing=missing_open, fit=fit,
    )  # fmt: skip
    with Bar() as bar:
        seated = seat(scenario, given, progress=bar)
        bar("drawing and setting the brief", 0, 1)
        own = seated.scenario
        written = write(own, out, layer=seated.inputs.layer(own.ground.unit_layer))
    for remark in seated.inputs.notes:
        note(remark)
    sys.stderr.write(f"wrote {written}\n")
