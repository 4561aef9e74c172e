"""Fuzzing of the readers: files mutated at random are loaded or refused, never lost or hung.

    make fuzz                 ten minutes
    python tests/fuzz_readers.py --minutes 1 --seed 7

Small files of every format are mutated: bytes are flipped, cut, repeated and swapped, numbers and
words of JSON and CSV are replaced by others, coordinates by absurd ones. A worker process reads
each file as ``coterminosity check`` does. It must end within seconds with a layer or with one
sentence; a layer must hold as many regions as an independent reader counts in the file. What
fails is written to ``tests/corpus/found``; a file that once failed is kept in ``tests/corpus``
and read again by the tests.
"""

import argparse
import io
import json
import multiprocessing
import multiprocessing.connection
import random
import re
import shutil
import sys
import tempfile
import time
import warnings
import zipfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely

from coterminosity.errors import CoterminosityError
from coterminosity.layer import BoundaryLayer
from coterminosity.reading import has_geometry
from coterminosity.tabular import check_table

CORPUS = Path(__file__).parent / "corpus"
SECONDS = 30.0  # more than any of these small files can honestly need
ODD = [b"NaN", b"1e999", b"-1", b"null", b'""', b"{}", b"[]", b"E06000001", b"=1+1", b"0",
       b"\xff\xfe", b"POLYGON EMPTY", b"999999999999", b"true", b"\x00", b"http://x/",
       b"/vsicurl/x"]  # fmt: skip


def seeds(folder: Path) -> list[Path]:
    """Write small sound files of every format."""
    cells = [shapely.box(4e5 + 1e4 * k, 3e5, 4e5 + 1e4 * (k + 1), 31e4) for k in range(4)]
    holed = cells[1].difference(shapely.box(412e3, 302e3, 414e3, 304e3))
    frame = gpd.GeoDataFrame(
        {"LAD17CD": [f"E0600000{k}" for k in range(1, 5)], "LAD17NM": ["A", "Bé", "C,c", "D"]},
        geometry=[cells[0], holed, shapely.MultiPolygon([cells[2]]), cells[3]],
        crs="EPSG:27700",
    )
    degrees = frame.to_crs(4326)
    degrees.to_file(folder / "lad.geojson", driver="GeoJSON")
    degrees.to_file(folder / "lines.geojsonl", driver="GeoJSONSeq")
    frame.to_file(folder / "lad.gpkg")
    frame.to_file(folder / "lad.fgb", driver="FlatGeobuf")
    frame.to_parquet(folder / "lad.parquet")
    degrees.rename(columns={"LAD17NM": "Name"}).to_file(folder / "lad.kml", driver="KML")
    wkt = pd.DataFrame(frame.drop(columns="geometry")).assign(wkt=frame.geometry.to_wkt())
    wkt.to_csv(folder / "wkt.csv", index=False)
    lookup = wkt.drop(columns="wkt").assign(LEP17CD1="E37000001", LEP17CD2=[None, "E37000002"] * 2)
    lookup.to_csv(folder / "lookup.csv", index=False)
    lookup.to_excel(folder / "lookup.xlsx", index=False)
    (folder / "shape").mkdir()
    frame.to_file(folder / "shape" / "lad.shp")
    with zipfile.ZipFile(folder / "lad.zip", "w") as archive:
        for part in sorted((folder / "shape").iterdir()):
            archive.write(part, part.name)
    shutil.rmtree(folder / "shape")
    _topology(folder / "lad.topojson")
    return sorted(folder.iterdir())


def _topology(path: Path) -> None:
    """Write two neighbouring squares as TopoJSON."""
    arcs = [[[-2.0, 52.5], [-1.9, 52.5], [-1.9, 52.6], [-2.0, 52.6], [-2.0, 52.5]],
            [[-1.9, 52.5], [-1.8, 52.5], [-1.8, 52.6], [-1.9, 52.6], [-1.9, 52.5]]]  # fmt: skip
    regions = [
        {"type": "Polygon", "arcs": [[k]],
         "properties": {"LAD17CD": f"E0600000{k + 1}", "LAD17NM": "x"}}
        for k in range(2)
    ]  # fmt: skip
    objects = {"lad": {"type": "GeometryCollection", "geometries": regions}}
    path.write_text(json.dumps({"type": "Topology", "arcs": arcs, "objects": objects}))


def _flip(content: bytearray, rng: random.Random) -> bytearray:
    for _ in range(rng.choice([1, 1, 2, 8, 64])):
        content[rng.randrange(len(content))] ^= 1 << rng.randrange(8)
    return content


def _cut(content: bytearray, rng: random.Random) -> bytearray:
    return content[: rng.randrange(len(content))]


def _remove(content: bytearray, rng: random.Random) -> bytearray:
    start = rng.randrange(len(content))
    return content[:start] + content[start + rng.choice([1, 2, 4, 32, 256]) :]


def _repeat(content: bytearray, rng: random.Random) -> bytearray:
    start = rng.randrange(len(content))
    piece = content[start : start + rng.choice([1, 8, 64, 512])]
    return content[:start] + piece * rng.choice([2, 3, 50]) + content[start + len(piece) :]


def _insert(content: bytearray, rng: random.Random) -> bytearray:
    start = rng.randrange(len(content))
    return content[:start] + rng.choice(ODD) + content[start:]


def _number(content: bytearray, rng: random.Random) -> bytearray:
    """Replace a digit string, such as a coordinate, a count or a length."""
    places = [k for k, byte in enumerate(content) if 48 <= byte <= 57]
    if not places:
        return _flip(content, rng)
    start = rng.choice(places)
    end = start
    while end < len(content) and content[end] in b"0123456789.":
        end += 1
    return content[:start] + rng.choice(ODD) + content[end:]


def _swap(content: bytearray, rng: random.Random) -> bytearray:
    """Swap two lines, or two blocks of a binary file."""
    lines = content.split(b"\n") if content.count(b"\n") > 2 else None
    if len(content) < 2:
        return content
    if lines is None:
        middle = rng.randrange(1, len(content))
        return content[middle:] + content[:middle]
    one, other = rng.randrange(len(lines)), rng.randrange(len(lines))
    lines[one], lines[other] = lines[other], lines[one]
    return bytearray(b"\n".join(lines))


MUTATIONS: list[Callable[[bytearray, random.Random], bytearray]] = [
    _flip, _flip, _cut, _remove, _repeat, _insert, _number, _number, _swap,
]  # fmt: skip


def mutated(content: bytes, rng: random.Random) -> bytes:
    """Return the content after one to four mutations."""
    changed = bytearray(content)
    for _ in range(rng.choice([1, 1, 1, 2, 4])):
        if changed:
            changed = rng.choice(MUTATIONS)(changed, rng)
    return bytes(changed)


def mutated_member(content: bytes, rng: random.Random) -> bytes:
    """Return an archive in which one file was mutated, with sound checksums."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(target, "w") as new:
        names = old.namelist()
        victim = rng.choice(names)
        for name in names:
            inside = old.read(name)
            new.writestr(name, mutated(inside, rng) if name == victim else inside)
    return target.getvalue()


def count_apart(path: Path) -> int | None:
    """Count rows by another way than the library's own, None where that is not possible."""
    try:
        if path.suffix in (".geojson",):
            return len(json.loads(path.read_bytes())["features"])
        if path.suffix == ".geojsonl":
            return sum(bool(line.strip()) for line in path.read_bytes().splitlines())
        if path.suffix == ".csv":
            return len(pd.read_csv(io.BytesIO(path.read_bytes()), header=0, dtype="str"))
        if path.suffix in (".gpkg", ".fgb", ".kml"):
            return int(pyogrio.read_info(path, force_feature_count=True)["features"])
        if path.suffix == ".parquet":
            return len(pd.read_parquet(path, columns=["LAD17CD"]))
    except Exception:
        return None  # the other reader does not take it: nothing to compare with
    return None


def outcome(path: Path) -> str:
    """Read a file as the command does: ``loaded``, ``refused``, or what is wrong with us."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            if not has_geometry(path):
                check_table(path)
                return "table"
            layer = BoundaryLayer.from_file(path)
            layer.check()
    except CoterminosityError as error:
        text = str(error)
        return "refused" if "\n" not in text and len(text) < 2_000 else f"CRASH: long: {text[:200]}"
    except Exception as error:
        return f"CRASH: {type(error).__name__}: {str(error)[:300]}"
    counted = count_apart(path)
    twice = int((layer.repairs["problem"] == "row twice").sum())
    if counted is not None and len(layer) + twice != counted:
        return f"LOSS: {counted} rows in the file, {len(layer)} regions and {twice} left out"
    return "loaded"


def work(pipe: multiprocessing.connection.Connection) -> None:
    """Read files whose names come through the pipe, and answer with what came of each."""
    while (name := pipe.recv()) is not None:
        pipe.send(outcome(Path(name)))


class Reader:
    """A worker process that is replaced when it hangs or dies."""

    def __init__(self) -> None:
        self._start()

    def _start(self) -> None:
        self._pipe, other = multiprocessing.Pipe()
        self._worker = multiprocessing.get_context("fork").Process(target=work, args=(other,))
        self._worker.start()
        other.close()

    def read(self, path: Path) -> str:
        """Return the outcome for a file, ``HANG`` or ``DIED`` where there is none."""
        self._pipe.send(str(path))
        try:
            if self._pipe.poll(SECONDS):
                return str(self._pipe.recv())
            found = f"HANG: over {SECONDS:.0f} s"
        except EOFError:
            found = f"DIED: exit code {self._worker.exitcode}"
        self._worker.kill()
        self._worker.join()
        self._start()
        return found

    def stop(self) -> None:
        """End the worker."""
        self._pipe.send(None)
        self._worker.join(5)


def fuzz(*, minutes: float, seed: int) -> Counter[str]:
    """Mutate and read for some minutes; return how often each outcome came about."""
    rng, counts, kept = random.Random(seed), Counter[str](), set()
    end = time.monotonic() + 60 * minutes
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "seeds").mkdir()
        originals = {path.name: path.read_bytes() for path in seeds(folder / "seeds")}
        reader = Reader()
        while time.monotonic() < end:
            file = rng.choice(sorted(originals))
            path = folder / file
            packed = path.suffix in (".zip", ".xlsx") and rng.random() < 0.8
            mutate = mutated_member if packed else mutated
            path.write_bytes(mutate(originals[file], rng))
            found = reader.read(path)
            kind = found.split(":")[0]
            counts[f"{Path(file).suffix} {kind}"] += 1
            shape = f"{file}|{re.sub('[0-9]+', '#', found)[:60]}"
            if kind.isupper() and shape not in kept:
                kept.add(shape)
                (CORPUS / "found").mkdir(parents=True, exist_ok=True)
                case = CORPUS / "found" / f"{len(kept):03d}-{file}"
                shutil.copy(path, case)
                sys.stderr.write(f"{case.name}: {found}\n")
        reader.stop()
    return counts


def main() -> None:
    """Fuzz and print the outcomes; exit 1 where anything crashed, hung or was lost."""
    parser = argparse.ArgumentParser(description="Fuzz the readers with mutated files.")
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--seed", type=int, default=int(np.random.default_rng().integers(2**31)))
    wanted = parser.parse_args()
    counts = fuzz(minutes=wanted.minutes, seed=wanted.seed)
    sys.stdout.write(f"seed {wanted.seed}, {counts.total():,} files in {wanted.minutes:g} min\n")
    for kind, number in sorted(counts.items()):
        sys.stdout.write(f"{number:8,}  {kind}\n")
    sys.exit(any(kind.split()[-1].isupper() for kind in counts))


if __name__ == "__main__":
    main()
