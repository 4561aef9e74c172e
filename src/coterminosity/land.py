"""The land that two layers have in common, without cutting them into atoms first."""

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from coterminosity.atoms import Atoms
from coterminosity.clipping import refuse_mixed
from coterminosity.geometry import MIN_WIDTH, Floats, Geometries, is_wide
from coterminosity.layer import BoundaryLayer
from coterminosity.overlap import Overlap
from coterminosity.overlay import Progress, intersection, sliver_area

Pairs = npt.NDArray[np.intp]


def land_overlap(
    left: BoundaryLayer,
    right: BoundaryLayer,
    *,
    min_width: float = MIN_WIDTH,
    progress: Progress | None = None,
) -> Overlap:
    """Return how much land each pair of regions of two layers has in common.

    The same as ``Atoms.build(left, right).overlap(..., weight="area")``, up to how slivers are
    shared out, in a fraction of the time for large partitions: a region that lies in one other is
    not cut at all.

    Parameters
    ----------
    left, right : BoundaryLayer
        Of one territory and in one projection. Where one is a cover, atoms are made.
    min_width : float
        In metres. An overlap whose mean width (2·area / perimeter) is less is a difference of
        drawing: its land stays with the other regions that the finer layer's region lies in.
    progress : callable, optional
        Called with stage, steps done and steps to do.

    Returns
    -------
    Overlap
        In m². All land of the layer with more regions is kept to a part in 10⁹; land of the other
        counts as far as it lies in it, or beyond it and is wide.

    Raises
    ------
    LayerError
        Where territories or projections differ, or both layers have one name.

    Examples
    --------
    >>> import geopandas as gpd
    >>> def squares(code, *edges):
    ...     drawn = [shapely.box(w, 0, e, 9000) for w, e in edges]
    ...     codes = [f"{code}{k}" for k in range(len(drawn))]
    ...     frame = gpd.GeoDataFrame({"code": codes}, geometry=drawn, crs="EPSG:27700")
    ...     return BoundaryLayer.from_frame(frame, layer=code)
    >>> fine, coarse = squares("a", (0, 3000), (3000, 9000)), squares("b", (0, 5000), (5000, 9000))
    >>> land_overlap(fine, coarse).pairs["weight"].to_list()
    [27000000.0, 18000000.0, 36000000.0]
    """
    if "cover" in (left.kind, right.kind) or left.layer == right.layer:
        atoms = Atoms.build(left, right, min_width=min_width, progress=progress)
        return atoms.overlap(left.layer, right.layer, weight="area")
    refuse_mixed([left, right])
    if (len(left), right.layer) < (len(right), left.layer):
        turned = land_overlap(right, left, min_width=min_width, progress=progress)
        return turned.swap()
    if progress is not None:
        progress("overlap of land", 0, 1)
    i, j, land, drawn = _shared_land(left, right, min_width)
    held = np.bincount(j, drawn, len(right)).astype(np.float64)
    beyond = _beyond(left, right, held, min_width)
    fine, coarse = left.frame.index, right.frame.index
    whole = np.asarray(shapely.area(left.geometry.to_numpy()), dtype=np.float64)
    inside = np.bincount(i, land, len(fine))
    inner = np.bincount(j, land, len(coarse)) + beyond
    pairs = pd.DataFrame({"left": fine[i], "right": coarse[j], "weight": land, "shared": land})
    return Overlap(
        left=left.layer,
        right=right.layer,
        measure="area_m2",
        pairs=pairs.sort_values(["left", "right"], ignore_index=True),
        left_totals=pd.DataFrame({"weight": whole, "shared": whole}, index=fine),
        right_totals=pd.DataFrame({"weight": inner, "shared": inner}, index=coarse),
        total=float(whole.sum() + beyond.sum()),
        unallocated_left=float(beyond.sum()),
        unallocated_right=float(np.maximum(whole - inside, 0.0).sum()),
    )


def _shared_land(
    left: BoundaryLayer, right: BoundaryLayer, min_width: float
) -> tuple[Pairs, Pairs, Floats, Floats]:
    """Return pairs of numbers of regions with the land they share, slivers handed over.

    The last array is the same land as it is drawn, slivers left where they are.
    """
    fine, coarse = left.geometry.to_numpy(), right.geometry.to_numpy()
    area = np.asarray(shapely.area(fine), dtype=np.float64)
    tree = shapely.STRtree(fine)
    j, i = tree.query(coarse, predicate="covers")
    open_ = np.ones(len(fine), dtype=bool)
    open_[i] = False
    # Of the rest most lie in one region up to a sliver: one intersection tells.
    rest = np.flatnonzero(open_)
    at, home = shapely.STRtree(coarse).query(
        shapely.point_on_surface(fine[rest]), predicate="within"
    )
    first = rest[at]
    inside = shapely.area(intersection(fine[first], coarse[home]))
    whole = (area[first] - inside < sliver_area(fine[first], min_width)) & ~_holds_small(
        fine[first], area[first] - inside, coarse, home, min_width
    )
    open_[first[whole]] = False
    ci, cj, land, drawn = _cut(fine, coarse, np.flatnonzero(open_), min_width)
    return (
        np.concatenate([i, first[whole], ci]),
        np.concatenate([j, home[whole], cj]),
        np.concatenate([area[i], area[first[whole]], land]),
        np.concatenate([area[i], inside[whole], drawn]),
    )


def _holds_small(
    fine: Geometries, outside: Floats, coarse: Geometries, home: Pairs, min_width: float
) -> npt.NDArray[np.bool_]:
    """Tell regions whose small rest may be most of another region: that is no sliver."""
    areas = np.asarray(shapely.area(coarse), dtype=np.float64)
    small = np.flatnonzero(areas <= 2 * sliver_area(coarse, min_width).max())
    found = np.zeros(len(fine), dtype=bool)
    if len(small):
        near, other = shapely.STRtree(coarse[small]).query(fine)
        lies_in = (small[other] != home[near]) & (areas[small[other]] <= 2 * outside[near] + 1.0)
        found[near[lies_in]] = True
    return found


def _cut(
    fine: Geometries, coarse: Geometries, asked: Pairs, min_width: float
) -> tuple[Pairs, Pairs, Floats, Floats]:
    """Cut regions by all that they meet; slivers go to the wide parts, in proportion."""
    at, j = shapely.STRtree(coarse).query(fine[asked], predicate="intersects")
    i = asked[at]
    common = intersection(fine[i], coarse[j])
    drawn, area = np.asarray(shapely.area(common)), np.asarray(shapely.area(fine))
    # A narrow overlap that is most of either region is a narrow body, not a sliver.
    body = drawn >= 0.5 * np.minimum(area[i], np.asarray(shapely.area(coarse))[j])
    land = np.where(body, drawn, _wide_land(common, min_width))
    kept = land > 0
    i, j, land, drawn = i[kept], j[kept], land[kept], drawn[kept]
    inside = np.bincount(i, land, len(fine))
    lost = area - inside
    # Land of the region that lies in no other, and is wide, is outside for good.
    loose = asked[lost[asked] >= sliver_area(fine[asked], min_width)]
    outside = np.zeros(len(fine))
    for region in loose:
        outside[region] = _wide_rest(fine[region], coarse[j[i == region]], min_width)
    share = np.divide(area - outside, inside, out=np.ones(len(fine)), where=inside > 0)
    return i, j, land * share[i], drawn


def _wide_land(polygons: Geometries, min_width: float) -> Floats:
    """Return the land of the parts of each polygon that are no slivers."""
    parts, whose = shapely.get_parts(polygons, return_index=True)
    own = (shapely.get_type_id(parts) == 3) & (shapely.area(parts) > 0)
    parts, whose = parts[own], whose[own]
    wide = shapely.area(parts) * is_wide(parts, min_width)
    return np.asarray(np.bincount(whose, wide, len(polygons)), dtype=np.float64)


def _wide_rest(polygon: shapely.Geometry, others: Geometries, min_width: float) -> float:
    rest = shapely.difference(polygon, shapely.union_all(others)) if len(others) else polygon
    parts = shapely.get_parts(rest)
    parts = parts[shapely.get_type_id(parts) == 3]
    total = float(shapely.area(parts).sum())
    if total >= 0.5 * shapely.area(polygon):
        return total
    return float(_wide_land(np.array([rest]), min_width)[0])


def _beyond(left: BoundaryLayer, right: BoundaryLayer, held: Floats, min_width: float) -> Floats:
    """Return by region of the right layer its wide land that no left region covers."""
    fine, coarse = left.geometry.to_numpy(), right.geometry.to_numpy()
    area = np.asarray(shapely.area(coarse), dtype=np.float64)
    short = np.flatnonzero(area - held >= sliver_area(coarse, min_width))
    beyond = np.zeros(len(coarse))
    if len(short):
        union = shapely.coverage_union_all if left.matched else shapely.union_all
        tree = shapely.STRtree(fine)
        for region in short:
            near = fine[tree.query(coarse[region])]
            cover = [union(near)] if len(near) else []
            beyond[region] = _wide_rest(coarse[region], np.array(cover), min_width)
    return beyond
