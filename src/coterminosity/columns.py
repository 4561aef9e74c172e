"""Finding out which columns of a table hold codes and names, of which layer and vintage."""

import re
from dataclasses import dataclass

import pandas as pd

from coterminosity.catalogue import facts_of, layer_of_stem
from coterminosity.errors import ColumnError, listed
from coterminosity.gss import is_gss, layers_of

# The ONS writes <stem><yy>CD and <stem><yy>NM, in capitals or not; Welsh names stand in NMW, and a
# lookup numbers the columns of a layer whose regions overlap (LEP17CD1, LEP17CD2).
_ONS_COLUMN = re.compile(
    r"^(?P<stem>[A-Z]{2,8})(?P<year>\d{2})(?P<role>CD|NM)(?P<number>\d?)$", re.IGNORECASE
)
_NAME_COLUMNS = ("name", "nm", "area_name", "areanm", "region_name", "lad_name", "local_auth",
                 "local_authority", "council", "title")  # fmt: skip
# So much of a column must be codes for it to be a column of codes.
_MOSTLY = 0.9


@dataclass(frozen=True)
class Columns:
    """Which columns of a file hold code and name, and what they say of layer and vintage."""

    code: str
    name: str | None
    layer: str | None
    vintage: str | None


def ons_columns(columns: pd.Index, *, role: str) -> dict[str, tuple[str, str]]:
    """Return the ONS columns of a role (``"CD"`` or ``"NM"``) as ``{column: (layer, year)}``.

    Examples
    --------
    >>> ons_columns(pd.Index(["lad17cd", "LAD17NM", "CCG17CDH", "LEP17CD2"]), role="CD")
    {'lad17cd': ('lad', '2017'), 'LEP17CD2': ('lep', '2017')}
    """
    found = {}
    for column in map(str, columns):
        match = _ONS_COLUMN.match(column)
        if match and match["role"].upper() == role:
            found[column] = (layer_of_stem(match["stem"]), f"20{match['year']}")
    return found


def find_columns(
    frame: pd.DataFrame,
    *,
    where: str,
    layer: str | None = None,
    code: str | None = None,
    name: str | None = None,
) -> Columns:
    """Find the code and name columns of a table.

    A column that the caller names is taken as it is. Otherwise ONS columns are looked for; of
    several, the one of ``layer`` is taken, or the only one with a different value in each row.
    Without ONS columns the one whose values are GSS codes is taken, and the prefixes say of which
    layer they are. Columns called ``code`` and ``name`` are the last resort.

    Raises
    ------
    ColumnError
        Where a named column does not exist, or none or several fit.
    """
    for asked in (code, name):
        if asked is not None and asked not in frame.columns:
            raise ColumnError(
                f"{where}: no column {asked!r}; it has {listed(_texts(frame), most=12)}"
            )
    codes = ons_columns(frame.columns, role="CD")
    chosen = code or _choose(frame, codes, where=where, layer=layer)
    found_layer, year = codes.get(chosen, (None, None))
    if found_layer is None and layer is None:
        found_layer = _layer_of_values(frame[chosen], where=where)
    if name is None:
        name = _name_column(frame, chosen, (found_layer, year))
    return Columns(code=chosen, name=name, layer=layer or found_layer, vintage=year)


def code_columns(frame: pd.DataFrame, *, layer: str | None = None) -> list[str]:
    """Return every column of ONS or GSS codes of a table, of one layer where it is named."""
    named = ons_columns(frame.columns, role="CD")
    found = [c for c, (own, _) in named.items() if layer is None or own == layer.lower()]
    for column in _texts(frame):
        if column not in named and _holds_codes(frame[column]):
            fitting = layers_of(frame[column].dropna())
            if layer is None or layer.lower() in fitting:
                found.append(column)
    return found


def _choose(
    frame: pd.DataFrame, codes: dict[str, tuple[str, str]], *, where: str, layer: str | None
) -> str:
    fitting = [c for c, (found, _) in codes.items() if layer is None or found == layer.lower()]
    if not fitting:
        fitting = [c for c in code_columns(frame, layer=layer) if c not in codes]
    if len(fitting) > 1:
        fitting = [column for column in fitting if frame[column].is_unique] or fitting
    plain = [column for column in _texts(frame) if column.lower() == "code"]
    if len(fitting) > 1:
        fitting = [column for column in plain if column in fitting] or fitting
    if len(fitting) == 1:
        return fitting[0]
    if len(fitting) > 1:
        raise ColumnError(
            f"{where}: several columns could hold the codes ({listed(fitting)}); name one (code)"
        )
    if plain:
        return plain[0]
    known = facts_of(layer) if layer else None
    example = f"{known.stem}17CD" if known else "LAD17CD"
    wanted = f"of layer {layer!r}" if layer and not known else f"such as {example}"
    raise ColumnError(
        f"{where}: no code column {wanted}; it has "
        f"{listed(_texts(frame), most=12)}; name the one that holds the codes (code)"
    )


def _holds_codes(column: pd.Series) -> bool:
    given = column.dropna()
    if not len(given) or given.dtype.kind in "biufM":
        return False
    return bool(is_gss(given.head(50)).mean() >= _MOSTLY and is_gss(given).mean() >= _MOSTLY)


def _layer_of_values(column: pd.Series, *, where: str) -> str | None:
    """Return the layer that the prefixes of codes name, None where they name none."""
    fitting = layers_of(column.dropna())
    if len(fitting) > 1:
        raise ColumnError(
            f"{where}: codes such as {column.dropna().iloc[0]} in column {column.name} are of "
            f"layer {' or '.join(fitting)}, by their vintage; say which (layer)"
        )
    return fitting[0] if fitting else None


def _name_column(
    frame: pd.DataFrame, code: str, found: tuple[str | None, str | None]
) -> str | None:
    """Return the ONS column of names, else one named as the code column, else a plain one."""
    names = ons_columns(frame.columns, role="NM")
    own = next((column for column, of in names.items() if of == found), None)
    by_text = {c.lower(): c for c in _texts(frame)}
    stem = re.sub(r"(_?(code|cd|id))$", "", code.lower())
    twins = [by_text[t] for t in (f"{stem}_name", f"{stem}name", f"{stem}_nm") if t in by_text]
    plain = [by_text[t] for t in _NAME_COLUMNS if t in by_text]
    return own or next(iter(twins + plain), None)


def _texts(frame: pd.DataFrame) -> list[str]:
    return [str(column) for column in frame.columns if str(column) != "geometry"]
