"""Steps of a negotiation as they are typed: ``move Croydon to Coast to Capital``."""

import re
from collections.abc import Callable, Iterable

from coterminosity.errors import ScenarioError, nearest
from coterminosity.negotiating.steps import Turn
from coterminosity.scenario import Scenario

# Each as it is written, and how it is made. Names may hold commas and "and", so that units are
# parted by semicolons and sides by "to", "with" or "by".
FORMS = {
    "move": "move UNIT; UNIT to AREA",
    "open": "open UNIT",
    "swap": "swap UNIT with UNIT",
    "merge": "merge AREA with AREA",
    "split": "split AREA by LAYER",
    "new": "new AREA: UNIT; UNIT",
    "rename": "rename AREA to NAME",
    "lock": "lock UNIT; UNIT",
    "unlock": "unlock UNIT; UNIT",
    "close": "close AREA",
    "reopen": "reopen AREA",
    "keep": "keep UNIT with UNIT; UNIT",
    "release": "release UNIT",
    "settle": "settle ZONE to AREA",
    "leave": "leave ZONE",
    "note": "note TEXT",
    "undo": "undo",
    "redo": "redo",
}


def spoken(scenario: Scenario, text: str, *, who: str | None = None, note: str = "",
           strict: bool | None = None) -> Scenario:  # fmt: skip
    """Return the scenario after a step that is typed in plain words.

    Parameters
    ----------
    scenario : Scenario
        As it is.
    text : str
        One of `FORMS`, such as ``move Croydon to Coast to Capital``.
    who, note, strict
        As for any step.

    Raises
    ------
    ScenarioError
        Where the words are none of these, or the step cannot be made.

    Examples
    --------
    >>> import coterminosity as ct
    >>> data = ct.england_2017()
    >>> scenario = ct.Scenario(ct.propose(data.graph, data.atoms))
    >>> spoken(scenario, "move Croydon to Coast to Capital").area_of("Croydon")
    'Coast to Capital'
    """
    verb, _, rest = text.strip().partition(" ")
    verb, rest = verb.lower(), rest.strip()
    if verb not in FORMS:
        raise ScenarioError(
            f"no step begins with {verb!r}{nearest(verb, FORMS)}; there are: "
            f"{', '.join(FORMS.values())}"
        )
    if verb in ("undo", "redo"):
        if rest:
            raise ScenarioError(f"wanted {verb!r} alone, got {text!r}")
        return scenario.undo() if verb == "undo" else scenario.redo()
    if not rest:
        raise ScenarioError(f"wanted {FORMS[verb]!r}, got {text!r}")
    turn: Turn = {"who": who, "note": note, "strict": strict}
    return _MADE[verb](scenario, rest, turn)


def _units(text: str) -> list[str]:
    return [part.strip() for part in text.split(";") if part.strip()]


def _sides(verb: str, text: str, word: str, known: Iterable[str] = ()) -> tuple[str, str]:
    """Return what stands on both sides of the word that parts them.

    A name may hold the word too, as Coast to Capital does: where the longest left side that is a
    known name ends, else at the first.
    """
    found = list(re.finditer(rf"\s+{word}\s+", text))
    if not found:
        raise ScenarioError(f"wanted {FORMS[verb]!r}, got {f'{verb} {text}'!r}")
    names = {name.casefold() for name in known}
    named = [own for own in found if text[: own.start()].casefold() in names]
    parting = named[-1] if named else found[0]
    return text[: parting.start()], text[parting.end() :]


def _move(s: Scenario, text: str, turn: Turn) -> Scenario:
    units, area = _sides("move", text, "to", s.ground.names)
    return s.move(_units(units), to=area, **turn)


def _swap(s: Scenario, text: str, turn: Turn) -> Scenario:
    return s.swap(*_sides("swap", text, "with", s.ground.names), **turn)


def _merge(s: Scenario, text: str, turn: Turn) -> Scenario:
    return s.merge(*_sides("merge", text, "with", s.position.areas), **turn)


def _split(s: Scenario, text: str, turn: Turn) -> Scenario:
    return s.split(*_sides("split", text, "by", s.position.areas), **turn)


def _new(s: Scenario, text: str, turn: Turn) -> Scenario:
    name, colon, units = text.partition(":")
    if not colon:
        raise ScenarioError(f"wanted {FORMS['new']!r}, got {f'new {text}'!r}")
    return s.new_area(name, _units(units), **turn)


def _keep(s: Scenario, text: str, turn: Turn) -> Scenario:
    one, others = _sides("keep", text, "with", s.ground.names)
    return s.keep_together(one, *_units(others), **turn)


def _settle(s: Scenario, text: str, turn: Turn) -> Scenario:
    bodies = s.ground.layer(s.ground.seed_layer).names
    known = (*bodies, *s.ground.names, *(zone.title for zone in s.zones))
    zone, area = _sides("settle", text, "to", known)
    return s.settle(zone, to=area, **turn)


_MADE: dict[str, Callable[[Scenario, str, Turn], Scenario]] = {
    "move": _move,
    "open": lambda s, text, turn: s.move(_units(text), to=None, **turn),
    "swap": _swap,
    "merge": _merge,
    "split": _split,
    "new": _new,
    "rename": lambda s, text, turn: s.rename(
        *_sides("rename", text, "to", s.position.areas), **turn
    ),
    "lock": lambda s, text, turn: s.lock(*_units(text), **turn),
    "unlock": lambda s, text, turn: s.unlock(*_units(text), **turn),
    "close": lambda s, text, turn: s.lock(area=text, **turn),
    "reopen": lambda s, text, turn: s.unlock(area=text, **turn),
    "keep": _keep,
    "release": lambda s, text, turn: s.release(*_units(text), **turn),
    "settle": _settle,
    "leave": lambda s, text, turn: s.leave_alone(text, **turn),
    "note": lambda s, text, turn: s.note(
        "; ".join(part for part in (text, turn.get("note")) if part), who=turn.get("who")
    ),
}
