# Every target does the set-up it needs by itself; see README.md.
PY ?= python3
BIN := .venv/bin
PIP := $(BIN)/pip install --disable-pip-version-check --quiet --no-compile --require-hashes
# Dozens of processes start here: each would compile everything anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: setup demo run check test test-faults bench lock words pictures clean

setup: .venv/.run

.venv/bin/python:
	@$(PY) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Diplomacy Digest needs Python 3.11 or newer; try: make PY=python3.11 …")'
	@echo "Setting up .venv (once; about a minute) …"
	@$(PY) -m venv .venv || { echo "Could not make .venv. On Debian or Ubuntu: sudo apt install python3-venv"; exit 1; }

.venv/.run: .venv/bin/python requirements.lock
	@$(PIP) -r requirements.lock
	@touch $@

.venv/.dev: .venv/.run requirements-dev.lock
	@$(PIP) -r requirements-dev.lock
	@touch $@

demo: .venv/.run
	@$(BIN)/python bot.py demo

run: .venv/.run
	@$(BIN)/python bot.py run

check: .venv/.dev
	@$(BIN)/ruff format --check --quiet . || { echo "Run: $(BIN)/ruff format ."; exit 1; }
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy

test: check
	@$(BIN)/python -m pytest -n 4 --dist worksteal

test-faults: .venv/.dev
	@$(BIN)/python -m pytest tests/faults -m "faults or not faults" --durations=5

bench: .venv/.dev
	@$(BIN)/python -m benchmarks.day
	@$(BIN)/python -m benchmarks.replies

lock: .venv/.dev
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-header pyproject.toml -o requirements.lock
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --group dev -c requirements.lock -o requirements-dev.lock

words: .venv/.run
	@$(BIN)/python -m render.locale.update

pictures: .venv/.dev
	@$(BIN)/python -m tests.browser.pictures docs/images

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis
