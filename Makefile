# Everything a person or CI does with this repo. GNU make 3.81, which macOS has, is enough.

VENV   := .venv
PY     := $(VENV)/bin/python
NODE   := $(VENV)/bin/node
HOST   ?= 127.0.0.1
PORT   ?= 8501
PYTHON ?=
COUNT  ?= 2
ARGS   ?=

.DEFAULT_GOAL := help
.PHONY: help run replicas setup test check format bench load wheel lock licences clean

help: ## Show this list
	@awk -F ' ## ' '/^[a-z]+:.* ## / { split($$1, goal, ":"); printf "  make %-8s  %s\n", goal[1], $$2 }' Makefile

run: $(VENV)/.installed ## Start the app: HOST=127.0.0.1 PORT=8501; PYTHON=python3.12 chooses the interpreter
	@exec $(PY) -m app serve --host "$(HOST)" --port "$(PORT)"

replicas: $(VENV)/.installed ## The same as several servers behind nginx: COUNT=2
	@exec $(PY) -m deploy.replicas --count "$(COUNT)" --host "$(HOST)" --port "$(PORT)"

setup: node_modules/.installed $(VENV)/.browser $(VENV)/.nginx ## Install what the tests and checks need, a browser included

# Two files of tests at a time, each with a browser and an app of its own; conftest.py puts the browser's last, and in
# that order they stay.
test: setup ## Run every test; ARGS="-k share" is handed to pytest
	@$(PY) -m pytest -n 2 --dist loadfile --no-loadscope-reorder $(ARGS)

check: node_modules/.installed ## Lint, formatting, types, import rules
	$(PY) -m ruff check
	$(PY) -m ruff format --check
	$(PY) -m mypy
	$(VENV)/bin/lint-imports
	$(NODE) node_modules/eslint/bin/eslint.js
	$(NODE) node_modules/typescript/bin/tsc

format: $(VENV)/.installed-dev ## Mend what ruff can mend
	$(PY) -m ruff check --fix
	$(PY) -m ruff format

bench: $(VENV)/.installed-dev ## Measure against other tools; ARGS is handed on
	@$(PY) -m benchmarks $(ARGS)

load: $(VENV)/.installed-dev ## Measure a class of fifty in front of the app; ARGS=endurance instead: does its memory stay flat
	@$(PY) -m benchmarks $(or $(ARGS),load)

wheel: $(PY) ## Build the installable package into dist/
	@$(PY) -m pip wheel . --no-deps --disable-pip-version-check --no-input --wheel-dir dist

# One list for every system and every Python from 3.11 on.
lock: $(PY) ## Pin every package of requirements.txt in requirements.lock; ARGS=--upgrade for newer ones
	@$(PIP_INSTALL) "uv>=0.13,<1"
	@$(VENV)/bin/uv pip compile requirements.txt --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-header --quiet --output-file requirements.lock $(ARGS)
	@{ printf '# %s\n' \
	  "Every package that the app needs, with its dependencies, each at one version and with its files' hashes." \
	  "Made by: make lock. Used by: pip install --require-hashes -r requirements.lock"; \
	  cat requirements.lock; } > requirements.lock.new
	@mv requirements.lock.new requirements.lock

licences: $(VENV)/.installed-dev ## List the licence of every package that the app needs; ARGS=--format=json
	@$(VENV)/bin/pip-licenses --from=mixed --with-urls $(ARGS) \
	  --packages $$(sed -n 's/^\([A-Za-z0-9_.-]*\)==.*/\1/p' requirements.lock)

clean: ## Remove .venv, node_modules and every cache
	rm -rf $(VENV) node_modules dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Each stamp lies in the folder that it is about and goes with it. A second run finds them fresh and starts at once.
PIP_INSTALL := $(PY) -m pip install --disable-pip-version-check --no-input

$(VENV)/.installed: requirements.txt $(PY)
	@echo "Installing the app's packages into $(VENV), once. PyTorch is large: this takes minutes."
	@$(PIP_INSTALL) -r requirements.txt
	@touch $@

$(VENV)/.installed-dev: requirements-dev.txt requirements.txt $(PY)
	@echo "Installing the packages for tests and checks into $(VENV), once."
	@$(PIP_INSTALL) -r requirements-dev.txt
	@touch $@ $(VENV)/.installed

# Node comes with the packages above. What is in node_modules checks the JavaScript; the app needs none of it.
node_modules/.installed: package-lock.json package.json .npmrc $(VENV)/.installed-dev
	@echo "Installing the checks of the JavaScript into node_modules, once."
	@$(VENV)/bin/npm ci --no-progress
	@touch $@

$(VENV)/.browser: tests/browser/chromium.py $(VENV)/.installed-dev
	@$(PY) -m tests.browser.chromium
	@touch $@

# For the tests of several servers, which are skipped without it.
$(VENV)/.nginx: $(VENV)/.installed-dev
	@PATH="$$PATH:/usr/sbin" command -v nginx >/dev/null \
	  || { [ "$$(id -u)" = 0 ] && apt-get update -q && apt-get install -qy --no-install-recommends nginx; } \
	  || echo "nginx is missing, so the tests of several servers will be skipped."
	@touch $@

# The first interpreter that is new enough and can make an environment. A half-made environment is removed.
NEW_ENOUGH := import sys; sys.exit(sys.version_info < (3, 11))
PYTHONS     = $(or $(PYTHON),python3 python3.13 python3.12 python3.11)

$(PY):
	@old=1; \
	for python in $(PYTHONS); do \
	  "$$python" -c '$(NEW_ENOUGH)' 2>/dev/null || continue; \
	  old=0; \
	  "$$python" -c 'import ensurepip, venv' 2>/dev/null || continue; \
	  "$$python" -m venv --clear $(VENV) && exit; \
	  rm -rf $(VENV); exit 1; \
	done; \
	if [ $$old = 1 ]; then \
	  echo "Python 3.11 or newer is needed and none was found as: $(PYTHONS). Name one with PYTHON=/path/to/python3." >&2; \
	else \
	  echo "Python's venv module is missing. On Debian and Ubuntu: apt install python3-venv." >&2; \
	fi; \
	exit 1
