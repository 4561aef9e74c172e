"""A document as one HTML page that needs nothing else: no scripts, fonts or files."""

import base64
from html import escape

from coterminosity.reporting.documents import (
    Block,
    Column,
    Document,
    Grid,
    Paragraph,
    Picture,
    Points,
    Section,
    plain,
)

_STYLE = """
:root { color-scheme: light; --ink: #1a1a1a; --soft: #4d4d4d; --rule: #b8b8b8; --mark: #5b2a86; }
* { box-sizing: border-box; }
body { font: 1rem/1.5 Georgia, "Libertinus Serif", "Times New Roman", serif; color: var(--ink);
       background: #fff; margin: 0 auto; max-width: 64rem; padding: 1.5rem 1.25rem 3rem; }
header { border-bottom: 3px solid var(--mark); margin-bottom: 1.25rem; padding-bottom: .5rem; }
h1 { font-size: 1.9rem; line-height: 1.2; margin: 0 0 .25rem; overflow-wrap: anywhere; }
h2 { font-size: 1.25rem; color: var(--mark); margin: 2.2rem 0 .5rem; }
header p { color: var(--soft); margin: 0; }
nav ol { columns: 2; margin: 0; padding-left: 1.4rem; }
nav h2 { font-size: 1rem; margin: 0 0 .25rem; color: var(--soft); }
a { color: #0b4f8a; } a:focus-visible, .wide:focus-visible { outline: 3px solid #0b4f8a; }
p { margin: .5rem 0; max-width: 48rem; } .small { font-size: .875rem; color: var(--soft); }
ul { margin: .5rem 0; padding-left: 1.3rem; max-width: 48rem; } li { margin: .2rem 0; }
table { border-collapse: collapse; width: 100%; font-size: .875rem; line-height: 1.35; }
caption { text-align: left; font-weight: 700; padding: .9rem 0 .35rem; font-size: .95rem; }
th, td { text-align: left; vertical-align: top; padding: .3rem .5rem; overflow-wrap: break-word;
         border-bottom: 1px solid var(--rule); }
thead th { border-bottom: 2px solid var(--ink); vertical-align: bottom; }
tbody th { font-weight: 400; }
.number { text-align: right; font-variant-numeric: tabular-nums lining-nums; }
td.number { white-space: nowrap; }
.group th { font-weight: 700; background: #f3eff8; }
.total th, .total td { font-weight: 700; border-top: 2px solid var(--ink); }
.wide { overflow-x: auto; margin: .5rem 0 1rem; }
figure { margin: 1rem 0; min-width: min(100%, 30rem); }
figure img { display: block; width: 100%; height: auto; }
figcaption { font-size: .875rem; color: var(--soft); }
footer { margin-top: 2.5rem; border-top: 1px solid var(--rule); padding-top: .5rem;
         font-size: .875rem; color: var(--soft); }
@media print {
  @page { size: A4; margin: 14mm 15mm 15mm; }
  body { font-size: 8.6pt; line-height: 1.28; max-width: none; padding: 0; }
  nav { display: none; } h1 { font-size: 18pt; } h2 { font-size: 12pt; margin: 10pt 0 3pt; }
  header { margin-bottom: 6pt; } p, ul { max-width: none; margin: 3pt 0; orphans: 3; widows: 3; }
  li { margin: 1pt 0; } h2, caption, .group { break-after: avoid; }
  figure { margin: 6pt 0; min-width: 0; } figure, tr, li { break-inside: avoid; }
  thead { display: table-header-group; } table { font-size: 7.2pt; line-height: 1.2; }
  th, td { padding: 1.6pt 3pt; } caption { font-size: 8.6pt; padding: 6pt 0 2pt; }
  .small, figcaption, footer { font-size: 7.2pt; } .wide { overflow: visible; margin: 0 0 4pt; }
  footer { margin-top: 8pt; } a { color: inherit; text-decoration: none; }
}
"""


def to_html(document: Document) -> str:
    """Return a document as one HTML page; every text of it is shown as text.

    Examples
    --------
    >>> page = to_html(Document(title="North <b>", subtitle="", sections=(), foot="2017"))
    >>> "<h1>North &lt;b&gt;</h1>" in page
    True
    """
    contents = "".join(
        f'<li><a href="#{escape(section.key)}">{_said(section.title)}</a></li>'
        for section in document.sections
    )
    return "\n".join(
        [
            "<!doctype html>",
            '<html lang="en-GB">',
            "<head>",
            '<meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
            "img-src data:; style-src 'unsafe-inline'\">",
            f"<title>{_said(document.title)}</title>",
            f"<style>{_STYLE}</style>",
            "</head>",
            "<body>",
            f"<header><h1>{_said(document.title)}</h1><p>{_said(document.subtitle)}</p></header>",
            f'<nav aria-labelledby="contents"><h2 id="contents">Contents</h2><ol>{contents}</ol>'
            "</nav>",
            "<main>",
            *(_section(section) for section in document.sections),
            "</main>",
            f"<footer><p>{_said(document.foot)}</p></footer>",
            "</body>",
            "</html>",
            "",
        ]
    )


def _said(text: str) -> str:
    return escape(plain(text))


def _section(section: Section) -> str:
    key = escape(section.key)
    blocks = "\n".join(_block(block) for block in section.blocks)
    return (
        f'<section aria-labelledby="{key}"><h2 id="{key}">{_said(section.title)}</h2>\n{blocks}'
        "</section>"
    )


def _block(block: Block) -> str:
    match block:
        case Paragraph():
            small = ' class="small"' if block.small else ""
            return f"<p{small}>{_said(block.text)}</p>"
        case Points():
            items = "".join(f"<li>{_said(item)}</li>" for item in block.items)
            return f"<ul>{items}</ul>"
        case Grid():
            return _grid(block)
        case Picture():
            # As an image the drawing can run nothing and clash with nothing on the page.
            kind, own = ("png", block.png) if block.png else ("svg+xml", block.svg.encode("utf-8"))
            held = base64.b64encode(own).decode("ascii")
            return (
                f'<figure style="width:{block.wide:.0%}"><img alt="{_said(block.alt)}" '
                f'src="data:image/{kind};base64,{held}">'
                f"<figcaption>{_said(block.caption)}</figcaption></figure>"
            )


def _grid(grid: Grid) -> str:
    head = "".join(
        f'<th scope="col"{_align(column)}>{_said(column.title)}</th>' for column in grid.columns
    )
    bodies = []
    for title, rows in grid.parts():
        group = (
            f'<tr class="group"><th scope="rowgroup" colspan="{len(grid.columns)}">'
            f"{_said(title)}</th></tr>"
            if title else ""
        )  # fmt: skip
        told = "".join(_row(grid, row, last=grid.total and row is grid.rows[-1]) for row in rows)
        bodies.append(f"<tbody>{group}{told}</tbody>")
    caption = _said(grid.caption)
    return (
        f'<div class="wide" role="region" aria-label="{caption}" tabindex="0"><table>'
        f"<caption>{caption}</caption>{_widths(grid)}<thead><tr>{head}</tr></thead>"
        f"{''.join(bodies)}</table></div>"
    )


def _row(grid: Grid, row: tuple[str, ...], *, last: bool) -> str:
    cells = "".join(
        f"<td{_align(column)}>{_said(cell)}</td>"
        for column, cell in zip(grid.columns[1:], row[1:], strict=True)
    )
    first = f'<th scope="row"{_align(grid.columns[0])}>{_said(row[0])}</th>'
    total = ' class="total"' if last else ""
    return f"<tr{total}>{first}{cells}</tr>"


def _widths(grid: Grid) -> str:
    whole = sum(column.wide for column in grid.columns)
    each = "".join(
        f'<col style="width:{100 * column.wide / whole:.1f}%">' for column in grid.columns
    )
    return f"<colgroup>{each}</colgroup>"


def _align(column: Column) -> str:
    return ' class="number"' if column.number else ""
