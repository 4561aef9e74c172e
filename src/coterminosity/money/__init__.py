"""Money and structure: published figures spread over areas, contracts, size and councils.

Money is spread by people or by what stands for their need, never by land. Whatever the areas,
parts add up to the published figure in whole pounds; a person in two areas counts half in each,
and people in none get a row of their own. Figures are kept as published, also where the paper
contradicts itself; `published` says where.
"""

from coterminosity.money.apportioning import NO_AREA, Apportionment, apportion, in_words, spread
from coterminosity.money.bases import AGE_WEIGHTS, Basis, basis
from coterminosity.money.contracts import contracts, size_band, structures
from coterminosity.money.lines import lines, published
from coterminosity.money.shares import share_out

__all__ = [
    "AGE_WEIGHTS",
    "NO_AREA",
    "Apportionment",
    "Basis",
    "apportion",
    "basis",
    "contracts",
    "in_words",
    "lines",
    "published",
    "share_out",
    "size_band",
    "spread",
    "structures",
]
