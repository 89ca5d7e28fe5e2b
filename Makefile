# make            sets everything up and builds the sample pages into output/
# make test       sets everything up and passes the tests
# make lint       ruff and mypy
# make standards  shows the mappings and the ontology to the libraries of others
# make sample     renews output/sample, the committed release of pages/
# make clean      removes the environment and what was built

.DELETE_ON_ERROR:
.PHONY: all setup test lint standards sample clean

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
SOURCES := pyproject.toml constraints.txt

all: $(VENV)/.ready
	$(BIN)/ablation-kg build pages --output output
	@echo
	$(BIN)/ablation-kg query organ-by-approach --bind organ=kidney --bind approach=percutaneous --output output

setup: $(VENV)/.ready

test: $(VENV)/.ready-dev
	$(BIN)/python -m pytest

lint: $(VENV)/.ready-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

# After the others: what sssom brings with it is much, and some of it old.
standards: $(VENV)/.ready-dev
	$(PIP) install -c constraints.txt -e '.[test,lint,standards]'
	$(BIN)/python -m pytest tests/test_sssom.py

sample: $(VENV)/.ready
	rm -rf output/sample output/.sample
	$(BIN)/ablation-kg build pages --output output/.sample --quiet
	cp -R "$$(cd output/.sample/latest && pwd -P)" output/sample
	rm -rf output/.sample

clean:
	rm -rf $(VENV) output/latest output/releases output/held output/ledger output/.ablation-kg-*

# The newest Python of at least 3.11; virtualenv where venv comes without pip.
$(BIN)/python:
	@for python in python3.13 python3.12 python3.11 python3.14 python3 python; do \
	  if $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then found=$$python; break; fi; \
	done; \
	if [ -z "$$found" ]; then echo "No Python of version 3.11 or later was found: install one." >&2; exit 1; fi; \
	echo "Setting up $(VENV) with $$($$found --version)"; \
	$$found -m venv $(VENV) 2>/dev/null || { \
	  rm -rf $(VENV); \
	  $$found -m virtualenv --quiet $(VENV) || { \
	    echo "$$found can make no environment: install its venv module (python3-venv) or virtualenv." >&2; exit 1; \
	  }; \
	}

$(VENV)/.ready: $(SOURCES) | $(BIN)/python
	$(PIP) install -c constraints.txt -e .
	@touch $@

$(VENV)/.ready-dev: $(SOURCES) | $(BIN)/python
	$(PIP) install -c constraints.txt -e '.[test,lint]'
	@touch $@ $(VENV)/.ready
