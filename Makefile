# Every command of the project; `make help` lists them.
PYTHON ?= python3
PORT ?= 8000
# one test process a core; JOBS=0 runs the tests in this one, for a debugger
JOBS ?= logical
export PORT

CATALOGUES := $(wildcard admin_app/translations/*/LC_MESSAGES/*.po)
# stamps: each step is done again only when what it came from has changed
RUNNING := .venv/.locked
DEVELOPING := .venv/.locked-dev
INSTALLED := .venv/.installed

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help run env test bench lint format types imports package translations lock clean

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: $(RUNNING) $(INSTALLED) ## serve the panel with demo data on http://127.0.0.1:8000 (PORT=…)
	@.venv/bin/taizhang run

env: $(DEVELOPING) $(INSTALLED) ## make or refresh .venv, tools of development included

test: env ## run every test, browser tests included (ARGS="-k name")
	@scripts/chromium.sh
	@.venv/bin/python -m pytest -n $(JOBS) --maxprocesses 8 --dist worksteal $(ARGS)

bench: env ## compare the speed with plain Flask-Admin
	@.venv/bin/python -m tests.bench $(ARGS)

lint: env ## check style and likely mistakes
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .

format: env ## mend what lint can mend
	@.venv/bin/ruff check --fix .
	@.venv/bin/ruff format .

types: env ## check the types
	@.venv/bin/mypy

imports: env ## check that imports run downwards only
	@.venv/bin/lint-imports

package: env ## check that an installed package would be complete
	@.venv/bin/python scripts/check_wheel.py

translations: env ## bring the catalogues up to date with the code
	@scripts/translations.sh

lock: ## remake the lock files from pyproject.toml (ARGS="--upgrade")
	@scripts/lock.sh $(PYTHON) $(ARGS)

clean: ## remove .venv and whatever else was made; data stays
	@rm -rf .venv build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis

$(RUNNING): requirements.lock
	@scripts/environment.sh $(PYTHON) requirements.lock
	@touch $@

$(DEVELOPING): requirements-dev.lock
	@scripts/environment.sh $(PYTHON) requirements-dev.lock
	@touch $@ $(RUNNING)

$(INSTALLED): pyproject.toml setup.py $(CATALOGUES) | $(RUNNING)
	@.venv/bin/python -m pip install --quiet --quiet --disable-pip-version-check --no-input \
		--no-build-isolation --no-deps --editable .
	@touch $@
