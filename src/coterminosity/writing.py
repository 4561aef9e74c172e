"""Writing results: tables safe to open in a spreadsheet, and files that appear together."""

import contextlib
import os
import shutil
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

import geopandas as gpd
import pandas as pd

from coterminosity.errors import CoterminosityError

# A spreadsheet takes a cell that begins so for a formula and runs it.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def is_formula(texts: pd.Series) -> pd.Series:
    """Tell cells that a spreadsheet would run as a formula; plain numbers are none.

    Examples
    --------
    >>> is_formula(pd.Series(["=1+1", "-2.5", "Devon", "@SUM(A1)"])).to_list()
    [True, False, False, True]
    """
    given = texts.astype("object").where(texts.notna(), "").astype("str")
    number = pd.to_numeric(given, errors="coerce").notna()
    return given.str.startswith(FORMULA_STARTS) & ~number


def without_formulas(table: pd.DataFrame) -> pd.DataFrame:
    """Return the table with an apostrophe before each text that a spreadsheet would run.

    Examples
    --------
    >>> without_formulas(pd.DataFrame({"name": ["=cmd()", "Devon"]}))["name"].to_list()
    ["'=cmd()", 'Devon']
    """
    safe = table.copy()
    for column in safe.columns:
        if safe[column].dtype.kind not in "biufM":
            risky = is_formula(safe[column])
            if risky.any():
                texts = safe[column].astype("object")
                safe[column] = texts.where(~risky, "'" + texts.astype("str"))
    safe.columns = pd.Index(
        [f"'{name}" if is_formula(pd.Series([name]))[0] else name for name in safe.columns]
    )
    return safe


def csv_writer(table: pd.DataFrame) -> Callable[[Path], object]:
    """Return a function that writes a table as CSV, the same bytes for the same table."""
    safe = without_formulas(table)
    return lambda path: safe.to_csv(path, index=False, lineterminator="\n", float_format="%.10g")


def workbook_writer(tables: Mapping[str, pd.DataFrame]) -> Callable[[Path], object]:
    """Return a function that writes tables as sheets of a workbook, by the names of the sheets."""
    safe = {name: without_formulas(table) for name, table in tables.items()}

    def write(path: Path) -> None:
        with pd.ExcelWriter(path, engine="openpyxl") as book:
            for name, table in safe.items():
                table.to_excel(book, sheet_name=name, index=False)

    return write


def drawn_writer(frame: gpd.GeoDataFrame) -> Callable[[Path], object]:
    """Return a function that writes polygons as GeoPackage, or as GeoJSON in longitudes.

    GeoJSON knows no other coordinates (RFC 7946).
    """

    def write(path: Path) -> None:
        if path.suffix.lower() == ".geojson":
            frame.to_crs("EPSG:4326").to_file(path, driver="GeoJSON", RFC7946="YES")
        else:
            frame.to_file(path, driver="GPKG", layer="plan")

    return write


def write_together(
    out: Path,
    writers: dict[str, Callable[[Path], object]],
    *,
    progress: Callable[[str, int, int], None] | None = None,
) -> tuple[Path, ...]:
    """Write several files to a folder so that all appear or none does.

    Each is written to a hidden folder first; only when all are complete are they moved in.
    """
    out = writable(out)
    made = not out.exists()
    out.mkdir(parents=True, exist_ok=True)
    taken = [name for name in writers if (out / name).is_dir()]
    if taken:
        raise CoterminosityError(f"{out / taken[0]} is a folder; remove it or name another --out")
    scratch = Path(tempfile.mkdtemp(prefix=".unfinished-", dir=out))
    finished = False
    try:
        for done, (name, write) in enumerate(writers.items()):
            if progress is not None:
                progress(name, done, len(writers))
            write(scratch / name)
        for name in writers:
            os.replace(scratch / name, out / name)
        finished = True
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
        if made and not finished:
            with contextlib.suppress(OSError):
                out.rmdir()
    return tuple(out / name for name in writers)


def writable(out: Path) -> Path:
    """Return a path that can be a folder of results.

    Raises
    ------
    CoterminosityError
        Where it is a file.
    """
    if out.exists() and not out.is_dir():
        raise CoterminosityError(f"{out} is a file; name a folder for the results")
    return out
