"""Which regions lie at a point: an R-tree on disk per boundary file, with the polygons inside it.

A question reads only the polygons whose bounds hold the point, so that a file of 33,000 small
areas answers as fast from a cold start as one of 38 regions. This module loads neither pandas nor
geopandas before an index has to be built.
"""

import csv
import hashlib
import itertools
import json
import os
import shutil
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import shapely
from pyproj import Transformer
from rtree.exceptions import RTreeError
from rtree.index import Index
from shapely.errors import GEOSException

from coterminosity.cache import cache_folder
from coterminosity.errors import BoundaryFileError, CoterminosityError, CrsError, listed
from coterminosity.opening import PACKED, PLAIN, suffix_of

if TYPE_CHECKING:
    from coterminosity.layer import BoundaryLayer

_POINT_COLUMNS = (("latitude", "longitude"), ("lat", "lon"), ("easting", "northing"))
_FORMAT = 2  # of the index; raised when its content changes
_SEPARATOR = b"\x1f"
# Great Britain in degrees, with room at the edges.
_LATITUDES, _LONGITUDES = (49.0, 61.5), (-9.5, 2.5)


@dataclass(frozen=True)
class Found:
    """A region at a point."""

    layer: str
    code: str
    name: str


@dataclass(frozen=True)
class Point:
    """A point as it was given: degrees or metres, with the label to show it by."""

    first: float
    second: float
    label: str


def read_points(text: str) -> list[Point]:
    """Return the point that a text gives, or the points of a CSV file that it names.

    The file has columns ``latitude, longitude`` (or ``lat, lon``) or ``easting, northing``, in any
    case, and perhaps ``name``.

    Raises
    ------
    CrsError
        Where the text or a row is no point.
    BoundaryFileError
        Where the file cannot be read or has no such columns.

    Examples
    --------
    >>> read_points("545000,258000")
    [Point(first=545000.0, second=258000.0, label='545000 258000')]
    """
    if text.lower().endswith(".csv"):
        return _points_of(Path(text))
    try:
        first, second = (float(part) for part in text.split(","))
    except ValueError as error:
        raise CrsError(
            f"{text!r}: wanted latitude,longitude or easting,northing, such as 52.205,0.119 or "
            "545000,258000, or a CSV file"
        ) from error
    return [Point(first, second, text.replace(",", " "))]


def _points_of(path: Path) -> list[Point]:
    try:
        with path.open(newline="", encoding="utf-8-sig") as source:
            rows = list(csv.DictReader(source))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise BoundaryFileError(f"{path}: cannot be read as a CSV of points ({error})") from error
    named = {str(column).strip().lower(): column for column in (rows[0] if rows else {})}
    pair = next((p for p in _POINT_COLUMNS if p[0] in named and p[1] in named), None)
    if pair is None:
        raise BoundaryFileError(
            f"{path}: wanted columns latitude, longitude or easting, northing; it has "
            f"{listed(named) or 'no rows'}"
        )
    points = []
    for number, row in enumerate(rows, start=1):
        given = [row[named[column]] for column in pair]
        try:
            first, second = (float(value) for value in given)
        except (TypeError, ValueError) as error:
            what = ", ".join(map(str, given))
            raise CrsError(f"{path}: row {number} is no point ({what})") from error
        points.append(Point(first, second, row.get(named.get("name", ""), "") or f"row {number}"))
    return points


def files_in(folder: Path) -> list[Path]:
    """Return the boundary files of a folder, by name.

    Raises
    ------
    BoundaryFileError
        Where there is no such folder, or it has no boundary files.
    """
    if not folder.is_dir():
        raise BoundaryFileError(f"{folder}: no such folder of boundary files")
    endings = set(PLAIN + PACKED) - {".csv", ".json"}  # lookups and settings, as a rule
    files = sorted(path for path in folder.iterdir() if suffix_of(path) in endings)
    if not files:
        raise BoundaryFileError(f"{folder}: holds no boundary files")
    return files


def to_grid(first: float, second: float, *, crs: str = "EPSG:27700") -> tuple[float, float]:
    """Return easting and northing of latitude and longitude; metres are returned as they are.

    Raises
    ------
    CrsError
        Where degrees lie outside Great Britain, for a layer that lies in it.
    """
    if abs(first) > 180 or abs(second) > 180:
        return first, second
    british = crs == "EPSG:27700"
    if british and not (_within(first, _LATITUDES) and _within(second, _LONGITUDES)):
        turned = _within(second, _LATITUDES) and _within(first, _LONGITUDES)
        hint = "latitude comes first" if turned else "it lies outside Great Britain"
        raise CrsError(f"{first},{second}: wanted latitude,longitude in Great Britain; {hint}")
    if not british and not _within(first, (-90.0, 90.0)):
        raise CrsError(f"{first},{second}: wanted latitude,longitude; latitude comes first")
    transform = Transformer.from_crs("EPSG:4326", crs, always_xy=True)
    east, north = transform.transform(second, first)
    return float(east), float(north)


def _within(value: float, bounds: tuple[float, float]) -> bool:
    return bounds[0] <= value <= bounds[1]


def index_of(path: Path, *, cache: Path | None = None) -> Path:
    """Return the index of a boundary file, built when the file is new or has changed.

    Raises
    ------
    BoundaryFileError
        Where there is no such file, or it cannot be read.
    """
    if not path.exists():
        raise BoundaryFileError(f"{path}: no such file; check the spelling and the folder")
    state = path.stat()
    key = f"{_FORMAT}|{path.resolve()}|{state.st_size}|{state.st_mtime_ns}"
    name = f"{path.name.split('.')[0]}-{hashlib.sha256(key.encode()).hexdigest()[:16]}"
    folder = (cache or cache_folder()) / "where" / name
    if not (folder / "layer.json").is_file():
        from coterminosity.layer import BoundaryLayer  # heavy, and needed only here

        build_index(BoundaryLayer.from_file(path), folder)
    return folder


def build_index(layer: "BoundaryLayer", folder: Path) -> None:
    """Write the index of a layer; the folder appears when it is complete."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(prefix=".index-", dir=folder.parent))
    try:
        drawn = layer.geometry.to_numpy()
        boxes = shapely.bounds(drawn)
        records = [
            _SEPARATOR.join([str(code).encode(), str(name).encode(), shapely.to_wkb(polygon)])
            for code, name, polygon in zip(layer.frame.index, layer.names, drawn, strict=True)
        ]
        ends = list(itertools.accumulate(len(record) for record in records))
        tree = Index(
            str(scratch / "tree"),
            ((number, tuple(box), None) for number, box in enumerate(boxes.tolist())),
        )
        tree.close()
        (scratch / "regions.bin").write_bytes(b"".join(records))
        about = {
            "layer": layer.layer,
            "vintage": layer.vintage,
            "crs": layer.frame.crs.to_string(),
            "ends": ends,
        }
        (scratch / "layer.json").write_text(json.dumps(about), encoding="utf-8")
        if folder.exists():
            shutil.rmtree(folder)
        os.replace(scratch, folder)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def regions_at(points: Sequence[tuple[float, float]], index: Path) -> list[list[Found]]:
    """Return the regions at each point (degrees, or metres of the layer), sorted by code.

    A point in an overlap, or on a border, lies in several; a point at sea in none.

    Raises
    ------
    CoterminosityError
        Where the index is damaged.
    """
    try:
        about = json.loads((index / "layer.json").read_text(encoding="utf-8"))
        tree = Index(str(index / "tree"))
        with (index / "regions.bin").open("rb") as records:
            metres = [to_grid(*point, crs=about["crs"]) for point in points]
            found = [_regions_at(point, tree, records, about) for point in metres]
        tree.close()
    except (OSError, ValueError, KeyError, IndexError, RTreeError, GEOSException) as error:
        raise CoterminosityError(
            f"{index}: the index is damaged ({str(error).splitlines()[0]}); delete this folder "
            "and ask again"
        ) from error
    return found


def _regions_at(
    point: tuple[float, float], tree: Index, records: BinaryIO, about: dict[str, Any]
) -> list[Found]:
    here, found, ends = shapely.Point(point), [], about["ends"]
    for number in tree.intersection((*point, *point)):
        start = ends[number - 1] if number else 0
        records.seek(start)
        code, name, polygon = records.read(ends[number] - start).split(_SEPARATOR, 2)
        if shapely.intersects(shapely.from_wkb(polygon), here):
            found.append(Found(about["layer"], code.decode(), name.decode()))
    return sorted(found, key=lambda region: region.code)


def where(
    points: Sequence[tuple[float, float]],
    files: Iterable[str | Path],
    *,
    cache: str | Path | None = None,
) -> list[list[Found]]:
    """Name the regions of every layer at each point.

    Parameters
    ----------
    points : sequence of pairs
        Latitude and longitude in degrees, or easting and northing in metres of the files' own
        projection (in Britain EPSG:27700).
    files : iterable of path
        Boundary files. The first question indexes a file; later ones read the index.
    cache : path, optional
        Folder of the indexes; see `coterminosity.cache.cache_folder`.

    Returns
    -------
    list of lists of Found
        By point: ``layer, code, name`` of each region there, overlaps included, in the order of
        the files.

    Raises
    ------
    CrsError, BoundaryFileError
        Where a point is not in Great Britain, or a file cannot be read.
    """
    kept = Path(cache) if cache is not None else None
    by_file = [regions_at(points, index_of(Path(file), cache=kept)) for file in files]
    return [[region for found in by_file for region in found[k]] for k in range(len(points))]
