"""The folder in which downloads and indexes are kept between questions."""

import contextlib
import os
import tempfile
from collections.abc import Callable
from pathlib import Path

from platformdirs import user_cache_path


def cache_folder() -> Path:
    """Return the folder of downloads and indexes.

    It is named by the variable ``COTERMINOSITY_CACHE``; by default it is the platform's folder for
    caches. Everything in it can be deleted at any time.
    """
    named = os.environ.get("COTERMINOSITY_CACHE")
    return Path(named) if named else Path(user_cache_path("coterminosity", appauthor=False))


def boundaries_cache() -> Path:
    """Return the folder in which fetched boundaries are kept."""
    return cache_folder() / "boundaries"


def kept_text(name: str, work_out: Callable[[], str]) -> str:
    """Return a text from the cache, or work it out and keep it for the next time.

    A cache that cannot be written to does no harm: the text is then worked out each time.

    Parameters
    ----------
    name : str
        Path inside the cache; a name stands for one text for ever.
    work_out : callable
        Returns the text.
    """
    path = cache_folder() / name
    with contextlib.suppress(OSError, UnicodeDecodeError):
        return path.read_text(encoding="utf-8")
    text = work_out()
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(
            "w", encoding="utf-8", dir=path.parent, delete=False
        ) as unfinished:
            unfinished.write(text)
        os.replace(unfinished.name, path)  # so that nobody reads half a text
    return text
