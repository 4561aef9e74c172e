"""The command `page`: the negotiating table of a scenario as one HTML file."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from coterminosity.brief import Brief
from coterminosity.terminal import Bar, Boundaries, Population, note

if TYPE_CHECKING:
    import pandas as pd

    from coterminosity.chain import Inputs
    from coterminosity.scenario import Scenario

ScenarioFile = Annotated[
    Path | None,
    typer.Argument(help="A scenario file; the rules' proposal for England 2017 by default."),
]
Figures = Annotated[
    Path | None,
    typer.Option("--figures", help="Indicators by unit code (CSV), to see what moves do to need."),
]


def page(
    scenario: ScenarioFile = None,
    out: Annotated[Path, typer.Option(help="File .html to write.")] = Path("page.html"),
    boundaries: Boundaries = None,
    population: Population = None,
    figures: Figures = None,
) -> None:
    """Write the negotiating table as one HTML file that opens anywhere, without network."""
    from coterminosity.page import write_page

    with Bar() as bar:
        opened, inputs = _opened(scenario, boundaries, population, figures, bar)
        bar("drawing the page", 0, 1)
        path = write_page(opened, out, note=_rights(inputs))
    for remark in inputs.notes:
        note(remark)
    sys.stderr.write(f"wrote {path} ({path.stat().st_size / 1000:,.0f} kB); open it in a browser\n")


def _opened(
    path: Path | None, boundaries: Path | None, population: Path | None, figures: Path | None,
    bar: Bar,
) -> "tuple[Scenario, Inputs]":  # fmt: skip
    from coterminosity import chain
    from coterminosity.negotiating.scenario_files import parse, read_text
    from coterminosity.proposing import propose
    from coterminosity.scenario import Scenario

    text = None if path is None else read_text(path)
    brief = Brief() if text is None else parse(text, where=str(path)).brief
    inputs = chain.gather(
        boundaries, population=population, unit_layer=brief.unit_layer, progress=bar
    )
    need = _need(figures)
    if text is None:
        plan = propose(inputs.graph, inputs.atoms, brief, progress=bar)
        return Scenario(plan, name="England in areas", need=need), inputs
    opened = Scenario.from_toml(
        text, graph=inputs.graph, atoms=inputs.atoms, need=need, where=str(path)
    )
    return opened, inputs


def _need(figures: Path | None) -> "pd.DataFrame | None":
    from coterminosity.figures import read_figures

    return None if figures is None else read_figures(figures)


def _rights(inputs: Any) -> str:
    """Return who holds the rights in boundaries from the catalogue."""
    from coterminosity.page.notes import ATTRIBUTION

    return ATTRIBUTION if any(layer.licence for layer in inputs.drawn.values()) else ""
