"""Need coterminosity: shares of spread by hand, missing districts, colours by thirds."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import coterminosity as ct
from coterminosity import errors, need
from coterminosity.figures import read_areas, read_figures


def overlap_of(rows):
    table = pd.DataFrame(rows, columns=["LAD", "STP", "population"])
    atoms = ct.Atoms.from_lookup(
        table, layers={"lad": "LAD", "stp": "STP"}, measures=["population"]
    )
    return atoms.overlap("lad", "stp")


ROWS = [("a", "x", 100), ("b", "x", 300), ("c", "y", 200), ("d", "y", 400)]


def test_eta_squared_by_hand():
    figures = pd.DataFrame({"ill": [10.0, 20.0, 30.0, 60.0]}, index=list("abcd"))
    found = need.eta_squared(figures, overlap_of(ROWS)).loc["ill"]
    # Means: x 17.5, y 50, all 37; between 400·19.5² + 600·13² = 253,500; all 381,000.
    assert found["mean"] == pytest.approx(37.0)
    assert found["eta_squared"] == pytest.approx(253_500 / 381_000)
    assert found["sd"] == pytest.approx(math.sqrt(381))
    assert found["sd_within"] == pytest.approx(math.sqrt(127.5))
    assert (found["areas"], found["units"], found["missing"]) == (2, 4, "")


def test_missing_districts_are_left_out_and_listed():
    figures = pd.DataFrame({"ill": [10.0, np.nan, 30.0]}, index=list("abc"))
    found = need.eta_squared(figures, overlap_of(ROWS)).loc["ill"]
    assert found["missing"] == "b, d"
    assert found["people_missing"] == pytest.approx(0.7)
    assert (found["units"], found["eta_squared"]) == (2, 1.0)


def test_a_district_in_two_areas_counts_in_each_by_its_people():
    rows = [("a", "x", 50), ("a", "y", 50), ("b", "y", 100)]
    figures = pd.DataFrame({"ill": [0.0, 10.0]}, index=["a", "b"])
    found = need.eta_squared(figures, overlap_of(rows)).loc["ill"]
    # x: 50 people at 0; y: 50 at 0 and 100 at 10, mean 6.67; all: mean 5, spread 200·25.
    assert found["eta_squared"] == pytest.approx((50 * 25 + 150 * (20 / 3 - 5) ** 2) / 5000)


def test_one_figure_for_all_has_no_spread():
    figures = pd.DataFrame({"same": [0.1] * 3}, index=list("abc"))
    # Of three people with 0.1 the mean is not 0.1, by rounding: that is no spread.
    assert (0.1 + 0.1 + 0.1) / 3 != 0.1
    rows = [("a", "x", 1), ("b", "x", 1), ("c", "y", 1)]
    found = need.eta_squared(figures, overlap_of(rows)).loc["same"]
    assert math.isnan(found["eta_squared"])
    assert found["sd"] == 0


def test_a_small_spread_of_large_figures_is_a_spread():
    figures = pd.DataFrame({"v": [1e7, 1e7, 1e7 + 4, 1e7 + 4]}, index=list("abcd"))
    assert need.eta_squared(figures, overlap_of(ROWS))["eta_squared"]["v"] == pytest.approx(1.0)


def test_a_profile_without_figures_has_all_columns():
    figures = pd.DataFrame({"v": [1.0]}, index=["a"])
    overlap = overlap_of([("a", "x", 0), ("b", "x", 0)])
    assert list(need.profile(figures, overlap).columns)[:2] == ["mean", "sd"]


@given(st.lists(st.tuples(st.sampled_from("xyz"), st.integers(1, 50), st.integers(-20, 20)),
                min_size=2, max_size=12), st.floats(0.1, 9), st.floats(-50, 50))  # fmt: skip
def test_scale_and_shift_of_an_indicator_change_nothing(units, scale, shift):
    rows = [(f"u{k:02d}", area, people) for k, (area, people, _) in enumerate(units)]
    figures = pd.DataFrame({"v": [float(v) for *_, v in units]}, index=[r[0] for r in rows])
    overlap = overlap_of(rows)
    one = need.eta_squared(figures, overlap)["eta_squared"]["v"]
    other = need.eta_squared(figures * scale + shift, overlap)["eta_squared"]["v"]
    assert one == pytest.approx(other, abs=1e-6, nan_ok=True)
    assert math.isnan(one) or -1e-12 <= one <= 1 + 1e-12


def test_a_profile_of_each_area():
    figures = pd.DataFrame({"ill": [10.0, 20.0, np.nan, np.nan]}, index=list("abcd"))
    table = need.profile(figures, overlap_of(ROWS))
    x, y = table.loc[("x", "ill")], table.loc[("y", "ill")]
    assert (x["mean"], x["lowest"], x["highest"], x["units"], x["people"]) == (17.5, 10, 20, 2, 400)
    assert x["sd"] == pytest.approx(math.sqrt(18.75))
    assert y[["mean", "sd", "lowest"]].isna().all()
    assert y["missing"] == "c, d"


def test_colours_are_thirds_of_the_range():
    values = pd.DataFrame(
        {"ill": [0.0, 3.0, 2.9, 6.0, 9.0, np.nan], "well": [0.0, 3.0, 2.9, 6.0, 9.0, np.nan],
         "same": [1.0] * 6}
    )  # fmt: skip
    found = need.red_amber_green(values, better={"ill": "low", "well": "high", "same": "low"})
    assert found["ill"].to_list() == ["green", "green", "green", "amber", "red", None]
    assert found["well"].to_list() == ["red", "amber", "red", "green", "green", None]
    assert found["same"].isna().all()
    with pytest.raises(errors.MeasureError, match="of a `profile` take"):
        need.red_amber_green(pd.DataFrame({"missing": ["E06"]}), better={"missing": "low"})
    with pytest.raises(errors.MeasureError, match="say 'high' or 'low' of ill, same"):
        need.red_amber_green(values, better={"well": "high"})


BAD = [
    (pd.DataFrame({"ill": ["high"]}, index=["a"]), "wanted columns of numbers by code, got ill"),
    (pd.DataFrame(index=["a"]), "wanted columns of numbers by code, got none"),
    (pd.DataFrame({"ill": [1.0, 2.0]}, index=["a", "a"]), "two rows for a"),
    (pd.DataFrame({"ill": [1.0]}, index=["E06"]), "no row has a code of layer 'lad'"),
    (pd.DataFrame({"ill": [np.inf]}, index=["a"]), "ill holds figures that are infinite"),
]


@pytest.mark.parametrize(("figures", "words"), BAD)
def test_figures_that_cannot_be_used(figures, words):
    with pytest.raises(errors.MeasureError, match=words):
        need.eta_squared(figures, overlap_of(ROWS))


def test_figures_are_read_by_code(tmp_path):
    path = tmp_path / "need.csv"
    path.write_text("LAD17CD,LAD17NM,FID,rate,note\nE06000001,One,1,7.5,x\nE06000002,Two,2,,y\n")
    found = read_figures(path)
    assert list(found.columns) == ["rate"]
    assert found["rate"].to_dict() == pytest.approx(
        {"E06000001": 7.5, "E06000002": np.nan}, nan_ok=True
    )
    path.write_text("LAD17CD,CRC14NM\nE06000001,West\nE06000002,East\n")
    assert read_areas(path, "crc").to_dict() == {"E06000001": "West", "E06000002": "East"}
    with pytest.raises(errors.ColumnError, match="no column of numbers beside the codes"):
        read_figures(path)
    with pytest.raises(errors.ColumnError, match="no column of layer 'wpcpa'"):
        read_areas(path, "wpcpa")
    rows = "".join(f"E060000{k:02d},{k}\n" for k in range(1, 20))
    path.write_text(f"LAD17CD,rate\n{rows}E06000020,n/k\n")
    with pytest.raises(errors.ColumnError, match="'n/k' in column rate of E06000020 is no number"):
        read_figures(path)
    path.write_text("LAD17CD,rate\nE06000001,1\nE06000001,2\n")
    with pytest.raises(errors.CodeError, match="two rows for E06000001 in column LAD17CD; give"):
        read_figures(path)
    path.write_text("code,rate\nE06000001,1\n")
    with pytest.raises(errors.ColumnError, match="no column of codes of layer 'lad'"):
        read_figures(path)


def test_the_real_indicators(shared):
    figures = read_figures(shared / "indicators_lad17.csv")
    found = need.eta_squared(figures, ct.england_2017().atoms.overlap("lad", "lep"))
    assert found.loc["smoking_2016", "missing"] == "E06000053, E09000001"  # Scilly and the City
    assert found["eta_squared"].dropna().between(0, 1).all()


def test_columns_that_tell_how_rows_were_made_are_no_figures(tmp_path):
    path = tmp_path / "figures.csv"
    path.write_text("LAD17CD,OBJECTID,districts_sharing_value,smoking\nE06000001,1,2,20.5\n")
    assert list(ct.read_figures(path).columns) == ["smoking"]
