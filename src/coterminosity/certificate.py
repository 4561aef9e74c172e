"""A certificate: what a plan costs, and how far it can be from the best there is."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

from coterminosity.errors import MeasureError

Status = Literal["optimal", "feasible", "infeasible", "rules"]
_EXACT = 1e-6


@dataclass(frozen=True, kw_only=True)
class Certificate:
    """Say what a plan costs by its brief, and what no plan can cost less than.

    Parameters
    ----------
    cost : float
        Of the plan, counted from scratch; in the units of the brief's prices (people, as a rule).
    bound : float
        Proved: no plan that meets the brief costs less. NaN where nothing is proved.
    status : {"optimal", "feasible", "infeasible", "rules"}
        ``optimal`` only where proved; ``feasible`` where every constraint holds; ``infeasible``
        where the best plan found still breaks some (see ``notes``); ``rules`` where a solver
        found nothing and the rule-based plan stands in.
    terms : mapping of str to float
        The cost by term.
    stopped : str
        ``"time limit"``, ``"interrupted"`` or empty.
    seconds : float
        What it took. Not part of a plan file, since it differs from run to run.
    seed : int
        Where random choices started.
    notes : tuple of str
        What else must be said.

    Examples
    --------
    >>> Certificate(cost=200.0, bound=199.0, status="feasible").gap
    0.005
    """

    cost: float
    bound: float = math.nan
    status: Status = "feasible"
    terms: Mapping[str, float] = field(default_factory=dict)
    stopped: str = ""
    seconds: float = math.nan
    seed: int = 0
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "terms", MappingProxyType(dict(self.terms)))
        slack = _EXACT * max(1.0, abs(self.cost))
        if self.status != "rules" and self.bound > self.cost + slack:
            raise MeasureError(
                f"a plan of cost {self.cost:,.2f} cannot have the bound {self.bound:,.2f}, which "
                "no plan goes below; report this as a fault"
            )
        if self.status == "optimal" and not self.bound >= self.cost - slack:
            raise MeasureError(
                f"a plan of cost {self.cost:,.2f} is not proved optimal by a bound of "
                f"{self.bound:,.2f}; report this as a fault"
            )

    @property
    def gap(self) -> float:
        """Share of the cost that a better plan could save at most; NaN where nothing is proved."""
        if not (math.isfinite(self.bound) and math.isfinite(self.cost)):
            return math.nan
        return max(0.0, self.cost - self.bound) / self.cost if self.cost > 0 else 0.0

    def describe(self) -> str:
        """Return the certificate in one line."""
        text = f"cost {_shown(self.cost)}"
        if self.status == "rules":
            text += " by the rules, which do not meet the brief"
            if math.isfinite(self.bound):
                text += f"; what meets it costs {_shown(self.bound)} or more"
        elif math.isfinite(self.bound):
            text += f", bound {_shown(self.bound)}, gap {self.gap:.2%}"
            text += ": proved optimal" if self.status == "optimal" else ""
        else:
            text += ", no bound"
        if self.status == "infeasible":
            text += " (breaks demands)"
        return text + (f"; stopped by {self.stopped}" if self.stopped else "")


def _shown(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:,.2f}"
