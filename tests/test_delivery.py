"""What is delivered: the wheel, the notebooks and the examples all run."""

import os
import subprocess
import sys
import zipfile

import nbformat
import pytest
from nbclient import NotebookClient

import coterminosity as ct
from coterminosity.brief import Brief
from tests.conftest import ROOT


def test_a_wheel_works_outside_the_tree(tmp_path):
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(tmp_path)]
    subprocess.run([*build, str(ROOT)], check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    site = tmp_path / "site"
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        archive.extractall(site)
    assert "coterminosity/boundaries/england-2017/atoms.csv" in names
    assert "coterminosity/py.typed" in names
    assert not any("make_england" in name or name.startswith("tests") for name in names)
    script = (
        "import coterminosity as ct, pathlib\n"
        "from coterminosity.catalogue import boundaries_root\n"
        f"assert pathlib.Path({str(site)!r}) in boundaries_root().parents\n"
        "print(ct.run(out='out').plan.count)\n"
    )
    environment = os.environ | {"PYTHONPATH": str(site)}
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=tmp_path, env=environment, check=True,
        capture_output=True, text=True,
    )  # fmt: skip
    assert done.stdout.strip() == "38"
    assert (tmp_path / "out" / "areas.png").stat().st_size > 100_000


@pytest.mark.parametrize("path", sorted((ROOT / "notebooks").glob("*.ipynb")), ids=lambda p: p.stem)
def test_notebooks_run(path, tmp_path):
    notebook = nbformat.read(path, as_version=4)
    NotebookClient(
        notebook,
        timeout=300,
        kernel_name="python3",
        resources={"metadata": {"path": str(tmp_path)}},
    ).execute()


@pytest.mark.parametrize("path", sorted((ROOT / "notebooks").glob("*.ipynb")), ids=lambda p: p.stem)
def test_each_picture_of_a_notebook_shows_itself_once(path):
    """Below its cell; a figure as the last line of the cell would show it again."""
    cells = nbformat.read(path, as_version=4).cells
    outputs = [o for cell in cells for o in cell.get("outputs", [])
               if "image/png" in o.get("data", {})]  # fmt: skip
    assert outputs
    assert {own["output_type"] for own in outputs} == {"display_data"}
    assert len({own["data"]["image/png"] for own in outputs}) == len(outputs)


@pytest.mark.parametrize("path", sorted((ROOT / "examples").glob("*.py")), ids=lambda p: p.stem)
def test_examples_run(path, tmp_path):
    done = subprocess.run(
        [sys.executable, str(path)], cwd=tmp_path, check=True, capture_output=True, text=True
    )
    assert done.stdout


def test_the_quick_start_of_the_readme_prints_what_it_says():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    code = text.split("```python\n")[1].split("```")[0]
    said = text.split("```text\n")[1].split("```")[0]
    assert code.count("\n") <= 15
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout == said


def test_the_example_brief_is_read():
    brief = Brief.from_file(ROOT / "examples" / "briefs" / "source-model.toml")
    data = ct.england_2017()
    plan = ct.propose(data.graph, data.atoms, brief)
    assert plan.area_of("New Forest") == "Solent"
    assert len(plan.contested) == 5
