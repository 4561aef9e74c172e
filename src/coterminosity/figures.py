"""Tables of figures or names by region: indicators of need, areas of another body."""

from pathlib import Path

import pandas as pd

from coterminosity.columns import ons_columns
from coterminosity.errors import CodeError, ColumnError, listed
from coterminosity.reading import read_table
from coterminosity.regrouping import layers_in_table

# Columns of numbers that are no figures of a region, but say which row it is or how it was made.
_OF_ROWS = ("fid", "objectid", "ogc_fid", "districts_sharing_value")
# A column is one of figures where so much of what it holds is a number.
_MOSTLY = 0.9


def read_figures(path: str | Path, *, layer: str = "lad") -> pd.DataFrame:
    """Read the columns of numbers of a table by code of a layer.

    Parameters
    ----------
    path : str or Path
        CSV (also gzipped), xlsx or Parquet with a code column such as ``LAD17CD``.
    layer : str
        Whose codes are the rows.

    Returns
    -------
    DataFrame
        By code, a column of float64 for each column of numbers; blanks are NaN.

    Raises
    ------
    BoundaryFileError, ColumnError, CodeError
        Where the file cannot be read, has no codes or no figures, a code stands twice, or a
        figure is no number.
    """
    table, codes = _by_code(Path(path), layer)
    figures = {}
    for name in table.columns.difference(_about_regions(table), sort=False):
        text = table[name].astype("object").where(table[name].notna(), None)
        number = pd.to_numeric(text, errors="coerce")
        given = text.notna() & (text.astype("str").str.strip() != "")
        if not given.any() or number[given].notna().mean() < _MOSTLY:
            continue
        odd = given & number.isna()
        if odd.any():
            raise ColumnError(
                f"{path}: {text[odd].iloc[0]!r} in column {name} of {codes[odd.to_numpy()][0]} is "
                "no number; correct it or leave it blank"
            )
        figures[str(name)] = number.astype("float64")
    if not figures:
        raise ColumnError(f"{path}: no column of numbers beside the codes")
    return pd.DataFrame(figures).set_axis(codes)


def read_areas(path: str | Path, area: str, *, layer: str = "lad") -> pd.Series:
    """Read to which area of another layer each region belongs: codes, or names without codes.

    Parameters
    ----------
    path : str or Path
        A lookup table with codes of both layers.
    area : str
        The other layer, such as ``"wpcpa"``.
    layer : str
        Whose codes are the rows.

    Raises
    ------
    BoundaryFileError, ColumnError, CodeError
        Where the file cannot be read or lacks a column, or a code stands twice.
    """
    table, codes = _by_code(Path(path), layer)
    for role in ("CD", "NM"):
        found = [c for c, (own, _) in ons_columns(table.columns, role=role).items() if own == area]
        if found:
            return pd.Series(table[found[0]].to_numpy(), index=codes, name=area, dtype="object")
    raise ColumnError(
        f"{path}: no column of layer {area!r}, such as {area.upper()}17CD or {area.upper()}17NM; "
        f"it has {listed(table.columns, most=12)}"
    )


def _by_code(path: Path, layer: str) -> tuple[pd.DataFrame, pd.Index]:
    table = read_table(path)
    columns = ons_columns(table.columns, role="CD")
    own = [c for c, (name, _) in columns.items() if name == layer]
    if not own:
        raise ColumnError(
            f"{path}: no column of codes of layer {layer!r} such as {layer.upper()}17CD; it has "
            f"{listed(table.columns, most=12)}"
        )
    # Of several years the first named is what the rows are of.
    codes = pd.Index(table[own[0]].astype("str").str.strip().str.upper(), dtype="str", name="code")
    double = codes[codes.duplicated()].unique()
    if len(double):
        raise CodeError(
            f"{path}: two rows for {listed(double)} in column {own[0]}; give one row for each "
            "code, and a column of codes of the year of the other data"
        )
    return table, codes


def _about_regions(table: pd.DataFrame) -> list[str]:
    """Return columns that say which region a row is of, or how it came about."""
    named = [c for role in ("CD", "NM") for c in ons_columns(table.columns, role=role)]
    known = {c for columns in layers_in_table(table.columns).values() for c in columns}
    rows = [c for c in table.columns if str(c).lower() in _OF_ROWS]
    return list(dict.fromkeys([*named, *known, *rows]))
