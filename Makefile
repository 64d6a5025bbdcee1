# Papersift: `make run` and `make test` need only Python >= 3.11, make and a package index.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STATE := .state
PYTEST := $(BIN)/python -m pytest
# Extra arguments: `make test ARGS="-k harvest -x"`, `make bench ARGS=search`.
ARGS ?=
WHOOSH3 := 3.54.0

.DEFAULT_GOAL := help
.PHONY: help run serve test test-all test-browser test-postgres test-whoosh3 lint format types contracts check coverage bench bench-search eval lock clean distclean

##@ Use
help: ## show this list
	@awk 'BEGIN {FS = ":.*## "} /^##@/ {printf "\n%s\n", substr($$0, 5)} /^[a-zA-Z_-]+:.*## / {printf "  %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: $(STATE)/run ## set everything up, fill an empty database, build the index, serve http://127.0.0.1:8000
	@exec $(BIN)/papersift run $(ARGS)

serve: $(STATE)/run ## serve only what is already there
	@exec $(BIN)/papersift serve $(ARGS)

##@ Check
test: $(STATE)/dev ## the offline suite: no network, browser, PostgreSQL or outside data
	$(PYTEST) -n 2 --dist loadfile -m "not slow and not postgres and not browser" $(ARGS)

test-all: $(STATE)/full ## everything this machine can run, on a real PostgreSQL too; says what is skipped and why
	$(BIN)/python tests/with_postgres.py $(PYTEST) -n 2 --dist loadfile $(ARGS)

test-browser: $(STATE)/full ## the pages in a real Chromium; screenshots in tests/browser/screenshots
	$(PYTEST) -m browser $(ARGS)

test-postgres: $(STATE)/full ## the integration suite on a real PostgreSQL
	$(BIN)/python tests/with_postgres.py $(PYTEST) -n 2 --dist loadfile -m postgres $(ARGS)

test-whoosh3: $(STATE)/whoosh3/installed ## the tests of the index on whoosh3, the maintained continuation of Whoosh
	PYTHONPATH=$(CURDIR)/$(STATE)/whoosh3 PAPERSIFT_WHOOSH3=1 $(PYTEST) -n 2 --dist loadfile -m "not slow and not postgres" tests/unit/search tests/integration/index $(ARGS)

lint: $(STATE)/dev ## ruff: style and likely bugs
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

format: $(STATE)/dev ## let ruff reformat and mend what it safely can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

types: $(STATE)/dev ## mypy --strict
	$(BIN)/mypy

contracts: $(STATE)/dev ## which layer may import which
	$(BIN)/lint-imports

check: lint types contracts test ## lint, types, contracts, offline tests: green before every commit

coverage: $(STATE)/dev ## the offline suite with branch coverage
	$(PYTEST) -n 2 --dist loadfile --cov --cov-report=term -m "not slow and not postgres and not browser" $(ARGS)

##@ Measure
bench: $(STATE)/full ## speed, each figure beside a named peer in the same run
	$(BIN)/python -m tests.bench $(ARGS)

bench-search: $(STATE)/full ## the index beside tantivy, FTS5 and stock Whoosh; ARGS="--papers 3000000"
	$(BIN)/python -m tests.bench.search_engines $(ARGS)

eval: $(STATE)/full ## quality of rankings on judged collections beside untuned BM25 and bm25s; ARGS="cranfield med"
	$(BIN)/python -m tests.eval $(ARGS)

##@ Keep
lock: ## compile the locks of versions anew (needs uv)
	uv pip compile --quiet --no-strip-extras --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --extra build pyproject.toml -o requirements.lock
	uv pip compile --quiet --no-strip-extras --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --extra build --extra dev pyproject.toml -c requirements.lock -o requirements-dev.lock
	uv pip compile --quiet --no-strip-extras --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --extra build --extra dev --extra full --extra browser pyproject.toml -c requirements-dev.lock -o requirements-full.lock

clean: ## remove caches
	rm -rf .coverage* htmlcov .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find app indexer migrations tests -name __pycache__ -type d -prune -exec rm -rf {} +

distclean: clean ## remove the environment too (keeps ./data)
	rm -rf $(VENV) $(STATE)

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Papersift needs Python 3.11 or newer; this is " + sys.version.split()[0] + ". Try: make PYTHON=python3.12 run")'
	$(PYTHON) -m venv $(VENV)

define install
	@echo "Installing the environment ($(1)) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $(1)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@mkdir -p $(STATE)
endef

$(STATE)/run: requirements.lock pyproject.toml | $(VENV)/bin/python
	$(call install,requirements.lock)
	@touch $@

$(STATE)/dev: requirements-dev.lock pyproject.toml | $(VENV)/bin/python
	$(call install,requirements-dev.lock)
	@touch $(STATE)/run $@

# Before the installed Whoosh on the path, so that nothing else changes.
$(STATE)/whoosh3/installed: Makefile | $(STATE)/dev
	@rm -rf $(STATE)/whoosh3
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --target $(STATE)/whoosh3 whoosh3==$(WHOOSH3)
	@touch $@

$(STATE)/full: requirements-full.lock pyproject.toml | $(VENV)/bin/python
	$(call install,requirements-full.lock)
	@touch $(STATE)/run $(STATE)/dev $@
