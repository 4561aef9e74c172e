"""Briefs to hand out: a scenario in a few printable pages, as HTML or as PDF."""

from pathlib import Path

from coterminosity.errors import CoterminosityError
from coterminosity.layer import BoundaryLayer
from coterminosity.reporting.agreeing import must_agree
from coterminosity.reporting.case import Case
from coterminosity.reporting.changing import in_short, what_changes
from coterminosity.reporting.contesting import contested
from coterminosity.reporting.documents import Document
from coterminosity.reporting.method import method
from coterminosity.reporting.placing import areas
from coterminosity.reporting.spending import money, need
from coterminosity.reporting.typesetting import to_pdf
from coterminosity.reporting.webpage import to_html
from coterminosity.reporting.wording import counted, cut, moment
from coterminosity.scenario import Scenario
from coterminosity.writing import write_together

__all__ = ["Document", "checked_path", "document_of", "report", "to_html", "to_pdf"]
SUFFIXES = (".html", ".pdf")


def report(scenario: Scenario, path: str | Path, *, layer: BoundaryLayer | None = None) -> Path:
    """Write a brief to hand out: two to six pages about a scenario.

    Map before and now, what changes, the areas, contested ground with its options, who must agree,
    money, need, method and sources. Every figure is one that the library counts, and the same in
    both formats. It has no date but those of the log, so that the same scenario gives the same
    bytes.

    Parameters
    ----------
    scenario : Scenario
        What is handed out.
    path : path
        ``.html`` for one page that needs nothing else, ``.pdf`` for a tagged PDF (PDF/UA-1).

    layer : BoundaryLayer, optional
        Boundaries of the units to draw; those of the scenario's atoms by default.

    Returns
    -------
    Path
        The file, which appears when it is complete or not at all.

    Raises
    ------
    CoterminosityError
        Where the ending is another, or the file cannot be written.

    Examples
    --------
    >>> import coterminosity as ct
    >>> data = ct.england_2017()
    >>> scenario = ct.Scenario(ct.propose(data.graph, data.atoms), name="As the paper has it")
    >>> document = document_of(scenario.settle("Solent", to="Solent"))
    >>> document.title, [section.title for section in document.sections][:2]
    ('As the paper has it', ['In short', 'What changes'])
    """
    path = checked_path(path)
    document = document_of(scenario, layer=layer)
    as_pdf = path.suffix.lower() == ".pdf"
    held = to_pdf(document) if as_pdf else to_html(document).encode("utf-8")
    (written,) = write_together(path.parent, {path.name: lambda own: own.write_bytes(held)})
    return written


def checked_path(path: str | Path) -> Path:
    """Return the path of a brief, after a look at its ending."""
    path = Path(path)
    if path.suffix.lower() not in SUFFIXES:
        raise CoterminosityError(
            f"{path}: wanted a brief as {' or '.join(SUFFIXES)}, got {path.suffix or 'no ending'}"
        )
    return path


def document_of(scenario: Scenario, *, layer: BoundaryLayer | None = None) -> Document:
    """Return the content of the brief of a scenario, which both formats show; see `report`."""
    case = Case(scenario, layer)
    done = scenario.done
    state = "no step made yet"
    if done:
        state = f"as of {counted(len(done), 'step')}, the last of {moment(done[-1].time)}"
    title = cut(scenario.name, 120) or "A proposal for commissioning areas"
    return Document(
        title=title,
        subtitle=f"Brief to hand out: {counted(len(case.now.areas), 'area')} made of "
        f"{case.units(len(case.ground))}; {state}",
        sections=(
            in_short(case), what_changes(case), areas(case), contested(case), must_agree(case),
            money(case), need(case), method(case),
        ),
        foot=f"{title}; {state}",
    )  # fmt: skip
