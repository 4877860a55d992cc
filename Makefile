# Everything is set up on first use: a virtual environment in .venv, from the hashed lock.
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready
comma := ,
# Where the environment forbids it, each of the hundreds of processes would compile all sources anew.
export PYTHONDONTWRITEBYTECODE :=
WORKERS = -n $(PROCESSES) --dist loadfile --no-loadscope-reorder
PROCESSES := 4

.DEFAULT_GOAL := help
.PHONY: help demo test quick latest coverage soak crowd mutants bench docs check lock clean

help: ## Show the targets
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' Makefile

demo: $(READY) ## Run a simulation on the sandbox (FRESH=1: run it anew)
	@$(BIN)/prefect-expres demo $(if $(FRESH),--fresh)

# Four workers for two cores: a third of the time tests wait. The longest files begin.
test: $(READY) ## Run the tests
	@$(BIN)/python -m pytest $(WORKERS)

# They hardly wait, and to collect them takes each worker five seconds.
quick: PROCESSES := 3
quick: $(READY) ## Run the tests that need no process, service, browser or engine
	@$(BIN)/python -m pytest $(WORKERS) -m quick

# uv knows pyenv's interpreters only if pyenv is told which one is meant.
LATEST = build/latest/$(notdir $(PYTHON))
latest: export PYENV_VERSION := $(patsubst python%,%,$(filter python3.%,$(PYTHON)))
latest: $(READY) ## Try the newest versions that the requirements allow (PYTHON=python3.13)
	@$(BIN)/uv venv --quiet --clear --python $(PYTHON) $(LATEST)
	@$(BIN)/uv pip install --quiet --upgrade --python $(LATEST) -e .[dev]
	@$(LATEST)/bin/prefect-expres demo --directory $(LATEST)/demo
	@$(LATEST)/bin/python -m pytest $(WORKERS) -m quick
	@$(LATEST)/bin/python -m pytest tests/deployment/test_schedules.py
	@$(BIN)/uv pip freeze --python $(LATEST) --exclude-editable > $(LATEST).txt
	@echo "It works with the versions in $(LATEST).txt"

coverage: $(READY) ## Run the tests, and measure how many lines of each package they run
	@$(BIN)/python -m pytest $(WORKERS) --cov --cov-report= -p tests.support.coverage_by_package

soak: $(READY) ## Kill simulations at random behind a failing network (ROUNDS=30)
	@$(BIN)/python -m tests.soak.soak --rounds $(or $(ROUNDS),30)

crowd: $(READY) ## Let 20 processes ask for one simulation at once (ROUNDS=50)
	@$(BIN)/python -m tests.soak.crowd --rounds $(or $(ROUNDS),50)

mutants: $(READY) ## See whether the tests notice changes (ONLY=uws MUTANTS=150 MINUTES=30 SEED=1)
	@$(BIN)/python -m tests.mutants $(if $(ONLY),--only $(ONLY)) \
		--mutants $(or $(MUTANTS),150) --minutes $(or $(MINUTES),30) --seed $(or $(SEED),1) \
		--jobs $(or $(JOBS),2) $(if $(JSON),--json $(JSON)) \
		$(if $(LIST),--list) $(if $(REPLAY),--replay '$(REPLAY)')

docs: $(READY) ## Build the documentation into build/docs
	@$(BIN)/python -m sphinx -W -n --keep-going -q -d build/doctrees docs build/docs
	@echo "The documentation is in build/docs/index.html"

bench: $(READY) ## Measure against baselines (ONLY=wait,list JSON=FILE MARKDOWN=FILE)
	@$(BIN)/python -m tests.benchmarks.bench $(subst $(comma), ,$(ONLY)) \
		$(if $(JSON),--json $(JSON)) $(if $(MARKDOWN),--markdown $(MARKDOWN))

check: $(READY) ## Check style, format and types
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

# The extras stay in it: of a package that is asked for with one, pip 23 would take the newest version.
lock: $(READY) ## Renew requirements.txt from pyproject.toml
	@$(BIN)/uv pip compile --quiet --universal --generate-hashes --python-version 3.11 \
		--no-strip-extras --no-emit-index-url --no-emit-find-links --no-emit-package prefect-expres \
		--custom-compile-command "make lock" --extra dev -o requirements.txt pyproject.toml

clean: ## Remove what was built, and the demo
	@rm -rf .venv build dist *.egg-info expres-demo test-artifacts

$(READY): requirements.txt pyproject.toml
	@echo "Setting up .venv from requirements.txt (once, a minute or two) ..."
	@rm -rf .venv
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes -r requirements.txt
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@
