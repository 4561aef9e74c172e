"""Errors that the user can mend: one sentence with what was wanted, what came, what to do."""

import difflib
from collections.abc import Iterable
from typing import Any


class CoterminosityError(Exception):
    """Base of every error of this library; the command line prints it and exits with code 1."""


class BoundaryFileError(CoterminosityError):
    """A file is missing, cannot be read, or holds no boundaries."""


class ColumnError(CoterminosityError):
    """A code, name or measure column is missing or cannot be chosen."""


class CodeError(CoterminosityError):
    """Codes are missing, double, or do not match another table."""


class CrsError(CoterminosityError):
    """A coordinate reference system is missing or contradicts the coordinates."""


class LayerError(CoterminosityError):
    """A layer is empty, not polygonal, or does not fit what is asked of it.

    ``problems`` is a table of the regions concerned where there is one, else None.
    """

    def __init__(self, message: str, *, problems: Any = None) -> None:
        super().__init__(message)
        self.problems = problems


class NameLookupError(CoterminosityError):
    """A region is unknown, or its name fits several; the candidates are listed."""


class BriefError(CoterminosityError):
    """A brief contradicts itself or the layers it is used on."""


class ScenarioError(CoterminosityError):
    """A step of a negotiation cannot be made, or a scenario file does not fit.

    ``problems`` is a table of the rows concerned where there is one, else None.
    """

    def __init__(self, message: str, *, problems: Any = None) -> None:
        super().__init__(message)
        self.problems = problems


class MeasureError(CoterminosityError):
    """A measure is unknown, negative, infinite or missing."""


class CoterminosityWarning(UserWarning):
    """Something was chosen or repaired that the user should know of."""


def nearest(word: str, words: Iterable[str]) -> str:
    """Return a question that names the nearest word, empty where none is near.

    Examples
    --------
    >>> nearest("leps", ["lep", "stp"])
    '; did you mean lep?'
    """
    folded = {own.lower(): own for own in words}
    close = difflib.get_close_matches(word.lower(), list(folded), n=1, cutoff=0.6)
    return f"; did you mean {folded[close[0]]}?" if close else ""


def listed(items: Iterable[object], *, most: int = 6) -> str:
    """Return the first items as a readable list, with a count of the rest.

    Examples
    --------
    >>> listed(["a", "b", "c"], most=2)
    'a, b and 1 more'
    """
    texts = [str(item) for item in items]
    if len(texts) <= most:
        return ", ".join(texts)
    return f"{', '.join(texts[:most])} and {len(texts) - most:,} more"
