"""The command `report`: a brief to hand out about a scenario."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from coterminosity.terminal import Bar, Boundaries, Population, note


def report(
    scenario: Annotated[Path, typer.Argument(help="A scenario file (.toml).")],
    out: Annotated[Path, typer.Option(help="File to write: .html or .pdf.")],
    boundaries: Boundaries = None,
    population: Population = None,
    figures: Annotated[
        Path | None,
        typer.Option("--figures", help="Indicators of need by unit code (CSV), if it has any."),
    ] = None,
    fit: Annotated[
        bool, typer.Option("--fit", help="Open what fits, though inputs are others.")
    ] = False,
) -> None:
    """Write a brief to hand out: maps, what changes, areas, options, who must agree, money."""
    from coterminosity import chain
    from coterminosity.figures import read_figures
    from coterminosity.negotiating.scenario_files import parse, read_text
    from coterminosity.reporting import checked_path
    from coterminosity.reporting import report as write
    from coterminosity.scenario import Scenario

    checked_path(out)
    text = read_text(scenario)
    with Bar() as bar:
        units = parse(text, where=str(scenario)).brief.unit_layer
        inputs = chain.gather(boundaries, population=population, unit_layer=units, progress=bar)
        need = None if figures is None else read_figures(figures, layer=units)
        opened = Scenario.from_toml(
            text, graph=inputs.graph, atoms=inputs.atoms, need=need, fit=fit, where=str(scenario)
        )
        bar("setting the brief", 0, 1)
        written = write(opened, out)
    for remark in inputs.notes:
        note(remark)
    sys.stderr.write(f"wrote {written}\n")
