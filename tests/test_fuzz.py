"""Files that once broke a reader, and a short run of the fuzzer (`make fuzz` runs it for long)."""

import random

import pytest

from tests import fuzz_readers

KEPT = sorted(p for p in fuzz_readers.CORPUS.iterdir() if p.is_file())


@pytest.mark.parametrize("path", KEPT, ids=lambda path: path.name)
def test_files_that_once_broke_a_reader(path):
    assert fuzz_readers.outcome(path) in ("refused", "loaded", "table")


def test_the_corpus_stays_small():
    assert len(KEPT) >= 5
    assert sum(path.stat().st_size for path in KEPT) < 100_000


def test_mutated_files_are_loaded_or_refused(tmp_path):
    rng = random.Random(2017)
    (tmp_path / "seeds").mkdir()
    originals = {p.name: p.read_bytes() for p in fuzz_readers.seeds(tmp_path / "seeds")}
    for _ in range(150):
        name = rng.choice(sorted(originals))
        path = tmp_path / name
        packed = path.suffix in (".zip", ".xlsx") and rng.random() < 0.8
        mutate = fuzz_readers.mutated_member if packed else fuzz_readers.mutated
        path.write_bytes(mutate(originals[name], rng))
        found = fuzz_readers.outcome(path)
        assert found in ("refused", "loaded", "table"), f"{name}: {found}"


def test_the_fuzzer_tells_a_loss_from_a_sound_file(tmp_path, monkeypatch):
    """An oracle that could not fail would prove nothing."""
    files = {p.name: p for p in fuzz_readers.seeds(tmp_path)}
    assert fuzz_readers.outcome(files["lad.geojson"]) == "loaded"
    monkeypatch.setattr(fuzz_readers, "count_apart", lambda path: 5)
    assert fuzz_readers.outcome(files["lad.geojson"]).startswith("LOSS: 5 rows")
    monkeypatch.setattr(fuzz_readers, "has_geometry", lambda path: 1 / 0)
    assert fuzz_readers.outcome(files["lad.geojson"]).startswith("CRASH: ZeroDivisionError")
