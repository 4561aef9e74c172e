"""Maps of plans: colours that stay, what moves between two plans, and contested ground."""

import itertools
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
import shapely
from matplotlib.colors import to_hex, to_rgb

import coterminosity as ct
from coterminosity import errors, maps
from coterminosity.maps.assigned import draw_plan
from coterminosity.maps.borders import borders_of
from coterminosity.maps.colours import DISTINCT, coloured
from coterminosity.maps.contested import stripes
from coterminosity.maps.labels import taken_by
from coterminosity.maps.moves import moves_of
from tests.conftest import boxes

# What protan, deutan and tritan eyes see of linear RGB (Machado et al. 2009, severity 1).
EYES = {
    "normal": np.eye(3),
    "protan": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216],
               [-0.003882, -0.048116, 1.051998]],
    "deutan": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413],
               [-0.011820, 0.042940, 0.968881]],
    "tritan": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602],
               [0.004733, 0.691367, 0.303900]],
}  # fmt: skip
TO_XYZ = [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750],
          [0.0193339, 0.1191920, 0.9503041]]  # fmt: skip


@pytest.fixture(scope="module")
def data():
    return ct.england_2017()


@pytest.fixture(scope="module")
def lad(data):
    return data.atoms.dissolve("lad")


@pytest.fixture(scope="module")
def plan(data):
    return ct.propose(data.graph, data.atoms)


@pytest.fixture(scope="module")
def after(plan):
    """Croydon leaves London, Warrington to Liverpool, and the Solent has another name."""
    moved = plan.assignment.replace({"Solent": "Wessex Coast"})
    moved["E09000008"], moved["E06000007"] = "Coast to Capital", "Liverpool City Region"
    return moved


def grid(areas: str) -> tuple[ct.BoundaryLayer, pd.Series]:
    """Draw a row of squares of 10 km, one for each letter, in the area of that letter."""
    codes = [f"u{k}" for k in range(len(areas))]
    layer = boxes("lad", {c: [(10 * k, 0, 10 * k + 10, 10)] for k, c in enumerate(codes)})
    return layer, pd.Series(list(areas), index=codes)


def lab(colour: str, eye: str) -> np.ndarray:
    rgb = np.array(to_rgb(colour))
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    xyz = np.array(TO_XYZ) @ np.clip(np.array(EYES[eye]) @ linear, 0, 1)
    xyz = xyz / [0.95047, 1.0, 1.08883]
    f = np.where(xyz > 216 / 24389, np.cbrt(xyz), (24389 / 27 * xyz + 16) / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize("eye", EYES)
def test_any_two_colours_differ_to_all_eyes_and_carry_black_text(eye):
    for one, other in itertools.combinations(DISTINCT, 2):
        assert np.linalg.norm(lab(one, eye) - lab(other, eye)) >= 20, (one, other)
    assert all(lab(colour, "normal")[0] >= 60 for colour in DISTINCT)


def test_neighbours_differ_over_borders_links_and_near_water(plan, lad):
    drawing = draw_plan(plan, lad)
    colours = drawing.colours()
    assert len(drawing.neighbours) > 80
    assert all(colours[a] != colours[b] for a, b in drawing.neighbours)
    assert set(colours.values()) <= set(DISTINCT)
    islands = boxes("lad", {"E06000046": [(0, 0, 5, 5)], "E07000091": [(15, 0, 20, 5)],
                            "x": [(40, 0, 45, 5)], "y": [(47, 0, 50, 5)]})  # fmt: skip
    apart = draw_plan({"E06000046": "Wight", "E07000091": "Forest", "x": "X", "y": "Y"}, islands)
    assert ("Wight", "Forest") in {*apart.neighbours, *(p[::-1] for p in apart.neighbours)}
    assert ("X", "Y") in apart.neighbours


def test_an_area_keeps_its_colour_when_a_district_moves(plan, lad):
    drawing = draw_plan(plan, lad)
    before = drawing.colours()
    near = borders_of(lad).near
    names = plan.assignment.reindex(lad.frame.index).to_numpy()
    changed, kept = [], []
    for a, b in list(zip(*near, strict=True))[::11]:
        if names[a] is None or names[b] is None or names[a] == names[b]:
            continue
        moved = plan.assignment.copy()
        moved[lad.frame.index[a]] = names[b]
        fresh = draw_plan(moved, lad).colours()
        like = draw_plan(moved, lad).colours(like=before)
        changed.append(sum(fresh[name] != before[name] for name in fresh))
        kept.append(sum(like[name] != before[name] for name in like))
    assert len(changed) > 15
    assert np.mean(changed) < 1  # of 38 areas
    assert max(kept) <= 1


def test_a_clique_of_more_than_all_colours_still_differs():
    for count in (12, 17):
        names = [f"n{k}" for k in range(count)]
        found = coloured(names, itertools.combinations(names, 2))
        assert len(set(found.values())) == count


def test_colours_that_clash_give_way_to_one_of_the_two():
    had = {"a": DISTINCT[0], "b": DISTINCT[0], "c": DISTINCT[1]}
    found = coloured("abc", [("a", "b"), ("b", "c")], like=had)
    assert found["a"] != found["b"] != found["c"]
    assert sum(found[name] == had[name] for name in "abc") == 2


def test_colours_are_the_same_under_every_hash_seed():
    script = (
        "from coterminosity.maps.colours import coloured\n"
        "names = [f'area {k}' for k in range(40)]\n"
        "print(coloured(names, {(a, b) for a in names for b in names if hash(a + b) % 9 == -1 or "
        "(len(a) + int(b[5:]) * 7 + int(a[5:])) % 6 == 0}))\n"
    )
    said = {
        subprocess.run(
            [sys.executable, "-c", script], capture_output=True, text=True, check=True,
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path)},
        ).stdout
        for seed in ("1", "2")
    }  # fmt: skip
    assert len(said) == 1


def test_what_moves_is_told_by_matched_areas(plan, after, lad):
    moves = moves_of(plan, after, lad)
    assert moves.match["Solent"] == "Wessex Coast"
    rows = moves.table.set_index("name")
    assert sorted(rows.index) == ["Croydon", "Warrington"]
    assert rows.loc["Croydon", ["from", "to"]].to_list() == ["London", "Coast to Capital"]
    assert rows.loc["Croydon", "people"] == 384_837
    assert moves.renamed() == ["Solent is now Wessex Coast"]
    first, second = moves.colours()
    assert all(second[moves.match[name]] == colour for name, colour in first.items())
    assert all(second[a] != second[b] for a, b in moves.after.neighbours)


def test_open_units_and_other_numbers_of_areas():
    layer, one = grid("aabbc")
    other = pd.Series(["a", "a", "a", None, "d"], index=one.index)
    moves = moves_of(one, other, layer, people=pd.Series(7.0, index=one.index))
    assert moves.match == {"a": "a", "c": "d"}
    assert moves.table[["from", "to", "people"]].to_numpy().tolist() == [
        ["b", "a", 7.0],
        ["b", "no area", 7.0],
    ]
    assert moves.renamed() == ["c is now d", "b is gone"]
    assert moves_of(one, one, layer).headline() == "nothing moves"


def test_many_moves_share_a_number_by_where_they_go():
    layer, one = grid("a" * 30 + "b")
    other = pd.Series(["c"] * 29 + ["a", "b"], index=one.index)
    table = moves_of(one, other, layer).table
    assert len(table) == 29  # an area of the same name is the same, however little is left
    back = pd.Series(["b"] * 26 + ["a"] * 4 + ["a"], index=one.index)
    moves = moves_of(one, back, layer)
    assert len(moves.table) == 27
    assert moves.lines() == [("1", "26 districts: a → b"), ("2", "u30: b → a")]
    assert len(moves.marks) == 2


def test_the_difference_shows_each_move_once_with_its_new_and_old_borders(plan, after, lad):
    ax = maps.difference(plan, after, lad, ax=maps.new_page()[1])
    assert ax.get_title("left") == "2 districts with 594,541 people move (schematic)"
    marks = [t.get_text() for t in ax.texts if t.get_gid() == "move-mark"]
    assert marks == ["1", "2"]
    key = " ".join(t.get_text() for t in ax.texts if t.get_gid() == "key")
    assert "Warrington (209,704): Cheshire and Warrington → Liverpool City Region" in key
    assert "Solent is now Wessex Coast" in key
    names = {t.get_text().replace("\n", " ") for t in ax.texts if t.get_gid() == "area-name"}
    assert names == {"London", "Coast to Capital", "Cheshire and Warrington",
                     "Liverpool City Region"}  # fmt: skip
    _, colours = moves_of(plan, after, lad).colours()
    fills = {to_hex(c).upper() for part in ax.collections for c in part.get_facecolor()}
    assert {colours["Coast to Capital"], colours["Liverpool City Region"]} <= fills


def test_borders_kept_given_up_and_new():
    layer, one = grid("aabbcc")
    other = pd.Series(list("abbbcc"), index=one.index)
    moves = moves_of(one, other, layer)
    borders, was, now = moves.after.borders, moves.before.group, moves.after.group
    found = {
        40_000: borders.between(now, before=was),
        20_000: borders.gone(now, before=was),
        10_000: borders.gone(was, before=now),
    }
    for x, lines in found.items():
        assert lines.total_bounds == pytest.approx([x, 0, x, 10_000], abs=50)


def test_marks_of_small_neighbours_do_not_hide_each_other():
    codes = [f"{letter}{k}" for letter in "abc" for k in range(3)]
    layer = boxes("lad", {code: [(k, 0, k + 1, 1)] for k, code in enumerate(codes)}
                  | {"z": [(0, 1, 90, 90)]})  # fmt: skip
    one = pd.Series("x", index=[*codes, "z"])
    other = one.where(one.index == "z", "y")
    ax = maps.difference(one, other, layer, ax=maps.new_page()[1])
    ax.get_figure().canvas.draw()
    marks = [t for t in ax.texts if t.get_gid() == "move-mark"]
    assert len(marks) == 9
    drawn = [t.get_bbox_patch().get_window_extent() for t in marks]
    for k, a in enumerate(drawn):
        assert not any(a.overlaps(b) for b in drawn[:k])
    # A line leads from what had to leave its unit to where it belongs.
    lines = [line for line in ax.lines if line.get_gid() == "mark-line"]
    ends = {round(float(line.get_xdata()[0])) for line in lines}
    assert ends <= {k * 1_000 + 500 for k in range(9)}
    assert len(lines) >= 6


def test_names_keep_off_the_boxes_of_marks():
    _, ax = maps.new_page()
    ax.text(0.5, 0.5, "9", size=20, bbox={"boxstyle": "round,pad=0.5"})
    bare = ax.texts[0].get_window_extent()
    (taken,) = taken_by(ax)
    assert taken.bounds[2] - bare.x1 == pytest.approx(0.5 * 20 * ax.get_figure().dpi / 72)


def test_before_and_after_share_colours_and_list_the_moves(plan, after, lad):
    left, right = maps.before_after(plan, after, lad, title="Talks")
    assert left.get_title("left") == "Before: 38 areas"
    figure = left.get_figure()
    assert figure is right.get_figure()
    said = [t.get_text() for t in figure.texts]
    assert "Talks (schematic)" in said
    assert sum(t.get_gid() == "move" for t in figure.texts) == 3
    for ax in (left, right):
        assert [t.get_text() for t in ax.texts if t.get_gid() == "move-mark"] == ["1", "2"]
    own = [figure.add_axes((0, 0, 0.5, 1)), figure.add_axes((0.5, 0, 0.5, 1))]
    assert maps.before_after(plan, after, lad, axes=tuple(own)) == tuple(own)


def test_plans_of_different_units_are_refused(plan, lad):
    with pytest.raises(errors.LayerError, match="different units"):
        maps.difference(plan, plan.assignment.iloc[1:], lad, ax=maps.new_page()[1])
    with pytest.raises(errors.CoterminosityError, match="wanted a plan, or a Series"):
        maps.difference(plan, 3, lad, ax=maps.new_page()[1])


@pytest.mark.parametrize("count", [2, 3, 4])
def test_stripes_share_out_all_land_fairly(count):
    shape = shapely.Polygon([(0, 0), (9, 0), (9, 4), (5, 4), (5, 9), (0, 9)])
    parts = stripes(shape, count, width=0.4)
    assert sum(p.area for p in parts) == pytest.approx(shape.area)
    assert shapely.union_all(parts).symmetric_difference(shape).area == pytest.approx(0, abs=1e-9)
    assert all(p.area == pytest.approx(shape.area / count, rel=0.2) for p in parts)


def test_contested_ground_is_striped_in_the_colours_of_its_claimants(plan, lad):
    ax = maps.contested(plan, lad, ax=maps.new_page()[1])
    key = [t.get_text().strip() for t in ax.texts if t.get_gid() == "key"]
    assert key.count("Claimed by") == 3
    assert key[:4] == ["Claimed by", "Coast to Capital", "South East", "Lewes (102,257)"]
    wight = pd.DataFrame({"unit": ["E06000046"] * 3, "area": ["Solent", "Dorset", "Enterprise M3"]})
    ax = maps.contested(plan.assignment, lad, claims=wight, ax=maps.new_page()[1])
    assert ax.get_title("left") == "1 contested district (schematic)"
    stripes_ = [c for c in ax.collections if len(c.get_paths()) and c.get_alpha() is None]
    colours = draw_plan(plan, lad).colours(also=itertools.combinations(wight["area"], 2))
    fills = [to_hex(c).upper() for part in stripes_ for c in part.get_facecolor()]
    assert {colours[name] for name in wight["area"]} <= set(fills)
    with pytest.raises(errors.CodeError, match="no unit E99"):
        maps.contested(plan, lad, claims=wight.assign(unit="E99"), ax=maps.new_page()[1])
    with pytest.raises(errors.CoterminosityError, match="who claims what"):
        maps.contested(plan.assignment, lad, ax=maps.new_page()[1])


def test_a_sheet_keeps_colours_from_panel_to_panel(plan, after, lad):
    after = after.replace({"Wessex Coast": "Solent"})
    panels = maps.sheet({"Rules": plan, "After talks": after}, lad, title="Two plans")
    assert panels[0].get_title("left").startswith("Rules\n38 areas, 6 open; by rules")
    assert panels[1].get_title("left") == "After talks\n38 areas, 6 open"
    fills = [[to_hex(c) for c in panel.collections[0].get_facecolor()] for panel in panels]
    assert sum(a != b for a, b in zip(*fills, strict=True)) <= 1
    assert panels[0].get_figure().texts[0].get_text() == "Two plans (schematic)"


def test_geometry_is_what_is_asked_for_or_refused(plan, lad):
    with pytest.raises(errors.LayerError, match="layer 'lad' is schematic; real boundaries"):
        maps.areas(plan, lad, geometry="real", ax=maps.new_page()[1])
    with pytest.raises(errors.LayerError, match="geometry: wanted real, schematic, hex"):
        maps.areas(plan, lad, geometry="globe", ax=maps.new_page()[1])
    real, areas = grid("aabb")
    ax = maps.difference(areas, areas, real, geometry="schematic", ax=maps.new_page()[1])
    assert ax.get_title("left") == "Nothing moves (schematic)"
    assert "Schematic" in " ".join(t.get_text() for t in ax.texts if t.get_gid() == "source")
