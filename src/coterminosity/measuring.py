"""What the command line says of two layers, in plain words with the technical term beside it."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from coterminosity import chain, scores
from coterminosity.adjacency import border_lengths
from coterminosity.atoms import Atoms
from coterminosity.auditing import Audit, audit
from coterminosity.chance import Progress, Side, null_model
from coterminosity.coincidence import borders_in_common
from coterminosity.england import england_2017
from coterminosity.errors import CoterminosityError
from coterminosity.figures import read_areas, read_figures
from coterminosity.layer import BoundaryLayer
from coterminosity.overlap import Overlap
from coterminosity.scores.measures import worded

_NOUNS = {
    "lad": "district", "pfa": "police area", "crc": "CRC area", "region": "region",
    "combined_authority": "combined authority", "wpcpa": "Work Programme area", "icb": "ICB",
    "cty": "county", "ctyua": "county or unitary authority",
}  # fmt: skip
# A random plan needs three units for an area: with fewer there is little to draw.
_UNITS_FOR_AREA = 3
# Fewer random plans say nothing of how far they spread.
_FEWEST = 20


def noun(layer: str) -> str:
    """Return what one region of a layer is called.

    Examples
    --------
    >>> noun("lep"), noun("pfa"), noun("my_layer")
    ('LEP', 'police area', 'my layer')
    """
    short = layer.upper() if len(layer) <= 4 else layer.replace("_", " ")
    return _NOUNS.get(layer, short)


def plural(layer: str) -> str:
    """Return what regions of a layer are called."""
    one = noun(layer)
    for end, many in (("county or unitary authority", "counties and unitary authorities"),
                      ("y", "ies")):  # fmt: skip
        if one.endswith(end):
            return one.removesuffix(end) + many
    return f"{one}s"


def counted(measure: str) -> str:
    """Return what a measure counts: people, land, atoms, or its own name."""
    return {"area_m2": "land", "population": "people", "count": "atoms"}.get(measure, measure)


def titles(overlap: Overlap) -> tuple[str, str]:
    """Return what the regions of both layers are called."""
    return plural(overlap.left), plural(overlap.right)


@dataclass(frozen=True, eq=False)
class Skill:
    """Measures of random plans beside those of two layers, and how the plans were drawn."""

    table: pd.DataFrame | None
    notes: tuple[str, ...]


def skill_of(
    overlap: Overlap,
    atoms: Atoms,
    *,
    n: int,
    rng: int,
    tolerance: float,
    progress: Progress | None = None,
) -> Skill:
    """Set two layers of the embedded data against random plans in place of one of them.

    Plans stand in for the layer with fewer regions, if it is complete and has few enough for
    random plans of districts, else for the other one.
    """
    if n == 0:
        return Skill(None, ())
    if n < _FEWEST:
        raise CoterminosityError(f"wanted {_FEWEST} random plans or more, or 0 for none, got {n}")
    data = england_2017()
    if atoms is not data.atoms:
        return Skill(None, ("Skill against chance: for layers of the embedded data only; in Python "
                            "`null_model` takes any graph of units.",))  # fmt: skip
    side = _side_by_chance(overlap, units=len(data.graph.units))
    if side is None:
        return Skill(None, (
            f"Skill against chance: neither layer can be drawn at random from "
            f"{len(data.graph.units)} districts; it would have to fill England and have a third "
            "of their number or fewer.",
        ))  # fmt: skip
    k = len(overlap.left_totals if side == "left" else overlap.right_totals)
    null = null_model(data.graph, k=k, n=n, rng=rng, progress=progress)
    table = null.compare(
        atoms, overlap.left, overlap.right, weight=overlap.measure, stands_for=side,
        tolerance=tolerance,
    )  # fmt: skip
    replaced = plural(overlap.left if side == "left" else overlap.right)
    return Skill(table, (
        f"By chance: mean of {null.describe()}, in place of the {replaced}; they are worth "
        f"{table['effective']['coterminosity']:,.0f} independent ones.",
        f"Overall fit is better than that of {table['rank']['coterminosity']:.0%} of them. Skill: "
        "0 % is what chance gives, 100 % the same boundaries. z: how many standard deviations of "
        "the plans better (+) or worse (-) than their mean; beyond 2 is rare by chance.",
    ))  # fmt: skip


def _side_by_chance(overlap: Overlap, *, units: int) -> Side | None:
    sides: tuple[tuple[Side, str], ...] = (("left", overlap.left), ("right", overlap.right))
    fitting: list[tuple[int, str, Side]] = []
    for side, layer in sides:
        regions = len(overlap.left_totals if side == "left" else overlap.right_totals)
        unallocated = getattr(overlap, f"unallocated_{side}") / overlap.total
        if 1 < regions <= units // _UNITS_FOR_AREA and unallocated < 0.01:
            fitting.append((regions, layer, side))
    return min(fitting)[2] if fitting else None  # the same whichever is named first


def class_rows(overlap: Overlap, *, tolerance: float) -> pd.DataFrame:
    """Return the class table in words: how many bodies of both layers share a boundary."""
    table = scores.class_table(overlap, tolerance=tolerance)
    rows = {"a body of one layer is to the other": [
        f"{scores.CLASSES[str(name)]} ({name})" for name in table.index
    ]}  # fmt: skip
    for side, layer in (("left", overlap.left), ("right", overlap.right)):
        rows[plural(layer)] = [str(n) for n in table[f"regions_{side}"]]
        share = table[f"share_of_weight_{side}"]
        rows[f"{counted(overlap.measure)} in {plural(layer)}"] = [f"{value:.1%}" for value in share]
    return pd.DataFrame(rows)


def measure_rows(
    overlap: Overlap, summary: pd.Series, skill: pd.DataFrame | None, *, what: str
) -> pd.DataFrame:
    """Return measures in words, by name: the value, what chance gives, and the skill."""
    names = [(noun(layer), plural(layer)) for layer in (overlap.left, overlap.right)]
    words = worded(names[0], names[1], what)
    rows = pd.DataFrame(
        {
            "in words": words["words"],
            "term": words["term"],
            "value": [_shown(name, summary[name], overlap) for name in words.index],
        },
        index=words.index,
    )
    if skill is not None:
        rows["by chance"] = [
            _shown(name, skill["mean"][name], overlap, digits=1) for name in words.index
        ]
        rows["skill"] = [_percent(skill["skill"][name]) for name in words.index]
        # Above 0 is better, also of measures that are better when low.
        better = np.sign(skill["skill"]) * skill["z"].abs()
        rows["z"] = [_plain(better[name]) for name in words.index]
    return rows


_NUMBERS = ("partners_left", "partners_right", "pieces_left", "pieces_right", "variation_bits")
_INDICES = ("coterminosity", "best_jaccard", "best_dice", "homogeneity", "completeness",
            "v_measure", "mapcurves", "adjusted_rand", "adjusted_mutual")  # fmt: skip


def _shown(name: str, value: float, overlap: Overlap, *, digits: int = 0) -> str:
    if np.isnan(value):
        return ""
    if name.startswith(("one_to_one", "cut_")):
        totals = overlap.left_totals if name.endswith("left") else overlap.right_totals
        bodies = int((totals["weight"] > 0).sum())
        return f"{value * bodies:.{digits}f} of {bodies}"
    if name in _NUMBERS:
        return f"{value:.2f}"
    return f"{value:.3f}" if name in _INDICES else f"{value:.1%}"


def _percent(value: float) -> str:
    return "" if np.isnan(value) else f"{value:.0%}"


def _plain(value: float) -> str:
    return "" if np.isnan(value) else f"{value:+.1f}"


def confidence(atoms: Atoms, overlap: Overlap, *, tolerance: float) -> list[str]:
    """Return in sentences what the answer would be at other tolerances and for land."""
    left, right = overlap.left, overlap.right
    both = [m for m in ("population", "area_m2") if m in atoms.measures]
    weights = [overlap.measure, *[m for m in both if m != overlap.measure]]
    asked = sorted({0.001, tolerance, 0.05})
    table = scores.sensitivity(atoms, left, right, tolerances=asked, weights=weights)
    total = len(overlap.left_totals)
    lines = []
    for weight in weights:
        counts = [f"{table['one-to-one'][weight, t]} at {t:.1%}".replace(".0%", "%") for t in asked]
        own = table["coterminosity"][weight, asked[0]]
        lines.append(
            f"By {counted(weight)}: {', '.join(counts)} tolerance of {total} "
            f"{plural(left)} share their boundary; overall fit {own:.3f}."
        )
    if len(both) == 2:
        found = scores.disputed(atoms, left, right, tolerance=tolerance)
        moved = found.loc[~found["same_dominant"], "name"]
        if len(moved):
            named = _named(list(moved))
            lines.append(
                f"The largest part of people and that of land lie in different {plural(right)} for "
                f"{len(moved)} {plural(left)}: {named}."
            )
    return lines


def _named(names: list[str], most: int = 12) -> str:
    """Return names in a row; they may hold commas themselves."""
    rest = f"; and {len(names) - most} more" if len(names) > most else ""
    return "; ".join(names[:most]) + rest


def shared(overlap: Overlap, atoms: Atoms, *, tolerance: float) -> list[str]:
    """Return in a sentence which left regions share their boundary, with their partners."""
    pairs = scores.pair_classes(overlap, tolerance=tolerance)
    own = pairs.loc[pairs["class"] == "one-to-one"]
    if not len(own):
        return []
    names = own["left"].map(atoms.regions(overlap.left))
    partners = own["right"].map(atoms.regions(overlap.right))
    both = [a if a == b else f"{a} = {b}" for a, b in zip(names, partners, strict=True)]
    return [f"Shared boundaries: {_named(both, most=15)}."]


def border_line(atoms: Atoms, overlap: Overlap) -> str:
    """Return in a sentence how much of each layer's inner border is one of the other's."""
    data = england_2017()
    table = data.atom_graph.borders if atoms is data.atoms else _borders(atoms)
    left, right = overlap.left, overlap.right
    common = borders_in_common(atoms, table, left, right)
    parts = [
        f"of {common[f'km_{side}']:,.0f} km around {plural(own)}, {common[f'share_of_{side}']:.0%} "
        f"run along {plural(other)}"
        for side, own, other in (("left", left, right), ("right", right, left))
        if common[f"km_{side}"] > 0
    ]
    return f"Borders (coast left out): {'; '.join(parts)}." if parts else ""


def audit_of(
    boundaries: str | Path | None = None,
    *,
    population: str | Path | None = None,
    indicators: str | Path | None = None,
    work_programme: str | Path | None = None,
    n: int = 1000,
    rng: int = 1,
    progress: Progress | None = None,
) -> Audit:
    """Test the claims of the source papers on boundary files, or on the embedded data.

    Raises
    ------
    CoterminosityError
        Where a file cannot be read or does not fit; one sentence with what to do.
    """
    if boundaries is None and population is not None:
        raise CoterminosityError(
            "a population file needs boundaries: give --boundaries as well, or leave both out"
        )
    figures = read_figures(indicators) if indicators is not None else None
    areas = read_areas(work_programme, "wpcpa") if work_programme is not None else None
    if boundaries is None:
        return audit(indicators=figures, work_programme=areas, n=n, rng=rng, progress=progress)
    inputs = chain.gather(boundaries, population=population, progress=progress)
    return audit(
        inputs.atoms, inputs.graph, borders=_borders(inputs.atoms), indicators=figures,
        work_programme=areas, n=n, rng=rng, progress=progress,
    )  # fmt: skip


def _borders(atoms: Atoms) -> pd.DataFrame:
    """Measure the borders between atoms."""
    assert atoms.geometry is not None
    frame = atoms.geometry.rename("geometry").to_frame().reset_index(names="code")
    return border_lengths(BoundaryLayer.from_frame(frame, layer="atom", code="code"))
