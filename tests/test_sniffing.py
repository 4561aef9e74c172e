"""Content that is not what its ending says, and parts that a reader passes over."""

import contextlib
import http.server
import json
import threading

import geopandas as gpd
import pytest
import shapely

from coterminosity import errors
from coterminosity.layer import BoundaryLayer
from tests.conftest import boxes

CELLS = [shapely.box(4e5, 3e5, 41e4, 31e4), shapely.box(41e4, 3e5, 42e4, 31e4)]


def frame(crs=27700):
    table = {"LAD17CD": ["E06000001", "E06000002"]}
    return gpd.GeoDataFrame(table, geometry=CELLS, crs=27700).to_crs(crs)


@pytest.fixture
def listener():
    """A server that counts who asks it for anything."""
    asked = []

    class Counting(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            self.send_error(404)

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Counting)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", asked
    server.shutdown()
    server.server_close()
    thread.join()


ENDINGS = ["json", "geojson", "topojson", "geojsonl", "kml", "gpkg", "fgb", "shp", "gdb"]


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("target", ["file", "network"])
def test_a_virtual_source_under_any_ending_opens_nothing(tmp_path, listener, ending, target):
    address, asked = listener
    frame(4326).to_file(tmp_path / "secret.geojson")
    source = tmp_path / "secret.geojson" if target == "file" else f"/vsicurl/{address}/x.geojson"
    path = tmp_path / f"evil.{ending}"
    path.write_text(
        f'<OGRVRTDataSource><OGRVRTLayer name="secret"><SrcDataSource>{source}</SrcDataSource>'
        "</OGRVRTLayer></OGRVRTDataSource>"
    )
    with pytest.raises(errors.BoundaryFileError, match="not what its ending says|virtual"):
        BoundaryLayer.from_file(path)
    assert asked == []


def test_json_that_makes_a_reader_do_things_is_refused(tmp_path, listener):
    address, asked = listener
    path = tmp_path / "evil.json"
    path.write_text(json.dumps({"type": "gdal_streamed_alg", "command_line": "gdal vector info"}))
    with pytest.raises(errors.BoundaryFileError, match="virtual data source"):
        BoundaryLayer.from_file(path)
    whole = json.loads(frame(4326).to_json())
    for kind in ("link", "url"):
        whole["crs"] = {"type": kind, "properties": {"href": f"{address}/x", "url": address}}
        path.write_text(json.dumps(whole))
        with pytest.raises(errors.BoundaryFileError, match="system by an address; refused"):
            BoundaryLayer.from_file(path)
    # Letters may be written as numbers; then the network is still out of reach.
    path.write_text(
        json.dumps(whole).replace('"crs"', '"\\u0063rs"').replace('"href"', '"hr\\u0065f"')
    )
    with contextlib.suppress(errors.CoterminosityError):
        BoundaryLayer.from_file(path)
    assert asked == []


def test_a_page_of_a_service_that_has_more_is_refused(tmp_path):
    whole = json.loads(frame(4326).to_json())
    for page in (whole | {"exceededTransferLimit": True},
                 whole | {"properties": {"exceededTransferLimit": True}}):  # fmt: skip
        path = tmp_path / "page.geojson"
        path.write_text(json.dumps(page))
        with pytest.raises(errors.BoundaryFileError, match="one page of a feature service"):
            BoundaryLayer.from_file(path)


PARTS = [
    [[["x", 1], [2, 3]]],
    [[[-1.9, 52.7], [None, 52.8], [-1.8, 52.8], [-1.9, 52.7]]],
    [[[-1.9]]],
]


@pytest.mark.parametrize("part", PARTS)
def test_a_part_that_cannot_be_read_is_not_lost_in_silence(tmp_path, part):
    whole = json.loads(frame(4326).to_json())
    good = whole["features"][1]["geometry"]["coordinates"]
    whole["features"][1]["geometry"] = {"type": "MultiPolygon", "coordinates": [good, part]}
    path = tmp_path / "lad.geojson"
    path.write_text(json.dumps(whole))
    with pytest.raises(errors.CoterminosityError, match="row 2|can be read"):
        BoundaryLayer.from_file(path)


def test_an_arc_that_is_not_there_is_refused(tmp_path):
    arcs = [[[-2, 52.5], [-1.9, 52.5], [-1.9, 52.6], [-2, 52.6], [-2, 52.5]]]
    region = {
        "type": "MultiPolygon",
        "arcs": [[[0]], [[5]]],
        "properties": {"LAD17CD": "E06000001"},
    }
    objects = {"lad": {"type": "GeometryCollection", "geometries": [region]}}
    path = tmp_path / "lad.topojson"
    path.write_text(json.dumps({"type": "Topology", "arcs": arcs, "objects": objects}))
    with pytest.raises(errors.BoundaryFileError, match=r"cannot be read \(row 1\)"):
        BoundaryLayer.from_file(path)


def test_a_region_inside_another_is_an_overlap():
    layer = boxes(
        "x", {"a": [(0, 0, 100, 100)], "b": [(40, 40, 60, 60)], "c": [(100, 0, 120, 100)]}
    )
    assert layer.kind == "cover"
    assert layer.overlaps[["left", "right", "area_m2"]].to_numpy().tolist() == [["a", "b", 4e8]]
    assert layer.land_m2 == pytest.approx(1.2e10)


@pytest.mark.parametrize(
    "system", ["EPSG:25830", "EPSG:32630", "EPSG:3035", "EPSG:25831", "EPSG:29903"]
)
def test_a_large_british_layer_becomes_the_national_grid(system):
    cells = [shapely.box(9e4, 1e4, 3e5, 3e5), shapely.box(3e5, 1e4, 65e4, 3e5),
             shapely.box(9e4, 3e5, 65e4, 121e4)]  # fmt: skip
    table = {"LAD17CD": ["E06000001", "E06000002", "S12000001"]}
    drawn = gpd.GeoDataFrame(table, geometry=[c.segmentize(10_000) for c in cells], crs=27700)
    layer = BoundaryLayer.from_frame(drawn.to_crs(system))
    assert layer.crs == "EPSG:27700"
    assert layer.geometry.area.to_numpy() == pytest.approx(shapely.area(cells), rel=1e-3)


def test_wkb_as_text_and_ewkt(tmp_path):
    table = frame().drop(columns="geometry")
    table.assign(wkb=[c.wkb_hex for c in CELLS]).to_csv(tmp_path / "hex.csv", index=False)
    assert len(BoundaryLayer.from_file(tmp_path / "hex.csv", crs="EPSG:27700")) == 2
    table.assign(wkt=[f"SRID=27700;{c.wkt}" for c in CELLS]).to_csv(tmp_path / "e.csv", index=False)
    assert len(BoundaryLayer.from_file(tmp_path / "e.csv")) == 2


def test_an_incomplete_shapefile_names_what_is_missing(tmp_path):
    frame().to_file(tmp_path / "lad.shp")
    (tmp_path / "lad.dbf").unlink()
    with pytest.raises(errors.BoundaryFileError, match=r"lad\.dbf is missing; a Shapefile needs"):
        BoundaryLayer.from_file(tmp_path / "lad.shp")


def test_a_code_with_a_digit_too_few_is_told():
    table = frame().assign(LAD17CD=["E06000001", "E0600002"])
    report = BoundaryLayer.from_frame(table).check()
    assert "E0600002" in report.checks.loc["codes", "found"]
    assert "unknown code: E0600002" in report.checks.loc["regions", "found"]
    missing = report.problems.loc[report.problems["problem"] == "missing region", "code"]
    assert len(missing) == 325


PLACEMARK = (
    "<Placemark><name>{code}</name><Polygon><outerBoundaryIs><LinearRing><coordinates>{west},52.5 "
    "{east},52.5 {east},52.6 {west},52.5</coordinates></LinearRing></outerBoundaryIs></Polygon>"
    "</Placemark>"
)


def kml_of(tmp_path, *, spoiled=""):
    """Write KML of two folders, one with two districts and one with a third."""
    marks = [PLACEMARK.format(code=f"E0600000{k}", west=-2 + k / 10, east=-1.9 + k / 10)
             for k in range(1, 4)]  # fmt: skip
    folders = f"<Folder><name>two</name>{marks[0]}{marks[1]}</Folder>"
    if not spoiled:
        folders += f"<Folder><name>one</name>{marks[2]}</Folder>"
    text = f"<kml xmlns='http://www.opengis.net/kml/2.2'><Document>{folders}</Document></kml>"
    path = tmp_path / "lad.kml"
    path.write_text(text.replace("</Polygon></Placemark></Folder>", f"{spoiled}</Folder>")
                    if spoiled else text)  # fmt: skip
    return path


def test_a_folder_of_kml_can_be_named(tmp_path):
    path = kml_of(tmp_path)
    layer = BoundaryLayer.from_file(path, source_layer="two", layer="lad", code="Name")
    assert len(layer) == 2


def test_a_part_of_kml_that_cannot_be_read_is_refused(tmp_path):
    """Sound XML with a ring whose coordinates are words."""
    hole = (
        "<innerBoundaryIs><LinearRing><coordinates>no numbers</coordinates></LinearRing>"
        "</innerBoundaryIs></Polygon></Placemark>"
    )
    with pytest.raises(errors.BoundaryFileError, match="parts or rings that cannot be read"):
        BoundaryLayer.from_file(kml_of(tmp_path, spoiled=hole), layer="lad", code="Name")
