"""Every picture there is of a proposal, by name: what the commands `map` and `gallery` draw."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from coterminosity import money, scores
from coterminosity.atoms import Atoms
from coterminosity.brief import Brief
from coterminosity.chance import null_model
from coterminosity.coincidence import border_distances
from coterminosity.england import england_2017
from coterminosity.errors import CoterminosityError, MeasureError, listed
from coterminosity.layer import BoundaryLayer, GeometryKind
from coterminosity.overlay import Progress
from coterminosity.plan import PLAN_LAYER, Plan
from coterminosity.proposing import propose
from coterminosity.proposing.ensemble import ensemble
from coterminosity.proposing.frontier import Frontier, frontier
from coterminosity.writing import write_together

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from coterminosity.chain import Inputs

SUFFIXES = (".png", ".svg", ".pdf")
# Few enough for a picture in seconds.
_RANDOM_PLANS, _CHANGES = 200, 20_000
_NUMBERS_OF_AREAS = (26, 30, 34, 38, 42, 46, 50)
_ENSEMBLE: dict[str, Any] = {"within": 0.02, "apart": 0.02, "n": 12, "proposals": 10_000}
_FEW_PEOPLE = 2_000.0


@dataclass(frozen=True, eq=False, kw_only=True)
class Scene:
    """What is to be drawn.

    Attributes
    ----------
    inputs : Inputs
        Atoms, graph and layers.
    plan : Plan
        The proposal.
    against : Plan or Series, optional
        The plan that it is compared with; by default the best one that the solver finds.
    geometry : {"real", "schematic", "hex"}, optional
        By default that of the inputs.
    figures : DataFrame, optional
        Figures by unit code, for the map of need; by default the share of people of 65 and more.
    column : str, optional
        Which of the figures; by default the first of numbers.
    given : bool
        Whether the plan is someone's, so that units which it leaves open stay so.
    """

    inputs: "Inputs"
    plan: Plan
    against: Plan | pd.Series | None = None
    geometry: GeometryKind | None = None
    figures: pd.DataFrame | None = None
    column: str | None = None
    given: bool = False

    @cached_property
    def units(self) -> BoundaryLayer:
        """The layer of the plan's units."""
        return self.inputs.needed(self.plan.brief.unit_layer)

    @cached_property
    def settled(self) -> Plan:
        """The plan, with a provisional home for every unit; one that is given stays as it is."""
        if self.given or not len(self.plan.open_units):
            return self.plan
        brief = replace(self.plan.brief, contested="least-split")
        return propose(self.inputs.graph, self.inputs.atoms, brief)

    @cached_property
    def other(self) -> Plan | pd.Series:
        """The plan that the settled one is compared with."""
        return self.best if self.against is None else self.against

    @cached_property
    def best(self) -> Plan:
        """The best plan by the brief that the solver finds."""
        return propose(
            self.inputs.graph, self.inputs.atoms, self.settled.brief, method="optimal",
            proposals=_CHANGES,
        )  # fmt: skip

    @cached_property
    def by_number(self) -> Frontier:
        """Plans of fewer and of more areas, which nobody need lead."""
        brief = Brief(anchors=(), merge_cost=1.0, unit_layer=self.plan.brief.unit_layer)
        return frontier(
            self.inputs.graph, self.inputs.atoms, brief, vary="k", values=_NUMBERS_OF_AREAS,
            method="merge",
        )  # fmt: skip

    @cached_property
    def aged(self) -> Atoms:
        """Atoms with people by age: those of the inputs, else the embedded ones of these units."""
        own, known = self.inputs.atoms, england_2017().atoms
        if "aged_65_plus" in own.measures:
            return own
        layer = self.plan.brief.unit_layer
        if layer in known.layers and set(self.plan.units.index) <= set(known.regions(layer).index):
            return known
        raise MeasureError("these units have no people by age; give figures of their need instead")

    @cached_property
    def need(self) -> tuple[pd.Series, str]:
        """Figures by unit, and what they are."""
        if self.figures is None:
            layer = self.plan.brief.unit_layer
            old, people = (
                self.aged.overlap(layer, layer, weight=weight).left_totals["weight"]
                for weight in ("aged_65_plus", "population")
            )
            return 100 * old / people.where(people > 0), "People of 65 and more, %"
        numbers = self.figures.select_dtypes("number")
        if not len(numbers.columns) or (self.column and self.column not in numbers):
            raise MeasureError(
                f"figures: no column of numbers {self.column or ''!r}; there are "
                f"{listed(numbers.columns, most=20) or 'none'}"
            )
        name = self.column or str(numbers.columns[0])
        return numbers[name], name.replace("_", " ").capitalize()

    def names(self, layer: str) -> pd.Series:
        """Return names by code of the regions of a layer."""
        return self.inputs.atoms.regions(layer)


def _areas(scene: Scene) -> "Axes":
    from coterminosity import maps

    people = scene.plan.area_table(scene.inputs.atoms)["population"]
    return maps.areas(scene.plan, scene.units, populations=people, geometry=scene.geometry,
                      note=scene.inputs.people_note)  # fmt: skip


def _figure19(scene: Scene) -> "Axes":
    from coterminosity import maps

    return maps.figure19(scene.inputs.needed("lad"), scene.inputs.needed("stp"),
                         geometry=scene.geometry)  # fmt: skip


def _figure20(scene: Scene) -> "Axes":
    from coterminosity import maps

    inputs = scene.inputs
    return maps.figure20(inputs.needed("lad"), inputs.needed("lep"),
                         inputs.layer("combined_authority"), geometry=scene.geometry)  # fmt: skip


def _figure21(scene: Scene) -> "Axes":
    from coterminosity import maps

    inputs = scene.inputs
    return maps.figure21(inputs.needed("lep"), inputs.needed("stp"), units=inputs.needed("lad"),
                         geometry=scene.geometry)  # fmt: skip


def _before_after(scene: Scene) -> "Axes":
    from coterminosity import maps

    left, _ = maps.before_after(
        scene.settled, scene.other, scene.units, geometry=scene.geometry,
        note=scene.inputs.people_note,
    )  # fmt: skip
    return left


def _difference(scene: Scene) -> "Axes":
    from coterminosity import maps

    return maps.difference(scene.settled, scene.other, scene.units, geometry=scene.geometry,
                           note=scene.inputs.people_note)  # fmt: skip


def _contested(scene: Scene) -> "Axes":
    from coterminosity import maps

    return maps.contested(scene.plan, scene.units, geometry=scene.geometry,
                          note=scene.inputs.people_note)  # fmt: skip


def _multiples(scene: Scene) -> "Axes":
    from coterminosity import maps

    plans = {"As proposed": scene.plan, "Settled": scene.settled, "Compared": scene.other}
    return maps.sheet(plans, scene.units, geometry=scene.geometry, title="Plans side by side")[0]


def _relations(scene: Scene) -> "Axes":
    from coterminosity import maps

    inputs = scene.inputs
    table = scores.region_table(inputs.atoms.overlap("lep", "stp"))
    return maps.relations(
        table, inputs.needed("lep"), other=inputs.needed("stp"), units=inputs.needed("lad"),
        geometry=scene.geometry,
    )  # fmt: skip


def _coincidence(scene: Scene) -> "Axes":
    from coterminosity import maps

    districts = scene.inputs.needed("lad")
    layers = [maps.drawn_on(scene.inputs.needed(name), districts, scene.geometry)
              for name in ("lep", "stp")]  # fmt: skip
    return maps.coincidence(border_distances(*layers), *layers)


def _need(scene: Scene) -> "Axes":
    from coterminosity import maps

    figures, label = scene.need
    return maps.choropleth(figures, scene.units, areas=scene.settled, label=label,
                           geometry=scene.geometry)  # fmt: skip


def _money(scene: Scene) -> "Axes":
    from coterminosity import maps

    spread = money.apportion(scene.settled.on(scene.aged), PLAN_LAYER, by="age")
    # What, of which year and territory, and how; the rest of the caption is about rounding.
    said = ". ".join(spread.caption.split(". ")[:3]).rstrip(".") + "."
    per_head = spread.table["per_head"].drop(money.NO_AREA, errors="ignore")
    return maps.choropleth(per_head, scene.units, areas=scene.settled, form="£{:,.0f}",
                           label="£ a head, spread by age", note=said,
                           geometry=scene.geometry)  # fmt: skip


def _heat(scene: Scene) -> "Axes":
    from coterminosity import diagrams

    overlap = scene.inputs.atoms.overlap("lep", "stp")
    return diagrams.heat_map(overlap, names_left=scene.names("lep"),
                             names_right=scene.names("stp"),
                             note=scene.inputs.people_note)  # fmt: skip


def _flows(scene: Scene) -> "Axes":
    from coterminosity import diagrams

    overlap = scene.inputs.atoms.overlap("lep", "stp")
    return diagrams.flows(overlap, names_left=scene.names("lep"), names_right=scene.names("stp"),
                          least=_FEW_PEOPLE, note=scene.inputs.people_note)  # fmt: skip


def _likeness(scene: Scene) -> "Axes":
    from coterminosity import diagrams

    # Layers that fill the country, without the atoms themselves.
    whole = scene.inputs.atoms.total("population")
    layers = [name for name in scene.inputs.atoms.layers if name != "lad"
              and scene.inputs.atoms.total("population", layer=name) > 0.99 * whole]  # fmt: skip
    table = scores.pairwise(scene.inputs.atoms, layers)
    return diagrams.likeness(table, note=scene.inputs.people_note)


def _by_areas(scene: Scene) -> "Axes":
    from coterminosity import diagrams

    found = scene.by_number
    return diagrams.by_areas(
        found.table, note=f"Method: {found.method}. {scene.inputs.people_note}"
    )


def _frontier(scene: Scene) -> "Axes":
    from coterminosity import maps

    return maps.frontier(scene.by_number, note=scene.inputs.people_note)


def _certainty(scene: Scene) -> "Axes":
    from coterminosity import maps

    found = ensemble(scene.best, rng=scene.best.brief.seed, **_ENSEMBLE)
    return maps.certainty(found, scene.units, geometry=scene.geometry,
                          note=scene.inputs.people_note)  # fmt: skip


def _chance(scene: Scene) -> "Axes":
    from coterminosity import diagrams

    atoms, count = scene.inputs.atoms, scene.settled.count
    layer = scene.plan.brief.unit_layer
    people = atoms.overlap(layer, layer).left_totals["weight"].rename("population")
    graph = scene.inputs.graph.with_figures(people.to_frame())
    null = null_model(graph, k=count, n=_RANDOM_PLANS, rng=scene.plan.brief.seed)
    random = null.scores(atoms, "stp")["coterminosity"]
    measured = {
        name: float(scores.summary(overlap)["coterminosity"])
        for name, overlap in (
            ("LEPs and STPs today", atoms.overlap("lep", "stp")),
            ("the plan and STPs", scene.settled.on(atoms).overlap(PLAN_LAYER, "stp")),
        )
    }
    return diagrams.chance(random, measured, of=null.describe(), note=scene.inputs.people_note)


def _sizes(scene: Scene) -> "Axes":
    from coterminosity import diagrams

    brief = scene.plan.brief
    people = scene.settled.area_table(scene.inputs.atoms)["population"]
    return diagrams.sizes(people, floor=brief.size_floor, ceiling=brief.size_ceiling,
                          note=scene.inputs.people_note)  # fmt: skip


KINDS: dict[str, Callable[[Scene], "Axes"]] = {
    "areas": _areas,
    "figure19": _figure19,
    "figure20": _figure20,
    "figure21": _figure21,
    "before-after": _before_after,
    "difference": _difference,
    "contested": _contested,
    "multiples": _multiples,
    "relations": _relations,
    "coincidence": _coincidence,
    "need": _need,
    "money": _money,
    "heat": _heat,
    "flows": _flows,
    "likeness": _likeness,
    "number-of-areas": _by_areas,
    "chance": _chance,
    "sizes": _sizes,
    "certainty": _certainty,
    "frontier": _frontier,
}


def draw(scene: Scene, kind: str, *, out: Path) -> Path:
    """Draw one picture to a PNG, SVG or PDF file.

    Raises
    ------
    CoterminosityError
        Where the kind is unknown; those there are are listed.
    """
    from coterminosity import maps

    if kind not in KINDS:
        raise CoterminosityError(f"no picture is called {kind!r}; there are {', '.join(KINDS)}")
    with maps.off_screen():
        return maps.save(KINDS[kind](scene), out)


def writer(scene: Scene, kind: str) -> Callable[[Path], object]:
    """Return a function that draws one picture to a file."""
    return lambda path: draw(scene, kind, out=path)


def draw_file(scene: Scene, kind: str, *, out: Path) -> Path:
    """Draw one picture to a file that appears when it is complete; see `draw`."""
    if out.suffix.lower() not in SUFFIXES:
        raise CoterminosityError(
            f"{out}: wanted a map as {', '.join(SUFFIXES)}, got {out.suffix or 'no ending'}"
        )
    (path,) = write_together(out.parent, {out.name: writer(scene, kind)})
    return path


def gallery(
    scene: Scene, out: Path, *, suffix: str = ".png", progress: Progress | None = None
) -> tuple[Path, ...]:
    """Draw every picture there is to a folder; all appear together, or none.

    Parameters
    ----------
    scene : Scene
        What is drawn.
    out : Path
        Folder; made if it does not exist.
    suffix : {".png", ".svg", ".pdf"}
        Format.
    progress : callable, optional
        Called with name, pictures done and to do.
    """
    writers: dict[str, Any] = {f"{kind}{suffix}": writer(scene, kind) for kind in KINDS}
    return write_together(out, writers, progress=progress)
