"""Commands of the negotiating table: `scenario` makes steps, `compare` sets plans side by side."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from coterminosity.errors import CoterminosityError
from coterminosity.terminal import Bar, Boundaries, Population, brief_of, note, say, show

if TYPE_CHECKING:
    from coterminosity.scenario import Scenario
    from coterminosity.seating import Seat

ScenarioFile = Annotated[
    Path | None,
    typer.Argument(
        help="A scenario, a plan.toml, or a table of units and areas (.csv, .xlsx, .gpkg, "
        ".geojson); the rules' proposal by default."
    ),
]
Figures = Annotated[
    Path | None,
    typer.Option("--figures", help="Indicators by unit code (CSV), to see what moves do to need."),
]
BriefFile = Annotated[
    Path | None, typer.Option("--brief", help="Choices for a plan that brings none.")
]
Missing = Annotated[
    bool, typer.Option("--missing-open", help="Units that a table lacks stay without an area.")
]
Fit = Annotated[
    bool, typer.Option("--fit", help="Open what fits although the file was made of other inputs.")
]
_NOWHERE = "no area"
_LAYER_COLUMNS = ["layer", "regions", "whole", "cut", "same", "split_people", "merge_people",
                  "coterminosity"]  # fmt: skip


def scenario(
    file: ScenarioFile = None,
    step: Annotated[
        list[str] | None,
        typer.Option(
            "--do",
            help="A step, such as 'move Croydon to Coast to Capital', 'merge A with B', 'settle "
            "z10 to New Anglia', 'lock Leeds', 'undo'; may be given several times.",
        ),
    ] = None,
    who: Annotated[str | None, typer.Option(help="Who speaks.")] = None,
    why: Annotated[str, typer.Option("--note", help="Why, for each of these steps.")] = "",
    strict: Annotated[
        bool, typer.Option("--strict", help="Refuse steps that break something.")
    ] = False,
    options: Annotated[
        str | None,
        typer.Option(help="Show the options of contested ground: a body, a unit, a zone, or all."),
    ] = None,
    name: Annotated[str | None, typer.Option(help="Title of the scenario.")] = None,
    boundaries: Boundaries = None,
    population: Population = None,
    figures: Figures = None,
    brief: BriefFile = None,
    missing_open: Missing = False,
    fit: Fit = False,
    out: Annotated[
        Path | None,
        typer.Option(help="Write the scenario (.toml), or its areas (.csv, .xlsx, .gpkg, ...)."),
    ] = None,
) -> None:
    """Open a scenario, make steps, and show what they do to people, bodies and money."""
    from dataclasses import replace

    from coterminosity.seating import seat
    from coterminosity.spoken_steps import spoken

    with Bar() as bar:
        given = seat_of(boundaries, population, figures, brief, missing_open, fit)
        seated = seat(file, given, progress=bar)
        own = seated.scenario
        if name is not None:
            own = replace(own, name=name)
        first = len(own.done)
        for text in step or []:
            own = spoken(own, text, who=who, note=why, strict=strict or None)
        if out is not None:
            bar("writing", 0, 1)
            drawn = seated.inputs.layer(own.ground.unit_layer)
            written = own.write(out, layer=drawn)
    for remark in seated.inputs.notes:
        note(remark)
    if options is not None:
        say(own.options(None if options == "all" else options).describe())
    else:
        _tell(own, first)
    if out is not None:
        sys.stderr.write(f"wrote {written}\n")


def _tell(own: "Scenario", first: int) -> None:
    """Show the figures of a scenario, with the steps made now."""
    table = own.areas.reset_index()
    table["pounds_m"] = table["pounds"] / 1e6
    table["contracts"] = table["contracts"].map("{:.1f}".format)
    table["governance"] = own.governance["label"].reindex(own.areas.index).to_numpy()
    columns = ["area", "units", "people", "pounds_m", "contracts", "size_band", "pieces",
               "governance"]  # fmt: skip
    show(table[columns])
    show(own.layers.reset_index()[_LAYER_COLUMNS], title="Bodies and areas:")
    for entry in own.done[first:]:
        for flag in entry.flags:
            note(f"{entry.action}: {flag}")
    breaches = own.breaches
    if len(breaches):
        say("What does not hold:")
        for text in breaches["what"]:
            say(f"  {text}")
    if own.done:
        say(own.compare().describe())
    say(own.ground.purse.caption)


def compare(
    files: Annotated[
        list[Path],
        typer.Argument(
            help="Two or more scenarios, plans or tables; a single scenario is compared with its "
            "start."
        ),
    ],
    brief: Annotated[
        Path | None, typer.Option(help="Prices and band; else those of the first file.")
    ] = None,
    boundaries: Boundaries = None,
    population: Population = None,
    figures: Figures = None,
    base: Annotated[
        Path | None,
        typer.Option("--base", help="A plan in force, for status_quo_cost and frozen."),
    ] = None,
    missing_open: Missing = False,
    fit: Fit = False,
    out: Annotated[Path | None, typer.Option(help="Folder for the tables, as CSV.")] = None,
) -> None:
    """Set plans side by side: figures, bodies, who moves, and the shortest way between two."""
    from coterminosity.seating import areas_in, seat

    with Bar() as bar:
        given = seat_of(boundaries, population, figures, brief, missing_open, fit)
        first = seat(files[0], given, progress=bar)
        bar("comparing", 0, 1)
        own = first.scenario
        if len(files) == 1:
            pairs = [("start", own.plan.assignment), ("now", own.assignment)]
        else:
            pairs = [(own.name or files[0].stem, own.assignment)]
            pairs += [areas_in(file, first, given) for file in files[1:]]
            titles = [title for title, _ in pairs]
            if len(set(titles)) < len(titles):  # told apart by their files
                pairs = [(f.stem, areas) for f, (_, areas) in zip(files, pairs, strict=True)]
        side = _side_by_side(own, pairs)
        in_force = None if base is None else areas_in(base, first, given)[1]
        way = _way(own, pairs, in_force)
    _show_side(side)
    if way is not None:
        _show_way(way)
    if out is not None:
        _write_tables(side, way, out)


def seat_of(
    boundaries: Path | None, population: Path | None, figures: Path | None, brief: Path | None,
    missing_open: bool, fit: bool,
) -> "Seat":  # fmt: skip
    """Return the files that a user names beside a scenario."""
    from coterminosity.seating import Seat

    return Seat(
        boundaries=boundaries, population=population, figures=figures,
        brief=None if brief is None else brief_of(brief, None),
        open_missing=missing_open, fit=fit,
    )  # fmt: skip


def _side_by_side(own: "Scenario", pairs: list[tuple[str, Any]]) -> Any:
    from coterminosity.negotiating.side_by_side import side_by_side

    return side_by_side(own.ground, pairs)


def _way(own: "Scenario", pairs: list[tuple[str, Any]], in_force: Any) -> Any:
    """Return what it costs and takes to go from the first of two plans to the second."""
    from coterminosity.proposing.comparison import compare_assignments
    from coterminosity.proposing.stating import state

    if len(pairs) != 2:
        return None
    basis = own.basis
    problem = state(basis.graph, basis.atoms, own.plan.brief, base=in_force)
    return compare_assignments(problem, pairs[0][1], pairs[1][1])


def _show_side(side: Any) -> None:
    from coterminosity.negotiating.side_by_side import FIGURES

    figures = side.figures.reset_index()
    figures["figure"] = figures["figure"].map(FIGURES)
    show(figures.map(lambda own: own if isinstance(own, str) else f"{own:,}"))
    layers = side.layers.reset_index()
    show(layers[["layer", "plan", *_LAYER_COLUMNS[2:]]], title="Bodies and areas:")
    say(side.describe())
    moved = side.moved
    if len(moved):
        show(moved.replace({"from": {"": _NOWHERE}, "to": {"": _NOWHERE}}),
             title="Units in other areas:")  # fmt: skip


def _show_way(way: Any) -> None:
    say(way.describe())
    if len(way.terms):
        show(way.terms.reset_index())
    steps = way.script[["step", "name", "from", "to", "people", "cost_after"]]
    steps = steps.dropna(axis="columns")  # with units left open a plan has no cost
    steps = steps.replace({"from": {"": _NOWHERE}, "to": {"": _NOWHERE}})
    if len(steps):
        show(steps, title="Moves, one after the other, that keep areas in one piece:")


def _write_tables(side: Any, way: Any, out: Path) -> None:
    from coterminosity.writing import csv_writer, write_together

    if out.suffix:
        raise CoterminosityError(f"wanted a folder for the tables, got {out}; name one")
    tables = {
        "figures": side.figures.reset_index(), "layers": side.layers.reset_index(),
        "layer_changes": side.layer_changes.reset_index(), "areas": side.areas,
        "area_scores": side.area_scores, "moved": side.moved, "bodies": side.bodies,
        "distances": side.distances.reset_index(),
    }  # fmt: skip
    if way is not None:
        tables["script"] = way.script
    files = write_together(out, {f"{own}.csv": csv_writer(t) for own, t in tables.items()})
    sys.stderr.write(f"wrote {', '.join(str(file) for file in files)}\n")
