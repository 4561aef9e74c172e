"""Refusing files whose content is not what their ending says, before a reader sees them.

Readers choose by content. A file that is called GeoJSON and holds a virtual data source would make
them open other files, or addresses on the network.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from coterminosity.errors import BoundaryFileError, listed

_JSON = (".geojson", ".json", ".topojson", ".geojsonl", ".geojsons", ".ndjson")
_MAGIC = {
    ".gpkg": (b"SQLite format 3\x00", "a GeoPackage"),
    ".fgb": (b"fgb", "FlatGeobuf"),
    ".shp": (b"\x00\x00\x27\x0a", "a Shapefile"),
}
# What tells a reader to open something else.
_VIRTUAL = re.compile(
    rb"<OGR\w*DataSource|<VRTDataset|gdal_streamed_alg|<(?:wfs:)?WFS_Capabilities", re.IGNORECASE
)
_SUSPECT = (b"<ogr", b"<vrtdataset", b"gdal_streamed_alg", b"wfs_capabilities")
# A reference system that is to be fetched from an address.
_LINKED = re.compile(rb'"crs"\s*:\s*\{[^{}]*"type"\s*:\s*"(?!name")', re.IGNORECASE)
_HREF = re.compile(rb'"href"\s*:', re.IGNORECASE)
_UNFINISHED = re.compile(rb'"exceededTransferLimit"\s*:\s*true', re.IGNORECASE)
# Nothing listens there: whatever a reader still tries to fetch ends at once.
_NOWHERE = {"GDAL_HTTP_PROXY": "http://127.0.0.1:9", "GDAL_HTTP_CONNECTTIMEOUT": "1",
            "GDAL_HTTP_MAX_RETRY": "0", "CPL_VSIL_CURL_ALLOWED_EXTENSIONS": "{none}"}  # fmt: skip


def refuse_masked(plain: Path, *, where: Path) -> None:
    """Refuse a file whose content is not of the kind that its ending says.

    Raises
    ------
    BoundaryFileError
        Where it is of another kind, holds a virtual data source or a linked reference system, or
        is an incomplete page of a feature service.
    """
    suffix = plain.suffix.lower()
    if suffix == ".gdb":
        if not (plain.is_dir() and any(plain.glob("a00000001.gdbtable"))):
            raise _other(where, "a File Geodatabase, which is a folder of tables")
        return
    if suffix in _MAGIC:
        magic, kind = _MAGIC[suffix]
        with plain.open("rb") as source:
            if not source.read(16).startswith(magic):
                raise _other(where, kind)
        if suffix == ".shp":
            _refuse_incomplete(plain, where)
        return
    if suffix in _JSON or suffix == ".kml":
        _refuse_text(plain.read_bytes(), suffix, where)


def _refuse_incomplete(plain: Path, where: Path) -> None:
    """Refuse a Shapefile without its index or its table."""
    beside = {p.suffix.lower() for p in plain.parent.iterdir() if p.stem == plain.stem}
    lacking = [f"{plain.stem}{suffix}" for suffix in (".shx", ".dbf") if suffix not in beside]
    if lacking:
        raise BoundaryFileError(
            f"{where}: {listed(lacking)} is missing; a Shapefile needs .shp, .shx, .dbf and .prj "
            "together"
        )


def _refuse_text(content: bytes, suffix: str, where: Path) -> None:
    head = content[:4096].lstrip(b"\xef\xbb\xbf \t\r\n\x1e")
    if suffix == ".kml":
        if not head.startswith(b"<") or b"<kml" not in content[:65536]:
            raise _other(where, "KML")
    elif not head.startswith((b"{", b"[")):
        raise _other(where, "JSON")
    # A plain search first: patterns over a large file take their time.
    small = content.lower()
    if any(word in small for word in _SUSPECT) and _VIRTUAL.search(content):
        raise BoundaryFileError(
            f"{where} holds a virtual data source, which would open other files or addresses; "
            "refused: export the boundaries themselves"
        )
    if suffix == ".kml":
        return
    named = b'"crs"' in small
    if named and (_LINKED.search(content) or _HREF.search(content[:65536])):
        raise BoundaryFileError(
            f"{where} declares a coordinate reference system by an address; refused: export it "
            "with a system that is named, such as EPSG:27700"
        )
    if b"exceededtransferlimit" in small and _UNFINISHED.search(content):
        raise BoundaryFileError(
            f"{where} is one page of a feature service that has more (exceededTransferLimit); get "
            "all of it, such as with `coterminosity fetch`"
        )


def _other(where: Path, kind: str) -> BoundaryFileError:
    return BoundaryFileError(
        f"{where} is not what its ending says: wanted {kind}, got something else; check that it is "
        "complete, or export it again"
    )


@contextmanager
def off_the_network() -> Iterator[None]:
    """Keep readers from the network while a file is read."""
    import pyogrio  # heavy, and needed only where a reader is about to be called

    before = {name: pyogrio.get_gdal_config_option(name) for name in _NOWHERE}
    pyogrio.set_gdal_config_options(_NOWHERE)
    try:
        yield
    finally:
        pyogrio.set_gdal_config_options(before)
