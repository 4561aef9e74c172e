"""The whole chain in one call: layers, atoms, scores, proposal, maps and files."""

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from coterminosity import scores
from coterminosity.atoms import ATOM_LAYER, Atoms
from coterminosity.brief import Brief
from coterminosity.comparing import pair_rows, people_for
from coterminosity.england import england_2017
from coterminosity.errors import CodeError, CoterminosityError
from coterminosity.folder import read_folder
from coterminosity.gathering import DISTRICTS, atom_units, needs_boundaries, small_areas
from coterminosity.layer import BoundaryLayer
from coterminosity.overlay import Progress
from coterminosity.picturing import Scene, writer
from coterminosity.plan import PLAN_LAYER, Plan
from coterminosity.proposing import propose
from coterminosity.units import UnitGraph
from coterminosity.writing import csv_writer, writable, write_together

CUT_LAYERS = ("lad", "lep", "stp", "crc")
DRAWN_LAYERS = (*CUT_LAYERS, "combined_authority")
NEEDED_LAYERS = ("lad", "lep", "stp")
RUN_MAPS = ("areas", "figure19", "figure20", "figure21")


@dataclass(frozen=True, eq=False, kw_only=True)
class Inputs:
    """What a proposal is made of: atoms, graph, the layers to draw, and notes on their origin.

    ``drawn`` holds layers read from files; others are drawn from the atoms when asked for.
    """

    atoms: Atoms
    graph: UnitGraph
    drawn: dict[str, BoundaryLayer]
    people_note: str
    notes: tuple[str, ...] = ()

    @property
    def schematic(self) -> bool:
        """Whether maps of these inputs are schematic."""
        return self.atoms.geometry_kind == "schematic"

    def layer(self, name: str) -> BoundaryLayer | None:
        """Return a layer to draw; None where there is none."""
        drawable = self.atoms.geometry is not None and name in self.atoms.layers
        if name not in self.drawn and drawable:
            self.drawn[name] = self.atoms.dissolve(name)
        return self.drawn.get(name)

    def needed(self, name: str) -> BoundaryLayer:
        """Return a layer to draw that must be there."""
        layer = self.layer(name)
        if layer is None:
            raise CoterminosityError(f"this map needs a layer {name!r}, which is not there")
        return layer


@dataclass(frozen=True, eq=False, kw_only=True)
class Result:
    """The outcome of `run`: inputs, plan, headline figures and the files written."""

    inputs: Inputs
    plan: Plan
    no_conflict: pd.Series
    lep_stp: pd.Series
    after: pd.DataFrame
    files: tuple[Path, ...]


def gather(
    boundaries: str | Path | None = None,
    *,
    population: str | Path | None = None,
    unit_layer: str = DISTRICTS,
    progress: Progress | None = None,
) -> Inputs:
    """Bring together atoms, graph and layers, from a folder of boundary files or embedded.

    Parameters
    ----------
    boundaries : path, optional
        Folder with boundary files of at least districts, LEPs and STPs; the embedded figures of
        England 2017, drawn schematically, by default.
    population : path, optional
        People by code (CSV, Parquet) or by small area (boundary file with ``population``). By
        default the embedded mid-2017 figures, where the layers are those of 2017, or the column
        ``population`` of small areas.
    unit_layer : str
        What is put together: districts (``"lad"``), ``"atom"`` for what no border cuts, or a
        layer of small areas that the folder holds (``"lsoa"``), whose memberships are read off
        its columns or off lookups in the folder.
    progress : callable, optional
        Called with stage, steps done and steps to do.

    Raises
    ------
    BoundaryFileError, CodeError
        Where a layer is missing or people do not fit; one sentence with what to do.
    """
    embedded = england_2017()
    if boundaries is None:
        if population is not None:
            raise CoterminosityError(
                "a population file needs boundaries: give --boundaries as well, or leave both out"
            )
        if unit_layer not in (DISTRICTS, ATOM_LAYER):
            raise needs_boundaries(unit_layer)
        note, whole = "People: ONS mid-2017 estimates.", unit_layer == DISTRICTS
        return Inputs(
            atoms=embedded.atoms if whole else embedded.atoms.as_units(),
            graph=embedded.graph if whole else embedded.atom_graph,
            drawn={},
            people_note=note,
        )
    if unit_layer not in (DISTRICTS, ATOM_LAYER):
        small = small_areas(boundaries, unit_layer, population=population, progress=progress)
        return Inputs(
            atoms=small.atoms,
            graph=small.graph,
            drawn={unit_layer: small.layer},
            people_note=small.people_note,
            notes=small.notes,
        )
    report = progress or (lambda stage, done, todo: None)
    report("reading boundary files", 0, 1)
    found = read_folder(boundaries, wanted=DRAWN_LAYERS, needed=NEEDED_LAYERS)
    cut = [found.layers[name] for name in CUT_LAYERS if name in found.layers]
    people, people_note = people_for(population, embedded.atoms)
    try:
        atoms = Atoms.build(*cut, population=people, progress=progress)
    except CodeError as error:
        if population is not None:
            raise
        raise CodeError(
            f"the embedded 2017 figures do not fit these boundaries: {error}; or give --population"
        ) from error
    report("borders", 0, 1)
    if unit_layer == ATOM_LAYER:
        atoms, graph = atom_units(atoms)
    else:
        graph = UnitGraph.build(found.layers["lad"])
    return Inputs(
        atoms=atoms,
        graph=graph,
        drawn=found.layers,
        people_note=people_note,
        notes=found.notes,
    )


def run(
    boundaries: str | Path | None = None,
    *,
    out: str | Path = "out",
    population: str | Path | None = None,
    brief: Brief | None = None,
    progress: Progress | None = None,
) -> Result:
    """Do it all: read, cut, score, propose, map, and write the files.

    Writes ``plan.csv, areas.csv, pairs.csv, scores.csv, decisions.csv, alternatives.csv,
    areas.png, figure19.png, figure20.png, figure21.png``. Files appear in ``out`` together at
    the end, or not at all.

    Parameters
    ----------
    boundaries, population : path, optional
        See `gather`.
    out : path
        Folder to write to; made if it does not exist.
    brief : Brief, optional
        The choices of the proposal.
    progress : callable, optional
        Called with stage, steps done and steps to do.

    Returns
    -------
    Result

    Raises
    ------
    CoterminosityError
        One sentence with what was wanted, what came and what to do; nothing is then written.
    """
    report = progress or (lambda stage, done, todo: None)
    out = writable(Path(out))
    units = brief.unit_layer if brief is not None else DISTRICTS
    inputs = gather(boundaries, population=population, unit_layer=units, progress=progress)
    plan = propose(inputs.graph, inputs.atoms, brief, progress=progress)
    tables = result_tables(inputs, plan)
    writers: dict[str, Callable[[Path], object]] = {
        f"{name}.csv": csv_writer(table) for name, table in tables.items()
    }
    scene = Scene(inputs=inputs, plan=plan)
    for kind in RUN_MAPS:
        writers[f"{kind}.png"] = writer(scene, kind)
    files = write_together(
        out, writers, progress=lambda name, k, n: report(f"writing {name}", k, n)
    )
    return Result(
        inputs=inputs,
        plan=plan,
        no_conflict=plan.no_conflict(inputs.atoms),
        lep_stp=scores.summary(inputs.atoms.overlap("lep", "stp")),
        after=_after(inputs, plan),
        files=files,
    )


def _after(inputs: Inputs, plan: Plan) -> pd.DataFrame:
    """Return the measures of seed and aligned layers against the areas, one column a layer."""
    planned = plan.on(inputs.atoms)
    layers = (plan.brief.seed_layer, *plan.brief.align)
    return pd.DataFrame({x: scores.summary(planned.overlap(x, PLAN_LAYER)) for x in layers})


def result_tables(inputs: Inputs, plan: Plan) -> dict[str, pd.DataFrame]:
    """Return the tables of a proposal by file name: plan, areas, pairs, scores, decisions, ..."""
    planned = plan.on(inputs.atoms)
    pairs, summaries = [], []
    names = [name for name in CUT_LAYERS if name in planned.layers] + [PLAN_LAYER]
    for left, right in itertools.combinations(names, 2):
        for weight in ("population", "area"):
            overlap = planned.overlap(left, right, weight=weight)
            pairs.append(pair_rows(overlap, planned))
            values = scores.summary(overlap).rename_axis("score").reset_index(name="value")
            summaries.append(
                values.assign(left_layer=left, right_layer=right, measure=overlap.measure)[
                    ["left_layer", "right_layer", "measure", "score", "value"]
                ]
            )
    return {
        "plan": plan.units.reset_index(),
        "areas": plan.area_table(inputs.atoms).join(plan.pieces(inputs.graph)).reset_index(),
        "pairs": pd.concat(pairs, ignore_index=True),
        "scores": pd.concat(summaries, ignore_index=True),
        "decisions": decision_table(plan),
        "alternatives": plan.alternatives,
    }


def decision_table(plan: Plan) -> pd.DataFrame:
    """Return the log with the alternatives of each open or provisional unit in words."""
    texts = {}
    for unit, options in plan.alternatives.groupby("unit"):
        texts[unit] = "; ".join(
            f"{row['area']}: coterminosity {row['score']:.4f}, "
            f"{row['area_population_with']:,.0f} people with and "
            f"{row['area_population_without']:,.0f} without it"
            + (f", strands {row['strands']}" if row["strands"] else "")
            for row in options.to_dict("records")
        )
    log = plan.decisions
    asked = log["flag"] == "negotiate"
    words = [texts.get(u, "") if a else "" for u, a in zip(log["unit"], asked, strict=True)]
    return log.assign(alternatives=words)
