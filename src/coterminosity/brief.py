"""A brief: every choice that a proposal depends on, in one readable file."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, Self, get_args

import tomli_w

from coterminosity.errors import BriefError, listed, nearest

Contested = Literal["open", "least-split", "strongest-claim"]


@dataclass(frozen=True, kw_only=True)
class Brief:
    """State what a proposal shall align, and how open questions are settled.

    Parameters
    ----------
    seed_layer : str
        Layer whose regions each lead one area (step 1 of the source model): ``"lep"``.
    align : tuple of str
        Layers whose borders the areas should follow: ``("stp",)``.
    unit_layer : str
        Layer whose regions are assigned whole: ``"lad"``.
    weight : str
        Measure in which shares and costs are counted: ``"population"``.
    tolerance : float
        A seed claims a unit if it holds at least this share of its weight (0 to 0.5).
    claim_share : float
        A seed claims an aligned region (an STP) if the units that no other seed claims hold at
        least this share of the region's weight (0 to 0.5). The source model names no threshold.
    contested : {"open", "least-split", "strongest-claim"}
        What happens to units of class C: ``open`` leaves them without an area, for negotiation;
        ``least-split`` gives each a provisional home where fewest people are cut off from their
        bodies and no unit is stranded; ``strongest-claim`` the seed with the larger share of the
        unit's main aligned region. Under every policy they stay flagged ``negotiate``.
    split_cost, merge_cost : float
        Cost per person cut off from their body, and per person whose area is mainly another
        body's, when a stranded unit is given a new home. The model welcomes merging: 0.
    contiguous : bool
        Rehome units that are cut off from the rest of their area.
    locks : mapping of unit to area
        Names or codes; units that are given an area whatever the model says.
    size_floor, size_ceiling : float
        People. Areas outside the band are reported, not changed, by the source model; the band
        of STPs by default.

    Raises
    ------
    BriefError
        Where a value is out of range or contradicts another.

    Examples
    --------
    >>> Brief.from_toml(Brief(locks={"Croydon": "London"}).to_toml()).locks["Croydon"]
    'London'
    """

    seed_layer: str = "lep"
    align: tuple[str, ...] = ("stp",)
    unit_layer: str = "lad"
    weight: str = "population"
    tolerance: float = 0.01
    claim_share: float = 0.05
    contested: Contested = "open"
    split_cost: float = 1.0
    merge_cost: float = 0.0
    contiguous: bool = True
    locks: Mapping[str, str] = field(default_factory=dict)
    size_floor: float = 300_000.0
    size_ceiling: float = 3_000_000.0

    def __post_init__(self) -> None:
        self._check_types()
        align = (self.align,) if isinstance(self.align, str) else tuple(self.align)
        object.__setattr__(self, "align", align)
        object.__setattr__(self, "locks", MappingProxyType(dict(sorted(self.locks.items()))))
        if not align:
            raise BriefError("align: wanted at least one layer, such as ['stp'], got none")
        layers = [self.seed_layer, self.unit_layer, *align]
        if len(set(layers)) < len(layers):
            raise BriefError(
                f"seed_layer, unit_layer and align must be different layers, got {listed(layers)}"
            )
        if self.contested not in get_args(Contested):
            raise BriefError(
                f"contested: wanted one of {listed(get_args(Contested))}, got {self.contested!r}"
            )
        for name in ("tolerance", "claim_share"):
            if not 0 <= getattr(self, name) < 0.5:
                raise BriefError(f"{name}: wanted a share from 0 to 0.5, got {getattr(self, name)}")
        for name in ("split_cost", "merge_cost"):
            if not 0 <= getattr(self, name) < float("inf"):
                raise BriefError(f"{name}: wanted a cost of 0 or more, got {getattr(self, name)}")
        if not 0 <= self.size_floor <= self.size_ceiling:
            raise BriefError(
                f"size_floor {self.size_floor:,.0f} must not exceed size_ceiling "
                f"{self.size_ceiling:,.0f}"
            )

    def _check_types(self) -> None:
        for name in ("tolerance", "claim_share", "split_cost", "merge_cost",
                     "size_floor", "size_ceiling"):  # fmt: skip
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, (int, float)):
                raise BriefError(f"{name}: wanted a number, such as 0.05, got {value!r}")
        for name in ("seed_layer", "unit_layer", "weight", "contested"):
            if not isinstance(getattr(self, name), str):
                raise BriefError(f"{name}: wanted a text in quotes, got {getattr(self, name)!r}")
        if not isinstance(self.contiguous, bool):
            raise BriefError(f"contiguous: wanted true or false, got {self.contiguous!r}")
        whole = [self.align] if isinstance(self.align, str) else self.align
        if not isinstance(whole, (list, tuple)) or not all(isinstance(a, str) for a in whole):
            raise BriefError(f"align: wanted a list of layers, such as ['stp'], got {whole!r}")
        pairs = self.locks.items() if isinstance(self.locks, Mapping) else [(None, None)]
        if not all(isinstance(text, str) for pair in pairs for text in pair):
            raise BriefError(
                'locks: wanted a table of district and area, such as Croydon = "London" under '
                f"[locks], got {self.locks!r}"
            )

    def to_toml(self) -> str:
        """Return the brief as TOML text; `from_toml` reads it back to an equal brief."""
        values = {f.name: getattr(self, f.name) for f in fields(self)}
        values["align"] = list(self.align)
        values["locks"] = dict(self.locks)
        return tomli_w.dumps(values)

    @classmethod
    def from_toml(cls, text: str, *, where: str = "brief") -> Self:
        """Read a brief from TOML text.

        Raises
        ------
        BriefError
            Where the text is not TOML, or names a choice that does not exist.
        """
        try:
            values: dict[str, Any] = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise BriefError(f"{where} is not TOML: {error}") from error
        known = {f.name for f in fields(cls)}
        unknown = sorted(set(values) - known)
        if unknown:
            raise BriefError(
                f"{where}: no choice is called {listed(unknown)}{nearest(unknown[0], known)}"
                f" There are {listed(sorted(known), most=20)}"
            )
        try:
            return cls(**values)
        except BriefError as error:
            raise BriefError(f"{where}: {error}") from error

    @classmethod
    def from_file(cls, path: str | Path) -> Self:
        """Read a brief from a TOML file."""
        path = Path(path)
        if not path.is_file():
            raise BriefError(f"{path}: no such brief; check the spelling and the folder")
        try:
            text = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise BriefError(f"{path}: cannot be read as a brief ({error})") from error
        return cls.from_toml(text, where=str(path))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Brief) and self.to_toml() == other.to_toml()

    def __hash__(self) -> int:
        return hash(self.to_toml())
