"""Money: parts add up to the published figures, overlaps once, territory and year always said."""

import math
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import coterminosity as ct
from coterminosity import errors, money
from coterminosity.tables import read_money_tables

AREAS = st.dictionaries(
    st.text("abcdefgh", min_size=1, max_size=3),
    st.one_of(st.integers(0, 10**7), st.floats(0, 1e7, allow_subnormal=False)),
    min_size=1,
    max_size=12,
).filter(lambda given: sum(given.values()) > 0)


def atoms_of(rows, *, ages=False, layers=("lad", "area")):
    """Atoms by district and area; an area ``x+y`` overlaps, an empty one is none."""
    table = pd.DataFrame(rows, columns=["LAD", "AREA", "population"])
    both = table["AREA"].str.split("+", expand=True).reindex(columns=[0, 1])
    table["A1"], table["A2"] = both[0].replace("", None), both[1]
    measures = ["population"]
    if ages:
        for name, share in (("aged_0_15", 0.2), ("aged_16_64", 0.6), ("aged_65_plus", 0.2)):
            table[name] = table["population"] * share
            measures.append(name)
    columns = {"lad": "LAD", "area": ["A1", "A2"], "ccg": "LAD"}
    kept = {name: columns[name] for name in (*layers, "ccg")}
    return ct.Atoms.from_lookup(table, layers=kept, measures=measures)


PLAIN = [("a", "x", 100), ("b", "x", 300), ("c", "x+y", 200), ("d", "y", 300), ("e", "", 100)]


def figures_of(pounds, with_wales=0):
    row = {"title": "Sum", "programme": "health", "pounds": pounds, "year": "2020-21",
           "pounds_with_wales": with_wales, "scope": "England"}  # fmt: skip
    return pd.DataFrame(row, index=["sum"])


# Published figures


def test_lines_add_up_as_published_or_the_difference_is_told():
    found = money.published()
    assert found["pounds"].to_dict() == {
        "health": 101_900_000_000,
        "employment": 1_530_000_000,
        "skills": 3_200_000_000,
        "offender_management": 1_050_000_000,
        "total": 107_700_000_000,
    }
    # By hand: 7.65 + 71.85 + 2.14 + 12 + 6.62 + 1.64; 1 + 0.069 + 0.2 + 0.2 + 0.064; ...
    assert found["difference"].to_dict() == {
        "health": 0,
        "employment": -3_000_000,
        "skills": 17_500_000,
        "offender_management": -4_000_000,
        "total": 20_000_000,
    }
    assert "12 programmes and lists 10" in found.loc["skills", "note"]
    assert (money.lines()["programme"] == "skills").sum() == 10


def test_every_figure_has_a_year_a_territory_and_a_source():
    for level, count in (("line", 23), ("programme", 4), ("total", 1)):
        table = money.lines(level=level)
        assert len(table) == count
        assert (table[["year", "scope", "source", "title"]] != "").all().all()
    joint = money.lines().query("scope == 'England and Wales'")
    assert set(joint["programme"]) == {"offender management"}
    assert set(joint["year"]) == {"2015-16"}
    assert money.lines().loc["work_health_programme", "year"] == "2017-18"


def test_england_s_part_of_a_joint_figure():
    of_england = money.lines(level="programme", scope="England")
    # 55,619,430 of 58,744,595 people.
    share = Fraction(55_619_430, 58_744_595)
    part = of_england.loc["offender_management", "pounds"]
    assert abs(part - 1_050_000_000 * share) < 1
    assert "share by people" in of_england.loc["offender_management", "scope"]
    assert of_england.loc["health", "pounds"] == 101_900_000_000
    assert of_england["pounds_with_wales"].sum() == 0


@pytest.mark.parametrize("wrong", [{"level": "lines"}, {"scope": "Wales"}])
def test_unknown_levels_and_scopes_are_refused(wrong):
    with pytest.raises(errors.MeasureError, match="wanted"):
        money.lines(**wrong)


def test_tables_handed_out_can_be_changed_without_harm():
    lines, structures = money.lines(), money.structures()
    lines.loc["gp_services", "pounds"] = 1
    structures["saving_low"] = 0
    assert money.lines().loc["gp_services", "pounds"] == 7_650_000_000
    assert money.structures().loc["one_unitary", "saving_low"] == 2_370_000_000


# Largest remainders


@given(AREAS, st.integers(0, 10**12))
def test_parts_add_up_and_keep_the_quota(weights, pounds):
    series = pd.Series(weights, dtype="float64")
    parts = money.share_out(pounds, series)
    assert parts.sum() == pounds
    whole = sum(Fraction(float(w)) for w in series)
    for name, weight in series.items():
        assert abs(Fraction(int(parts[name])) - pounds * Fraction(float(weight)) / whole) < 1


@given(AREAS, st.integers(0, 10**9), st.randoms())
def test_parts_do_not_depend_on_order_or_scale_and_more_never_gets_less(weights, pounds, random):
    series = pd.Series(weights, dtype="float64")
    parts = money.share_out(pounds, series)
    names = list(series.index)
    random.shuffle(names)
    pd.testing.assert_series_equal(
        money.share_out(pounds, series[names]).reindex(parts.index), parts
    )
    pd.testing.assert_series_equal(money.share_out(pounds, series * 2), parts)
    ordered = parts[series.sort_values(kind="stable").index]
    tied = series.sort_values(kind="stable").diff() == 0
    assert (ordered.diff().fillna(0)[~tied] >= 0).all()
    assert (parts[series == 0] == 0).all()


@given(AREAS, st.integers(0, 10**6))
def test_parts_in_steps_add_up_too(weights, count):
    parts = money.share_out(count * 100_000, pd.Series(weights, dtype="float64"), nearest=100_000)
    assert parts.sum() == count * 100_000
    assert (parts % 100_000 == 0).all()


def test_ties_go_to_the_first_by_name():
    assert money.share_out(2, pd.Series({"c": 1.0, "b": 1.0, "a": 1.0})).to_dict() == {
        "c": 0,
        "b": 1,
        "a": 1,
    }


@pytest.mark.parametrize(
    ("weights", "says"),
    [
        ({"a": -1.0, "b": 2.0}, "of 0 or more"),
        ({"a": math.nan}, "of 0 or more"),
        ({"a": math.inf}, "of 0 or more"),
        ({"a": 0.0}, "nobody"),
        ({}, "nobody"),
    ],
)
def test_weights_that_do_not_serve(weights, says):
    with pytest.raises(errors.MeasureError, match=says):
        money.share_out(10, pd.Series(weights, dtype="float64"))


def test_pounds_must_divide_into_steps():
    with pytest.raises(errors.MeasureError, match="multiples of 1,000"):
        money.share_out(1_500, pd.Series({"a": 1.0}), nearest=1000)


# Areas


def test_people_in_two_areas_count_half_in_each_and_open_ones_have_no_area():
    found = money.apportion(atoms_of(PLAIN), "area", figures=figures_of(1000))
    assert found.parts["sum"].to_dict() == {"x": 500, "y": 400, "no area": 100}
    assert found.people.to_dict() == {"x": 500.0, "y": 400.0, "no area": 100.0}
    assert "half in each" in found.caption
    assert "'no area'" in found.caption
    assert found.table["share"].to_list() == [0.5, 0.4, 0.1]
    assert found.table["per_head"].to_list() == [1.0, 1.0, 1.0]


@settings(max_examples=40)
@given(
    st.lists(
        st.tuples(
            st.sampled_from("abcd"),
            st.sampled_from(["x", "y", "x+y", "y+z", ""]),
            st.integers(0, 10**6),
        ),
        min_size=1,
        max_size=12,
    ).filter(lambda rows: sum(r[2] for r in rows) > 0 and any(r[1] for r in rows))
)
def test_apportioning_equals_a_stupid_loop(rows):
    atoms = atoms_of(rows)
    found = money.apportion(atoms, "area", wales="within")
    total = sum(people for _, _, people in rows)
    loop: dict[str, Fraction] = {}
    for _, areas, people in rows:
        names = areas.split("+") if areas else ["no area"]
        for name in names:
            loop[name] = loop.get(name, Fraction(0)) + Fraction(people, len(names))
    for key, pounds in money.lines(level="programme")["pounds"].items():
        assert found.parts[key].sum() == pounds
        for name, people in loop.items():
            if name in found.parts.index:
                assert abs(found.parts.loc[name, key] - pounds * people / total) <= 1
            else:
                assert people == 0


def test_however_england_is_divided_the_parts_add_up():
    data = ct.england_2017()
    plan = ct.propose(data.graph, data.atoms)
    atoms = plan.on(data.atoms)
    for layer in ("lep", "stp", "combined_authority", "lad", "plan"):
        for level in ("line", "programme", "total"):
            found = money.apportion(atoms, layer, level=level)
            assert (found.parts.sum() == money.lines(level=level)["pounds"]).all()
            assert found.people.drop("Wales").sum() == pytest.approx(55_619_430)
    assert "no area" in found.parts.index  # six districts are open
    assert (
        found.people["no area"]
        == plan.units.join(data.graph.units["population"]).query("area == ''")["population"].sum()
    )


# Territory


def test_wales_stands_apart_and_the_caption_says_so():
    found = money.apportion(atoms_of(PLAIN), "area", level="programme")
    welsh = found.parts.loc["Wales"]
    assert welsh.drop("offender_management").eq(0).all()
    assert abs(welsh["offender_management"] - 1_050_000_000 * Fraction(3_125_165, 58_744_595)) < 1
    assert found.people["Wales"] == 3_125_165
    assert "Offender management: Wales's share by people (mid-2017) stands apart" in found.caption
    of_england = money.lines(level="programme", scope="England")["pounds"]
    assert (found.parts.drop("Wales").sum() == of_england).all()
    assert np.isnan(found.table.loc["Wales", "share"])


def test_wales_within_is_said_as_well():
    found = money.apportion(atoms_of(PLAIN), "area", wales="within")
    assert "Wales" not in found.parts.index
    assert "includes Wales" in found.caption
    assert found.parts["offender_management"].sum() == 1_050_000_000


def test_figures_of_england_alone_have_no_row_of_wales():
    found = money.apportion(
        atoms_of(PLAIN), "area", figures=money.lines(level="programme", scope="England")
    )
    assert "Wales" not in found.parts.index


@pytest.mark.parametrize("level", ["line", "programme", "total"])
def test_captions_carry_years_territories_and_contradictions(level):
    caption = money.apportion(atoms_of(PLAIN), "area", level=level).caption
    for _, row in money.lines(level=level).iterrows():
        assert row["title"] in caption
        assert f"({row['year']}, {row['scope']})" in caption
    assert "add up" in caption
    if level != "total":
        assert "Skills is published as £3.2bn; its parts add up to £3.1825bn" in caption
    assert "All programmes is published as £107.7bn; its parts add up to £107.68bn" in caption


def test_long_form_repeats_year_and_territory_in_every_row():
    long = money.apportion(atoms_of(PLAIN), "area").long()
    assert list(long.columns) == ["area", "line", "title", "programme", "pounds", "year", "scope"]
    assert (long[["year", "scope"]] != "").all().all()
    assert long.groupby("line")["pounds"].sum()["skills"] == 3_200_000_000


def test_programmes_are_sums_of_lines():
    found = money.apportion(atoms_of(PLAIN), "area", level="line")
    assert found.by_programme.sum().to_dict() == {
        "health": 101_900_000_000,
        "employment": 1_533_000_000,
        "skills": 3_182_500_000,
        "offender management": 1_054_000_000,
    }


def test_parts_in_steps_of_what_is_shown():
    found = money.apportion(ct.england_2017().atoms, "lep", nearest=100_000)
    assert (found.parts % 100_000 == 0).all().all()
    assert "multiples of £100,000" in found.caption


# Bases


@pytest.mark.parametrize("by", ["land", "area", "area_m2", "count"])
def test_money_is_never_spread_by_land(by):
    with pytest.raises(errors.MeasureError, match="never spread by land"):
        money.apportion(atoms_of(PLAIN), "area", by=by)


def test_unknown_bases_name_those_there_are():
    with pytest.raises(errors.MeasureError, match="did you mean age"):
        money.apportion(atoms_of(PLAIN), "area", by="ages")


def test_age_by_hand():
    rows = pd.DataFrame(
        {"LAD": ["a", "b"], "population": [100, 100], "aged_0_15": [50, 0],
         "aged_16_64": [50, 50], "aged_65_plus": [0, 50]}
    )  # fmt: skip
    atoms = ct.Atoms.from_lookup(
        rows, layers={"lad": "LAD"},
        measures=["population", "aged_0_15", "aged_16_64", "aged_65_plus"],
    )  # fmt: skip
    found = money.apportion(atoms, "lad", by="age", figures=figures_of(300))
    assert found.parts["sum"].to_dict() == {"a": 100, "b": 200}  # weights 100 and 50 + 3·50
    assert "an assumption of the library" in found.caption
    own = {"aged_0_15": 2, "aged_16_64": 0, "aged_65_plus": 1}
    given_ = money.apportion(atoms, "lad", by="age", age_weights=own, figures=figures_of(300))
    assert given_.parts["sum"].to_dict() == {"a": 200, "b": 100}
    assert "as given by the user" in given_.caption
    assert found.people.to_dict() == {"a": 100.0, "b": 100.0}


def test_age_needs_ages_and_all_weights():
    with pytest.raises(errors.MeasureError, match="no aged_0_15"):
        money.basis(atoms_of(PLAIN), "age")
    with pytest.raises(errors.MeasureError, match="wanted aged_0_15, aged_16_64, aged_65_plus"):
        money.basis(atoms_of(PLAIN, ages=True), "age", age_weights={"aged_0_15": 1})
    wrong = {"aged_0_15": -1, "aged_16_64": 1, "aged_65_plus": 1}
    with pytest.raises(errors.MeasureError, match="0 or more"):
        money.basis(atoms_of(PLAIN, ages=True), "age", age_weights=wrong)


def test_indicators_by_hand_and_missing_units_are_named_not_filled():
    ill = pd.DataFrame({"ill": [1.0, 2.0, 4.0, 0.0, np.nan]}, index=list("abcde"))
    found = money.apportion(
        atoms_of(PLAIN), "area", by="ill", indicators=ill, figures=figures_of(1000)
    )
    # e has a tenth of the people: 100. The rest, 900, by 100·1, 300·2, 200·4 (half in y), 300·0.
    assert found.parts["sum"].to_dict() == {"x": 660, "y": 240, "no area": 100}
    assert "Without a figure: e;" in found.caption
    assert "people × ill" in found.caption


@pytest.mark.parametrize(
    ("values", "codes", "says"),
    [
        ([1.0, -2.0], "ab", "0 or more"),
        ([1.0, np.inf], "ab", "0 or more"),
        ([1.0, 2.0], "aq", "no q"),
        ([1.0, 2.0], "aa", "two rows for a"),
        ([0.0, np.nan], "ab", "no region"),
    ],
)
def test_indicators_that_do_not_serve(values, codes, says):
    ill = pd.DataFrame({"ill": values}, index=list(codes))
    with pytest.raises(errors.CoterminosityError, match=says):
        money.basis(atoms_of(PLAIN), "ill", indicators=ill)


def test_figures_of_a_cover_are_refused():
    over = pd.DataFrame({"ill": [1.0, 2.0]}, index=["x", "y"])
    with pytest.raises(errors.MeasureError, match="overlaps"):
        money.basis(atoms_of(PLAIN), "ill", indicators=over, unit_layer="area")


def test_allocations_stay_with_their_group_and_blanks_get_their_people_s_share():
    rows = [("a", "x", 100), ("a", "y", 300), ("b", "y", 400), ("c", "y", 200)]
    given_ = pd.Series({"a": 30.0, "b": 10.0, "c": np.nan})
    found = money.apportion(
        atoms_of(rows), "area", by="allocation", allocation=given_, figures=figures_of(1000)
    )
    # c has a fifth of the people: 200. Of 800, a gets 600, by people 150 in x and 450 in y.
    assert found.parts["sum"].to_dict() == {"x": 150, "y": 850}
    assert "Without a figure: c;" in found.caption
    assert "what each CCG is given" in found.caption


def test_allocations_without_a_file_or_people_are_refused():
    with pytest.raises(errors.MeasureError, match="wants allocation="):
        money.basis(atoms_of(PLAIN), "allocation")
    with pytest.raises(errors.MeasureError, match="nobody lives in b"):
        money.basis(
            atoms_of([("a", "x", 5), ("b", "x", 0)]), "allocation",
            allocation=pd.Series({"a": 1.0, "b": 1.0}),
        )  # fmt: skip


def test_allocations_of_2016_17(shared):
    from coterminosity.figures import read_figures

    table = read_figures(shared / "ccg17_allocation_2016_17.csv", layer="ccg")
    allocation = table["allocation_gbp_thousand"]
    atoms = ct.england_2017().atoms
    figures = figures_of(int(1000 * allocation.sum()))
    # Each CCG gets what it is given back, since it is a region of the layer.
    back = money.apportion(
        atoms, "ccg", by="allocation", allocation=allocation, figures=figures
    ).parts["sum"]
    assert (back - 1000 * allocation.reindex(back.index)).abs().max() <= 1
    blank = allocation.copy()
    blank[["E38000058", "E38000071"]] = np.nan
    found = money.apportion(atoms, "ccg", by="allocation", allocation=blank, figures=figures)
    assert "Without a figure: NHS Erewash CCG, NHS Hardwick CCG;" in found.caption
    share = found.people["E38000058"] / 55_619_430
    assert found.parts.loc["E38000058", "sum"] == pytest.approx(share * figures["pounds"].iloc[0])


# What cannot be spread


@pytest.mark.parametrize(
    ("figures", "says"),
    [
        (figures_of(0.5), "whole numbers"),
        (figures_of(-1), "whole numbers"),
        (figures_of(1, with_wales=2), "cannot exceed"),
        (figures_of(1).drop(columns="year"), "they lack year"),
        (figures_of(1).iloc[:0], "rows"),
    ],
)
def test_figures_that_do_not_serve(figures, says):
    with pytest.raises(errors.MeasureError, match=says):
        money.apportion(atoms_of(PLAIN), "area", figures=figures)


def test_names_of_rows_are_kept_free():
    rows = [("a", "no area", 1), ("b", "", 1)]
    with pytest.raises(errors.MeasureError, match="rename it"):
        money.apportion(atoms_of(rows), "area")
    with pytest.raises(errors.MeasureError, match="'Wales'"):
        money.spread(pd.Series({"Wales": 1.0}))
    with pytest.raises(errors.MeasureError, match="wanted apart or within"):
        money.spread(pd.Series({"a": 1.0}), wales="out")
    with pytest.raises(errors.MeasureError, match="same areas"):
        money.spread(pd.Series({"a": 1.0}), people=pd.Series({"b": 1.0}))


def test_an_apportionment_whose_parts_do_not_add_up_cannot_be_made():
    right = money.apportion(atoms_of(PLAIN), "area", figures=figures_of(1000))
    with pytest.raises(errors.MeasureError, match="do not add up"):
        money.Apportionment(
            parts=right.parts + 1, lines=right.lines, weights=right.weights, people=right.people,
            caption=right.caption,
        )  # fmt: skip


def test_pounds_in_words():
    assert money.in_words(3_182_500_000) == "£3.1825bn"
    assert money.in_words(69_000_000) == "£69m"
    assert money.in_words(101_900_000_001) == "£101,900,000,001"


# Contracts and structures


def test_contracts_of_all_england_are_those_of_the_paper():
    people = pd.Series({"North": 20_000_000, "South": 35_619_430})
    found = money.contracts(people)
    assert found["contracts"].sum() == pytest.approx(135)
    assert found["pounds"].sum() == pytest.approx(135 * 755e6)  # 101.925bn, published as 101.9
    assert found["practices"].sum() == pytest.approx(135 * 55)
    assert found["acute_trusts"].sum() == pytest.approx(135)
    table = read_money_tables().contracts["value"]
    assert table["per_area_low"] <= table["contracts"] / table["areas"] <= table["per_area_high"]


@given(st.floats(0, 55_619_430))
def test_whole_numbers_of_contracts_enclose_the_share(people):
    found = money.contracts(people).iloc[0]
    assert found["fewest"] <= found["contracts"] + 1e-8
    assert found["contracts"] <= found["most"] + 1e-8
    assert found["most"] - found["fewest"] <= 1


def test_contracts_of_more_people_than_there_are():
    with pytest.raises(errors.MeasureError, match="half in each"):
        money.contracts(pd.Series({"a": 5e7, "b": 5e7}))
    with pytest.raises(errors.MeasureError, match="0 or more"):
        money.contracts(-1.0)
    assert money.contracts(10.0, total=100.0)["contracts"].item() == pytest.approx(13.5)


def test_structures_of_ey():
    table = money.structures()
    assert table["councils"].fillna(0).to_list() == [27, 54, 81, 0]
    assert table["saving_low"].to_list() == [
        2_370_000_000, 1_170_000_000, -33_000_000, -366_000_000,
    ]  # fmt: skip
    assert table["saving_high"].to_list() == [
        2_860_000_000, 1_700_000_000, 526_000_000, -36_000_000,
    ]  # fmt: skip
    assert (table["period"] == "over five years").all()
    assert '"a year"' in table.loc["one_unitary", "note"]


def test_size_band():
    people = pd.Series({"a": 299_999, "b": 300_000, "c": 3_000_000, "d": 3_000_001})
    assert money.size_band(people).to_list() == ["below", "within", "within", "above"]
    assert money.size_band(people, floor=1, ceiling=2).eq("above").all()
