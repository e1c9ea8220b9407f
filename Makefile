# `make run` starts Cellar; `make test` and `make check` must pass before a change is merged.

PYTHON ?= python3
HOST ?= 127.0.0.1
PORT ?= 8000
ARGS ?=

VENV := .venv
BIN := $(VENV)/bin
MANAGE := $(BIN)/python manage.py
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check

.DEFAULT_GOAL := help
.PHONY: help install run test test-slow check check-wheel docs screenshots bench clean

help:
	@echo "make run     install, load and analyse the worked example and the demo lab, and serve (PORT=8000, HOST=127.0.0.1, PYTHON=python3)"
	@echo "make install install Cellar and its dependencies into .venv"
	@echo "make test    run the tests (on PostgreSQL when TEST_DATABASE_URL is set; ARGS='-k pressure' selects)"
	@echo "make test-slow run the Monte Carlo tests with all their trials"
	@echo "make check   lint, import contracts, types, system checks, missing migrations"
	@echo "make check-wheel build the wheel and test it and the example packages in a new environment"
	@echo "make docs    generate the reference pages of docs/plugins and the page of cases"
	@echo "make screenshots take the screenshots of the README (needs Chromium)"
	@echo "make bench   run the benchmarks and write docs/benchmarks.md"
	@echo "make clean   remove .venv and caches, but not the data in var/"

$(VENV)/python.stamp:
	@$(PYTHON) -c 'import sys; sys.exit("Cellar needs Python 3.11 or newer and found %s: make PYTHON=/path/to/python3.11" % sys.version.split()[0] if sys.version_info < (3, 11) else 0)'
	@echo "Creating $(VENV) with $(PYTHON) ..."
	@$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/requirements.stamp: $(VENV)/python.stamp requirements.txt
	@echo "Installing dependencies (about a minute, once) ..."
	@$(INSTALL) -r requirements.txt
	@touch $@

# The checkout as cellar-registry, on which plugin packages depend, with the command `cellar`.
$(VENV)/checkout.stamp: $(VENV)/requirements.stamp pyproject.toml setup.py registry/__init__.py
	@$(INSTALL) --no-deps --editable .
	@touch $@

$(VENV)/requirements-dev.stamp: $(VENV)/checkout.stamp requirements-dev.txt
	@echo "Installing dependencies of tests and checks (once) ..."
	@$(INSTALL) -r requirements-dev.txt
	@touch $@

install: $(VENV)/checkout.stamp

run: $(VENV)/checkout.stamp
	@$(MANAGE) migrate --verbosity 0
	@$(MANAGE) load_example wu2025 --skip-checks
	@$(MANAGE) load_example demo --skip-checks
	@$(MANAGE) analyze --skip-checks
	@$(MANAGE) table low-pressure-cells --skip-checks
	@$(MANAGE) create_first_user
	@$(MANAGE) serve --host $(HOST) --port $(PORT)

test: $(VENV)/requirements-dev.stamp
	OPENBLAS_NUM_THREADS=1 $(BIN)/python -m pytest -n 3 --dist loadfile --no-loadscope-reorder -q $(ARGS)

test-slow: $(VENV)/requirements-dev.stamp
	OPENBLAS_NUM_THREADS=1 $(BIN)/python -m pytest -n 2 --dist loadfile -q -m slow $(ARGS)

check: $(VENV)/requirements-dev.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/mypy
	DJANGO_SETTINGS_MODULE=tests.settings $(MANAGE) check --fail-level WARNING
	DJANGO_SETTINGS_MODULE=tests.settings $(MANAGE) makemigrations --check --dry-run

check-wheel: $(VENV)/python.stamp
	@set -e; export PYTHON=$(BIN)/python ENVIRONMENT=$$(mktemp -d); trap 'rm -rf "$$ENVIRONMENT"' EXIT; \
	examples/check_wheel.sh; examples/check_packages.sh

docs: $(VENV)/requirements.stamp
	$(BIN)/python docs/plugins/make_pages.py
	$(BIN)/python docs/make_cases.py

screenshots: $(VENV)/requirements-dev.stamp
	$(BIN)/python docs/make_screenshots.py

bench: $(VENV)/requirements-dev.stamp
	$(BIN)/python -m benchmarks

clean:
	rm -rf $(VENV) cellar_registry.egg-info .cache .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis .coverage htmlcov
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
