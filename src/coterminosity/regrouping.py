"""Layers made of another by a lookup table: which region each base region belongs to."""

from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from coterminosity.catalogue import facts_of
from coterminosity.columns import ons_columns
from coterminosity.errors import CodeError, ColumnError, listed
from coterminosity.gss import is_gss
from coterminosity.reading import read_table

# In place of the code of a base region in another country.
_ELSEWHERE = ""


@dataclass(frozen=True)
class Membership:
    """Which region of a layer each base region lies in: ``base, code``, with names by code."""

    pairs: pd.DataFrame
    names: pd.Series
    layer: str
    year: str


def layers_in_table(columns: pd.Index) -> dict[tuple[str, str], list[str]]:
    """Return the layers of a lookup table and their years, with the columns of each.

    These are columns of codes, or of names where a layer has no codes. A layer of which a region
    can lie in two has two.

    Examples
    --------
    >>> layers_in_table(pd.Index(["LSOA11CD", "LEP17CD1", "LEP17CD2", "WPCPA11NM", "FID"]))
    {('lsoa', '2011'): ['LSOA11CD'], ('lep', '2017'): ['LEP17CD1', 'LEP17CD2'],
     ('wpcpa', '2011'): ['WPCPA11NM']}
    """
    coded: dict[tuple[str, str], list[str]] = {}
    named: dict[tuple[str, str], list[str]] = {}
    for column, own in ons_columns(columns, role="CD").items():
        coded.setdefault(own, []).append(column)
    for column, own in ons_columns(columns, role="NM").items():
        named.setdefault(own, []).append(column)
    found = coded | {own: columns for own, columns in named.items() if own not in coded}
    return {own: sorted(columns) for own, columns in found.items()}


def read_membership(
    lookup: pd.DataFrame | str | Path,
    *,
    base: pd.Series,
    base_layer: str,
    layer: str,
) -> Membership:
    """Read off a lookup table which region of a layer each base region lies in.

    Parameters
    ----------
    lookup : DataFrame or path
        CSV (also gzipped), xlsx or Parquet, with ONS columns of both layers. Several columns of
        codes of the layer (``LEP17CD1, LEP17CD2``) make a cover; a blank is no membership.
    base : Series
        Names of the base regions by code.
    base_layer, layer : str
        Short names, such as ``"lsoa"`` and ``"lep"``.

    Raises
    ------
    ColumnError
        Where the table lacks one of the layers.
    CodeError
        Where it lacks base regions, has unknown ones, or contradicts itself.
    """
    where = str(lookup) if isinstance(lookup, (str, Path)) else "the lookup table"
    table = read_table(Path(lookup)) if isinstance(lookup, (str, Path)) else lookup
    groups = layers_in_table(table.columns)
    keyed = _columns_of(base_layer, groups, where=where)
    # A table with districts of two years is joined by those that are the base's.
    key = max(keyed, key=lambda year: int(table[keyed[year][0]].isin(base.index).sum()))
    keys = _base_codes(table, keyed[key][0], base, where=where, layer=base_layer)
    years = _columns_of(layer, groups, where=where)
    if len(years) > 1:
        raise ColumnError(
            f"{where}: columns of layer {layer!r} of several years ({listed(years)}); remove those "
            "that are not meant"
        )
    year, columns = next(iter(years.items()))
    pairs = [
        pd.DataFrame({"base": keys, "code": _texts(table[column]).to_numpy()}) for column in columns
    ]
    whole = pd.concat(pairs).dropna()
    whole = whole.loc[whole["base"] != _ELSEWHERE].drop_duplicates()
    homeless = keys[~keys.isin(whole["base"]) & (keys != _ELSEWHERE)]
    complete = facts_of(layer)
    if len(homeless) and complete is not None and complete.complete:
        numbers = np.flatnonzero(keys.isin(homeless)) + 1
        rows = [f"{base} in row {row}" for row, base in zip(numbers, homeless, strict=True)]
        raise CodeError(
            f"{where}: {listed(rows)} lie in no region of {layer} (column {columns[0]} is blank); "
            "complete these rows"
        )
    whole = whole.sort_values(["base", "code"])
    facts = facts_of(layer)
    several = whole.loc[whole["base"].duplicated(keep=False)]
    if len(columns) == 1 and len(several) and not (facts and facts.kind == "cover"):
        named = [f"{base} in {' and '.join(own['code'])}" for base, own in several.groupby("base")]
        raise CodeError(
            f"{where}: {len(named)} regions of {base_layer} stand in several rows of different "
            f"{layer} ({listed(named)}); they are cut by the border: use a lookup of smaller areas"
        )
    return Membership(
        pairs=whole.reset_index(drop=True),
        names=_names(table, columns),
        layer=layer,
        year=year,
    )


def dissolve_members(
    frame: gpd.GeoDataFrame, membership: Membership, *, matched: bool
) -> gpd.GeoDataFrame:
    """Return the regions that base regions make together, with ``code, name, geometry``."""
    base = pd.Series(np.arange(len(frame)), index=frame.index)
    polygons = np.asarray(frame.geometry.array)
    union = shapely.coverage_union_all if matched else shapely.union_all
    drawn = {
        code: union(polygons[base.loc[own].to_numpy()])
        for code, own in membership.pairs.groupby("code")["base"]
    }
    codes = pd.Index(list(drawn), dtype="str")
    names = membership.names.reindex(codes)
    return gpd.GeoDataFrame(
        {"code": codes, "name": names.where(names.notna(), codes.to_series()).to_numpy()},
        geometry=list(drawn.values()),
        crs=frame.crs,
    )


def _columns_of(
    layer: str, groups: dict[tuple[str, str], list[str]], *, where: str
) -> dict[str, list[str]]:
    """Return the columns of a layer by year."""
    found = {year: columns for (own, year), columns in groups.items() if own == layer}
    if not found:
        others = dict.fromkeys(own for own, _ in groups)
        raise ColumnError(
            f"{where}: no column of codes or names of layer {layer!r}; it has columns of "
            f"{listed(others) or 'no layer'}"
        )
    return found


def _role(column: str) -> str:
    return "NM" if column.rstrip("123456789")[-2:].upper() == "NM" else "CD"


def _texts(column: pd.Series) -> pd.Series:
    texts = column.astype("object").where(column.notna(), None)
    clean = texts.map(lambda value: None if value is None else str(value).strip() or None)
    clean = clean.where(~is_gss(clean), clean.str.upper())
    return pd.Series(clean, index=column.index, dtype="object")


def _base_codes(
    table: pd.DataFrame, column: str, base: pd.Series, *, where: str, layer: str
) -> pd.Series:
    """Return the base code of each row, by code or, where the table has only names, by name."""
    keys = _texts(table[column])
    if _role(column) == "NM":
        double = base[base.duplicated(keep=False)]
        if len(double):
            raise CodeError(
                f"{where} names regions of {layer} without codes, and {listed(double.unique())} "
                "stand for several; add a column of codes"
            )
        by_name = pd.Series(base.index, index=base.to_numpy())
        unknown = list(keys[~keys.isin(by_name.index) & keys.notna()].unique())
        keys = keys.map(by_name)
    else:
        unknown = list(keys[~keys.isin(base.index) & keys.notna()].unique())
        # A lookup of England and Wales may speak of more countries than an English layer.
        home = set(base.index.str[0])
        unknown = [code for code in unknown if not is_gss([code])[0] or code[0] in home]
        keys = keys.where(keys.isin(base.index) | keys.isin(unknown) | keys.isna(), _ELSEWHERE)
    lacking = base.index.difference(pd.Index(keys.dropna()))
    if len(unknown) or len(lacking):
        parts = [f"{len(unknown)} rows have no region ({listed(unknown)})"] if len(unknown) else []
        parts += [f"{len(lacking)} regions have no row ({listed(lacking)})"] if len(lacking) else []
        raise CodeError(
            f"{where} does not match layer {layer!r}: {' and '.join(parts)}; use a lookup of the "
            "same vintage and extent"
        )
    if keys.isna().any():
        rows = np.flatnonzero(keys.isna()) + 1
        raise CodeError(f"{where}: no {layer} in row {listed(rows)} of column {column}")
    return keys.reset_index(drop=True)


def _names(table: pd.DataFrame, columns: list[str]) -> pd.Series:
    """Return names by code, from the column beside each column of codes."""
    named = {column.upper(): column for column in map(str, table.columns)}
    found = []
    for column in columns:
        stem, number = column.rstrip("123456789"), column[len(column.rstrip("123456789")) :]
        twin = named.get(f"{stem[:-2]}NM{number}".upper())
        if _role(column) == "CD" and twin is not None:
            found.append(pd.Series(_texts(table[twin]).to_numpy(), index=_texts(table[column])))
    if not found:
        return pd.Series(dtype="object")
    names = pd.concat(found)
    names = names[np.asarray(names.index.notna()) & names.notna().to_numpy()]
    return pd.Series(names[~names.index.duplicated()])
