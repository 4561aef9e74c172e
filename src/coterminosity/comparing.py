"""Two layers against each other, each by its short name, its catalogue key or a boundary file."""

from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import pandas as pd

from coterminosity import scores
from coterminosity.atoms import Atoms
from coterminosity.catalogue import Record, extent_of, records
from coterminosity.england import england_2017
from coterminosity.errors import CoterminosityError, nearest
from coterminosity.folder import read_population
from coterminosity.layer import BoundaryLayer
from coterminosity.loading import load
from coterminosity.overlap import Overlap
from coterminosity.overlay import Progress
from coterminosity.tables import read_england_tables


def people_for(
    population: str | Path | None, embedded: Atoms
) -> tuple[Atoms | pd.Series | gpd.GeoDataFrame, str]:
    """Return the people of a file, or the embedded ones, and a note on where they are from."""
    if population is None:
        return embedded, "People: ONS mid-2017 estimates."
    return read_population(population), f"People: {Path(population).name}."


def overlap_of(
    left: str,
    right: str,
    *,
    weight: str = "population",
    population: str | Path | None = None,
    boundaries: str | Path | None = None,
    extent: str | None = None,
    progress: Progress | None = None,
) -> tuple[Overlap, Atoms]:
    """Overlap two layers, each by its short name (embedded), its key, or as a boundary file.

    Two layers of the embedded data set are compared by its figures. Otherwise boundaries are read:
    a file, or a key such as ``lep-2020`` found in ``boundaries`` or among the fetched layers. They
    are weighed by land, or by the people of ``population``, or by the embedded mid-2017 figures
    where the layers are those of 2017.

    Returns
    -------
    Overlap, Atoms
        For `scores.summary` and `pair_rows`.

    Raises
    ------
    CoterminosityError
        Where a side is unknown, is not there, or the two cover different territories and no
        ``extent`` is given.
    """
    embedded = england_2017().atoms
    own = [_embedded_name(side) for side in (left, right)]
    read = boundaries is not None or None in own
    land = weight in ("area", "land", "area_m2")
    if population is not None and (land or not read):
        raise CoterminosityError(
            "a population file weighs two layers of boundaries by people: give two files or keys "
            "and no --weight area, or leave it out"
        )
    if not read and extent is not None and extent_of(extent).name != "England":
        raise CoterminosityError(
            f"the embedded figures are of England, not of {extent_of(extent).name}; give boundary "
            "files or keys with --boundaries"
        )
    if not read:
        return embedded.overlap(str(own[0]), str(own[1]), weight=weight), embedded
    targets = [_target(side) for side in (left, right)]  # a wrong name is told before any reading
    layers = [_read(target, boundaries, extent) for target in targets]
    if layers[0].layer == layers[1].layer:
        # Two versions of one layer: told apart by the names of their files or keys.
        titles = [Path(side).stem if Path(side).suffix else side for side in (left, right)]
        layers = [replace(one, layer=name) for one, name in zip(layers, titles, strict=True)]
    people = None if land else people_for(population, embedded)[0]
    atoms = Atoms.build(*layers, population=people, progress=progress)
    return atoms.overlap(layers[0].layer, layers[1].layer, weight=weight), atoms


def _embedded_name(side: str) -> str | None:
    """Return the short name of an embedded layer given by it or by its key, None for another."""
    names = {layer: layer for layer in england_2017().atoms.layers}
    names |= {r.key: r.layer for r in records() if _in_embedded(r)}
    return names.get(side.lower())


def _target(side: str) -> Path | str:
    """Return the file or the key of the catalogue that a side names."""
    if Path(side).suffix:
        return Path(side)
    keys = [record.key for record in records()]
    own = [r.key for r in records() if r.layer == side.lower() and _in_embedded(r)]
    if own or side.lower() in keys:
        return own[0] if own else side.lower()
    raise CoterminosityError(
        f"{side!r}: wanted a boundary file, a layer of the embedded data "
        f"({', '.join(england_2017().atoms.layers)}) or a key of the catalogue "
        f"({', '.join(keys)}){nearest(side, keys)}"
    )


def _read(target: Path | str, boundaries: str | Path | None, extent: str | None) -> BoundaryLayer:
    if isinstance(target, str):
        return load(target, boundaries=boundaries, extent=extent)
    layer = BoundaryLayer.from_file(target)
    return layer if extent is None or layer.extent == extent else layer.clip(extent)


def _in_embedded(record: Record) -> bool:
    about = read_england_tables().about["layers"].get(record.layer, {})
    return bool(about.get("vintage") == record.vintage)


def pair_rows(
    overlap: Overlap, atoms: Atoms, *, tolerance: float = scores.TOLERANCE
) -> pd.DataFrame:
    """Return the pairs of two layers with their names and what was measured, for a file."""
    table = scores.pair_classes(overlap, tolerance=tolerance)
    table.insert(0, "left_layer", overlap.left)
    table.insert(1, "right_layer", overlap.right)
    table.insert(2, "measure", overlap.measure)
    for place, side, layer in ((4, "left", overlap.left), (6, "right", overlap.right)):
        names = atoms.regions(layer).reindex(pd.Index(table[side])).to_numpy()
        table.insert(place, f"{side}_name", names)
    return table
