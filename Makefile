# Everything a person runs. `make help` lists it.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
RUN_STAMP := $(VENV)/.installed
DEV_STAMP := $(VENV)/.installed-dev
export DO_NOT_TRACK := 1

.DEFAULT_GOAL := help
.PHONY: help install install-dev demo run serve upgrade test test-faults check lint types imports migrations contract audit sbom lock clean

help: ## this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | awk -F'\t' '{printf "  make %-14s %s\n", $$1, $$2}'

$(RUN_STAMP): requirements.lock pyproject.toml tools/python_fits.sh
	@sh tools/python_fits.sh "$(PYTHON)"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing into $(VENV) (once; a few minutes)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

$(DEV_STAMP): $(RUN_STAMP) requirements-dev.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements-dev.lock
	@touch $@

install: $(RUN_STAMP) ## set up .venv with .venv/bin/monitor

install-dev: $(DEV_STAMP) ## the same with what the tests need

demo: install ## run everything once on the bundled newsroom; no network needed, no mail sent
	@$(BIN)/python -m flows demo

run: install ## run everything once on config.yaml; no mail sent
	@$(BIN)/python -m flows run

serve: install ## Prefect server, schedules and worker on this machine
	@$(BIN)/python -m flows serve

upgrade: install ## check, back up, migrate, look again; undone if anything fails
	@$(BIN)/monitor config check
	@$(BIN)/monitor upgrade

test: install-dev ## the tests
	@$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

test-faults: install-dev ## kills and faults, many of each
	@MONITOR_KILLS=200 $(BIN)/python -m pytest -rP tests/faults tests/flows/test_workers.py tests/flows/test_outages.py --ignore tests/faults/test_mail_kills.py
	@MONITOR_KILLS=500 $(BIN)/python -m pytest -rP tests/faults/test_mail_kills.py

lint: install-dev ## ruff
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

types: install-dev ## mypy, strict
	@$(BIN)/mypy

imports: install-dev ## the boundaries between the rooms
	@$(BIN)/lint-imports

migrations: install-dev ## the migrations build the schema of the code, and go back
	@$(BIN)/python -m pytest -q tests/store/test_migrations.py

contract: install ## the demo against ../shared/contract.py, where it is there
	@sh tools/contract.sh $(BIN)

check: lint types imports test contract ## what CI runs

audit: install ## known holes in the pinned dependencies (asks the advisory database; offline: ADVISORIES=all.zip)
	@sh tools/audit.sh $(BIN) audit $(ADVISORIES)

sbom: install ## a bill of materials as CycloneDX JSON in var/sbom
	@sh tools/audit.sh $(BIN) sbom

lock: install-dev ## write the lock files anew from pyproject.toml
	@sh tools/lock.sh $(BIN)

clean: ## remove the environment and the demo's files
	rm -rf $(VENV) var/demo build *.egg-info
