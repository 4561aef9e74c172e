# The two commands of the README. A fresh machine needs only Python 3.11 or newer and make.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
# Tests run in so many processes side by side.
WORKERS ?= 2

.PHONY: run test bench peers fuzz clean

run: $(VENV)/installed
	$(BIN)/coterminosity run --out out

test: $(VENV)/tested
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	sh tests/setup_browser.sh
	$(BIN)/python -m pytest --numprocesses $(WORKERS) --dist worksteal --durations 10

bench: $(VENV)/installed
	$(BIN)/python benchmarks/bench.py

peers: $(VENV)/installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable ".[bench]"
	$(BIN)/python benchmarks/peers.py --write

fuzz: $(VENV)/tested
	$(BIN)/python tests/fuzz_readers.py --minutes 10

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/installed: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

# pip older than 25.1 knows no dependency groups, so the environment's own pip is brought up first.
$(VENV)/tested: pyproject.toml $(VENV)/installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade "pip>=25.1"
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --group test
	@touch $@

clean:
	rm -rf $(VENV) out dist tests/browser/node_modules .mypy_cache .pytest_cache .ruff_cache .hypothesis
