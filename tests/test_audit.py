"""The audit: every claim with its verdict, and the same on real files; what is missing is said."""

import re
from dataclasses import replace

import pandas as pd
import pytest

import coterminosity as ct
from coterminosity import errors
from coterminosity.auditing import CLAIMS, documents
from coterminosity.figures import read_areas, read_figures
from tests.conftest import call

IDS = [f"C{k}" for k in range(1, 20)]
WRONG = {"C11", "C13", "C16"}


@pytest.fixture(scope="module")
def plain():
    return ct.audit()


@pytest.fixture(scope="module")
def full(shared):
    return ct.audit(
        indicators=read_figures(shared / "indicators_lad17.csv"),
        work_programme=read_areas(shared / "lookup_lad17_wpcpa11_reconstructed.csv", "wpcpa"),
        n=200,
    )


def test_every_claim_is_there_once_with_all_its_words():
    assert [c.id for c in CLAIMS if not c.id.endswith("b")] == IDS
    for claim in CLAIMS:
        assert all((claim.words, claim.source, claim.how, claim.expected)), claim.id


def test_without_files_the_rest_is_tested_and_what_is_missing_is_said(plain):
    untested = plain.table.loc[plain.table["verdict"] == "cannot be tested"]
    assert list(untested.index) == ["C3", "C3b", "C4", "C16", "C17"]
    assert plain["C4"].reason == "needs Work Programme areas (--work-programme)"
    assert plain["C16"].reason.endswith("a column that begins with employment_rate")
    assert "one with life_expectancy" in plain["C17"].reason
    assert repr(plain) == "<Audit: 14 hold, 2 do not hold, 5 cannot be tested>"


FIGURES = {
    "C1": "8 of 20 CRC areas are one police area, 12 are made of several; 39 of 39",
    "C2": "0 of 39 police areas and 0 of 326 districts",
    "C5": "17 of 326",
    "C7": "the same as its LEP, not its STP, not its police area",
    "C9": "331,193 people live in both",
    "C10": "2 STPs; 334,803 people of one of them live in Essex",
    "C11": "83.2%",
    "C12": "44 STPs become 43; 1,990,171 people before, 1,990,171 after",
    "C13": "0 people live in both",
    "C13b": "1 STP spans both",
    "C14": "East Hampshire, New Forest, Test Valley, Winchester",
    "C15": "38 areas",
    "C19": "44 STPs, 38 LEPs, 20 CRC areas in England",
}


@pytest.mark.parametrize("claim", FIGURES)
def test_measured_figures(plain, claim):
    assert FIGURES[claim] in plain[claim].measured
    assert len(plain[claim].table)


def test_the_paper_is_wrong_where_it_is_wrong(full):
    verdicts = full.table["verdict"]
    assert set(verdicts.index[verdicts == "does not hold"]) == WRONG
    assert set(verdicts.index[verdicts == "holds"]) == {c.id for c in CLAIMS} - WRONG - {"C3b"}
    assert "the measures disagree" in full["C3b"].reason  # 0.862 and 0.860 is no difference
    assert "nesting, not identity" in full["C1"].measured
    assert "Essex" in full["C11"].reason
    assert "South East Midlands" in full["C13"].reason
    assert "200 random contiguous plans of 38 areas" in full["C16"].reason


def test_stp_borders_are_counted_once_on_each_side(plain):
    table = plain["C6"].table
    assert table["border_km"].sum() == pytest.approx(2 * 6218.076, abs=0.1)
    data = ct.england_2017()
    borders = data.atom_graph.borders.sample(frac=1, random_state=1)
    once = borders.loc[~borders[["focal", "neighbour"]].apply(frozenset, axis=1).duplicated()]
    other = ct.audit(data.atoms, data.graph, borders=once)["C6"]
    assert other.measured == plain["C6"].measured
    assert "of 11 of 44 STPs a tenth" in other.measured


def without(layer, word):
    """The embedded data without the regions of a layer whose name holds a word."""
    atoms = ct.england_2017().atoms
    names = atoms.regions(layer)
    gone = names.index[names.str.contains(word)]
    drop = (atoms.members["layer"] == layer) & atoms.members["code"].isin(gone)
    return replace(atoms, members=atoms.members.loc[~drop])


def test_other_data_give_no_verdict_on_places_they_lack():
    graph = ct.england_2017().graph
    for layer, word, claims in [
        ("combined_authority", "Liverpool", ["C7"]),
        ("lep", "New Anglia", ["C9", "C10", "C11", "C12"]),
        ("lep", "Oxfordshire", ["C13", "C13b"]),
        ("pfa", "Essex", ["C10"]),
    ]:
        found = ct.audit(without(layer, word), graph)
        for claim in claims:
            assert found[claim].verdict == "cannot be tested", (claim, word)
            assert word in found[claim].reason


def figures(shared, **columns):
    return read_figures(shared / "indicators_lad17.csv").assign(**columns)


def test_figures_that_say_nothing_give_no_verdict(shared):
    blank = figures(shared, employment_rate_2017_18=float("nan"))
    found = ct.audit(indicators=blank, n=2)
    for claim in ("C16", "C17"):
        assert found[claim].verdict == "cannot be tested"
        assert "employment_rate_2017_18 has no different figures" in found[claim].reason


def test_figures_of_a_part_of_england_give_no_verdict(shared):
    found = ct.audit(indicators=figures(shared).iloc[:100], n=2)
    for claim in ("C16", "C17"):
        assert found[claim].verdict == "cannot be tested"
        words = r"for (99|100) of 326 districts \(.*% of people\) only"
        assert re.search(words, found[claim].reason)


def test_figures_of_other_countries_do_not_count(shared):
    own = figures(shared)
    odd = own.copy() * -1
    odd.index = "W" + odd.index.str[1:]
    found = ct.audit(indicators=pd.concat([own, odd]), n=2)
    assert found["C17"].measured == ct.audit(indicators=own, n=2)["C17"].measured


def test_a_claim_is_found_by_its_id(plain):
    assert plain["c3B"].claim.id == "C3b"
    with pytest.raises(errors.NameLookupError, match="there is no claim 'C99', only C1, C2"):
        plain["C99"]


def test_what_does_not_fit_is_refused():
    with pytest.raises(errors.CodeError, match="325 districts have none"):
        ct.audit(work_programme=pd.Series({"E06000001": "North East"}))
    with pytest.raises(errors.MeasureError, match="atoms and graph together"):
        ct.audit(ct.england_2017().atoms)


def test_documents_hold_every_claim(full, tmp_path):
    files = documents.write(full, tmp_path / "out")
    assert {file.name for file in files} >= {"audit.md", "audit.html", "audit.csv", "claim-C9.csv"}
    markdown = (tmp_path / "out" / "audit.md").read_text(encoding="utf-8")
    page = (tmp_path / "out" / "audit.html").read_text(encoding="utf-8")
    table = pd.read_csv(tmp_path / "out" / "audit.csv")
    assert list(table["id"]) == [c.id for c in CLAIMS]
    for finding in full:
        assert finding.claim.words in markdown
        assert f'id="{finding.claim.id}"' in page
    for line in markdown.splitlines():
        if line.startswith("|"):
            assert line.endswith("|")
    assert "nan" not in re.sub("<[^>]*>", " ", page).lower().split()
    assert not re.search(r"""(src|href)=["']?(https?:)?//""", page)
    assert documents.to_html(full) == page


def test_names_cannot_break_a_page(plain):
    finding = plain["C9"]
    odd = finding.table.assign(lep="<script>alert(1)</script> | x")
    audit = type(plain)(findings=(type(finding)(**(vars(finding) | {"table": odd})),), about={})
    assert "<script>" not in documents.to_html(audit)
    assert "\\| x" in documents.to_markdown(audit)


def test_the_command_prints_and_writes(tmp_path, capsys, monkeypatch):
    code, said, told = call(capsys, monkeypatch, "audit", "--plans", 20, "--out", tmp_path / "out")
    assert code == 0, told
    assert "C11" in said
    assert "14 hold, 2 do not hold, 5 cannot be tested" in said
    assert "audit.html" in said
    assert (tmp_path / "out" / "audit.md").is_file()
    code, _, told = call(capsys, monkeypatch, "audit", "--population", tmp_path / "p.csv")
    assert (code, "needs boundaries" in told) == (1, True)


def test_real_boundaries_give_the_same_verdicts(shared, plain):
    from coterminosity.measuring import audit_of

    real = audit_of(shared, n=10)
    both = real.table["verdict"].to_frame("real").join(plain.table["verdict"].rename("told"))
    tested = both.loc[both["real"] != "cannot be tested"]
    assert (tested["real"] == tested["told"]).all()
    assert len(tested) >= 9
