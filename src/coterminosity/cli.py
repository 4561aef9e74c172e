"""The command line: one public call per command, figures to stdout, messages to stderr."""

import io
import sys
import threading
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from coterminosity import __version__
from coterminosity.brief import Brief
from coterminosity.errors import CoterminosityError, listed

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    help="Measure how well the boundaries of public bodies coincide, and propose merged areas.",
)


class _Policy(StrEnum):
    """Choices as an enumeration, so that a wrong one is wrong usage."""

    open = "open"
    least_split = "least-split"
    strongest_claim = "strongest-claim"


class _Kind(StrEnum):
    """The maps there are."""

    areas = "areas"
    figure19 = "figure19"
    figure20 = "figure20"
    figure21 = "figure21"


_PLAN_TABLES = ("plan", "areas", "decisions", "alternatives")
_SLOW = 1.0  # seconds: anything longer shows a progress bar

Boundaries = Annotated[
    Path | None,
    typer.Option("--boundaries", help="Folder of boundary files; the embedded figures by default."),
]
Population = Annotated[
    Path | None,
    typer.Option(help="People by code (CSV) or small area; mid-2017 by default."),
]
BriefFile = Annotated[Path | None, typer.Option("--brief", help="Choices as a TOML file.")]
Policy = Annotated[
    _Policy | None,
    typer.Option(
        "--contested",
        help="What happens to contested districts: left for negotiation (open, the default), or "
        "given a provisional home.",
    ),
]


class _Bar:
    """A progress bar on a terminal's stderr that appears when work takes longer than a second."""

    def __init__(self) -> None:
        self._stage: tuple[str, int, int] = ("working", 0, 1)
        self._bar: Progress | None = None
        self._task: Any = None
        self._lock = threading.Lock()
        self._timer = threading.Timer(_SLOW, self._appear)
        self._timer.daemon = True

    def __call__(self, stage: str, done: int, todo: int) -> None:
        with self._lock:
            self._stage = (stage, done, todo)
            self._update()

    def _appear(self) -> None:
        console = Console(stderr=True)
        with self._lock:
            if console.is_terminal:
                self._bar = Progress(
                    TextColumn("{task.description:<28}"), BarColumn(), TimeElapsedColumn(),
                    console=console, transient=True,
                )  # fmt: skip
                self._bar.start()
                self._task = self._bar.add_task("working")
                self._update()

    def _update(self) -> None:
        stage, done, todo = self._stage
        if self._bar is not None:
            # A single step has no measurable share done: the bar then pulses.
            total = todo if todo > 1 else None
            self._bar.update(self._task, description=stage, completed=done, total=total)

    def __enter__(self) -> "_Bar":
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()
        with self._lock:
            if self._bar is not None:
                self._bar.stop()
                self._bar = None


def _say(text: str) -> None:
    """Print to stdout as it stands: no wrapping, no colour, so that it can be piped."""
    sys.stdout.write(text + "\n")


def _show(frame: Any, *, title: str = "") -> None:
    """Print a table, wrapped to the width of the terminal."""
    if title:
        _say(title)
    table = Table(show_edge=False, pad_edge=False)
    for column in frame.columns:
        table.add_column(str(column), overflow="fold")
    for row in frame.itertuples(index=False):
        table.add_row(*(_text(value) for value in row))
    width = None if sys.stdout.isatty() else 160
    Console(highlight=False, markup=False, emoji=False, width=width).print(table)


def _text(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.4f}" if abs(value) <= 1 else f"{value:,.0f}"
    return str(value)


def _brief(file: Path | None, contested: _Policy | None) -> Brief:
    brief = Brief.from_file(file) if file else Brief()
    return brief if contested is None else replace(brief, contested=contested.value)


def _version(wanted: bool) -> None:
    if wanted:
        _say(__version__)
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
    brief: BriefFile = None,
    contested: Policy = None,
) -> None:
    """Read, score, propose and map: the whole chain, with all tables and maps in one folder."""
    from coterminosity import chain

    with _Bar() as bar:
        result = chain.run(
            boundaries,
            out=out,
            population=population,
            brief=_brief(brief, contested),
            progress=bar,
        )
    for note in result.inputs.notes:
        sys.stderr.write(f"note: {note}\n")
    _summarise(result)


def _summarise(result: Any) -> None:
    plan, shares, pair = result.plan, result.no_conflict, result.lep_stp
    kind = "schematic maps" if result.inputs.schematic else "real boundaries"
    _say(f"{plan.count} areas of {len(plan.units)} districts ({kind})")
    _say(
        f"No conflict (class A): {shares['people']:.1%} of people, {shares['land']:.1%} of land, "
        f"{shares['units']:.1%} of districts"
    )
    _say(
        f"LEPs and STPs today, by people: split share {pair['split_share']:.1%} (cut off from the "
        f"bulk of their LEP by STP borders), merge share {pair['merge_share']:.1%} (from their STP "
        f"by LEP borders), coterminosity {pair['coterminosity']:.3f}"
    )
    for layer, after in result.after.items():
        name = str(layer).upper()
        _say(
            f"{name}s and the proposed areas: split share {after['split_share']:.1%}, merge share "
            f"{after['merge_share']:.1%}, coterminosity {after['coterminosity']:.3f}"
        )
    classes = plan.units["class"].value_counts()
    _say(f"Overlaps settled by the STP edge (class B): {classes.get('B', 0)} districts")
    names = ", ".join(sorted(plan.contested["name"])) or "none"
    _say(f"Contested districts (class C, to negotiate): {len(plan.contested)}: {names}")
    if len(plan.contested) and not len(plan.open_units):
        _say(f"  with a provisional home by the rule {plan.brief.contested}")
    pieces = plan.pieces(result.inputs.graph)
    if (pieces > 1).any():
        broken = ", ".join(f"{area} in {count}" for area, count in pieces[pieces > 1].items())
        until = " until open districts are settled" if len(plan.open_units) else ""
        _say(f"In pieces{until}: {broken}")
    links = result.inputs.graph.report().loc["land and links"]
    if links["components"] > 1:
        _say(f"Not connected by borders or links: {links['components']} parts of the graph")
    locked = plan.units.loc[plan.units["flag"] == "locked"]
    for row in locked.to_dict("records"):
        _say(f"Locked by the brief: {row['name']} to {row['area']}")
    moved = plan.decisions.loc[plan.decisions["flag"] == "rehomed"]
    for row in moved.to_dict("records"):
        _say(f"Rehomed, since cut off from {row['from']}: {row['name']} to {row['to']}")
    folder = result.files[0].parent
    _say(f"Wrote to {folder}: {', '.join(file.name for file in result.files)}")


@app.command()
def layers() -> None:
    """List the layers that the catalogue knows."""
    from coterminosity.catalogue import layers as known

    _show(
        known().reset_index()[
            ["key", "layer", "title", "vintage", "kind", "regions", "code_column"]
        ]
    )


@app.command()
def check(
    file: Annotated[Path, typer.Argument(help="A boundary file.")],
    layer: Annotated[str | None, typer.Option(help="Short name, such as lep.")] = None,
    code: Annotated[str | None, typer.Option(help="Column of codes.")] = None,
    name: Annotated[str | None, typer.Option(help="Column of names.")] = None,
    crs: Annotated[str | None, typer.Option(help="Of a file that declares none.")] = None,
    source_layer: Annotated[
        str | None, typer.Option(help="Layer inside a GeoPackage or geodatabase.")
    ] = None,
) -> None:
    """Check a boundary file: codes, coordinates, geometry, overlaps, completeness."""
    from coterminosity.layer import BoundaryLayer

    with _Bar() as bar:
        bar(f"checking {file.name}", 0, 1)
        read = BoundaryLayer.from_file(
            file, layer=layer, code=code, name=name, crs=crs, source_layer=source_layer
        )
        table = read.check().reset_index()
    _show(table, title=f"{file.name}: {read!r}")


@app.command()
def score(
    left: Annotated[str, typer.Argument(help="A layer (lep) or a boundary file.")],
    right: Annotated[str, typer.Argument(help="A layer (stp) or a boundary file.")],
    weight: Annotated[str, typer.Option(help="population or area.")] = "population",
    population: Population = None,
    out: Annotated[Path | None, typer.Option(help="Write the pairs of regions as CSV.")] = None,
) -> None:
    """Score how well two layers coincide."""
    from coterminosity import chain, scores

    with _Bar() as bar:
        overlap, atoms = chain.overlap_of(
            left, right, weight=weight, population=population, progress=bar
        )
    summary = scores.summary(overlap)
    if out is not None:
        pairs = chain.pair_rows(overlap, atoms)
        chain.write_together(out.parent, {out.name: chain.csv_writer(pairs)})
        sys.stderr.write(f"wrote {len(pairs)} pairs to {out}\n")
    what = {"area_m2": "land", "population": "people"}.get(overlap.measure, overlap.measure)
    table = summary.rename_axis("score").reset_index(name="value")
    _show(table, title=f"{overlap.left} against {overlap.right}, by {what}")
    for side, layer in (("left", overlap.left), ("right", overlap.right)):
        if summary[f"double_{side}"] > 0:
            sys.stderr.write(
                f"note: {layer} overlaps itself: {summary[f'double_{side}']:.1%} of {what} lie in "
                "two or more of its regions and count half in each\n"
            )
        if summary[f"unallocated_{side}"] > 0:
            sys.stderr.write(
                f"note: {summary[f'unallocated_{side}']:.1%} of {what} lie in no region of "
                f"{layer}; of the other layer they count as cut off\n"
            )


@app.command()
def propose(
    boundaries: Boundaries = None,
    population: Population = None,
    brief: BriefFile = None,
    contested: Policy = None,
    out: Annotated[Path | None, typer.Option(help="Folder for plan, areas and decisions.")] = None,
) -> None:
    """Propose merged areas; print them, or write them as tables."""
    from coterminosity import chain
    from coterminosity.proposing import propose as make

    with _Bar() as bar:
        inputs = chain.gather(boundaries, population=population, progress=bar)
        plan = make(inputs.graph, inputs.atoms, _brief(brief, contested), progress=bar)
    if out is not None:
        tables = chain.result_tables(inputs, plan)
        writers = {f"{n}.csv": chain.csv_writer(tables[n]) for n in _PLAN_TABLES}
        files = chain.write_together(out, writers)
        sys.stderr.write(f"wrote {', '.join(str(file) for file in files)}\n")
    table = plan.area_table(inputs.atoms).reset_index()
    _show(table[["area", "population", "area_km2", "districts", "open_claims", "size_band"]])


@app.command(name="map")
def draw(
    out: Annotated[Path, typer.Option(help="Picture to write: .png, .svg or .pdf.")],
    kind: Annotated[_Kind, typer.Option(help="What to draw.")] = _Kind.areas,
    boundaries: Boundaries = None,
    population: Population = None,
    brief: BriefFile = None,
    contested: Policy = None,
) -> None:
    """Draw one map."""
    from coterminosity import chain
    from coterminosity.proposing import propose as make

    with _Bar() as bar:
        inputs = chain.gather(boundaries, population=population, progress=bar)
        plan = make(inputs.graph, inputs.atoms, _brief(brief, contested), progress=bar)
        bar("drawing", 0, 1)
        chain.draw_file(inputs, plan, kind.value, out=out)
    sys.stderr.write(f"wrote {out}\n")


@app.command()
def where(
    points: Annotated[
        list[str], typer.Argument(help="latitude,longitude or easting,northing; or a CSV of them.")
    ],
    boundaries: Annotated[
        Path, typer.Option("--boundaries", help="Folder of boundary files.", show_default=False)
    ],
) -> None:
    """Name the regions of every layer at a point, overlaps included."""
    from coterminosity import locate

    with _Bar() as bar:
        bar("indexing boundary files", 0, 1)
        asked = [point for text in points for point in locate.read_points(text)]
        found = locate.where([(p.first, p.second) for p in asked], locate.files_in(boundaries))
    lines = [
        f"{point.label},{region.layer},{region.code},{_quoted(region.name)}"
        for point, regions in zip(asked, found, strict=True)
        for region in regions
    ]
    _say("\n".join(["point,layer,code,name", *lines]))
    empty = [point.label for point, regions in zip(asked, found, strict=True) if not regions]
    if empty:
        sys.stderr.write(f"note: in no region: {listed(empty)}\n")


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"' if any(c in name for c in ',"\n') else name


def main() -> None:
    """Run the command line: exit 0 when done, 1 on an error of input, 2 on wrong usage."""
    for stream in (sys.stdout, sys.stderr):
        # A terminal that lacks a letter shows a question mark rather than a traceback.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    try:
        app()
    except CoterminosityError as error:
        sys.stderr.write(f"coterminosity: {error}\n")
        sys.exit(1)
    except OSError as error:
        sys.stderr.write(f"coterminosity: {error.filename or 'file'}: {error.strerror or error}\n")
        sys.exit(1)
    except KeyboardInterrupt:
        sys.stderr.write("coterminosity: interrupted; nothing was written\n")
        sys.exit(130)
