"""The content of a document: sections of text, tables and pictures, without any format."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from coterminosity.errors import CoterminosityError

# Control characters, lone surrogates and characters that no text may hold (Unicode, XML).
_UNFIT = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]+")
# Marks that reverse the direction of the text after them, or hide it.
_TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]+")


def plain(text: object) -> str:
    """Return a text on one line, without characters that cannot be shown.

    Examples
    --------
    >>> plain("as asked" + chr(10) + "by" + chr(0) + "Croydon ")
    'as asked by Croydon'
    """
    shown = _TURNING.sub("", _UNFIT.sub(" ", str(text)))
    return " ".join(shown.split())


@dataclass(frozen=True, kw_only=True)
class Paragraph:
    """A paragraph of plain text; ``small`` for captions and remarks."""

    text: str
    small: bool = False


@dataclass(frozen=True, kw_only=True)
class Points:
    """A list of points, in no order that matters."""

    items: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Column:
    """The head of a column of a grid.

    Attributes
    ----------
    title : str
        What stands in it.
    number : bool
        Numbers are set to the right.
    wide : float
        Width against that of the other columns.
    """

    title: str
    number: bool = False
    wide: float = 1.0


@dataclass(frozen=True, kw_only=True)
class Grid:
    """A table: each row begins with what it is about.

    Parameters
    ----------
    caption : str
        What it shows, of when and where.
    columns : tuple of Column
        Heads.
    rows : tuple of tuples of str
        As many cells as columns.
    total : bool
        The last row adds up those above it.
    groups : tuple of (str, int)
        Heads of groups of rows, with how many rows each has; none by default.

    Raises
    ------
    CoterminosityError
        Where a row has more or fewer cells than there are columns, or groups more or fewer rows
        than there are.
    """

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    total: bool = False
    groups: tuple[tuple[str, int], ...] = ()

    def __post_init__(self) -> None:
        held = sum(count for _, count in self.groups)
        if self.groups and held != len(self.rows):
            raise CoterminosityError(
                f"table {self.caption!r}: groups of {held} rows in all, got {len(self.rows)} rows"
            )
        for row in self.rows:
            if len(row) != len(self.columns):
                raise CoterminosityError(
                    f"table {self.caption!r}: wanted {len(self.columns)} cells, got {len(row)} in "
                    f"the row of {row[0] if row else 'nothing'!r}"
                )

    def parts(self) -> Iterator[tuple[str, tuple[tuple[str, ...], ...]]]:
        """Go through groups of rows with their heads; one without a head where there are none."""
        first = 0
        for title, count in self.groups or (("", len(self.rows)),):
            yield title, self.rows[first : first + count]
            first += count


@dataclass(frozen=True, kw_only=True)
class Picture:
    """A drawing.

    Attributes
    ----------
    svg : str
        The drawing, letters as outlines.
    alt : str
        What it shows, for those who cannot see it.
    caption : str
        Below it.
    wide : float
        Width as a share of the page, 0 to 1.
    png : bytes
        The same as an image, where the drawing is too heavy for a web page.
    """

    svg: str
    alt: str
    caption: str
    wide: float = 1.0
    png: bytes = b""


Block = Paragraph | Points | Grid | Picture


@dataclass(frozen=True, kw_only=True)
class Section:
    """A section with a heading.

    Attributes
    ----------
    key : str
        Short name, for links.
    title : str
        Heading.
    blocks : tuple of Block
        In order.
    """

    key: str
    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, kw_only=True)
class Document:
    """A document in British English.

    Parameters
    ----------
    title, subtitle : str
        At its head.
    sections : tuple of Section
        In order, each with a key of its own.
    foot : str
        On every page.

    Raises
    ------
    CoterminosityError
        Where two sections have one key.
    """

    title: str
    subtitle: str
    sections: tuple[Section, ...]
    foot: str

    def __post_init__(self) -> None:
        keys = [section.key for section in self.sections]
        if len(set(keys)) < len(keys):
            raise CoterminosityError(f"a document's sections need keys that differ, got {keys}")

    def texts(self) -> Iterator[str]:
        """Go through every text that a reader sees, in order; alternative texts included."""
        yield from (self.title, self.subtitle)
        for section in self.sections:
            yield section.title
            for block in section.blocks:
                yield from _texts(block)
        yield self.foot


def _texts(block: Block) -> Iterator[str]:
    match block:
        case Paragraph():
            yield block.text
        case Points():
            yield from block.items
        case Grid():
            yield block.caption
            yield from (column.title for column in block.columns)
            yield from (title for title, _ in block.groups)
            for row in block.rows:
                yield from row
        case Picture():
            yield from (block.alt, block.caption)
