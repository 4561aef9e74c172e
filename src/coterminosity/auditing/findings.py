"""Claims, what is needed to test them, and what was found."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property

import pandas as pd

from coterminosity.atoms import Atoms
from coterminosity.brief import Brief
from coterminosity.chance import NullModel, Progress, null_model
from coterminosity.errors import MeasureError, NameLookupError, listed
from coterminosity.plan import Plan
from coterminosity.proposing import propose
from coterminosity.units import UnitGraph

HOLDS, FAILS, UNTESTED = "holds", "does not hold", "cannot be tested"
# Less of England's people than this is no ground for a verdict on England.
_KNOWN = 0.9
_WHERE_FROM = {"wpcpa": "Work Programme areas (--work-programme)"}
# What the letters of sources stand for.
SOURCES = {
    "R": "Reform (2017), Vive la devolution",
    "F": "Reform (2017), Faulty by design",
}


@dataclass(frozen=True, eq=False, kw_only=True)
class Evidence:
    """What claims are tested against."""

    atoms: Atoms
    graph: UnitGraph
    borders: pd.DataFrame | None
    indicators: pd.DataFrame | None
    brief: Brief
    tolerance: float
    n: int
    rng: int
    progress: Progress | None

    @cached_property
    def plan(self) -> Plan:
        """The areas that the paper's rules make."""
        return propose(self.graph, self.atoms, self.brief)

    @cached_property
    def null(self) -> NullModel:
        """Random plans of as many areas as there are LEPs."""
        k = len(self.atoms.regions("lep"))
        return null_model(self.graph, k=k, n=self.n, rng=self.rng, progress=self.progress)

    def lacks(self, claim: "Claim") -> str:
        """Return in words what a claim needs that is not there, empty where all is."""
        missing = [_WHERE_FROM.get(name, f"a layer {name}") for name in claim.layers
                   if name not in self.atoms.layers]  # fmt: skip
        if claim.borders and self.borders is None:
            missing.append("borders between atoms")
        columns = [] if self.indicators is None else list(self.indicators.columns)
        words = [word for word in claim.indicators if not _columns(columns, word)]
        if words:
            begins = " and one with ".join(words)
            missing.append(f"indicators (--indicators) with a column that begins with {begins}")
        return " and ".join(missing)

    def indicator(self, word: str) -> pd.Series:
        """Return the indicator whose name begins so, by code of the units, without blanks."""
        assert self.indicators is not None
        column = self.indicators[_columns(list(self.indicators.columns), word)[0]]
        own = column.loc[column.index.isin(self.atoms.regions("lad").index)].dropna()
        if own.nunique() < 2:
            raise MeasureError(f"indicator {column.name} has no different figures for districts")
        people = self.atoms.overlap("lad", "lad").left_totals["weight"]
        known = float(people.reindex(own.index).sum() / people.sum())
        if known < _KNOWN:
            raise MeasureError(
                f"indicator {column.name} has figures for {len(own)} of {len(people)} districts "
                f"({known:.0%} of people) only; complete it"
            )
        return own


def _columns(columns: list[str], word: str) -> list[str]:
    return [column for column in columns if str(column).lower().startswith(word)]


@dataclass(frozen=True, kw_only=True)
class Result:
    """What a test found: whether the claim holds, in figures and words, with its table.

    ``holds`` is None where figures point both ways.
    """

    holds: bool | None
    measured: str
    reason: str = ""
    table: pd.DataFrame = field(default_factory=pd.DataFrame)


@dataclass(frozen=True, kw_only=True)
class Claim:
    """A claim of a source paper and how it is tested.

    Parameters
    ----------
    id : str
        ``C1`` and so on; ``C3b`` tests the second half of what C3 was taken to say.
    words : str
        The claim in plain words.
    source : str
        Letter of the paper, with the section.
    how : str
        How it is measured.
    expected : str
        What would have to be found.
    test : callable
        From `Evidence` to `Result`.
    layers, indicators : tuple of str
        What is needed; indicators by the beginning of their names.
    borders : bool
        Whether borders between atoms are needed.
    """

    id: str
    words: str
    source: str
    how: str
    expected: str
    test: Callable[[Evidence], Result]
    layers: tuple[str, ...] = ()
    indicators: tuple[str, ...] = ()
    borders: bool = False


@dataclass(frozen=True, eq=False, kw_only=True)
class Finding:
    """One claim with its verdict.

    Attributes
    ----------
    claim : Claim
        What was tested.
    verdict : str
        ``"holds"``, ``"does not hold"`` or ``"cannot be tested"``.
    measured, reason : str
        Figures, and why the verdict is what it is.
    table : DataFrame
        The figures behind it, empty where nothing could be tested.
    """

    claim: Claim
    verdict: str
    measured: str
    reason: str
    table: pd.DataFrame


@dataclass(frozen=True, eq=False, kw_only=True)
class Audit:
    """The claims of the source papers, each with its verdict.

    Attributes
    ----------
    findings : tuple of Finding
        In the order of their ids.
    about : dict of str
        Which data were used: vintage, source, people, choices.
    """

    findings: tuple[Finding, ...]
    about: dict[str, str]

    def __repr__(self) -> str:
        return f"<Audit: {self.counts}>"

    def __iter__(self) -> Iterator[Finding]:
        return iter(self.findings)

    def __getitem__(self, claim: str) -> Finding:
        """Return the finding on a claim, such as ``audit["C11"]``."""
        for finding in self.findings:
            if finding.claim.id.lower() == claim.lower():
                return finding
        known = [finding.claim.id for finding in self.findings]
        raise NameLookupError(f"there is no claim {claim!r}, only {listed(known, most=25)}")

    @property
    def counts(self) -> str:
        """How many claims hold, do not hold and cannot be tested, in words."""
        found = self.table["verdict"].value_counts()
        several = {HOLDS: "hold", FAILS: "do not hold"}
        return ", ".join(
            f"{n} {verdict if n == 1 else several.get(verdict, verdict)}"
            for verdict, n in ((v, int(found.get(v, 0))) for v in (HOLDS, FAILS, UNTESTED))
            if n
        )

    @cached_property
    def table(self) -> pd.DataFrame:
        """One row by claim: ``claim, source, how, expected, measured, verdict, reason``."""
        rows = {
            f.claim.id: {
                "claim": f.claim.words, "source": f.claim.source, "how": f.claim.how,
                "expected": f.claim.expected, "measured": f.measured, "verdict": f.verdict,
                "reason": f.reason,
            }
            for f in self.findings
        }  # fmt: skip
        return pd.DataFrame.from_dict(rows, orient="index").rename_axis("id")
