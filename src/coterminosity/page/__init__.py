"""The negotiating table as one HTML file that works alone, and as a notebook widget."""

import base64
import hashlib
import html
import string
from pathlib import Path

from coterminosity.atoms import Atoms
from coterminosity.errors import CoterminosityError
from coterminosity.page.joining import script, styles
from coterminosity.page.notebook import widget
from coterminosity.page.payload import payload_of
from coterminosity.scenario import Scenario
from coterminosity.writing import write_together

__all__ = ["html_of", "widget", "write_page"]

_PAGE = string.Template("""\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="$policy">
<meta name="generator" content="coterminosity">
<title>$title</title>
<style>
$styles
</style>
</head>
<body>
<div id="table"></div>
<noscript>
$content
</noscript>
<script type="application/json" id="payload">$payload</script>
<script type="module">$script</script>
</body>
</html>
""")
_START = """
startWhenShown(
  document.getElementById("table"),
  JSON.parse(document.getElementById("payload").textContent),
);
"""


def write_page(
    scenario: Scenario, path: str | Path, *, drawn: Atoms | None = None, note: str = ""
) -> Path:
    """Write the negotiating table of a scenario as one HTML file that works alone.

    It opens from disk in any current browser, without a server and without network: a map and
    tables in which units are moved between areas, with people, money, splits and merges of bodies,
    need, size and contiguity after each move. What was decided is saved as a scenario file, which
    `Scenario.from_file` reads back, or travels in the address.

    Parameters
    ----------
    scenario : Scenario
        Base plan and log to open with.
    path : path
        File ``.html`` to write; it appears when it is complete.
    drawn : Atoms, optional
        Atoms that draw the units, such as those of real boundary files, where the scenario stands
        on figures that are drawn schematically.
    note : str
        Who holds the rights in the boundaries; for the foot of the page.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    CoterminosityError
        Where the file is not called ``.html``.
    LayerError
        Where there is no geometry to draw.

    Examples
    --------
    >>> import tempfile
    >>> import coterminosity as ct
    >>> data = ct.england_2017()
    >>> scenario = ct.Scenario(ct.propose(data.graph, data.atoms), name="Devolution")
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     ct.write_page(scenario, Path(folder) / "table.html").stat().st_size < 1_000_000
    True
    """
    path = Path(path)
    if path.suffix.lower() not in (".html", ".htm"):
        raise CoterminosityError(
            f"{path}: wanted a page as .html, got {path.suffix or 'no ending'}"
        )
    text = html_of(scenario, drawn=drawn, note=note)
    (written,) = write_together(
        path.parent, {path.name: lambda own: own.write_bytes(text.encode("utf-8"))}
    )
    return written


def html_of(scenario: Scenario, *, drawn: Atoms | None = None, note: str = "") -> str:
    """Return the page of a scenario as HTML; see `write_page`.

    The same scenario gives the same text. A policy in the page forbids the browser all network,
    and every script but the page's own.
    """
    program = script() + _START
    style = styles()
    for what, text in (("script", program), ("style", style)):
        if "</" + what in text.lower() or "<!--" in text:
            raise CoterminosityError(f"{what}: holds what would end it inside a page")
    title = scenario.name or "Negotiating table"
    return _PAGE.substitute(
        policy=_policy(program),
        title=html.escape(title),
        styles=style,
        content=_content(scenario, title),
        payload=_quoted(payload_of(scenario, drawn=drawn, note=note)),
        script=program,
    )


def _policy(program: str) -> str:
    digest = base64.b64encode(hashlib.sha256(program.encode()).digest()).decode()
    return (
        f"default-src 'none'; script-src 'sha256-{digest}'; style-src 'unsafe-inline'; "
        "img-src data: blob:; base-uri 'none'; form-action 'none'"
    )


def _quoted(payload: str) -> str:
    """Return JSON that stays JSON inside a page, whatever names and notes hold."""
    return payload.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def _content(scenario: Scenario, title: str) -> str:
    """Return the areas as a plain table, for readers without scripts."""
    standing = scenario.standing
    rows = [
        f"<tr><th scope=\"row\">{html.escape(name)}</th><td>{units:,}</td><td>{people:,.0f}</td>"
        f"<td>{land / 1e6:,.0f}</td><td>{band}</td><td>{pieces}</td></tr>"
        for name, units, people, land, band, pieces in zip(
            standing.areas, standing.units.tolist(), standing.people.tolist(),
            standing.land_m2.tolist(), standing.size_band.tolist(), standing.pieces.tolist(),
            strict=True,
        )
    ]  # fmt: skip
    open_units = [
        html.escape(scenario.ground.names[unit])
        for unit, area in enumerate(scenario.position.area.tolist())
        if area < 0
    ]
    still = f"<p>Without an area: {', '.join(open_units)}.</p>\n" if open_units else ""
    titles = ("Area", "Districts", "People", "km²", "Size band", "Pieces")
    head = "".join(f'<th scope="col">{own}</th>' for own in titles)
    return (
        f"<h1>{html.escape(title)}</h1>\n"
        "<p>This page needs scripts to move districts between areas. The areas as they are:</p>\n"
        f"<table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n"
        + "\n".join(rows)
        + f"\n</tbody>\n</table>\n{still}"
    )
