"""Commands that measure: `score` two layers, and `audit` what the source papers claim."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from coterminosity.errors import CoterminosityError
from coterminosity.terminal import Bar, Boundaries, Population, note, say, show

# What is shown first; --all shows every measure.
_HEADLINES = (
    "coterminosity", "containment_left", "containment_right", "one_to_one_left",
    "one_to_one_right", "cut_left", "cut_right", "partners_left", "partners_right",
    "best_jaccard", "matched_share", "v_measure",
)  # fmt: skip


def score(
    left: Annotated[str, typer.Argument(help="A layer (lep), a key (lep-2020) or a file.")],
    right: Annotated[str, typer.Argument(help="A layer (stp), a key (stp-2020) or a file.")],
    weight: Annotated[
        str,
        typer.Option(help="population, area, count (of atoms), or a measure such as aged_65_plus."),
    ] = "population",
    population: Population = None,
    boundaries: Annotated[
        Path | None,
        typer.Option(help="Folder to look for keys in, before the fetched layers."),
    ] = None,
    extent: Annotated[
        str | None, typer.Option(help="Clip larger layers to it, such as England.")
    ] = None,
    tolerance: Annotated[
        float, typer.Option(help="Share of a region below which an overlap is a trace.")
    ] = 0.01,
    plans: Annotated[
        int, typer.Option(help="Random plans to compare with, 20 or more; 0 for none.", min=0)
    ] = 200,
    seed: Annotated[int, typer.Option(help="Of the random plans.")] = 1,
    every: Annotated[bool, typer.Option("--all", help="Show every measure.")] = False,
    out: Annotated[Path | None, typer.Option(help="Write the pairs of regions as CSV.")] = None,
) -> None:
    """Score how well two layers coincide."""
    from coterminosity import comparing, measuring, scores
    from coterminosity.writing import csv_writer, write_together

    if out is not None and out.suffix.lower() != ".csv":
        raise CoterminosityError(f"wanted a file .csv to write pairs of regions to, got {out}")
    with Bar() as bar:
        overlap, atoms = comparing.overlap_of(
            left, right, weight=weight, population=population, boundaries=boundaries,
            extent=extent, progress=bar,
        )  # fmt: skip
        skill = measuring.skill_of(
            overlap, atoms, n=plans, rng=seed, tolerance=tolerance, progress=bar
        )
    summary = scores.summary(overlap, tolerance=tolerance)
    if out is not None:
        pairs = comparing.pair_rows(overlap, atoms, tolerance=tolerance)
        write_together(out.parent, {out.name: csv_writer(pairs)})
        sys.stderr.write(f"wrote {len(pairs)} pairs to {out}\n")
    what = measuring.counted(overlap.measure)
    titles = measuring.titles(overlap)
    say(f"{titles[0]} against {titles[1]}, by {what}")
    say("")
    show(measuring.class_rows(overlap, tolerance=tolerance))
    say("")
    table = measuring.measure_rows(overlap, summary, skill.table, what=what)
    show(table if every else table.loc[table.index.isin(_HEADLINES)])
    say("")
    for line in measuring.shared(overlap, atoms, tolerance=tolerance):
        say(line)
    for line in skill.notes:
        say(line)
    for line in measuring.confidence(atoms, overlap, tolerance=tolerance):
        say(line)
    if borders := measuring.border_line(atoms, overlap):
        say(borders)
    for side, title in zip(("left", "right"), titles, strict=True):
        if summary[f"double_{side}"] > 0:
            say(
                f"{title} overlap: {summary[f'double_{side}']:.1%} of {what} lie in two or more "
                "and count half in each."
            )
        if summary[f"unallocated_{side}"] > 0:
            say(
                f"{summary[f'unallocated_{side}']:.1%} of {what} lie in none of the {title}: they "
                "count as cut off in shares and overall fit, and not at all in the other measures."
            )


def audit(
    boundaries: Boundaries = None,
    population: Population = None,
    indicators: Annotated[
        Path | None, typer.Option(help="Figures of need by district (CSV with LAD17CD).")
    ] = None,
    work_programme: Annotated[
        Path | None, typer.Option(help="Districts to Work Programme areas (CSV with WPCPA11NM).")
    ] = None,
    plans: Annotated[int, typer.Option(help="Random plans for claims of chance.", min=20)] = 1000,
    seed: Annotated[int, typer.Option(help="Of the random plans.")] = 1,
    out: Annotated[
        Path | None,
        typer.Option(help="Folder for audit.md, audit.html, audit.csv and a table by claim."),
    ] = None,
) -> None:
    """Put the claims of the source papers to the test."""
    from coterminosity import measuring
    from coterminosity.auditing import documents

    with Bar() as bar:
        found = measuring.audit_of(
            boundaries, population=population, indicators=indicators,
            work_programme=work_programme, n=plans, rng=seed, progress=bar,
        )  # fmt: skip
        files = documents.write(found, out) if out is not None else ()
    table = found.table.reset_index()
    table["measured"] = table["measured"].where(table["measured"] != "", table["reason"])
    show(table[["id", "claim", "verdict", "measured"]])
    say(found.counts)
    if files:
        names = [file.name for file in files if file.name.startswith("audit")]
        tables = len(files) - len(names)
        say(f"Wrote to {files[0].parent}: {', '.join(names)} and {tables} tables of single claims")
    for name, text in found.about.items():
        note(f"{name}: {text}")
