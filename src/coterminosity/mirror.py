"""Boundary files from a mirror: a folder, or a web address with the files in it.

A file that broke off is gone on with where the server offers that.
"""

import json
import os
import re
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from urllib.parse import quote

import requests

from coterminosity.catalogue import Record
from coterminosity.connection import Connection, PassingError, write_whole
from coterminosity.errors import BoundaryFileError
from coterminosity.opening import PACKED, PLAIN, refuse_odd_name

# A Shapefile or a File Geodatabase is several files: in a mirror it is packed.
_SINGLE = tuple(ending for ending in PLAIN if ending not in (".shp", ".gdb"))
_ENDINGS = (*_SINGLE, *(a + b for b in PACKED for a in ("", *PLAIN)))
_ABSENT = (403, 404, 410)  # stores of files say 403 of what they do not have
_NO_SUCH_RANGE = 416
_CHUNK = 1 << 20
_Told = Callable[[int, int], None]


def from_folder(record: Record, source: str, scratch: Path) -> tuple[Path, str]:
    """Copy the file of a release from a folder; return the copy and where it came from.

    The names that the catalogue knows come first, then ``<key>`` with the ending of a boundary
    file.

    Raises
    ------
    BoundaryFileError
        Where there is no such folder, or no such file in it.
    """
    try:
        refuse_odd_name(source)
    except BoundaryFileError as error:
        raise BoundaryFileError(
            f"{source}: wanted a folder, or an address with http or https, as the mirror (--from)"
        ) from error
    folder = Path(source)
    if not folder.is_dir():
        raise BoundaryFileError(
            f"{folder}: no such folder of boundary files; check the spelling (--from)"
        )
    names = [file.name for file in record.files] + [record.key + end for end in _ENDINGS]
    found = next((folder / name for name in names if (folder / name).is_file()), None)
    if found is None:
        known = [file.name for file in record.files] + [f"{record.key}{_SINGLE[0]}"]
        raise BoundaryFileError(
            f"{folder}: wanted {' or '.join(known)} (or another ending), found none of them; "
            f"rename the file of {record.key}"
        )
    copy = scratch / found.name
    write_whole(copy, _chunks_of(found))
    return copy, str(found)


def _chunks_of(path: Path) -> Iterator[bytes]:
    with path.open("rb") as source:
        while chunk := source.read(_CHUNK):
            yield chunk


def from_address(
    record: Record, base: str, scratch: Path, connection: Connection, told: _Told
) -> tuple[Path, str]:
    """Download the file of a release from a web address; return it and its own address.

    Raises
    ------
    UnfinishedError
        Where it does not come; what came stays for the next time.
    BoundaryFileError
        Where the address has no file of the release, or it is too large.
    """
    names = [*(file.name for file in record.files), f"{record.key}.geojson"]
    for name in names:
        url, path = f"{base}/{quote(name)}", scratch / name
        if path.is_file():
            connection.count(path.stat().st_size)
        if connection.repeated(partial(_take, url, path, connection, told), where=url):
            return path, url
    raise BoundaryFileError(
        f"{base}: wanted {' or '.join(names)}, found none of them; check the address (--from)"
    )


def _take(url: str, path: Path, connection: Connection, told: _Told) -> bool:
    """Take a file from a mirror, or what is missing of it; False where the mirror has none."""
    mark = path.with_name(f"{path.name}.version")
    known = _version_begun(mark, url)
    begun = path.stat().st_size if known and path.is_file() else 0
    headers = {"Accept-Encoding": "identity"}
    if known and begun:
        headers |= {"Range": f"bytes={begun}-", "If-Range": known}
    with connection.answer(url, headers=headers, also=(*_ABSENT, _NO_SUCH_RANGE)) as response:
        if response.status_code in _ABSENT:
            return False
        version = _version_of(response)
        start, total = _span_of(response)
        if start not in (0, begun) or (start and version != known):
            mark.unlink(missing_ok=True)  # the next attempt begins anew
            raise PassingError("the file could not be gone on with")
        if response.headers.get("Content-Type", "").lower().startswith("text/html"):
            raise PassingError("a web page came instead of a file")
        write_whole(mark, [json.dumps({"url": url, "version": version}).encode()])
        with path.open("r+b" if start else "wb") as out:
            out.seek(start)
            for chunk in connection.chunks(response, renew=True):
                out.write(chunk)
                told(out.tell(), total)
            came = out.tell()
            out.flush()
            os.fsync(out.fileno())
    if total and came != total:
        raise PassingError(f"{came:,} of {total:,} bytes came")
    return True


def _version_begun(mark: Path, url: str) -> str:
    """Return the version of a file that was begun, empty where it cannot be gone on with."""
    try:
        told = json.loads(mark.read_bytes())
        return str(told["version"]) if told["url"] == url else ""
    except (OSError, ValueError, KeyError, TypeError):
        return ""


def _version_of(response: requests.Response) -> str:
    """Return what tells a version of a file from the next; weak tags do not."""
    tag = response.headers.get("ETag", "")
    return tag if tag and not tag.startswith("W/") else response.headers.get("Last-Modified", "")


def _span_of(response: requests.Response) -> tuple[int, int]:
    """Return the first byte of an answer, and the bytes of the whole file (0: unknown)."""
    given = response.headers
    if response.status_code == 200:
        # The length is that of the packed answer where a server packs unasked.
        length = "" if "Content-Encoding" in given else given.get("Content-Length", "")
        return 0, int(length) if re.fullmatch(r"\d{1,15}", length) else 0
    span = re.fullmatch(r"bytes (\d{1,15})-\d+/(\d{1,15}|\*)", given.get("Content-Range", ""))
    if span is None:  # no such part, or one that does not say which
        return -1, 0
    return int(span[1]), int(span[2]) if span[2] != "*" else 0
