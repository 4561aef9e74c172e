"""The embedded data set as plain tables, read from the package."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

from coterminosity.catalogue import boundaries_root
from coterminosity.errors import BoundaryFileError

_FOLDER = "england-2017"


@dataclass(frozen=True, kw_only=True)
class EnglandTables:
    """The tidy tables of England 2017 as they stand in the files, codes as text."""

    atoms: pd.DataFrame
    members: pd.DataFrame
    regions: pd.DataFrame
    borders: pd.DataFrame
    atom_borders: pd.DataFrame
    links: pd.DataFrame
    about: dict[str, Any]


def known_links(codes: pd.Index) -> pd.DataFrame:
    """Return the declared links over water whose two ends are among these codes."""
    texts = dict.fromkeys(("focal", "neighbour", "kind", "reason"), "str")
    links = pd.read_csv(boundaries_root() / _FOLDER / "links.csv", dtype=texts)
    inside = links["focal"].isin(codes) & links["neighbour"].isin(codes)
    return links.loc[inside].reset_index(drop=True)


@cache
def known_codes(layer: str, vintage: str) -> frozenset[str]:
    """Return the codes of a layer of the embedded data set, none where it is of another vintage."""
    folder = boundaries_root() / _FOLDER
    with (folder / "dataset.toml").open("rb") as source:
        about = tomllib.load(source)["layers"].get(layer, {})
    if about.get("vintage") != vintage:
        return frozenset()
    regions = pd.read_csv(folder / "regions.csv", dtype="str")
    return frozenset(regions.loc[regions["layer"] == layer, "code"])


@cache
def known_places() -> pd.DataFrame:
    """Return where the people of each region of the embedded layers live.

    Returns
    -------
    DataFrame
        ``easting, northing`` by code, in metres of EPSG:27700: the middle of its atoms, weighted
        by people.
    """
    folder = boundaries_root() / _FOLDER
    atoms = pd.read_csv(folder / "atoms.csv", dtype={"atom": "str"}).set_index("atom")
    members = pd.read_csv(folder / "members.csv", dtype="str")
    joined = members.join(atoms, on="atom")
    people = joined["population"].clip(lower=1.0)
    weighted = joined[["easting", "northing"]].mul(people, axis=0).assign(people=people)
    summed = weighted.groupby(joined["code"]).sum()
    return summed[["easting", "northing"]].div(summed["people"], axis=0)


@dataclass(frozen=True, kw_only=True)
class MoneyTables:
    """Published figures of money and structure, and who has an elected mayor."""

    money: pd.DataFrame
    contracts: pd.DataFrame
    structures: pd.DataFrame
    governance: pd.DataFrame
    people: dict[str, int]


@cache
def read_money_tables() -> MoneyTables:
    """Read the figures of money, contracts, structures and governance; texts that lack are ""."""
    folder = _england_folder()
    with (folder / "dataset.toml").open("rb") as source:
        people = tomllib.load(source)["money"]["people"]

    def table(name: str, key: str) -> pd.DataFrame:
        read = pd.read_csv(folder / name, index_col=key, dtype={key: "str"})
        texts = read.select_dtypes(include=["object", "string"]).columns
        return read.assign(**{c: read[c].fillna("").astype("str") for c in texts})

    return MoneyTables(
        money=table("money.csv", "key"),
        contracts=table("contracts.csv", "key"),
        structures=table("structures.csv", "key"),
        governance=table("governance.csv", "code"),
        people={name: int(count) for name, count in people.items()},
    )


def read_england_tables() -> EnglandTables:
    """Read the tables of the embedded data set.

    Raises
    ------
    BoundaryFileError
        Where the package was installed without its data.
    """
    folder = _england_folder()
    texts = {"layer": "str", "code": "str", "atom": "str", "focal": "str", "neighbour": "str"}

    def table(name: str) -> pd.DataFrame:
        return pd.read_csv(folder / name, dtype=texts, keep_default_na=False)

    with (folder / "dataset.toml").open("rb") as source:
        about = tomllib.load(source)
    return EnglandTables(
        atoms=table("atoms.csv").set_index("atom"),
        members=table("members.csv"),
        regions=table("regions.csv"),
        borders=table("borders.csv"),
        atom_borders=table("atom_borders.csv"),
        links=table("links.csv"),
        about=about,
    )


def _england_folder() -> Path:
    folder = boundaries_root() / _FOLDER
    if not folder.is_dir():
        raise BoundaryFileError(
            f"{folder}: the embedded tables are missing; install the package again"
        )
    return folder
