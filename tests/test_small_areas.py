"""Proposals of atoms and of small areas: squares by eye, and the 32,844 real LSOAs."""

import time

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

import coterminosity as ct
from coterminosity import chain, scores
from coterminosity.atoms import Atoms
from coterminosity.brief import Brief
from coterminosity.errors import BoundaryFileError, CodeError, ColumnError, CoterminosityError
from coterminosity.gathering import small_areas
from coterminosity.proposing.assembling import reassign
from coterminosity.units import parts_of

WIDE, HIGH = 8, 4


def cell(x: float, y: float, *, kept: float = 1.0) -> shapely.Polygon:
    """Draw a square kilometre of an island off the coast of nowhere."""
    return shapely.box(
        400_000 + 1000 * x, 300_000 + 1000 * y, 400_000 + 1000 * (x + kept), 301_000 + 1000 * y
    )


def country() -> tuple[gpd.GeoDataFrame, pd.DataFrame]:
    """Make 32 squares in four districts of two columns each; a river parts the second.

    Cell 24 of the first district is an island in the north-west.
    """
    rows = []
    for n in range(WIDE * HIGH):
        x, y = n % WIDE, n // WIDE
        district = x // 2
        west = x + (0.2 if x == 3 else 0.0)  # the river: 200 m between columns 2 and 3
        drawn = cell(west, y, kept=0.8 if x == 3 else 1.0)
        if (x, y) == (0, 3):
            drawn = cell(-1.1, 3.3)
        rows.append((f"E010{n:05d}", f"Place {n:02d}", district, 100 + n, drawn))
    frame = gpd.GeoDataFrame(
        {
            "LSOA11CD": [row[0] for row in rows],
            "LSOA11NM": [row[1] for row in rows],
            "population": [row[3] for row in rows],
            "age": [40 + row[2] for row in rows],
        },
        geometry=[row[4] for row in rows],
        crs="EPSG:27700",
    )
    district = np.array([row[2] for row in rows])
    table = pd.DataFrame(
        {
            "LSOA11CD": frame["LSOA11CD"],
            "LAD17CD": [f"E0700000{k + 1}" for k in district],
            "LAD17NM": [f"District {k + 1}" for k in district],
            "STP17CD": [f"E5400000{k // 2 + 1}" for k in district],
            "STP17NM": [f"Plan {k // 2 + 1}" for k in district],
            "LEP17CD1": [f"E3700000{1 + (n // WIDE) // 2}" for n in range(WIDE * HIGH)],
            "LEP17CD2": [None if n else "E37000002" for n in range(WIDE * HIGH)],
        }
    )
    return frame, table


@pytest.fixture
def folder(tmp_path):
    frame, table = country()
    frame.merge(table, on="LSOA11CD").sample(frac=1, random_state=1).to_file(
        tmp_path / "lsoas.gpkg"
    )
    return tmp_path


@pytest.fixture(scope="module")
def brief():
    return Brief(unit_layer="lsoa", anchors=(), k=4, split_cost=0.0, border_cost=1.0)


def pairs_of(graph):
    return {
        (row["focal"], row["neighbour"]): (row["kind"], row["reason"])
        for row in graph.links.to_dict("records")
        if row["focal"] < row["neighbour"]
    }


def test_small_areas_come_with_their_bodies_people_and_borders(folder):
    inputs = chain.gather(folder, unit_layer="lsoa")
    atoms, graph = inputs.atoms, inputs.graph
    assert atoms.layers == ("lad", "lep", "lsoa", "stp")
    assert (len(atoms), len(graph), graph.layer) == (32, 32, "lsoa")
    assert atoms.total("population") == sum(range(100, 132))
    assert atoms.total("area") == pytest.approx((32 - 4 * 0.2) * 1e6)
    assert atoms.kind("lep") == "cover"
    assert atoms.regions("lad")["E07000001"] == "District 1"
    assert atoms.regions("lsoa")["E01000005"] == "Place 05"
    assert graph.units.loc["E01000009", ["name", "population", "age"]].tolist() == [
        "Place 09", 109, 40
    ]  # fmt: skip
    assert graph.neighbours("Place 09", links=False).to_dict() == dict.fromkeys(
        ("E01000001", "E01000008", "E01000010", "E01000017"), 1000.0
    )
    assert inputs.people_note == "People: lsoas.gpkg."
    assert inputs.layer("stp").frame["name"].tolist() == ["Plan 1", "Plan 2"]


def test_small_areas_are_the_atoms_that_a_lookup_makes(folder):
    frame, table = country()
    known = Atoms.from_lookup(
        frame.merge(table, on="LSOA11CD"),
        layers={"lsoa": "LSOA11CD", "lad": "LAD17CD", "stp": "STP17CD",
                "lep": ["LEP17CD1", "LEP17CD2"]},
        measures=["population"],
    )  # fmt: skip
    atoms = chain.gather(folder, unit_layer="lsoa").atoms
    pd.testing.assert_frame_equal(atoms.members, known.members)
    pd.testing.assert_series_equal(atoms.weights("population"), known.weights("population"))


def test_pieces_of_one_district_are_joined_over_water_and_not_over_land(folder):
    inputs = chain.gather(folder, unit_layer="lsoa")
    links = pairs_of(inputs.graph)
    across = [pair for pair in links if links[pair][1].startswith("within District 2")]
    assert len(across) == 1
    assert links[across[0]] == ("bridge", "within District 2: 200 m of water")
    assert int(across[0][1][-2:]) - int(across[0][0][-2:]) == 1
    island = [pair for pair in links if "E01000024" in pair]
    assert [links[pair][1] for pair in island] == ["within District 1: 316 m of water"]
    assert len(inputs.graph.components()) == 1
    assert "2 join pieces of one district (District 1, District 2)" in inputs.notes[-1]


def test_no_link_leads_over_the_land_of_others(tmp_path):
    frame, table = country()
    # An exclave of the fourth district beyond the land of the third.
    table.loc[27, ["LAD17CD", "LAD17NM"]] = ["E07000004", "District 4"]
    frame.merge(table, on="LSOA11CD").to_file(tmp_path / "lsoas.gpkg")
    reasons = chain.gather(tmp_path, unit_layer="lsoa").graph.links["reason"]
    assert not reasons.str.contains("District 4").any()


def test_declared_links_join_the_nearest_small_areas_of_their_districts(tmp_path):
    frame, table = country()
    # The Isle of Wight lies 3 km off Southampton, and 2.5 km off Portsmouth.
    codes = {1: "E06000045", 2: "E06000044", 3: "E06000046", 4: "E07000091"}
    district = table["LAD17CD"].str[-1].astype(int)
    table["LAD17CD"] = district.map(codes)
    away = (district == 3).to_numpy()
    frame.loc[away, "geometry"] = frame.loc[away].translate(yoff=-6500.0)
    frame.merge(table, on="LSOA11CD").to_file(tmp_path / "lsoas.gpkg")
    graph = chain.gather(tmp_path, unit_layer="lsoa").graph
    ferries = {pair for pair, (kind, _) in pairs_of(graph).items() if kind == "ferry"}
    assert len(ferries) == 3
    assert all("E01000028" in pair or "E01000029" in pair for pair in ferries)
    assert len(graph.components()) == 1


def test_a_proposal_of_small_areas(folder, brief):
    inputs = chain.gather(folder, unit_layer="lsoa")
    plan = ct.propose(inputs.graph, inputs.atoms, brief, method="merge")
    assert plan.count == 4
    assert (plan.pieces(inputs.graph) == 1).all()
    table = plan.area_table(inputs.atoms)
    assert table["population"].sum() == inputs.atoms.total("population")
    assert set(table.index) <= {f"District {k}{n}" for k in range(1, 5) for n in ("", " (2)")}
    tables = chain.result_tables(inputs, plan)
    assert len(tables["plan"]) == 32


def test_a_unit_moved_by_hand_is_scored_and_logged(folder, brief):
    inputs = chain.gather(folder, unit_layer="lsoa")
    plan = ct.propose(inputs.graph, inputs.atoms, brief, method="merge")
    one, other = plan.areas.index[:2]
    unit = plan.units.index[plan.units["area"] == one][0]
    moved = reassign(plan, {plan.units["name"][unit]: other})
    assert moved.area_of(unit) == other
    assert moved.decisions.iloc[-1][["step", "unit", "from", "to", "why"]].tolist() == [
        33, unit, one, other, "moved by hand"
    ]  # fmt: skip
    assert moved.certificate is None
    before, after = (own.on(inputs.atoms).overlap("lad", "plan") for own in (plan, moved))
    weight = inputs.atoms.overlap("lsoa", "lsoa").left_totals["weight"][unit]
    change = after.right_totals["weight"] - before.right_totals["weight"]
    assert (change[one], change[other]) == (-weight, weight)
    with pytest.raises(CodeError, match="no area Nowhere"):
        reassign(plan, {unit: "Nowhere"})
    with pytest.raises(CodeError, match="stands twice"):
        reassign(plan, {unit: other, plan.units["name"][unit]: other})


def test_an_area_that_loses_all_its_units_is_gone(folder, brief):
    inputs = chain.gather(folder, unit_layer="lsoa")
    plan = ct.propose(inputs.graph, inputs.atoms, brief, method="merge")
    one, other = plan.areas.index[:2]
    moved = reassign(plan, dict.fromkeys(plan.units.index[plan.units["area"] == one], other))
    assert one not in moved.areas.index
    assert moved.count == plan.count - 1


def test_memberships_and_people_from_tables(tmp_path):
    frame, table = country()
    frame.drop(columns=["population", "age"]).to_file(tmp_path / "lsoas.gpkg")
    with pytest.raises(ColumnError, match=r"no column of people .* --population"):
        chain.gather(tmp_path, unit_layer="lsoa")
    people = tmp_path / "people"
    people.mkdir()
    frame[["LSOA11CD", "population"]].to_csv(people / "people.csv", index=False)
    with pytest.raises(ColumnError, match="no lookup of lsoa"):
        chain.gather(tmp_path, unit_layer="lsoa", population=people / "people.csv")
    lep = ["LSOA11CD", "LEP17CD1", "LEP17CD2"]
    table[lep].to_csv(tmp_path / "lookup_lep.csv.gz", index=False)
    table.drop(columns=lep[1:]).to_csv(tmp_path / "lookup_rest.csv", index=False)
    pd.DataFrame({"CCG17CD": ["x"]}).to_csv(tmp_path / "lookup_other.csv", index=False)
    found = small_areas(tmp_path, "lsoa", population=people / "people.csv")
    assert found.people_note == "People: people.csv."
    assert found.atoms.layers == ("lad", "lep", "lsoa", "stp")
    assert found.atoms.total("population") == frame["population"].sum()
    assert found.atoms.regions("stp").tolist() == ["Plan 1", "Plan 2"]
    assert found.atoms.total("population", layer="lep") == frame["population"].sum()


def test_small_areas_without_a_district_are_named(tmp_path):
    frame, table = country()
    table.loc[3, "LAD17CD"] = None
    frame.merge(table, on="LSOA11CD").to_file(tmp_path / "lsoas.gpkg")
    with pytest.raises(CodeError, match="E01000003 lie in no region of lad"):
        chain.gather(tmp_path, unit_layer="lsoa")
    frame.merge(table.assign(LAD16CD="E07000009"), on="LSOA11CD").to_file(tmp_path / "lsoas.gpkg")
    with pytest.raises(ColumnError, match="layer 'lad' of several years"):
        chain.gather(tmp_path, unit_layer="lsoa")


def test_without_districts_no_link_is_known(tmp_path):
    frame, table = country()
    frame.merge(table.drop(columns=["LAD17CD", "LAD17NM"]), on="LSOA11CD").to_file(
        tmp_path / "lsoas.gpkg"
    )
    inputs = chain.gather(tmp_path, unit_layer="lsoa")
    assert inputs.graph.links.empty
    assert "without districts" in inputs.notes[-1]
    brief = Brief(unit_layer="lsoa", anchors=(), k=2)
    with pytest.raises(CodeError, match=r"3 pieces.*Place 24.*nearest: Place"):
        ct.propose(inputs.graph, inputs.atoms, brief, method="merge")


@pytest.mark.parametrize(
    ("layer", "words"),
    [
        ("lsoa", "'lsoa' needs --boundaries, a folder with LSOA boundaries .* such as LSOA11CD"),
        ("ccg", "'ccg' needs --boundaries, a folder with CCG .* such as CCG17CD"),
        ("lsao", "wanted lad, atom or a layer of small areas such as lsoa; did you mean"),
    ],
)
def test_units_that_the_embedded_figures_lack(layer, words):
    with pytest.raises(CoterminosityError, match=words):
        chain.gather(unit_layer=layer)


def test_units_that_a_folder_lacks(folder, tmp_path):
    with pytest.raises(BoundaryFileError, match="'ward': .* has no boundary file of this layer"):
        chain.gather(folder, unit_layer="ward")
    frame, table = country()
    frame.loc[1, "geometry"] = frame.geometry[0]
    frame.merge(table, on="LSOA11CD").to_file(tmp_path / "lsoas.gpkg")
    with pytest.raises(CodeError, match="regions overlap, and units must not"):
        chain.gather(tmp_path, unit_layer="lsoa")


def test_embedded_atoms_as_units():
    inputs = chain.gather(unit_layer="atom")
    assert (len(inputs.graph), len(inputs.graph.components())) == (405, 1)
    assert inputs.schematic
    data = ct.england_2017()
    home = data.atoms.members.loc[data.atoms.members["layer"] == "lad"].set_index("atom")["code"]
    carried = {(home[a], home[b]) for a, b in data.atom_graph.links[["focal", "neighbour"]].values}
    assert carried == set(map(tuple, data.graph.links[["focal", "neighbour"]].values))
    brief = Brief(unit_layer="atom", anchors=(), k=30, border_cost=1.0)
    plan = ct.propose(inputs.graph, inputs.atoms, brief, method="merge")
    assert plan.count == 30
    assert (plan.pieces(inputs.graph) == 1).all()
    people = plan.area_table(inputs.atoms)["population"].sum()
    assert people == data.atoms.total("population")
    # Atoms that were not made into a layer of their own are scored just so.
    pd.testing.assert_series_equal(
        scores.summary(plan.on(data.atoms).overlap("lep", "plan")),
        scores.summary(plan.on(inputs.atoms).overlap("lep", "plan")),
    )
    assert plan.area_table(data.atoms)["population"].sum() == people


@pytest.fixture(scope="module")
def lsoas(shared):
    return chain.gather(shared, unit_layer="lsoa")


def test_the_real_lsoas_are_one_piece(lsoas):
    graph, atoms = lsoas.graph, lsoas.atoms
    assert (len(graph), len(atoms), atoms.total("population")) == (32844, 32844, 55_619_430)
    assert len(graph.links) // 2 == 24
    adjacency = graph.adjacency()
    assert len(parts_of(list(graph.units.index), adjacency)) == 1
    lads = atoms.overlap("lsoa", "lad").pairs
    inside = {d: parts_of(list(own["left"]), adjacency) for d, own in lads.groupby("right")}
    assert len(inside) == 326
    assert all(len(parts) == 1 for parts in inside.values())
    embedded = ct.england_2017().atoms
    for pair in (("lep", "stp"), ("lad", "crc"), ("ccg", "pfa"), ("region", "combined_authority")):
        pd.testing.assert_frame_equal(
            atoms.overlap(*pair).pairs, embedded.overlap(*pair).pairs, rtol=1e-9
        )


def test_a_district_border_redrawn_at_lsoa_level_is_rescored_at_once(lsoas):
    atoms = lsoas.atoms
    homes = atoms.overlap("lsoa", "stp").pairs.set_index("left")["right"]
    assert scores.summary(
        atoms.with_layer("plan", homes, of="lsoa").overlap("stp", "plan")
    )["coterminosity"] == pytest.approx(1.0)  # fmt: skip
    lads = atoms.overlap("lsoa", "lad").pairs.set_index("left")["right"]
    inner = lads.index[lads == "E07000012"][:10]  # of South Cambridgeshire
    people = atoms.overlap("lsoa", "lsoa").left_totals["weight"].loc[inner].sum()
    moved = homes.copy()
    moved[inner] = next(stp for stp in homes if stp != homes[inner[0]])
    began = time.process_time()
    planned = atoms.with_layer("plan", moved, of="lsoa")
    after = {layer: scores.summary(planned.overlap(layer, "plan")) for layer in ("lep", "stp")}
    assert time.process_time() - began < 5.0  # less than one on a quiet machine
    assert after["stp"]["split_share"] == pytest.approx(people / atoms.total("population"))
    assert 0.5 < after["lep"]["coterminosity"] < 1.0
