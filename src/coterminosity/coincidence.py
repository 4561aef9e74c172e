"""Boundary coincidence: how much of a layer's inner border runs along the other's."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from coterminosity.atoms import Atoms
from coterminosity.clipping import refuse_mixed
from coterminosity.errors import MeasureError
from coterminosity.geometry import Floats, Geometries
from coterminosity.layer import BoundaryLayer
from coterminosity.nearness import length_within
from coterminosity.topology import gaps
from coterminosity.walks import walk

DISTANCES = (20.0, 200.0, 500.0)
# An outer edge of a partial layer this near (m) to the outer edge of the whole is coast.
_COAST = 500.0
# Borders of two regions this near (m) are one border, drawn twice; lines this near are one line.
_TWIN, _GRID = 1.0, 0.001
# What lies so near (m) at the end of an edge alone, or so small a share of it, is a corner.
_CORNER, _LEAST = 3.0, 0.01
Complex = npt.NDArray[np.complex128]


def boundary_coincidence(
    left: BoundaryLayer, right: BoundaryLayer, *, distances: Iterable[float] = DISTANCES
) -> pd.DataFrame:
    """Return how much of each layer's inner border lies near the other's.

    The inner border is all that is drawn but the coast and the outer edge of the territory; a
    border that two neighbours draw within 1 m counts once, one drawn further apart twice. The outer
    edge of a layer that fills part of the territory is a border, but for what lies within 500 m of
    the other layer's outer edge. The length near the other layer is exact:
    no sampling, no rounded buffers. Two drawings of one border are 0 to 20 m apart where they are
    generalised to 20 m, so 20 m is "the same line", 500 m "the same line, coarsely drawn".

    Parameters
    ----------
    left, right : BoundaryLayer
        Of one territory and in one projection.
    distances : iterable of float
        In metres.

    Returns
    -------
    DataFrame
        By ``metres``: ``share_of_left`` and ``share_of_right`` of inner border within that
        distance, 0 to 1; ``km_left`` and ``km_right``, the length of inner border. NaN for a
        layer of one region, which has none.

    Raises
    ------
    LayerError
        Where territories or projections differ.
    MeasureError
        Where a distance is negative.

    Examples
    --------
    >>> import geopandas as gpd
    >>> def halves(code, at):
    ...     drawn = [shapely.box(0, 0, at, 9000), shapely.box(at, 0, 9000, 9000)]
    ...     frame = gpd.GeoDataFrame({"code": ["a", "b"]}, geometry=drawn, crs="EPSG:27700")
    ...     return BoundaryLayer.from_frame(frame, layer=code)
    >>> near = boundary_coincidence(halves("x", 4000), halves("y", 4100), distances=[20, 200])
    >>> near["share_of_left"].to_list()
    [0.0, 1.0]
    """
    asked = [float(metres) for metres in distances]
    if not asked or min(asked) < 0:
        raise MeasureError(f"distances: wanted metres of 0 or more, got {asked or 'none'}")
    refuse_mixed([left, right])
    whole = max((left, right), key=lambda layer: layer.land_m2)
    inner = [_inner(layer, whole) for layer in (left, right)]
    length = [own.metres for own in inner]
    rows = {}
    for metres in asked:
        near = [inner[own].near(inner[1 - own], metres) for own in (0, 1)]
        share = [near[k] / length[k] if length[k] > 0 else np.nan for k in (0, 1)]
        rows[metres] = [*share, length[0] / 1000, length[1] / 1000]
    columns = ["share_of_left", "share_of_right", "km_left", "km_right"]
    table = pd.DataFrame.from_dict(rows, orient="index", columns=columns)
    return table.rename_axis("metres")


def border_distances(
    left: BoundaryLayer, right: BoundaryLayer, *, distances: Iterable[float] = DISTANCES
) -> gpd.GeoDataFrame:
    """Return the inner border of a layer in pieces, by how near they run to another layer's.

    An edge is as near as the least distance within which at least half of it lies.

    Parameters
    ----------
    left, right : BoundaryLayer
        Of one territory and in one projection; the pieces are of the left layer.
    distances : iterable of float
        In metres.

    Returns
    -------
    GeoDataFrame
        By ``metres``, nearest first and infinite for what is further: ``km`` of inner border and
        ``geometry``, its lines.

    Raises
    ------
    LayerError
        Where territories or projections differ.

    Examples
    --------
    >>> def halves(code, at):
    ...     drawn = [shapely.box(0, 0, at, 9000), shapely.box(at, 0, 9000, 9000)]
    ...     frame = gpd.GeoDataFrame({"code": ["a", "b"]}, geometry=drawn, crs="EPSG:27700")
    ...     return BoundaryLayer.from_frame(frame, layer=code)
    >>> border_distances(halves("x", 4000), halves("y", 4100))["km"].to_dict()
    {20.0: 0.0, 200.0: 9.0, 500.0: 0.0, inf: 0.0}
    """
    refuse_mixed([left, right])
    whole = max((left, right), key=lambda layer: layer.land_m2)
    own, other = (_inner(layer, whole) for layer in (left, right))
    length = np.abs(own.end - own.start)
    asked = sorted(float(metres) for metres in distances)
    near = np.full(len(length), np.inf)
    for metres in reversed(asked):
        within = length_within(own.start, own.end, other.lines, metres)
        near[within >= 0.5 * length] = metres
    rows = {}
    for metres in (*asked, np.inf):
        chosen = near == metres
        lines = shapely.line_merge(shapely.multilinestrings(own.lines[chosen]))
        rows[metres] = {"km": float((length * own.counts)[chosen].sum()) / 1000, "geometry": lines}
    table = gpd.GeoDataFrame.from_dict(rows, orient="index", crs=left.frame.crs)
    return table.set_geometry("geometry").rename_axis("metres")


def borders_in_common(atoms: Atoms, borders: pd.DataFrame, left: str, right: str) -> pd.Series:
    """Return how much of each layer's inner border is one of the other's, from a table of borders.

    For data without polygons: a border between two atoms is one of a layer where the regions on
    its two sides differ. Exact where the layers were drawn on one map.

    Parameters
    ----------
    atoms : Atoms
        Of both layers.
    borders : DataFrame
        ``focal, neighbour, metres`` of atoms, in both directions or one, such as
        ``ct.england_2017().atom_graph.borders``.
    left, right : str
        Layers.

    Returns
    -------
    Series
        ``share_of_left, share_of_right`` (0 to 1), ``km_left, km_right, km_common``.

    Examples
    --------
    >>> import coterminosity as ct
    >>> data = ct.england_2017()
    >>> borders_in_common(data.atoms, data.atom_graph.borders, "crc", "pfa")["share_of_left"]
    np.float64(1.0)
    """
    once = each_once(borders)
    cut = [_cuts(atoms, once, layer) for layer in (left, right)]
    km = once["metres"].to_numpy(dtype=np.float64) / 1000
    own = [float(km[c].sum()) for c in cut]
    common = float(km[cut[0] & cut[1]].sum())
    share = [common / length if length > 0 else np.nan for length in own]
    values = [*share, *own, common]
    index = ["share_of_left", "share_of_right", "km_left", "km_right", "km_common"]
    return pd.Series(values, index=index, name=f"{left}-{right}")


def each_once(borders: pd.DataFrame) -> pd.DataFrame:
    """Return a table of borders with one row for each, whichever way round it was written."""
    ends = np.sort(borders[["focal", "neighbour"]].to_numpy(dtype=object), axis=1)
    turned = borders.assign(focal=ends[:, 0], neighbour=ends[:, 1])
    return turned.drop_duplicates(["focal", "neighbour"])


def _cuts(atoms: Atoms, borders: pd.DataFrame, layer: str) -> npt.NDArray[np.bool_]:
    own = atoms.members.loc[atoms.members["layer"] == layer]
    regions = own.groupby("atom")["code"].agg(";".join)
    sides = [regions.reindex(borders[end]).fillna("").to_numpy() for end in ("focal", "neighbour")]
    return np.asarray(sides[0] != sides[1])


@dataclass(frozen=True, eq=False)
class _Edges:
    """Edges of an inner border, and the share of each that counts."""

    start: Complex
    end: Complex
    counts: Floats

    @cached_property
    def lines(self) -> Geometries:
        return _lines(self.start, self.end)

    @property
    def metres(self) -> float:
        return float((np.abs(self.end - self.start) * self.counts).sum())

    def near(self, other: "_Edges", metres: float) -> float:
        """Return how many metres of it lie within a distance of the other."""
        within = length_within(self.start, self.end, other.lines, metres)
        return float((within * self.counts).sum())


def _inner(layer: BoundaryLayer, whole: BoundaryLayer) -> _Edges:
    """Return a layer's inner border: each edge once, without coast and outer edge.

    An edge that two regions walk, each its own way round, is a border. One that is walked one way
    is a border as far as another region's lies along it (half of either counts), coast as far as
    the outline does, and else a border of a region that lies over others.
    """
    walks = layer.walks
    _, first = np.unique(walks.edge, return_index=True)
    ahead = np.bincount(walks.edge, walks.start < walks.end)
    start, end = walks.points[walks.start[first]], walks.points[walks.end[first]]
    counts, lone = np.ones(len(first)), (ahead == 0) | (ahead == np.bincount(walks.edge))
    s, e, region = start[lone], end[lone], walks.region[first][lone]
    length = np.abs(e - s)
    twin = length_within(s, e, _lines(s, e), _TWIN, of=region, others_of=region)
    # Where three regions meet, the ends of other edges are near as well.
    twin[twin <= np.minimum(_CORNER, length / 2)] = 0.0
    coast = _coast(layer)
    outer = np.minimum(length_within(s, e, coast, _GRID), length - twin)
    if layer is not whole:
        # A layer that fills part of the territory has an outer edge inside it: that is a border.
        middle = (s + e) / 2
        at, _ = shapely.STRtree(_coast(whole)).query(
            shapely.points(middle.real, middle.imag), predicate="dwithin", distance=_COAST
        )
        inland = np.ones(len(s), dtype=bool)
        inland[at] = False
        outer[inland] = 0.0
    counts[lone] = (length - twin / 2 - outer) / length
    kept = counts > _LEAST
    return _Edges(start[kept], end[kept], counts[kept])


def _coast(layer: BoundaryLayer) -> Geometries:
    """Return the edges of a layer's outline, without slivers between regions."""
    edges = walk(np.array([layer.outline], dtype=object))
    start, end = edges.points[edges.start], edges.points[edges.end]
    slivers = gaps(layer.geometry.to_numpy(), layer.outline)
    if len(slivers):
        own = walk(np.asarray(slivers, dtype=object))
        hole = np.isin(_key(start, end), _key(own.points[own.start], own.points[own.end]))
        start, end = start[~hole], end[~hole]
    return _lines(start, end)


def _key(start: Complex, end: Complex) -> npt.NDArray[np.complex128]:
    """Return twice the middle of edges: the same both ways, and no two edges of a map share it."""
    return np.asarray(start + end)


def _lines(start: Complex, end: Complex) -> Geometries:
    ends = np.stack([start, end], axis=1)
    return np.asarray(shapely.linestrings(np.stack([ends.real, ends.imag], axis=-1)))
