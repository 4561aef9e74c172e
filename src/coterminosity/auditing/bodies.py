"""Claims about bodies as they are: C1 to C7, C14 and C19."""

import pandas as pd

from coterminosity import scores
from coterminosity.auditing.findings import Claim, Evidence, Result
from coterminosity.coincidence import borders_in_common, each_once
from coterminosity.errors import NameLookupError
from coterminosity.overlap import Overlap


def named(table: pd.DataFrame, evidence: Evidence, **layers: str) -> pd.DataFrame:
    """Return a table with names in place of codes: column to the layer of its codes."""
    shown = table.copy()
    titles = {"weight": "people"}
    for column, layer in layers.items():
        shown[column] = shown[column].map(evidence.atoms.regions(layer))
        titles[column] = f"other_{layer}" if layer in titles.values() else layer
    return shown.rename(columns=titles)


def region_named(evidence: Evidence, layer: str, word: str) -> str:
    """Return the code of the first region of a layer whose name holds a word."""
    names = evidence.atoms.regions(layer)
    codes = names.index[names.str.contains(word, regex=False)]
    if not len(codes):
        raise NameLookupError(f"no region of layer {layer!r} is called {word}")
    return str(codes[0])


def _crc_police(evidence: Evidence) -> Result:
    overlap = evidence.atoms.overlap("crc", "pfa")
    own = scores.relation(overlap, tolerance=evidence.tolerance)
    police = scores.relation(overlap.swap(), tolerance=evidence.tolerance)
    same, union = int((own == "identical").sum()), int((own == "union").sum())
    whole = int(police.isin(["identical", "nested"]).sum())
    pairs = scores.pair_classes(overlap, tolerance=evidence.tolerance)
    return Result(
        holds=same + union == len(own) and whole == len(police),
        measured=(
            f"{same} of {len(own)} CRC areas are one police area, {union} are made of several; "
            f"{whole} of {len(police)} police areas lie whole in one CRC area: nesting, not "
            "identity"
        ),
        reason="as nesting of many in one; as the same area it would not hold",
        table=named(pairs, evidence, left="crc", right="pfa"),
    )


def _crc_cuts(evidence: Evidence) -> Result:
    rows = {}
    for layer in ("pfa", "lad"):
        overlap = evidence.atoms.overlap(layer, "crc")
        table = scores.region_table(overlap, tolerance=evidence.tolerance)
        rows[layer] = {
            "regions": len(table),
            "cut by a CRC border": int((table["pieces"] > 1).sum()),
            "people cut off": scores.split_share(overlap),
        }
    table = pd.DataFrame.from_dict(rows, orient="index").rename_axis("layer").reset_index()
    cut = table["cut by a CRC border"]
    return Result(
        holds=not cut.any(),
        measured=f"{cut[0]} of {rows['pfa']['regions']} police areas and {cut[1]} of "
        f"{rows['lad']['regions']} districts are cut",
        table=table,
    )


_REBUILT = "Work Programme areas are rebuilt from their names; the two in London are one here"


def _crc_work_programme(evidence: Evidence) -> Result:
    overlap = evidence.atoms.overlap("crc", "wpcpa")
    relation = scores.relation(overlap, tolerance=evidence.tolerance)
    crossing = sorted(relation.index[relation == "crossing"])
    pairs = scores.pair_classes(overlap, tolerance=evidence.tolerance)
    return Result(
        holds=bool(crossing),
        measured=f"{len(crossing)} of {len(relation)} CRC areas cross borders of Work Programme "
        "areas (rebuilt from their names)",
        reason=_REBUILT,
        table=named(pairs.loc[pairs["left"].isin(crossing)], evidence, left="crc", right="wpcpa"),
    )


def _work_and_police(evidence: Evidence) -> Result:
    columns = ["coterminosity", "split_share", "merge_share", "one_to_one_left", "v_measure"]
    rows = {
        other: scores.summary(evidence.atoms.overlap("crc", other))[columns]
        for other in ("wpcpa", "pfa")
    }
    table = pd.DataFrame(rows).T.rename_axis("crc against").reset_index()
    work, police = table["coterminosity"]
    same = [round(share * len(evidence.atoms.regions("crc"))) for share in table["one_to_one_left"]]
    fits = list(table["v_measure"])
    lower = {work < police, same[0] < same[1], fits[0] < fits[1]}
    return Result(
        holds=lower.pop() if len(lower) == 1 else None,
        measured=f"with Work Programme and with police areas: overall fit {work:.3f} and "
        f"{police:.3f}, V-measure {fits[0]:.3f} and {fits[1]:.3f}, shared boundaries {same[0]} and "
        f"{same[1]} CRC areas",
        reason=f"the measures disagree; {_REBUILT}" if len(lower) > 0 else _REBUILT,
        table=table,
    )


def _humberside(evidence: Evidence) -> Result:
    code = region_named(evidence, "crc", "Humberside")
    overlap = evidence.atoms.overlap("crc", "wpcpa")
    pairs = scores.pair_classes(overlap, tolerance=evidence.tolerance)
    own = pairs.loc[(pairs["left"] == code) & (pairs["class"] != "trace")]
    people = float(overlap.left_totals["weight"][code])
    both = float(overlap.right_totals.loc[own["right"], "weight"].sum())
    return Result(
        holds=len(own) == 2 and people < both,
        measured=f"it meets {len(own)} Work Programme areas; {people:,.0f} people live in it, "
        f"{both:,.0f} in them",
        reason=_REBUILT,
        table=named(own, evidence, left="crc", right="wpcpa"),
    )


def _cut_districts(evidence: Evidence) -> Result:
    overlap = evidence.atoms.overlap("lad", "stp")
    table = scores.region_table(overlap, tolerance=0.0)
    cut = table.index[table["pieces"] > 1]
    pairs = scores.pair_classes(overlap, tolerance=evidence.tolerance)
    return Result(
        holds=len(cut) > 0,
        measured=f"{len(cut)} of {len(table)} districts lie in several STPs",
        table=named(pairs.loc[pairs["left"].isin(cut)], evidence, left="lad", right="stp"),
    )


# An STP of whose inner border a tenth or more cuts through districts fits poorly.
_POOR = 0.1


def _stp_borders(evidence: Evidence) -> Result:
    assert evidence.borders is not None
    atoms, borders = evidence.atoms, each_once(evidence.borders)
    whole = borders_in_common(atoms, borders, "stp", "lad")
    rows = {}
    for code, name in atoms.regions("stp").items():
        own = atoms.members.loc[atoms.members["layer"] == "stp"]
        inside = set(own.loc[own["code"] == code, "atom"])
        at = borders["focal"].isin(inside) ^ borders["neighbour"].isin(inside)
        share = borders_in_common(atoms, borders.loc[at], "stp", "lad")
        rows[name] = {"border_km": share["km_left"], "along districts": share["share_of_left"]}
    table = pd.DataFrame.from_dict(rows, orient="index").rename_axis("stp").reset_index()
    table = table.sort_values(["along districts", "stp"], ignore_index=True)
    poor = int((table["along districts"] <= 1 - _POOR).sum())
    return Result(
        holds=poor > 0,
        measured=(
            f"{1 - whole['share_of_left']:.1%} of {whole['km_left']:,.0f} km of STP borders cut "
            f"through districts; of {poor} of {len(table)} STPs a tenth of the border or more does"
        ),
        table=table,
    )


def _liverpool(evidence: Evidence) -> Result:
    atoms, rows = evidence.atoms, []
    code = region_named(evidence, "combined_authority", "Liverpool")
    for layer in ("lep", "stp", "pfa"):
        overlap = atoms.overlap("combined_authority", layer)
        row = scores.region_table(overlap, tolerance=evidence.tolerance).loc[code]
        partner = atoms.regions(layer)[row["partner"]]
        rows.append((layer, partner, row["class"], row["share_of_left"], row["jaccard"]))
    table = pd.DataFrame(rows, columns=["layer", "partner", "class", "share_of_left", "jaccard"])
    ccgs = _in_and_out(atoms.overlap("ccg", "combined_authority"), evidence.tolerance)
    same = table.set_index("layer")["class"] == "one-to-one"
    words = {layer: "the same as" if same[layer] else "not" for layer in same.index}
    return Result(
        holds=not same[["stp", "pfa"]].any() and len(ccgs) > 0,
        measured=(
            f"the combined authority is {words['lep']} its LEP, {words['stp']} its STP, "
            f"{words['pfa']} its police area; {len(ccgs)} CCGs lie inside and outside a combined "
            "authority"
        ),
        table=table,
    )


def _in_and_out(overlap: Overlap, tolerance: float) -> pd.Series:
    """Return the share inside of regions that lie partly in the other layer."""
    inside = overlap.pairs.groupby("left")["weight"].sum() / overlap.left_totals["weight"]
    return inside.loc[(inside > tolerance) & (inside < 1 - tolerance)]


def _lep_edges(evidence: Evidence) -> Result:
    overlap = evidence.atoms.overlap("lad", "lep")
    pairs = scores.pair_classes(overlap, tolerance=evidence.tolerance)
    share = pairs["share_of_left"]
    part = (share > evidence.tolerance) & (share < 1 - evidence.tolerance)
    cut = sorted(set(pairs.loc[part, "left"]))
    names = evidence.atoms.regions("lad").reindex(cut)
    return Result(
        holds=bool(cut),
        measured=f"{len(cut)} of {len(overlap.left_totals)} districts lie partly in a LEP"
        + (f": {', '.join(sorted(names))}" if 0 < len(cut) <= 8 else ""),
        table=named(pairs.loc[pairs["left"].isin(cut)], evidence, left="lad", right="lep"),
    )


def _counts(evidence: Evidence) -> Result:
    wanted = {"stp": 44, "lep": 38, "crc": 20}
    found = {layer: len(evidence.atoms.regions(layer)) for layer in wanted}
    table = pd.DataFrame({"expected": wanted, "found": found}).rename_axis("layer").reset_index()
    return Result(
        holds=found == wanted,
        measured=f"{found['stp']} STPs, {found['lep']} LEPs, {found['crc']} CRC areas in England",
        reason="the 21st CRC area is Wales",
        table=table,
    )


CLAIMS = (
    Claim(id="C1", words="Probation areas (CRC) share their boundaries with police areas",
          source="R §3.1.1", how="how each CRC area lies to police areas, by people",
          expected="each is one police area or made of whole ones", test=_crc_police,
          layers=("crc", "pfa")),
    Claim(id="C2", words="Probation areas cut neither police areas nor districts",
          source="R §3.1.1", how="police areas and districts in two or more CRC areas",
          expected="none", test=_crc_cuts, layers=("crc", "pfa", "lad")),
    Claim(id="C3", words="Probation areas do not always match Work Programme areas",
          source="R §3.1.1", how="CRC areas that neither lie in a Work Programme area nor are made "
          "of whole ones", expected="one or more", test=_crc_work_programme,
          layers=("crc", "wpcpa")),
    Claim(id="C3b", words="Probation areas fit Work Programme areas less well than police areas",
          source="R §3.1.1", how="overall fit, V-measure and shared boundaries with both",
          expected="all lower with Work Programme areas", test=_work_and_police,
          layers=("crc", "pfa", "wpcpa")),
    Claim(id="C4", words="The Humberside, Lincolnshire and North Yorkshire probation area spans "
          "two Work Programme areas and is smaller than both together",
          source="R §3.1.1", how="Work Programme areas with more than a trace of its people",
          expected="exactly two, with more people together", test=_humberside,
          layers=("crc", "wpcpa")),
    Claim(id="C5", words="Some councils lie in several health partnerships (STP)",
          source="R §3.1.1, Fig 19", how="districts with people in two or more STPs",
          expected="one or more", test=_cut_districts, layers=("lad", "stp")),
    Claim(id="C6", words="Some health partnership borders fit council borders poorly",
          source="R §3.1.1", how="share of each STP's inner border that is a district border",
          expected="an STP with a tenth or more of its border inside districts",
          test=_stp_borders, layers=("stp", "lad"), borders=True),
    Claim(id="C7", words="Liverpool City Region does not match the bodies around it; some health "
          "commissioning groups (CCG) lie inside and outside a combined authority",
          source="R §3.1.1", how="class of the combined authority with LEPs, STPs and police "
          "areas; CCGs partly in a combined authority",
          expected="another area than its STP and police area; one or more such CCGs",
          test=_liverpool, layers=("combined_authority", "lep", "stp", "pfa", "ccg")),
    Claim(id="C14", words="LEP edges do not always follow district edges", source="R fn 182",
          how="districts of which a part lies in a LEP", expected="one or more", test=_lep_edges,
          layers=("lad", "lep")),
    Claim(id="C19", words="There are 44 STPs, 38 LEPs and 21 CRC areas (20 in England)",
          source="R, F", how="regions in the data", expected="44, 38 and 20", test=_counts,
          layers=("stp", "lep", "crc")),
)  # fmt: skip
