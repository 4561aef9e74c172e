"""The audit as documents: Markdown, HTML and CSV, each complete in itself."""

from collections.abc import Callable
from html import escape
from pathlib import Path
from typing import Any

import pandas as pd

from coterminosity.auditing.findings import FAILS, HOLDS, SOURCES, Audit, Finding
from coterminosity.writing import csv_writer, write_together

# Tables longer than this are cut in documents; the CSV files hold all rows.
_ROWS = 12
_TITLE = "What the source papers claim, put to the test"
_STYLE = """
:root { color-scheme: light; }
body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 66rem; padding: 0 1rem;
       color: #1a1a1a; background: #fff; }
h1 { line-height: 1.2; } h2 { font-size: 1.15rem; margin: 2.2rem 0 .4rem; }
table { border-collapse: collapse; width: 100%; font-size: .875rem; margin: .6rem 0; }
th, td { text-align: left; vertical-align: top; padding: .35rem .6rem; }
th, td { border-bottom: 1px solid #ccc; }
td.number { text-align: right; font-variant-numeric: tabular-nums; }
.wide { overflow-x: auto; }
.verdict { font-weight: 600; white-space: nowrap; }
.holds { color: #0b6b2e; } .fails { color: #a3150f; } .untested { color: #5a5a5a; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .1rem 1rem; margin: .3rem 0; }
dt { color: #555; } dd { margin: 0; }
"""


def write(
    audit: Audit, out: Path, *, progress: Callable[[str, int, int], None] | None = None
) -> tuple[Path, ...]:
    """Write ``audit.md``, ``audit.html``, ``audit.csv`` and a CSV of each claim's table.

    All files appear together, or none does.
    """
    writers: dict[str, Callable[[Path], object]] = {
        "audit.md": lambda path: path.write_text(to_markdown(audit), encoding="utf-8"),
        "audit.html": lambda path: path.write_text(to_html(audit), encoding="utf-8"),
        "audit.csv": csv_writer(audit.table.reset_index()),
    }
    for finding in audit:
        if len(finding.table):
            writers[f"claim-{finding.claim.id}.csv"] = csv_writer(finding.table)
    return write_together(out, writers, progress=progress)


def to_markdown(audit: Audit) -> str:
    """Return the audit as Markdown: an overview, then each claim with its figures."""
    lines = [f"# {_TITLE}", "", _counted(audit), ""]
    lines += [f"- {name}: {text}" for name, text in audit.about.items()]
    lines += ["", _markdown_table(_overview(audit)), ""]
    for finding in audit:
        claim = finding.claim
        lines += [f"## {claim.id}. {claim.words}", "", f"**{finding.verdict}**", ""]
        lines += [f"- {title}: {text}" for title, text in _facts(finding)]
        if len(finding.table):
            lines += ["", _markdown_table(_cut(finding.table)), *_more(finding)]
        lines.append("")
    lines += [f"{letter}: {title}." for letter, title in SOURCES.items()]
    return "\n".join(lines) + "\n"


def to_html(audit: Audit) -> str:
    """Return the audit as one HTML page without scripts, fonts or pictures from elsewhere."""
    about = "".join(
        f"<dt>{escape(name)}</dt><dd>{escape(text)}</dd>" for name, text in audit.about.items()
    )
    parts = [
        "<!doctype html>",
        '<html lang="en"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{_TITLE}</title><style>{_STYLE}</style></head><body>",
        f"<h1>{_TITLE}</h1><p>{escape(_counted(audit))}</p><dl>{about}</dl>",
        _overview_html(audit),
    ]
    for finding in audit:
        claim = finding.claim
        facts = "".join(
            f"<dt>{title}</dt><dd>{escape(text)}</dd>" for title, text in _facts(finding)
        )
        parts += [
            f'<h2 id="{claim.id}">{claim.id}. {escape(claim.words)}</h2>',
            f"<p>{_verdict(finding)}</p><dl>{facts}</dl>",
        ]
        if len(finding.table):
            parts.append(_table_html(_cut(finding.table)))
            parts += [f"<p>{escape(line)}</p>" for line in _more(finding) if line]
    sources = "; ".join(f"{letter}: {escape(title)}" for letter, title in SOURCES.items())
    parts.append(f"<p>{sources}.</p></body></html>")
    return "\n".join(parts) + "\n"


def _counted(audit: Audit) -> str:
    return (
        f"{len(audit.findings)} claims: {audit.counts}. Figures are of people unless they say land."
    )


def _overview(audit: Audit) -> pd.DataFrame:
    return audit.table.reset_index()[["id", "claim", "verdict", "measured"]]


def _facts(finding: Finding) -> list[tuple[str, str]]:
    claim = finding.claim
    rows = [("source", claim.source), ("how measured", claim.how), ("expected", claim.expected),
            ("measured", finding.measured), ("why", finding.reason)]  # fmt: skip
    return [(title, text) for title, text in rows if text]


def _cut(table: pd.DataFrame) -> pd.DataFrame:
    return table.head(_ROWS)


def _more(finding: Finding) -> list[str]:
    left = len(finding.table) - _ROWS
    return ["", f"{left} more rows in claim-{finding.claim.id}.csv."] if left > 0 else []


def _text(value: Any) -> str:
    if isinstance(value, float):
        if pd.isna(value):
            return ""
        return f"{value:,.0f}" if abs(value) >= 1000 or value == int(value) else f"{value:,.3f}"
    if isinstance(value, int):
        return f"{value:,}"
    return "" if value is None else str(value)


def _rows(table: pd.DataFrame) -> list[list[Any]]:
    return [list(row.values()) for row in table.astype("object").to_dict("records")]


def _markdown_table(table: pd.DataFrame) -> str:
    lines = ["| " + " | ".join(str(c).replace("_", " ") for c in table.columns) + " |",
             "|" + "---|" * len(table.columns)]  # fmt: skip
    for row in _rows(table):
        cells = (_text(value).replace("|", "\\|").replace("\n", " ") for value in row)
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _table_html(table: pd.DataFrame) -> str:
    head = "".join(f"<th>{escape(str(c).replace('_', ' '))}</th>" for c in table.columns)
    body = []
    for row in _rows(table):
        cells = (
            f'<td class="number">{_text(v)}</td>' if isinstance(v, (int, float))
            else f"<td>{escape(_text(v))}</td>" for v in row
        )  # fmt: skip
        body.append(f"<tr>{''.join(cells)}</tr>")
    return f'<div class="wide"><table><tr>{head}</tr>{"".join(body)}</table></div>'


def _verdict(finding: Finding) -> str:
    kind = {HOLDS: "holds", FAILS: "fails"}.get(finding.verdict, "untested")
    return f'<span class="verdict {kind}">{finding.verdict}</span>'


def _overview_html(audit: Audit) -> str:
    rows = "".join(
        f'<tr><td><a href="#{f.claim.id}">{f.claim.id}</a></td><td>{escape(f.claim.words)}</td>'
        f"<td>{_verdict(f)}</td><td>{escape(f.measured or f.reason)}</td></tr>"
        for f in audit
    )
    head = "<tr><th>id</th><th>claim</th><th>verdict</th><th>measured</th></tr>"
    return f'<div class="wide"><table>{head}{rows}</table></div>'
