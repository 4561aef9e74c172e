"""Entries of a negotiation's log: what was done, by whom, when and why."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import Any, Self

from coterminosity.errors import ScenarioError, listed, nearest

# What each action needs beside a time: units with an area each, units, areas, new names.
NEEDS = {
    "move": ("units", "to"),
    "swap": ("units", "to"),
    "merge": ("units", "to", "areas"),
    "split": ("units", "to"),
    "new_area": ("units", "to"),
    "rename": ("areas", "names"),
    "lock": ("units",),
    "unlock": ("units",),
    "lock_area": ("areas",),
    "unlock_area": ("areas",),
    "keep_together": ("units",),
    "release": ("units",),
    "leave": ("note",),
    "note": ("note",),
}
ASSIGNING = ("move", "swap", "merge", "split", "new_area")
MOST_LETTERS = 2_000
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
_UNSEEN = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")
_LISTS = ("units", "to", "areas", "names", "flags")


@dataclass(frozen=True, kw_only=True)
class Entry:
    """Hold one step of a negotiation, in full: replaying entries leads to the same areas.

    Parameters
    ----------
    action : str
        One of ``move, swap, merge, split, new_area, rename, lock, unlock, lock_area,
        unlock_area, keep_together, release, leave, note``.
    time : str
        UTC, ``2026-11-25T20:00:00Z``.
    who : str
        Who spoke; may be empty.
    units, to : tuple of str
        Codes, and the name of the area that each goes to.
    areas, names : tuple of str
        Areas concerned, and their new names.
    note : str
        The reason.
    flags : tuple of str
        What the step broke, in words.
    undone : bool
        Taken back, and not yet overtaken by another step.

    Raises
    ------
    ScenarioError
        Where the action is unknown or lacks what it needs.
    """

    action: str
    time: str
    who: str = ""
    units: tuple[str, ...] = ()
    to: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    note: str = ""
    flags: tuple[str, ...] = ()
    undone: bool = False

    def __post_init__(self) -> None:
        if self.action not in NEEDS:
            raise ScenarioError(
                f"no step is called {self.action!r}{nearest(str(self.action), NEEDS)}; there are "
                f"{listed(NEEDS, most=20)}"
            )
        if not _is_time(self.time):
            raise ScenarioError(
                f"{self.action}: wanted a time such as 2026-11-25T20:00:00Z, got {self.time!r}"
            )
        missing = [need for need in NEEDS[self.action] if not getattr(self, need)]
        if missing:
            raise ScenarioError(f"{self.action}: no {listed(missing)} given")
        if self.action in ASSIGNING and len(self.to) != len(self.units):
            raise ScenarioError(
                f"{self.action}: wanted an area for each of {len(self.units)} units, got "
                f"{len(self.to)}"
            )
        if len(set(self.units)) < len(self.units):
            raise ScenarioError(f"{self.action}: a unit stands twice; name it once")

    def to_toml(self) -> str:
        """Return the entry as a block of TOML, one line for each value that is not empty."""
        lines = ["[[log]]"]
        for own in fields(self):
            value = getattr(self, own.name)
            if value:
                plain = list(value) if isinstance(value, tuple) else value
                text = json.dumps(plain, ensure_ascii=False)
                # The one letter that JSON writes plainly and TOML does not take.
                lines.append(f"{own.name} = {text}".replace("\x7f", "\\u007f"))
        return "\n".join(lines) + "\n"

    @classmethod
    def from_table(cls, table: Mapping[str, Any], *, where: str) -> Self:
        """Return the entry of a TOML table.

        Raises
        ------
        ScenarioError
            Where a value is unknown or of another kind.
        """
        if not isinstance(table, Mapping):
            raise ScenarioError(f"{where}: wanted a table [[log]], got {table!r}")
        known = {own.name for own in fields(cls)}
        strange = sorted(set(table) - known)
        if strange:
            raise ScenarioError(
                f"{where}: a step has no {listed(strange)}{nearest(strange[0], known)}"
            )
        values: dict[str, Any] = {"action": "", "time": "", **table}
        for name, value in values.items():
            values[name] = _checked(name, value, where)
        try:
            return cls(**values)
        except ScenarioError as error:
            raise ScenarioError(f"{where}: {error}") from error


def _checked(name: str, value: Any, where: str) -> Any:
    """Return a value of an entry in its type, or refuse it."""
    if name in _LISTS:
        if isinstance(value, (list, tuple)) and all(isinstance(own, str) for own in value):
            return tuple(value)
        raise ScenarioError(f"{where}: {name} must be a list of texts, got {value!r}")
    if name == "undone":
        if isinstance(value, bool):
            return value
        raise ScenarioError(f"{where}: undone must be true or false, got {value!r}")
    if not isinstance(value, str):
        raise ScenarioError(f"{where}: {name} must be a text, got {value!r}")
    return value


def _is_time(text: str) -> bool:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return _TIME.fullmatch(text) is not None


def clean(text: str) -> str:
    """Return a text of a user's on one line, without letters that cannot be seen or written.

    Examples
    --------
    >>> clean(" as asked" + chr(10) + "by the council ")
    'as asked by the council'
    """
    return _UNSEEN.sub(" ", str(text)).strip()[:MOST_LETTERS]


def time_of(at: datetime | str | None) -> str:
    """Return a time as entries write it: UTC to the second, now by default.

    Examples
    --------
    >>> time_of(datetime(2017, 11, 24, 9, 30, tzinfo=UTC))
    '2017-11-24T09:30:00Z'
    """
    if isinstance(at, str):
        return at
    own = datetime.now(UTC) if at is None else at
    if own.tzinfo is None:
        raise ScenarioError(f"at: wanted a time with its zone, got {own.isoformat()}")
    return own.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
