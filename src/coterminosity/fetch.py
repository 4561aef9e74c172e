"""Downloading the boundaries of the catalogue: from the ONS portal, or from a mirror.

What was downloaded lies in a folder as ``<key>`` with its ending, beside a note
``<key>.fetched.toml`` of where it came from and its hash. A file counts as there only with its
note. What is not whole yet lies in ``.partial``.
"""

import contextlib
import hashlib
import os
import re
import shutil
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pyarrow.parquet as pq
import pyogrio
import tomli_w
from pyogrio.errors import DataLayerError, DataSourceError

from coterminosity.cache import boundaries_cache
from coterminosity.catalogue import Record, record_of_key
from coterminosity.connection import (
    DEFAULT,
    Connection,
    FetchLimits,
    UnfinishedError,
    write_whole,
)
from coterminosity.errors import BoundaryFileError, listed
from coterminosity.mirror import from_address, from_folder
from coterminosity.opening import PACKED, PLAIN, opened
from coterminosity.portal import StoredPages, as_geojson, ask_service, collect

__all__ = ["DEFAULT", "FetchLimits", "Fetched", "UnfinishedError", "fetch", "fetched"]

_FEATURE_LAYER = re.compile(r"(.+/(?:feature|map)server)(?:/(\d+))?(?:[/?#]|$)", re.IGNORECASE)
_WITH_PASSWORD = re.compile(r"https?://[^/?#]*@", re.IGNORECASE)
_Told = Callable[[int, int], None]


@dataclass(frozen=True, kw_only=True)
class Fetched:
    """A downloaded boundary file.

    ``url`` is where it came from (for a folder, the file there), ``fetched`` when (ISO, UTC).
    ``fresh`` tells whether it was brought now or was there already. ``previous_sha256`` is that
    of the file it replaced, None where there was none or it was the same.
    """

    key: str
    path: Path
    rows: int
    sha256: str
    url: str
    fetched: str
    fresh: bool
    previous_sha256: str | None = None


@dataclass(frozen=True, kw_only=True)
class _Brought:
    """A whole file that was checked, but is not in its place yet."""

    path: Path
    ending: str
    rows: int
    sha256: str
    url: str


def fetch(
    key: str,
    *,
    source: str | Path | None = None,
    folder: Path | None = None,
    refresh: bool = False,
    limits: FetchLimits = DEFAULT,
    progress: Callable[[str, int, int], None] | None = None,
) -> Fetched:
    """Download the boundaries of a release, unless they are there already.

    A download that breaks off, or is stopped, goes on where it was when it is run again.

    Parameters
    ----------
    key : str
        Of the catalogue, such as ``lep-2017``.
    source : str or Path, optional
        A mirror in place of the ONS portal: a folder, a web address with the files in it, an
        address of ArcGIS services (``.../rest/services``), or of one layer of them
        (``.../FeatureServer/0``).
    folder : Path, optional
        Where the file goes; by default `coterminosity.cache.boundaries_cache`.
    refresh : bool
        Download it even where it is there.
    limits : FetchLimits
        Of time, size and attempts.
    progress : callable, optional
        Called with the stage, and rows done and to do, or bytes where a mirror gives a file.

    Returns
    -------
    Fetched
        The file, which holds as many rows as the catalogue expects.

    Raises
    ------
    NameLookupError
        Where the catalogue has no such key.
    BoundaryFileError
        Where no download is known, the server does not give it within the limits, what it gives
        is not what the catalogue expects, or the file was changed since it was downloaded.
    """
    record, home = record_of_key(key), _home(folder)
    there = None if refresh else fetched(record.key, folder=home)
    if there is not None:
        return there
    scratch = home / ".partial" / record.key

    def told(done: int, todo: int) -> None:
        if progress is not None:
            progress(f"fetching {record.key}", done, todo)

    try:
        result = _place(record, home, _bring(record, source, scratch, limits, told))
    except UnfinishedError:
        raise  # what came is kept for the next time
    except BoundaryFileError:
        _clear(scratch)
        raise
    except FileNotFoundError as error:
        raise BoundaryFileError(
            f"{home}: files of the download of {record.key} were removed on the way, perhaps by "
            "another one that runs at the same time; run it again"
        ) from error
    except OSError as error:
        raise BoundaryFileError(
            f"{home}: the download cannot be kept there ({error}); make room, or name another "
            "folder (COTERMINOSITY_CACHE)"
        ) from error
    _clear(scratch)
    return result


def fetched(key: str, *, folder: Path | None = None) -> Fetched | None:
    """Return what was downloaded of a release, with its hash checked, None where nothing was.

    Raises
    ------
    NameLookupError
        Where the catalogue has no such key.
    BoundaryFileError
        Where the file is not what was downloaded any more.

    Examples
    --------
    >>> fetched("lep-2017", folder=Path("no-such-folder")) is None
    True
    """
    record, home = record_of_key(key), _home(folder)
    note = _note(home, record.key)
    if note is None or not note.path.is_file():
        return None
    if _sha256_of(note.path) != note.sha256:
        raise BoundaryFileError(
            f"{note.path} was changed since it was downloaded on {note.fetched[:10]}; bring it "
            f"anew: coterminosity fetch {record.key} --refresh"
        )
    return note


def _home(folder: Path | None) -> Path:
    return boundaries_cache() if folder is None else Path(folder)


def _clear(scratch: Path) -> None:
    shutil.rmtree(scratch, ignore_errors=True)
    with contextlib.suppress(OSError):  # downloads of other layers may lie there
        scratch.parent.rmdir()


def _sha256_of(path: Path) -> str:
    try:
        with path.open("rb") as source:
            return hashlib.file_digest(source, "sha256").hexdigest()
    except OSError as error:
        raise BoundaryFileError(f"{path} cannot be read ({error.strerror})") from error


def _note(home: Path, key: str) -> Fetched | None:
    """Return what the note beside a file says; a damaged note counts as none."""
    try:
        told = tomllib.loads((home / f"{key}.fetched.toml").read_text(encoding="utf-8"))
        file, rows = str(told["file"]), int(told["rows"])
        texts = {name: str(told[name]) for name in ("sha256", "url", "fetched")}
    except (OSError, ValueError, KeyError, TypeError):
        return None
    if Path(file).name != file or not file.startswith(f"{key}."):
        return None
    return Fetched(key=key, path=home / file, rows=rows, fresh=False, **texts)


def _place(record: Record, home: Path, brought: _Brought) -> Fetched:
    """Put a checked file and its note into place.

    The old note goes before the file is replaced and the new one comes after it, so that whenever
    this is interrupted, what is left counts as not there.
    """
    before = _note(home, record.key)
    result = Fetched(
        key=record.key,
        path=home / f"{record.key}{brought.ending}",
        rows=brought.rows,
        sha256=brought.sha256,
        url=brought.url,
        fetched=datetime.now(UTC).isoformat(timespec="seconds"),
        fresh=True,
    )
    note = {
        "file": result.path.name,
        "url": result.url,
        "fetched": result.fetched,
        "rows": result.rows,
        "sha256": result.sha256,
        "bytes": brought.path.stat().st_size,
        "vintage": record.vintage,
        "publisher": record.facts.publisher,
        "licence": record.facts.licence,
        "attribution": record.facts.attribution,
    }
    if before is not None and before.path != result.path:
        before.path.unlink(missing_ok=True)
    (home / f"{record.key}.fetched.toml").unlink(missing_ok=True)
    os.replace(brought.path, result.path)
    write_whole(home / f"{record.key}.fetched.toml", [tomli_w.dumps(note).encode()])
    if before is None or before.sha256 == result.sha256:
        return result
    return replace(result, previous_sha256=before.sha256)


def _bring(
    record: Record, source: str | Path | None, scratch: Path, limits: FetchLimits, told: _Told
) -> _Brought:
    """Bring a whole, checked file from where the caller, or the catalogue, says."""
    if source is None and record.url is None:
        raise BoundaryFileError(
            f"{record.key}: no download is known for it (publisher: {record.facts.publisher}); "
            "put its file into a folder and name that (--from or --boundaries)"
        )
    text = str(record.url if source is None else source).strip()
    if not text.lower().startswith(("http://", "https://")):
        return _checked(record, *from_folder(record, text, scratch))
    if _WITH_PASSWORD.match(text):
        raise BoundaryFileError(
            f"the address of {record.key} holds a password, which would be noted beside the file; "
            "put it into a .netrc file"
        )
    layer = _layer_address(record, text)
    with Connection(limits) as connection:
        if layer is not None:
            return _from_service(record, layer, scratch, connection, told)
        brought = from_address(record, text.rstrip("/"), scratch, connection, told)
    return _checked(record, *brought)


def _layer_address(record: Record, address: str) -> str | None:
    """Return the address of the layer of a feature service, None for other addresses."""
    if whole := _FEATURE_LAYER.match(address):
        return f"{whole[1]}/{whole[2] or 0}"
    if "/rest/services" not in address.lower():
        return None
    if record.service is None:
        raise BoundaryFileError(
            f"{address}: the catalogue knows no service of {record.key}; give the whole address "
            "of its layer, such as .../FeatureServer/0"
        )
    return f"{address.rstrip('/')}/{record.service}/FeatureServer/0"


def _from_service(
    record: Record, url: str, scratch: Path, connection: Connection, told: _Told
) -> _Brought:
    service = ask_service(url, connection=connection)
    _refuse_other_rows(record, service.rows, where=url)
    pages = StoredPages(scratch, service)
    offsets = collect(service, pages, connection=connection, told=told)
    whole = scratch / "whole.geojson"
    sha256 = write_whole(whole, as_geojson(pages, offsets))
    return _Brought(path=whole, ending=".geojson", rows=service.rows, sha256=sha256, url=url)


def _checked(record: Record, path: Path, url: str) -> _Brought:
    """Check hash and rows of a file that came from a mirror."""
    sha256 = _sha256_of(path)
    known = next((file for file in record.files if file.name == path.name), None)
    if known is not None and sha256 != known.sha256:
        raise BoundaryFileError(
            f"{url}: wanted the file that the catalogue knows (SHA-256 {known.sha256[:12]}…), got "
            f"another ({sha256[:12]}…); it was damaged or changed, so take it from its publisher"
        )
    rows = _rows_of(record, path, url)
    _refuse_other_rows(record, rows, where=url)
    whole = Path(path.name.lower())
    inner = Path(whole.stem).suffix if whole.suffix in PACKED else ""
    ending = (inner if inner in PLAIN else "") + whole.suffix
    return _Brought(path=path, ending=ending, rows=rows, sha256=sha256, url=url)


def _rows_of(record: Record, path: Path, url: str) -> int:
    """Count the rows of a file without reading them; of several layers, of the one expected."""
    try:
        with opened(path) as plain:
            rows = _rows_by_layer(plain)
    except BoundaryFileError as error:
        # The user knows the file by where it came from, and not by its copy.
        raise BoundaryFileError(str(error).replace(str(path), url)) from error
    except (DataSourceError, DataLayerError, ValueError, OSError) as error:
        raise BoundaryFileError(f"{url} holds no boundaries that can be read") from error
    return next((count for count in rows if count in record.regions.values()), sum(rows[:1]))


def _rows_by_layer(plain: Path) -> list[int]:
    if plain.suffix.lower() in (".parquet", ".geoparquet"):
        return [int(pq.read_metadata(plain).num_rows)]
    names = [str(name) for name, _ in pyogrio.list_layers(plain)]
    told = [pyogrio.read_info(plain, layer=name, force_feature_count=True) for name in names]
    return [int(one["features"]) for one in told]


def _refuse_other_rows(record: Record, rows: int, *, where: str) -> None:
    wanted = [f"{count:,} ({name})" for name, count in record.regions.items()]
    if rows not in record.regions.values() and (wanted or rows == 0):
        raise BoundaryFileError(
            f"{where}: wanted {listed(wanted) or 'rows'} of {record.key}, got {rows:,} rows; it "
            "holds another layer, or was changed: name a mirror (--from)"
        )
