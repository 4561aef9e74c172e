"""Commands about plans: `propose` areas, ask `why`, and `compare` two plans."""

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import typer

from coterminosity.brief import Brief
from coterminosity.terminal import Bar, Boundaries, Policy, Population, brief_of, note, say, show


class _Method(StrEnum):
    """Methods as an enumeration, so that a wrong one is wrong usage."""

    reform = "reform"
    optimal = "optimal"
    merge = "merge"
    refine = "refine"


_PLAN_TABLES = ("plan", "areas", "decisions", "alternatives")

BriefArgument = Annotated[
    Path | None, typer.Argument(help="Choices as a TOML file; the source model's by default.")
]
Base = Annotated[
    Path | None,
    typer.Option("--base", help="A plan in force, for status_quo_cost and frozen."),
]
Figures = Annotated[
    Path | None,
    typer.Option("--figures", help="Figures by unit code (CSV), for need_costs of the brief."),
]


def propose(
    brief: BriefArgument = None,
    method: Annotated[
        _Method,
        typer.Option(
            help="reform: the source model's rules. optimal: least cost, with proof. merge: join "
            "what shares most. refine: local search."
        ),
    ] = _Method.reform,
    boundaries: Boundaries = None,
    population: Population = None,
    figures: Figures = None,
    contested: Policy = None,
    base: Base = None,
    start: Annotated[Path | None, typer.Option(help="A plan to begin with.")] = None,
    time_limit: Annotated[
        float, typer.Option(help="Seconds; the solver may need a few more to stop.", min=0.1)
    ] = 180.0,
    gap: Annotated[float, typer.Option(help="Share of the cost that will do.", min=0)] = 0.0,
    proposals: Annotated[
        int | None, typer.Option(help="Changes that a search tries.", min=1)
    ] = None,
    windows: Annotated[
        int | None,
        typer.Option(help="Settle every exchange between 2 (or 3) areas as well.", min=2, max=3),
    ] = None,
    prices: Annotated[bool, typer.Option("--prices", help="Price each demand.")] = False,
    out: Annotated[Path | None, typer.Option(help="Folder for the plan and its tables.")] = None,
) -> None:
    """Propose merged areas; print them with their certificate, or write them as tables."""
    from coterminosity.proposing import propose as make

    choices = brief_of(brief, contested)
    with Bar() as bar:
        inputs = _inputs(choices, boundaries, population, figures, bar)
        plan = make(
            inputs.graph, inputs.atoms, choices, method=method.value,
            base=_assignment(base, inputs, boundaries, population),
            start=_assignment(start, inputs, boundaries, population), time_limit=time_limit,
            gap=gap, proposals=proposals, progress=bar,
        )  # fmt: skip
        settled = _settled(plan, windows, time_limit, bar)
        priced = _priced(plan, prices, time_limit, proposals, bar)
    for remark in inputs.notes:
        note(remark)
    if out is not None:
        _write(inputs, plan, out)
    table = plan.area_table(inputs.atoms).reset_index()
    shown = table[["area", "population", "area_km2", "districts", "open_claims", "size_band"]]
    show(shown if choices.unit_layer == "lad" else shown.rename(columns={"districts": "units"}))
    _say_certificate(plan)
    if settled is not None:
        say(f"Windows: {settled.statement}")
    if priced is not None:
        show(priced, title="What each demand costs:")
    interrupted = plan.certificate is not None and plan.certificate.stopped == "interrupted"
    if interrupted:
        note("interrupted: this is the best plan so far")


def _inputs(
    choices: Brief, boundaries: Path | None, population: Path | None, figures: Path | None,
    bar: Bar,
) -> Any:  # fmt: skip
    from dataclasses import replace

    from coterminosity import chain
    from coterminosity.figures import read_figures

    inputs = chain.gather(
        boundaries, population=population, unit_layer=choices.unit_layer, progress=bar
    )
    if figures is None:
        return inputs
    return replace(inputs, graph=inputs.graph.with_figures(read_figures(figures)))


def _assignment(
    path: Path | None, inputs: Any, boundaries: Path | None, population: Path | None
) -> Any:
    from coterminosity.seating import Seat, assignment_in

    if path is None:
        return None
    return assignment_in(path, inputs, Seat(boundaries=boundaries, population=population))


def _settled(plan: Any, windows: int | None, time_limit: float, bar: Bar) -> Any:
    from coterminosity.proposing.judging import certify

    if windows is None:
        return None
    return certify(plan, size=windows, time_limit=time_limit, progress=bar)


def _priced(plan: Any, wanted: bool, time_limit: float, proposals: int | None, bar: Bar) -> Any:
    from coterminosity.proposing.judging import prices

    if not wanted:
        return None
    return prices(plan, time_limit=time_limit, proposals=proposals, progress=bar)


def _write(inputs: Any, plan: Any, out: Path) -> None:
    from coterminosity import chain
    from coterminosity.plan_files import to_toml
    from coterminosity.writing import csv_writer, write_together

    tables = chain.result_tables(inputs, plan)
    writers: dict[str, Any] = {f"{n}.csv": csv_writer(tables[n]) for n in _PLAN_TABLES}
    text = to_toml(plan)
    writers["plan.toml"] = lambda path: path.write_text(text, encoding="utf-8")
    files = write_together(out, writers)
    sys.stderr.write(f"wrote {', '.join(str(file) for file in files)}\n")


def _say_certificate(plan: Any) -> None:
    """Say cost, bound and gap, and the districts nearest to moving."""
    proof = plan.certificate
    if proof is None:
        return
    say("")
    say(f"By {plan.method}: {proof.describe()}; {proof.seconds:,.1f} s, seed {proof.seed}")
    if proof.terms:
        say("  of which " + ", ".join(f"{t} {v:,.0f}" for t, v in proof.terms.items()))
    for remark in proof.notes:
        say(f"  {remark}")
    if not len(plan.open_units):
        near = plan.contestable(5)
        say("Most contestable:")
        for row in near.to_dict("records"):
            say(f"  {row['name']} ({row['from']} to {row['to']}): {row['reason']}")


def why(
    unit: Annotated[str, typer.Argument(help="A district, by name or code.")],
    plan: Annotated[
        Path | None,
        typer.Option(
            help="A scenario, a plan file, or a table of units and areas (.csv, .xlsx); else the "
            "best plan of the brief."
        ),
    ] = None,
    brief: Annotated[Path | None, typer.Option(help="Choices as a TOML file.")] = None,
    boundaries: Boundaries = None,
    population: Population = None,
    figures: Figures = None,
    base: Base = None,
) -> None:
    """Say why a district is in its area, and what it would take to move it."""
    from coterminosity.proposing import propose as make

    with Bar() as bar:
        if plan is not None:
            _, found = _opened(plan, _Given(brief, boundaries, population, figures, base), bar)
        else:
            choices = brief_of(brief, None)
            inputs = _inputs(choices, boundaries, population, figures, bar)
            found = make(
                inputs.graph, inputs.atoms, choices, method="optimal",
                base=_assignment(base, inputs, boundaries, population), progress=bar,
            )  # fmt: skip
        reasons = found.why(unit)
    say(reasons.describe())


class _Given(NamedTuple):
    """Files that the user names beside a plan."""

    brief: Path | None
    boundaries: Path | None
    population: Path | None
    figures: Path | None
    base: Path | None


def _opened(path: Path, given: _Given, bar: Bar) -> tuple[Any, Any]:
    """Return inputs and the plan of a file, priced by a brief or by its own."""
    from coterminosity.proposing.assembling import input_hashes
    from coterminosity.proposing.judging import plan_of
    from coterminosity.seating import about_in, brief_in

    brought = None if given.brief else brief_in(path)
    choices = brought or brief_of(given.brief, None)
    inputs = _inputs(choices, given.boundaries, given.population, given.figures, bar)
    base = _assignment(given.base, inputs, given.boundaries, given.population)
    about = about_in(path)
    recorded = about.get("inputs") or {}
    bound = float(about.get("certificate", {}).get("bound", "nan")) if brought else float("nan")
    if recorded and recorded != input_hashes(inputs.graph, inputs.atoms, base):
        note(f"{path} was made of other inputs than these; its bound is not used")
        bound = float("nan")
    plan = plan_of(
        _assignment(path, inputs, given.boundaries, given.population), inputs.graph, inputs.atoms,
        choices, method=str(about.get("method") or "given"), base=base, bound=bound,
    )  # fmt: skip
    return inputs, plan
