"""Timings of pictures: a labelled map, the layout of hexagons, the gallery.

Usage: python benchmarks/drawing.py. With real boundary files at hand the map is drawn of them. The
map is set against geopandas drawing the same districts in one colour, without anything else.
"""

import tempfile

from running import SHARED, best, row

MAP = """
import time
import coterminosity as ct
data = ct.england_2017()
lad = data.atoms.dissolve("lad")
if FILE:
    lad = ct.BoundaryLayer.from_file(FILE, layer="lad").clip("England")
plan = ct.propose(data.graph, data.atoms)
people = plan.area_table(data.atoms)["population"]
path = FOLDER + "/map.png"

def draw():
    start = time.perf_counter()
    ax = ct.maps.areas(plan, lad, populations=people, ax=ct.maps.new_page()[1])
    ct.maps.save(ax, path)
    return time.perf_counter() - start

first = draw()
again = min(draw() for _ in range(3))
import matplotlib.pyplot as plt
start = time.perf_counter()
lad.frame.plot(figsize=ct.maps.canvas.PAGE).get_figure().savefig(path, dpi=ct.maps.canvas.DPI)
print(first, again, time.perf_counter() - start)
"""
HEXAGONS = """
import os, tempfile, time
os.environ["COTERMINOSITY_CACHE"] = tempfile.mkdtemp(dir=FOLDER)
import coterminosity as ct
lad = ct.england_2017().atoms.dissolve("lad")
start = time.perf_counter()
ct.maps.hexagons(lad)
first = time.perf_counter() - start
again = ct.england_2017().atoms.dissolve("lad")
start = time.perf_counter()
ct.maps.hexagons(again)
print(first, time.perf_counter() - start)
"""
GALLERY = """
import time
from pathlib import Path
from coterminosity import chain, picturing
from coterminosity.proposing import propose
inputs = chain.gather()
start = time.perf_counter()
scene = picturing.Scene(inputs=inputs, plan=propose(inputs.graph, inputs.atoms))
files = picturing.gallery(scene, Path(FOLDER) / "gallery")
print(time.perf_counter() - start, len(files))
"""


def measure() -> None:
    """Print the timings beside their targets."""
    print("\npictures")
    file = SHARED / "lad_dec_2017_bgc.geojson"
    with tempfile.TemporaryDirectory() as folder:
        names = {"FOLDER": folder, "FILE": str(file) if file.is_file() else ""}
        first, again, plain = best(MAP, **names)
        kind = "real" if file.is_file() else "schematic"
        row(f"labelled map of 326 districts and 38 areas to PNG ({kind})", f"{again:.2f} s",
            "<= 1.5 s")  # fmt: skip
        row("  the first of a layer, which is simplified once", f"{first:.2f} s", "")
        row("  of geopandas alone, districts in one colour", f"{plain:.2f} s", "")
        laid, kept = best(HEXAGONS, FOLDER=folder)
        row("hexagons laid out, and from the cache", f"{laid:.1f}, {kept:.2f} s", "<= 5 s")
        seconds, count = best(GALLERY, FOLDER=folder)
        row(f"gallery of {count:.0f} pictures", f"{seconds:.0f} s", "<= 60 s")


if __name__ == "__main__":
    measure()
