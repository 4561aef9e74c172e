"""Checking a table without geometry: a lookup between layers, or figures by region."""

from pathlib import Path

import numpy as np
import pandas as pd

from coterminosity import vintages
from coterminosity.catalogue import facts_of, record_of
from coterminosity.checks import CheckReport
from coterminosity.columns import ons_columns
from coterminosity.errors import listed
from coterminosity.gss import is_gss, layers_of, territory_of
from coterminosity.mending import no_problems, problem_rows
from coterminosity.reading import read_table
from coterminosity.regrouping import layers_in_table
from coterminosity.writing import is_formula

_Groups = dict[tuple[str, str], list[str]]

# A column is one of numbers where so much of what it holds is.
_MOSTLY = 0.8
# Numbers of rows and the like say nothing of regions.
_ROW_NUMBERS = ("fid", "objectid", "ogc_fid")


def check_table(path: str | Path) -> CheckReport:
    """Check a table of codes: which layers it speaks of, of when, and what is wrong in which row.

    Parameters
    ----------
    path : str or Path
        CSV (also gzipped), xlsx or Parquet.

    Returns
    -------
    CheckReport
        One check per column, and one problem per row concerned.

    Raises
    ------
    BoundaryFileError
        Where the file cannot be read as a table.
    """
    table = read_table(Path(path))
    layers = layers_in_table(table.columns)
    key = _key(table, layers)
    rows = [("rows", "ok", f"{len(table):,}", ""), _key_check(table, key, layers)]
    problems = [_double_rows(table, key)]
    partial = any(not facts.complete for own, _ in layers if (facts := facts_of(own)))
    for (layer, year), columns in layers.items():
        rows.append(_layer_check(table, layer, year, columns, partial=partial))
        problems.append(_code_problems(table, layer, year, columns))
        if key is not None and columns[0] != key:
            rows.append(_membership(table, key, layer, columns))
    shown = {c for columns in layers.values() for c in columns} | _names_in(table)
    others = [c for c in table.columns if c not in shown and c.lower() not in _ROW_NUMBERS]
    rows += [_figure_check(table, column, key) for column in others]
    problems.append(_formulas(table))
    found = [p for p in problems if len(p)]
    for problem, own in pd.concat(found or [no_problems()]).groupby("problem"):
        where = [f"row {row}" for row in own["row"]]
        rows.append((str(problem), "warning", f"{len(own):,}: {listed(where)}", "none"))
    checks = pd.DataFrame(rows, columns=["check", "verdict", "found", "expected"]).astype("str")
    return CheckReport(
        checks=checks.set_index("check"),
        problems=pd.concat(found, ignore_index=True) if found else no_problems(),
    )


def _names_in(table: pd.DataFrame) -> set[str]:
    return set(ons_columns(table.columns, role="NM"))


def _key(table: pd.DataFrame, layers: _Groups) -> str | None:
    """Return the column that tells rows apart best: that with most different codes."""
    columns = [own[0] for own in layers.values()]
    return max(columns, key=lambda column: table[column].nunique(), default=None)


def _key_check(table: pd.DataFrame, key: str | None, layers: _Groups) -> tuple[str, str, str, str]:
    if key is None:
        return (
            "layers", "warning", f"no column of codes; it has {listed(table.columns, most=12)}",
            "columns such as LAD17CD",
        )  # fmt: skip
    double = int(table[key].duplicated().sum())
    names = listed(f"{layer} {year}" for layer, year in layers)
    if double:
        return "layers", "note", f"{names}; {double:,} rows repeat a {key}", "one row each"
    return "layers", "ok", f"{names}; one row per {key}", ""


def _layer_check(
    table: pd.DataFrame, layer: str, year: str, columns: list[str], *, partial: bool
) -> tuple[str, str, str, str]:
    """Compare the number of different codes with that of the catalogue's release.

    A table with a ``partial`` layer, such as combined authorities, need not hold all districts.
    """
    codes = pd.concat([table[column] for column in columns]).dropna()
    known, facts = record_of(layer, year=year), facts_of(layer)
    blanks = int(table[columns[0]].isna().sum())
    number = codes.nunique()
    found = f"{number:,} different" + (f", {blanks:,} blank" if blanks else "")
    if known is None:
        return listed(columns), "note", f"{found}, {layer} of {year}", ""
    extent = territory_of(codes, facts)
    expected = known.regions
    if extent in expected:
        expected = {extent: expected[extent]}
    words = " or ".join(f"{n:,} ({name})" for name, n in expected.items())
    verdict = "ok" if number in expected.values() else "note" if partial else "warning"
    return listed(columns), verdict, found, words


def _membership(
    table: pd.DataFrame, key: str, layer: str, columns: list[str]
) -> tuple[str, str, str, str]:
    """Say in how many regions of the other layer each row's region lies."""
    pairs = pd.concat(
        [table[[key, column]].set_axis(["key", "code"], axis=1) for column in columns]
    )
    each = pairs.dropna().drop_duplicates().groupby("key").size()
    none, several = table[key].nunique() - len(each), int((each > 1).sum())
    words = [f"{int((each == 1).sum()):,} in one"]
    words += [f"{several:,} in several"] if several else []
    words += [f"{none:,} in none"] if none else []
    facts = facts_of(layer)
    odd = (several and facts is not None and facts.kind == "partition") or (
        none and facts is not None and facts.complete
    )
    return f"{key} in {layer}", "note" if odd else "ok", ", ".join(words), ""


def _figure_check(table: pd.DataFrame, column: str, key: str | None) -> tuple[str, str, str, str]:
    given = table[column].dropna()
    numbers = pd.to_numeric(given, errors="coerce")
    lacking = table.loc[table[column].isna(), key or column]
    named = f" ({listed(lacking, most=3)})" if key else ""
    blanks = f", {len(lacking):,} blank{named}" if len(lacking) else ""
    if not len(given):
        return column, "warning", "no value at all", ""
    if numbers.notna().mean() < _MOSTLY:
        if len(set(given)) == 1:
            return column, "note", f"in every row: {str(given.iloc[0])[:160]}{blanks}", ""
        return column, "ok", f"text, {given.nunique():,} different{blanks}", ""
    words = int(numbers.isna().sum())
    told = f"{numbers.min():,.10g} to {numbers.max():,.10g}{blanks}"
    if words:
        return column, "warning", f"{told}, {words} not numbers", "numbers"
    # Blanks are facts as a rule (a district without figures): worth knowing, not wrong.
    return column, "note" if blanks else "ok", told, ""


def _rows(
    table: pd.DataFrame, rows: np.ndarray, label: str, *, problem: str, reason: str = ""
) -> pd.DataFrame:
    labels = pd.Index(table[label].astype("str") if label in table else table.index.astype("str"))
    return problem_rows(labels, rows, problem=problem, reason=reason, outcome="kept")


def _double_rows(table: pd.DataFrame, key: str | None) -> pd.DataFrame:
    again = np.flatnonzero(table.duplicated())
    return _rows(table, again, key or "", problem="row twice")


def _code_problems(table: pd.DataFrame, layer: str, year: str, columns: list[str]) -> pd.DataFrame:
    """Return codes of another kind, blanks and stray spaces, each with its row."""
    facts, tables = facts_of(layer), [no_problems()]
    for number, column in enumerate(columns):
        texts = table[column].astype("object").where(table[column].notna(), "").astype("str")
        blank = (texts.str.strip() == "").to_numpy()
        spaced = (texts != texts.str.strip()).to_numpy()
        if facts is not None and column.rstrip("123456789")[-2:].upper() == "CD":
            odd = ~texts.str.strip().str.startswith(facts.prefixes).to_numpy() & ~blank
            reason = f"{column} should begin with {' or '.join(facts.prefixes)}"
            tables.append(
                _rows(table, np.flatnonzero(odd), column, problem="other code", reason=reason)
            )
        if column.rstrip("123456789")[-2:].upper() == "NM":
            coded = np.flatnonzero(is_gss(texts))
            reason = f"a code among the names of {column}"
            tables.append(_rows(table, coded, column, problem="other code", reason=reason))
        if number == 0 and facts is not None and facts.complete:
            tables.append(_rows(table, np.flatnonzero(blank), column, problem="no code"))
        tables.append(
            _rows(table, np.flatnonzero(spaced), column, problem="spaces", reason=f"in {column}")
        )
    tables.append(_mixed_years(table, layer, year, columns))
    found = [one for one in tables if len(one)]
    return pd.concat(found, ignore_index=True) if found else no_problems()


def _mixed_years(table: pd.DataFrame, layer: str, year: str, columns: list[str]) -> pd.DataFrame:
    """Return districts that did not stand in the year that the column names."""
    codes = table[columns[0]].dropna()
    if layer != "lad" or not is_gss(codes).all() or not layers_of(codes):
        return no_problems()
    wrong = []
    for code in codes.unique():
        first, last = vintages.years_of_districts([code])
        if not first <= int(year) <= (last or int(year)):
            wrong.append(code)
    rows = np.flatnonzero(table[columns[0]].isin(wrong))
    return _rows(table, rows, columns[0], problem="other vintage", reason=f"no district of {year}")


def _formulas(table: pd.DataFrame) -> pd.DataFrame:
    tables = []
    for column in table.columns:
        rows = np.flatnonzero(is_formula(table[column]))
        if len(rows):
            tables.append(_rows(table, rows, column, problem="formula", reason=f"in {column}"))
    return pd.concat(tables, ignore_index=True) if tables else no_problems()
