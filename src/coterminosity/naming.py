"""Finding a region by its code or by its name."""

import difflib

import pandas as pd

from coterminosity.errors import NameLookupError, listed


def code_of(name_or_code: str, names: pd.Series, *, layer: str) -> str:
    """Return the code of a region given by code, by name, or by the only name that contains it.

    Parameters
    ----------
    name_or_code : str
        Upper and lower case are the same in names.
    names : Series
        Names by code.
    layer : str
        Named in the message of an error.

    Raises
    ------
    NameLookupError
        Where nothing or several regions fit; the candidates are listed.

    Examples
    --------
    >>> names = pd.Series({"E1": "North Kent", "E2": "South Kent", "E3": "Dover"})
    >>> code_of("dover", names, layer="lad")
    'E3'
    """
    if name_or_code in names.index:
        return name_or_code
    wanted = name_or_code.strip().casefold()
    folded = names.astype("str").str.casefold()
    for fitting in (names.index[folded == wanted], names.index[_contains(folded, wanted)]):
        if len(fitting) == 1:
            return str(fitting[0])
        if len(fitting) > 1:
            candidates = [f"{names[code]} ({code})" for code in fitting]
            raise NameLookupError(
                f"{name_or_code!r} fits several regions of layer {layer!r}: {listed(candidates)}; "
                "give one code or full name"
            )
    close = difflib.get_close_matches(wanted, folded.tolist(), n=3, cutoff=0.5)
    nearest = [code for name in dict.fromkeys(close) for code in names.index[folded == name]]
    candidates = [f"{names[code]} ({code})" for code in nearest]
    near = f"near it are {listed(candidates)}" if candidates else "no name is near it"
    raise NameLookupError(f"layer {layer!r} has no region {name_or_code!r}; {near}")


def _contains(folded: pd.Series, wanted: str) -> pd.Series:
    return folded.str.contains(wanted, regex=False) & (wanted != "")
