"""Counting what a file holds by another way than the reader, which may pass over what is broken."""

import contextlib
import json
import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from coterminosity.errors import BoundaryFileError, listed
from coterminosity.geometry import Geometries, simple_parts

# Keys of a GeoJSON feature; a file in which they do not agree with the rows read is parsed whole.
_KEYS = (rb'"geometry"\s*:', rb'"type"\s*:\s*"Feature"')
# The innermost lists of GeoJSON are vertices, and now and then bounds.
_VERTEX = re.compile(rb'\[[^\[\]{}"]+\]')
# Parsed whole in any case: a fraction of a second.
_SMALL = 4 << 20
_CURVED = ("CURVEPOLYGON", "MULTISURFACE", "SURFACE", "CURVE", "COMPOUNDCURVE", "MULTICURVE")
_WHOLE = (".geojson", ".json", ".topojson")
_LINES = (".geojsonl", ".geojsons", ".ndjson")


def refuse_lost(plain: Path, frame: pd.DataFrame, *, where: str, layers: int, told: int) -> None:
    """Refuse a file of which the reader has passed over a part.

    Parameters
    ----------
    plain : Path
        The unpacked file.
    frame : DataFrame
        What was read.
    where : str
        Named in the message.
    layers : int
        How many layers the file holds.
    told : int
        How many rows the format's own index tells, negative where it tells nothing.

    Raises
    ------
    BoundaryFileError
        Which names the first rows that were passed over where they can be told.
    """
    suffix = plain.suffix.lower()
    lost: list[str] = []
    rows, held = len(frame), told
    # Only these are text, to be searched for what the reader did not take.
    text = plain.read_bytes() if suffix in (*_LINES, *_WHOLE, ".kml") else b""
    if suffix in _LINES:
        held, lost = _lines(text)
    elif suffix in (".geojson", ".json"):
        held, lost = _features(text, rows)
    elif suffix == ".kml" and layers == 1:
        held = len(re.findall(rb"<Placemark\b", text))
    elif suffix == ".shp":
        held = max(told, _rows_of_attributes(plain))
    if held > rows:
        named = f" (broken: {listed(lost)})" if lost else ""
        raise BoundaryFileError(
            f"{where} holds {held:,} rows, of which only {rows:,} can be read{named}; check that "
            "it is complete, or export it again"
        )
    drawn = frame.geometry.to_numpy() if isinstance(frame, gpd.GeoDataFrame) else None
    parts: list[str] = []
    if drawn is not None and suffix == ".kml" and layers == 1:
        parts = _broken_kml(text, drawn)
    elif drawn is not None and suffix in _WHOLE:
        parts = _broken_parts(text, drawn)
    if parts:
        raise BoundaryFileError(
            f"{where} holds parts or rings that cannot be read ({listed(parts)}); redraw these "
            "regions, or export the file again"
        )


def _broken_parts(text: bytes, drawn: Geometries) -> list[str]:
    """Name the rows of which the reader has passed over a part, a ring or a vertex."""
    if b'"Topology"' in text[:4096]:
        return _broken_arcs(_parsed(text))
    vertices = shapely.get_num_coordinates(drawn)
    total = int(vertices.sum())
    if total == _lists_of_numbers(text) or total == len(_VERTEX.findall(text)):
        return []
    whole = _parsed(text)
    items = whole.get("features") if isinstance(whole, dict) else None
    if not isinstance(items, list) or len(items) != len(drawn):
        return []
    held = [_vertices_of((item or {}).get("geometry")) for item in items]
    return [f"row {k}" for k, (own, read) in enumerate(zip(held, vertices, strict=True), 1)
            if own != read]  # fmt: skip


def _vertices_of(geometry: Any) -> int:
    """Count the vertices that a geometry of GeoJSON writes, sound or not."""
    if not isinstance(geometry, dict):
        return 0
    if isinstance(geometry.get("geometries"), list):
        return sum(_vertices_of(one) for one in geometry["geometries"])
    return _lists_in(geometry.get("coordinates"))


def _lists_in(value: Any) -> int:
    if not isinstance(value, list) or not value:
        return 0 if isinstance(value, list) else 1
    inner = [one for one in value if isinstance(one, (list, dict))]
    return sum(_lists_in(one) for one in inner) if inner else 1


def _broken_arcs(whole: Any) -> list[str]:
    """Name the regions of TopoJSON that refer to arcs which are not there."""
    arcs = len(whole.get("arcs", ())) if isinstance(whole, dict) else 0
    objects = whole.get("objects", {}) if isinstance(whole, dict) else {}
    broken = []
    for one in objects.values():
        for k, region in enumerate(one.get("geometries", ()), 1):
            numbers = list(_leaves(region.get("arcs", ())))
            if not all(isinstance(n, int) and -arcs <= n < arcs for n in numbers):
                broken.append(f"row {k}")
    return broken


def _leaves(value: Any) -> Iterator[Any]:
    if isinstance(value, list):
        for one in value:
            yield from _leaves(one)
    else:
        yield value


def _is_area(part: Any) -> bool:
    return bool(shapely.get_type_id(part) == 3)


def _lists_of_numbers(text: bytes) -> int:
    """Count brackets before a number, quickly: vertices, if no text of a file looks like one."""
    signs = np.frombuffer(text.translate(None, b" \t\r\n"), dtype=np.uint8)
    after = signs[np.flatnonzero(signs[:-1] == ord("[")) + 1]
    return int(np.isin(after, list(b"-0123456789")).sum())


def _broken_kml(text: bytes, drawn: Geometries) -> list[str]:
    """Tell whether KML writes more rings, lines and points than were read."""
    written = len(re.findall(rb"<coordinates\b", text))
    parts = [part for one in drawn if one is not None for part in simple_parts(one)]
    rings = [shapely.get_rings(part) if _is_area(part) else [part] for part in parts]
    read = sum(not line.is_empty for own in rings for line in own)
    return [f"{written - read} rings or points"] if written > read else []


def declared_curves(plain: Path, layer: str | None) -> str:
    """Return the kind of curves that a layer of a GeoPackage declares, empty where it has none."""
    query = "select geometry_type_name from gpkg_geometry_columns where table_name = ?"
    try:
        with contextlib.closing(
            sqlite3.connect(f"{plain.absolute().as_uri()}?mode=ro", uri=True)
        ) as base:
            (kind,) = base.execute(query, (layer,)).fetchone() or ("",)
    except sqlite3.Error:
        return ""  # the reader has taken it; what it declares is not worth a refusal
    return str(kind) if str(kind).upper() in _CURVED else ""


def _lines(content: bytes) -> tuple[int, list[str]]:
    """Return the number of features of newline-delimited GeoJSON, and the lines that are none."""
    if b"\x1e" in content:  # a record separator allows a feature to run over several lines
        records = [part for part in content.split(b"\x1e") if part.strip()]
    else:
        records = [line for line in content.splitlines() if line.strip()]
    broken = [f"line {k}" for k, text in enumerate(records, 1) if not _is_feature(_parsed(text))]
    return len(records), broken


def _features(content: bytes, rows: int) -> tuple[int, list[str]]:
    """Return the number of items of a feature collection, and those that are no features."""
    sound = all(len(re.findall(key, content)) == rows for key in _KEYS)
    if sound and len(content) > _SMALL:
        return rows, []
    whole = _parsed(content)
    items = whole.get("features") if isinstance(whole, dict) else None
    if not isinstance(items, list):
        return rows, []  # TopoJSON, a single feature, or a page of a service
    return len(items), [f"item {k}" for k, item in enumerate(items, 1) if not _is_feature(item)]


def _parsed(content: bytes) -> Any:
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        return None


def _is_feature(item: Any) -> bool:
    return isinstance(item, dict) and item.get("type") == "Feature"


def _rows_of_attributes(plain: Path) -> int:
    """Return how many rows the table beside a Shapefile tells that it has."""
    tables = [p for p in plain.parent.glob(f"{plain.stem}.*") if p.suffix.lower() == ".dbf"]
    if not tables:
        return -1
    with tables[0].open("rb") as source:
        head = source.read(8)
    return int.from_bytes(head[4:8], "little") if len(head) == 8 else -1
