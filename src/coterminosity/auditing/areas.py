"""Claims about the proposed areas and the overlaps they settle: C8 to C13, C15 and C18."""

import pandas as pd

from coterminosity import scores
from coterminosity.auditing.bodies import named
from coterminosity.auditing.findings import Claim, Evidence, Result

_ANGLIA, _CAMBRIDGE = "New Anglia", "Greater Cambridge and Greater Peterborough"
_OXFORD, _BUCKS = "Oxfordshire", "Buckinghamshire Thames Valley"


def _majority(evidence: Evidence) -> Result:
    shares = evidence.plan.no_conflict(evidence.atoms)
    table = shares.rename("no conflict").rename_axis("counted by").reset_index()
    return Result(
        holds=bool((shares > 0.5).all()),
        measured=f"{shares['people']:.1%} of people, {shares['land']:.1%} of land, "
        f"{shares['units']:.1%} of districts",
        table=table,
    )


def _leps_overlap(evidence: Evidence) -> Result:
    for name in (_ANGLIA, _CAMBRIDGE):
        evidence.atoms.code_of("lep", name)  # without them there is nothing to test
    overlap = evidence.atoms.overlap("lep", "lep")
    pairs = scores.pair_classes(overlap, tolerance=evidence.tolerance)
    pairs = pairs.loc[pairs["left"] < pairs["right"]]
    shown = named(pairs, evidence, left="lep", right="lep")
    both = shown.loc[shown[["lep", "other_lep"]].isin([_ANGLIA, _CAMBRIDGE]).all(axis=1)]
    apart = len(both) == 1 and both["class"].iloc[0] == "straddling"
    people = float(both["people"].sum())
    return Result(
        holds=apart,
        measured=f"{people:,.0f} people live in both {_ANGLIA} and {_CAMBRIDGE}; in all, "
        f"{len(pairs)} pairs of LEPs overlap, with {overlap.double_left / overlap.total:.1%} of "
        "people",
        reason="neither holds the other" if apart else "",
        table=shown,
    )


def _anglia(evidence: Evidence) -> tuple[str, pd.DataFrame]:
    """Return New Anglia's code, and its pairs with STPs that are more than a trace."""
    code = evidence.atoms.code_of("lep", _ANGLIA)
    pairs = scores.pair_classes(evidence.atoms.overlap("lep", "stp"), tolerance=evidence.tolerance)
    return code, pairs.loc[(pairs["left"] == code) & (pairs["class"] != "trace")]


def _two_stps(evidence: Evidence) -> Result:
    _, own = _anglia(evidence)
    police = scores.pair_table(evidence.atoms.overlap("stp", "pfa"))
    essex = evidence.atoms.code_of("pfa", "Essex")
    there = police.loc[police["left"].isin(own["right"]) & (police["right"] == essex)]
    there = there.loc[there["share_of_left"] > evidence.tolerance]
    people = float(there["weight"].sum())
    return Result(
        holds=len(own) == 2 and "one-to-one" not in set(own["class"]) and len(there) == 1,
        measured=f"{len(own)} STPs; {people:,.0f} people of "
        f"{'one' if len(there) == 1 else len(there)} of them live in Essex",
        table=named(own, evidence, left="lep", right="stp"),
    )


_STILL_OUTSIDE = (
    "the STPs reach on beyond the LEP, into Essex: giving it the overlap does not move that border"
)


def _overlap_given(evidence: Evidence) -> Result:
    """Give the overlap to New Anglia: the other LEP loses what lies in both."""
    atoms = evidence.atoms
    code, own = _anglia(evidence)
    members = atoms.members
    inside = set(members.loc[(members["layer"] == "lep") & (members["code"] == code), "atom"])
    stps = list(own["right"])
    in_stps = set(members.loc[(members["layer"] == "stp") & members["code"].isin(stps), "atom"])
    people = atoms.weights("population")

    def count(chosen: set[str]) -> float:
        return float(people.loc[sorted(chosen)].sum())

    common, outside = count(inside & in_stps), count(in_stps - inside)
    jaccard = common / count(inside | in_stps)
    alone = members.loc[(members["layer"] == "lep") & members["atom"].isin(inside)]
    shared = set(alone.loc[alone["code"] != code, "atom"])
    before = common - count(shared & in_stps)
    table = pd.DataFrame(
        [
            (f"{_ANGLIA} without the overlap", before, before / count(inside | in_stps)),
            (f"{_ANGLIA} with the overlap", common, jaccard),
            ("people of its STPs outside it", outside, outside / count(in_stps)),
        ],
        columns=["what", "people", "share"],
    )
    return Result(
        holds=jaccard >= 1 - evidence.tolerance,
        measured=f"its two STPs together and the LEP share {jaccard:.1%} of their people; "
        f"{outside:,.0f} people of the STPs live outside it",
        reason="" if jaccard >= 1 - evidence.tolerance else _STILL_OUTSIDE,
        table=table,
    )


def _merged(evidence: Evidence) -> Result:
    atoms = evidence.atoms
    _, own = _anglia(evidence)
    codes = atoms.regions("stp").index
    merged = {code: ("merged" if code in set(own["right"]) else code) for code in codes}
    after = atoms.with_layer("stp_merged", merged, of="stp")
    count = len(after.regions("stp_merged"))
    before = float(atoms.overlap("stp", "stp").left_totals.loc[own["right"], "weight"].sum())
    together = float(after.overlap("stp_merged", "stp").left_totals["weight"]["merged"])
    return Result(
        holds=count == len(codes) - 1 and together == before,
        measured=f"{len(codes)} STPs become {count}; {before:,.0f} people before, "
        f"{together:,.0f} after",
        table=pd.DataFrame(
            {"what": ["STPs", "people of both"], "before": [len(codes), before],
             "after": [count, together]}
        ),
    )  # fmt: skip


def _oxford_overlap(evidence: Evidence) -> Result:
    atoms = evidence.atoms
    pair = [atoms.code_of("lep", name) for name in (_OXFORD, _BUCKS)]
    overlap = atoms.overlap("lep", "lep")
    pairs = scores.pair_table(overlap)
    own = pairs.loc[pairs["left"].isin(pair) & (pairs["left"] != pairs["right"])]
    both = float(own.loc[own["right"].isin(pair), "weight"].sum()) / 2
    partners = [set(own.loc[own["left"] == code, "right"]) for code in pair]
    third = ", ".join(atoms.regions("lep").reindex(sorted(partners[0] & partners[1])))
    apart = "they do not overlap each other: no district is contested between them"
    return Result(
        holds=both > 0,
        measured=f"{both:,.0f} people live in both LEPs",
        reason="" if both > 0 else (f"both overlap with {third}, but {apart}" if third else apart),
        table=named(own, evidence, left="lep", right="lep"),
    )


def _oxford_stp(evidence: Evidence) -> Result:
    atoms = evidence.atoms
    pairs = scores.pair_classes(atoms.overlap("stp", "lep"), tolerance=evidence.tolerance)
    real = pairs.loc[pairs["class"] != "trace"]
    spans = set(real["left"])
    for name in (_OXFORD, _BUCKS):
        spans &= set(real.loc[real["right"] == atoms.code_of("lep", name), "left"])
    own = real.loc[real["left"].isin(spans)]
    names = ", ".join(atoms.regions("stp").reindex(sorted(spans)))
    return Result(
        holds=bool(spans),
        measured=f"{len(spans)} STP spans both ({names or 'none'}), and {own['right'].nunique()} "
        "LEPs in all",
        table=named(own, evidence, left="stp", right="lep"),
    )


# "About 38" is read as within a tenth.
_ABOUT = (34, 42)


def _count(evidence: Evidence) -> Result:
    plan = evidence.plan
    return Result(
        holds=_ABOUT[0] <= plan.count <= _ABOUT[1],
        measured=f"{plan.count} areas, {len(plan.contested)} districts left to negotiate",
        table=plan.area_table(evidence.atoms).reset_index(),
    )


def _median(evidence: Evidence) -> Result:
    areas = evidence.plan.area_table(evidence.atoms)
    median = float(areas["population"].median())
    larger = int((areas["population"] > 600_000).sum())
    return Result(
        holds=median > 600_000,
        measured=f"median {median:,.0f} people; {larger} of {len(areas)} areas are larger than "
        "600,000",
        table=areas[["population"]].sort_values("population").reset_index(),
    )


_PLAN = ("lad", "lep", "stp")
CLAIMS = (
    Claim(id="C8", words="Most of the country falls naturally within the boundaries",
          source="R §3, §3.2.2.1", how="share in no conflict (class A) by people, land, districts",
          expected="more than half of each", test=_majority, layers=_PLAN),
    Claim(id="C9", words="LEPs overlap; New Anglia overlaps Greater Cambridge and Greater "
          "Peterborough, and neither holds the other", source="R §3.2.2.1",
          how="people in both LEPs", expected="some, but not all of either", test=_leps_overlap,
          layers=("lep",)),
    Claim(id="C10", words="New Anglia includes two STPs that do not match it, one of which reaches "
          "into Essex", source="R §3.2.2.1", how="STPs with more than a trace of people in it",
          expected="two, neither the same area; people in Essex", test=_two_stps,
          layers=("lep", "stp", "pfa")),
    Claim(id="C11", words="Giving the overlap to New Anglia makes the STPs match it",
          source="R §3.2.2.1", how="people that the LEP and its STPs together have in common",
          expected="all but the tolerance", test=_overlap_given, layers=("lep", "stp")),
    Claim(id="C12", words="Merging New Anglia's two STPs takes 44 to 43 and leaves their union "
          "as it was", source="R §3.2.2.1", how="count and people after the merger",
          expected="one fewer, the same people", test=_merged, layers=("lep", "stp")),
    Claim(id="C13", words="Oxfordshire and Buckinghamshire Thames Valley overlap each other",
          source="R §3.2.2.1", how="people in both LEPs", expected="some", test=_oxford_overlap,
          layers=("lep",)),
    Claim(id="C13b", words="One STP spans Oxfordshire and Buckinghamshire Thames Valley",
          source="R §3.2.2.1", how="STPs with more than a trace of people in both",
          expected="one or more", test=_oxford_stp, layers=("lep", "stp")),
    Claim(id="C15", words="The model gives about 38 areas", source="R §3.2.2.1, Rec 5",
          how="areas that the paper's rules make", expected="34 to 42", test=_count, layers=_PLAN),
    Claim(id="C18", words="Areas are larger than 600,000 people in the median", source="R §4.1",
          how="median of people by area", expected="more than 600,000", test=_median,
          layers=_PLAN),
)  # fmt: skip
