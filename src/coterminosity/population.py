"""Giving people to pieces of land."""

from collections.abc import Sequence
from typing import Any, Protocol

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from coterminosity.errors import CodeError, ColumnError, MeasureError, listed
from coterminosity.geometry import NATIONAL_GRID, Geometries
from coterminosity.grids import to_working_grid

# A small area whose inner point lies this far (m) from every piece still belongs to the nearest:
# generalised coasts differ by about this much.
MOST_SNAPPED = 1_000.0

Members = Sequence[set[tuple[str, str]]]


class KnownAtoms(Protocol):
    """Atoms with people: what `from_atoms` needs of them."""

    @property
    def members(self) -> pd.DataFrame:
        """``layer, code, atom``."""

    def weights(self, measure: str) -> pd.Series:
        """Return a measure by atom."""


def give(
    population: KnownAtoms | gpd.GeoDataFrame | pd.Series,
    members: Members,
    drawn: Geometries,
    layers: Sequence[str],
    *,
    crs: Any = NATIONAL_GRID,
) -> pd.Series:
    """Give people to pieces of land in a projection, by whatever way their figures come."""
    if isinstance(population, gpd.GeoDataFrame):
        return from_small_areas(population, drawn, crs=crs)
    if isinstance(population, pd.Series):
        return from_regions(population, members, shapely.area(drawn), layers)
    if not hasattr(population, "weights"):
        raise MeasureError(
            "population: wanted Atoms, a GeoDataFrame of small areas with a column population, or "
            f"a Series of people by code, got {type(population).__name__}"
        )
    return from_atoms(population.weights("population"), population.members, members, layers)


def from_regions(
    population: pd.Series, members: Members, area_m2: np.ndarray, layers: Sequence[str]
) -> pd.Series:
    """Spread the people of regions over their pieces in proportion to land.

    Raises
    ------
    CodeError
        Where the codes are not those of one layer; those that do not match are listed.
    """
    codes = pd.Index(population.index.astype("str"))
    if not codes.is_unique:
        double = codes[codes.duplicated()].unique()
        raise CodeError(f"the population table has two rows for {listed(double)}; keep one")
    own = {layer: {code for m in members for (n, code) in m if n == layer} for layer in layers}
    layer = max(layers, key=lambda name: len(own[name] & set(codes)))
    missing = sorted(own[layer] - set(codes))
    unknown = sorted(set(codes) - own[layer])
    if missing or unknown:
        parts = [f"{len(missing)} regions have no people ({listed(missing)})"] if missing else []
        parts += [f"{len(unknown)} rows have no region ({listed(unknown)})"] if unknown else []
        raise CodeError(
            f"the population table does not match layer {layer!r}: {' and '.join(parts)}; "
            "use a table of the same vintage"
        )
    people = pd.Series(_clean(population), index=codes)
    frame = pd.DataFrame(
        [(i, code, area_m2[i]) for i, m in enumerate(members) for (n, code) in m if n == layer],
        columns=["piece", "code", "area_m2"],
    )
    overlapping = set(frame.loc[frame["piece"].duplicated(keep=False), "code"])
    if overlapping:
        raise CodeError(
            f"people cannot be spread over layer {layer!r}, whose regions overlap "
            f"({listed(sorted(overlapping))}); give people by a layer without overlaps"
        )
    share = frame["area_m2"] / frame.groupby("code")["area_m2"].transform("sum")
    given = people.reindex(frame["code"]).to_numpy() * share.to_numpy()
    return pd.Series(given, index=frame["piece"]).reindex(range(len(members)), fill_value=0.0)


def from_small_areas(
    small: gpd.GeoDataFrame,
    pieces: Geometries,
    *,
    column: str = "population",
    crs: Any = NATIONAL_GRID,
) -> pd.Series:
    """Give each small area's people to the piece that holds its inner point.

    Pieces are in the projection ``crs``.

    Raises
    ------
    ColumnError
        Where the table has no such column.
    MeasureError
        Where people live farther than 1 km from every piece.
    """
    if column not in small.columns:
        raise ColumnError(f"the population layer has no column {column!r}")
    people = _clean(small[column])
    empty = np.flatnonzero(small.geometry.isna() | small.geometry.is_empty)
    if len(empty):
        raise MeasureError(
            f"{people[empty].sum():,.0f} people in {len(empty):,} small areas have no geometry "
            f"(rows {listed(int(row) + 1 for row in empty)}); complete or remove these rows"
        )
    rows = pd.RangeIndex(1, len(small) + 1).astype("str")
    gridded = to_working_grid(small, rows, where="the population layer", to_crs=crs)
    points = shapely.point_on_surface(np.asarray(gridded.geometry.array))
    tree = shapely.STRtree(pieces)
    point, piece = tree.query(points, predicate="intersects")
    home = pd.Series(piece, index=point)
    home = home[~home.index.duplicated()]
    stray = np.setdiff1d(np.arange(len(points)), home.index)
    if len(stray):
        nearest, distance = tree.query_nearest(
            points[stray], return_distance=True, all_matches=False
        )
        far = stray[nearest[0]][distance > MOST_SNAPPED]
        if len(far):
            raise MeasureError(
                f"{people[far].sum():,.0f} people in {len(far):,} small areas live more than "
                f"{MOST_SNAPPED / 1000:.0f} km outside every layer (first: row {far[0] + 1}); "
                "use layers and small areas of one extent"
            )
        home = pd.concat([home, pd.Series(nearest[1], index=stray[nearest[0]])])
    home = home.sort_index()
    total = pd.Series(people[home.index.to_numpy()]).groupby(home.to_numpy()).sum()
    return total.reindex(range(len(pieces)), fill_value=0.0)


def from_atoms(
    people: pd.Series, known: pd.DataFrame, members: Members, layers: Sequence[str]
) -> pd.Series:
    """Give each piece the people of the known atoms that lie in the same regions.

    Parameters
    ----------
    people : Series
        People by known atom.
    known : DataFrame
        ``layer, code, atom`` of the known atoms.
    members : sequence of sets
        Memberships of the pieces.
    layers : sequence of str
        Layers of the pieces; those that ``known`` has as well are compared.

    Raises
    ------
    CodeError
        Where known atoms with people lie in no piece; they are listed.
    """
    common = [layer for layer in layers if (known["layer"] == layer).any()]
    rows = known.loc[known["layer"].isin(common)]
    pairs = list(zip(rows["layer"], rows["code"], strict=True))
    key = pd.Series(pairs, index=rows["atom"]).groupby(level=0).agg(frozenset)
    by_key = people.reindex(key.index).groupby(key.to_numpy()).sum()
    own = [frozenset(m for m in piece if m[0] in common) for piece in members]
    if len(set(own)) < len(own):
        raise CodeError(
            "people cannot be divided among pieces that differ only in layers the figures do "
            f"not have ({listed(sorted(set(layers) - set(common)))}); give population= as small "
            "areas"
        )
    lost = by_key[~by_key.index.isin(set(own)) & (by_key > 0)]
    if len(lost):
        texts = sorted(" + ".join(sorted(code for _, code in k)) for k in lost.index)
        raise CodeError(
            f"{lost.sum():,.0f} people of {len(lost)} known atoms find no land in these layers "
            f"({listed(texts)}); give population= as a table or layer of the same vintage"
        )
    return pd.Series([float(by_key.get(k, 0.0)) for k in own])


def _clean(population: pd.Series) -> np.ndarray:
    people = pd.to_numeric(population, errors="coerce").to_numpy(dtype=np.float64)
    bad = ~np.isfinite(people) | (people < 0)
    if bad.any():
        row = int(np.flatnonzero(bad)[0])
        raise MeasureError(
            f"population: wanted numbers of 0 or more, got {population.iloc[row]} "
            f"for {population.index[row]}"
        )
    return people
