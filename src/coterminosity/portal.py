"""Whole layers from the feature services of an ArcGIS portal, page by page.

Nothing a service says is taken on trust: it may give fewer rows than asked for, the same page
twice, or change while it is read. Pages are kept on disk as they come, so that a download that
broke off goes on where it was.
"""

import hashlib
import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from coterminosity.connection import Connection, PassingError, write_whole
from coterminosity.errors import BoundaryFileError

_FORMAT = 1  # of the stored pages; raised when their content changes
_EPSG = "27700"
_HEAD = (
    b'{"type":"FeatureCollection","crs":{"type":"name","properties":'
    b'{"name":"urn:ogc:def:crs:EPSG::27700"}},"features":[\n'
)
_TAIL = b"\n]}\n"


@dataclass(frozen=True, kw_only=True)
class Service:
    """What a layer of a feature service says of itself before its rows are asked for.

    ``edited`` is the time of its last edit in milliseconds, None where it does not say;
    ``page_rows`` are the rows to ask for at a time.
    """

    url: str
    rows: int
    edited: int | None
    id_field: str
    page_rows: int


@dataclass(frozen=True)
class Page:
    """Features as lines of JSON, their object ids, and whether the service has more."""

    lines: list[bytes]
    ids: list[int | str]
    more: bool


def ask_service(url: str, *, connection: Connection) -> Service:
    """Ask a layer for its count, its object ids and its last edit.

    Raises
    ------
    BoundaryFileError
        Where it does not answer, or is no layer of a feature service.
    """
    about = connection.json(url, {"f": "json"}, read=dict, where=url)
    question = {"where": "1=1", "returnCountOnly": "true", "f": "json"}
    rows = connection.json(f"{url}/query", question, read=_count, where=url)
    most, editing = about.get("maxRecordCount"), about.get("editingInfo")
    page_rows = connection.limits.page_rows
    return Service(
        url=url,
        rows=rows,
        edited=editing.get("lastEditDate") if isinstance(editing, dict) else None,
        id_field=_id_field(about, url),
        page_rows=min(page_rows, most) if isinstance(most, int) and most > 0 else page_rows,
    )


def _count(answer: dict[str, Any]) -> int:
    rows = answer.get("count")
    if not isinstance(rows, int) or rows < 0:
        raise PassingError("an answer came without the count of rows")
    return rows


def _id_field(about: dict[str, Any], url: str) -> str:
    named = about.get("objectIdField")
    fields = about.get("fields")
    for field in fields if isinstance(fields, list) else []:
        if not named and isinstance(field, dict) and field.get("type") == "esriFieldTypeOID":
            named = field.get("name")
    if not isinstance(named, str) or not named:
        raise BoundaryFileError(
            f"{url}: wanted a layer of a feature service with object ids, got something else; "
            "check the address"
        )
    return named


class StoredPages:
    """The pages of a download in a folder, kept until the download is whole.

    Pages that belong to another state of the service are removed at once.
    """

    def __init__(self, folder: Path, service: Service) -> None:
        self._folder = folder
        self._state = json.dumps({"format": _FORMAT, **asdict(service)}).encode()
        if self._read("state.json") != self._state:
            shutil.rmtree(folder, ignore_errors=True)

    def _read(self, name: str) -> bytes | None:
        try:
            return (self._folder / name).read_bytes()
        except OSError:
            return None

    def keep(self, offset: int, page: Page) -> None:
        """Keep the page that begins with a row."""
        if self._read("state.json") is None:
            write_whole(self._folder / "state.json", [self._state])
        head = json.dumps({"ids": page.ids, "more": page.more}).encode()
        content = b"\n".join([head, *page.lines])
        mark = hashlib.sha256(content).hexdigest().encode()
        write_whole(self._folder / f"page-{offset}.ndjson", [mark, b"\n", content])

    def get(self, offset: int) -> Page | None:
        """Return the page that begins with a row, None where it is not there or damaged."""
        mark, _, content = (self._read(f"page-{offset}.ndjson") or b"").partition(b"\n")
        if hashlib.sha256(content).hexdigest().encode() != mark:
            return None
        head, *lines = content.split(b"\n")
        return Page(lines, **json.loads(head))


def collect(
    service: Service,
    pages: StoredPages,
    *,
    connection: Connection,
    told: Callable[[int, int], None],
) -> list[int]:
    """Bring every page of a layer into the folder, and return the rows they begin with.

    Parameters
    ----------
    service : Service
        The layer.
    pages : StoredPages
        Pages already there are not asked for again.
    connection : Connection
        To the portal.
    told : callable
        Called with rows done and rows to do after each page.

    Raises
    ------
    UnfinishedError
        Where the service does not answer; pages stay for the next time.
    BoundaryFileError
        Where it gives other rows than it counts, the same twice, or changes on the way.
    """
    seen: set[int | str] = set()
    offsets: list[int] = []
    more = True
    while more or len(seen) < service.rows:
        offset = len(seen)
        page = pages.get(offset)
        if page is None:
            page = _ask_page(service, offset, connection)
            pages.keep(offset, page)
        else:
            connection.count(sum(map(len, page.lines)))
        _refuse_repeated(page, seen, service)
        if not page.ids or len(seen) + len(page.ids) > service.rows:
            _refuse_wrong_count(service, len(seen) + len(page.ids), page)
            break
        seen.update(page.ids)
        offsets.append(offset)
        more = page.more
        told(len(seen), service.rows)
    if ask_service(service.url, connection=connection) != service:
        raise BoundaryFileError(
            f"{service.url}: the layer was changed while it was downloaded; run it again"
        )
    return offsets


def _ask_page(service: Service, offset: int, connection: Connection) -> Page:
    question = {
        "where": "1=1",
        "outFields": "*",
        "outSR": _EPSG,
        "returnGeometry": "true",
        "orderByFields": service.id_field,
        "resultOffset": str(offset),
        "resultRecordCount": str(service.page_rows),
        "f": "geojson",
    }
    return connection.json(
        f"{service.url}/query",
        question,
        read=lambda answer: page_of(answer, service),
        where=f"{service.url} (rows {offset + 1:,} on, of {service.rows:,})",
    )


def _refuse_repeated(page: Page, seen: set[int | str], service: Service) -> None:
    double = seen.intersection(page.ids)
    if double or len(set(page.ids)) < len(page.ids):
        which = min(double, key=str) if double else "one"
        raise BoundaryFileError(
            f"{service.url}: wanted each row once, got {service.id_field} {which} twice (rows "
            f"{len(seen) + 1:,} on); the service does not page, so name a mirror (--from)"
        )


def _refuse_wrong_count(service: Service, came: int, page: Page) -> None:
    if not page.ids and page.more:
        raise BoundaryFileError(
            f"{service.url}: after {came:,} of {service.rows:,} rows an empty page came that "
            "promises more; run it again later, or name a mirror (--from)"
        )
    if came != service.rows:
        raise BoundaryFileError(
            f"{service.url}: wanted the {service.rows:,} rows that it counts, got {came:,}"
            f"{' or more' if page.ids else ''}; run it again later, or name a mirror (--from)"
        )


def page_of(answer: dict[str, Any], service: Service) -> Page:
    """Return the features of a page, checked.

    Raises
    ------
    PassingError
        Where it is not a GeoJSON FeatureCollection of features with object ids.
    BoundaryFileError
        Where its coordinates are not metres of EPSG:27700.
    """
    features = answer.get("features")
    if answer.get("type") != "FeatureCollection" or not isinstance(features, list):
        raise PassingError("JSON came that is not a GeoJSON FeatureCollection")
    _refuse_other_crs(answer.get("crs"), service.url)
    ids: list[int | str] = []
    for feature in features:
        _refuse_odd_feature(feature)
        properties = feature.get("properties") or {}
        own = properties.get(service.id_field, feature.get("id"))
        if not isinstance(own, (int, str)):
            raise PassingError(f"a feature came without its object id ({service.id_field})")
        ids.append(own)
        if _in_degrees(feature["geometry"]):
            raise BoundaryFileError(
                f"{service.url}: wanted metres of EPSG:{_EPSG}, got degrees; the service cannot "
                "turn its coordinates, so name a mirror (--from)"
            )
    # Newer services put the flag among properties.
    inner = answer.get("properties")
    flags = [answer, inner if isinstance(inner, dict) else {}]
    more = any(flag.get("exceededTransferLimit") is True for flag in flags)
    return Page([_line(feature) for feature in features], ids, more)


def _refuse_other_crs(crs: object, url: str) -> None:
    if crs is None:
        return
    properties = crs.get("properties") if isinstance(crs, dict) else None
    named = properties if isinstance(properties, dict) else {}
    name = str(named.get("name", named.get("code")))
    if name.rpartition(":")[2] != _EPSG:
        raise BoundaryFileError(
            f"{url}: wanted coordinates in EPSG:{_EPSG}, got {name[:60]!r}; name a mirror (--from)"
        )


def _refuse_odd_feature(feature: object) -> None:
    if isinstance(feature, dict) and feature.get("type") == "Feature" and "geometry" in feature:
        geometry, properties = feature["geometry"], feature.get("properties")
        drawn = isinstance(geometry, dict) and isinstance(geometry.get("coordinates"), list)
        if (drawn or geometry is None) and isinstance(properties, (dict, type(None))):
            return
    raise PassingError("a page came with something that is not a GeoJSON feature")


def _in_degrees(geometry: dict[str, Any] | None) -> bool:
    first = geometry["coordinates"] if geometry else []
    while isinstance(first, list) and first and isinstance(first[0], list):
        first = first[0]
    numbers = [x for x in first[:2] if isinstance(x, (int, float))]
    return bool(numbers) and all(abs(x) <= 180 for x in numbers)


def _line(feature: dict[str, Any]) -> bytes:
    try:
        return json.dumps(feature, ensure_ascii=False, separators=(",", ":")).encode()
    except (ValueError, RecursionError) as error:  # halves of characters, nests without end
        raise PassingError("a feature came that cannot be written as text") from error


def as_geojson(pages: StoredPages, offsets: list[int]) -> Iterator[bytes]:
    """Yield the text of one FeatureCollection, a feature on each line.

    The same pages give the same bytes.

    Raises
    ------
    BoundaryFileError
        Where a stored page has gone.
    """
    yield _HEAD
    before = b""
    for offset in offsets:
        page = pages.get(offset)
        if page is None:
            raise BoundaryFileError(
                "stored pages were removed on the way, perhaps by another download of the same "
                "layer that runs at the same time; run it again"
            )
        for line in page.lines:
            yield before + line
            before = b",\n"
    yield _TAIL
