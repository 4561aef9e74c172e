"""A document as a tagged PDF, set by typst."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import matplotlib as mpl
import typst
from matplotlib.ft2font import FT2Font

from coterminosity.errors import CoterminosityError
from coterminosity.reporting.documents import (
    Block,
    Document,
    Grid,
    Paragraph,
    Picture,
    Points,
    plain,
)

# Every text comes in as data and is shown as it stands: nothing of it is read as markup.
_TEMPLATE = """
#let d = json(bytes(sys.inputs.document))
#let violet = rgb("#5b2a86")
#let soft = rgb("#4d4d4d")
#set document(title: d.title, author: "coterminosity", date: none)
#set text(font: ("Libertinus Serif", "DejaVu Sans"), size: 9.2pt, lang: "en", region: "GB",
  number-type: "lining")
#set par(justify: false, leading: 0.55em, spacing: 0.75em)
#set page(paper: "a4", margin: (x: 16mm, top: 15mm, bottom: 17mm), footer: context [
  #set text(size: 7.5pt, fill: soft)
  #d.foot #h(1fr) #counter(page).display("1 of 1", both: true)
])
#show title: set text(size: 19pt)
#show title: set block(below: 0.5em)
#show heading: set text(size: 12.5pt, fill: violet)
#show heading: set block(above: 1.5em, below: 0.7em, sticky: true)
#show table: set text(size: 7.6pt, number-width: "tabular", hyphenate: false)
#show table: set par(leading: 0.45em, spacing: 0.5em)
#show figure: set block(breakable: true, above: 1em, below: 1em)
#show figure.caption: it => block(width: 100%, align(left, text(size: 8.2pt, it.body)))
#show figure.where(kind: image): set align(left)
#show figure.where(kind: table): set figure.caption(position: top)
#show figure.where(kind: table): it => {
  block(above: 1.2em, below: 0.5em, sticky: true, strong(it.caption))
  align(left, it.body)
}
#let cell(text, column) = if column.number { align(right, text) } else { text }
#let rule = table.hline(stroke: 0.3pt + rgb("#b8b8b8"))
#let grid-of(b) = figure(
  kind: table,
  supplement: none,
  numbering: none,
  caption: b.caption,
  table(
    columns: b.columns.map(c => c.wide * 1fr),
    stroke: none,
    inset: (x: 3pt, y: 2.6pt),
    align: left + top,
    table.header(..b.columns.map(c => table.cell(align: bottom, strong(cell(c.title, c)))),
      table.hline(stroke: 0.8pt)),
    ..b.parts.map(part => {
      let rows = part.rows.map(row => {
        let shown = row.cells.enumerate().map(((k, text)) => {
          let own = cell(text, b.columns.at(k))
          if row.total { strong(own) } else { own }
        })
        (..shown, rule)
      }).flatten()
      if part.title == "" { rows } else {
        (table.header(level: 2, repeat: false, table.cell(colspan: b.columns.len(),
          fill: rgb("#f3eff8"), strong(part.title)), rule), ..rows)
      }
    }).flatten(),
  ),
)
#let block-of(b) = {
  if b.kind == "paragraph" {
    if b.small { text(size: 8.2pt, fill: soft, par(b.text)) } else { par(b.text) }
  } else if b.kind == "points" {
    list(..b.items, spacing: 0.6em)
  } else if b.kind == "grid" {
    grid-of(b)
  } else {
    figure(
      image(bytes(b.svg), format: "svg", alt: b.alt, width: b.wide * 100%),
      caption: b.caption, supplement: none, numbering: none, kind: image,
    )
  }
}
#title()
#text(fill: soft, d.subtitle)
#line(length: 100%, stroke: 1.5pt + violet)
#for section in d.sections {
  heading(level: 1, section.title)
  for b in section.blocks { block-of(b) }
}
"""
_FALLBACK = "DejaVuSans.ttf"


def to_pdf(document: Document) -> bytes:
    """Return a document as tagged PDF (PDF/UA-1), the same bytes for the same document.

    Letters that neither of its fonts has are shown as �.

    Raises
    ------
    CoterminosityError
        Where the document cannot be set.
    """
    data = json.dumps(_plain_data(document), ensure_ascii=False)
    try:
        return typst.compile(
            _TEMPLATE.encode("utf-8"),
            format="pdf",
            sys_inputs={"document": data},
            font_paths=typst.Fonts(include_system_fonts=False, font_paths=[_fonts()]),
            pdf_standards="ua-1",
        )
    except RuntimeError as error:
        raise CoterminosityError(f"the brief cannot be set as PDF: {error}") from error


def _plain_data(document: Document) -> dict[str, Any]:
    return {
        "title": _shown(document.title),
        "subtitle": _shown(document.subtitle),
        "foot": _shown(document.foot),
        "sections": [
            {"title": _shown(own.title), "blocks": [_block(block) for block in own.blocks]}
            for own in document.sections
        ],
    }


def _block(block: Block) -> dict[str, Any]:
    match block:
        case Paragraph():
            return {"kind": "paragraph", "text": _shown(block.text), "small": block.small}
        case Points():
            return {"kind": "points", "items": [_shown(item) for item in block.items]}
        case Grid():
            columns = [
                {"title": _shown(own.title), "number": own.number, "wide": own.wide}
                for own in block.columns
            ]
            parts = [
                {"title": _shown(title), "rows": [
                    {"cells": [_shown(cell) for cell in row],
                     "total": block.total and row is block.rows[-1]} for row in rows
                ]} for title, rows in block.parts()
            ]  # fmt: skip
            return {"kind": "grid", "caption": _shown(block.caption), "columns": columns,
                    "parts": parts}  # fmt: skip
        case Picture():
            return {"kind": "picture", "svg": block.svg, "alt": _shown(block.alt),
                    "caption": _shown(block.caption), "wide": block.wide}  # fmt: skip


def _shown(text: str) -> str:
    letters = _letters()
    return "".join(own if ord(own) in letters else "\ufffd" for own in plain(text))


def _fonts() -> Path:
    return Path(mpl.get_data_path()) / "fonts" / "ttf"


@cache
def _letters() -> frozenset[int]:
    """Return the letters that can surely be shown: those of the font that comes second."""
    return frozenset(FT2Font(str(_fonts() / _FALLBACK)).get_charmap())
