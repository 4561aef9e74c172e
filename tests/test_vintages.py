"""Codes, years and territories: what a file holds, what fits, and bringing the old forward."""

import warnings

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

import coterminosity as ct
from coterminosity import catalogue, columns, errors, gss, vintages
from coterminosity.atoms import Atoms
from coterminosity.layer import BoundaryLayer

ENGLAND = ct.england_2017().atoms.regions("lad")
PEOPLE = ct.england_2017().atoms.overlap("lad", "lad").left_totals["weight"]


def squares(codes, *, column="LAD17CD", step=10_000.0):
    """Draw regions as squares in a row, in Shropshire and eastwards."""
    drawn = [
        shapely.box(4e5 + step * k, 3e5, 4e5 + step * (k + 1), 3e5 + step)
        for k in range(len(codes))
    ]
    return BoundaryLayer.from_frame(
        gpd.GeoDataFrame({column: list(codes)}, geometry=drawn, crs="EPSG:27700")
    )


@pytest.mark.parametrize(
    ("prefix", "layer"),
    [
        ("E07", "lad"), ("E08", "lad"), ("S12", "lad"), ("N09", "lad"), ("E10", "ctyua"),
        ("E37", "lep"), ("E23", "pfa"), ("W15", "pfa"), ("E47", "combined_authority"),
        ("E01", "lsoa"), ("W01", "lsoa"), ("E12", "region"), ("E40", "nhs_region"),
        ("E05", "ward"), ("E14", "constituency"), ("E22", "csp"),
    ],
)  # fmt: skip
def test_prefixes_say_what_a_file_holds_without_ons_columns(prefix, layer):
    if layer == "ctyua":
        codes = ["E10000002", "E06000001"]
    else:
        codes = [f"{prefix}000001", f"{prefix}000002"]
    assert gss.layers_of(codes) == (layer,)
    frame = gpd.GeoDataFrame(
        {"area_code": codes, "area_name": ["One", "Two"], "note": ["x", "x"]},
        geometry=[shapely.box(4e5, 3e5, 41e4, 31e4), shapely.box(41e4, 3e5, 42e4, 31e4)],
        crs="EPSG:27700",
    )
    read = BoundaryLayer.from_frame(frame)
    assert (read.layer, read.vintage, sorted(read.names)) == (layer, "", ["One", "Two"])


@pytest.mark.parametrize("code", ["E54000012", "E38000019"])
def test_a_prefix_of_two_layers_is_asked_for(code):
    frame = gpd.GeoDataFrame(
        {"id": [code]}, geometry=[shapely.box(4e5, 3e5, 41e4, 31e4)], crs="EPSG:27700"
    )
    first, later = gss.layers_of([code])
    with pytest.raises(errors.ColumnError, match=rf"are of layer {first} or {later}.*\(layer"):
        BoundaryLayer.from_frame(frame)
    assert BoundaryLayer.from_frame(frame, layer=later).layer == later


@pytest.mark.parametrize("year", range(2011, 2027))
def test_ons_columns_of_every_year(year):
    stems = [stem for facts in catalogue.all_facts() for stem in facts.stems]
    for stem in stems:
        for column in (f"{stem}{year % 100}CD", f"{stem.lower()}{year % 100}cd"):
            found = columns.ons_columns(pd.Index([column]), role="CD")
            assert found == {column: (catalogue.layer_of_stem(stem), str(year))}


def test_the_table_of_changes_holds_together():
    changes = vintages.district_changes()
    assert (changes["share"] == 1).all()
    assert changes["old_code"].is_unique  # no district ends twice
    assert gss.is_gss(changes["old_code"]).all()
    assert gss.is_gss(changes["new_code"]).all()
    assert changes.groupby("new_code")[["date", "new_name"]].nunique().eq(1).all(axis=None)
    later = changes[(changes["date"] > "2018") & changes["old_code"].str.startswith("E")]
    ended = later[later["old_code"] != "E07000246"].set_index("old_code")["old_name"]
    pd.testing.assert_series_equal(
        ended.sort_index(), ENGLAND.reindex(ended.index).sort_index(), check_names=False
    )


@pytest.mark.parametrize(
    ("year", "districts"), [(2017, 326), (2018, 326), (2019, 317), (2020, 314), (2021, 309),
                            (2022, 309), (2023, 296), (2024, 296)],
)  # fmt: skip
def test_every_person_of_2017_is_in_a_district_of_any_later_year(year, districts):
    brought = vintages.bring_forward(PEOPLE, year)
    assert len(brought) == districts
    assert brought.sum() == PEOPLE.sum() == 55_619_430
    known = catalogue.record_of("lad", year=year)
    if known is not None:
        assert known.regions["England"] == districts


def test_a_real_merger_by_hand():
    brought = vintages.bring_forward(PEOPLE, 2021)
    dorset = ["E07000049", "E07000050", "E07000051", "E07000052", "E07000053"]
    assert brought["E06000059"] == PEOPLE[dorset].sum()
    assert brought["E06000060"] == PEOPLE[[f"E0700000{k}" for k in (4, 5, 6, 7)]].sum()
    assert brought["E06000057"] == PEOPLE["E06000057"]  # Northumberland, re-coded in 2013
    # Two steps: Taunton Deane and West Somerset merge in 2019, and go into Somerset in 2023.
    somerset = ["E07000187", "E07000188", "E07000189", "E07000190", "E07000191"]
    assert vintages.bring_forward(PEOPLE, 2023)["E06000066"] == PEOPLE[somerset].sum()


def test_the_districts_of_2021_are_those_of_the_health_index(shared):
    table = pd.read_csv(shared / "indicators_lad17.csv", dtype="str")
    shares = vintages.shares_to(table["LAD17CD"], 2021).set_index("old_code")["new_code"]
    assert shares.loc[table["LAD17CD"]].to_list() == table["LAD21CD"].to_list()


def test_a_layer_is_brought_forward_with_its_land():
    codes = ["E07000205", "E07000206", "E06000001", "E06000048"]
    layer = squares(codes)
    later = layer.to_vintage(2021)
    assert later.names.to_dict() == {
        "E06000001": "E06000001", "E06000057": "Northumberland", "E07000244": "East Suffolk",
    }  # fmt: skip
    assert later.geometry.area.to_dict() == {
        "E06000001": 1e8, "E06000057": 1e8, "E07000244": 2e8,
    }  # fmt: skip
    assert later.vintage == "Dec 2021"
    assert "brought forward from Dec 2017" in later.source
    assert (later.extent, later.licence) == (layer.extent, layer.licence)
    assert list(squares(codes).to_vintage(2012).frame.index) == sorted(codes)


BACK = [
    (["E06000059", "E06000001"], 2017, r"taken back to it: E06000059 \(Dorset, 2019-04-01\)"),
    (["E07000205"], 2021, "E07000244 was made on 2019-04-01 .* of which E07000206 are missing"),
    (["E07000205", "E07000206", "E07000244"], 2021, "are both there; codes of two vintages"),
]


@pytest.mark.parametrize(("codes", "year", "words"), BACK)
def test_what_would_lose_or_invent_people_is_refused(codes, year, words):
    with pytest.raises(errors.CodeError, match=words):
        vintages.bring_forward(pd.Series(1.0, index=codes), year)
    with pytest.raises(errors.CodeError, match=words):
        squares(codes).to_vintage(year)


def test_only_districts_have_changes_of_their_own():
    layer = squares(["E37000001"], column="LEP17CD")
    with pytest.raises(errors.LayerError, match="only lad"):
        layer.to_vintage(2021)


def changes_of(*rows):
    return pd.DataFrame(rows, columns=["date", "old_code", "new_code", "share"])


def test_a_table_of_ones_own_can_divide_people_but_not_polygons():
    own = changes_of(("2020-04-01", "A", "B", 0.25), ("2020-04-01", "A", "C", 0.75))
    brought = vintages.bring_forward(pd.Series({"A": 100.0, "D": 7.0}), 2020, changes=own)
    assert brought.to_dict() == {"B": 25.0, "C": 75.0, "D": 7.0}
    frame = gpd.GeoDataFrame(
        {"code": ["A", "D"]},
        geometry=[shapely.box(4e5, 3e5, 41e4, 31e4), shapely.box(41e4, 3e5, 42e4, 31e4)],
        crs="EPSG:27700",
    )
    layer = BoundaryLayer.from_frame(frame, layer="ward")
    with pytest.raises(errors.LayerError, match="A were divided"):
        layer.to_vintage(2020, changes=own)
    joined = changes_of(("2020-04-01", "A", "D", 1.0), ("2020-04-01", "D", "D", 1.0))
    assert list(layer.to_vintage(2020, changes=joined).frame.index) == ["D"]
    with pytest.raises(errors.MeasureError, match=r"add up to 1; got A \(0\.9\)"):
        vintages.shares_to(["A"], 2020, changes=changes_of(("2020-04-01", "A", "B", 0.9)))
    nearly = changes_of(("2020-04-01", "A", "B", 0.5), ("2020-04-01", "A", "C", 0.5000005))
    with pytest.raises(errors.MeasureError, match="check the shares of the table of changes"):
        vintages.bring_forward(pd.Series({"A": 1e9}), 2020, changes=nearly)
    with pytest.raises(errors.ColumnError, match="no column new_code"):
        vintages.shares_to(["A"], 2020, changes=own.drop(columns="new_code"))


def test_a_missing_figure_stays_missing():
    people = pd.Series({"E07000205": np.nan, "E07000206": 5.0, "E06000001": 1.0})
    brought = vintages.bring_forward(people, 2021)
    assert np.isnan(brought["E07000244"])
    assert brought["E06000001"] == 1.0
    with pytest.raises(errors.CodeError, match="two figures for E06000001"):
        vintages.bring_forward(pd.Series([1, 2], index=["E06000001", "e06000001"]), 2021)


ODD = [
    (pd.Series({"banana": 1.0, "E92000001": 5.0}), 2021, errors.CodeError, "banana, E92000001 are"),
    (PEOPLE, 2026, errors.CodeError, "known up to 2024, not to 2026"),
    (PEOPLE, "2021", errors.CodeError, "wanted a year such as 2021, got '2021'"),
    (PEOPLE.to_frame(), 2021, errors.MeasureError, "wanted one column of counts"),
    (PEOPLE.astype("object").replace({PEOPLE.iloc[0]: "1,000"}), 2021, errors.MeasureError,
     "wanted numbers to bring forward, got '1,000'"),
]  # fmt: skip


@pytest.mark.parametrize(("figures", "year", "error", "words"), ODD)
def test_figures_that_cannot_be_brought_forward(figures, year, error, words):
    with pytest.raises(error, match=words):
        vintages.bring_forward(figures, year)


def test_codes_in_small_letters_are_the_same_districts():
    people = pd.Series({"e07000205": 2.0, "E07000206 ": 3.0})
    assert vintages.bring_forward(people, 2021).to_dict() == {"E07000244": 5.0}
    with pytest.raises(errors.MeasureError, match="dates such as 2019-04-01, got 01/04/2019"):
        vintages.shares_to(["A"], 2020, changes=changes_of(("01/04/2019", "A", "B", 1.0)))


@given(st.lists(st.integers(0, 10**6), min_size=326, max_size=326), st.integers(2017, 2024),
       st.integers(2017, 2024))  # fmt: skip
def test_forward_in_two_steps_is_forward_in_one_and_loses_nobody(figures, first, second):
    people = pd.Series(figures, index=ENGLAND.index, dtype="float64")
    between, end = sorted((first, second))
    steps = vintages.bring_forward(vintages.bring_forward(people, between), end)
    pd.testing.assert_series_equal(steps, vintages.bring_forward(people, end))
    assert steps.sum() == people.sum()


def test_codes_tell_the_years_in_which_they_stood():
    assert vintages.years_of_districts(ENGLAND.index) == (2013, 2018)
    mixed = squares(["E06000059", "E07000049"])
    checks = mixed.check().checks
    assert "districts of different vintages" in checks.loc["vintage", "found"]
    later = squares(["E06000059", "E06000001"])  # codes of 2019 in a column of 2017
    assert later.check().checks.loc["vintage"].to_list()[:2] == ["warning", "Dec 2017"]


@pytest.mark.parametrize(
    ("one", "other", "agree"),
    [
        ("LAD17CD", "LEP17CD", True), ("LAD17CD", "CRC14CD", True), ("LAD18CD", "CRC14CD", True),
        ("LAD23CD", "LEP17CD", False), ("LAD17CD", "LEP20CD", False), ("LAD13CD", "LAD17CD", True),
        ("LSOA11CD", "LAD17CD", True), ("LSOA11CD", "LAD23CD", False),
        ("LAD17CD", "XYZ30CD", False),
    ],
)  # fmt: skip
def test_layers_of_different_times_are_told(one, other, agree):
    codes = {"LAD": "E06000001", "LEP": "E37000001", "CRC": "C01", "LSO": "E01000001", "XYZ": "x"}
    layers = [squares([codes[c[:3]]], column=c) for c in (one, other)]
    sentence = vintages.disagreement(layers)
    assert (sentence is None) is agree
    if sentence is None or layers[0].layer == layers[1].layer:
        return
    with pytest.warns(errors.CoterminosityWarning, match="layers of different vintages"):
        Atoms.build(*layers)


def test_layers_of_one_time_raise_no_warning():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        Atoms.build(squares(["E06000001"]), squares(["E37000001"], column="LEP17CD"))


def test_layers_of_different_territories_are_not_compared():
    british = squares(["E06000001", "W06000001", "S12000001"])
    english = squares(["E37000001"], column="LEP17CD")
    assert (british.extent, english.extent) == ("Great Britain", "England")
    words = r"lad covers Great Britain, lep covers England; clip .* lad\.clip\('England'\)"
    with pytest.raises(errors.LayerError, match=words):
        Atoms.build(british, english)
    clipped = british.clip("England")
    assert (list(clipped.frame.index), clipped.extent) == (["E06000001"], "England")
    assert len(Atoms.build(clipped, english)) == 1
    assert len(british.clip("england and wales")) == 2


def test_what_cannot_be_clipped_is_told():
    with pytest.raises(errors.NameLookupError, match="no extent is called 'Yorkshire'"):
        squares(["E06000001"]).clip("Yorkshire")
    with pytest.raises(errors.LayerError, match="no region in Wales"):
        squares(["E06000001"]).clip("Wales")
    with pytest.raises(errors.LayerError, match="do not tell the country"):
        squares(["C01"], column="CRC14CD").clip("England")
    with pytest.raises(errors.LayerError, match="across borders of countries"):
        squares(["K01000001", "E30000001"], column="TTWA11CD").clip("England")


def test_a_layer_clips_another_at_its_outline():
    outline = squares(["E06000001", "E06000002"])  # 0 to 20 km
    others = squares(["a", "b", "c"], column="XYZ17CD", step=9_990.0)  # to 29.97 km
    clipped = others.clip(outline)
    assert clipped.geometry.area.to_dict() == pytest.approx({"a": 9990.0**2, "b": 9990.0**2})
    wide = squares(["a", "b"], column="XYZ17CD", step=15_000.0)
    assert wide.clip(outline).geometry.area.to_dict() == pytest.approx({"a": 1.5e8, "b": 0.5e8})
    far = gpd.GeoDataFrame(
        {"code": ["z"]}, geometry=[shapely.box(1e5, 1e5, 2e5, 2e5)], crs="EPSG:27700"
    )
    elsewhere = BoundaryLayer.from_frame(far, layer="z")
    with pytest.raises(errors.LayerError, match="no land inside"):
        others.clip(elsewhere)
