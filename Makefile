# Everything that is run in this repository has a name here. Needs python3 (3.11 or newer) with venv, make and git;
# `make test` fetches the rest. The environment is rebuilt when a lock, the checkout's path or its Python changed.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

PYTHON ?= python3
WORKERS ?= 2
# Options for pytest, as in `make test ARGS='-k nginx'`.
ARGS ?=

VENV := .venv
BIN := $(VENV)/bin
# Twice quiet: errors only.
PIP := $(BIN)/python -m pip -qq --disable-pip-version-check
PYTEST := $(BIN)/pytest

# A moved checkout or a Python that went away leaves an environment that is there and does not run.
HOME_OF_VENV := $(shell [ -x $(BIN)/python ] && cat $(VENV)/.home 2>/dev/null)
ifneq ($(HOME_OF_VENV),$(CURDIR))
$(VENV)/.run: FORCE
endif

.PHONY: help compile env env-dev tools roots test fmt lint types native drift check bench soak coverage docs expect roo-schema flags lock clean FORCE

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

compile: env ## compile specs/runtime.yaml into generated/ (the command is then .venv/bin/dncompile)
	@$(BIN)/dncompile

env: $(VENV)/.project ## what the compiler needs, from the locks
env-dev: $(VENV)/.project $(VENV)/.dev $(VENV)/gixy/.done ## what the tests need too
tools: env ## the programs that verify and the tests ask: nginx, systemd, shellcheck, … (apt, when root)
	@tools/native-tools.sh
	@$(BIN)/python tools/roo_client.py install
roots: env tools ## root file systems of Debian's releases, for `dncompile verify` (mmdebstrap; minutes, once)
	@$(BIN)/python tools/roots.py

test: env-dev tools roots ## every test, linters included; what CI runs
	@$(PYTEST) -n $(WORKERS) --dist worksteal -m 'not slow' $(ARGS)

fmt: env-dev tools ## format Python and shell in place
	@$(BIN)/ruff check --quiet --fix-only .
	@$(BIN)/ruff format --quiet .
	@shfmt -w $$(shfmt -f .ci tools targets tests)

lint: env-dev tools ## linters and the rules of this repository
	@$(PYTEST) -q -m 'not slow' -k 'not mypy' tests/test_repository.py $(ARGS)

types: env-dev ## mypy: compiler, targets and tools; then the shipped programs for the hosts' Python
	@$(PYTEST) -q -k mypy tests/test_repository.py $(ARGS)

native: env-dev tools ## only the tests that ask a program that is not Python
	@$(PYTEST) -n $(WORKERS) -m native $(ARGS)

drift: env ## is generated/ what the spec compiles to? writes nothing
	@$(BIN)/dncompile check

check: drift lint types ## the quick part of `make test`, for before a commit

bench: env ## how long the command takes here
	@$(BIN)/python tools/bench.py

soak: env-dev tools ## the long campaigns with their full counts
	@SOAK=1 $(PYTEST) -n $(WORKERS) -m 'slow or not slow' $(ARGS)

coverage: env-dev tools ## the tests once more, with coverage
	@$(BIN)/coverage erase
	@$(BIN)/coverage run -m pytest -q -m 'not slow' $(ARGS)
	@$(BIN)/coverage combine --quiet
	@$(BIN)/coverage report

docs: env-dev ## write docs/diagnostics.md from the pages of all codes
	@$(BIN)/python tools/diagnostics_page.py

expect: env-dev ## write what the bad specs below tests/errors/ give into their files, to be reviewed
	@$(BIN)/python tools/expect.py $(FILES)

roo-schema: env tools ## the editor's settings as a schema, as in `make roo-schema VERSION=1.115.0`
	@$(BIN)/python tools/roo_client.py schema $(VERSION)

flags: env ## the engine's argument table of one version, as in `make flags VERSION=0.5.13.post1`
	@$(BIN)/python tools/engine_flags.py $(VERSION)

lock: ## pin every dependency anew, with hashes
	@PYTHON='$(PYTHON)' tools/lock.sh

clean: ## remove the environment and the caches
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .hypothesis .coverage .coverage.* build dist
	find compiler targets tests tools -name __pycache__ -prune -exec rm -rf {} +

# Each stamp is written last, so that an interrupted step is done again.
$(VENV)/.run: requirements/build.txt requirements/run.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo >&2 "$(PYTHON) is older than 3.11: name another, as in 'make PYTHON=python3.12 $(MAKECMDGOALS)'"; exit 1; }
	@$(PYTHON) -m venv --clear $(VENV)
	@$(PIP) install --require-hashes -r requirements/build.txt -r requirements/run.txt
	@echo '$(CURDIR)' > $(VENV)/.home
	@touch $@

$(VENV)/.project: $(VENV)/.run pyproject.toml
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/gixy/.done: $(VENV)/.run requirements/gixy.txt
	@$(PYTHON) -m venv --clear $(VENV)/gixy
	@$(VENV)/gixy/bin/python -m pip -qq --disable-pip-version-check install --require-hashes -r requirements/gixy.txt
	@touch $@

$(VENV)/.dev: $(VENV)/.run requirements/dev.txt | $(VENV)/.project
	@$(PIP) install --require-hashes -r requirements/dev.txt
	@touch $@
