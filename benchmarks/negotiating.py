"""Timings of the negotiating table: a step, a page and a brief to hand out.

Usage: python benchmarks/negotiating.py. A step is set against what it takes to work out the same
figures with the library's scores, from the atoms. The page is timed in Chromium where it is at
hand, as COTERMINOSITY_CHROMIUM or `chromium`.
"""

import os
import shutil
import tempfile
from pathlib import Path

from running import best, fresh, missing, row

STEP = """
import time
import coterminosity as ct
data = ct.england_2017()
table = ct.Scenario(ct.propose(data.graph, data.atoms, ct.Brief(contested="least-split")))
codes, areas = list(table.ground.units), list(table.position.areas)

def figures(own):
    own.layers, own.areas, own.breaches

def step(k):
    unit = codes[k * 37 % len(codes)]
    to = areas[k % len(areas)]
    return table if table.area_of(unit) == to else table.move(unit, to=to)

figures(step(1))
start = time.perf_counter()
for k in range(200):
    figures(step(k))
ours = (time.perf_counter() - start) / 200
plan = table.to_plan()
start = time.perf_counter()
for k in range(5):
    planned = step(k).to_plan().on(data.atoms)
    for layer in ct.england_2017().atoms.layers:
        if layer != "lad":
            ct.scores.summary(planned.overlap(layer, "plan"))
print(ours, (time.perf_counter() - start) / 5)
"""
PAGE = """
import gzip, time
from pathlib import Path
import coterminosity as ct
data = ct.england_2017()
table = ct.Scenario(ct.propose(data.graph, data.atoms))
start = time.perf_counter()
ct.write_page(table, Path(FOLDER) / "page.html")
seconds = time.perf_counter() - start
held = (Path(FOLDER) / "page.html").read_bytes()
print(seconds, len(held), len(gzip.compress(held)))
"""
REPORT = """
import time
from pathlib import Path
import coterminosity as ct
data = ct.england_2017()
table = ct.Scenario(ct.propose(data.graph, data.atoms)).move("Croydon", to="Coast to Capital")
for name in ("brief.html", "brief.pdf"):
    start = time.perf_counter()
    ct.report(table, Path(FOLDER) / name)
    print(time.perf_counter() - start)
"""


def measure() -> None:
    """Print the timings beside their targets."""
    print("\nnegotiating, 326 districts")
    ours, scored = best(STEP)
    row("a step with all figures and contiguity", f"{ours * 1000:.1f} ms", "<= 5 ms")
    row("  times as fast as scoring the plan anew", f"{scored / ours:.0f}", "")
    with tempfile.TemporaryDirectory() as folder:
        seconds, size, packed = best(PAGE, FOLDER=folder)
        row("page built (schematic)", f"{seconds:.2f} s", "<= 3 s")
        row("  size, and gzipped", f"{size / 1000:,.0f}, {packed / 1000:,.0f} kB", "1,000, 350")
        html, pdf = fresh(REPORT, FOLDER=folder)
        row("brief to hand out, HTML and PDF", f"{html:.1f}, {pdf:.1f} s", "<= 10 s each")
        _in_a_browser(Path(folder) / "page.html")


# Of a step: milliseconds of script, and from then until the next frame is drawn.
STEPS_IN_PAGE = """
async (prepare) => {
  const drawn = () => new Promise((done) => requestAnimationFrame(() => {
    const channel = new MessageChannel();
    channel.port1.onmessage = done;
    channel.port2.postMessage(0);
  }));
  const rest = () => new Promise((done) => setTimeout(done, 120));
  const seen = (own) => own.offsetParent !== null;
  const next = (select, k) => {
    const options = [...select.options].filter((own) => own.value && !own.selected);
    select.value = options[k % options.length].value;
  };
  // In the panel of the chosen district, beside the map.
  const onTheMap = async (k) => {
    const select = [...document.querySelectorAll("select")].filter(seen)
      .find((own) => own.options[0]?.textContent.startsWith("Choose an area"));
    next(select, k);
    select.dispatchEvent(new Event("change", { bubbles: true }));
    await rest();
    const move = [...document.querySelectorAll("button")].filter(seen)
      .find((own) => own.textContent.trim() === "Move");
    return () => move.click();
  };
  const inTheTable = async (k) => {
    const selects = [...document.querySelectorAll("select.home")];
    const select = selects[(k * 37) % selects.length];
    select.dispatchEvent(new Event("pointerdown"));
    next(select, k);
    await rest();
    return () => select.dispatchEvent(new Event("change", { bubbles: true }));
  };
  const scripts = [], frames = [];
  for (let k = 0; k < 100; k++) {
    const step = await (prepare === "map" ? onTheMap : inTheTable)(k);
    const start = performance.now();
    step();
    const done = performance.now();
    await drawn();
    scripts.push(done - start);
    frames.push(performance.now() - done);
    await rest();
  }
  const p95 = (own) => own.slice(10).sort((a, b) => a - b)[Math.floor(0.95 * (own.length - 10))];
  return [p95(scripts), p95(frames)];
}
"""


def in_chromium(page: Path, chromium: str) -> dict[str, tuple[float, float]]:
    """Return milliseconds of script and until the next frame, 95 of 100 steps within, by view."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        shown = browser.new_page(viewport={"width": 1280, "height": 720})
        shown.goto(page.as_uri())
        shown.wait_for_selector("#table:empty", state="detached")
        shown.keyboard.press("/")
        shown.keyboard.type("Croydon")
        shown.wait_for_timeout(1000)
        shown.keyboard.press("Enter")
        shown.wait_for_timeout(1500)
        shown.keyboard.press("0")  # all of the map
        shown.wait_for_timeout(1000)
        found = {"map": shown.evaluate(STEPS_IN_PAGE, "map")}
        shown.get_by_role("button", name="Districts").first.click()
        shown.wait_for_timeout(1000)
        found["table"] = shown.evaluate(STEPS_IN_PAGE, "table")
        browser.close()
    return found


def _in_a_browser(page: Path) -> None:
    chromium = shutil.which(os.environ.get("COTERMINOSITY_CHROMIUM", "chromium"))
    if chromium is None or missing(("playwright",)):
        print("page in a browser left out: it needs chromium and playwright")
        return
    for view, (script, frame) in in_chromium(page, chromium).items():
        row(f"a step in the {view} of the page, script, 95 of 100 within", f"{script:.1f} ms",
            "<= 5 ms")  # fmt: skip
        row("  and the next frame, 95 of 100 within", f"{frame:.1f} ms",
            "<= 20 ms" if view == "map" else "")  # fmt: skip


if __name__ == "__main__":
    measure()
