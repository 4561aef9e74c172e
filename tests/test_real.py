"""The real files of England 2017, where they are at hand."""

import itertools
import subprocess
import sys
import zipfile

import geopandas as gpd
import pandas as pd
import pytest

import coterminosity as ct
from coterminosity import catalogue, columns, reading
from coterminosity.atoms import Atoms
from coterminosity.catalogue import boundaries_root, records
from coterminosity.layer import BoundaryLayer
from coterminosity.units import UnitGraph

PEOPLE = 55_619_430
SEVEN = {
    "lad_dec_2017_bgc.geojson": ("lad", "partition", True),
    "lep_apr_2017_bgc.shp.zip": ("lep", "cover", True),
    "stp_apr_2017_bgc.gpkg": ("stp", "partition", True),
    "ccg_apr_2017_bgc.parquet": ("ccg", "partition", True),
    "pfa_dec_2017_bgc.gpkg": ("pfa", "partition", True),
    "crc_2014_bgc.geojson": ("crc", "partition", True),
    "cauth_mar_2017_bgc.geojson": ("combined_authority", "partition", False),
}
FULL = ("lad", "lep", "stp", "ccg", "pfa", "crc", "region")


@pytest.fixture(scope="module")
def layers(shared):
    return {name: BoundaryLayer.from_file(shared / file) for file, (name, *_) in SEVEN.items()}


@pytest.fixture(scope="module")
def lsoas(shared):
    return gpd.read_parquet(shared / "lsoa_2011_bgc.parquet")


@pytest.mark.parametrize("file", SEVEN)
def test_the_seven_files_load(shared, file):
    name, kind, complete = SEVEN[file]
    layer = BoundaryLayer.from_file(shared / file)
    assert (layer.layer, layer.kind, layer.complete) == (name, kind, complete)
    report = layer.check()
    assert report.warnings.empty, report.warnings
    assert report.checks.loc["file", "verdict"] == "ok"
    assert layer.repairs.empty


@pytest.mark.parametrize(
    "record", [pytest.param(r, id=f"{r.key}-{f.name}") for r in records() for f in r.files]
)
def test_each_catalogue_record_against_its_files(shared, record):
    for file in record.files:
        assert reading.sha256_of(shared / file.name) == file.sha256
        layer = BoundaryLayer.from_file(shared / file.name)
        assert len(layer) == file.rows == record.regions["England"]
        facts = record.facts
        assert (layer.layer, layer.kind, layer.complete, layer.vintage, layer.extent) == (
            facts.layer, facts.kind, facts.complete, record.vintage, "England",
        )  # fmt: skip
        assert all(str(code).startswith(facts.prefixes) for code in layer.frame.index)
        found = columns.ons_columns(pd.Index([record.code_column]), role="CD")
        assert found[record.code_column] == (record.layer, str(record.year))
        west, south, east, north = catalogue.extent_of("England").bounds
        inside = layer.geometry.total_bounds
        assert west <= inside[0]
        assert south <= inside[1]
        assert inside[2] <= east
        assert inside[3] <= north


def test_three_ways_to_make_atoms_agree(layers, lsoas):
    cut = [layers[name] for name in ("lad", "lep", "stp", "crc")]
    built = Atoms.build(*cut, population=lsoas)
    lookup = {
        "lad": "LAD17CD",
        "lep": ["LEP17CD1", "LEP17CD2"],
        "stp": "STP17CD",
        "crc": "CRC14CD",
    }
    folded = Atoms.from_lookup(lsoas, layers=lookup, measures=["population"])
    embedded = ct.england_2017().atoms
    joined = Atoms.build(*cut, population=embedded)
    assert len(built) == len(folded) == 347
    for left, right in itertools.product(lookup, repeat=2):
        pairs = [a.overlap(left, right).pairs for a in (built, folded, embedded, joined)]
        for other in pairs[1:]:
            pd.testing.assert_frame_equal(pairs[0], other, rtol=1e-9)
    for atoms in (built, folded, embedded, joined):
        assert len(atoms.overlap("lad", "stp").pairs) == 343
        for layer in ("lad", "lep", "stp", "crc"):
            assert atoms.total("population", layer=layer) == PEOPLE
    land = [atoms.overlap("lep", "stp", weight="area").pairs for atoms in (built, embedded)]
    merged = land[0].merge(land[1], on=["left", "right"], how="outer")
    assert len(merged) == len(land[1])
    assert (merged["weight_x"] - merged["weight_y"]).abs().max() < 1e5  # hectares are rounded


def test_all_layers_cut_into_the_405_atoms(layers):
    built = Atoms.build(
        *(layers[n] for n in ("lad", "lep", "stp", "ccg", "pfa", "crc", "combined_authority")),
        population=ct.england_2017().atoms,
    )
    assert len(built) == 405
    assert built.total("population") == PEOPLE
    assert built.total("area") == pytest.approx(130_432.07e6, rel=1e-7)


def test_a_layer_generalised_otherwise_gives_the_same_pairs(shared, layers, lsoas):
    coarse = BoundaryLayer.from_file(shared / "lad_dec_2017_buc.geojson")
    others = [layers[name] for name in ("lep", "stp", "crc")]
    built = Atoms.build(coarse, *others, population=lsoas)
    embedded = ct.england_2017().atoms
    for pair in itertools.combinations(("lad", "lep", "stp", "crc"), 2):
        found, known = (set(zip(t["left"], t["right"], strict=True)) for t in
                        (a.overlap(*pair).pairs for a in (built, embedded)))  # fmt: skip
        assert found == known, pair


def test_borders_measured_agree_with_the_table(layers):
    known = ct.england_2017().graph
    graph = UnitGraph.build(layers["lad"], links=known.links)
    both = graph.borders.merge(known.borders, on=["focal", "neighbour"], how="outer")
    assert len(both) == 2 * 826
    difference = (both["metres_x"] - both["metres_y"]).abs()
    assert (difference <= 0.01 * both["metres_y"] + 10).all()
    assert graph.adjacency() == known.adjacency()


def test_every_full_layer_of_the_embedded_set_holds_everybody():
    atoms = ct.england_2017().atoms
    for layer in FULL:
        assert atoms.total("population", layer=layer) == PEOPLE
    assert atoms.total("population", layer="combined_authority") < PEOPLE
    assert len(atoms.overlap("lad", "stp").pairs) == 343


def test_the_embedded_tables_carry_the_source_figures(facts, tmp_path):
    """The script that made them makes them again, byte for byte."""
    script = boundaries_root() / "make_england_2017.py"
    copy = tmp_path / "make_england_2017.py"
    copy.write_bytes(script.read_bytes())
    (tmp_path / "england-2017").mkdir()
    subprocess.run([sys.executable, str(copy), str(facts)], check=True)
    made = sorted((tmp_path / "england-2017").iterdir())
    assert len(made) == 5
    for path in made:
        assert path.read_bytes() == (boundaries_root() / "england-2017" / path.name).read_bytes()
    wide = pd.read_csv(facts / "atoms.csv", dtype={"lep": "str"})
    atoms = ct.england_2017().atoms
    assert atoms.measures["population"].to_list() == wide["population"].to_list()
    members = atoms.members.query("layer == 'lep'").groupby("atom")["code"].agg(";".join)
    assert members.to_dict() == {
        atom: ";".join(sorted(codes.split(";")))
        for atom, codes in zip(wide["atom"], wide["lep"], strict=True)
    }


def test_run_on_the_real_files_gives_the_embedded_plan(shared, tmp_path):
    result = ct.run(shared, out=tmp_path / "real")
    assert not result.inputs.schematic
    embedded = ct.england_2017()
    plan = ct.propose(embedded.graph, embedded.atoms)
    pd.testing.assert_frame_equal(result.plan.units, plan.units)
    assert result.no_conflict["units"] == 291 / 326
    assert any("lad_dec_2017_buc.geojson" in note for note in result.inputs.notes)


def test_people_of_small_areas_on_the_command_line(shared, tmp_path, lsoas):
    people = tmp_path / "lsoa.parquet"
    lsoas[["LSOA11CD", "population", "geometry"]].to_parquet(people)
    result = ct.run(shared, out=tmp_path / "out", population=people)
    assert result.inputs.atoms.total("population") == PEOPLE
    assert result.plan.count == 38


def test_a_damaged_download_is_refused(shared, tmp_path):
    whole = (shared / "stp_apr_2017_bgc.gpkg").read_bytes()
    (tmp_path / "cut.gpkg").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(ct.CoterminosityError):
        BoundaryLayer.from_file(tmp_path / "cut.gpkg").check()
    (tmp_path / "cut.geojson").write_bytes((shared / "crc_2014_bgc.geojson").read_bytes()[:100_000])
    with pytest.raises(ct.CoterminosityError, match="cut.geojson"):
        BoundaryLayer.from_file(tmp_path / "cut.geojson")
    with zipfile.ZipFile(tmp_path / "empty.zip", "w") as archive:
        archive.writestr("readme.txt", "nothing here")
    with pytest.raises(ct.CoterminosityError, match="empty.zip"):
        BoundaryLayer.from_file(tmp_path / "empty.zip")
