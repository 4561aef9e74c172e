"""Carry the source tables of England 2017 over into the tidy tables of the embedded set.

Usage: python boundaries/make_england_2017.py FACTS_FOLDER

The source tables are ``atoms.csv``, ``borders.csv``, ``atom_borders.csv`` and ``names.csv``.
No figure is changed: the wide table of atoms becomes one of figures and one of memberships
(an atom that lies in two Local Enterprise Partnerships has two rows there).
``links.csv`` and ``dataset.toml`` are kept by hand.
"""

import csv
import sys
from pathlib import Path

LAYERS = ("lad", "lep", "ccg", "stp", "pfa", "crc", "region", "combined_authority")
FIGURES = (
    "lsoas",
    "population",
    "aged_0_15",
    "aged_16_64",
    "aged_65_plus",
    "area_ha",
    "easting",
    "northing",
)
HERE = Path(__file__).parent / "england-2017"


def read(path: Path) -> list[dict[str, str]]:
    """Return the rows of a CSV file, every value as the text that stands there."""
    with path.open(newline="", encoding="utf-8") as source:
        return list(csv.DictReader(source))


def write(name: str, header: tuple[str, ...], rows: list[tuple[str, ...]]) -> None:
    """Write one tidy table."""
    with (HERE / name).open("w", newline="", encoding="utf-8") as target:
        writer = csv.writer(target, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def main(facts: Path) -> None:
    """Carry the four tables over."""
    atoms = read(facts / "atoms.csv")
    write(
        "atoms.csv",
        ("atom", *FIGURES),
        [(row["atom"], *(row[c] for c in FIGURES)) for row in atoms],
    )
    members = [
        (layer, code, row["atom"])
        for layer in LAYERS
        for row in atoms
        for code in row[layer].split(";")
        if code
    ]
    write("members.csv", ("layer", "code", "atom"), sorted(members))
    names = [(row["layer"], row["code"], row["name"]) for row in read(facts / "names.csv")]
    write("regions.csv", ("layer", "code", "name"), sorted(names))
    for name, unit in (("borders.csv", "lad"), ("atom_borders.csv", "atom")):
        rows = [(row[unit], row["neighbour"], row["border_km"]) for row in read(facts / name)]
        write(name, ("focal", "neighbour", "border_km"), sorted(rows))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
