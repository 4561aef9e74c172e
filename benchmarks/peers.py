"""Our methods against those of other packages: same units, borders, costs, band, number and time.

Usage: python benchmarks/peers.py [--seconds 60] [--tests AB] [--only refine,metis] [--write].
Each method runs in a process of its own, one after the other. With --write the table goes to
docs/benchmarks.md. Packages that are not installed are named and left out.
"""

import argparse
import datetime
import json
import math
import subprocess
import sys
import time
from pathlib import Path

from entrants import ENTRANTS
from running import HOW_TO_GET, ROOT, load, machine, missing, versions

DOCUMENT = ROOT / "docs" / "benchmarks.md"
START, END = "<!-- peers: measured -->", "<!-- peers: end -->"
TITLES = {
    "A": "Test A: 490,000 to 9,000,000 people",
    "B": "Test B: 732,000 to 2,195,000 people",
    "C": "Test C: a grid of 33,124 units, band ±5 %, a cut costs 1",
}
# What is aimed at: cost, proved gap and seconds.
TARGETS = {
    "A": "cost 545 or less and a proved gap of 2 % or less in 180 s",
    "B": "cost 705 or less in 180 s and a proved gap of 4 % or less in 900 s",
}
HEADER = (
    "| package | method | cost | bound | gap | areas | in pieces | out of band | seconds | note |\n"
    "|---|---|---:|---:|---:|---:|---:|---:|---:|---|"
)
PACKAGES = ("coterminosity", "gerrychain", "spopt", "pymetis", "networkx", "numba", "highspy")
OTHERS = ("numpy", "scipy", "pandas", "geopandas", "libpysal", "scikit-learn")


def run(name: str, test: str, seconds: float, patience: float) -> dict[str, object]:
    """Run one method on one test; say how it failed if it did."""
    script = Path(__file__).with_name("entrants.py")
    start = time.perf_counter()
    try:
        done = subprocess.run(
            [sys.executable, str(script), name, test, str(seconds)],
            capture_output=True,
            text=True,
            timeout=patience,
        )
    except subprocess.TimeoutExpired:
        return {"note": "not finished", "seconds": time.perf_counter() - start}
    if done.returncode or not done.stdout.strip():
        said = done.stderr.strip().splitlines() or ["nothing said"]
        return {"note": f"failed: {said[-1][:90]}", "seconds": time.perf_counter() - start}
    found: dict[str, object] = json.loads(done.stdout.splitlines()[-1])
    return found


def line(name: str, found: dict[str, object]) -> str:
    """Return a row of the table."""
    title, package, _ = ENTRANTS[name]
    cost, bound = float(found.get("cost", math.nan)), float(found.get("bound", math.nan))
    cells = [
        package,
        title,
        _number(cost),
        _number(bound),
        f"{(cost - bound) / cost:.1%}" if math.isfinite(bound) and cost else "",
        *(str(found.get(key, "")) for key in ("areas", "in_pieces", "out_of_band")),
        f"{float(found['seconds']):.1f}",
        str(found["note"]),
    ]
    return f"| {' | '.join(cells)} |"


def _number(value: float) -> str:
    return f"{value:,.0f}" if math.isfinite(value) else ""


def measured(tests: str, names: list[str], seconds: float, patience: float) -> str:
    """Run all and return the tables, printing rows as they come."""
    begun, parts = load(), []
    for test in tests:
        rows = []
        print(f"\n{TITLES[test]}\n\n{HEADER}", flush=True)
        for name in names:
            rows.append(line(name, run(name, test, seconds, patience)))
            print(rows[-1], flush=True)
        target = f"\nAimed at: {TARGETS[test]}.\n" if test in TARGETS else ""
        parts.append("\n".join([f"### {TITLES[test]}", target, HEADER, *rows]))
    python = f"Python {sys.version.split()[0]}"
    conditions = [
        f"- Command: `{' '.join(['python', 'benchmarks/peers.py', *sys.argv[1:]])}`",
        f"- Date: {datetime.datetime.now(tz=datetime.UTC):%d %B %Y}",
        f"- Machine: {machine()}; {begun:.1f} processes wanted to run before, {load():.1f} at the "
        "end (the benchmark itself is one)",
        f"- Time: {seconds:.0f} s for each method, which is ended after {patience:.0f} s",
        f"- Versions: {python}, {versions(*PACKAGES)}; {versions(*OTHERS)}",
    ]
    absent = [own for own in missing() if any(ENTRANTS[name][1] == own for name in ENTRANTS)]
    if absent:
        conditions.append(f"- Not installed, so left out: {', '.join(absent)}")
    return "\n\n".join(["\n".join(conditions), *parts])


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    arguments.add_argument("--seconds", type=float, default=60.0, help="for each method")
    arguments.add_argument("--patience", type=float, default=None, help="then it is ended")
    arguments.add_argument("--tests", default="AB", help="of A, B and C")
    arguments.add_argument("--only", default="", help=f"of {','.join(ENTRANTS)}")
    arguments.add_argument("--write", action="store_true", help=f"to {DOCUMENT.name}")
    chosen = arguments.parse_args()
    absent = missing()
    if absent:
        print(f"left out: {', '.join(absent)}; {HOW_TO_GET}")
    wanted = chosen.only.split(",") if chosen.only else list(ENTRANTS)
    names = [name for name in ENTRANTS if name in wanted and ENTRANTS[name][1] not in absent]
    patience = chosen.patience or 2 * chosen.seconds + 60
    text = measured(chosen.tests, names, chosen.seconds, patience)
    if chosen.write:
        document = DOCUMENT.read_text(encoding="utf-8")
        before, _, rest = document.partition(START)
        after = rest.partition(END)[2]
        DOCUMENT.write_text(f"{before}{START}\n\n{text}\n\n{END}{after}", encoding="utf-8")
        print(f"\nwritten to {DOCUMENT.relative_to(ROOT)}")
    else:
        print(f"\n{text.partition('###')[0]}")


if __name__ == "__main__":
    main()
