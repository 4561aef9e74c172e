"""Plans in tables: spreadsheets and boundary files that say which unit is in which area."""

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pandas as pd

from coterminosity.columns import ons_columns
from coterminosity.errors import ScenarioError, listed, nearest
from coterminosity.layer import BoundaryLayer
from coterminosity.reading import is_table, read_boundaries, read_table
from coterminosity.writing import FORMULA_STARTS, csv_writer, drawn_writer, workbook_writer

Missing = Literal["refuse", "open"]
TABLES = (".csv", ".xlsx")
DRAWINGS = (".gpkg", ".geojson")
_GUARDED = re.compile(f"'+[{re.escape(''.join(FORMULA_STARTS))}]")
_UNIT_TITLES = ("code", "unit", "name", "district", "council", "local authority")
_AREA_TITLES = ("area", "area name", "area_name", "plan")


@dataclass(frozen=True)
class _Row:
    """A row of a table: where it stands, what it calls the unit, and the area."""

    number: int
    unit: str
    area: str


def read_areas(
    path: str | Path, names: pd.Series, *, layer: str, missing: Missing = "refuse"
) -> pd.Series:
    """Read to which area each unit belongs, from CSV, Excel, GeoPackage or GeoJSON.

    Units stand in a column ``code``, ``unit``, ``name``, ``district``, ``council`` or ``local
    authority``, or an ONS column of codes or names, by code or by full name; areas in a column
    ``area``. A blank area leaves a unit open. Nothing is guessed: all unknown, double and missing
    units are listed.

    Parameters
    ----------
    path : path
        The file.
    names : Series
        Names by code of all units.
    layer : str
        Of the units.
    missing : {"refuse", "open"}
        What happens to units that the table lacks.

    Returns
    -------
    Series
        Area by code, in the order of ``names``; None where open.

    Raises
    ------
    ScenarioError
        Where a column is missing, or units are unknown, double or missing; ``problems`` has a row
        for each: ``row, unit, area, problem``.
    BoundaryFileError
        Where the file cannot be read.
    """
    path = Path(path)
    if is_table(path):
        table = read_table(path, only_blanks=True)  # an area may be called NA, or None
        table = table.map(_plain)
    else:
        table = read_boundaries(path).drop(columns="geometry")
    unit_column = _unit_column(pd.Index(map(str, table.columns)), path, layer)
    area_column = _titled(pd.Index(map(str, table.columns)), _AREA_TITLES)
    if area_column is None:
        raise ScenarioError(
            f"{path}: no column of areas called 'area'; it has {listed(table.columns, most=12)}"
        )
    # Row 1 of a sheet is that of the titles.
    rows = [
        _Row(number, _text(unit), _text(area))
        for number, (unit, area) in enumerate(
            zip(table[unit_column], table[area_column], strict=True), start=2
        )
    ]
    found, problems = _resolved(rows, names)
    absent = [code for code in names.index if code not in found]
    if missing == "refuse":
        problems += [("", f"{names[code]} ({code})", "", "missing") for code in absent]
    if problems:
        raise ScenarioError(
            f"{path}: {_summed(problems)}; correct the table"
            + (
                ""
                if missing == "open" or not absent
                else ", or let missing units stay open (--missing-open)"
            ),
            problems=pd.DataFrame(problems, columns=["row", "unit", "area", "problem"]),
        )
    own = pd.Series({code: found.get(str(code)) or None for code in names.index}, dtype="object")
    return own.rename("area").rename_axis("code")


def _unit_column(columns: pd.Index, path: Path, layer: str) -> str:
    for role in ("CD", "NM"):
        own = [c for c, (of, _) in ons_columns(columns, role=role).items() if of == layer]
        if own:
            return own[0]
    titled = _titled(columns, _UNIT_TITLES)
    if titled is None:
        raise ScenarioError(
            f"{path}: no column of units called {', '.join(_UNIT_TITLES)} or {layer.upper()}17CD; "
            f"it has {listed(columns, most=12)}"
        )
    return titled


def _titled(columns: pd.Index, titles: tuple[str, ...]) -> str | None:
    by_title = {str(column).strip().casefold(): str(column) for column in columns}
    return next((by_title[title] for title in titles if title in by_title), None)


def _text(value: object) -> str:
    return "" if value is None or value != value else str(value).strip()


def _plain(value: object) -> object:
    """Return a cell without the apostrophe that keeps a spreadsheet from running it."""
    text = value.strip() if isinstance(value, str) else ""
    return text[1:] if _GUARDED.match(text) else value


def _resolved(
    rows: list[_Row], names: pd.Series
) -> tuple[dict[str, str], list[tuple[object, str, str, str]]]:
    """Return area by code, and the problems of rows."""
    folded = [str(name).casefold() for name in names]
    once = Counter(folded)
    by_name = {
        name: str(code) for code, name in zip(names.index, folded, strict=True) if once[name] == 1
    }
    found: dict[str, str] = {}
    problems: list[tuple[object, str, str, str]] = []
    for row in rows:
        code = row.unit if row.unit in names.index else by_name.get(row.unit.casefold(), "")
        if not row.unit:
            if row.area:
                problems.append((row.number, "", row.area, "no unit"))
        elif not code:
            hint = nearest(row.unit, names.astype("str"))
            problems.append((row.number, row.unit, row.area, f"unknown{hint}"))
        elif code in found:
            problems.append((row.number, f"{names[code]} ({code})", row.area, "double"))
        else:
            found[code] = row.area
    return found, problems


def _summed(problems: list[tuple[object, str, str, str]]) -> str:
    texts = []
    for kind in ("unknown", "double", "no unit", "missing"):
        own = [row for row in problems if row[3].startswith(kind)]
        shown = [
            (f"row {row[0]} " if row[0] else "") + row[1] + row[3].removeprefix(kind) for row in own
        ]
        if own:
            texts.append(f"{len(own)} {kind}: {listed(shown)}")
    return "; ".join(texts)


def areas_writer(
    areas: pd.Series, names: pd.Series, path: Path, *, layer: BoundaryLayer | None = None
) -> Callable[[Path], object]:
    """Return a function that writes which unit is in which area, in the format of an ending.

    Parameters
    ----------
    areas, names : Series
        Area (None where open) and name by code.
    path : Path
        ``.csv``, ``.xlsx``, ``.gpkg`` or ``.geojson``.
    layer : BoundaryLayer, optional
        Boundaries of the units, which ``.gpkg`` and ``.geojson`` need; a column ``drawing`` says
        whether they are real or schematic.

    Raises
    ------
    ScenarioError
        Where the ending is another, or boundaries are missing.
    """
    suffix = path.suffix.lower()
    given = areas.reindex(names.index)
    table = pd.DataFrame(
        {
            "code": names.index.astype("str"),
            "name": names.astype("str").to_numpy(),
            "area": given.where(given.notna(), "").to_numpy(),
        }
    )
    if suffix in TABLES:
        # A name that looks guarded is guarded once more, so that reading takes off no letter of it.
        looks = table["area"].str.match(_GUARDED)
        table["area"] = table["area"].mask(looks, "'" + table["area"])
    if suffix == ".csv":
        return csv_writer(table)
    if suffix == ".xlsx":
        return workbook_writer({"plan": table})
    if suffix not in DRAWINGS:
        raise ScenarioError(
            f"{path}: wanted a plan as {', '.join((*TABLES, *DRAWINGS))}, got "
            f"{suffix or 'no ending'}"
        )
    if layer is None:
        raise ScenarioError(f"{path}: drawing a plan needs the boundaries of its units")
    absent = names.index.difference(layer.frame.index)
    if len(absent):
        raise ScenarioError(f"{path}: the boundaries to draw lack {listed(absent)}; give all units")
    frame = layer.frame.loc[names.index, ["geometry"]].reset_index(drop=True)
    drawn = frame.join(table.assign(drawing=layer.geometry_kind))
    return drawn_writer(drawn[["code", "name", "area", "drawing", "geometry"]])
