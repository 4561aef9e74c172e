"""What the nine-character codes of the Government Statistical Service say of a layer."""

import re
from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from coterminosity.catalogue import LayerFacts, all_facts, extents

_GSS = re.compile(r"[EWSNKewsnk][0-9]{8}")


def is_gss(codes: Iterable[object]) -> npt.NDArray[np.bool_]:
    """Tell codes of the Government Statistical Service, such as ``E06000057``, from others.

    Examples
    --------
    >>> is_gss(["E06000057", "w06000001", "C01", None])
    array([ True,  True, False, False])
    """
    return np.array([_GSS.fullmatch(str(code).strip()) is not None for code in codes], dtype=bool)


def layers_of(codes: Iterable[object]) -> tuple[str, ...]:
    """Return the short names of the layers whose prefixes hold all of the codes.

    A district's code alone does not tell ``lad`` from ``ctyua``; the first of the catalogue is
    then returned alone. ``E54`` is of STPs, later of Integrated Care Boards: both are returned.

    Examples
    --------
    >>> layers_of(["E07000004", "E06000057"]), layers_of(["E54000012"]), layers_of(["C01"])
    (('lad',), ('stp', 'icb'), ())
    """
    texts = [str(code).strip().upper() for code in codes]
    if not texts or not is_gss(texts).all():
        return ()
    found = {text[:3] for text in texts}
    fitting = [facts for facts in all_facts() if found <= set(facts.prefixes)]
    if any(facts.layer == "lad" for facts in fitting):
        return ("lad",)
    return tuple(facts.layer for facts in fitting)


def territory_of(codes: Iterable[object], facts: LayerFacts | None = None) -> str:
    """Return the name of the extent to which codes belong, empty where they do not say.

    Codes of a layer that has no GSS codes are England's where its prefixes fit.

    Examples
    --------
    >>> territory_of(["E06000001", "W06000001"]), territory_of(["X1"])
    ('England and Wales', '')
    """
    texts = [str(code).strip().upper() for code in codes]
    if texts and is_gss(texts).all():
        countries = {text[0] for text in texts}
        return next((e.name for e in extents() if set(e.countries) == countries), "")
    if facts is not None and texts and all(text.startswith(facts.prefixes) for text in texts):
        return "England"
    return ""
