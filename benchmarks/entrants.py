"""One method on one test in a process of its own: python benchmarks/entrants.py NAME TEST SECONDS.

Prints a line of JSON. A method that ends early begins again with another seed or setting until
the time is up; of all plans that it finds the best one counts, that which breaks least and then
costs least. Costs and demands are counted by the same function for all.
"""

import json
import random
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from importlib import import_module

import networkx as nx
import numpy as np
from cases import AREAS, Case, case

from coterminosity.proposing.costing import beyond_band, cost_of

Plans = Iterator[np.ndarray]


class Watch:
    """Time that is left, and the best plan so far."""

    def __init__(self, own: Case, seconds: float) -> None:
        self.case, self.problem = own, own.problem
        self.began, self.seconds = time.perf_counter(), seconds
        self.bound = float("nan")
        self.note = ""
        self.best: dict[str, object] | None = None
        self.found_at = 0.0

    @property
    def spent(self) -> float:
        return time.perf_counter() - self.began

    @property
    def left(self) -> float:
        return self.seconds - self.spent

    def judge(self, area: np.ndarray) -> dict[str, object]:
        """Count what a plan costs and breaks."""
        area = np.unique(np.asarray(area), return_inverse=True)[1].ravel().astype(np.int64)
        labels = range(int(area.max()) + 1)
        whole = [self.problem.is_connected(np.flatnonzero(area == label)) for label in labels]
        return {
            "cost": cost_of(self.problem, area),
            "areas": len(labels),
            "in_pieces": len(labels) - sum(whole),
            "out_of_band": len(beyond_band(self.problem, area)),
        }

    def offer(self, area: np.ndarray) -> None:
        judged = self.judge(area)
        if self.best is None or _rank(judged) < _rank(self.best):
            self.best, self.found_at = judged, self.spent


def _rank(judged: dict[str, object]) -> tuple[float, ...]:
    wrong = abs(int(judged["areas"]) - AREAS) + int(judged["in_pieces"])
    return (wrong + int(judged["out_of_band"]), float(judged["cost"]))


def ours(method: str, watch: Watch) -> Plans:
    """Yield plans of a method of this package; the search begins again with other seeds."""
    from coterminosity.proposing.methods import Effort
    from coterminosity.proposing.solving import METHODS

    seed = 0
    while seed == 0 or (method == "refine" and watch.left > 0):
        seed += 1
        problem = replace(watch.problem, brief=replace(watch.problem.brief, seed=seed))
        effort = Effort(seconds=max(watch.left, 0.1))
        outcome = METHODS[method](problem, None, effort, lambda stage, done, todo: None)
        watch.bound = outcome.certificate.bound
        if outcome.area is None:
            return
        yield outcome.area
    if method == "refine":
        watch.note = f"{seed} runs"


def recombined(run: str, watch: Watch) -> Plans:
    """Yield plans of gerrychain's optimiser of one metric, with ReCom proposals."""
    from gerrychain import Graph, Partition
    from gerrychain.constraints import Bounds
    from gerrychain.optimization import SingleMetricOptimizer
    from gerrychain.proposals import recom
    from gerrychain.tree import bipartition_tree
    from gerrychain.updaters import Tally

    problem = watch.problem
    graph = Graph.from_networkx(weighted(watch.case))
    surcharge = dict.fromkeys(watch.case.bodies, 1.0) if run == "aware" else None
    price = {}
    for a, b, cost in zip(problem.edge_a, problem.edge_b, problem.edge_cost, strict=True):
        price[int(a), int(b)] = price[int(b), int(a)] = float(cost)

    def cost(partition: Partition) -> float:
        return sum(price[edge] for edge in partition["cut_edges"])

    floor, ceiling = problem.floor, problem.ceiling
    middle = (floor + ceiling) / 2
    band = Bounds(lambda partition: partition["people"].values(), bounds=(floor, ceiling))
    epsilon = ceiling / middle - 1
    # Where no tree of two areas has a cut within the band, another pair is taken.
    cutting = partial(bipartition_tree, max_attempts=50, allow_pair_reselection=True)
    optimiser = SingleMetricOptimizer(
        partial(
            recom,
            pop_col="people",
            pop_target=middle,
            epsilon=epsilon,
            region_surcharge=surcharge,
            bipartition_tree_fn=cutting,
        ),
        [band],
        _first_partition(Partition, graph, watch, {"people": Tally("people"), "cost": cost}),
        lambda partition: partition["cost"],
        maximize=False,
        rng=1,
    )
    endless, steps = 10**9, 0
    runs = {
        "bursts": lambda: optimiser.short_bursts(10, endless),
        "tilted": lambda: optimiser.tilted_run(endless, p=0.01),
        "aware": lambda: optimiser.tilted_run(endless, p=0.01),
        "annealing": lambda: _annealed(optimiser, watch),
    }
    start = watch.spent
    for _ in runs[run]():
        steps += 1
        if watch.left <= 0:
            break
    watch.note = f"{steps / (watch.spent - start):,.0f} steps a second"
    found = optimiser.best_part.assignment
    yield np.array([found[node] for node in range(len(problem))])


def _first_partition(maker: type, graph: object, watch: Watch, updaters: dict) -> object:
    """Return gerrychain's own random first plan, within the band."""
    problem = watch.problem
    mean = float(problem.people.sum()) / AREAS
    slack = min(0.5, 1 - problem.floor / mean, problem.ceiling / mean - 1)
    return maker.from_random_assignment(
        graph=graph, n_parts=AREAS, epsilon=slack, pop_col="people", updaters=updaters, rng=1
    )


def _annealed(optimiser: object, watch: Watch) -> Iterator[object]:
    """Anneal over as many steps as fit into the time, by the speed of a short run before."""
    steps, begun = 0, watch.spent
    for _ in optimiser.tilted_run(10**9, p=1.0):
        steps += 1
        if watch.spent - begun > 0.05 * watch.seconds:
            break
    todo = max(10, int(0.95 * steps / (watch.spent - begun) * watch.left))
    heat = optimiser.linear_jumpcycle_beta_function(0, int(0.9 * todo), todo)
    return optimiser.simulated_annealing(todo, heat, beta_magnitude=0.5)


def weighted(own: Case) -> nx.Graph:
    """Return the graph with people, and with what a cut costs as weight."""
    problem = own.problem
    graph = nx.Graph()
    people = problem.people.tolist()
    bodies = {name: of.tolist() for name, of in own.bodies.items()}
    graph.add_nodes_from(
        (u, {"people": people[u], **{name: of[u] for name, of in bodies.items()}})
        for u in range(len(problem))
    )
    rows = zip(
        problem.edge_a.tolist(), problem.edge_b.tolist(), problem.edge_cost.tolist(), strict=True
    )
    graph.add_weighted_edges_from(rows)
    return graph


def clustered(method: str, watch: Watch) -> Plans:
    """Yield plans of spopt, which goes by attributes in place of costs."""
    import geopandas as gpd
    from libpysal.weights import WSP
    from spopt import region

    problem, table = watch.problem, watch.case.attributes
    names = [f"attribute {i}" for i in range(table.shape[1])]
    frame = gpd.GeoDataFrame(
        {name: table[:, i] for i, name in enumerate(names)},
        geometry=gpd.points_from_xy(table[:, -2], table[:, -1]),
    )
    frame["people"] = problem.people
    matrix = watch.case.matrix.astype(bool).astype(float)
    w = WSP(matrix).to_W(silence_warnings=True)
    if method == "ward":
        yield _labels(region.WardSpatial(frame, w, names, AREAS))
        return
    if method == "skater":
        yield _labels(region.Skater(frame, w, names, AREAS))
        return
    threshold, step, seed = problem.floor, 1.0, 0
    while watch.left > 0:
        seed += 1
        np.random.seed(seed)  # noqa: NPY002 the only way in
        random.seed(seed)
        if method == "azp":
            yield _labels(region.AZP(frame, w, names, AREAS, random_state=seed))
            continue
        found = _labels(region.MaxPHeuristic(frame, w, names, "people", threshold, 2))
        areas = len(set(found.tolist()))
        watch.note = watch.note or f"{areas} areas at the floor itself"
        yield found
        # A higher threshold makes fewer areas.
        threshold = max(problem.floor, threshold * (areas / AREAS) ** step)
        step *= 0.9


def _labels(model: object) -> np.ndarray:
    model.solve()
    return np.asarray(model.labels_)


def cut_by_metis(watch: Watch) -> Plans:
    """Yield plans of METIS over seeds and imbalances, each asked to be in one piece."""
    import pymetis

    problem, matrix = watch.problem, watch.case.matrix
    mean = problem.people.sum() / AREAS
    most = problem.ceiling / mean - 1
    weights = np.maximum(1, problem.people / 1000).round().astype(int).tolist()

    def part(imbalance: float, seed: int) -> np.ndarray:
        options = pymetis.Options(ufactor=max(1, round(1000 * imbalance)), seed=seed, contig=1)
        found = pymetis.part_graph(
            AREAS,
            xadj=matrix.indptr.tolist(),
            adjncy=matrix.indices.tolist(),
            eweights=matrix.data.astype(int).tolist(),
            vweights=weights,
            recursive=False,
            options=options,
        )
        return np.asarray(found[1])

    asked = np.bincount(part(0.03, 1), problem.people, AREAS)
    watch.note = f"asked for 3 % of imbalance: {asked.max() / mean - 1:.0%}"
    seed = 0
    while watch.left > 0:
        seed += 1
        for share in (0.1, 0.25, 0.5, 1.0):
            yield part(share * most, seed)


def communities(method: str, watch: Watch) -> Plans:
    """Yield plans of networkx: communities or halves, then merged up to the floor and to 38."""
    graph, seed = weighted(watch.case), 0
    if method == "greedy":
        found = nx.community.greedy_modularity_communities(
            graph, weight="weight", cutoff=AREAS, best_n=AREAS
        )
        yield _numbered(found, len(graph))
        for resolution in np.geomspace(1, 64, 25):
            found = nx.community.greedy_modularity_communities(
                graph, weight="weight", resolution=resolution, cutoff=AREAS
            )
            yield _merged(watch, _numbered(found, len(graph)))
            if watch.left <= 0:
                return
    while watch.left > 0 and method != "greedy":
        seed += 1
        if method == "louvain":
            resolution = float(np.random.default_rng(seed).uniform(2, 40))
            found = nx.community.louvain_communities(
                graph, weight="weight", resolution=resolution, seed=seed
            )
        else:
            found = _halved(graph, AREAS, seed)
        yield _merged(watch, _in_one_piece(graph, found))


def _halved(graph: nx.Graph, areas: int, seed: int) -> list[set[int]]:
    """Divide by Kernighan-Lin again and again, always the part with most people."""
    parts = [set(graph)]
    people = nx.get_node_attributes(graph, "people")
    while len(parts) < areas:
        parts.sort(key=lambda own: sum(people[u] for u in own) if len(own) > 1 else 0.0)
        whole = graph.subgraph(parts.pop())
        parts += nx.community.kernighan_lin_bisection(whole, weight="weight", seed=seed)
    return parts


def _in_one_piece(graph: nx.Graph, parts: list[set[int]]) -> np.ndarray:
    pieces = [piece for own in parts for piece in nx.connected_components(graph.subgraph(own))]
    return _numbered(pieces, len(graph))


def _numbered(parts: list[set[int]], count: int) -> np.ndarray:
    area = np.empty(count, dtype=np.int64)
    for label, own in enumerate(parts):
        area[list(own)] = label
    return area


def _merged(watch: Watch, area: np.ndarray) -> np.ndarray:
    """Join the smallest area to the neighbour with the dearest border, while it must be.

    It must be while an area is below the floor or there are more than 38.
    """
    problem, area = watch.problem, area.copy()
    while True:
        labels, area = np.unique(area, return_inverse=True)
        people = np.bincount(area, problem.people)
        small = int(people.argmin())
        if len(labels) <= AREAS and people[small] >= problem.floor:
            return area
        one, other = area[problem.edge_a], area[problem.edge_b]
        near = np.concatenate([other[one == small], one[other == small]])
        cost = np.concatenate([problem.edge_cost[one == small], problem.edge_cost[other == small]])
        worth = np.bincount(near, cost, len(labels))
        worth[small] = 0.0
        fits = (worth > 0) & (people + people[small] <= problem.ceiling)
        area[area == small] = int((worth * fits if fits.any() else worth).argmax())


# By name: title, the package that it needs, and what makes plans.
ENTRANTS: dict[str, tuple[str, str, Callable[[Watch], Plans]]] = {
    "merge": ("merge", "coterminosity", partial(ours, "merge")),
    "refine": ("refine", "coterminosity", partial(ours, "refine")),
    "optimal": ("optimal", "coterminosity", partial(ours, "optimal")),
    "bursts": ("ReCom, short bursts", "gerrychain", partial(recombined, "bursts")),
    "tilted": ("ReCom, tilted run", "gerrychain", partial(recombined, "tilted")),
    "aware": (
        "ReCom that knows LEPs and STPs, tilted run",
        "gerrychain",
        partial(recombined, "aware"),
    ),
    "annealing": ("ReCom, annealing", "gerrychain", partial(recombined, "annealing")),
    "maxp": ("MaxP", "spopt", partial(clustered, "maxp")),
    "azp": ("AZP", "spopt", partial(clustered, "azp")),
    "skater": ("SKATER", "spopt", partial(clustered, "skater")),
    "ward": ("Ward", "spopt", partial(clustered, "ward")),
    "metis": ("METIS", "pymetis", cut_by_metis),
    "greedy": ("greedy modularity, merged", "networkx", partial(communities, "greedy")),
    "louvain": ("Louvain, merged", "networkx", partial(communities, "louvain")),
    "halves": ("Kernighan-Lin, merged", "networkx", partial(communities, "halves")),
}


NEEDED = {
    "coterminosity": ("coterminosity.proposing.solving", "coterminosity.proposing.steps"),
    "gerrychain": ("gerrychain.optimization", "gerrychain.proposals"),
    "spopt": ("geopandas", "libpysal.weights", "spopt.region"),
}


def main() -> None:
    name, test, seconds = sys.argv[1:]
    warnings.simplefilter("ignore")
    _, package, method = ENTRANTS[name]
    for module in (package, *NEEDED.get(package, ())):
        import_module(module)
    # Imports do not count, nor does the test itself.
    watch = Watch(case(test), float(seconds))
    for area in method(watch):
        watch.offer(area)
    result = {**(watch.best or {}), "seconds": watch.spent, "found_at": watch.found_at}
    print(json.dumps({**result, "bound": watch.bound, "note": watch.note}))


if __name__ == "__main__":
    main()
