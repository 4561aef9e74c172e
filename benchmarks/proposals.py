"""Timings of proposals, each beside its target and, where there is one, beside a peer.

Usage: python benchmarks/proposals.py, or with everything else: make bench. The standing tests
against all peers, by cost, are in peers.py.
"""

import running
from running import HOW_TO_GET, SHARED, load, machine, missing, row, versions

NUMBA = "numba"

HEAD = """
import time
import numpy as np
import coterminosity as ct
from cases import brief, grid
from coterminosity.proposing.costing import breaches, cost_of
from coterminosity.proposing.stating import state
data = ct.england_2017()
def stated(low, high):
    return state(data.graph, data.atoms, brief(low, high))
"""
OPTIMAL = (
    HEAD
    + """
ct.propose(data.graph, data.atoms, ct.Brief(), method="optimal")
times = []
for _ in range(REPEATS):
    start = time.perf_counter()
    plan = ct.propose(data.graph, data.atoms, ct.Brief(**CHOICES), method="optimal",
                      gap=GAP, time_limit=LIMIT)
    times.append(time.perf_counter() - start)
proof = plan.certificate
print(min(times), proof.cost, (proof.cost - proof.bound) / proof.cost)
"""
)
# Kernels are compiled, or read from where compiled ones are kept, before the clock starts.
FIRST = (
    HEAD
    + """
from coterminosity.proposing.search import first_plan
mean = stated(0, 1e9).people.sum() / 38
problem = stated(mean * (1 - BAND), mean * (1 + BAND))
if WARM:
    first_plan(stated(0, 1e9), seed=1)
times, broken = [], 0
for seed in range(1, 1 + SEEDS):
    start = time.perf_counter()
    area = first_plan(problem, seed=seed)
    times.append(time.perf_counter() - start)
    broken += bool(breaches(problem, area))
print(max(times), broken)
"""
)
WINDOWS = (
    HEAD
    + """
from coterminosity.proposing.search import first_plan, refine
from coterminosity.proposing.windows import certify
problem = stated(*BAND)
area = refine(problem, first_plan(problem, seed=1), proposals=2_000_000, seed=1).area
if SIZE == 3:
    area = certify(problem, area, size=2, improve=True).area
start = time.perf_counter()
found = certify(problem, area, size=SIZE, seconds=LIMIT)
print(time.perf_counter() - start, found.count, found.proved, found.gain)
"""
)
POOL = (
    HEAD
    + """
from coterminosity.proposing.free import resolve, solve_free
problem = stated(*BAND)
solved, pool = solve_free(problem, seconds=60, seed=1)
names, area = problem.names, solved.area
apart = int(np.flatnonzero(area[problem.edge_a] == area[problem.edge_b])[0])
pair = (names[problem.edge_a[apart]], names[problem.edge_b[apart]])
more = state(data.graph, data.atoms, brief(*BAND, must_part=(pair,)))
start = time.perf_counter()
again = resolve(more, pool, seconds=30, seed=1)
print(time.perf_counter() - start, again.cost, len(breaches(more, again.area)))
"""
)
SPEED = (
    HEAD
    + """
from coterminosity.proposing import search
problem = grid(182, tolerance=0.5) if GRID else stated(732_000, 2_195_000)
first = search.first_plan(problem, seed=1)
def steps(count):
    start = time.process_time()
    search.recombine(problem, first, steps=count, seed=1)
    return time.process_time() - start
def changes(count):
    start = time.process_time()
    search.refine(problem, first, proposals=count, seed=1)
    return time.process_time() - start
steps(10), changes(search.BATCH)
# What it takes to begin is in neither.
few, many = (50, 1_050) if GRID else (1_000, 31_000)
recom = (many - few) / min(steps(many) - steps(few) for _ in range(3))
few, many = 2 * search.BATCH, 202 * search.BATCH
refine = (many - few) / min(changes(many) - changes(few) for _ in range(3))
print(recom, refine)
"""
)
PEER_SPEED = """
import itertools, random, time
from functools import partial
from cases import Case, case, grid
from entrants import weighted
import numpy as np
from gerrychain import Graph, MarkovChain, Partition
from gerrychain.accept import always_accept
from gerrychain.constraints import Bounds
from gerrychain.proposals import recom
from gerrychain.updaters import Tally
from coterminosity.proposing.search import first_plan
own = Case("C", grid(182, tolerance=0.5), np.zeros((0, 2)), {}) if GRID else case("B")
problem = own.problem
area = np.unique(first_plan(problem, seed=1), return_inverse=True)[1].tolist()
partition = Partition(Graph.from_networkx(weighted(own)), dict(enumerate(area)),
                      {"people": Tally("people")})
middle = (problem.floor + problem.ceiling) / 2
chain = MarkovChain(
    partial(recom, pop_col="people", pop_target=middle, epsilon=problem.ceiling / middle - 1),
    [Bounds(lambda p: p["people"].values(), bounds=(problem.floor, problem.ceiling))],
    always_accept, partition, 10**9, rng=1,
)
steps = iter(chain)
next(steps), next(steps)
start, count = time.process_time(), 0
while time.process_time() - start < 5:
    next(steps)
    count += 1
print(count / (time.process_time() - start))
"""
GRID_PLAN = """
import resource, time
from cases import grid
from coterminosity.proposing.costing import breaches, cost_of
from coterminosity.proposing.merging import merge
from coterminosity.proposing.search import first_plan, refine
first_plan(grid(8, tolerance=0.5, areas=4), seed=1)
problem = grid(182, tolerance=0.05)
start = time.perf_counter()
merged = merge(problem)
merging = time.perf_counter() - start
start = time.perf_counter()
area = first_plan(problem, seed=1)
found = refine(problem, area, proposals=2_000_000, seed=1, deadline=time.monotonic() + 30)
took = time.perf_counter() - start
memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(merging, took, len(breaches(problem, found.area)), memory, cost_of(problem, found.area))
"""
LSOA_PLAN = """
import resource, time
import coterminosity as ct
from cases import brief
from coterminosity import chain
from coterminosity.proposing.costing import breaches, cost_of
from coterminosity.proposing.merging import merge
from coterminosity.proposing.search import first_plan, refine
from coterminosity.proposing.stating import state
start = time.perf_counter()
inputs = chain.gather(FOLDER, unit_layer="lsoa")
reading = time.perf_counter() - start
total = float(inputs.atoms.weights("population").sum())
mean = total / 38
problem = state(inputs.graph, inputs.atoms,
                brief(0.95 * mean, 1.05 * mean, unit_layer="lsoa"))
start = time.perf_counter()
merged = merge(problem)
merging = time.perf_counter() - start
start = time.perf_counter()
area = first_plan(problem, seed=1)
found = refine(problem, area, proposals=2_000_000, seed=1, deadline=time.monotonic() + 30)
took = time.perf_counter() - start
memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(merging, took, len(breaches(problem, found.area)), memory, cost_of(problem, found.area),
      reading)
"""


def fresh(script: str, **names: object) -> list[float]:
    """Run a script; where it fails, say so and go on."""
    try:
        return running.fresh(script, **names)
    except RuntimeError as error:
        print(f"failed: {error}", flush=True)
        return []


def timed(what: str, script: str, target: float, limit: float, **names: object) -> list[float]:
    """Print seconds, and how many times faster than the target that is."""
    found = fresh(script, seconds=limit, **names)
    if not found:
        row(what, f"none in {limit:.0f} s", f"<= {target:g} s: missed")
        return []
    says = f"<= {target:g} s: {_compared(target / max(found[0], 1e-9))}"
    row(what, f"{found[0]:.2f} s", says)
    return found


def _compared(ratio: float) -> str:
    return f"{ratio:.1f} times as fast" if ratio >= 1 else f"missed, {1 / ratio:.1f} times as long"


def speed(what: str, measured: float, target: float) -> None:
    ratio = measured / target
    says = f"{ratio:.1f} times that" if ratio >= 1 else f"missed, {ratio:.0%} of it"
    row(what, f"{measured:,.0f} a second", f">= {target:,.0f}: {says}")


def proved() -> None:
    floor = {"size_ceiling": 9_000_000, "size_rule": "hard"}
    apart = {"k": (30, 45), "anchors": ("lep", "stp")}
    for what, target, limit, gap, repeats, choices in (
        ("anchored optimum, proved", 2, 60, 0.0, 3, {}),
        ("floor of 500,000, proved", 5, 60, 0.0, 1, {"size_floor": 5e5, **floor}),
        ("floor of 600,000, to 0.1 %", 30, 120, 0.001, 1, {"size_floor": 6e5, **floor}),
        ("30 to 45 areas, LEP and STP anchors, to 1 %", 120, 180, 0.01, 1, apart),
        ("  the same where mergers cost as splits do", 120, 180, 0.01, 1,
         {**apart, "merge_cost": 1.0}),
    ):  # fmt: skip
        found = timed(what, OPTIMAL, target, 4 * limit + 60, CHOICES=choices, GAP=gap,
                      LIMIT=limit, REPEATS=repeats)  # fmt: skip
        if found:
            met = "proved" if found[2] <= gap + 1e-9 else "missed"
            row("  cost and gap", f"{found[1]:,.0f}, {found[2]:.2%}", f"<= {gap:.1%}: {met}")


def free_areas() -> None:
    for band, target in ((0.5, 1), (0.25, 5), (0.1, 30)):
        found = timed(f"first plan of 38 free areas at ±{band:.0%}, slowest of 5", FIRST, target,
                      300, BAND=band, SEEDS=5, WARM=True)  # fmt: skip
        if found:
            row("  plans that break a demand", f"{found[1]:.0f}", "0")
    timed("  the first of a process, kernels read or compiled", FIRST, 1, 300, BAND=0.5, SEEDS=1,
          WARM=False)  # fmt: skip
    for size, target, limit in ((2, 3, 60), (3, 90, 240)):
        found = timed(f"certificate of {'pairs' if size == 2 else 'triples'}, test B", WINDOWS,
                      target, limit + 120, BAND=(732_000, 2_195_000), SIZE=size,
                      LIMIT=limit)  # fmt: skip
        if found:
            row("  windows settled", f"{found[2]:.0f} of {found[1]:.0f}", "all")
    found = timed("a new demand, solved again over the pool, test A", POOL, 15, 180,
                  BAND=(490_000, 9_000_000))  # fmt: skip
    if found:
        row("  cost, demands broken", f"{found[1]:,.0f}, {found[2]:.0f}", "0 broken")


def searches(absent: list[str]) -> None:
    units = {False: "326 districts", True: "33,124 units"}
    for whole, recom, refine in ((False, 50_000, 2e6), (True, 1_000, None)):
        if NUMBA in absent:
            row(f"ReCom and refine, {units[whole]}", "left out", "numba is not installed")
            continue
        ours = fresh(SPEED, GRID=whole, seconds=300)
        if not ours:
            row(f"ReCom and refine, {units[whole]}", "none in 300 s", "missed")
            continue
        speed(f"ReCom steps, {units[whole]}, of one core's time", ours[0], recom)
        if "gerrychain" not in absent:
            peer = fresh(PEER_SPEED, GRID=whole, seconds=300)
            if peer:
                row("  times as fast as gerrychain", f"{ours[0] / peer[0]:,.0f}",
                    f"gerrychain: {peer[0]:,.0f} a second")  # fmt: skip
        if refine:
            speed(f"changes by refine, {units[whole]}", ours[1], refine)
        else:
            row(f"changes by refine, {units[whole]}", f"{ours[1]:,.0f} a second", "")


def small_areas() -> None:
    plans = [("grid of 33,124 units", GRID_PLAN, {})]
    if SHARED.is_dir():
        plans.append(("32,844 LSOAs", LSOA_PLAN, {"FOLDER": str(SHARED)}))
    for what, script, names in plans:
        found = fresh(script, seconds=600, **names)
        if not found:
            row(f"merge and plan, {what}", "over 600 s", "missed")
            continue
        if len(found) > 5:
            row(f"reading, {what}", f"{found[5]:.1f} s", "")
        for job, value, target in (("merge", found[0], 20), ("plan within ±5 %", found[1], 60)):
            row(f"{job}, {what}", f"{value:.1f} s",
                f"<= {target} s: {_compared(target / value)}")  # fmt: skip
        row("  demands broken, cost", f"{found[2]:.0f}, {found[4]:,.0f}", "0 broken")
        row("  peak memory of the process", f"{found[3]:,.0f} MB", "< 2,000 MB")
    if not SHARED.is_dir():
        print(f"LSOAs left out: no boundary files in {SHARED.name}")


def measure() -> None:
    """Print the timings of proposals."""
    absent = missing(("gerrychain", NUMBA))
    if absent:
        print(f"\nleft out: {', '.join(absent)}; {HOW_TO_GET}")
    print()
    proved()
    free_areas()
    searches(absent)
    small_areas()


if __name__ == "__main__":
    print(f"{machine()}, {versions('coterminosity', 'numba', 'highspy', 'gerrychain')}; "
          f"{load():.1f} processes want to run\n")  # fmt: skip
    row("what", "measured", "target")
    measure()
