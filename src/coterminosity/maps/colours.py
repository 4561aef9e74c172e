"""Colours in which neighbours always differ, for normal and colour-blind eyes."""

from collections.abc import Iterable

import geopandas as gpd
import networkx as nx
import numpy as np
import shapely

# Tol's "light" scheme: distinct for all kinds of colour vision, and black text reads on each.
LIGHT = ("#77AADD", "#EEDD88", "#FFAABB", "#44BB99", "#EE8866", "#BBCC33", "#99DDFF", "#AAAA00")

LIGHT_BLUE = "#CFE6F5"
ORANGE = "#E8820C"
PALE_ORANGE = "#F9C78B"
GREY = "#8A8A8A"
PURPLE = "#6A2C91"
LIGHT_PURPLE = "#CDB8E0"
DARK_PURPLE = "#5B2A86"


def colour_of(polygons: gpd.GeoSeries, *, also: Iterable[tuple[str, str]] = ()) -> dict[str, str]:
    """Return a colour by region so that regions within 1 km of each other differ.

    So do the pairs in ``also``.

    Regions are coloured by number of neighbours, most first (DSATUR), which on maps needs few
    colours; the same regions get the same colours.
    """
    drawn = np.asarray(polygons.array)
    near, other = shapely.STRtree(drawn).query(drawn, predicate="dwithin", distance=1000.0)
    graph: nx.Graph[str] = nx.Graph()
    names = [str(name) for name in polygons.index]
    graph.add_nodes_from(names)
    graph.add_edges_from((names[a], names[b]) for a, b in zip(near, other, strict=True) if a < b)
    graph.add_edges_from(pair for pair in also if set(pair) <= set(names))
    order = nx.greedy_color(graph, strategy="DSATUR")
    return {name: LIGHT[order[name] % len(LIGHT)] for name in names}
