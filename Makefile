# The commands of newcomers and developers. Each target does the set-up it needs; ARGS is passed to the tool behind it.
PY := .venv/bin/python
# Any Python can start the set-up, which searches for one that is new enough.
LAUNCHER := $(or $(PYTHON),$(firstword $(foreach name,python3 python3.13 python3.12 python3.11,$(shell command -v $(name)))))
.DEFAULT_GOAL := help
.PHONY: help install demo test check bench format docs cluster cluster-down dist lock clean

help:
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

install: ## Set up .venv: packages of requirements.lock, Hublake, Spark's jars (PYTHON=... chooses the Python)
	@command -v "$(LAUNCHER)" > /dev/null || { echo "hublake: $(or $(PYTHON),python3) not found; install Python 3.11 or later." >&2; exit 1; }
	@PYTHON="$(PYTHON)" "$(LAUNCHER)" tools/setup.py

demo: install ## Crawl, build, check and export on a small generated hub, offline, in about three minutes
	@.venv/bin/hublake demo $(ARGS)

test: install ## All tests, with coverage; a part of them without it (ARGS="tests/lake -x")
	@$(PY) -m pytest $(or $(ARGS),--cov)

check: install ## Lint, format, types, import contracts, generated pages
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@$(PY) -m mypy
	@.venv/bin/lint-imports
	@$(PY) -m tools.document --check

bench: install ## List the benchmarks; ARGS=NAME runs one (ARGS="NAME --help")
	@$(PY) -m benchmarks$(if $(ARGS),.$(ARGS))

format: install ## Fix what ruff can fix
	@$(PY) -m ruff check --fix .
	@$(PY) -m ruff format .

docs: install ## Regenerate docs/tables/, docs/jobs.md and docs/commands.md
	@$(PY) -m tools.document

cluster: install ## The same in containers, with a Spark cluster and a SQL server (ARGS="--models 5000 --base IMAGE")
	@$(PY) -m tools.cluster up $(ARGS)

cluster-down: install ## Remove the containers, their tables and their images
	@$(PY) -m tools.cluster down

dist: install ## Build the wheel in dist/, and the same file as dist/hublake.zip for spark-submit --py-files
	@$(PY) -m tools.dist $(ARGS)

lock: ## Renew requirements.lock after a change in pyproject.toml (ARGS=--upgrade: newest versions)
	@"$(LAUNCHER)" tools/lock.py $(ARGS)

clean: ## Remove what was built and cached; .venv and warehouses stay
	@rm -rf build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .coverage
	@find . -name __pycache__ -not -path './.venv/*' -prune -exec rm -rf {} +
