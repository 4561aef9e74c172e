"""Boundary coincidence: how much of a layer's inner border runs along the other's."""

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from coterminosity.atoms import Atoms
from coterminosity.clipping import refuse_mixed
from coterminosity.errors import MeasureError
from coterminosity.geometry import Geometries
from coterminosity.layer import BoundaryLayer
from coterminosity.nearness import length_within
from coterminosity.topology import gaps
from coterminosity.walks import walk

DISTANCES = (20.0, 200.0, 500.0)
Complex = npt.NDArray[np.complex128]


def boundary_coincidence(
    left: BoundaryLayer, right: BoundaryLayer, *, distances: Iterable[float] = DISTANCES
) -> pd.DataFrame:
    """Return how much of each layer's inner border lies near the other's.

    The inner border is all that is drawn but the coast and the outer edge of the territory; a
    border that two neighbours draw alike counts once. The length near the other layer is exact:
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
    inner = [_inner(layer, whole, max(asked)) for layer in (left, right)]
    drawn = [_lines(*edges) for edges in inner]
    rows = {}
    for metres in asked:
        near = [float(length_within(*inner[own], drawn[1 - own], metres).sum()) for own in (0, 1)]
        length = [float(np.abs(end - start).sum()) for start, end in inner]
        share = [near[k] / length[k] if length[k] > 0 else np.nan for k in (0, 1)]
        rows[metres] = [*share, length[0] / 1000, length[1] / 1000]
    columns = ["share_of_left", "share_of_right", "km_left", "km_right"]
    table = pd.DataFrame.from_dict(rows, orient="index", columns=columns)
    return table.rename_axis("metres")


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
    once = borders.loc[borders["focal"] < borders["neighbour"]]
    once = once if len(once) else borders
    cut = [_cuts(atoms, once, layer) for layer in (left, right)]
    km = once["metres"].to_numpy(dtype=np.float64) / 1000
    own = [float(km[c].sum()) for c in cut]
    common = float(km[cut[0] & cut[1]].sum())
    share = [common / length if length > 0 else np.nan for length in own]
    values = [*share, *own, common]
    index = ["share_of_left", "share_of_right", "km_left", "km_right", "km_common"]
    return pd.Series(values, index=index, name=f"{left}-{right}")


def _cuts(atoms: Atoms, borders: pd.DataFrame, layer: str) -> npt.NDArray[np.bool_]:
    own = atoms.members.loc[atoms.members["layer"] == layer]
    regions = own.groupby("atom")["code"].agg(";".join)
    sides = [regions.reindex(borders[end]).fillna("").to_numpy() for end in ("focal", "neighbour")]
    return np.asarray(sides[0] != sides[1])


def _inner(layer: BoundaryLayer, whole: BoundaryLayer, reach: float) -> tuple[Complex, Complex]:
    """Return the ends of a layer's edges, each once, without coast and outer edge."""
    coast = _coast(layer)
    if layer.matched:
        walks = layer.walks
        _, first = np.unique(walks.edge, return_index=True)
        start, end = walks.points[walks.start[first]], walks.points[walks.end[first]]
        within = ~np.isin(_key(start, end), _key(*coast))
        start, end = start[within], end[within]
    else:
        # Where one neighbour has a vertex more than the other, lines are cut at each other first.
        drawn = shapely.union_all(shapely.boundary(layer.geometry.to_numpy()))
        start, end = _edges(shapely.difference(drawn, shapely.union_all(_lines(*coast))))
    if layer is whole or not len(coast[0]):
        return start, end
    # A layer that fills part of the territory has an outer edge inside it: that is a border.
    middle = (coast[0] + coast[1]) / 2
    at, _ = shapely.STRtree(_lines(*_coast(whole))).query(
        shapely.points(middle.real, middle.imag), predicate="dwithin", distance=reach
    )
    border = np.ones(len(middle), dtype=bool)
    border[at] = False
    return np.r_[start, coast[0][border]], np.r_[end, coast[1][border]]


def _edges(lines: shapely.Geometry) -> tuple[Complex, Complex]:
    """Return the ends of each edge of lines."""
    parts = shapely.get_parts(np.array([lines], dtype=object))
    points, line = shapely.get_coordinates(parts, return_index=True)
    places = points[:, 0] + 1j * points[:, 1]
    same = line[1:] == line[:-1]
    return places[:-1][same], places[1:][same]


def _coast(layer: BoundaryLayer) -> tuple[Complex, Complex]:
    """Return the ends of the edges of a layer's outline, without slivers between regions."""
    outline = np.array([layer.outline], dtype=object)
    slivers = gaps(layer.geometry.to_numpy(), layer.outline)
    edges = walk(outline)
    start, end = edges.points[edges.start], edges.points[edges.end]
    if len(slivers):
        own = walk(np.asarray(slivers, dtype=object))
        hole = np.isin(_key(start, end), _key(own.points[own.start], own.points[own.end]))
        start, end = start[~hole], end[~hole]
    return start, end


def _key(start: Complex, end: Complex) -> npt.NDArray[np.complex128]:
    """Return twice the middle of edges: the same both ways, and no two edges of a map share it."""
    return np.asarray(start + end)


def _lines(start: Complex, end: Complex) -> Geometries:
    ends = np.stack([start, end], axis=1)
    return np.asarray(shapely.linestrings(np.stack([ends.real, ends.imag], axis=-1)))
