"""What is known about each layer of public bodies before a file is opened."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

from coterminosity.errors import NameLookupError, listed


@dataclass(frozen=True, kw_only=True)
class KnownFile:
    """A file on which a catalogue record was tested."""

    name: str
    rows: int
    sha256: str


@dataclass(frozen=True, kw_only=True)
class Extent:
    """A territory that a complete layer covers: land in km², bounds in metres (EPSG:27700)."""

    name: str
    prefix: str
    land_km2: float
    bounds: tuple[float, float, float, float]


@dataclass(frozen=True, kw_only=True)
class Record:
    """One layer of the catalogue: what it is called, whose it is, and what to expect of it."""

    key: str
    layer: str
    stem: str
    title: str
    publisher: str
    licence: str
    vintage: str
    extent: str
    kind: str
    complete: bool
    regions: int
    prefixes: tuple[str, ...]
    files: tuple[KnownFile, ...]


def boundaries_root() -> Path:
    """Return the folder of the catalogue and the embedded tables.

    It lies inside the package in a wheel and beside ``src`` in a checkout.
    """
    package = Path(__file__).parent
    inside = package / "boundaries"
    return inside if inside.is_dir() else package.parents[1] / "boundaries"


@cache
def _catalogue() -> dict[str, Any]:
    with (boundaries_root() / "catalogue.toml").open("rb") as source:
        return tomllib.load(source)


@cache
def records() -> tuple[Record, ...]:
    """Return every record of the catalogue, in the order of the file."""
    return tuple(
        Record(
            **{
                **entry,
                "prefixes": tuple(entry["prefixes"]),
                "files": tuple(KnownFile(**file) for file in entry["files"]),
            }
        )
        for entry in _catalogue()["layer"]
    )


def record_of(layer: str) -> Record | None:
    """Return the record of a layer by its short name (``"lep"``), or None where it is not known."""
    return next((record for record in records() if record.layer == layer.lower()), None)


def layer_of_stem(stem: str) -> str:
    """Return the short layer name of an ONS column stem.

    Examples
    --------
    >>> layer_of_stem("CAUTH"), layer_of_stem("lep"), layer_of_stem("PARISH")
    ('combined_authority', 'lep', 'parish')
    """
    for record in records():
        if record.stem == stem.upper():
            return record.layer
    return stem.lower()


def extent_of(name: str) -> Extent:
    """Return a territory of the catalogue by name.

    Raises
    ------
    NameLookupError
        Where the catalogue has no such territory; those it has are listed.
    """
    extents = _catalogue()["extents"]
    if name not in extents:
        raise NameLookupError(
            f"no extent is called {name!r}; the catalogue knows {listed(sorted(extents))}"
        )
    entry = extents[name]
    west, south, east, north = (float(bound) for bound in entry["bounds"])
    return Extent(
        name=name,
        prefix=entry["prefix"],
        land_km2=float(entry["land_km2"]),
        bounds=(west, south, east, north),
    )


def layers() -> pd.DataFrame:
    """List the layers that the catalogue knows.

    Returns
    -------
    DataFrame
        One row per layer, indexed by its key: ``layer`` (the short name used everywhere),
        ``title``, ``publisher``, ``vintage``, ``extent``, ``kind`` (``partition``, or ``cover``
        where regions overlap), ``complete`` (whether it fills the extent), ``regions`` (how
        many) and ``code_column`` (``LEPyyCD`` stands for ``LEP17CD``, ``lep20cd``, ...).

    Examples
    --------
    >>> layers().loc["lep-2017", "kind"]
    'cover'
    """
    rows = [
        {
            "key": record.key,
            "layer": record.layer,
            "title": record.title,
            "publisher": record.publisher,
            "vintage": record.vintage,
            "extent": record.extent,
            "kind": record.kind,
            "complete": record.complete,
            "regions": record.regions,
            "code_column": f"{record.stem}yyCD",
        }
        for record in records()
    ]
    return pd.DataFrame(rows).set_index("key")
