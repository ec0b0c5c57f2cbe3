# Every target sets up what it needs: Python >= 3.11 and make are enough (uv is used when it is there).
#   make demo         the product's main job on simulated flow, ends with what to look at
#   make demo-web     a filled demo in the browser, one account per role (PORT=8765, DEMO_DIR=demo/web)
#   make test         the tests (make test TESTS=tests/unit/metrics for a part)
#   make check        lint (style, types, import contracts), then the tests
#   make test-fix     the tests of live FIX sessions; compiles QuickFIX first (about eight minutes, once)
#   make test-night   the longer proofs, and properties on 25 times as many examples
#   make bench        the published benchmark, writes docs/benchmarks.md
#   make format       let ruff rewrite what it can
#   make detection    find planted faults on seeds of its own (20 minutes), writes docs/detection.md
#   make reference    write docs/reference from the catalogs
#   make lock         rewrite requirements/*.txt (needs uv)
#   make uncompiled   forget compiled kernels, after a change in what several of them call
#   make clean        remove what the other targets made
# PYTHON=/path/to/python3 chooses the interpreter for .venv.

BIN := .venv/bin
TESTS ?= tests
WORKERS ?= 2
PORT ?= 8765
DEMO_DIR ?= demo/web
PINS := requirements/build.txt pyproject.toml tools/setup.sh
# Chromium comes while the packages come; without it the tests in tests/browser say so.
WITH_CHROMIUM = sh tools/chromium.sh & sh tools/setup.sh dev; status=$$?; wait; exit $$status
# Programs that start programs would compile the same thousand modules each time where this is set, as some images have it.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help demo demo-web test test-fix test-night check lint style types contracts bench detection format reference lock uncompiled clean

help:
	@sed -n '2,/^$$/s/^# \{0,1\}//p' Makefile

.venv/.ready-run: requirements/run.txt $(PINS)
	@sh tools/setup.sh run

.venv/.ready-dev: requirements/dev.txt $(PINS) tools/chromium.sh
	@$(WITH_CHROMIUM)

.venv/.ready-fix: .venv/.ready-dev requirements/fix.txt requirements/fix-build.txt
	@sh tools/setup.sh fix

demo: .venv/.ready-run
	$(BIN)/routeproof demo --workspace demo/workspace --out demo/pack

demo-web: .venv/.ready-run
	@$(BIN)/routeproof demo --web-ready --keep --out $(DEMO_DIR)
	@exec $(BIN)/routeproof serve --workspace $(DEMO_DIR) --port $(PORT)

test: .venv/.ready-dev
	$(BIN)/python -m pytest -m "not night" -n $(WORKERS) --dist loadfile --no-loadscope-reorder --durations 15 $(TESTS)

test-fix: .venv/.ready-fix
	$(BIN)/python -m pytest -m "not night" tests/fix_session

test-night: .venv/.ready-dev
	ROUTEPROOF_NIGHT=1 $(BIN)/python -m pytest -m night $(TESTS)
	ROUTEPROOF_NIGHT=1 $(BIN)/python -m pytest -m "not night" -n $(WORKERS) tests/properties

lint: style types contracts

style: .venv/.ready-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: .venv/.ready-dev
	$(BIN)/mypy

contracts: .venv/.ready-dev
	$(BIN)/lint-imports

check: lint test

bench: .venv/.ready-dev
	$(BIN)/python -m bench

format: .venv/.ready-dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

detection: .venv/.ready-dev
	$(BIN)/python tools/detection.py --day $$(date +%F)

reference: .venv/.ready-dev
	$(BIN)/python tools/reference_pages.py

lock:
	@sh tools/lock.sh

uncompiled:
	find src -name '*.nb[ic]' -delete

clean:
	rm -rf .venv demo bench/data dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache .numba_cache
