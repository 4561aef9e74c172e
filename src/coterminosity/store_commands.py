"""Commands on boundary files: what the catalogue knows, check, fetch, and what lies at a point."""

import csv
import io
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from coterminosity.cache import boundaries_cache
from coterminosity.errors import BoundaryFileError, LayerError, listed
from coterminosity.terminal import Bar, note, say, show

if TYPE_CHECKING:
    import pandas as pd

    from coterminosity.checks import CheckReport

# Problems that change no figure.
_SLIGHT = ("crumb", "reversed rings", "heights", "sliver of overlap")
_SHOWN = 20  # problems on the screen; --out writes them all


def layers() -> None:
    """List the layers that the catalogue knows."""
    from coterminosity.catalogue import layers as known

    table = known().reset_index()
    table["fetch"] = table["url"].map(lambda url: "yes" if url else "")
    show(table[["key", "layer", "title", "vintage", "kind", "regions", "code_column", "fetch"]])


def check(
    file: Annotated[
        str, typer.Argument(help="A boundary file, a lookup or other table, or a key (lep-2017).")
    ],
    layer: Annotated[str | None, typer.Option(help="Short name, such as lep.")] = None,
    code: Annotated[str | None, typer.Option(help="Column of codes.")] = None,
    name: Annotated[str | None, typer.Option(help="Column of names.")] = None,
    crs: Annotated[str | None, typer.Option(help="Of a file that declares none.")] = None,
    to_crs: Annotated[
        str | None, typer.Option(help="Projection in metres to work in, outside Britain.")
    ] = None,
    source_layer: Annotated[
        str | None, typer.Option(help="Layer inside a GeoPackage or geodatabase.")
    ] = None,
    repair: Annotated[bool, typer.Option(help="Repair invalid polygons, or refuse them.")] = True,
    base: Annotated[
        Path | None,
        typer.Option(help="Boundaries that a lookup table groups; --layer names the result."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Write every problem, with code, row and place, as CSV.")
    ] = None,
) -> None:
    """Check a boundary file or a table: codes, vintage, coordinates, geometry, completeness."""
    from coterminosity.layer import BoundaryLayer
    from coterminosity.loading import load
    from coterminosity.reading import has_geometry
    from coterminosity.tabular import check_table

    path = Path(file)
    try:
        with Bar() as bar:
            bar(f"checking {path.name}", 0, 1)
            if base is not None:
                if layer is None:
                    raise LayerError("--base needs --layer: the layer that the table makes of it")
                read = BoundaryLayer.from_file(base).regroup(path, layer=layer)
                report, title = read.check(), f"{path.name} on {base.name}: {read!r}"
            elif not path.suffix and not path.exists():
                read = load(file)
                report, title = read.check(), f"{file}: {read!r}"
            elif has_geometry(path):
                read = BoundaryLayer.from_file(
                    path, layer=layer, code=code, name=name, crs=crs, to_crs=to_crs,
                    source_layer=source_layer, repair=repair,
                )  # fmt: skip
                report, title = read.check(), f"{path.name}: {read!r}"
            else:
                report, title = check_table(path), f"{path.name}: a table without geometry"
    except LayerError as error:
        if error.problems is not None:
            _show_problems(error.problems)
            _write_problems(error.problems, out)
        raise
    _show_report(report, title)
    _write_problems(report.problems, out)


def _show_report(report: "CheckReport", title: str) -> None:
    counts = report.checks["verdict"].value_counts()
    told = ", ".join(f"{counts.get(v, 0)} {v}" for v in ("ok", "note", "warning"))
    show(report.checks.reset_index(), title=f"{title} ({told})")
    _show_problems(report.problems)


def _show_problems(problems: "pd.DataFrame") -> None:
    if not len(problems):
        return
    # What asks for action first; the largest of each kind first.
    slight = problems["problem"].isin(_SLIGHT)
    order = problems.assign(slight=slight).sort_values(
        ["slight", "size"], ascending=[True, False], kind="stable"
    )
    first = order.head(_SHOWN)
    shown = first[["code", "row", "problem", "reason", "x", "y", "size", "unit", "outcome"]].copy()
    for column in ("x", "y"):
        shown[column] = [f"{value:.0f}" if value == value else "" for value in shown[column]]
    shown["size"] = [_size(value) for value in shown["size"]]
    shown["row"] = [str(value) if value else "" for value in shown["row"]]
    kept = [c for c in shown.columns if (shown[c].astype("str") != "").any()]
    show(shown[kept], title=f"\nProblems by region ({len(problems):,})")
    if len(problems) > _SHOWN:
        note(f"{len(problems) - _SHOWN:,} more problems; --out FILE.csv writes them all")


def _size(value: float) -> str:
    if value != value:
        return ""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def _write_problems(problems: "pd.DataFrame", out: Path | None) -> None:
    if out is None:
        return
    from coterminosity.writing import csv_writer, write_together

    write_together(out.parent, {out.name: csv_writer(problems)})
    sys.stderr.write(f"wrote {len(problems)} problems to {out}\n")


def fetch(
    keys: Annotated[list[str], typer.Argument(help="Keys of the catalogue, such as lep-2017.")],
    source: Annotated[
        str | None, typer.Option("--from", help="Folder or address of a mirror.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Folder to keep the files in; the cache by default.")
    ] = None,
    refresh: Annotated[bool, typer.Option("--refresh", help="Download again.")] = False,
) -> None:
    """Download boundaries of the catalogue from the Open Geography Portal, or a mirror."""
    from coterminosity import fetch as fetching
    from coterminosity.catalogue import record_of_key

    records = [record_of_key(key) for key in keys]  # a wrong one is told before any download
    for record in records:
        with Bar() as bar:
            got = fetching.fetch(
                record.key, source=source, folder=out, refresh=refresh, progress=bar
            )
        state = "fetched" if got.fresh else "already there"
        say(f"{got.path}")
        sys.stderr.write(f"{got.key}: {state}, {got.rows:,} regions, sha256 {got.sha256[:12]}\n")
        if got.previous_sha256 not in (None, got.sha256):
            note(f"{got.key} differs from what was fetched before: the publisher changed it")
        sys.stderr.write(f"  {record.facts.attribution}; {record.facts.licence}\n")


def where(
    points: Annotated[
        list[str], typer.Argument(help="latitude,longitude or easting,northing; or a CSV of them.")
    ],
    boundaries: Annotated[
        Path | None,
        typer.Option(help="Folder of boundary files; the fetched ones by default."),
    ] = None,
) -> None:
    """Name the regions of every layer at a point, overlaps included."""
    from coterminosity import locate

    folder = boundaries or boundaries_cache()
    if boundaries is None and not folder.is_dir():
        raise BoundaryFileError(
            "no layers have been fetched yet: name a folder with --boundaries, or get some with "
            "`coterminosity fetch lep-2017 stp-2017 lad-2017`"
        )
    with Bar() as bar:
        bar("indexing boundary files", 0, 1)
        asked = [point for text in points for point in locate.read_points(text)]
        found = locate.where([(p.first, p.second) for p in asked], locate.files_in(folder))
    lines = io.StringIO()
    table = csv.writer(lines, lineterminator="\n")
    table.writerow(("point", "layer", "code", "name"))
    for point, regions in zip(asked, found, strict=True):
        table.writerows((point.label, r.layer, r.code, r.name) for r in regions)
    say(lines.getvalue().rstrip("\n"))
    empty = [point.label for point, regions in zip(asked, found, strict=True) if not regions]
    if empty:
        note(f"in no region: {listed(empty)}")
