"""The folder in which downloads and indexes are kept between questions."""

import os
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
