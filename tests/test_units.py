"""The graph of units: borders in metres, links with reasons, what is refused."""

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import coterminosity as ct
from coterminosity import errors
from coterminosity.units import UnitGraph, no_links, parts_of
from tests.conftest import boxes

LINK = pd.DataFrame(
    [("Isle", "West", "ferry", "twice a day")], columns=["focal", "neighbour", "kind", "reason"]
)


def squares() -> dict:
    return {
        "East": [(3, 0, 5, 4)],
        "Isle": [(8, 0, 9, 1)],
        "North": [(0, 4, 5, 6)],
        "West": [(0, 0, 3, 4)],
    }


def test_borders_of_squares_are_measured():
    graph = UnitGraph.build(boxes("lad", squares()), links=LINK)
    assert graph.neighbours("North").to_dict() == {"East": 2000.0, "West": 3000.0}
    assert graph.neighbours("West").to_dict() == {"East": 4000.0, "Isle": 0.0, "North": 3000.0}
    assert graph.neighbours("West", links=False).to_dict() == {"East": 4000.0, "North": 3000.0}
    assert graph.isolates().to_dict() == {"Isle": "Isle"}
    assert graph.isolates(links=True).empty
    assert [len(part) for part in graph.components()] == [4]
    assert graph.components(links=False) == [["East", "North", "West"], ["Isle"]]
    report = graph.report()
    assert report["components"].to_dict() == {"land": 2, "land and links": 1}
    assert report["border_km"].to_list() == [9.0, 9.0]


def test_declared_crossings_are_known_unless_others_are_given():
    codes = {"E06000052": [(0, 0, 3, 4)], "E06000053": [(8, 0, 9, 1)], "x": [(3, 0, 5, 4)]}
    layer = boxes("lad", codes)
    assert UnitGraph.build(layer).neighbours("E06000053").to_dict() == {"E06000052": 0.0}
    assert UnitGraph.build(layer, links=no_links()).neighbours("E06000053").empty


def test_corners_are_no_borders():
    chess = boxes("lad", {"a": [(0, 0, 1, 1)], "b": [(1, 1, 2, 2)], "c": [(1, 0, 2, 1)]})
    assert UnitGraph.build(chess).adjacency() == {"a": ("c",), "b": ("c",), "c": ("a", "b")}


def test_borders_that_do_not_match_are_measured_with_a_tolerance():
    gap = {"W": [(0, 0, 3, 4)], "E": [(3.0005, 0, 5, 4)], "X": [(5, 4.0003, 6, 6)]}
    layer = boxes("lad", gap)
    matched = {"W": [(0, 0, 3, 4)], "E": [(3, 0, 5, 4)], "X": [(5, 4, 6, 6)]}
    graph = UnitGraph.build(layer)
    assert graph.adjacency() == UnitGraph.build(boxes("lad", matched)).adjacency()
    assert graph.neighbours("W")["E"] == pytest.approx(4000.0, rel=1e-3)


@given(st.lists(st.integers(0, 3), min_size=25, max_size=25))
def test_borders_agree_with_counting_edges(labels):
    regions: dict = {}
    for cell, label in enumerate(labels):
        x, y = cell % 5, cell // 5
        regions.setdefault(f"r{label}", []).append((x, y, x + 1, y + 1))
    expected: dict = {}
    for cell, label in enumerate(labels):
        for other in ([cell + 1] if cell % 5 < 4 else []) + ([cell + 5] if cell < 20 else []):
            if labels[other] != label:
                pair = tuple(sorted((f"r{label}", f"r{labels[other]}")))
                expected[pair] = expected.get(pair, 0) + 1000.0
    borders = UnitGraph.build(boxes("lad", dict(sorted(regions.items())))).borders
    found = {
        (row["focal"], row["neighbour"]): row["metres"]
        for row in borders.to_dict("records")
        if row["focal"] < row["neighbour"]
    }
    assert found == pytest.approx(expected)


def test_to_networkx_and_back():
    graph = UnitGraph.build(boxes("lad", squares()), links=LINK)
    other = graph.to_networkx()
    assert nx.is_connected(other)
    assert other.edges["West", "East"]["metres"] == 4000.0
    assert other.edges["Isle", "West"]["reason"] == "twice a day"
    again = UnitGraph.from_networkx(other)
    pd.testing.assert_frame_equal(again.borders, graph.borders)
    pd.testing.assert_frame_equal(again.links, graph.links)
    assert not graph.to_networkx(links=False).has_edge("Isle", "West")


def test_england_has_its_islands():
    graph = ct.england_2017().graph
    assert len(graph.borders) // 2 == 826
    assert sorted(graph.isolates()) == ["Isle of Wight", "Isles of Scilly"]
    assert len(graph.components(links=False)) == 3
    assert len(graph.components()) == 1
    assert graph.links["reason"].str.len().min() > 10
    for one, other in [
        ("Wirral", "Liverpool"),
        ("Thurrock", "Dartford"),
        ("Gosport", "Portsmouth"),
    ]:
        assert graph.code_of(other) in graph.neighbours(one).index
    atoms = ct.england_2017().atom_graph
    assert (len(atoms), len(atoms.borders) // 2, len(atoms.links) // 2) == (405, 1047, 8)
    assert len(atoms.components(links=False)) == 3
    assert len(atoms.components()) == 1


def test_parts_of_agrees_with_networkx():
    graph = ct.england_2017().graph
    rng = np.random.default_rng(1)
    codes = list(graph.units.index)
    for _ in range(20):
        chosen = sorted(rng.choice(codes, size=60, replace=False))
        expected = nx.connected_components(graph.to_networkx().subgraph(chosen))
        assert parts_of(chosen, graph.adjacency()) == sorted(sorted(p) for p in expected)


UNITS = pd.DataFrame({"name": ["A", "B"]}, index=["a", "b"])
BORDER = pd.DataFrame({"focal": ["a"], "neighbour": ["b"], "metres": [5.0]})


@pytest.mark.parametrize(
    ("changes", "error", "words"),
    [
        ({"borders": BORDER.assign(neighbour="z")}, errors.CodeError, "borders: unknown units z"),
        ({"borders": BORDER.assign(neighbour="a")}, errors.CodeError, "a cannot border itself"),
        ({"borders": BORDER.assign(metres=0.0)}, errors.MeasureError, "longer than 0 metres"),
        (
            {"borders": pd.concat([BORDER, BORDER.assign(metres=6.0)])},
            errors.MeasureError,
            "two lengths",
        ),
        (
            {"links": LINK.assign(focal="A", neighbour="B", reason=" ")},
            errors.CodeError,
            "no reason",
        ),
        ({"links": LINK}, errors.NameLookupError, "no region 'Isle'"),
        ({"links": LINK.drop(columns="reason")}, errors.CodeError, "no column reason"),
        ({"units": UNITS.rename(columns={"name": "x"})}, KeyError, "name"),
    ],
)
def test_what_is_refused(changes, error, words):
    given_ = {"units": UNITS, "borders": BORDER} | changes
    with pytest.raises(error, match=words):
        UnitGraph.from_table(given_.pop("units"), given_.pop("borders"), **given_)
