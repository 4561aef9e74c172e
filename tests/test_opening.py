"""Every format reads the same, and what is dangerous is refused."""

import contextlib
import gzip
import hashlib
import json
import os
import sqlite3
import stat
import struct
import zipfile

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pytest
import shapely

from coterminosity import errors, opening
from coterminosity.layer import BoundaryLayer
from coterminosity.opening import Limits

NAMES = ["Caerdydd – Ynys Môn", "West Kent"]


def frame() -> gpd.GeoDataFrame:
    squares = [shapely.box(41e4, 3e5, 42e4, 31e4), shapely.box(4e5, 3e5, 41e4, 31e4)]
    table = {"LAD17CD": ["E06000002", "E06000001"], "LAD17NM": NAMES}
    return gpd.GeoDataFrame(table, geometry=squares, crs="EPSG:27700")


def pack(path, folder, *, inside=""):
    with zipfile.ZipFile(path, "w") as archive:
        for part in sorted(folder.iterdir()):
            archive.write(part, f"{inside}{part.name}")
    return path


def shapefile(tmp_path, *, encoding="utf-8", code_page=True):
    folder = tmp_path / "shapes"
    folder.mkdir()
    frame().to_file(folder / "lad.shp", encoding=encoding)
    if not code_page:
        (folder / "lad.cpg").unlink()
    return folder


def write(kind, tmp_path):
    """Write the two districts in a format and return the path to read."""
    path = tmp_path / f"lad.{kind}"
    degrees = frame().to_crs(4326)
    if kind == "geojson":
        degrees.to_file(path)
    elif kind in ("geojsonl", "ndjson"):
        degrees.to_file(path, driver="GeoJSONSeq")
    elif kind == "geojson.gz":
        degrees.to_file(tmp_path / "lad.geojson")
        path.write_bytes(gzip.compress((tmp_path / "lad.geojson").read_bytes()))
    elif kind == "topojson":
        path.write_text(json.dumps(topology()))
    elif kind == "fgb":
        frame().to_file(path, driver="FlatGeobuf")
    elif kind == "gdb":
        frame().to_file(path, driver="OpenFileGDB")
    elif kind == "gdb.zip":
        frame().to_file(tmp_path / "lad.gdb", driver="OpenFileGDB")
        pack(path, tmp_path / "lad.gdb", inside="deep/lad.gdb/")
    elif kind == "kml":
        degrees.to_file(path, driver="LIBKML")
    elif kind == "kmz":
        (tmp_path / "k").mkdir()
        degrees.to_file(tmp_path / "k" / "doc.kml", driver="LIBKML")
        pack(path, tmp_path / "k")
    elif kind == "parquet":
        frame().to_parquet(path)
    elif kind == "shp":
        return shapefile(tmp_path) / "lad.shp"
    elif kind == "folder":
        return shapefile(tmp_path)
    elif kind == "nested.zip":
        return pack(path, shapefile(tmp_path), inside="Boundaries/2017/")
    elif kind == "no-cpg.zip":
        return pack(path, shapefile(tmp_path, code_page=False))
    elif kind == "cp1252.zip":
        return pack(path, shapefile(tmp_path, encoding="cp1252", code_page=False))
    return path


def topology() -> dict:
    """Write the two squares by hand: one arc between them, one around each."""
    corners = {k: list(shapely.get_coordinates(gpd.GeoSeries(
        [shapely.Point(x, y)], crs=27700).to_crs(4326).iloc[0])[0]) for k, (x, y) in {
            "sw": (4e5, 3e5), "s": (41e4, 3e5), "se": (42e4, 3e5),
            "nw": (4e5, 31e4), "n": (41e4, 31e4), "ne": (42e4, 31e4)}.items()}  # fmt: skip
    arcs = [["s", "n"], ["n", "nw", "sw", "s"], ["s", "se", "ne", "n"]]
    shapes = [("E06000002", NAMES[0], [[2, -1]]), ("E06000001", NAMES[1], [[0, 1]])]
    return {
        "type": "Topology",
        "arcs": [[corners[c] for c in arc] for arc in arcs],
        "objects": {
            "lad": {
                "type": "GeometryCollection",
                "geometries": [
                    {"type": "Polygon", "arcs": ring,
                     "properties": {"LAD17CD": code, "LAD17NM": name}}
                    for code, name, ring in shapes
                ],
            }
        },
    }  # fmt: skip


KINDS = ["geojson", "geojsonl", "ndjson", "geojson.gz", "topojson", "fgb", "gdb", "gdb.zip", "kml",
         "kmz", "parquet", "shp", "folder", "nested.zip", "no-cpg.zip", "cp1252.zip"]  # fmt: skip


def digest(path):
    files = [path] if path.is_file() else sorted(p for p in path.rglob("*") if p.is_file())
    return [hashlib.sha256(p.read_bytes()).hexdigest() for p in files]


@pytest.mark.parametrize("kind", KINDS)
def test_every_format_reads_the_same_and_is_left_as_it_was(kind, tmp_path):
    path = write(kind, tmp_path)
    before = digest(path)
    layer = BoundaryLayer.from_file(path)
    assert layer.layer == "lad"
    assert layer.names.to_dict() == {"E06000001": NAMES[1], "E06000002": NAMES[0]}
    np.testing.assert_allclose(layer.geometry.area, 1e8, rtol=1e-4)
    assert digest(path) == before
    assert len(layer.sha256) == 64


@pytest.mark.parametrize("column", ["WKT", "geometry", "wkb"])
def test_tables_with_wkt_or_wkb_need_a_declared_system(tmp_path, column):
    table = pd.DataFrame(frame().drop(columns="geometry"))
    if column == "wkb":
        path = tmp_path / "lad.parquet"
        table.assign(wkb=frame().to_wkb()["geometry"]).to_parquet(path)
    else:
        path = tmp_path / "lad.csv"
        table.assign(**{column: frame().to_wkt()["geometry"]}).to_csv(path, index=False)
    layer = BoundaryLayer.from_file(path, crs="EPSG:27700")
    assert layer.geometry.area.to_list() == [1e8, 1e8]
    with pytest.raises(errors.CrsError, match="no coordinate reference system is declared"):
        BoundaryLayer.from_file(path)


def test_a_table_whose_geometry_is_no_geometry(tmp_path):
    path = tmp_path / "lad.csv"
    path.write_text("LAD17CD,WKT\nE06000001,POLYGON nonsense\n")
    with pytest.raises(errors.BoundaryFileError, match="column WKT is not WKT"):
        BoundaryLayer.from_file(path, crs="EPSG:27700")
    path.write_text("LAD17CD,population\nE06000001,5\n")
    with pytest.raises(errors.BoundaryFileError, match="it has LAD17CD, population"):
        BoundaryLayer.from_file(path)


def test_a_geopackage_without_geometry(tmp_path):
    path = tmp_path / "table.gpkg"
    pyogrio.write_dataframe(pd.DataFrame({"LAD17CD": ["a"]}), path)
    with pytest.raises(errors.BoundaryFileError, match="a table without geometry"):
        BoundaryLayer.from_file(path)


def test_a_geopackage_of_several_layers_gives_the_one_that_fits(tmp_path):
    path = tmp_path / "many.gpkg"
    frame().to_file(path, layer="districts")
    stp = frame().rename(columns={"LAD17CD": "STP17CD", "LAD17NM": "STP17NM"})
    stp.to_file(path, layer="partnerships")
    frame()[["geometry"]].to_file(path, layer="plain")
    assert BoundaryLayer.from_file(path, layer="stp").layer == "stp"
    with pytest.raises(errors.BoundaryFileError, match="3 layers .*several fit; name one"):
        BoundaryLayer.from_file(path)
    with pytest.raises(errors.BoundaryFileError, match="none has ONS codes that fit"):
        BoundaryLayer.from_file(path, layer="lep")
    with pytest.raises(errors.BoundaryFileError, match="no layer 'x'; it has districts"):
        BoundaryLayer.from_file(path, source_layer="x")


@pytest.mark.parametrize(
    "name",
    ["https://example.org/lad.geojson", "/vsicurl/https://example.org/lad.geojson",
     "/vsizip/lad.zip", "GPKG:lad.gpkg:lad", "vsimem/lad.geojson", "http:/example.org/a.geojson"],
)  # fmt: skip
def test_addresses_and_virtual_files_are_refused(name):
    with pytest.raises(errors.BoundaryFileError, match="an address or a virtual file"):
        BoundaryLayer.from_file(name)


def archive(tmp_path, *members, **options):
    path = tmp_path / "odd.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for member, content in members:
            target.writestr(member, content)
    return path


def link(name):
    member = zipfile.ZipInfo(name)
    member.external_attr = (stat.S_IFLNK | 0o777) << 16
    return member


def test_dangerous_archives_are_refused_and_write_nothing(tmp_path):
    outside = tmp_path / "escaped.geojson"
    cases = {
        "would write outside": [("../escaped.geojson", "x")],
        "would write outside its folder .C": [("C:/escaped.geojson", "x")],
        "would write outside its folder .a": [("a\\..\\..\\escaped.geojson", "x")],
        "symbolic link": [(link("lad.geojson"), "/etc/passwd")],
        "times its size": [("lad.geojson", b"0" * 50_000_000)],
        "found none": [("readme.txt", "nothing")],
        "found 2 .a.geojson, b.geojson.": [("a.geojson", "{}"), ("b.geojson", "{}")],
    }
    for words, members in cases.items():
        with pytest.raises(errors.BoundaryFileError, match=words):
            BoundaryLayer.from_file(archive(tmp_path, *members))
        assert not outside.exists()
    many = [(f"{k}.txt", "") for k in range(20)]
    with pytest.raises(errors.BoundaryFileError, match="20 files, more than the limit of 10"):
        BoundaryLayer.from_file(archive(tmp_path, *many), limits=Limits(members=10))
    with pytest.raises(errors.BoundaryFileError, match="more than 1,000 bytes, the limit"):
        BoundaryLayer.from_file(
            archive(tmp_path, ("lad.geojson", os.urandom(5000))), limits=Limits(unpacked_bytes=1000)
        )


def test_damaged_archives_are_refused(tmp_path):
    whole = archive(tmp_path, ("lad.geojson", os.urandom(5000))).read_bytes()
    (tmp_path / "cut.zip").write_bytes(whole[:3000])
    with pytest.raises(errors.BoundaryFileError, match="damaged or locked archive"):
        BoundaryLayer.from_file(tmp_path / "cut.zip")
    (tmp_path / "cut.geojson.gz").write_bytes(gzip.compress(os.urandom(5000))[:3000])
    with pytest.raises(errors.BoundaryFileError, match="damaged gzip file"):
        BoundaryLayer.from_file(tmp_path / "cut.geojson.gz")
    (tmp_path / "bomb.geojson.gz").write_bytes(gzip.compress(b"0" * 30_000_000))
    with pytest.raises(errors.BoundaryFileError, match="unpacks to more than"):
        BoundaryLayer.from_file(tmp_path / "bomb.geojson.gz")


def test_unpacked_copies_are_removed(tmp_path, monkeypatch):
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr(opening.tempfile, "tempdir", str(scratch))
    BoundaryLayer.from_file(write("nested.zip", tmp_path))
    with pytest.raises(errors.BoundaryFileError):
        BoundaryLayer.from_file(archive(tmp_path, ("lad.geojson", "broken")))
    assert list(scratch.iterdir()) == []


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities_in_kml_are_refused(tmp_path, encoding):
    secret = tmp_path / "secret.txt"
    secret.write_text("secret")
    path = tmp_path / "lad.kml"
    path.write_bytes(
        f'<?xml version="1.0"?><!DOCTYPE k [<!ENTITY x SYSTEM "{secret}">]><kml>&x;</kml>'.encode(
            encoding
        )
    )
    with pytest.raises(errors.BoundaryFileError, match="document type or entities"):
        BoundaryLayer.from_file(path)


def test_giant_texts_are_refused(tmp_path):
    path = tmp_path / "lad.gpkg"
    frame().assign(LAD17NM=["x" * 5000, "y"]).to_file(path)
    assert len(BoundaryLayer.from_file(path)) == 2
    with pytest.raises(
        errors.BoundaryFileError, match=r"a text of 5,000 characters in column LAD17NM"
    ):
        BoundaryLayer.from_file(path, limits=Limits(text=1000))


def with_a_circle(path, *, declared):
    """Write two districts, of which the second is a circle of arcs with a radius of 5 km."""
    frame().to_file(path, layer="lad")
    turns = [(425e3, 305e3), (430e3, 310e3), (435e3, 305e3), (430e3, 300e3), (425e3, 305e3)]
    arcs = struct.pack("<BII", 1, 8, len(turns)) + b"".join(struct.pack("<dd", *t) for t in turns)
    head = b"GP\x00\x01" + struct.pack("<i", 27700)
    circle = head + struct.pack("<BII", 1, 10, 1) + arcs
    with contextlib.closing(sqlite3.connect(path)) as base:
        for name in ("ST_IsEmpty", "ST_MinX", "ST_MaxX", "ST_MinY", "ST_MaxY"):
            base.create_function(name, 1, lambda _: 0)
        base.execute("update lad set geom = ? where LAD17CD = 'E06000002'", (circle,))
        base.execute("update gpkg_geometry_columns set geometry_type_name = ?", (declared,))
        base.execute("pragma writable_schema = on")
        base.execute(
            "update sqlite_master set sql = replace(sql, ' POLYGON', ?) where name = 'lad'",
            (f" {declared}",),
        )
        base.commit()


def test_curves_are_drawn_as_straight_lines_and_logged(tmp_path):
    with_a_circle(tmp_path / "lad.gpkg", declared="CURVEPOLYGON")
    layer = BoundaryLayer.from_file(tmp_path / "lad.gpkg")
    assert layer.geometry.area["E06000002"] == pytest.approx(np.pi * 25e6, rel=1e-3)
    curved = layer.repairs.loc[layer.repairs["problem"] == "curves"]
    assert list(curved["outcome"].unique()) == ["arcs drawn as straight lines"]
    assert "E06000002" in set(curved["code"])


def test_curves_in_a_table_are_refused(tmp_path):
    path = tmp_path / "curves.csv"
    path.write_text('LAD17CD,wkt\nE06000001,"CURVEPOLYGON(CIRCULARSTRING(0 0,1 1,2 0,1 -1,0 0))"\n')
    with pytest.raises(errors.BoundaryFileError, match="column wkt holds curves"):
        BoundaryLayer.from_file(path, crs="EPSG:27700")


LOST = {
    "lines.geojsonl": ('"Feature"', '"Fture"', r"2 rows, .* 1 can .*line 2"),
    "lad.geojson": ('"type": "Feature",', '"type": "Fture",', r"2 rows, .* 1 can .*item 2"),
}


@pytest.mark.parametrize("name", LOST)
def test_what_a_reader_passes_over_is_counted(tmp_path, name):
    old, new, words = LOST[name]
    path = tmp_path / name
    driver = "GeoJSONSeq" if name.endswith("l") else "GeoJSON"
    frame().to_crs(4326).to_file(path, driver=driver)
    text = path.read_text()
    head, tail = text.rsplit(old, 1)
    path.write_text(head + new + tail)
    with pytest.raises(errors.BoundaryFileError, match=words):
        BoundaryLayer.from_file(path)


def test_a_shapefile_whose_table_is_longer_than_its_shapes(tmp_path):
    frame().to_file(tmp_path / "lad.shp")
    table = tmp_path / "lad.dbf"
    content = bytearray(table.read_bytes())
    content[4:8] = (7).to_bytes(4, "little")
    table.write_bytes(content)
    with pytest.raises(errors.BoundaryFileError, match="holds 7 rows, of which only 2"):
        BoundaryLayer.from_file(tmp_path / "lad.shp")


def test_an_archive_in_an_archive_is_refused(tmp_path):
    inside = archive(tmp_path, ("lad.geojson", "{}"))
    path = tmp_path / "odd.zip.gz"
    path.write_bytes(gzip.compress(inside.read_bytes()))
    with pytest.raises(errors.BoundaryFileError, match=r"got \.zip inside; unpack it first"):
        BoundaryLayer.from_file(path)
