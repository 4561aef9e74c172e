"""Tables without geometry: layers made of another, figures checked, cells that would run."""

import gzip
import zipfile

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from coterminosity import errors, reading, writing
from coterminosity.layer import BoundaryLayer
from coterminosity.opening import Limits
from coterminosity.tabular import check_table
from tests.conftest import call

CODES = ["E06000001", "E06000002", "E06000003"]


@pytest.fixture
def base():
    drawn = [shapely.box(4e5 + 1e4 * k, 3e5, 4e5 + 1e4 * (k + 1), 31e4) for k in range(3)]
    frame = gpd.GeoDataFrame(
        {"LAD17CD": CODES, "LAD17NM": ["One", "Two", "Three"]}, geometry=drawn, crs="EPSG:27700"
    )
    return BoundaryLayer.from_frame(frame)


def lookup(**columns):
    table = {
        "LAD17CD": CODES,
        "LEP17CD1": ["E37000001", "E37000002", "E37000002"],
        "LEP17NM1": ["West", "East", "East"],
        "LEP17CD2": [None, "E37000001", None],
        "LEP17NM2": [None, "West", None],
        "FID": [1, 2, 3],
    }
    return pd.DataFrame(table | columns)


@pytest.mark.parametrize("ending", ["csv", "csv.gz", "xlsx", "parquet", "zip"])
def test_a_lookup_of_any_format_makes_a_cover(base, tmp_path, ending):
    path = tmp_path / f"lookup.{ending}"
    if ending == "xlsx":
        # Workbooks come with a title above the columns, and a sheet of notes.
        with pd.ExcelWriter(path) as book:
            pd.DataFrame({"Notes": ["made for a test"]}).to_excel(book, sheet_name="notes")
            lookup().to_excel(book, sheet_name="lookup", index=False, startrow=3)
    elif ending == "parquet":
        lookup().to_parquet(path)
    elif ending == "zip":
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("inside/lookup.csv", lookup().to_csv(index=False))
    else:
        lookup().to_csv(path, index=False)
    made = base.regroup(path, layer="LEP")
    assert (made.layer, made.kind, made.vintage, made.extent) == (
        "lep", "cover", "Apr 2017", "England",
    )  # fmt: skip
    assert made.geometry.area.to_dict() == {"E37000001": 2e8, "E37000002": 2e8}
    assert made.names.to_dict() == {"E37000001": "West", "E37000002": "East"}
    assert "lookup" in made.source


def test_a_lookup_by_name_alone(base):
    table = pd.DataFrame(
        {"LAD17NM": ["Two", "One", "Three"], "CRC14CD": ["C02", "C01", "C01"],
         "CRC14NM": ["B", "A", "A"]}
    )  # fmt: skip
    assert base.regroup(table, layer="crc").geometry.area.to_dict() == {"C01": 2e8, "C02": 1e8}
    named = table.rename(columns={"CRC14NM": "WPCPA11NM"})
    assert list(base.regroup(named, layer="wpcpa").frame.index) == ["A", "B"]


def test_districts_of_two_years_in_one_table(base):
    table = lookup(LAD21CD=["E06000001", "E06000061", "E06000061"])
    assert len(base.regroup(table, layer="lep")) == 2
    with pytest.raises(errors.ColumnError, match="of several years"):
        base.regroup(table.assign(LEP20CD="E37000001"), layer="lep")


WALES = pd.DataFrame(
    {"LAD17CD": [*CODES, "W06000001"], "PFA17CD": ["E23000001"] * 3 + ["W15000001"]}
)


def test_a_lookup_of_more_countries_does_no_harm(base):
    assert base.regroup(WALES, layer="pfa").geometry.area.to_dict() == {"E23000001": 3e8}


BAD = {
    "no such layer": (lookup(), "stp", errors.ColumnError, "of layer 'stp'; it has .* lad, lep"),
    "no base": (lookup().drop(columns="LAD17CD"), "lep", errors.ColumnError, "of layer 'lad'"),
    "missing region": (lookup().iloc[:2], "lep", errors.CodeError,
                       r"1 regions have no row \(E06000003\); use a lookup of the same vintage"),
    "unknown region": (lookup(LAD17CD=["E06000001", "E06000002", "E06000099"]), "lep",
                       errors.CodeError, r"1 rows have no region \(E06000099\) and 1 regions"),
    "blank base": (pd.concat([lookup(), lookup(LAD17CD=[None] * 3)]), "lep", errors.CodeError,
                   "no lad in row 4, 5, 6 of column LAD17CD"),
    "no region": (pd.DataFrame({"LAD17CD": CODES, "RGN17CD": ["E12000001", None, "E12000001"]}),
                  "region", errors.CodeError,
                  r"E06000002 in row 2 lie in no region of region \(column RGN17CD is blank\)"),
    "cut region": (pd.DataFrame({"LAD17CD": [*CODES, CODES[0]],
                                 "STP17CD": ["E54000005", "E54000005", "E54000006", "E54000006"]}),
                   "stp", errors.CodeError, "E06000001 in E54000005 and E54000006"),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD)
def test_a_lookup_that_does_not_fit_is_refused(base, case):
    table, layer, error, words = BAD[case]
    with pytest.raises(error, match=words) as caught:
        base.regroup(table, layer=layer)
    assert "\n" not in str(caught.value)


def test_names_that_stand_twice_cannot_be_looked_up(base):
    from dataclasses import replace

    same = replace(base, frame=base.frame.assign(name=["Kent", "Kent", "Three"]))
    table = pd.DataFrame({"LAD17NM": ["Kent", "Three"], "CRC14CD": ["C01", "C02"]})
    with pytest.raises(errors.CodeError, match="Kent stand for several; add a column of codes"):
        same.regroup(table, layer="crc")


@pytest.mark.parametrize(
    ("base_file", "table", "layer", "file"),
    [
        ("lsoa_2011_bgc.parquet", "lookup_lsoa11_lep17.csv.gz", "lep", "lep_apr_2017_bgc.shp.zip"),
        ("ccg_apr_2017_bgc.parquet", "lookup_ccg17_stp17.csv", "stp", "stp_apr_2017_bgc.gpkg"),
        ("pfa_dec_2017_bgc.gpkg", "lookup_pfa17_crc14.csv", "crc", "crc_2014_bgc.geojson"),
        ("lad_dec_2017_bgc.geojson", "lookup_lad17_csp17_pfa17.csv", "pfa",
         "pfa_dec_2017_bgc.gpkg"),
    ],
)  # fmt: skip
def test_real_lookups_draw_the_real_layers(shared, base_file, table, layer, file):
    made = BoundaryLayer.from_file(shared / base_file).regroup(shared / table, layer=layer)
    real = BoundaryLayer.from_file(shared / file)
    assert list(made.frame.index) == list(real.frame.index)
    assert made.names.to_dict() == real.names.to_dict()
    np.testing.assert_allclose(made.geometry.area, real.geometry.area, rtol=1e-4)
    assert (made.kind, made.vintage, made.extent) == (real.kind, real.vintage, "England")
    assert made.check().warnings.empty


def test_a_table_is_checked_row_by_row(tmp_path):
    def check_of(table):
        table.to_csv(tmp_path / "t.csv", index=False)
        return check_table(tmp_path / "t.csv")

    def problems(table):
        return [
            (row["code"], row["row"], row["problem"])
            for row in check_of(table).problems.to_dict("records")
        ]

    assert problems(lookup()) == []
    assert problems(lookup(LAD17CD=["E06000001", "E37000002", "E06000003 "])) == [
        ("E37000002", 2, "other code"), ("E06000003 ", 3, "spaces"),
    ]  # fmt: skip
    assert problems(lookup(LAD17CD=["E06000001", "E06000059", "E06000003"])) == [
        ("E06000059", 2, "other vintage"),
    ]  # fmt: skip
    assert problems(pd.concat([lookup(), lookup().iloc[[1]]]))[0][1:] == (4, "row twice")
    assert problems(lookup(note=["=HYPERLINK(1)", "fine", "-3"])) == [
        ("=HYPERLINK(1)", 1, "formula"),
    ]  # fmt: skip
    blanks = check_of(lookup(rate=[1.5, None, 2.0]))
    assert blanks.checks.loc["rate"].to_list() == ["note", "1.5 to 2, 1 blank (E06000002)", ""]
    words = check_of(lookup(rate=[*["1"] * 2, "n/k"]))
    assert words.checks.loc["rate", "verdict"] in ("ok", "warning")
    assert check_of(lookup()).checks.loc["LAD17CD in lep", "found"] == "2 in one, 1 in several"
    nothing = check_of(pd.DataFrame({"a": [1], "b": [2]}))
    assert nothing.checks.loc["layers", "verdict"] == "warning"


def test_tables_that_cannot_be_read(tmp_path):
    def refused(name, content, words, **limits):
        path = tmp_path / name
        path.write_bytes(content)
        with pytest.raises(errors.BoundaryFileError, match=words) as caught:
            reading.read_table(path, limits=Limits(**limits))
        assert "\n" not in str(caught.value)

    refused("empty.csv", b"", "not a table that can be read")
    refused("titles.csv", b"LAD17CD,LAD17NM\n", "the table has no rows")
    refused("ragged.csv", b"a,b\n1,2\n1,2,3,4\n", "row 2 has 4 fields where the titles have 2")
    refused(
        "above.csv",
        b"A lookup,,\nLAD17CD,LAD17NM,x\nE06000001,One,1\n",
        "remove titles that stand above",
    )
    refused("twice.csv", b"a,a\n1,2\n", "two columns are called a")
    refused("bad.xlsx", b"PK\x03\x04 no archive", "not a workbook")
    refused("bad.parquet", b"PAR1 no table", "not a table that can be read")
    refused("cut.csv.gz", gzip.compress(b"a,b\n" * 9)[:-12], "damaged gzip")
    refused("long.csv", b"a\n" + b"x" * 500 + b"\n", "a text of 500 characters", text=100)
    bomb = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 20_000_000)
    refused("bomb.xlsx", bomb.read_bytes(), "would unpack to")
    refused("lad.docx", b"x", r"wanted a file of one of the kinds \.csv")


def test_no_cell_runs_as_a_formula(tmp_path):
    table = pd.DataFrame(
        {"name": ["=1+1", "+A1", "-A1", "@SUM(A1)", "\tx", "\rx", "Devon", None, "-2.5"],
         "=code": range(9), "value": np.linspace(-1, 1, 9)}
    )  # fmt: skip
    path = tmp_path / "t.csv"
    writing.csv_writer(table)(path)
    back = pd.read_csv(path, dtype="str", keep_default_na=False, lineterminator="\n")
    assert back["name"].str.startswith(("'", "D", "-2")).to_list()[:5] == [True] * 5
    assert back["name"].to_list()[6:] == ["Devon", "", "-2.5"]
    assert list(back.columns)[1] == "'=code"
    assert pd.to_numeric(back["value"]).to_list() == table["value"].to_list()
    assert table["name"].iloc[0] == "=1+1"  # the table itself is as it was


def test_a_formula_in_a_name_reaches_no_result(tmp_path, capsys, monkeypatch):
    drawn = [shapely.box(4e5, 3e5, 41e4, 31e4), shapely.box(41e4, 3e5, 42e4, 31e4)]
    for layer, codes in (("LAD", ["E06000001", "E06000002"]), ("LEP", ["E37000001", "E37000002"])):
        gpd.GeoDataFrame(
            {f"{layer}17CD": codes, f"{layer}17NM": ["=cmd|' /C calc'!A0", "Two"]},
            geometry=drawn, crs="EPSG:27700",
        ).to_file(tmp_path / f"{layer}.gpkg")  # fmt: skip
    out = tmp_path / "pairs.csv"
    code, _, _ = call(
        capsys, monkeypatch, "score", tmp_path / "LAD.gpkg", tmp_path / "LEP.gpkg",
        "--weight", "area", "--out", out,
    )  # fmt: skip
    assert code == 0
    assert "'=cmd" in out.read_text()
    assert ",=cmd" not in out.read_text()
    assert ',"=cmd' not in out.read_text()


def test_check_draws_a_layer_from_a_lookup(base, tmp_path, capsys, monkeypatch):
    districts, table = tmp_path / "lad.gpkg", tmp_path / "lookup.csv"
    base.frame.reset_index().rename(columns={"code": "LAD17CD", "name": "LAD17NM"}).to_file(
        districts
    )
    lookup().to_csv(table, index=False)
    code, said, _ = call(capsys, monkeypatch, "check", table, "--base", districts, "--layer", "lep")
    assert code == 0
    assert "lookup.csv on lad.gpkg: <BoundaryLayer lep: 2 regions, Apr 2017>" in said
    code, _, told = call(capsys, monkeypatch, "check", table, "--base", districts)
    assert code == 1
    assert "--base needs --layer" in told


def test_check_writes_every_problem(tmp_path, capsys, monkeypatch):
    drawn = [shapely.box(4e5, 3e5, 41e4, 31e4), None]
    broken = tmp_path / "lad.gpkg"
    gpd.GeoDataFrame(
        {"LAD17CD": ["E06000001", "E06000002"]}, geometry=drawn, crs="EPSG:27700"
    ).to_file(broken)
    code, said, told = call(
        capsys, monkeypatch, "check", broken, "--out", tmp_path / "problems.csv"
    )
    assert code == 1
    assert "E06000002" in said
    assert "no geometry" in told
    table = pd.read_csv(tmp_path / "problems.csv")
    assert table[["code", "row", "problem"]].to_numpy().tolist() == [
        ["E06000002", 2, "no geometry"]
    ]
