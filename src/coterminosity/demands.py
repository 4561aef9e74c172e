"""What a brief may say: the kinds of its choices, and one sentence where one is not as wanted."""

import math
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, TypeGuard

from coterminosity.errors import BriefError, listed, nearest

Groups = tuple[tuple[str, ...], ...]
LINK_KEYS = ("focal", "neighbour", "kind", "reason")
LINK_KINDS = ("bridge", "tunnel", "ferry", "causeway")


def _is_number(value: Any) -> TypeGuard[float]:
    return not isinstance(value, bool) and isinstance(value, (int, float)) and value == value


def number(name: str, value: Any) -> float:
    """Check a number."""
    if not _is_number(value):
        raise BriefError(f"{name}: wanted a number, such as 0.05, got {value!r}")
    return value


def cost(name: str, value: Any) -> float:
    """Check a cost: a number of 0 or more."""
    known = number(name, value)
    if not 0 <= known < math.inf:
        raise BriefError(f"{name}: wanted a cost of 0 or more, got {value}")
    return known


def text(name: str, value: Any) -> str:
    """Check a text."""
    if not isinstance(value, str):
        raise BriefError(f"{name}: wanted a text in quotes, got {value!r}")
    return value


def switch(name: str, value: Any) -> bool:
    """Check a choice of true or false."""
    if not isinstance(value, bool):
        raise BriefError(f"{name}: wanted true or false, got {value!r}")
    return value


def layers(name: str, value: Any) -> tuple[str, ...]:
    """Check a list of layers; one layer may stand without brackets."""
    whole = [value] if isinstance(value, str) else value
    if not isinstance(whole, (list, tuple)) or not all(isinstance(a, str) for a in whole):
        raise BriefError(f"{name}: wanted a list of layers, such as ['stp'], got {whole!r}")
    return tuple(whole)


def names(name: str, value: Any) -> tuple[str, ...]:
    """Check a list of names or codes."""
    if not isinstance(value, (list, tuple)) or not all(isinstance(a, str) for a in value):
        raise BriefError(f"{name}: wanted a list of names or codes, got {value!r}")
    return tuple(value)


def groups(name: str, value: Any, *, least: int = 2) -> Groups:
    """Check a list of lists of names, each of two or more."""
    whole = value if isinstance(value, (list, tuple)) else [value]
    if not all(
        isinstance(own, (list, tuple))
        and len(own) >= least
        and all(isinstance(one, str) for one in own)
        for own in whole
    ):
        raise BriefError(
            f'{name}: wanted lists of two or more names, such as [["Croydon", "Sutton"]], '
            f"got {value!r}"
        )
    return tuple(tuple(own) for own in whole)


def pairs(name: str, value: Any) -> Groups:
    """Check a list of pairs of names."""
    whole = groups(name, value)
    if not all(len(own) == 2 for own in whole):
        raise BriefError(
            f'{name}: wanted pairs of names, such as [["Wirral", "Liverpool"]], got {value!r}'
        )
    return whole


def table(
    name: str, value: Any, kind: Callable[[str, Any], Any], example: str
) -> Mapping[str, Any]:
    """Check a table of names with values of one kind; it is sorted by name and frozen."""
    if not isinstance(value, Mapping) or not all(isinstance(key, str) for key in value):
        raise BriefError(f"{name}: wanted a table, such as {example} under [{name}], got {value!r}")
    return MappingProxyType({key: kind(f"{name}.{key}", value[key]) for key in sorted(value)})


def locks(name: str, value: Any) -> Mapping[str, str]:
    """Check a table of districts and areas."""
    whole = value.items() if isinstance(value, Mapping) else [(None, None)]
    if not all(isinstance(one, str) for pair in whole for one in pair):
        raise BriefError(
            f'{name}: wanted a table of district and area, such as Croydon = "London" under '
            f"[{name}], got {value!r}"
        )
    return MappingProxyType(dict(sorted(value.items())))


def cost_or_table(name: str, value: Any) -> float | Mapping[str, float]:
    """Check one cost for all layers, or a table of costs by layer."""
    if isinstance(value, Mapping):
        return table(name, value, cost, "lep = 1.0")
    return cost(name, value)


def costs(name: str, value: Any) -> Mapping[str, float]:
    """Check a table of costs."""
    return table(name, value, cost, "lep = 4.0")


def sizes(name: str, value: Any) -> Mapping[str, float]:
    """Check a table of people by area."""
    return table(name, value, cost, "London = 9000000")


def units_by_area(name: str, value: Any) -> Mapping[str, tuple[str, ...]]:
    """Check a table of areas with lists of names."""
    return table(name, value, _some, 'Cornwall = ["Cornwall", "Isles of Scilly"]')


def _some(name: str, value: Any) -> tuple[str, ...]:
    if not names(name, value):
        raise BriefError(f"{name}: wanted one name or more, got none")
    return tuple(value)


def texts(name: str, value: Any) -> Mapping[str, str]:
    """Check a table of texts."""
    return table(name, value, text, 'London = "stp"')


def count(name: str, value: Any) -> int | tuple[int, int] | None:
    """Check a number of areas, a range of it, or none."""
    if value is None or (isinstance(value, int) and not isinstance(value, bool) and value >= 1):
        return value
    if (
        isinstance(value, (list, tuple))
        and len(value) == 2
        and all(isinstance(one, int) and not isinstance(one, bool) for one in value)
        and 1 <= value[0] <= value[1]
    ):
        return (value[0], value[1])
    raise BriefError(
        f"{name}: wanted a whole number of areas such as 38, or a range such as [30, 45], "
        f"got {value!r}"
    )


def whole_number(name: str, value: Any) -> int:
    """Check a whole number of 0 or more."""
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise BriefError(f"{name}: wanted a whole number of 0 or more, got {value!r}")
    return value


def links(name: str, value: Any) -> tuple[Mapping[str, str], ...]:
    """Check a list of links over water, each with both ends, a kind and a reason."""
    whole = value if isinstance(value, (list, tuple)) else [value]
    for own in whole:
        if not isinstance(own, Mapping) or sorted(own) != sorted(LINK_KEYS):
            raise BriefError(
                f"{name}: wanted tables with {', '.join(LINK_KEYS)} under [[{name}]], got {own!r}"
            )
        if own["kind"] not in LINK_KINDS:
            raise BriefError(
                f"{name}: wanted the kind {' or '.join(LINK_KINDS)}, got {own['kind']!r}"
            )
        if not text(name, own["reason"]).strip():
            raise BriefError(f"{name}: every link wants a reason, got {own['reason']!r}")
    return tuple(MappingProxyType({key: text(name, own[key]) for key in LINK_KEYS})
                 for own in whole)  # fmt: skip


def one_of(choices: Sequence[str]) -> Callable[[str, Any], str]:
    """Return a check for one of some words."""

    def check(name: str, value: Any) -> str:
        if text(name, value) not in choices:
            raise BriefError(
                f"{name}: wanted one of {listed(choices)}, got {value!r}{nearest(value, choices)}"
            )
        return text(name, value)

    return check


def share(name: str, value: Any) -> float:
    """Check a share from 0 to one half."""
    if not 0 <= number(name, value) < 0.5:
        raise BriefError(f"{name}: wanted a share from 0 to 0.5, got {value}")
    return number(name, value)
