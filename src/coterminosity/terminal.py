"""What the command line shows: text and tables on stdout, a progress bar on stderr."""

import sys
import threading
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from coterminosity.brief import Brief

Boundaries = Annotated[
    Path | None,
    typer.Option("--boundaries", help="Folder of boundary files; the embedded figures by default."),
]
Population = Annotated[
    Path | None,
    typer.Option(help="People by code (CSV) or small area; mid-2017 by default."),
]


class _Policy(StrEnum):
    """Choices as an enumeration, so that a wrong one is wrong usage."""

    open = "open"
    least_split = "least-split"
    strongest_claim = "strongest-claim"


Policy = Annotated[
    _Policy | None,
    typer.Option(
        "--contested",
        help="What happens to contested districts: left for negotiation (open, the default), or "
        "given a provisional home.",
    ),
]
_SLOW = 1.0  # seconds: anything longer shows a progress bar


class Bar:
    """A progress bar on a terminal's stderr that appears when work takes longer than a second."""

    def __init__(self) -> None:
        self._stage: tuple[str, int, int] = ("working", 0, 1)
        self._bar: Progress | None = None
        self._task: Any = None
        self._lock = threading.Lock()
        self._timer = threading.Timer(_SLOW, self._appear)
        self._timer.daemon = True

    def __call__(self, stage: str, done: int, todo: int) -> None:
        """Show a stage with the steps done of the steps to do."""
        with self._lock:
            self._stage = (stage, done, todo)
            self._update()

    def _appear(self) -> None:
        console = Console(stderr=True)
        with self._lock:
            if console.is_terminal:
                self._bar = Progress(
                    TextColumn("{task.description:<28}"), BarColumn(), TimeElapsedColumn(),
                    console=console, transient=True,
                )  # fmt: skip
                self._bar.start()
                self._task = self._bar.add_task("working")
                self._update()

    def _update(self) -> None:
        stage, done, todo = self._stage
        if self._bar is not None:
            # A single step has no measurable share done: the bar then pulses.
            total = todo if todo > 1 else None
            self._bar.update(self._task, description=stage, completed=done, total=total)

    def __enter__(self) -> "Bar":
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()
        with self._lock:
            if self._bar is not None:
                self._bar.stop()
                self._bar = None


def say(text: str) -> None:
    """Print to stdout as it stands: no wrapping, no colour, so that it can be piped."""
    sys.stdout.write(text + "\n")


def show(frame: Any, *, title: str = "") -> None:
    """Print a table, wrapped to the width of the terminal."""
    if title:
        say(title)
    table = Table(show_edge=False, pad_edge=False)
    for column in frame.columns:
        table.add_column(str(column), overflow="fold")
    for row in frame.itertuples(index=False):
        table.add_row(*(text_of(value) for value in row))
    width = None if sys.stdout.isatty() else 160
    Console(highlight=False, markup=False, emoji=False, width=width).print(table)


def text_of(value: Any) -> str:
    """Return a value as it is shown: shares with four digits, other numbers without decimals."""
    if isinstance(value, float):
        return f"{value:.4f}" if abs(value) <= 1 else f"{value:,.0f}"
    return str(value)


def note(text: str) -> None:
    """Print a remark to stderr."""
    sys.stderr.write(f"note: {text}\n")


def brief_of(file: Path | None, contested: _Policy | None) -> Brief:
    """Return the brief of a file, or the default one, with another policy if that is given."""
    brief = Brief.from_file(file) if file else Brief()
    return brief if contested is None else replace(brief, contested=contested.value)
