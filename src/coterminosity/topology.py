"""How the regions of one layer lie to each other: overlaps, loose borders, gaps, doubles."""

from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from typing import Any, Literal

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from shapely import MultiPolygon, Polygon
from shapely.errors import GEOSException

from coterminosity.geometry import MIN_WIDTH, Floats, Geometries, is_wide, mean_width, polygonal
from coterminosity.matching import Numbers, edges_apart, loose_edges, regions_at_the_edge
from coterminosity.walks import Walks, walk

Kind = Literal["partition", "cover"]
# A hole narrower than this (m) on average was left open by a drawing; a wider one may be water.
GAP_WIDTH = 25.0
# What two neighbours share by rounding alone; less is nothing.
_LEAST_M2 = 1e-4


def crossings(geometry: gpd.GeoSeries, loose: Geometries) -> gpd.GeoDataFrame:
    """Return pairs of regions with land in common: ``left, right, area_m2, width_m, wide``.

    Largest first.
    """
    asked = np.flatnonzero(~shapely.is_empty(loose))
    polygons = np.asarray(geometry.array)
    # Of two regions that overlap one at least has loose edges: a region inside another has all.
    one, other = shapely.STRtree(polygons).query(polygons[asked])
    one = asked[one]
    pairs = np.column_stack([np.minimum(one, other), np.maximum(one, other)])
    left, right = np.unique(pairs[one != other], axis=0).T
    common = polygonal(shapely.intersection(polygons[left], polygons[right]))
    codes = geometry.index
    table = gpd.GeoDataFrame(
        {
            "left": codes[left],
            "right": codes[right],
            "area_m2": np.asarray(shapely.area(common), dtype=np.float64),
            "width_m": mean_width(common),
            "wide": is_wide(common, MIN_WIDTH),
        },
        geometry=common,
        crs=geometry.crs,
    )
    table = table.loc[table["area_m2"] > _LEAST_M2]
    return table.sort_values(["area_m2", "left"], ascending=[False, True], ignore_index=True)


def gaps(polygons: Geometries, outline: Any) -> Geometries:
    """Return the holes of an outline that are slivers left open between two or more regions.

    A narrow hole inside one region is a river or a lake.
    """
    parts = shapely.get_parts(outline)
    rings, owner = shapely.get_rings(parts, return_index=True)
    inner = np.r_[False, owner[1:] == owner[:-1]] if len(owner) else np.empty(0, dtype=bool)
    holes = shapely.polygons(rings[inner])
    holes = holes[~is_wide(holes, GAP_WIDTH)]
    _, near = shapely.STRtree(holes).query(polygons, predicate="intersects")
    return np.asarray(holes[np.bincount(near, minlength=len(holes)) > 1], dtype=object)


def doubles(geometry: gpd.GeoSeries) -> pd.DataFrame:
    """Return pairs of regions drawn as one and the same: ``left, right``."""
    polygons = np.asarray(geometry.array)
    boxes = pd.DataFrame(shapely.bounds(polygons)).assign(
        area=shapely.area(polygons), vertices=shapely.get_num_coordinates(polygons)
    )
    alike = boxes.duplicated(keep=False)
    pairs = [
        (geometry.index[first], geometry.index[second])
        for _, own in boxes[alike].groupby(list(boxes.columns))
        for k, first in enumerate(own.index)
        for second in own.index[k + 1 :]
        if shapely.equals(polygons[first], polygons[second])
    ]
    return pd.DataFrame(pairs, columns=["left", "right"])


def crumbs(geometry: gpd.GeoSeries, *, least_m2: float) -> tuple[Geometries, Floats, int]:
    """Return the parts smaller than so many m², the rows they are of, and how many parts are."""
    parts, owner = shapely.get_parts(np.asarray(geometry.array), return_index=True)
    # A region that is itself so small is no crumb of one.
    alone = np.bincount(owner)[owner] == 1
    small = (shapely.area(parts) < least_m2) & ~alone
    return np.asarray(parts[small], dtype=object), owner[small], len(parts)


class Drawn:
    """Regions drawn together in one projection: what their polygons say of each other."""

    frame: gpd.GeoDataFrame

    @property
    def geometry(self) -> gpd.GeoSeries:
        """Polygons by code, in metres."""
        return self.frame.geometry

    @cached_property
    def loose(self) -> Geometries:
        """By region, the edges that do not match those of a neighbour; empty where all do."""
        return loose_edges(np.asarray(self.geometry.array), self.apart)

    @cached_property
    def apart(self) -> Geometries:
        """By region, the edges along a gap of less than 5 m to a neighbour; empty where none."""
        return edges_apart(np.asarray(self.geometry.array), self.at_the_edge)

    @cached_property
    def at_the_edge(self) -> Numbers:
        """The numbers of regions that may be drawn wrongly."""
        return regions_at_the_edge(np.asarray(self.geometry.array), self.walks)

    @cached_property
    def walks(self) -> Walks:
        """Every edge as often as regions walk it."""
        return walk(np.asarray(self.geometry.array))

    def survey(self) -> None:
        """Work out the edges and the outline of a layer that is probably sound on two threads."""
        with ThreadPoolExecutor(2) as pool:
            joined = pool.submit(lambda: self._joined)
            self.loose  # noqa: B018 - kept
            joined.result()

    @cached_property
    def _joined(self) -> MultiPolygon | Polygon | None:
        """The land in one, right only where all borders match."""
        try:
            return shapely.coverage_union_all(np.asarray(self.geometry.array))
        except GEOSException:
            return None

    @cached_property
    def crossings(self) -> gpd.GeoDataFrame:
        """Pairs of regions with land in common: ``left, right, area_m2, width_m, wide, geometry``.

        Largest first. What is narrower than 250 m on average (2·area / perimeter) is a sliver, a
        difference of drawing, and not ``wide``.
        """
        return crossings(self.geometry, self.loose)

    @property
    def overlaps(self) -> gpd.GeoDataFrame:
        """Pairs of regions that overlap by more than slivers; see `crossings`."""
        wide = self.crossings.loc[self.crossings["wide"]]
        return wide.drop(columns="wide").reset_index(drop=True)

    @property
    def kind(self) -> Kind:
        """``"cover"`` where regions overlap, else ``"partition"``; computed from the polygons."""
        return "cover" if self.crossings["wide"].any() else "partition"

    @cached_property
    def matched(self) -> bool:
        """Whether neighbours are drawn with the same vertices along their common border."""
        return bool(shapely.is_empty(self.loose).all())

    @cached_property
    def outline(self) -> MultiPolygon | Polygon:
        """All land of the layer as one geometry, without the borders inside."""
        if self.matched and self._joined is not None:
            return self._joined
        return shapely.union_all(np.asarray(self.geometry.array))

    @property
    def land_m2(self) -> float:
        """Land inside the layer in square metres, overlaps counted once."""
        if self.kind == "cover":
            return float(shapely.area(self.outline))
        return float(np.sum(shapely.area(np.asarray(self.geometry.array))))
