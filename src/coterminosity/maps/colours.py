"""Colours in which neighbours always differ, for all eyes, and which areas keep from plan to plan.

An area is coloured by its name: the name says which colours it would like and when its turn comes,
so that a district that moves changes the colours of few areas or none. With ``like`` an area keeps
the colour that it had.
"""

import hashlib
from collections.abc import Iterable, Mapping

import geopandas as gpd
import numpy as np
import shapely

# Any two differ by 21 or more in CIELAB to normal, protan, deutan and tritan eyes (Machado et al.
# 2009), and black text reads on each.
DISTINCT = ("#5AA6E7", "#F5E296", "#CA975C", "#8AA88B", "#B497B6", "#CBEBCB", "#9CE9FA")
# Water as wide as this parts neighbours without making them strangers.
NEAR_WATER = 3_000.0

LIGHT_BLUE = "#CFE6F5"
ORANGE = "#E8820C"
PALE_ORANGE = "#F9C78B"
GREY = "#8A8A8A"
PURPLE = "#6A2C91"
LIGHT_PURPLE = "#CDB8E0"
DARK_PURPLE = "#5B2A86"
RED = "#B03030"
PALE = "#F0F0EC"

_MOST_TRIES = 20_000

Near = dict[str, set[str]]


def colour_of(
    polygons: gpd.GeoSeries,
    *,
    also: Iterable[tuple[str, str]] = (),
    like: Mapping[str, str] | None = None,
) -> dict[str, str]:
    """Return a colour by region so that regions within 3 km of each other differ.

    Parameters
    ----------
    polygons : GeoSeries
        By name.
    also : iterable of pairs
        Others that must differ, such as areas joined by a ferry or claiming one district.
    like : mapping of name to colour, optional
        Colours of an earlier map, kept where neighbours allow it.

    Examples
    --------
    >>> squares = gpd.GeoSeries([shapely.box(k, 0, k + 1, 1) for k in range(3)], index=[*"abc"])
    >>> colours = colour_of(squares, like={"a": "#5AA6E7"})
    >>> colours["a"], len(set(colours.values()))
    ('#5AA6E7', 3)
    """
    drawn = np.asarray(polygons.array)
    near, other = shapely.STRtree(drawn).query(drawn, predicate="dwithin", distance=NEAR_WATER)
    names = [str(name) for name in polygons.index]
    pairs = [(names[a], names[b]) for a, b in zip(near, other, strict=True) if a < b]
    return coloured(names, [*pairs, *also], like=like)


def coloured(
    names: Iterable[str],
    pairs: Iterable[tuple[str, str]],
    *,
    like: Mapping[str, str] | None = None,
) -> dict[str, str]:
    """Return a colour by name so that the two of a pair always differ.

    Names take their turn and choose among the free colours by a digest of their own letters, so
    that the same names and pairs get the same colours, and a pair more or less seldom matters.
    Where a name finds no colour free, it and its neighbours are coloured anew together.

    Parameters
    ----------
    names : iterable of str
        What is coloured.
    pairs : iterable of pairs
        Those that must differ; pairs with other names are ignored.
    like : mapping of name to colour, optional
        Colours to keep. Of two neighbours that had the same colour one takes another.

    Examples
    --------
    >>> before = coloured(["Devon", "Dorset", "Kent"], [("Devon", "Dorset")])
    >>> after = coloured(["Devon", "Dorset", "Kent"], [("Dorset", "Kent")], like=before)
    >>> before["Devon"] == after["Devon"], after["Dorset"] != after["Kent"]
    (True, True)
    """
    near: Near = {name: set() for name in names}
    for one, other in pairs:
        if one != other and one in near and other in near:
            near[one].add(other)
            near[other].add(one)
    found = _kept(near, like or {})
    for name in sorted(near.keys() - found.keys(), key=_turn):
        taken = {found[other] for other in near[name] if other in found}
        free = [colour for colour in _wishes(name, DISTINCT) if colour not in taken]
        if free:
            found[name] = free[0]
        else:
            found = _anew(near, found, name)
    return {name: found[name] for name in near}


def _digest(name: str) -> bytes:
    return hashlib.sha256(name.encode("utf-8", "replace")).digest()


def _turn(name: str) -> tuple[bytes, str]:
    return _digest(name)[16:], name


def _wishes(name: str, palette: tuple[str, ...]) -> list[str]:
    """Return the colours in the order in which a name likes them."""
    letters = _digest(name)
    return sorted(palette, key=lambda c: (letters[palette.index(c) % 16], palette.index(c)))


def _kept(near: Near, like: Mapping[str, str]) -> dict[str, str]:
    """Return the colours that can stay: who clashes with most neighbours gives way first."""
    kept = {name: like[name] for name in near if name in like}
    while True:
        clashes = {
            name: sum(kept.get(other) == colour for other in near[name])
            for name, colour in kept.items()
        }
        most = max(clashes.values(), default=0)
        if not most:
            return kept
        del kept[max((n for n, c in clashes.items() if c == most), key=_turn)]


def _anew(near: Near, found: dict[str, str], name: str) -> dict[str, str]:
    """Return colours with one more name, changing those around it, as few rings as will do."""
    for palette in (DISTINCT, (*DISTINCT, *map(_paler, DISTINCT))):
        ring, wider = set[str](), {name}
        while ring != wider:
            ring = wider
            fixed = {other: colour for other, colour in found.items() if other not in ring}
            if _search(near, fixed, sorted(ring, key=_turn), found, palette, [_MOST_TRIES]):
                return fixed
            wider = ring | {other for own in ring for other in near[own] if other in found}
    # So many neighbours of each other are on no map: a colour of its own each.
    return {**found, name: f"#{_digest(name).hex()[:6].upper()}"}


def _search(
    near: Near, colours: dict[str, str], left: list[str], had: Mapping[str, str],
    palette: tuple[str, ...], tries: list[int],
) -> bool:  # fmt: skip
    """Colour what is left, the most hemmed in first, trying the colour it had before others."""
    if not left:
        return True
    taken = {name: {colours[o] for o in near[name] if o in colours} for name in left}
    name = max(left, key=lambda own: (len(taken[own]), len(near[own]), _turn(own)))
    wishes = [had[name], *_wishes(name, palette)] if name in had else _wishes(name, palette)
    for colour in dict.fromkeys(wishes):
        tries[0] -= 1
        if tries[0] < 0:
            return False
        if colour in taken[name]:
            continue
        colours[name] = colour
        if _search(near, colours, [o for o in left if o != name], had, palette, tries):
            return True
        del colours[name]
    return False


def _paler(colour: str) -> str:
    """Return a colour half way to white."""
    parts = [int(colour[at : at + 2], 16) for at in (1, 3, 5)]
    return "#" + "".join(f"{(part + 255) // 2:02X}" for part in parts)
