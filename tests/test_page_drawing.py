"""The drawing of a page: arcs that give back every polygon, small, valid and complete."""

import gzip

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

import coterminosity as ct
from coterminosity import chain
from coterminosity.errors import LayerError
from coterminosity.page import html_of
from coterminosity.page.drawing import draw, encode
from coterminosity.page.payload import DRAWING_LETTERS, _inner_points

KM = 1000.0


def boxes(*sides):
    return np.array([shapely.box(*(KM * side for side in own)) for own in sides], dtype=object)


def decode(text: str) -> list[np.ndarray]:
    """Read letters the slow way, as `drawing.js` does."""
    numbers, value, shift = [], 0, 0
    for letter in text:
        digit = (92 if letter == "#" else ord(letter)) - 63
        value += (digit & 31) << shift
        shift += 5
        if digit < 32:
            numbers.append(~(value >> 1) if value & 1 else value >> 1)
            value, shift = 0, 0
    arcs, x, y, at = [], 0, 0, 0
    while at < len(numbers):
        points = []
        for k in range(numbers[at]):
            x, y = x + numbers[at + 1 + 2 * k], y + numbers[at + 2 + 2 * k]
            points.append((x, y))
        at += 1 + 2 * numbers[at]
        arcs.append(np.array(points))
    return arcs


points = st.tuples(st.integers(-40_000, 40_000), st.integers(-40_000, 40_000))


@given(st.lists(st.lists(points, min_size=2, max_size=9), max_size=6))
def test_letters_give_back_the_arcs(arcs):
    own = [np.array(arc, dtype=np.int64) for arc in arcs]
    text = encode(own)
    assert len(own) == len(decode(text))
    assert all((a == b).all() for a, b in zip(own, decode(text), strict=True))
    assert not set(text) - {chr(k) for k in range(63, 127)} - {"#"}
    assert not set(text) & set('\\"<&')


def test_two_squares_share_one_arc():
    made = draw(boxes((0, 0, 10, 10), (10, 0, 20, 10)), [0, 1], letters=1000, simplify=False)
    sides = sorted(zip(made.left.tolist(), made.right.tolist(), strict=True))
    assert sorted(map(sorted, sides)) == [[-1, 0], [-1, 1], [0, 1]]
    shared = next(k for k, own in enumerate(made.arcs) if {made.left[k], made.right[k]} == {0, 1})
    assert made.arcs[shared][:, 0].tolist() == [10_000, 10_000]  # the middle of the map
    # y runs down: going down the middle, the western square is on the right.
    downward = made.arcs[shared][0, 1] < made.arcs[shared][-1, 1]
    assert (made.right if downward else made.left)[shared] == 0


def test_holes_islands_and_enclaves_come_back():
    ring = shapely.box(0, 0, 30 * KM, 30 * KM) - shapely.box(10 * KM, 10 * KM, 20 * KM, 20 * KM)
    island = shapely.box(40 * KM, 0, 45 * KM, 5 * KM)
    inner = shapely.box(10 * KM, 10 * KM, 15 * KM, 20 * KM)  # the rest of the hole is a lake
    given_ = np.array([shapely.union(ring, island), inner], dtype=object)
    made = draw(given_, [0, 1], letters=1000, simplify=False)
    back = made.polygons([0, 1], count=2)
    assert shapely.area(back) * made.step**2 == pytest.approx(shapely.area(given_), rel=1e-3)
    assert shapely.get_num_geometries(back).tolist() == [2, 1]
    assert made.polygons([0, 0], count=1)[0].area * made.step**2 == pytest.approx(
        shapely.area(given_).sum(), rel=1e-3
    )


def test_a_border_drawn_twice_becomes_one():
    """Gaps and overlaps of a few metres are differences of drawing, not coast."""
    east = shapely.box(10_000, 0, 20_000, 10_000)
    for x in (9_990, 10_010):
        middle = [(10_000, 2_000), (x, 5_000), (10_000, 8_000)]
        west = shapely.Polygon([(0, 0), (10_000, 0), *middle, (10_000, 10_000), (0, 10_000)])
        made = draw(np.array([west, east], dtype=object), [0, 1], letters=1000, simplify=False)
        inner = [
            {int(made.left[k]), int(made.right[k])}
            for k, arc in enumerate(made.arcs)
            if 0.45 < arc[:, 0].mean() / made.width < 0.55
        ]
        assert inner
        assert all(sides == {0, 1} for sides in inner)
    lake = [(10_000, 2_000), (8_000, 5_000), (10_000, 8_000)]
    west = shapely.Polygon([(0, 0), (10_000, 0), *lake, (10_000, 10_000), (0, 10_000)])
    made = draw(np.array([west, east], dtype=object), [0, 1], letters=1000, simplify=False)
    back = made.polygons([0, 1], count=2)
    assert shapely.area(back)[0] * made.step**2 == pytest.approx(west.area, rel=1e-3)


def test_the_largest_part_of_a_small_unit_is_kept_and_other_islets_are_not():
    land, island, islet = (
        shapely.box(0, 0, 600 * KM, 600 * KM),
        shapely.box(610 * KM, 0, 610 * KM + 260, 260),
        shapely.box(605 * KM, 0, 605 * KM + 150, 150),
    )
    made = draw(np.array([land, shapely.union(island, islet)], dtype=object), [0, 1], letters=999)
    assert made.step == pytest.approx(610_260 / 20_000)  # at the first try
    back = made.polygons([0, 1], count=2)
    assert shapely.get_num_geometries(back).tolist() == [1, 1]
    assert back[1].centroid.x * made.step == pytest.approx(610_130, abs=100)


def test_labels_stand_in_the_largest_part_and_well_inside():
    own = shapely.union(shapely.box(0, 0, 2 * KM, 2 * KM), shapely.box(10 * KM, 0, 19 * KM, 9 * KM))
    made = draw(np.array([own], dtype=object), [0], letters=999, simplify=False)
    ((x, y),) = _inner_points(made, np.array([0]), 1) * made.step
    assert (x, y) == (pytest.approx(14_500, abs=400), pytest.approx(4_500, abs=400))


def test_a_unit_too_small_for_the_grid_gets_a_finer_one():
    own = boxes((0, 0, 600, 600), (600, 0, 600.02, 0.02))
    made = draw(own, [0, 1], letters=1000)
    assert made.step < 30 / 1.5
    assert shapely.area(made.polygons([0, 1], count=2)).min() > 0
    with pytest.raises(LayerError, match="1 units are too small to be drawn"):
        draw(boxes((0, 0, 600, 600), (600, 0, 600.0001, 0.0001)), [0, 1], letters=1000)


@pytest.mark.parametrize("letters", [6_000, 60_000])
def test_the_budget_of_letters_holds_and_finer_is_nearer(letters):
    """A ragged border between two squares: the more letters, the nearer to the truth."""
    rng = np.random.default_rng(3)
    y = np.linspace(0, 300_000, 60_000)
    x = 150_000 + np.cumsum(rng.normal(0, 40, len(y)))
    line = list(zip(x, y, strict=True))
    west = shapely.Polygon([*line, (0, 300_000), (0, 0)])
    east = shapely.Polygon([*line, (300_000, 300_000), (300_000, 0)])
    made = draw(np.array([west, east], dtype=object), [0, 1], letters=letters)
    assert made.letters <= letters
    assert made.letters > letters / 4 or made.tolerance < 3.1 * made.step
    back = made.polygons([0, 1], count=2)
    assert shapely.area(back)[0] * made.step**2 == pytest.approx(west.area, rel=2e-3)


def _checked(atoms, graph, made, groups, share):
    """Every unit has a valid shape of the right size, and the neighbours that it has."""
    count = len(graph)
    back = made.polygons(groups, count=count)
    assert not shapely.is_empty(back).any()
    assert shapely.is_valid(back).all()
    true = atoms.geometry.area.groupby(groups).sum().to_numpy()
    assert shapely.area(back) * made.step**2 == pytest.approx(true, rel=share)
    assert shapely.area(back).sum() * made.step**2 == pytest.approx(true.sum(), rel=2e-3)
    assert shapely.coverage_is_valid(back)
    left, right = np.append(groups, -1)[made.left], np.append(groups, -1)[made.right]
    return {tuple(sorted(own)) for own in zip(left.tolist(), right.tolist(), strict=True)
            if own[0] != own[1] and -1 not in own}  # fmt: skip


def _groups(atoms, graph):
    own = atoms.members.loc[atoms.members["layer"] == "lad"].set_index("atom")["code"]
    return graph.units.index.get_indexer(own.reindex(atoms.measures.index))


def test_the_schematic_map_of_england_comes_back():
    data = ct.england_2017()
    groups = _groups(data.atoms, data.graph)
    polygons = data.atoms.geometry.to_numpy()
    made = draw(polygons, groups, letters=DRAWING_LETTERS, simplify=False)
    drawn = _checked(data.atoms, data.graph, made, groups, share=0.012)
    whole = data.atoms.dissolve("lad").frame.geometry.to_numpy()
    tree = shapely.STRtree(whole)
    a, b = tree.query(whole, predicate="touches")
    edge = shapely.length(shapely.intersection(whole[a], whole[b])) > 2 * made.step
    wide = {tuple(sorted(own)) for own in zip(a[edge].tolist(), b[edge].tolist(), strict=True)}
    assert wide <= drawn
    assert made.tolerance == 0
    assert made.letters < 20_000


def test_the_real_map_and_page_of_england_are_small_and_keep_every_border(shared):
    inputs = chain.gather(shared)
    groups = _groups(inputs.atoms, inputs.graph)
    made = draw(inputs.atoms.geometry.to_numpy(), groups, letters=DRAWING_LETTERS)
    assert made.letters <= DRAWING_LETTERS
    assert len(gzip.compress(encode(made.arcs).encode())) < 140_000
    assert made.tolerance < 200
    # The Isles of Scilly are 140 islets: those under a few hectares are left out.
    drawn = _checked(inputs.atoms, inputs.graph, made, groups, share=0.06)
    borders = inputs.graph.borders
    index = inputs.graph.units.index
    long = borders.loc[borders["metres"] > 2_000]
    wanted = {
        tuple(sorted(own))
        for own in zip(
            index.get_indexer(long["focal"]).tolist(),
            index.get_indexer(long["neighbour"]).tolist(),
            strict=True,
        )
    }
    assert wanted <= drawn
    plan = ct.propose(inputs.graph, inputs.atoms, ct.Brief(contested="least-split"))
    text = html_of(ct.Scenario(plan)).encode()
    assert len(text) <= 1_000_000
    assert len(gzip.compress(text)) <= 350_000
