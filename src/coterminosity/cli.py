"""The command line: one public call per command, figures to stdout, messages to stderr."""

import io
import os
import sys
import warnings
from pathlib import Path
from typing import Annotated, Any

import typer

from coterminosity import (
    __version__,
    page_commands,
    picture_commands,
    plan_commands,
    report_commands,
    scenario_commands,
    score_commands,
    store_commands,
)
from coterminosity.errors import CoterminosityError, CoterminosityWarning
from coterminosity.terminal import Bar, Boundaries, Policy, Population, brief_of, note, say

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    help="Measure how well the boundaries of public bodies coincide, and propose merged areas.",
)


def _version(wanted: bool) -> None:
    if wanted:
        say(__version__)
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Measure how well the boundaries of public bodies coincide, and propose merged areas."""


@app.command()
def run(
    boundaries: Boundaries = None,
    out: Annotated[Path, typer.Option(help="Folder for tables and maps.")] = Path("out"),
    population: Population = None,
    brief: picture_commands.BriefFile = None,
    contested: Policy = None,
) -> None:
    """Read, score, propose and map: the whole chain, with all tables and maps in one folder."""
    from coterminosity import chain

    with Bar() as bar:
        result = chain.run(
            boundaries,
            out=out,
            population=population,
            brief=brief_of(brief, contested),
            progress=bar,
        )
    for remark in result.inputs.notes:
        note(remark)
    _summarise(result)


def _summarise(result: Any) -> None:
    plan, shares, pair = result.plan, result.no_conflict, result.lep_stp
    kind = "schematic maps" if result.inputs.schematic else "real boundaries"
    say(f"{plan.count} areas of {len(plan.units)} districts ({kind})")
    say(
        f"No conflict (class A): {shares['people']:.1%} of people, {shares['land']:.1%} of land, "
        f"{shares['units']:.1%} of districts"
    )
    say(
        f"LEPs and STPs today, by people: split share {pair['split_share']:.1%} (cut off from the "
        f"bulk of their LEP by STP borders), merge share {pair['merge_share']:.1%} (from their STP "
        f"by LEP borders), coterminosity {pair['coterminosity']:.3f}"
    )
    for layer, after in result.after.items():
        name = str(layer).upper()
        say(
            f"{name}s and the proposed areas: split share {after['split_share']:.1%}, merge share "
            f"{after['merge_share']:.1%}, coterminosity {after['coterminosity']:.3f}"
        )
    classes = plan.units["class"].value_counts()
    say(f"Overlaps settled by the STP edge (class B): {classes.get('B', 0)} districts")
    names = ", ".join(sorted(plan.contested["name"])) or "none"
    say(f"Contested districts (class C, to negotiate): {len(plan.contested)}: {names}")
    if len(plan.contested) and not len(plan.open_units):
        say(f"  with a provisional home by the rule {plan.brief.contested}")
    pieces = plan.pieces(result.inputs.graph)
    if (pieces > 1).any():
        broken = ", ".join(f"{area} in {count}" for area, count in pieces[pieces > 1].items())
        until = " until open districts are settled" if len(plan.open_units) else ""
        say(f"In pieces{until}: {broken}")
    links = result.inputs.graph.report().loc["land and links"]
    if links["components"] > 1:
        say(f"Not connected by borders or links: {links['components']} parts of the graph")
    locked = plan.units.loc[plan.units["flag"] == "locked"]
    for row in locked.to_dict("records"):
        say(f"Locked by the brief: {row['name']} to {row['area']}")
    moved = plan.decisions.loc[plan.decisions["flag"] == "rehomed"]
    for row in moved.to_dict("records"):
        say(f"Rehomed, since cut off from {row['from']}: {row['name']} to {row['to']}")
    folder = result.files[0].parent
    say(f"Wrote to {folder}: {', '.join(file.name for file in result.files)}")


for command in (
    store_commands.layers, store_commands.check, store_commands.fetch, store_commands.where,
    score_commands.score, score_commands.audit, plan_commands.propose, plan_commands.why,
    scenario_commands.scenario, scenario_commands.compare, page_commands.page,
    report_commands.report, picture_commands.gallery, picture_commands.explore,
):  # fmt: skip
    app.command()(command)


app.command(name="map")(picture_commands.draw)


def _shown_as_notes(shown: Any) -> Any:
    """Return a way to show warnings that prints ours as one line without a place in the code."""

    def show_warning(message: Any, category: type[Warning], *place: Any, **more: Any) -> None:
        if issubclass(category, CoterminosityWarning):
            note(str(message))
        else:
            shown(message, category, *place, **more)

    return show_warning


def main() -> None:
    """Run the command line: exit 0 when done, 1 on an error of input, 2 on wrong usage."""
    with warnings.catch_warnings():
        warnings.simplefilter("always", CoterminosityWarning)
        warnings.showwarning = _shown_as_notes(warnings.showwarning)
        _main()


def _main() -> None:
    for stream in (sys.stdout, sys.stderr):
        # A terminal that lacks a letter shows a question mark rather than a traceback.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    try:
        app()
    except CoterminosityError as error:
        sys.stderr.write(f"coterminosity: {error}\n")
        sys.exit(1)
    except BrokenPipeError:
        # Whoever read the output has had enough of it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError as error:
        sys.stderr.write(f"coterminosity: {error.filename or 'file'}: {error.strerror or error}\n")
        sys.exit(1)
    except KeyboardInterrupt:
        sys.stderr.write("coterminosity: interrupted; nothing was written\n")
        sys.exit(130)
