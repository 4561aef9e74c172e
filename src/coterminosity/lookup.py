"""Atoms from a lookup table: rows that lie in the same regions of every layer are one atom."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from coterminosity.errors import ColumnError, MeasureError, listed


def fold(
    table: pd.DataFrame, *, layers: Mapping[str, str | Sequence[str]], measures: Sequence[str]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Fold the rows of a lookup table into atoms.

    Returns
    -------
    measures, members : DataFrame
        Measures summed by atom, and ``layer, code, atom``. Atoms are numbered in the order of
        their memberships, so that the order of rows does not matter.
    """
    columns = {layer: as_list(own) for layer, own in layers.items()}
    wanted = [c for own in columns.values() for c in own] + list(measures)
    missing = [c for c in wanted if c not in table.columns]
    if missing:
        raise ColumnError(
            f"the lookup table has no column {listed(missing)}; it has "
            f"{listed(table.columns, most=12)}"
        )
    keys = pd.DataFrame({layer: _key(table[own]) for layer, own in columns.items()})
    figures = _figures(table, measures)
    distinct = keys.drop_duplicates().sort_values(list(columns), ignore_index=True)
    distinct["atom"] = atom_ids(len(distinct))
    atom = keys.merge(distinct, on=list(columns), how="left")["atom"].to_numpy()
    summed = figures.groupby(atom).sum().rename_axis("atom")
    long = distinct.melt(id_vars="atom", var_name="layer", value_name="code")
    long["code"] = long["code"].str.split("\x1f")
    long = long.explode("code")
    members = long.loc[long["code"].notna() & (long["code"] != ""), ["layer", "code", "atom"]]
    return summed, members


def region_names(
    table: pd.DataFrame,
    *,
    layers: Mapping[str, str | Sequence[str]],
    names: Mapping[str, str | Sequence[str]],
) -> pd.DataFrame:
    """Return ``layer, code, name`` of the regions that a lookup table names, each once."""
    titled = [
        pd.DataFrame({column: pd.Series(dtype="str") for column in ("layer", "code", "name")})
    ]
    for layer, columns in names.items():
        for code, name in zip(as_list(layers[layer]), as_list(columns), strict=True):
            pairs = table[[code, name]].dropna().drop_duplicates()
            titled.append(pairs.set_axis(["code", "name"], axis=1).assign(layer=layer))
    known = pd.concat(titled, ignore_index=True)
    return known.drop_duplicates(["layer", "code"], ignore_index=True)


def titles(names: Mapping[str, pd.Series]) -> pd.DataFrame:
    """Return ``layer, code, name`` of layers given as names by code."""
    tables = [
        pd.DataFrame({"layer": layer, "code": own.index, "name": own.to_numpy()})
        for layer, own in names.items()
    ]
    return pd.concat(tables, ignore_index=True)


def as_list(columns: str | Sequence[str]) -> list[str]:
    """Return one or several column names as a list."""
    return [columns] if isinstance(columns, str) else list(columns)


def atom_ids(count: int) -> list[str]:
    """Return ``a001``, ``a002``, ... with as many digits as the count needs.

    Examples
    --------
    >>> atom_ids(2)
    ['a001', 'a002']
    """
    digits = max(3, len(str(count)))
    return [f"a{number:0{digits}d}" for number in range(1, count + 1)]


def _key(codes: pd.DataFrame) -> pd.Series:
    """Return the set of codes of each row as one text, sorted, without blanks and doubles."""
    texts = codes.astype("object").where(codes.notna(), "").astype("str")
    texts = texts.apply(lambda column: column.str.strip())
    rows = ("\x1f".join(sorted({c for c in row if c})) for row in texts.to_numpy())
    return pd.Series(list(rows), index=codes.index, dtype="str")


def _figures(table: pd.DataFrame, measures: Sequence[str]) -> pd.DataFrame:
    figures = pd.DataFrame(index=table.index)
    for measure in measures:
        column = pd.to_numeric(table[measure], errors="coerce").astype("float64")
        bad = ~np.isfinite(column.to_numpy()) | (column.to_numpy() < 0)
        if bad.any():
            rows = [int(row) + 1 for row in np.flatnonzero(bad)]
            raise MeasureError(
                f"column {measure!r}: wanted numbers of 0 or more, got "
                f"{table[measure].iloc[rows[0] - 1]} in row {listed(rows)}"
            )
        figures[measure] = column
    return figures
