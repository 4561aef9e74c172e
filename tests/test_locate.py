"""Which regions lie at a point."""

import subprocess
import sys

import geopandas as gpd
import numpy as np
import pytest
import shapely

from coterminosity import errors, locate
from coterminosity.layer import BoundaryLayer
from coterminosity.locate import Found
from tests.conftest import call


def districts(folder, *, shift=0.0):
    squares = {"a": (0, 0, 5, 5), "b": (5, 0, 9, 5), "c": (4, 0, 6, 5)}
    frame = gpd.GeoDataFrame(
        {"LEP17CD": list(squares), "LEP17NM": ["West", "East", "Mid, dle"]},
        geometry=[
            shapely.box(*(4e5 + 1e4 * (side + shift) for side in box)) for box in squares.values()
        ],
        crs="EPSG:27700",
    )
    path = folder / "lep.gpkg"
    path.unlink(missing_ok=True)
    frame.to_file(path)
    return path


def test_a_point_in_an_overlap_lies_in_each(tmp_path):
    path = districts(tmp_path)
    points = [(410_000, 410_000), (445_000, 410_000), (449_999, 410_000), (390_000, 410_000)]
    found = locate.where(points, [path], cache=tmp_path / "cache")
    assert found[0] == [Found("lep", "a", "West")]
    assert [region.code for region in found[1]] == ["a", "c"]
    assert [region.code for region in found[2]] == ["a", "c"]
    assert found[3] == []


def test_a_changed_file_is_indexed_again(tmp_path):
    point, cache = [(410_000, 410_000)], tmp_path / "cache"
    assert locate.where(point, [districts(tmp_path)], cache=cache)[0][0].code == "a"
    assert locate.where(point, [districts(tmp_path, shift=5)], cache=cache) == [[]]


def test_answers_agree_with_testing_every_polygon(tmp_path):
    rng = np.random.default_rng(7)
    layer = BoundaryLayer.from_file(districts(tmp_path))
    points = [tuple(point) for point in rng.uniform(390_000, 500_000, size=(200, 2))]
    found = locate.where(points, [tmp_path / "lep.gpkg"], cache=tmp_path / "cache")
    for point, regions in zip(points, found, strict=True):
        inside = layer.geometry.intersects(shapely.Point(point))
        assert [region.code for region in regions] == list(layer.frame.index[inside])


def test_degrees_and_metres_name_the_same_place():
    east, north = locate.to_grid(52.205, 0.119)
    # Cambridge, to within the few metres of a transformation without a grid file.
    assert east == pytest.approx(544_950, abs=60)
    assert north == pytest.approx(258_420, abs=60)
    assert locate.to_grid(545_000, 258_000) == (545_000, 258_000)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("0.119,52.205", "latitude comes first"),
        ("10,10", "outside Great Britain"),
        ("here", "wanted latitude,longitude or easting,northing"),
        ("1,2,3", "wanted latitude,longitude or easting,northing"),
    ],
)
def test_points_that_are_none(text, words):
    with pytest.raises(errors.CrsError, match=words):
        [locate.to_grid(p.first, p.second) for p in locate.read_points(text)]


def test_the_command_reads_points_and_files_of_points(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("COTERMINOSITY_CACHE", str(tmp_path / "cache"))
    folder = tmp_path / "boundaries"
    folder.mkdir()
    districts(folder)
    table = tmp_path / "points.csv"
    table.write_text("name,Easting,Northing\nschool,445000,410000\nsea,390000,410000\n")
    code, said, told = call(
        capsys, monkeypatch, "where", "410000,410000", table, "--boundaries", folder
    )
    assert code == 0
    assert said.splitlines() == [
        "point,layer,code,name",
        "410000 410000,lep,a,West",
        "school,lep,a,West",
        'school,lep,c,"Mid, dle"',
    ]
    assert told == "note: in no region: sea\n"
    table.write_text("name,x\nschool,1\n")
    code, _, told = call(capsys, monkeypatch, "where", table, "--boundaries", folder)
    assert (code, "it has name, x" in told) == (1, True)
    code, _, told = call(capsys, monkeypatch, "where", "1e5,1e5", "--boundaries", tmp_path / "no")
    assert (code, "no such folder" in told) == (1, True)


def test_a_damaged_index_says_what_to_do(tmp_path):
    path, cache = districts(tmp_path), tmp_path / "cache"
    locate.where([(410_000, 410_000)], [path], cache=cache)
    (index,) = (cache / "where").iterdir()
    (index / "layer.json").write_text("{")
    with pytest.raises(errors.CoterminosityError, match="is damaged .*delete this folder"):
        locate.where([(410_000, 410_000)], [path], cache=cache)


def test_an_index_is_read_without_the_heavy_libraries(tmp_path):
    path, cache = districts(tmp_path), tmp_path / "cache"
    locate.where([(410_000, 410_000)], [path], cache=cache)
    script = (
        "import sys; from coterminosity import locate\n"
        f"print(locate.where([(410000, 410000)], [{str(path)!r}], cache={str(cache)!r}))\n"
        "sys.exit(bool({'pandas', 'geopandas', 'matplotlib'} & set(sys.modules)))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    assert (done.returncode, "West" in done.stdout) == (0, True)


def test_small_areas_of_england(shared, tmp_path):
    files = [shared / "lep_apr_2017_bgc.shp.zip", shared / "lsoa_2011_bgc.parquet"]
    found = locate.where([(52.66, 0.4)], files, cache=tmp_path)
    assert [region.name for region in found[0]] == [
        "New Anglia",
        "Greater Cambridge and Greater Peterborough",
        "King's Lynn and West Norfolk 014B",
    ]
