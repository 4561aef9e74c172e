"""Structure: contracts of an area, its size band, and what other councils would save."""

import numpy as np
import pandas as pd

from coterminosity.errors import MeasureError
from coterminosity.money.lines import ENGLAND
from coterminosity.tables import read_money_tables

SIZE_FLOOR, SIZE_CEILING = 300_000.0, 3_000_000.0


def contracts(people: pd.Series | float, *, total: float | None = None) -> pd.DataFrame:
    """Return how many healthcare contracts an area of this many people would have, by people.

    The paper counts 135 contracts in 38 areas (3 to 4 an area), each worth £755 million a year on
    average and held by one acute trust with about 55 GP practices. An area of p of N people would
    have 135 · p/N.

    Parameters
    ----------
    people : Series or float
        By area, or of one area.
    total : float, optional
        N, people of all England; mid-2017 by default.

    Returns
    -------
    DataFrame
        On the index of ``people``: ``people``; ``contracts``, not rounded; ``fewest`` and
        ``most``, the whole numbers around it; ``pounds`` a year, contracts × £755 million;
        ``acute_trusts`` and ``practices`` that go with them, not rounded.

    Raises
    ------
    MeasureError
        Where people are negative or missing, or there are more than ``total``.

    References
    ----------
    Reform (2017), *Vive la devolution*, § 4.

    Examples
    --------
    >>> contracts(55_619_430 / 38)[["contracts", "fewest", "most", "practices"]].round(2)
       contracts  fewest  most  practices
    0       3.55       3     4     195.39
    """
    tables = read_money_tables()
    given = people if isinstance(people, pd.Series) else pd.Series([float(people)])
    whole = float(tables.people[ENGLAND]) if total is None else float(total)
    values = given.to_numpy(dtype=np.float64)
    if not (np.isfinite(values) & (values >= 0)).all():
        raise MeasureError("people: wanted numbers of 0 or more by area")
    if values.sum() > whole * (1 + 1e-9):
        raise MeasureError(
            f"people: the areas have {values.sum():,.0f}, more than the {whole:,.0f} of all; count "
            "a person in two areas half in each, or give total="
        )
    figure = tables.contracts["value"].astype("float64")
    count = figure["contracts"] * values / whole
    near = np.round(count, 9)  # so that 3.0000000001 is 3
    return pd.DataFrame(
        {
            "people": values,
            "contracts": count,
            "fewest": np.floor(near).astype(np.int64),
            "most": np.ceil(near).astype(np.int64),
            "pounds": count * figure["pounds_each"],
            "acute_trusts": count * figure["acute_trusts_each"],
            "practices": count * figure["practices_each"],
        },
        index=given.index,
    )


def structures() -> pd.DataFrame:
    """Return what EY expects councils of another structure to save in the 27 two-tier counties.

    Returns
    -------
    DataFrame
        By ``key``: ``title``; ``councils``, how many there would be (NaN where not said);
        ``saving_low`` and ``saving_high`` in pounds, below 0 a cost; ``period``; ``source`` and
        ``note``, which says where the paper contradicts itself.

    References
    ----------
    EY (2016), *Independent analysis of governance scenarios and public service reform in county
    areas*, as quoted in Reform (2017), § 4.

    Examples
    --------
    >>> structures().loc["one_unitary", ["saving_low", "saving_high"]].tolist()
    [2370000000, 2860000000]
    """
    return read_money_tables().structures.copy()


def size_band(
    people: pd.Series, *, floor: float = SIZE_FLOOR, ceiling: float = SIZE_CEILING
) -> pd.Series:
    """Return ``below``, ``within`` or ``above`` a band of people for each area.

    Parameters
    ----------
    people : Series
        By area.
    floor, ceiling : float
        People; 300,000 and 3 million by default, the band of STPs (Localis 2016).

    Examples
    --------
    >>> size_band(pd.Series({"a": 2e5, "b": 3e5, "c": 4e6})).to_list()
    ['below', 'within', 'above']
    """
    band = np.select([people < floor, people > ceiling], ["below", "above"], default="within")
    return pd.Series(band, index=people.index, name="size_band")
