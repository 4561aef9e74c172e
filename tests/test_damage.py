"""Every real file damaged in many ways: loaded with a log, or refused in one sentence."""

import gzip
import hashlib
import re
import zipfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from coterminosity import errors
from coterminosity.catalogue import facts_of
from coterminosity.checks import CheckReport
from coterminosity.columns import Columns, find_columns
from coterminosity.gss import layers_of
from coterminosity.layer import BoundaryLayer
from coterminosity.opening import Limits
from coterminosity.reading import has_geometry
from coterminosity.tables import known_places
from coterminosity.tabular import check_table
from tests.conftest import SHARED
from tests.damages import DAMAGES, VICTIM, Fate

FOLDER = SHARED / "england-2017"
FILES = sorted(p.name for p in FOLDER.iterdir() if p.suffix != ".md") if FOLDER.is_dir() else []
TABLES = [name for name in FILES if ".csv" in name]
BOUNDARIES = [name for name in FILES if name not in TABLES]
# Regions of a file that are damaged one by one; its bytes are damaged as a whole.
MOST_ROWS = 16
pytestmark = pytest.mark.skipif(not FILES, reason=f"the real files are not here ({FOLDER})")


pytestmark = [
    pytestmark,
    # Writers complain of a missing reference system, which is what some damages are.
    pytest.mark.filterwarnings("ignore:'crs' was not provided"),
]


@dataclass(frozen=True)
class Original:
    """A real file as read, the layer it holds, and the report on it."""

    frame: gpd.GeoDataFrame
    columns: Columns
    layer: BoundaryLayer
    report: CheckReport


@cache
def original(name: str) -> Original:
    path = FOLDER / name
    frame = gpd.read_parquet(path) if path.suffix == ".parquet" else gpd.read_file(path)
    frame = frame.to_crs("EPSG:27700")
    near = frame.geometry.distance(frame.geometry.iloc[len(frame) // 2])
    frame = frame.loc[near.nsmallest(MOST_ROWS).sort_index().index].reset_index(drop=True)
    columns = find_columns(frame, where=name)
    frame = frame[[columns.code, columns.name, "geometry"]]
    frame = frame.set_geometry(coarse(frame))
    layer = BoundaryLayer.from_frame(frame, source=name)
    return Original(frame, columns, layer, layer.check())


def coarse(frame: gpd.GeoDataFrame) -> gpd.GeoSeries:
    """Return shapes of a tenth of the vertices, so that hundreds of cases take seconds."""
    shapes = frame.geometry.to_numpy()
    if shapely.coverage_is_valid(shapes):
        drawn = shapely.coverage_simplify(shapes, 200.0)
    else:
        drawn = shapely.simplify(shapes, 100.0)
    return gpd.GeoSeries(drawn, index=frame.index, crs=frame.crs)


@pytest.fixture(scope="module", autouse=True)
def inputs_stay_as_they_are():
    """No input file is ever changed, whatever is done with it."""

    def digests():
        return {n: hashlib.sha256((FOLDER / n).read_bytes()).hexdigest() for n in FILES}

    before = digests()
    yield
    assert digests() == before


def written(frame: gpd.GeoDataFrame, name: str, folder: Path) -> Path:
    """Write a frame in the format of the file, or as GeoPackage where that cannot hold it."""
    kinds = set(frame.geom_type.dropna())
    mixed = bool(kinds - {"Polygon", "MultiPolygon"}) or frame.empty
    path = folder / name
    if path.suffix == ".parquet":
        frame.to_parquet(path)
    elif name.endswith(".shp.zip") and not mixed and not frame.geometry.isna().any():
        inside = folder / "inside"
        inside.mkdir()
        frame.to_file(inside / "lep.shp", encoding="utf-8")
        with zipfile.ZipFile(path, "w") as archive:
            for part in sorted(inside.iterdir()):
                archive.write(part, f"deep/er/{part.name}")
    elif path.suffix == ".geojson" and frame.crs is not None:
        frame.to_file(path, driver="GeoJSON")
    else:
        path = path.with_suffix(".gpkg")
        frame.to_file(path, layer="damaged", geometry_type="Unknown" if mixed else None)
    return path


def has(layer: BoundaryLayer, need: str, frame: gpd.GeoDataFrame) -> bool:
    """Tell whether a layer has what makes a damage one."""
    codes = layer.frame.index
    return {
        "": True,
        "parts": (frame.count_geometries() > 1).any(),
        "gss": bool(layers_of(codes)),
        "layer of codes": layers_of(codes) == (layer.layer,),
        "lad": layer.layer == "lad",
        "places": codes.isin(known_places().index).all(),
        "partition": layer.kind == "partition",
        "long text": "shp" not in layer.source,
    }[need]


def load(path: Path, known: Original) -> BoundaryLayer:
    limits = Limits(text=100_000)
    return BoundaryLayer.from_file(path, layer=known.layer.layer, limits=limits)


def assert_one_sentence(error: errors.CoterminosityError, path: Path) -> None:
    text = str(error)
    assert path.name in text
    assert "\n" not in text
    assert ";" in text, f"no remedy: {text}"
    assert len(text) < 1_000


CASES = [pytest.param(file, name, id=f"{file}-{name}") for file in BOUNDARIES for name in DAMAGES]


@pytest.mark.parametrize(("file", "name"), CASES)
def test_a_damaged_boundary_file(file, name, tmp_path):
    known = original(file)
    damage, fate = DAMAGES[name]
    if not has(known.layer, fate.needs, known.frame):
        pytest.skip(f"{file} has no {fate.needs}, so that this is no damage")
    path = written(damage(known.frame.copy(), known.columns), file, tmp_path)
    victim = str(known.frame[known.columns.code].iloc[VICTIM])
    if fate.refused and not declared_by_the_format(path, name):
        words = fate.refused.format(code=victim, row=VICTIM + 1)
        with pytest.raises(errors.CoterminosityError) as caught:
            load(path, known)
        assert_one_sentence(caught.value, path)
        assert re.search(words, str(caught.value)), str(caught.value)
        return
    layer = load(path, known)
    assert len(layer) == len(known.layer) + fate.regions
    assert_fate(layer, known, fate, name)


def declared_by_the_format(path: Path, name: str) -> bool:
    """GeoJSON has no way to leave its reference system undeclared."""
    return name == "no reference system" and path.suffix == ".geojson"


def assert_fate(layer: BoundaryLayer, known: Original, fate: Fate, name: str) -> None:
    report = layer.check()
    if fate.same:
        assert layer.names.to_dict() == known.layer.names.to_dict()
        np.testing.assert_allclose(layer.geometry.area, known.layer.geometry.area, rtol=1e-6)
    if fate.problem:
        assert fate.problem in set(report.problems["problem"]), report.problems
    if fate.check:
        expected = known.report.checks.loc[fate.check, "found"]
        found = report.checks.loc[fate.check]
        assert found["verdict"] != "ok" or found["found"] != expected
    if name.startswith("in "):
        np.testing.assert_allclose(layer.geometry.area, known.layer.geometry.area, rtol=1e-3)
    if fate == Fate() and not name.startswith("in "):
        assert layer.geometry.area.sum() == pytest.approx(known.layer.geometry.area.sum())


# --- what happens to the bytes of a file, whatever it holds


def _zipped(content, name, *, inside=None, twice=False):
    def write(path):
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            archive.writestr(inside or name, content)
            if twice:
                archive.writestr(f"copy/{name}", content)

    return write


# name: (new ending or None, what to do with the bytes, words of refusal or "" where it loads)
BYTES = {
    "nothing in it": (None, lambda b: b"", "."),
    "cut in half": (None, lambda b: b[: len(b) // 2], "."),
    "last tenth lost": (None, lambda b: b[: int(len(b) * 0.9)], "."),
    "first bytes zero": (None, lambda b: bytes(100) + b[100:], "."),
    "all bytes zero": (None, lambda b: bytes(len(b)), "."),
    "a page of HTML": (None, lambda b: b"<!DOCTYPE html><html><body>404</body></html>", "."),
    "an error as JSON": (None, lambda b: b'{"error": {"code": 400, "message": "Invalid"}}', "."),
    "random bytes": (None, lambda b: np.random.default_rng(1).bytes(5000), "."),
    "text": (None, lambda b: b"these are not boundaries\n" * 40, "."),
    "no ending": ("", lambda b: b, "got a file without an ending"),
    "the ending of a picture": (".png", lambda b: b, r"got \.png"),
    "gzipped": ("+.gz", gzip.compress, ""),
    "gzip cut": ("+.gz", lambda b: gzip.compress(b)[:-9], "damaged gzip"),
    "gzip bomb": (
        "+.gz",
        lambda b: gzip.compress(b[:100_000] + bytes(60_000_000)),
        "unpacks to more than",
    ),
    "called gzip": ("+.gz", lambda b: b"x" + b, "damaged gzip|unpack"),
}


def damaged_bytes(file: str, name: str, folder: Path) -> tuple[Path, str]:
    ending, change, words = BYTES[name]
    content = (FOLDER / file).read_bytes()
    path = folder / file
    if ending is not None:
        stem = file.split(".")[0]
        path = folder / (file + ending[1:] if ending.startswith("+") else stem + ending)
    path.write_bytes(change(content))
    return path, words


ARCHIVES = {
    "zipped": ({}, ""),
    "zipped in folders": ({"inside": "a/b/{name}"}, ""),
    "zipped twice": ({"twice": True}, "found 2"),
    "zip that climbs": ({"inside": "../{name}"}, "would write outside"),
    "zip with an absolute path": ({"inside": "/tmp/{name}"}, "would write outside"),
}  # fmt: skip


def open_any(path: Path) -> BoundaryLayer | CheckReport:
    """Read a file as `coterminosity check` does."""
    return BoundaryLayer.from_file(path) if has_geometry(path) else check_table(path)


def opened_or_refused(
    path: Path,
) -> tuple[BoundaryLayer | CheckReport | None, errors.CoterminosityError | None]:
    try:
        return open_any(path), None
    except errors.CoterminosityError as error:
        return None, error


@pytest.mark.parametrize("name", [*BYTES, *ARCHIVES])
@pytest.mark.parametrize("file", FILES)
def test_damaged_bytes(file, name, tmp_path):
    if name in BYTES:
        path, words = damaged_bytes(file, name, tmp_path)
    elif file.endswith((".zip", ".gz")):
        pytest.skip("an archive in an archive is no boundary file")
    else:
        options, words = ARCHIVES[name]
        options = {k: v.format(name=file) if k == "inside" else v for k, v in options.items()}
        path = tmp_path / f"{file}.zip"
        _zipped((FOLDER / file).read_bytes(), file, **options)(path)
    if path.name.endswith((".gz.gz", ".zip.gz")):
        words = "unpack it first"  # an archive in an archive would go unchecked
    read, error = opened_or_refused(path)
    if error is not None:
        assert words, str(error)
        assert_one_sentence(error, path)
        assert re.search(words, str(error)), str(error)
        return
    if words:
        # Losing an end can leave a table whole; then it must at least be seen to be short.
        assert isinstance(read, CheckReport), f"{file} was loaded"
        assert not read.warnings.empty or len(read.problems), read.checks
    elif isinstance(read, BoundaryLayer):
        assert len(read) > 0


# --- tables

Table = pd.DataFrame


def key_of(table: Table) -> str:
    coded = [c for c in table.columns if c.upper().endswith(("CD", "NM"))]
    return max(coded, key=lambda c: table[c].nunique())


def _set(table: Table, column: str, value: object, row: int = VICTIM) -> Table:
    changed = table.copy()
    changed.loc[changed.index[row], column] = value
    return changed


def csv_of(table: Table, **options: object) -> bytes:
    return table.to_csv(index=False, **options).encode(options.get("encoding", "utf-8"))


# name: (table to bytes, "refused" words or problem:... or check:... or "same")
TABLE_DAMAGES = {
    "blank code": (lambda t: csv_of(_set(t, key_of(t), "")), "any"),
    "code of another layer": (lambda t: csv_of(_set(t, key_of(t), "K02000001")), "any"),
    "row twice": (lambda t: csv_of(pd.concat([t, t.iloc[[VICTIM]]])), "problem:row twice"),
    "code twice": (lambda t: csv_of(_set(t, key_of(t), t[key_of(t)].iloc[0])), "any"),
    "spaces": (lambda t: csv_of(_set(t, key_of(t), t[key_of(t)].iloc[VICTIM] + " ")), "any"),
    "row lost": (lambda t: csv_of(t.drop(index=t.index[VICTIM])), "any"),
    "all rows lost": (lambda t: csv_of(t.iloc[:0]), "refused:no rows"),
    "titles lost": (lambda t: csv_of(t, header=False), "any"),
    "one field less": (lambda t: _cut_field(csv_of(t)), "refused:row 4 has"),
    "one field more": (lambda t: _add_field(csv_of(t)), "refused:row 4 has"),
    "an open quote": (lambda t: csv_of(t) + b'"\n', "refused:."),
    "title twice": (lambda t: _title_twice(csv_of(t)), "refused:two columns are called"),
    "a zero byte": (lambda t: csv_of(t)[:200] + b"\0" + csv_of(t)[200:], "refused:zero bytes"),
    "a formula": (lambda t: csv_of(t.assign(note=["=1+1", *[""] * (len(t) - 1)])),
                  "problem:formula"),
    "a giant text": (lambda t: csv_of(t.assign(note=["x" * 200_000, *[""] * (len(t) - 1)])),
                     "refused:a text of 200,000 characters"),
    "words among numbers": (lambda t: csv_of(t.assign(rate=["n/k?", *range(1, len(t))])),
                            "check:rate"),
    "a column without values": (lambda t: csv_of(t.assign(rate=None)), "check:rate"),
    "other order of rows": (lambda t: csv_of(t.sample(frac=1, random_state=3)), "same"),
    "other order of columns": (lambda t: csv_of(t[list(t.columns[::-1])]), "same"),
    "titles in small letters": (lambda t: csv_of(t.rename(columns=str.lower)), "same"),
    "a mark of UTF-8": (lambda t: b"\xef\xbb\xbf" + csv_of(t), "same"),
    "old Windows": (lambda t: csv_of(t.assign(note="Môn"), encoding="cp1252"), "same"),
    "lines of Windows": (lambda t: csv_of(t, lineterminator="\r\n"), "same"),
    "semicolons": (lambda t: csv_of(t, sep=";"), "same"),
    "tabs": (lambda t: csv_of(t, sep="\t"), "same"),
    "every field quoted": (lambda t: csv_of(t, quoting=1), "same"),
    "blank lines": (lambda t: csv_of(t).replace(b"\n", b"\n\n", 5), "same"),
    "UTF-16": (lambda t: csv_of(t).decode().encode("utf-16"), "refused:."),
}  # fmt: skip


def _cut_field(content: bytes) -> bytes:
    lines = content.split(b"\n")
    lines[VICTIM + 1] = lines[VICTIM + 1].rsplit(b",", 1)[0]
    return b"\n".join(lines)


def _add_field(content: bytes) -> bytes:
    lines = content.split(b"\n")
    lines[VICTIM + 1] += b",more"
    return b"\n".join(lines)


def _title_twice(content: bytes) -> bytes:
    lines = content.split(b"\n")
    first = lines[0].split(b",")[0]
    return b"\n".join([first + b"," + lines[0], *(b"1," + line for line in lines[1:-1]), b""])


@cache
def table(name: str) -> Table:
    return pd.read_csv(FOLDER / name, dtype="str").iloc[:MOST_ROWS]


def counts_in(report: CheckReport) -> list[str]:
    """Return what was found in columns of codes, and how many lie where."""
    found = report.checks.loc[report.checks["found"].str.contains("different| in one|^[0-9]+$")]
    return [words for words in found["found"] if not words.startswith("text")]


@pytest.mark.parametrize("name", TABLE_DAMAGES)
@pytest.mark.parametrize("file", TABLES)
def test_a_damaged_table(file, name, tmp_path):
    known = table(file)
    change, fate = TABLE_DAMAGES[name]
    plain = tmp_path / "plain.csv"
    plain.write_bytes(csv_of(known))
    before = check_table(plain)
    path = tmp_path / f"{file.split('.')[0]}.csv"
    path.write_bytes(change(known))
    kind, _, words = fate.partition(":")
    if kind == "refused":
        with pytest.raises(errors.CoterminosityError) as caught:
            check_table(path)
        assert_one_sentence(caught.value, path)
        assert re.search(words, str(caught.value)), str(caught.value)
        return
    try:
        report = check_table(path)
    except errors.CoterminosityError as error:
        assert kind == "any", error  # noqa: PT017
        assert_one_sentence(error, path)
        return
    if kind == "same":
        # Titles are part of the report, but not the number of rows, codes and what they lie in.
        assert len(report.problems) == len(before.problems)
        assert sorted(counts_in(before)) == sorted(counts_in(report))
    elif kind == "problem":
        assert words in set(report.problems["problem"])
    elif kind == "check":
        assert report.checks.loc[words, "verdict"] in ("warning", "note")
    else:  # seen one way or another
        seen = report.checks.to_dict() != before.checks.to_dict() or len(report.problems)
        assert seen


def test_every_file_is_damaged_in_at_least_forty_ways():
    for file in BOUNDARIES:
        layer, frame = original(file).layer, original(file).frame
        own = [n for n, (_, fate) in DAMAGES.items() if has(layer, fate.needs, frame)]
        assert len(own) + len(BYTES) >= 40, file
    assert len(TABLE_DAMAGES) + len(BYTES) >= 40


def test_facts_of_every_layer_are_known():
    assert all(facts_of(original(file).layer.layer) for file in BOUNDARIES)
