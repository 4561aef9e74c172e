"""Layers: what is read, computed and refused."""

import warnings

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

import coterminosity as ct
from coterminosity import errors
from coterminosity.layer import BoundaryLayer
from tests.conftest import boxes

SQUARES = [shapely.box(4e5, 3e5, 41e4, 31e4), shapely.box(41e4, 3e5, 42e4, 31e4)]


def frame(**changes: object) -> gpd.GeoDataFrame:
    columns = {"LAD17CD": ["E06000002", "E06000001"], "LAD17NM": ["East", "West"]}
    columns |= {k: v for k, v in changes.items() if k not in ("geometry", "crs")}
    columns = {k: v for k, v in columns.items() if v is not None}
    return gpd.GeoDataFrame(
        columns, geometry=changes.get("geometry", SQUARES), crs=changes.get("crs", "EPSG:27700")
    )


@pytest.mark.parametrize("suffix", ["geojson", "gpkg", "parquet", "shp.zip"])
def test_every_format_reads_back_the_same(tmp_path, suffix):
    path = tmp_path / f"lad.{suffix}"
    table = frame()
    if suffix == "parquet":
        table.to_parquet(path)
    elif suffix == "geojson":
        table.to_crs(4326).to_file(path)
    elif suffix == "gpkg":
        table.to_file(path)
    else:
        import zipfile

        table.to_file(tmp_path / "lad.shp")
        with zipfile.ZipFile(path, "w") as archive:
            for part in tmp_path.glob("lad.*"):
                if part != path:
                    archive.write(part, part.name)
    layer = BoundaryLayer.from_file(path)
    assert layer.layer == "lad"
    assert layer.names.to_dict() == {"E06000001": "West", "E06000002": "East"}
    assert layer.frame.crs.to_epsg() == 27700
    np.testing.assert_allclose(layer.geometry.area, 1e8, rtol=1e-6)
    assert len(layer.sha256) == 64


@pytest.mark.parametrize(
    ("columns", "layer"),
    [
        ({"LAD17CD": "c", "LAD17NM": "n"}, "lad"),
        ({"lad13cd": "c", "lad13nm": "n"}, "lad"),
        ({"lep17cd": "c", "lep17nm": "n"}, "lep"),
        ({"stp17cd": "c", "STP17NM": "n"}, "stp"),
        ({"CRC14CD": "c", "CRC14NM": "n"}, "crc"),
        ({"pfa18cd": "c"}, "pfa"),
        ({"CAUTH17CD": "c", "CAUTH17NM": "n", "CCG17CDH": "x"}, "combined_authority"),
        ({"WARD21CD": "c", "WARD21NM": "n"}, "ward"),
    ],
)
def test_ons_columns_of_any_vintage_and_case(columns, layer):
    table = pd.DataFrame({column: [f"{tag}1", f"{tag}2"] for column, tag in columns.items()})
    read = BoundaryLayer.from_frame(gpd.GeoDataFrame(table, geometry=SQUARES, crs=27700))
    assert read.layer == layer
    assert list(read.frame.index) == ["c1", "c2"]
    named = any(column.upper().endswith("NM") for column in columns)
    assert list(read.names) == (["n1", "n2"] if named else ["c1", "c2"])


def test_two_code_columns_are_told_apart_by_being_unique():
    table = frame(STP17CD=["E54000001", "E54000001"])
    assert BoundaryLayer.from_frame(table).layer == "lad"
    with pytest.raises(errors.CodeError, match="two rows with one code in column STP17CD"):
        BoundaryLayer.from_frame(table, layer="stp")


def test_a_record_speaks_only_for_its_own_vintage():
    assert BoundaryLayer.from_frame(frame()).vintage == "Dec 2017"
    later = frame(LAD17CD=None, LAD17NM=None, LAD22CD=["a", "b"])
    read = BoundaryLayer.from_frame(later)
    assert (read.layer, read.vintage, read.publisher) == ("lad", "2022", "")
    checks = read.check().checks["verdict"]
    assert checks[["regions", "vintage"]].to_list() == ["note", "note"]
    undated = boxes("lad", {"a": [(0, 0, 1, 1)]})
    assert (undated.vintage, undated.licence, undated.extent) == ("", "", "")


def test_kind_is_computed():
    beside = boxes("x", {"a": [(0, 0, 5, 5)], "b": [(5, 0, 9, 5)]})
    assert beside.kind == "partition"
    over = boxes("x", {"a": [(0, 0, 6, 5)], "b": [(5, 0, 9, 5)]})
    assert over.kind == "cover"
    assert over.overlaps[["left", "right", "area_m2"]].to_numpy().tolist() == [["a", "b", 5e6]]
    assert over.land_m2 == 45e6


def test_a_border_in_common_does_not_hide_an_overlap():
    """The overlap of these two is a block of 1 km and a line of 8 km."""
    block = boxes("x", {"a": [(0, 0, 5, 9)], "b": [(5, 0, 9, 9), (4, 0, 5, 1)]})
    assert block.kind == "cover"
    assert block.overlaps["width_m"].to_list() == [500.0]


def test_a_sliver_of_overlap_is_a_difference_of_drawing():
    nearly = boxes("x", {"a": [(0, 0, 5.01, 5)], "b": [(5, 0, 9, 5)]})
    assert nearly.kind == "partition"
    assert not nearly.matched


def test_complete_is_measured_against_the_extent():
    layer = BoundaryLayer.from_frame(frame())
    assert layer.extent == "England"
    assert layer.complete is False
    assert boxes("unheard_of", {"a": [(0, 0, 1, 1)]}).complete is None


def test_check_tells_what_was_found_and_expected():
    table = BoundaryLayer.from_frame(frame()).check().checks
    assert list(table.columns) == ["verdict", "found", "expected"]
    assert set(table["verdict"]) <= {"ok", "note", "warning"}
    verdict, found, expected = table.loc["regions"]
    assert (verdict, expected) == ("warning", "326")
    assert found.startswith("2; missing region: E06000003, E06000004")
    assert table.loc["codes", "verdict"] == "ok"
    assert table.loc["completeness", "verdict"] == "warning"
    odd = BoundaryLayer.from_frame(frame(LAD17CD=["E06000001", "E37000001"])).check().checks
    assert "E37000001" in odd.loc["codes", "found"]


def test_a_bow_tie_is_repaired_and_logged():
    tie = shapely.Polygon([(4e5, 3e5), (41e4, 31e4), (41e4, 3e5), (4e5, 3.1e5)])
    # The two wings of a bow tie cancel out: no repair keeps its area.
    with pytest.raises(
        errors.LayerError, match="cannot be repaired without changing the area by more than 0.05%"
    ):
        BoundaryLayer.from_frame(frame(geometry=[tie, SQUARES[1]]))
    spike = shapely.Polygon(
        [(4e5, 3e5), (41e4, 3e5), (41e4, 31e4), (41e4, 32e4), (41e4, 31e4), (4e5, 31e4)]
    )
    layer = BoundaryLayer.from_frame(frame(geometry=[spike, SQUARES[1].buffer(0)]))
    assert layer.repairs["code"].to_list() == ["E06000002"]
    assert layer.repairs["area_after_m2"].to_list() == [1e8]
    assert layer.check().checks.loc["repaired", "verdict"] == "warning"


BAD = {
    "empty layer": (frame().iloc[:0], errors.LayerError, "the layer is empty"),
    "no code column": (
        frame(LAD17CD=None, LAD17NM=None, label=["a", "b"]),
        errors.ColumnError,
        "no code column such as LAD17CD; it has label",
    ),
    "double code": (
        frame(LAD17CD=["E06000001", "E06000001"]),
        errors.CodeError,
        "two rows with one code in column LAD17CD: E06000001",
    ),
    "blank code": (frame(LAD17CD=["E06000001", None]), errors.CodeError, "no code in row 2"),
    "no crs": (frame(crs=None), errors.CrsError, "look like metres of the British National Grid"),
    "grid called degrees": (frame(crs=4326), errors.CrsError, "declares EPSG:4326, but its"),
    "degrees called grid": (
        frame(geometry=[shapely.box(-1, 52, 0, 53), shapely.box(0, 52, 1, 53)]),
        errors.CrsError,
        r"look like degrees \(EPSG:4326\)",
    ),
    "another continent": (
        frame(geometry=[shapely.box(20, 52, 21, 53), shapely.box(21, 52, 22, 53)], crs=4326),
        errors.CrsError,
        "E06000002 and the like are places in the United Kingdom, but its coordinates",
    ),
    "a point": (
        frame(geometry=[shapely.Point(4e5, 3e5), SQUARES[1]]),
        errors.LayerError,
        r"not a polygon \(E06000002 in row 1: Point\); remove points and lines",
    ),
    "nothing drawn": (
        frame(geometry=[None, SQUARES[1]]),
        errors.LayerError,
        r"1 of 2 regions .* no geometry \(E06000002 in row 1\); complete or remove",
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_gets_one_sentence(case):
    table, error, words = BAD[case]
    with pytest.raises(error, match=words) as caught:
        BoundaryLayer.from_frame(table)
    assert "\n" not in str(caught.value)


def test_files_that_are_no_boundary_files(tmp_path):
    with pytest.raises(errors.BoundaryFileError, match="no such file"):
        BoundaryLayer.from_file(tmp_path / "none.geojson")
    text = tmp_path / "text.geojson"
    text.write_text("these are not boundaries")
    with pytest.raises(errors.BoundaryFileError, match="not what its ending says: wanted JSON"):
        BoundaryLayer.from_file(text)
    table = tmp_path / "table.parquet"
    pd.DataFrame({"LAD17CD": ["a"]}).to_parquet(table)
    with pytest.raises(errors.BoundaryFileError, match="without geometry"):
        BoundaryLayer.from_file(table)
    sheet = tmp_path / "sheet.xlsx"
    sheet.write_bytes(b"x")
    with pytest.raises(errors.BoundaryFileError, match=r"got \.xlsx"):
        BoundaryLayer.from_file(sheet)
    with pytest.raises(errors.BoundaryFileError, match="is a folder"):
        BoundaryLayer.from_file(tmp_path)


def test_a_geopackage_with_two_layers_asks_which(tmp_path):
    path = tmp_path / "two.gpkg"
    frame().to_file(path, layer="first")
    frame().to_file(path, layer="second")
    with pytest.raises(errors.BoundaryFileError, match="2 layers .first, second."):
        BoundaryLayer.from_file(path)
    assert len(BoundaryLayer.from_file(path, source_layer="second")) == 2


def test_names_are_looked_up_and_never_guessed():
    layer = BoundaryLayer.from_frame(frame(LAD17NM=["North Kent", "South Kent"]))
    assert layer.code_of("south kent") == "E06000001"
    assert layer.code_of("E06000002") == "E06000002"
    assert layer.code_of("north") == "E06000002"
    with pytest.raises(errors.NameLookupError, match="fits several.*E06000001.*E06000002"):
        layer.code_of("Kent")
    with pytest.raises(errors.NameLookupError, match="no region 'Northkent'; near it are North"):
        layer.code_of("Northkent")
    with pytest.raises(errors.NameLookupError):
        layer.code_of("")


def test_dissolve_keeps_land_and_schematic_stays_schematic():
    layer = boxes("lad", {"a": [(0, 0, 1, 1)], "b": [(1, 0, 2, 1)], "c": [(2, 0, 3, 1)]})
    areas = layer.dissolve({"a": "West", "b": "West", "c": None})
    assert areas.geometry.area.to_dict() == {"West": 2e6}
    assert areas.geometry_kind == "real"
    with pytest.raises(errors.CodeError, match="has no z"):
        layer.dissolve({"z": "West"})
    drawn = ct.england_2017().atoms.dissolve("lep")
    assert drawn.geometry_kind == "schematic"
    assert drawn.dissolve({"E37000001": "x"}).geometry_kind == "schematic"


def test_the_catalogue_lists_what_it_knows():
    table = ct.layers()
    assert table.loc["stp-2017", ["layer", "regions", "complete"]].to_list() == [
        "stp", "England 44", True,
    ]  # fmt: skip
    assert table.index.is_unique


def test_reading_leaves_the_filters_of_warnings_as_they_are(tmp_path):
    """What filters warnings for a moment is not safe on several threads."""
    path = tmp_path / "lad.gpkg"
    frame().to_file(path)
    before = list(warnings.filters)
    BoundaryLayer.from_file(path).check()
    assert list(warnings.filters) == before
