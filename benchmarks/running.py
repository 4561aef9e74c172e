"""What the benchmarks have in common: fresh processes, rows of a table, machine and versions."""

import os
import platform
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).parents[1]
SHARED = Path(os.environ.get("COTERMINOSITY_SHARED", ROOT.parent / "shared")) / "england-2017"
PEERS = ("gerrychain", "pymetis", "spopt")
HOW_TO_GET = "pip install .[bench]"


def fresh(script: str, *, seconds: float | None = None, **names: object) -> list[float]:
    """Run a script in a new interpreter and return the numbers it prints.

    A script that takes longer is ended, and has printed nothing. One that fails says why.
    """
    head = "".join(f"{name} = {value!r}\n" for name, value in names.items())
    try:
        done = subprocess.run(
            [sys.executable, "-c", head + script],
            check=False,
            capture_output=True,
            text=True,
            timeout=seconds,
            cwd=Path(__file__).parent,
        )
    except subprocess.TimeoutExpired:
        return []
    if done.returncode:
        raise RuntimeError((done.stderr.strip().splitlines() or ["nothing said"])[-1])
    return [float(word) for word in done.stdout.split()]


def best(script: str, **names: object) -> list[float]:
    """Return the fastest of three runs."""
    return min(fresh(script, **names) for _ in range(3))


def row(what: str, value: str, target: str) -> None:
    print(f"{what:<62}{value:>22}   {target}", flush=True)


def missing(packages: tuple[str, ...] = PEERS) -> list[str]:
    """Return the packages that cannot be imported here."""
    return [name for name in packages if find_spec(name) is None]


def versions(*packages: str) -> str:
    """Return packages with their versions; those that are not installed are left out."""
    found = []
    for name in packages:
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            continue
    return ", ".join(found)


def machine() -> str:
    """Return processor, cores, memory and how busy the machine is with other work."""
    model, memory = platform.machine(), ""
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                model = line.partition(":")[2].strip()
                break
        kilobytes = Path("/proc/meminfo").read_text().split("MemTotal:")[1].split()[0]
        memory = f", {int(kilobytes) / 2**20:.0f} GB"
    except (OSError, IndexError):
        pass
    return f"{model}, {os.cpu_count()} cores{memory}, {platform.system()}"


def load() -> float:
    """Return processes that want to run, mean of the last minute."""
    return os.getloadavg()[0]
