"""Borders and links that count, what it costs to cut them, and units that nothing joins."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from coterminosity.atoms import Atoms
from coterminosity.brief import Brief
from coterminosity.errors import BriefError, CodeError, NameLookupError, listed
from coterminosity.proposing.problem import Floats, Ints, Problem
from coterminosity.units import UnitGraph, parts_of

Points = npt.NDArray[np.complex128]


@dataclass(frozen=True, eq=False)
class Edges:
    """Each border or link between two units once, ``a < b``, with the cost of cutting it."""

    a: Ints
    b: Ints
    cost: Floats

    def near(self, count: int) -> tuple[Ints, Ints]:
        """Return the neighbours of every unit, one unit after the other."""
        focal = np.concatenate([self.a, self.b])
        other = np.concatenate([self.b, self.a])
        order = np.lexsort((other, focal))
        start = np.zeros(count + 1, dtype=np.int64)
        np.cumsum(np.bincount(focal, minlength=count), out=start[1:])
        return start, other[order]


def edges_of(graph: UnitGraph, atoms: Atoms, brief: Brief, *, people: Floats) -> Edges:
    """Return the borders and links of a graph that the brief lets count.

    A pair that shares a border and a link is one edge, cut once. A barrier is no edge at all:
    nothing crosses it, and nothing is cut there.

    Raises
    ------
    BriefError
        Where a link or border that the brief names is not there.
    """
    table = allowed_edges(graph, brief)
    number = pd.Series(range(len(graph)), index=graph.units.index)
    a = number.reindex(table["focal"]).to_numpy(dtype=np.int64)
    b = number.reindex(table["neighbour"]).to_numpy(dtype=np.int64)
    kilometres = table["metres"].to_numpy(dtype=np.float64) / 1000.0
    cost = np.full(len(a), brief.border_cost) + brief.border_km_cost * kilometres
    for layer, price in brief.border_shared_costs.items():
        held = _held(graph, atoms, brief, layer, people)
        cost += price * (held[a] & held[b]).any(axis=1)
    for layer, price in brief.border_main_costs.items():
        main = _main(graph, atoms, brief, layer)
        cost += price * ((main[a] == main[b]) & (main[a] >= 0))
    return Edges(np.asarray(a, dtype=np.int64), np.asarray(b, dtype=np.int64), cost)


def allowed_edges(graph: UnitGraph, brief: Brief) -> pd.DataFrame:
    """Return ``focal, neighbour, metres`` of the edges that count, each once and sorted."""
    borders = graph.borders[["focal", "neighbour", "metres"]]
    links = graph.links[["focal", "neighbour"]].assign(metres=0.0)
    links = _without(links, graph, brief.links_off, name="links_off", what="link")
    more = [_ends(graph, (own["focal"], own["neighbour"]), name="links") for own in brief.links]
    extra = pd.DataFrame(more, columns=["focal", "neighbour"]).assign(metres=0.0)
    borders = _without(borders, graph, brief.barriers, name="barriers", what="border")
    whole = pd.concat([borders, links, extra], ignore_index=True)
    swapped = whole["focal"] > whole["neighbour"]
    low = whole["focal"].where(~swapped, whole["neighbour"])
    high = whole["neighbour"].where(~swapped, whole["focal"])
    table = whole.assign(focal=low, neighbour=high)
    longest = table.groupby(["focal", "neighbour"], sort=True)["metres"].max()
    return longest.reset_index()


def _without(
    table: pd.DataFrame, graph: UnitGraph, pairs: tuple[tuple[str, ...], ...], *, name: str,
    what: str,
) -> pd.DataFrame:  # fmt: skip
    for pair in pairs:
        one, other = _ends(graph, pair, name=name)
        hit = ((table["focal"] == one) & (table["neighbour"] == other)) | (
            (table["focal"] == other) & (table["neighbour"] == one)
        )
        if not hit.any():
            raise BriefError(f"{name}: there is no {what} between {pair[0]} and {pair[1]}")
        table = table.loc[~hit]
    return table


def _ends(graph: UnitGraph, pair: tuple[str, ...], *, name: str) -> tuple[str, str]:
    try:
        one, other = graph.code_of(pair[0]), graph.code_of(pair[1])
    except NameLookupError as error:
        raise NameLookupError(f"{name} of the brief: {error}") from error
    if one == other:
        raise BriefError(f"{name}: {pair[0]} cannot be joined to itself")
    return one, other


def _held(graph: UnitGraph, atoms: Atoms, brief: Brief, layer: str, people: Floats) -> np.ndarray:
    """Tell units × regions: whether a region holds at least the tolerated share of a unit."""
    overlap = atoms.overlap(brief.unit_layer, layer, weight=brief.weight)
    table = overlap.pairs.pivot_table(index="left", columns="right", values="weight")
    full = table.reindex(graph.units.index).fillna(0.0).to_numpy()
    return np.asarray((full > 0) & (full >= brief.tolerance * people[:, None]))


def _main(graph: UnitGraph, atoms: Atoms, brief: Brief, layer: str) -> Ints:
    """Return the number of the region that holds most of each unit; -1 for none."""
    pairs = atoms.overlap(brief.unit_layer, layer, weight=brief.weight).pairs
    ranked = pairs.sort_values(["left", "weight", "right"], ascending=[True, False, True])
    main = ranked.drop_duplicates("left").set_index("left")["right"]
    codes = atoms.regions(layer).index
    return np.asarray(codes.get_indexer(pd.Index(main.reindex(graph.units.index))), dtype=np.int64)


def check_connected(problem: Problem, atoms: Atoms) -> None:
    """Refuse units that no border or link joins, with the nearest candidates by name.

    Raises
    ------
    CodeError
        Where the graph is in several pieces and areas must be contiguous.
    """
    if not problem.contiguous:
        return
    near = dict(enumerate(problem.neighbours))
    parts = sorted(parts_of(range(len(problem)), near), key=lambda own: (-len(own), own[0]))
    if len(parts) == 1:
        return
    places = _places(problem, atoms)
    strays = [
        listed([problem.names[u] for u in part], most=3) + _candidates(problem, part, places)
        for part in parts[1:]
    ]
    raise CodeError(
        f"the graph is in {len(parts)} pieces, which no border or link joins: "
        f"{'; '.join(strays[:8])}{'; ...' if len(strays) > 8 else ''}: declare links in the brief "
        "([[links]] with focal, neighbour, kind and reason), or set contiguous = false"
    )


def _candidates(problem: Problem, part: list[int], places: Points | None) -> str:
    """Name the nearest units of other parts, with the distance in kilometres."""
    if places is None:
        return ""
    others = np.setdiff1d(np.arange(len(problem)), part)
    apart = np.abs(places[others][None, :] - places[part][:, None]).min(axis=0)
    order = np.argsort(apart, kind="stable")[:3]
    found = [f"{problem.names[others[i]]} ({apart[i] / 1000:,.0f} km)" for i in order]
    return f" (nearest: {', '.join(found)}, centre to centre)"


def _places(problem: Problem, atoms: Atoms) -> Points | None:
    """Return the centre of each unit, the mean of its atoms'; None where nothing is drawn."""
    layer = problem.brief.unit_layer
    if atoms.geometry is None:
        return None
    centre = atoms.geometry.centroid
    points = pd.Series(centre.x.to_numpy() + 1j * centre.y.to_numpy(), index=centre.index)
    if layer not in atoms.layers:
        return np.asarray(points.reindex(list(problem.units)))
    own = atoms.members.loc[atoms.members["layer"] == layer]
    mean = points.loc[own["atom"]].groupby(own["code"].to_numpy()).mean()
    return np.asarray(mean.reindex(list(problem.units)))
