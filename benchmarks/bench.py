"""Timings of the main jobs, as seconds and as ratios against peers measured in the same run.

Usage: make bench. Overlays need real boundary files in ../shared/england-2017 or in the folder
that COTERMINOSITY_SHARED names; without them those lines are left out, and say so.
Peak memory is that of a process of its own. Timings of the negotiating table are in
negotiating.py, of pictures in drawing.py, of proposals in proposals.py, the standing tests against
all peers in peers.py.
"""

import platform
import subprocess
import sys
import tempfile
import time

import drawing
import negotiating
import proposals
from running import SHARED, best, load, machine, row, versions

LAYERS = {
    "lad": "lad_dec_2017_bgc.geojson",
    "lep": "lep_apr_2017_bgc.shp.zip",
    "stp": "stp_apr_2017_bgc.gpkg",
    "crc": "crc_2014_bgc.geojson",
}

CHAIN = """
import geopandas as gpd, time
frames = [gpd.read_file(FOLDER + "/" + name).to_crs(27700)[["geometry"]] for name in FILES]
start = time.perf_counter()
whole = frames[0]
for frame in frames[1:]:
    whole = gpd.overlay(whole, frame, how="intersection", keep_geom_type=True)
print(time.perf_counter() - start, len(whole))
"""
OURS = """
import coterminosity as ct, time
layers = [ct.BoundaryLayer.from_file(FOLDER + "/" + name) for name in FILES]
start = time.perf_counter()
atoms = ct.Atoms.build(*layers)
print(time.perf_counter() - start, len(atoms))
"""
MEMORY = """
import resource
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""
IMPORTS = """
import time
import geopandas, shapely, pyproj, networkx, rtree, pyogrio, scipy, pyarrow, matplotlib
start = time.perf_counter()
import coterminosity as ct
ct.Atoms, ct.UnitGraph, ct.propose, ct.scores, ct.run
print(time.perf_counter() - start)
"""
WORK = """
import time
import coterminosity as ct
from coterminosity import chain
ct.Atoms, ct.UnitGraph, ct.propose, ct.scores
start = time.perf_counter()
inputs = chain.gather()
plan = ct.propose(inputs.graph, inputs.atoms)
chain.result_tables(inputs, plan)
print(time.perf_counter() - start)
"""


CHECK = """
import coterminosity as ct, time
from coterminosity.layer import BoundaryLayer
start = time.perf_counter()
layer = BoundaryLayer.from_file(FILE)
layer.check()
print(time.perf_counter() - start)
"""
PARTITION = """
import coterminosity as ct, time, numpy as np, shapely
from coterminosity.layer import BoundaryLayer
layer = BoundaryLayer.from_file(FILE)
polygons = np.asarray(layer.geometry.array)
start = time.perf_counter()
layer.kind
ours = time.perf_counter() - start
start = time.perf_counter()
shapely.coverage_invalid_edges(polygons)
print(ours, time.perf_counter() - start)
"""
PLAIN_CHECK = """
import geopandas as gpd, numpy as np, shapely, time
start = time.perf_counter()
frame = gpd.read_parquet(FILE) if FILE.endswith("parquet") else gpd.read_file(FILE)
frame = frame.to_crs(27700)
frame.is_valid.all(), frame.union_all(method="coverage").area
shapely.coverage_invalid_edges(np.asarray(frame.geometry.array))
print(time.perf_counter() - start)
"""
MEASURES = """
import time
import coterminosity as ct
atoms = ct.england_2017().atoms
ct.scores.summary(atoms.overlap("lep", "stp"))
times = []
for _ in range(20):
    start = time.perf_counter()
    ct.scores.summary(atoms.overlap("lep", "stp"))
    times.append(time.perf_counter() - start)
start = time.perf_counter()
null = ct.null_model(ct.england_2017().graph, k=38, n=1000, rng=1)
null.compare(atoms, "lep", "stp")
print(min(times), time.perf_counter() - start)
"""
SMALL_MEASURES = """
import time
import coterminosity as ct, pandas as pd
table = pd.read_parquet(FILE, columns=["LSOA11CD", "LEP17CD1", "LEP17CD2", "STP17CD", "population"])
layers = {"lsoa": "LSOA11CD", "lep": ["LEP17CD1", "LEP17CD2"], "stp": "STP17CD"}
atoms = ct.Atoms.from_lookup(table, layers=layers, measures=["population"])
ct.scores.summary(atoms.overlap("lep", "stp"))
times = []
for _ in range(5):
    start = time.perf_counter()
    ct.scores.summary(atoms.overlap("lep", "stp"))
    times.append(time.perf_counter() - start)
print(min(times), len(atoms))
"""
LAND = """
import resource, time
import coterminosity as ct
small, lad = (ct.BoundaryLayer.from_file(f"{FOLDER}/{name}") for name in FILES)
small.kind, lad.kind
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
start = time.perf_counter()
overlap = ct.land_overlap(small, lad)
took = time.perf_counter() - start
after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
land = small.geometry.area.sum()
print(took, after - before, abs(overlap.pairs["weight"].sum() / land - 1), len(overlap.pairs))
"""
PEER_LAND = """
import time
import geopandas as gpd
small = gpd.read_parquet(f"{FOLDER}/{FILES[0]}")[["LSOA11CD", "geometry"]]
lad = gpd.read_file(f"{FOLDER}/{FILES[1]}").to_crs(27700)[["lad17cd", "geometry"]]
start = time.perf_counter()
cut = gpd.overlay(small, lad, keep_geom_type=True)
cut.area.sum()
print(time.perf_counter() - start, len(cut))
"""
BORDERS = """
import time
import coterminosity as ct, shapely
from coterminosity.adjacency import border_lengths
layer = ct.BoundaryLayer.from_file(FILE)
start = time.perf_counter()
borders = border_lengths(layer)
print(time.perf_counter() - start, len(borders))
"""
PEER_BORDERS = """
import time
import geopandas as gpd, numpy as np, shapely
polygons = gpd.read_parquet(FILE).geometry.to_numpy()
start = time.perf_counter()
one, other = shapely.STRtree(polygons).query(polygons, predicate="touches")
one, other = one[one < other], other[one < other]
common = shapely.length(shapely.intersection(polygons[one], polygons[other]))
print(time.perf_counter() - start, int((common > 0).sum()))
"""


def main() -> None:
    packages = versions("geopandas", "shapely", "numpy", "numba", "highspy", "gerrychain")
    print(f"{machine()}, Python {platform.python_version()}, {packages}")
    print(f"{load():.1f} processes want to run\n")
    row("what", "measured", "target")
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        run = [sys.executable, "-m", "coterminosity", "run", "--out", f"{folder}/out"]
        subprocess.run(run, check=True, capture_output=True)
        row("run on the embedded data, warm", f"{time.perf_counter() - start:.1f} s", "<= 10 s")
    row("  of which work without drawing", f"{best(WORK)[0]:.2f} s", "<= 1 s")
    row("import, over its dependencies", f"{best(IMPORTS)[0]:.3f} s", "<= 0.5 s")
    measures, null = best(MEASURES)
    row(
        "overlap and all measures of LEP and STP, 405 atoms",
        f"{measures * 1000:.1f} ms",
        "<= 10 ms",
    )
    row("null model of 1,000 plans of 38 areas, compared", f"{null:.1f} s", "<= 15 s")
    measure_overlays()
    negotiating.measure()
    drawing.measure()
    proposals.measure()


def measure_overlays() -> None:
    if not SHARED.is_dir():
        print(f"\noverlays left out: no boundary files in {SHARED.name}")
        return
    for title, file, target in (
        ("326 districts", "lad_dec_2017_bgc.geojson", "<= 1 s"),
        ("32,844 small areas", "lsoa_2011_bgc.parquet", "<= 6 s"),
    ):
        ours = best(CHECK + MEMORY, FILE=str(SHARED / file))
        peer = best(PLAIN_CHECK, FILE=str(SHARED / file))
        row(f"load and check {title}", f"{ours[0]:.2f} s", target)
        row("  against geopandas and shapely alone", f"{ours[0] / peer[0]:.1f} times", "")
        row("  peak memory of the process", f"{ours[1]:,.0f} MB", "<= 700 MB")
    ours = best(PARTITION, FILE=str(SHARED / "lsoa_2011_bgc.parquet"))
    row("partition check of the small areas", f"{ours[0]:.2f} s", "<= 4 s")
    row("  against shapely's own coverage check", f"{ours[0] / ours[1]:.2f} times", "< 1")
    measure_small_areas()
    names = {"FOLDER": str(SHARED), "FILES": list(LAYERS.values())}
    chain = best(CHAIN, **names)
    ours = best(OURS + MEMORY, **names)
    row("chain of geopandas.overlay, LAD x LEP x STP x CRC", f"{chain[0]:.1f} s", "")
    row("  pieces", f"{chain[1]:,.0f}", "with slivers")
    row("Atoms.build of the same", f"{ours[0]:.1f} s", "")
    row("  pieces", f"{ours[1]:,.0f}", "none a sliver")
    row("  times as fast as the chain", f"{chain[0] / ours[0]:.1f}", ">= 3")
    row("  peak memory of the process", f"{ours[2]:,.0f} MB", "< 1,000 MB")


def measure_small_areas() -> None:
    file = str(SHARED / "lsoa_2011_bgc.parquet")
    row("all measures of LEP and STP, 32,844 atoms",
        f"{best(SMALL_MEASURES, FILE=file)[0] * 1000:.1f} ms", "<= 50 ms")  # fmt: skip
    names = {"FOLDER": str(SHARED), "FILES": ["lsoa_2011_bgc.parquet", LAYERS["lad"]]}
    ours, peer = best(LAND, **names), best(PEER_LAND, **names)
    row("land overlap of 32,844 small areas and districts", f"{ours[0]:.1f} s", "")
    row("  times as fast as geopandas.overlay", f"{peer[0] / ours[0]:.1f}", ">= 3")
    row("  extra memory", f"{ours[1]:,.0f} MB", "<= 100 MB")
    row("  land lost or gained, as a share", f"{ours[2]:.1e}", "<= 1e-9")
    row("  pairs, against those of geopandas.overlay", f"{ours[3]:,.0f}, {peer[1]:,.0f}", "")
    ours, peer = best(BORDERS, FILE=file), best(PEER_BORDERS, FILE=file)
    row("borders in metres of the small areas", f"{ours[0]:.1f} s", "<= 2 s")
    row("  times as fast as shapely, pair by pair", f"{peer[0] / ours[0]:.1f}", "")
    row("  borders found by both", f"{ours[1]:,.0f}, {peer[1]:,.0f}", "the same")


if __name__ == "__main__":
    main()
