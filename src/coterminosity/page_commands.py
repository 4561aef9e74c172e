"""The command `page`: the negotiating table of a scenario as one HTML file."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from coterminosity.scenario_commands import BriefFile, Figures, Fit, Missing, ScenarioFile, seat_of
from coterminosity.terminal import Bar, Boundaries, Population, note

if TYPE_CHECKING:
    from coterminosity.chain import Inputs


def page(
    scenario: ScenarioFile = None,
    out: Annotated[Path, typer.Option(help="File .html to write.")] = Path("page.html"),
    boundaries: Boundaries = None,
    population: Population = None,
    figures: Figures = None,
    brief: BriefFile = None,
    missing_open: Missing = False,
    fit: Fit = False,
) -> None:
    """Write the negotiating table as one HTML file that opens anywhere, without network."""
    from coterminosity.page import write_page
    from coterminosity.seating import seat

    with Bar() as bar:
        given = seat_of(boundaries, population, figures, brief, missing_open, fit)
        seated = seat(scenario, given, progress=bar)
        bar("drawing the page", 0, 1)
        path = write_page(seated.scenario, out, drawn=seated.drawn, note=_rights(seated.inputs))
    for remark in seated.inputs.notes:
        note(remark)
    sys.stderr.write(f"wrote {path} ({path.stat().st_size / 1000:,.0f} kB); open it in a browser\n")


def _rights(inputs: "Inputs") -> str:
    """Return who holds the rights in boundaries from the catalogue."""
    from coterminosity.catalogue import ATTRIBUTION

    return ATTRIBUTION if any(layer.licence for layer in inputs.drawn.values()) else ""
