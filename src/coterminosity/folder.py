"""A folder of boundary files: which layer each holds, and the people to go with them."""

from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyarrow.parquet as pq
import shapely

from coterminosity.catalogue import extent_of, extents
from coterminosity.columns import find_columns
from coterminosity.errors import (
    BoundaryFileError,
    CodeError,
    ColumnError,
    CoterminosityError,
    listed,
)
from coterminosity.layer import BoundaryLayer
from coterminosity.reading import is_boundary_file, read_attributes, read_boundaries, read_table

_POPULATION = ("population", "people", "all ages", "all_ages", "total")


@dataclass(frozen=True)
class Folder:
    """The layers found in a folder, and a note for each file that was passed over."""

    layers: dict[str, BoundaryLayer]
    notes: tuple[str, ...]


def read_folder(folder: str | Path, *, wanted: tuple[str, ...], needed: tuple[str, ...]) -> Folder:
    """Read the wanted layers of a folder of boundary files.

    Each file's layer is read off its columns. Where two files hold one layer, the one with more
    vertices, the less generalised, is taken, and a note says so.

    Raises
    ------
    BoundaryFileError
        Where there is no such folder, or it lacks a needed layer; what it has is listed.
    """
    folder = Path(folder)
    if folder.is_file():
        raise BoundaryFileError(f"{folder} is a file; name the folder that holds the boundaries")
    if not folder.is_dir():
        raise BoundaryFileError(f"{folder}: no such folder of boundary files")
    candidates: dict[str, list[Path]] = {}
    notes = []
    for path in sorted(p for p in folder.iterdir() if is_boundary_file(p)):
        try:
            layer = layer_of_file(path)
        except CoterminosityError as error:
            if not path.name.lower().endswith((".csv", ".csv.gz")):  # lookups are no surprise
                notes.append(f"passed over {path.name}: {error}")
            continue
        if layer in wanted:
            candidates.setdefault(layer, []).append(path)
    missing = [layer for layer in needed if layer not in candidates]
    if missing:
        raise BoundaryFileError(
            f"{folder}: no boundary file of layer {listed(missing)} (a code column such as "
            f"{missing[0].upper()}17CD); found {listed(sorted(candidates)) or 'none'}"
            + (f"; {notes[0]}" if notes else "")
        )
    layers = {}
    for layer, paths in candidates.items():
        layers[layer], more = best_of(layer, paths)
        notes += more
        layers[layer], more = _english(layers[layer])
        notes += more
    return Folder(layers=layers, notes=tuple(notes))


def best_of(layer: str, paths: list[Path]) -> tuple[BoundaryLayer, list[str]]:
    """Read the files of one layer; return the most detailed, and notes on the others.

    Raises
    ------
    BoundaryFileError
        Where none can be read, or they are of different vintages.
    """
    read, notes = [], []
    for path in paths:
        try:
            read.append(BoundaryLayer.from_file(path))
        except CoterminosityError as error:
            if len(paths) == 1:
                raise
            notes.append(f"passed over {path.name}: {error}")
    if not read:
        raise BoundaryFileError(f"no file of layer {layer} can be read: {'; '.join(notes)}")
    vintages = sorted({one.vintage for one in read})
    if len(vintages) > 1:
        files = [f"{Path(one.source).name} ({one.vintage or 'undated'})" for one in read]
        raise BoundaryFileError(
            f"layer {layer} stands in files of different vintages: {listed(files)}; keep one "
            "of them in the folder"
        )
    best = max(read, key=lambda one: int(shapely.get_num_coordinates(one.geometry.array).sum()))
    notes += [
        f"{Path(other.source).name} also holds {layer}; took the more detailed "
        f"{Path(best.source).name}"
        for other in read
        if other is not best
    ]
    return best, notes


def _english(layer: BoundaryLayer) -> tuple[BoundaryLayer, list[str]]:
    """Leave out regions of Wales, Scotland and Northern Ireland, which have no LEPs or STPs."""
    if layer.extent in ("", "England") or "England" not in _parts_of(layer.extent):
        return layer, []
    english = layer.clip("England")
    beyond = len(layer) - len(english)
    return english, [f"{Path(layer.source).name}: left out {beyond} regions outside England"]


def _parts_of(extent: str) -> set[str]:
    countries = set(extent_of(extent).countries)
    return {one.name for one in extents() if set(one.countries) <= countries}


def layer_of_file(path: Path) -> str:
    """Return the short name of the layer that a boundary file holds, without its geometry.

    Raises
    ------
    CoterminosityError
        Where it cannot be read or has no code column.
    """
    table = read_attributes(path)
    columns = find_columns(table, where=path.name)
    if columns.layer is None:
        raise ColumnError(f"{path.name} does not say which layer it holds")
    return columns.layer


def read_population(path: str | Path) -> "pd.Series | gpd.GeoDataFrame":
    """Read people by code from a table, or by small area from a boundary file.

    Returns
    -------
    Series or GeoDataFrame
        People by code from ``.csv``, ``.csv.gz`` or a Parquet table without geometry; polygons
        or points with a column ``population`` from a boundary file.

    Raises
    ------
    BoundaryFileError, ColumnError, CodeError
        Where the file, its code column or its column of people is missing, or codes are double.
    """
    path = Path(path)
    if not path.is_file():
        raise BoundaryFileError(f"{path}: no such population file")
    plain = path.name.lower().endswith((".csv", ".csv.gz"))
    if not plain and not is_boundary_file(path):
        raise BoundaryFileError(
            f"{path}: wanted people as a table (.csv, .csv.gz, .parquet) or a boundary file, got "
            f"{path.suffix or 'a file without an ending'}"
        )
    if not plain and (path.suffix.lower() != ".parquet" or b"geo" in _metadata(path)):
        frame = read_boundaries(path)
        column = _people_column(frame, path)
        return frame.rename(columns={column: "population"})[["population", "geometry"]]
    try:
        table = read_table(path) if plain else pd.read_parquet(path)
    except (ValueError, OSError) as error:
        raise BoundaryFileError(f"{path} is not a table that can be read: {error}") from error
    columns = find_columns(table, where=str(path))
    column = _people_column(table, path)
    codes = table[columns.code].astype("str").str.strip()
    blank = table[columns.code].isna() | (codes == "")
    if blank.any():
        rows = [row + 1 for row in range(len(table)) if blank.iloc[row]]
        raise CodeError(f"{path}: no code in row {listed(rows)} of column {columns.code}")
    double = sorted(set(codes[codes.duplicated()]))
    if double:
        raise CodeError(f"{path}: two rows for {listed(double)}; keep one row per code")
    return pd.Series(table[column].to_numpy(), index=codes, name="population")


def _metadata(path: Path) -> dict[bytes, bytes]:
    try:
        return pq.read_schema(path).metadata or {}
    except (OSError, ValueError) as error:
        raise BoundaryFileError(f"{path} is not a Parquet file: {error}") from error


def _people_column(table: pd.DataFrame, path: Path) -> str:
    named = {str(column).strip().lower(): str(column) for column in table.columns}
    for name in _POPULATION:
        if name in named:
            return named[name]
    raise ColumnError(
        f"{path}: no column of people (population, people, all ages or total); it has "
        f"{listed([c for c in table.columns if c != 'geometry'], most=12)}"
    )
