"""How a brief says numbers, times and lists: the same digits as everywhere else."""

import math
from collections.abc import Iterable
from datetime import datetime

from coterminosity.negotiating.rules import TITLES

MINUS = "\N{MINUS SIGN}"
DASH = "\N{EN DASH}"


def people(count: float) -> str:
    """Return people as a whole number.

    Examples
    --------
    >>> people(384837.0)
    '384,837'
    """
    return DASH if math.isnan(count) else f"{count:,.0f}"


def signed(count: float, *, digits: int = 0) -> str:
    """Return a change with its sign; 0 has none.

    Examples
    --------
    >>> signed(1234.0), signed(-1234.0), signed(-0.2), signed(0.0512, digits=3)
    ('+1,234', '−1,234', '0', '+0.051')
    """
    if math.isnan(count):
        return DASH
    shown = f"{abs(count):,.{digits}f}"
    if not float(shown.replace(",", "")):
        return shown
    return f"{MINUS if count < 0 else '+'}{shown}"


def millions(pounds: float) -> str:
    """Return pounds in millions with one decimal.

    Examples
    --------
    >>> millions(2_841_271_345)
    '2,841.3'
    """
    return DASH if math.isnan(pounds) else f"{pounds / 1e6:,.1f}"


def share(part: float) -> str:
    """Return a share in per cent with one decimal.

    Examples
    --------
    >>> share(0.4561), share(float("nan"))
    ('45.6%', '–')
    """
    return DASH if math.isnan(part) else f"{part:.1%}"


def decimals(value: float, digits: int) -> str:
    """Return a number with so many decimals, a dash where it is undefined.

    Examples
    --------
    >>> decimals(0.95634, 3), decimals(float("nan"), 3)
    ('0.956', '–')
    """
    return DASH if math.isnan(value) else f"{value:,.{digits}f}"


def plural(title: str) -> str:
    """Return the plural of what a body is called.

    Examples
    --------
    >>> plural("LEP"), plural("Combined authority"), plural("CRC area")
    ('LEPs', 'Combined authorities', 'CRC areas')
    """
    return f"{title[:-1]}ies" if title.endswith("y") else f"{title}s"


def units(layer: str, count: int | None = None) -> str:
    """Return what units are called, with how many where that is given.

    Examples
    --------
    >>> units("lad", 1), units("lad", 2), units("lsoa")
    ('1 district', '2 districts', 'LSOAs')
    """
    one = "piece of a district" if layer == "atom" else TITLES.get(layer, layer.upper())
    one = one.lower() if layer in TITLES and layer == "lad" else one
    many = "pieces of districts" if layer == "atom" else plural(one)
    if count is None:
        return many
    return f"{count:,} {one if count == 1 else many}"


def counted(count: int, one: str) -> str:
    """Return a number with its noun.

    Examples
    --------
    >>> counted(1, "area"), counted(38, "area"), counted(2, "body")
    ('1 area', '38 areas', '2 bodies')
    """
    return f"{count:,} {one if count == 1 else plural(one)}"


def moment(time: str) -> str:
    """Return a time of the log as people write it.

    Examples
    --------
    >>> moment("2017-11-24T09:30:00Z")
    '24 November 2017, 09:30 UTC'
    """
    own = datetime.strptime(time, "%Y-%m-%dT%H:%M:%SZ")
    months = ("January", "February", "March", "April", "May", "June", "July", "August",
              "September", "October", "November", "December")  # fmt: skip
    return f"{own.day} {months[own.month - 1]} {own.year}, {own:%H:%M} UTC"


def named(names: Iterable[str], *, most: int = 8) -> str:
    """Return names as a list, with a count of those left out.

    Examples
    --------
    >>> named(["a", "b", "c"]), named(["a", "b", "c", "d"], most=2), named([])
    ('a, b and c', 'a, b and 2 more', 'none')
    """
    own = list(names)
    if not own:
        return "none"
    if len(own) > most + 1:
        return f"{', '.join(own[:most])} and {len(own) - most:,} more"
    return " and ".join(part for part in (", ".join(own[:-1]), own[-1]) if part)


def cut(text: str, most: int = 160) -> str:
    """Return a text of no more than so many letters.

    Examples
    --------
    >>> cut("as asked in the meeting", 8)
    'as asked…'
    """
    return text if len(text) <= most else f"{text[:most].rstrip()}…"
