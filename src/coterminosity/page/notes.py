"""What the foot of a page says of its figures and its map."""

from pathlib import PurePath

from coterminosity.atoms import Atoms
from coterminosity.catalogue import ATTRIBUTION


def notes_of(atoms: Atoms, *, drawn: Atoms, note: str = "") -> dict[str, str]:
    """Return the notes of a page: sources, licence, people, and whether the map is schematic.

    Sources of figures and, where they are others, of boundaries are named without the folders
    that they lie in.
    """
    schematic = drawn.geometry_kind == "schematic"
    parts = [part.strip() for own in (atoms, drawn) for part in own.source.split(";")]
    names = [PurePath(part).name if "/" in part and " " not in part else part for part in parts]
    return {
        "source": "; ".join(dict.fromkeys(name for name in names if name)),
        "vintage": atoms.vintage,
        "licence": note or (ATTRIBUTION if schematic else ""),
        "people": "People: usual residents, as counted in the source of the figures.",
        "schematic": (
            "Schematic map: cells around where people live, not the boundaries of districts."
            if schematic
            else ""
        ),
    }
