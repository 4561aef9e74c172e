"""A brief: every choice that a proposal depends on, in one readable file."""

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Literal, Self, get_args

import tomli_w

from coterminosity import demands
from coterminosity.errors import BriefError, listed, nearest

Contested = Literal["open", "least-split", "strongest-claim"]
SizeRule = Literal["report", "hard", "priced"]
_NOTHING: dict[str, Any] = {}


@dataclass(frozen=True, kw_only=True)
class Brief:
    """State what a proposal shall align, what it may cost, and what must hold.

    The rules of the source paper (``method="reform"``) read the first block; every other method
    minimises a cost under constraints, as ``docs/conventions.md`` states it.

    Parameters
    ----------
    seed_layer : str
        Layer whose regions each lead one area (step 1 of the source model): ``"lep"``.
    align : tuple of str
        Layers whose borders the areas should follow: ``("stp",)``.
    unit_layer : str
        Layer whose regions are assigned whole: ``"lad"``; ``"atom"`` for what no border cuts.
    weight : str
        Measure in which shares, costs and sizes are counted: ``"population"``.
    tolerance : float
        A seed claims a unit if it holds at least this share of its weight (0 to 0.5).
    claim_share : float
        A seed claims an aligned region (an STP) if the units that no other seed claims hold at
        least this share of the region's weight (0 to 0.5). The source model names no threshold.
    contested : {"open", "least-split", "strongest-claim"}
        What the rules do with units of class C: ``open`` leaves them without an area, for
        negotiation; ``least-split`` gives each a provisional home where fewest people are cut off
        from their bodies and no unit is stranded; ``strongest-claim`` the seed with the larger
        share of the unit's main aligned region. Under every policy they stay flagged
        ``negotiate``.
    split_cost, merge_cost : float or mapping of layer to float
        Cost per person cut off from the area that holds most of their body, and per person whose
        area is mainly another body's. One number counts for the seed and the aligned layers; a
        table names layers, so that identity (county, combined authority) has a price too. The
        source model welcomes merging: 0.
    contiguous : bool
        Every area is in one piece over borders and links.
    locks : mapping of unit to area
        Names or codes; units that are given an area whatever the cost. Free areas have no names
        beforehand: units locked to one name are together, to different names apart.
    size_floor, size_ceiling : float
        People. The band of STPs by default.
    size_rule : {"report", "hard", "priced"}
        Areas outside the band are reported, forbidden, or cost ``size_cost`` for each person
        short or over.
    size_cost : float
        See ``size_rule``.
    area_floors, area_ceilings : mapping of area to people
        Another floor or ceiling for the area led by this anchor, or that holds this unit.
    k : int, pair of int, or None
        Areas wanted, or fewest and most. None: one for each anchor where one layer anchors, else
        whatever is best.
    anchors : tuple of str, or None
        Layers whose regions lead areas; each region of several layers is opened or not. None for
        the seed layer, empty for free areas.
    divide : mapping of anchor to layer
        Regions of that layer which lie mainly in the anchor lead areas in its stead:
        ``{"London": "stp"}``.
    border_cost, border_km_cost : float
        Cost per border or link cut, and per kilometre of border cut (compactness).
    border_shared_costs, border_main_costs : mapping of layer to float
        Cost more per border or link cut between units that share a region of a layer, or whose
        main region is the same.
    need_costs : mapping of indicator to float
        Cost per person of the share of variance within areas: ``cost · N · (1 − η²)``. An
        indicator is a column of the graph's units.
    status_quo_cost : float
        Cost per person moved from where a base plan has most of their area, and joined with
        others.
    must_join, must_part : tuple of tuples of str
        Units of one area, and units no two of which share an area.
    must_exist : mapping of name to units
        Areas that exist just so.
    frozen : tuple of str
        Areas of the base plan that stay as they are.
    keep_whole : tuple of str
        Layers whose regions no area may split; a unit counts to its main region.
    links : tuple of mappings
        More links over water: ``focal, neighbour, kind, reason``.
    links_off, barriers : tuple of pairs of str
        Links that do not count, and borders that cannot be crossed.
    seed : int
        Where random choices start: the same seed gives the same plan.

    Raises
    ------
    BriefError
        Where a value is out of range or contradicts another.

    Examples
    --------
    >>> Brief.from_toml(Brief(locks={"Croydon": "London"}).to_toml()).locks["Croydon"]
    'London'
    >>> Brief(k=(30, 45), anchors=("lep", "stp")).k
    (30, 45)
    """

    seed_layer: str = "lep"
    align: tuple[str, ...] = ("stp",)
    unit_layer: str = "lad"
    weight: str = "population"
    tolerance: float = 0.01
    claim_share: float = 0.05
    contested: Contested = "open"
    split_cost: float | Mapping[str, float] = 1.0
    merge_cost: float | Mapping[str, float] = 0.0
    contiguous: bool = True
    locks: Mapping[str, str] = field(default_factory=_NOTHING.copy)
    size_floor: float = 300_000.0
    size_ceiling: float = 3_000_000.0
    size_rule: SizeRule = "report"
    size_cost: float = 1.0
    area_floors: Mapping[str, float] = field(default_factory=_NOTHING.copy)
    area_ceilings: Mapping[str, float] = field(default_factory=_NOTHING.copy)
    k: int | tuple[int, int] | None = None
    anchors: tuple[str, ...] | None = None
    divide: Mapping[str, str] = field(default_factory=_NOTHING.copy)
    border_cost: float = 0.0
    border_km_cost: float = 0.0
    border_shared_costs: Mapping[str, float] = field(default_factory=_NOTHING.copy)
    border_main_costs: Mapping[str, float] = field(default_factory=_NOTHING.copy)
    need_costs: Mapping[str, float] = field(default_factory=_NOTHING.copy)
    status_quo_cost: float = 0.0
    must_join: demands.Groups = ()
    must_part: demands.Groups = ()
    must_exist: Mapping[str, tuple[str, ...]] = field(default_factory=_NOTHING.copy)
    frozen: tuple[str, ...] = ()
    keep_whole: tuple[str, ...] = ()
    links: tuple[Mapping[str, str], ...] = ()
    links_off: demands.Groups = ()
    barriers: demands.Groups = ()
    seed: int = 1

    def __post_init__(self) -> None:
        for name, check in _CHECKS.items():
            object.__setattr__(self, name, check(name, getattr(self, name)))
        if not self.align:
            raise BriefError("align: wanted at least one layer, such as ['stp'], got none")
        layers = [self.seed_layer, self.unit_layer, *self.align]
        if len(set(layers)) < len(layers):
            raise BriefError(
                f"seed_layer, unit_layer and align must be different layers, got {listed(layers)}"
            )
        if not 0 <= self.size_floor <= self.size_ceiling:
            raise BriefError(
                f"size_floor {self.size_floor:,.0f} must not exceed size_ceiling "
                f"{self.size_ceiling:,.0f}"
            )

    @property
    def led_by(self) -> tuple[str, ...]:
        """Layers whose regions lead areas; empty for free areas."""
        return (self.seed_layer,) if self.anchors is None else self.anchors

    def split_costs(self) -> dict[str, float]:
        """Return the cost of a split by layer, of those that have one."""
        return self._by_layer(self.split_cost)

    def merge_costs(self) -> dict[str, float]:
        """Return the cost of a merger by layer, of those that have one."""
        return self._by_layer(self.merge_cost)

    def _by_layer(self, price: float | Mapping[str, float]) -> dict[str, float]:
        if isinstance(price, Mapping):
            whole = dict(price)
        else:
            whole = dict.fromkeys((self.seed_layer, *self.align), price)
        return {layer: own for layer, own in whole.items() if own > 0}

    def to_toml(self) -> str:
        """Return the brief as TOML text; `from_toml` reads it back to an equal brief."""
        values = {f.name: _plain(getattr(self, f.name)) for f in fields(self)}
        known = {name: value for name, value in values.items() if value is not None}
        # TOML wants tables after single values.
        tables = [name for name, value in known.items() if _is_table(value)]
        order = [name for name in known if name not in tables] + tables
        return tomli_w.dumps({name: known[name] for name in order})

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
            if "format" in values:
                raise BriefError(
                    f"{where}: wanted a brief, got a file of format {values['format']!r}, which "
                    "`coterminosity scenario` and `compare` open"
                )
            hint = nearest(unknown[0], known) or f"; there are {listed(sorted(known), most=40)}"
            raise BriefError(f"{where}: no choice is called {listed(unknown)}{hint}")
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


_CHECKS: dict[str, Callable[[str, Any], Any]] = {
    **dict.fromkeys(("seed_layer", "unit_layer", "weight"), demands.text),
    "align": demands.layers,
    **dict.fromkeys(("tolerance", "claim_share"), demands.share),
    "contested": demands.one_of(get_args(Contested)),
    **dict.fromkeys(("split_cost", "merge_cost"), demands.cost_or_table),
    "contiguous": demands.switch,
    "locks": demands.locks,
    **dict.fromkeys(("size_floor", "size_ceiling"), demands.number),
    "size_rule": demands.one_of(get_args(SizeRule)),
    **dict.fromkeys(
        ("size_cost", "border_cost", "border_km_cost", "status_quo_cost"), demands.cost
    ),
    **dict.fromkeys(("area_floors", "area_ceilings"), demands.sizes),
    "k": demands.count,
    "anchors": lambda name, value: None if value is None else demands.layers(name, value),
    "divide": demands.texts,
    **dict.fromkeys(("border_shared_costs", "border_main_costs", "need_costs"), demands.costs),
    **dict.fromkeys(("must_join", "must_part"), demands.groups),
    "must_exist": demands.units_by_area,
    "frozen": demands.names,
    "keep_whole": demands.layers,
    "links": demands.links,
    **dict.fromkeys(("links_off", "barriers"), demands.pairs),
    "seed": demands.whole_number,
}


def _plain(value: Any) -> Any:
    """Return a choice in the types that TOML knows."""
    if isinstance(value, Mapping):
        return {key: _plain(own) for key, own in value.items()}
    if isinstance(value, tuple):
        return [_plain(own) for own in value]
    return value


def _is_table(value: Any) -> bool:
    return isinstance(value, dict) or (
        isinstance(value, list) and bool(value) and isinstance(value[0], dict)
    )
