"""Layers by key: from a folder, from what was fetched, or a sentence on how to get them."""

import geopandas as gpd
import pytest
import shapely

import coterminosity as ct
from coterminosity import errors, fetch
from tests.conftest import call


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A mirror with LEPs of 2017 and districts of Great Britain of 2021; an empty cache."""
    monkeypatch.setenv("COTERMINOSITY_CACHE", str(tmp_path / "cache"))
    home = tmp_path / "mirror"
    home.mkdir()
    row(38, "LEP17CD", "E370000{:02d}").to_file(home / "lep-2017.gpkg")
    frame = row(363, "LAD21CD", "E07{:06d}")
    others = [f"W0600{k:04d}" for k in range(22)] + [f"S1200{k:04d}" for k in range(32)]
    frame["LAD21CD"] = [*frame["LAD21CD"][:309], *others]
    frame.to_file(home / "lad-2021.geojson")
    return home


def row(count, column, code):
    cells = [shapely.box(4e5 + 500 * k, 3e5, 4e5 + 500 * (k + 1), 3.1e5) for k in range(count)]
    codes = [code.format(k + 1) for k in range(count)]
    return gpd.GeoDataFrame({column: codes}, geometry=cells, crs="EPSG:27700")


def test_a_folder_is_looked_in_first(folder):
    layer = ct.load("lep-2017", boundaries=folder)
    assert (layer.layer, layer.vintage, len(layer)) == ("lep", "Apr 2017", 38)
    assert str(folder) in layer.source
    assert ct.load("LEP_2017", boundaries=folder).source == layer.source


def test_a_file_of_another_year_is_not_taken(folder):
    with pytest.raises(errors.BoundaryFileError, match="coterminosity fetch lep-2020` gets it"):
        ct.load("lep-2020", boundaries=folder)


def test_what_was_fetched_is_loaded_and_clipped(folder):
    with pytest.raises(errors.BoundaryFileError, match="not among the fetched layers"):
        ct.load("lad-2021")
    fetch.fetch("lad-2021", source=folder)
    whole = ct.load("lad-2021")
    assert (len(whole), whole.extent) == (363, "Great Britain")
    english = ct.load("lad-2021", extent="England")
    assert (len(english), english.extent) == (309, "England")


def test_a_fetched_file_that_changed_is_refused(folder):
    got = fetch.fetch("lep-2017", source=folder)
    got.path.write_bytes(got.path.read_bytes() + b" ")
    with pytest.raises(errors.BoundaryFileError, match=r"changed.*fetch lep-2017 --refresh"):
        ct.load("lep-2017")


def test_keys_that_are_none(folder):
    with pytest.raises(errors.NameLookupError, match="no layer 'lep-2107'; did you mean lep-2017"):
        ct.load("lep-2107")
    with pytest.raises(errors.BoundaryFileError, match="no download of it is known; get it from"):
        ct.load("crc-2014")
    with pytest.raises(errors.BoundaryFileError, match="no such folder"):
        ct.load("lep-2017", boundaries=folder / "none")


def test_the_command_fetches_scores_and_checks_by_key(folder, tmp_path, capsys, monkeypatch):
    code, said, told = call(capsys, monkeypatch, "fetch", "lep-2017", "lad-2021", "--from", folder)
    assert code == 0
    assert said.splitlines()[0].endswith("lep-2017.gpkg")
    assert "lad-2021: fetched, 363 regions" in told
    assert "Open Government Licence v3.0" in told
    code, said, told = call(capsys, monkeypatch, "fetch", "lep-2017")
    assert (code, "already there" in told) == (0, True)
    code, said, told = call(capsys, monkeypatch, "check", "lep-2017")
    assert code == 0
    assert "lep-2017: <BoundaryLayer lep: 38 regions, Apr 2017>" in said
    words = ("score", "lad-2021", "lep-2017", "--weight", "area", "--boundaries", folder)
    code, _, told = call(capsys, monkeypatch, *words)
    assert code == 1
    assert "lad covers Great Britain, lep covers England" in told
    code, said, told = call(capsys, monkeypatch, *words, "--extent", "England")
    assert code == 0
    assert "districts against LEPs, by land" in said
    assert "note: layers of different vintages: lep of Apr 2017 and lad of Dec 2021" in told
    code, said, _ = call(capsys, monkeypatch, "where", "400250,305000")
    assert code == 0
    assert "lep,E37000001" in said
    code, _, told = call(capsys, monkeypatch, "fetch", "lep-2017", "nonsense", "--refresh")
    assert (code, told.count("\n")) == (1, 1)
