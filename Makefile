# `make preview` and `make test` need Python 3.11 and a package index only. `make help` lists the targets.
PYTHON ?= python3
STACK ?= production
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
# Byte code is written even where the environment forbids it: without it everything starts two to three times slower.
export PYTHONDONTWRITEBYTECODE :=
export PULUMI_ERROR_OUTPUT_STRING := 1

.DEFAULT_GOAL := help
.PHONY: help preview test lint types contracts tests golden bench clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  %-18s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

preview: $(READY) ## preview STACK (default production) with policy verdicts; no credentials, no Pulumi CLI
	@$(BIN)/phoenix preview $(STACK)

test: lint types contracts tests ## lint, types, import contracts, tests

lint: $(READY) ## ruff: rules and formatting
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

types: $(READY) ## basedpyright, strict
	@$(BIN)/basedpyright

contracts: $(READY) ## import contracts
	@$(BIN)/lint-imports

tests: $(READY) ## the test suite
	@$(BIN)/python -m pytest -n 2 --dist loadfile

golden: $(READY) ## rewrite the golden URN lists (a line may disappear only with an alias or a reason in the commit)
	@$(BIN)/python -m tests.golden

bench: $(READY) ## ratios measured side by side in one run
	@$(BIN)/python benchmarks/preview.py
	@$(BIN)/python benchmarks/policy_pack.py

clean: ## remove the virtual environment and caches
	@rm -rf $(VENV) .pytest_cache .ruff_cache .hypothesis

$(READY): requirements.lock pyproject.toml
	@echo "Installing into $(VENV) (about a minute)"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; set PYTHON=")'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@$(BIN)/python -m compileall -q -j 2 $(VENV)/lib phoenix_infra policies/phoenix_policies || true
	@touch $@

-include tests/judges/judges.mk
