"""How a brief was made: method and sources in plain words, and the record of steps."""

import coterminosity
from coterminosity.catalogue import ATTRIBUTION
from coterminosity.negotiating.entries import Entry
from coterminosity.negotiating.scenario_files import hashes_of
from coterminosity.reporting.case import Case
from coterminosity.reporting.documents import Column, Grid, Paragraph, Points, Section
from coterminosity.reporting.wording import DASH, counted, cut, moment, named, plural, share

_MOST = 16
_METHODS = {
    "reform": "by the rules of Reform (2017), Vive la devolution, § 3.2.2.1",
    "optimal": "at least cost, with a bound on how far it can be from the best",
    "merge": "by joining neighbouring areas",
    "refine": "by local search",
    "given": "by those who gave it",
}
_ACTIONS = {
    "swap": "swaps", "merge": "merges", "split": "splits", "new_area": "makes a new area",
    "lock": "locks", "unlock": "unlocks", "lock_area": "locks the area",
    "unlock_area": "unlocks the area", "keep_together": "keeps together", "release": "releases",
    "leave": "leaves alone", "note": "notes", "rename": "renames",
}  # fmt: skip


def method(case: Case) -> Section:
    """Return what was counted and how, of what, in plain words."""
    ground = case.ground
    titles = " and ".join(plural(ground.layer(key).title) for key in case.main_layers)
    trace = share(ground.tolerance)
    points = [
        f"Areas are made of whole {case.units()}. The base plan was made "
        f"{_METHODS.get(case.scenario.plan.method, case.scenario.plan.method)}; every figure "
        "called before is of it.",
        f"A body is split where an area holds a part of it that is more than a trace ({trace} of "
        f"its people) and less than all but a trace. It is the same as an area where each holds "
        f"all but a trace of the other's people.",
        "People cut off live outside the area that holds most of their body. People in another's "
        "area live in an area of which most belongs to another body of the same layer. "
        "Coterminosity is 1 less the mean of both as shares, from 0 to 1.",
        "Who lives in two bodies of a layer that overlaps (LEPs do) counts half in each.",
        f"Options are ranked by people split or merged over {titles}, one count for each.",
        "Ground is contested where two bodies or more hold more than a trace of a unit's people.",
        "Governance: an area is that of a combined authority, or of the Greater London Authority, "
        f"where it has the same people up to {trace} (of London, where all its people live in "
        "it); unitary where one such council has all of its people; else a body has to be formed.",
        f"Figures: {_source(case)}",
        f"Made with coterminosity {coterminosity.__version__} from data with the sha256 "
        f"{', '.join(f'{name} {own[:12]}' for name, own in sorted(_hashes(case).items()))}. The "
        "scenario file makes every figure again.",
    ]
    if case.layer is not None and case.layer.geometry_kind == "schematic":
        points.insert(-2, "Maps are schematic: shapes are drawn around centres of population and "
                      "are not boundaries.")  # fmt: skip
    return Section(key="method", title="Method and sources",
                   blocks=(Points(items=tuple(points)), *_record(case)))  # fmt: skip


def _source(case: Case) -> str:
    atoms = case.scenario.basis.atoms
    source = atoms.source or "given by the user"
    vintage = f" ({atoms.vintage})" if atoms.vintage else ""
    rights = f" {ATTRIBUTION}" if atoms.source else ""
    return (
        f"{source}{vintage}. Money and contracts: Reform (2017), Vive la devolution. Mayors: House "
        f"of Commons Library (2017).{rights}"
    )


def _hashes(case: Case) -> dict[str, str]:
    basis = case.scenario.basis
    return hashes_of(basis.graph, basis.atoms, case.scenario.need)


def _record(case: Case) -> list[Grid | Paragraph]:
    """Return the last steps with who made them, why, and what they broke."""
    done = case.scenario.done
    if not done:
        return []
    first = max(len(done) - case.most(_MOST), 0)
    rows = [_step(case, number, entry) for number, entry in enumerate(done, start=1)][first:]
    columns = (Column(title="Step", wide=0.5), Column(title="When", wide=2.2),
               Column(title="Who", wide=1.3), Column(title="What", wide=2.6),
               Column(title="Why", wide=2.0), Column(title="What it breaks", wide=1.7))  # fmt: skip
    grid = Grid(caption="Record of steps", columns=columns, rows=tuple(rows))
    earlier = [
        Paragraph(small=True, text=f"{counted(first, 'earlier step')} in the scenario file.")
    ]
    return [grid, *(earlier if first else [])]


def _step(case: Case, number: int, entry: Entry) -> tuple[str, ...]:
    return (str(number), moment(entry.time), cut(entry.who, 60) or DASH, cut(_said(case, entry)),
            cut(entry.note) or DASH, cut("; ".join(entry.flags)) or DASH)  # fmt: skip


def _said(case: Case, entry: Entry) -> str:
    ground = case.ground
    names = named([ground.names[ground.number[code]] for code in entry.units], most=6)
    if entry.to:
        targets = named([to or "no area" for to in dict.fromkeys(entry.to)])
        return f"{names} to {targets}"
    if entry.action == "rename":
        return f"{entry.areas[0]} becomes {entry.names[0]}"
    what = names if entry.units else named(entry.areas) if entry.areas else ""
    return f"{_ACTIONS[entry.action]} {what}".strip()
