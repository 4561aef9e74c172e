"""Layers of different territories: telling them apart, and clipping one to the other."""

from collections.abc import Iterable
from typing import Protocol

import geopandas as gpd
import numpy as np
import shapely

from coterminosity.catalogue import extent_of
from coterminosity.errors import LayerError, listed
from coterminosity.geometry import MIN_WIDTH, is_wide, polygonal
from coterminosity.gss import is_gss


class Placed(Protocol):
    """A layer with a territory and a projection."""

    @property
    def layer(self) -> str:
        """Short name."""

    @property
    def extent(self) -> str:
        """Name of the territory, empty where unknown."""

    @property
    def crs(self) -> str:
        """Name of the projection."""


def refuse_mixed(layers: Iterable[Placed]) -> None:
    """Refuse to compare layers of different territories or projections.

    Raises
    ------
    LayerError
        Which names the layers and how to clip them to what they have in common.
    """
    placed = list(layers)
    known = [one for one in placed if one.extent]
    extents = list(dict.fromkeys(one.extent for one in known))
    if len(extents) > 1:
        smallest = min(extents, key=lambda name: len(extent_of(name).countries))
        first = next(one for one in known if one.extent != smallest)
        spread = [f"{one.layer} covers {one.extent}" for one in known]
        raise LayerError(
            f"layers of different territories cannot be compared: {listed(spread)}; clip the "
            f"larger to the smaller first, such as {first.layer}.clip({smallest!r}) or --extent"
        )
    systems = list(dict.fromkeys(one.crs for one in placed))
    if len(systems) > 1:
        spread = [f"{one.layer} is in {one.crs}" for one in placed]
        raise LayerError(
            f"layers in different projections cannot be compared: {listed(spread)}; read them with "
            "one to_crs="
        )


def clip_to_extent(frame: gpd.GeoDataFrame, extent: str, *, layer: str) -> gpd.GeoDataFrame:
    """Return the regions whose GSS codes belong to a territory.

    Raises
    ------
    LayerError
        Where codes do not tell the territory, or none belongs to it.
    """
    countries = extent_of(extent).countries
    told = is_gss(frame.index)
    if not told.all():
        odd = listed(frame.index[~told])
        raise LayerError(
            f"layer {layer!r} cannot be clipped to {extent} by its codes ({odd} do not tell the "
            "country); clip it to a layer that covers the territory"
        )
    across = frame.index[frame.index.str[0] == "K"]
    if len(across):
        raise LayerError(
            f"layer {layer!r} has regions across borders of countries ({listed(across)}); clip it "
            "to a layer that covers the territory"
        )
    kept = frame.loc[frame.index.str[0].isin(countries)]
    if not len(kept):
        raise LayerError(f"layer {layer!r} has no region in {extent}; its codes are of elsewhere")
    return kept


def clip_to_outline(
    frame: gpd.GeoDataFrame, outline: shapely.Geometry, *, layer: str
) -> gpd.GeoDataFrame:
    """Return the parts of regions inside an outline; what is only a sliver inside is left out.

    A region that lies inside but for slivers is kept whole.

    Raises
    ------
    LayerError
        Where no region lies inside.
    """
    polygons = np.asarray(frame.geometry.array)
    shapely.prepare(outline)
    near = np.flatnonzero(shapely.intersects(outline, polygons))
    inside = polygons[near].copy()
    # Few regions lie across the outline; only these have to be cut.
    across = np.flatnonzero(~shapely.covers(outline, inside))
    outside = polygonal(shapely.difference(inside[across], outline))
    cut = across[is_wide(outside, MIN_WIDTH)]
    inside[cut] = polygonal(shapely.intersection(inside[cut], outline))
    small = shapely.area(inside) >= 0.5 * shapely.area(polygons[near])
    kept = is_wide(inside, MIN_WIDTH) | small
    if not kept.any():
        raise LayerError(f"layer {layer!r} has no land inside the outline it is clipped to")
    clipped = frame.iloc[near[kept]].copy()
    clipped["geometry"] = inside[kept]
    return clipped.sort_index()
