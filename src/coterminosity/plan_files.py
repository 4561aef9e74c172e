"""Plan files: a proposal with everything that it takes to make it again."""

import tomllib
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import tomli_w

from coterminosity.brief import Brief
from coterminosity.errors import BriefError, listed
from coterminosity.plan import Plan
from coterminosity.proposing.assembling import input_hashes, versions
from coterminosity.writing import write_together

FORMAT = "coterminosity plan 1"


@dataclass(frozen=True, eq=False, kw_only=True)
class PlanFile:
    """What a plan file holds.

    Attributes
    ----------
    assignment : Series
        Area by unit code.
    brief : Brief or None
        None where the file is a plain table.
    about : dict
        ``method``, ``certificate``, ``versions``, ``inputs`` (sha256); empty for a plain table.
    """

    assignment: pd.Series
    brief: Brief | None
    about: dict[str, Any]


def to_toml(plan: Plan) -> str:
    """Return a plan as TOML: method, brief, seed, versions, hashes of inputs, bound and areas.

    The same plan gives the same text: no time of day and no duration is in it.

    Raises
    ------
    BriefError
        Where the plan does not know what it was made of.
    """
    if plan.basis is None:
        raise BriefError("this plan does not know its graph and atoms; propose it anew")
    proof = plan.certificate
    table: dict[str, Any] = {"format": FORMAT, "method": plan.method}
    if proof is not None:
        shown = {
            "status": proof.status, "cost": proof.cost, "bound": proof.bound, "gap": proof.gap,
            "seed": proof.seed, "stopped": proof.stopped, "notes": list(proof.notes),
            "terms": dict(proof.terms),
        }  # fmt: skip
        # What is not proved is left out: TOML's nan would read like a number.
        table["certificate"] = {name: value for name, value in shown.items() if value == value}
    table["versions"] = dict(versions())
    table["inputs"] = input_hashes(plan.basis.graph, plan.basis.atoms, plan.basis.base)
    table["brief"] = tomllib.loads(plan.brief.to_toml())
    areas: dict[str, list[str]] = {}
    for code, area in plan.units["area"].items():
        areas.setdefault(str(area), []).append(str(code))
    table["open"] = areas.pop("", [])
    table["areas"] = {name: areas[name] for name in sorted(areas)}
    order = [name for name, value in table.items() if not isinstance(value, dict)]
    order += [name for name in table if name not in order]
    return tomli_w.dumps({name: table[name] for name in order})


def write_plan(plan: Plan, path: str | Path) -> Path:
    """Write a plan file; see `to_toml`. It appears when it is complete, or not at all."""
    path = Path(path)
    if path.suffix.lower() != ".toml":
        raise BriefError(f"{path}: wanted a plan file .toml")
    text = to_toml(plan)
    (written,) = write_together(
        path.parent, {path.name: lambda own: own.write_text(text, encoding="utf-8")}
    )
    return written


def read_plan(path: str | Path) -> PlanFile:
    """Read a plan file, or a table with columns ``code`` and ``area``.

    Raises
    ------
    BriefError
        Where there is no such file, or it holds no plan; one sentence with what was wanted.
    """
    path = Path(path)
    if not path.is_file():
        raise BriefError(f"{path}: no such plan; check the spelling and the folder")
    if path.suffix.lower() == ".csv":
        return PlanFile(assignment=_from_table(path), brief=None, about={})
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BriefError(f"{path}: cannot be read as a plan ({error})") from error
    groups = {**_table(table.get("areas")), "": table.get("open", [])}
    if (
        table.get("format") != FORMAT
        or not (isinstance(table.get("areas"), dict) and isinstance(table.get("brief"), dict))
        or not all(_is_names(own) for own in groups.values())
    ):
        raise BriefError(
            f"{path}: wanted a plan file (format = {FORMAT!r}, with a brief and lists of codes "
            f"under [areas]), got keys {listed(table)}"
        )
    codes = Counter(code for own in groups.values() for code in own)
    double = sorted(code for code, times in codes.items() if times > 1)
    if double:
        raise BriefError(f"{path}: {listed(double)} stand twice; keep one area each")
    area = {code: name for name, own in groups.items() for code in own}
    brief = Brief.from_toml(tomli_w.dumps(table["brief"]), where=f"{path}: brief")
    assignment = pd.Series(area, dtype="object").sort_index()
    return PlanFile(
        assignment=assignment.where(assignment != "", None),
        brief=brief,
        about={name: table.get(name, {}) for name in ("method", "certificate", "versions",
                                                      "inputs")},
    )  # fmt: skip


def _table(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _is_names(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(own, str) for own in value)


def _from_table(path: Path) -> pd.Series:
    try:
        table = pd.read_csv(path, dtype="str", keep_default_na=False)
    except (OSError, ValueError) as error:
        raise BriefError(f"{path}: cannot be read as a table ({error})") from error
    if "code" not in table or "area" not in table:
        raise BriefError(
            f"{path}: wanted columns code and area, as in plan.csv, got {listed(table.columns)}"
        )
    double = table.loc[table["code"].duplicated(), "code"]
    if len(double):
        raise BriefError(f"{path}: {listed(double)} stand twice; keep one row each")
    area = table.set_index("code")["area"].astype("object").sort_index()
    return area.where(area != "", None)
