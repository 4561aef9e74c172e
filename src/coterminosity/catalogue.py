"""What is known about each layer of public bodies before a file is opened."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

from coterminosity.errors import NameLookupError, listed, nearest

# What a picture or page of the embedded figures and of ONS boundaries must say.
ATTRIBUTION = (
    "Contains National Statistics and OS data © Crown copyright and database right 2017 "
    "(Open Government Licence v3.0)."
)


@dataclass(frozen=True, kw_only=True)
class KnownFile:
    """A file on which a catalogue record was tested."""

    name: str
    rows: int
    sha256: str


@dataclass(frozen=True, kw_only=True)
class Extent:
    """A territory that a complete layer covers.

    ``countries`` are the first letters of its GSS codes, ``land_km2`` its land, ``bounds`` west,
    south, east, north in metres of EPSG:27700.
    """

    name: str
    countries: tuple[str, ...]
    land_km2: float
    bounds: tuple[float, float, float, float]


@dataclass(frozen=True, kw_only=True)
class LayerFacts:
    """What holds of a layer whatever its vintage: its columns, codes, publisher and kind."""

    layer: str
    stems: tuple[str, ...]
    title: str
    publisher: str
    licence: str
    attribution: str
    kind: str
    complete: bool
    prefixes: tuple[str, ...]

    @property
    def stem(self) -> str:
        """The usual ONS column stem: codes stand in ``<stem><yy>CD``."""
        return self.stems[0]


@dataclass(frozen=True, kw_only=True)
class Record:
    """One release of a layer: of when it is, what to expect of it, and where it is to be had.

    ``regions`` are expected counts by extent; ``until`` is the last year in which these
    boundaries stood, where known; ``service`` names a feature service of the ONS portal.
    """

    key: str
    facts: LayerFacts
    vintage: str
    regions: dict[str, int]
    until: int | None = None
    service: str | None = None
    files: tuple[KnownFile, ...] = ()

    @property
    def layer(self) -> str:
        """Short name of the layer."""
        return self.facts.layer

    @property
    def year(self) -> int:
        """Year of the vintage."""
        return int(self.vintage[-4:])

    @property
    def code_column(self) -> str:
        """Column of codes, such as ``LEP17CD``."""
        return f"{self.facts.stem}{self.year % 100:02d}CD"

    @property
    def name_column(self) -> str:
        """Column of names, such as ``LEP17NM``."""
        return f"{self.facts.stem}{self.year % 100:02d}NM"

    @property
    def url(self) -> str | None:
        """Address of the feature service, None where no download is known."""
        base = _catalogue()["portal"]
        return f"{base}/{self.service}/FeatureServer/0" if self.service else None


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
def all_facts() -> tuple[LayerFacts, ...]:
    """Return what is known of every layer, in the order of the catalogue."""
    return tuple(
        LayerFacts(
            **{**entry, "stems": tuple(entry["stems"]), "prefixes": tuple(entry["prefixes"])}
        )
        for entry in _catalogue()["layer"]
    )


@cache
def records() -> tuple[Record, ...]:
    """Return every release of the catalogue, in the order of the file."""
    facts = {one.layer: one for one in all_facts()}
    return tuple(
        Record(
            **{
                **{k: v for k, v in entry.items() if k != "layer"},
                "facts": facts[entry["layer"]],
                "files": tuple(KnownFile(**file) for file in entry.get("files", ())),
            }
        )
        for entry in _catalogue()["release"]
    )


def facts_of(layer: str) -> LayerFacts | None:
    """Return what is known of a layer by its short name (``"lep"``), None where it is unknown."""
    return next((facts for facts in all_facts() if facts.layer == layer.lower()), None)


def record_of(layer: str, *, year: int | str | None) -> Record | None:
    """Return the release of a layer of a year, None where the catalogue has none.

    Examples
    --------
    >>> record_of("lep", year=2020).vintage
    'Apr 2020'
    """
    wanted = str(year)
    own = (r for r in records() if r.layer == layer.lower() and str(r.year) == wanted)
    return next(own, None)


def record_of_key(key: str) -> Record:
    """Return the release of a key such as ``lep-2017``.

    Raises
    ------
    NameLookupError
        Where the catalogue has no such key; the nearest is named.
    """
    by_key = {record.key: record for record in records()}
    wanted = key.strip().lower().replace("_", "-")
    if wanted not in by_key:
        raise NameLookupError(
            f"the catalogue has no layer {key!r}{nearest(wanted, by_key)}; it has "
            f"{listed(by_key, most=len(by_key))}"
        )
    return by_key[wanted]


def layer_of_stem(stem: str) -> str:
    """Return the short layer name of an ONS column stem.

    Examples
    --------
    >>> layer_of_stem("CAUTH"), layer_of_stem("lep"), layer_of_stem("PARISH")
    ('combined_authority', 'lep', 'parish')
    """
    for facts in all_facts():
        if stem.upper() in facts.stems:
            return facts.layer
    return stem.lower()


def extents() -> tuple[Extent, ...]:
    """Return every territory of the catalogue."""
    return tuple(_extent(name, entry) for name, entry in _catalogue()["extents"].items())


def _extent(name: str, entry: dict[str, Any]) -> Extent:
    west, south, east, north = (float(bound) for bound in entry["bounds"])
    return Extent(
        name=name,
        countries=tuple(entry["countries"]),
        land_km2=float(entry["land_km2"]),
        bounds=(west, south, east, north),
    )


def extent_of(name: str) -> Extent:
    """Return a territory of the catalogue by name, in any case.

    Raises
    ------
    NameLookupError
        Where the catalogue has no such territory; those it has are listed.
    """
    for extent in extents():
        if extent.name.casefold() == name.strip().casefold():
            return extent
    raise NameLookupError(
        f"no extent is called {name!r}; the catalogue knows {listed(e.name for e in extents())}"
    )


def layers() -> pd.DataFrame:
    """List the releases of layers that the catalogue knows.

    Returns
    -------
    DataFrame
        One row per release, indexed by its key: ``layer`` (the short name used everywhere),
        ``title``, ``publisher``, ``vintage``, ``kind`` (``partition``, or ``cover`` where regions
        overlap), ``complete`` (whether it fills its extent), ``regions`` (how many, by extent),
        ``code_column``, ``name_column``, ``licence``, ``attribution`` and ``url`` (empty where
        no download is known).

    Examples
    --------
    >>> layers().loc["lep-2017", "kind"]
    'cover'
    """
    rows = [
        {
            "key": record.key,
            "layer": record.layer,
            "title": record.facts.title,
            "publisher": record.facts.publisher,
            "vintage": record.vintage,
            "kind": record.facts.kind,
            "complete": record.facts.complete,
            "regions": ", ".join(f"{name} {n:,}" for name, n in record.regions.items()),
            "code_column": record.code_column,
            "name_column": record.name_column,
            "licence": record.facts.licence,
            "attribution": record.facts.attribution,
            "url": record.url or "",
        }
        for record in records()
    ]
    return pd.DataFrame(rows).set_index("key")
