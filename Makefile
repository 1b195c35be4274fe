# Everything runs from .venv, which `make setup` makes and keeps up to date.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.NOTPARALLEL:

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.up-to-date
CODE   := $(wildcard harness tests tools benchmarks corpora incidents hatch_build.py)
TYPED  := $(wildcard harness tests tools benchmarks corpora)

# Given to pytest by every target that runs it: `make test PYTEST='-k reader'`.
PYTEST ?=
# many tests at a time, one for each processor; `PYTEST=-n0` runs them one after the other
SHARED := --numprocesses auto --dist worksteal

.PHONY: help
help:  ## Show this list.
	@grep -hE '^[a-z-]+:.*## ' Makefile | awk -F ':.*## ' '{ printf "  %-12s %s\n", $$1, $$2 }'

.PHONY: setup
setup: $(STAMP)  ## Make .venv, or bring it up to date; the other targets do it by themselves.

$(STAMP): pyproject.toml constraints.txt hatch_build.py tools/new_venv.sh
	@tools/new_venv.sh '$(PYTHON)' $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt hatchling
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt \
	    --no-build-isolation --editable '.[dev]'
	@$(BIN)/python -m compileall -q harness
	@touch $@

.PHONY: demo
demo: setup  ## Block the 2024 file, prove its crash, then validate every file of tzdata.
	@$(BIN)/python -m tools.demo

.PHONY: test
test: setup  ## Run the tests.
	@$(BIN)/python -m pytest $(SHARED) $(PYTEST)

.PHONY: check
check: override PYTEST += --forbid-skips
check: lint type demo test  ## Everything that must hold before a change lands.

.PHONY: check-deep
check-deep: override PYTEST += --forbid-skips
check-deep: check  ## The same, and what takes an hour: many mutants, all there is to break.
	@$(BIN)/python -m pytest tests -m deep $(SHARED) $(PYTEST)

.PHONY: lint
lint: setup  ## Format, rules and layers; `make format` mends what can be mended.
	@$(BIN)/ruff format --check $(CODE)
	@$(BIN)/ruff check $(CODE)
	@$(BIN)/lint-imports --no-cache --no-logo

.PHONY: format
format: setup  ## Format the code and apply the safe fixes of the rules.
	@$(BIN)/ruff format $(CODE)
	@$(BIN)/ruff check --fix $(CODE)

.PHONY: type
type: setup  ## Check the types.
	@$(BIN)/mypy $(TYPED)

.PHONY: incidents
incidents: setup  ## Run only the tests that replay the incidents.
	@$(BIN)/python -m pytest tests/consumers tests/gate $(PYTEST)

.PHONY: bench
bench: setup  ## Measure speed and strictness beside Kaitai and others (node, npm); fails below the bars.
	@status=0; \
	    $(BIN)/python -m benchmarks || status=$$?; \
	    $(BIN)/python -m benchmarks.validate || status=$$?; \
	    $(BIN)/python -m benchmarks.generation || status=$$?; \
	    exit $$status

.PHONY: mutants
mutants: setup  ## Print how much damage the schemas find, and how near they point.
	@$(BIN)/python -m benchmarks.mutants

.PHONY: kaitai
kaitai: setup  ## Compare the schemas with Kaitai's own compiler; needs node and npm.
	@$(BIN)/python -m pytest tests/contract -m kaitai $(PYTEST)

.PHONY: conformance
conformance: setup  ## Run Kaitai's own test suites; KAITAI_TESTS, _FORMATS, _SAMPLES are checkouts.
	@[ -n '$(KAITAI_TESTS)' ] && [ -n '$(KAITAI_FORMATS)' ] && [ -n '$(KAITAI_SAMPLES)' ] || \
	    { echo 'give KAITAI_TESTS=DIR KAITAI_FORMATS=DIR KAITAI_SAMPLES=DIR' >&2; exit 2; }
	@$(BIN)/python -m tools.conformance --tests '$(KAITAI_TESTS)' --formats '$(KAITAI_FORMATS)' \
	    --samples '$(KAITAI_SAMPLES)'

.PHONY: selffuzz
selffuzz: SUBJECT ?= mutator records
selffuzz: MINUTES ?= 3
selffuzz: WORKERS ?= 2
selffuzz: setup  ## Fuzz our own C: SUBJECT, MINUTES for each, WORKERS; fails on any report.
	@$(BIN)/python -m tools.selffuzz $(SUBJECT) --minutes $(MINUTES) --workers $(WORKERS)

.PHONY: docs
docs: setup  ## Check that documents, their links and their commands hold.
	@$(BIN)/python -m pytest tests/repo $(PYTEST)

.PHONY: lock
lock: setup  ## Write the versions of .venv to constraints.txt, after an upgrade.
	@$(BIN)/python -m tools.lock > constraints.new
	@mv constraints.new constraints.txt

.PHONY: clean
clean:  ## Remove everything that was made here, .venv included.
	@rm -rf $(VENV) .build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage htmlcov
	@find harness tests tools -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true
