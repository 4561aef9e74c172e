"""The hexagon cartogram: neighbours stay neighbours, the coast is known, the bytes are the same."""

import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
import shapely

import coterminosity as ct
from coterminosity import errors, maps
from coterminosity.maps.hexagons import hexagons, on_hexagons
from coterminosity.maps.tiling import AROUND, honeycomb, kept_borders
from coterminosity.units import parts_of
from tests.conftest import boxes


@pytest.fixture(scope="module")
def data():
    return ct.england_2017()


@pytest.fixture(scope="module")
def lad(data):
    return data.atoms.dissolve("lad")


@pytest.fixture(scope="module")
def tiles(lad, tmp_path_factory):
    """Laid out anew, not read from a cache that another layout filled."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COTERMINOSITY_CACHE", str(tmp_path_factory.mktemp("cache")))
        return hexagons(lad)


def neighbours(tiles) -> dict[str, tuple[str, ...]]:
    drawn, codes = tiles.geometry.to_numpy(), list(tiles.frame.index)
    left, right = shapely.STRtree(drawn).query(drawn, predicate="dwithin", distance=1.0)
    shared = shapely.length(shapely.intersection(drawn[left], drawn[right])) > 1.0
    near = {code: [] for code in codes}
    for a, b, own in zip(left, right, shared, strict=True):
        if own and a != b:
            near[codes[a]].append(codes[b])
    return {code: tuple(others) for code, others in near.items()}


def test_three_in_four_borders_are_kept(data, tiles):
    near, borders = neighbours(tiles), data.graph.borders
    assert len(borders) == 2 * 826
    kept = np.mean([b in near[a] for a, b in zip(borders.focal, borders.neighbour, strict=True)])
    assert kept >= 0.75


def test_tiles_are_equal_hexagons_side_by_side(data, tiles):
    assert tiles.geometry_kind == "hex"
    assert len(tiles) == 326
    assert tiles.geometry.area.to_numpy() == pytest.approx(data.atoms.total("area") / 326)
    assert (shapely.get_num_coordinates(tiles.geometry.to_numpy()) == 7).all()
    assert tiles.kind == "partition"
    assert tiles.matched


def test_the_coast_and_regions_can_be_recognised(data, lad, tiles):
    middle = tiles.geometry.centroid
    real = lad.geometry.centroid
    for side in ("x", "y"):
        both = pd.DataFrame({"tile": getattr(middle, side), "real": getattr(real, side)})
        assert both.corr(method="spearman").iloc[0, 1] > 0.93
    code = data.graph.code_of
    high, wide = middle.y.rank(), middle.x.rank()
    assert high[code("Northumberland")] > 317
    assert wide[code("Cornwall")] < 8
    assert high[code("Cornwall")] < 100
    assert wide[code("Thanet")] > 310
    assert wide[code("Waveney")] > 270
    plan, near = ct.propose(data.graph, data.atoms, ct.Brief(contested="least-split")), {}
    near = neighbours(tiles)
    pieces = [len(parts_of(list(own.index), near)) for _, own in
              plan.assignment.groupby(plan.assignment)]  # fmt: skip
    assert sum(pieces) <= 38 * 1.2


def test_tiles_are_the_same_whatever_they_were_drawn_in(tiles, shared):
    real = ct.BoundaryLayer.from_file(shared / "lad_dec_2017_buc.geojson", layer="lad")
    again = hexagons(real.clip("England"))
    assert again.geometry.geom_equals(tiles.geometry).all()
    assert again.names["E09000008"] == "Croydon"


def test_the_layout_is_the_same_under_every_hash_seed():
    script = (
        "import numpy as np\n"
        "from coterminosity.maps.tiling import honeycomb\n"
        "rng = np.random.default_rng(5)\n"
        "places = rng.random((60, 2)) * 10\n"
        "edges = {tuple(sorted((a, int(b)))) for a in range(60)\n"
        "         for b in np.argsort(((places - places[a]) ** 2).sum(1))[1:5]}\n"
        "print(honeycomb(places, np.array(sorted(edges)), tile=1.3).tolist())\n"
    )
    said = {
        subprocess.run(
            [sys.executable, "-c", script], capture_output=True, text=True, check=True,
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path)},
        ).stdout
        for seed in ("1", "2")
    }  # fmt: skip
    assert len(said) == 1
    assert len(said.pop()) > 400


def test_exchanges_keep_more_borders_than_the_nearest_cells():
    places = np.array([(x + 0.3 * (y % 2), y) for y in range(6) for x in range(6)], dtype=float)
    edges = np.array([(a, b) for a in range(36) for b in range(a)
                      if np.hypot(*(places[a] - places[b])) < 1.3])  # fmt: skip
    cells = honeycomb(places, edges, tile=1.0)
    assert len({tuple(cell) for cell in cells.tolist()}) == 36
    assert kept_borders(cells, edges) > 0.9
    by_hand = sum(tuple(cells[a] - cells[b]) in AROUND for a, b in edges) / len(edges)
    assert kept_borders(cells, edges) == pytest.approx(by_hand)


def test_the_layout_is_kept_in_the_cache(monkeypatch, tmp_path):
    monkeypatch.setenv("COTERMINOSITY_CACHE", str(tmp_path))
    row = {f"u{k}": [(10 * k, 0, 10 * k + 10, 10)] for k in range(5)}
    first = hexagons(boxes("lad", row))
    (file,) = (tmp_path / "hexagons").iterdir()
    cells = file.read_text().splitlines()
    file.write_text("\n".join(reversed(cells)))
    turned = hexagons(boxes("lad", row))
    assert turned.geometry["u0"].centroid.x == pytest.approx(first.geometry["u4"].centroid.x)
    monkeypatch.setenv("COTERMINOSITY_CACHE", str(file / "no folder"))
    assert hexagons(boxes("lad", row)).geometry["u0"].equals(first.geometry["u0"])


def test_regions_are_drawn_by_the_tiles_of_their_units():
    units = boxes("lad", {f"u{k}": [(10 * k, 0, 10 * k + 10, 10)] for k in range(4)})
    cover = boxes("lep", {"a": [(0, 0, 24, 10)], "b": [(8, 0, 40, 10)], "c": [(38, 0, 40, 10)]})
    drawn = on_hexagons(cover, units)
    assert list(drawn.frame.index) == ["a", "b"]
    tile = hexagons(units).geometry.area.iloc[0]
    assert (drawn.geometry.area / tile).round(6).to_list() == [2.0, 3.0]
    assert drawn.kind == "cover"


def test_a_map_of_hexagons_says_what_it_is(data, lad, tiles):
    plan = ct.propose(data.graph, data.atoms)
    ax = maps.areas(plan, lad, geometry="hex", ax=maps.new_page()[1])
    assert ax.get_title("left").endswith("(hexagon cartogram)")
    extent = ax._left_title.get_window_extent()
    assert extent.x1 <= ax.get_window_extent().x1 + 1
    source = " ".join(t.get_text() for t in ax.texts if t.get_gid() == "source")
    assert "one tile for each district" in source.replace("\n", " ")
    assert not ax.child_axes
    assert not any("km" in t.get_text() for t in ax.texts)
    stp, lep = data.atoms.dissolve("stp"), data.atoms.dissolve("lep")
    for figure in (
        maps.figure19(lad, stp, geometry="hex", ax=maps.new_page()[1]),
        maps.figure21(lep, stp, units=lad, geometry="hex", ax=maps.new_page()[1]),
    ):
        assert figure.get_title("left").endswith("(hexagon cartogram)")
    with pytest.raises(errors.LayerError, match="give units="):
        maps.figure21(lep, stp, geometry="hex", ax=maps.new_page()[1])
    with pytest.raises(errors.LayerError, match="is hex; real boundaries"):
        maps.drawn_as(tiles, "real")
    with pytest.raises(errors.LayerError, match="of hexagons; give the layer"):
        maps.drawn_as(tiles, "schematic")
