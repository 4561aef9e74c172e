"""Commands that draw: `map` one picture, `gallery` all of them, `explore` a map to look around."""

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from coterminosity.terminal import Bar, Boundaries, Policy, Population, brief_of, note


class Kind(StrEnum):
    """The pictures there are; `picturing.KINDS` draws them."""

    areas = "areas"
    figure19 = "figure19"
    figure20 = "figure20"
    figure21 = "figure21"
    before_after = "before-after"
    difference = "difference"
    contested = "contested"
    multiples = "multiples"
    relations = "relations"
    coincidence = "coincidence"
    need = "need"
    money = "money"
    heat = "heat"
    flows = "flows"
    likeness = "likeness"
    number_of_areas = "number-of-areas"
    chance = "chance"
    sizes = "sizes"
    certainty = "certainty"
    frontier = "frontier"


class _Geometry(StrEnum):
    real = "real"
    schematic = "schematic"
    hex = "hex"


class _Format(StrEnum):
    png = "png"
    svg = "svg"
    pdf = "pdf"


BriefFile = Annotated[Path | None, typer.Option("--brief", help="Choices as a TOML file.")]
Geometry = Annotated[
    _Geometry | None,
    typer.Option(help="Boundaries, a schematic drawing, or a hexagon for each district."),
]
PlanFile = Annotated[
    Path | None,
    typer.Option(
        "--plan", help="A plan, scenario or table of units and areas; else the brief's proposal."
    ),
]
Against = Annotated[
    Path | None,
    typer.Option("--against", help="Another of these to compare with; else the best plan."),
]
Figures = Annotated[
    Path | None, typer.Option("--figures", help="Figures by unit code (CSV), for kind need.")
]
Column = Annotated[str | None, typer.Option("--column", help="Which of the figures.")]


def draw(
    out: Annotated[Path, typer.Option(help="Picture to write: .png, .svg or .pdf.")],
    kind: Annotated[Kind, typer.Option(help="What to draw.")] = Kind.areas,
    geometry: Geometry = None,
    plan: PlanFile = None,
    against: Against = None,
    figures: Figures = None,
    column: Column = None,
    boundaries: Boundaries = None,
    population: Population = None,
    brief: BriefFile = None,
    contested: Policy = None,
) -> None:
    """Draw one picture: a map or a diagram."""
    from coterminosity import picturing

    with Bar() as bar:
        scene = _scene(
            bar, brief_of(brief, contested), boundaries, population, geometry, plan, against,
            (figures, column),
        )  # fmt: skip
        bar("drawing", 0, 1)
        picturing.draw_file(scene, kind.value, out=out)
    sys.stderr.write(f"wrote {out}\n")


def gallery(
    out: Annotated[Path, typer.Option(help="Folder for the pictures.")],
    suffix: Annotated[_Format, typer.Option("--format", help="Of the pictures.")] = _Format.png,
    geometry: Geometry = None,
    plan: PlanFile = None,
    against: Against = None,
    figures: Figures = None,
    column: Column = None,
    boundaries: Boundaries = None,
    population: Population = None,
    brief: BriefFile = None,
    contested: Policy = None,
) -> None:
    """Draw every picture there is to a folder."""
    from coterminosity import picturing

    with Bar() as bar:
        scene = _scene(
            bar, brief_of(brief, contested), boundaries, population, geometry, plan, against,
            (figures, column),
        )  # fmt: skip
        files = picturing.gallery(
            scene, out, suffix=f".{suffix.value}",
            progress=lambda name, k, n: bar(f"drawing {name}", k, n),
        )  # fmt: skip
    sys.stderr.write(f"wrote {len(files)} pictures to {out}\n")


def explore(
    out: Annotated[Path, typer.Option(help="Page to write: .html.")],
    geometry: Geometry = None,
    plan: PlanFile = None,
    boundaries: Boundaries = None,
    population: Population = None,
    brief: BriefFile = None,
    contested: Policy = None,
) -> None:
    """Write a map to pan, zoom and point at, as one page that needs no network."""
    from coterminosity.exploring import explore as look

    with Bar() as bar:
        scene = _scene(
            bar, brief_of(brief, contested), boundaries, population, geometry, plan, None,
            (None, None),
        )  # fmt: skip
        bar("drawing", 0, 1)
        look(scene.plan, scene.units, geometry=scene.geometry).save(out)
    sys.stderr.write(f"wrote {out}\n")


def _scene(
    bar: Bar, choices: Any, boundaries: Path | None, population: Path | None,
    geometry: _Geometry | None, plan: Path | None, against: Path | None,
    need: tuple[Path | None, str | None],
) -> Any:  # fmt: skip
    from coterminosity import chain, picturing
    from coterminosity.figures import read_figures
    from coterminosity.proposing import propose
    from coterminosity.scenario import Scenario
    from coterminosity.seating import Seat, Seated, areas_in, seat

    given = Seat(boundaries=boundaries, population=population, brief=choices)
    if plan is not None:
        seated = seat(plan, given, progress=bar)
    else:
        # What is drawn is worked out on the boundaries that draw it.
        inputs = chain.gather(
            boundaries, population=population, unit_layer=choices.unit_layer, progress=bar
        )
        made = propose(inputs.graph, inputs.atoms, choices, progress=bar)
        seated = Seated(scenario=Scenario(made), inputs=inputs)
    for remark in seated.inputs.notes:
        note(remark)
    return picturing.Scene(
        inputs=seated.inputs,
        plan=seated.scenario.to_plan(),
        geometry=None if geometry is None else geometry.value,
        against=None if against is None else areas_in(against, seated, given)[1],
        figures=None if need[0] is None else read_figures(need[0]),
        column=need[1],
        given=plan is not None,
    )
