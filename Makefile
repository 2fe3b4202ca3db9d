# The commands of this repository. `make` alone lists them. Everything works in .venv, which `make setup` makes.

VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.ready
RESULTS := bench-results
WORKERS ?= 2
SEEDS ?= 100
# bench/guards_*.py are parts of bench/guards.py, bench/ofrep_*.py of the benches of serving.
BENCH ?= $(filter-out guards_% ofrep_%,$(basename $(notdir $(wildcard bench/*.py))))

# The first CPython that is new enough, unless PYTHON names one.
PYTHON ?= $(shell for p in python3.11 python3.12 python3.13 python3 python; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup demo test check lint types bench bench-flags bench-guards lock clean

help: ## list these commands
	@grep -hE '^[a-z-]+:.*## ' Makefile | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 14

setup: $(STAMP) ## make .venv with everything in it; at once when nothing has changed

# uv comes into the environment from PyPI. Where CPython lies there without its venv module, as on a bare Debian, uv is
# fetched beside it first and makes the environment. The console's scripts come from npm while T-minus is installed, so
# it is installed again whenever what it is built from has changed.
$(STAMP): pyproject.toml uv.lock hatch_build.py src/tminus/console/assets/package-lock.json
	@test -n "$(PYTHON)" || { echo "T-minus needs CPython 3.11 or newer; PYTHON=/path/to/python names one" >&2; exit 2; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) >/dev/null 2>&1 || { rm -rf $(VENV); \
		$(PYTHON) -m pip install --quiet --target build/uv 'uv>=0.9,<1' && \
		build/uv/bin/uv venv --quiet --seed --python $(PYTHON) $(VENV); }
	@test -x $(BIN)/uv || $(BIN)/python -m pip install --quiet --disable-pip-version-check 'uv>=0.9,<1' || \
		{ $(BIN)/python -m ensurepip >/dev/null && $(BIN)/python -m pip install --quiet 'uv>=0.9,<1'; }
	UV_PROJECT_ENVIRONMENT=$(VENV) $(BIN)/uv sync --frozen --all-extras --quiet \
		--python $(BIN)/python --reinstall-package tminus
	@touch $@

demo: setup ## watch a launch run on this machine: a bad release is rolled back, the mended one ships
	@$(BIN)/tminus demo $(ARGS)

test: check-static ## everything that has to hold: format, lint, types, imports, all tests
	$(BIN)/pytest -n $(WORKERS) tests

check: check-static ## the fast part of `make test`
	$(BIN)/pytest -n $(WORKERS) -m "not slow" tests/unit

.PHONY: check-static
check-static: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: setup ## run every benchmark, or those named: make bench BENCH="ofrep ingest"; each prints JSON, kept in bench-results/. SEEDS=1000 for the whole of healthy
	@case " $(BENCH) " in *" ofrep "*) command -v wrk >/dev/null || { \
		echo "bench/ofrep.py needs the load tool wrk: apt-get install wrk, or brew install wrk" >&2; exit 2; };; esac
	@mkdir -p $(RESULTS)
	@set -e; for name in $(BENCH); do \
		echo "bench/$$name.py" >&2; \
		case $$name in healthy|detect) more="--seeds $(SEEDS)";; *) more="";; esac; \
		$(BIN)/python bench/$$name.py $$more > $(RESULTS)/$$name.json.part; \
		mv $(RESULTS)/$$name.json.part $(RESULTS)/$$name.json; cat $(RESULTS)/$$name.json; done

bench-guards: setup ## what the guards promise, measured: JSON and bench-results/guards.svg, in 20 minutes on 2 cores; ARGS=--quick in one
	@mkdir -p $(RESULTS)
	@$(BIN)/python bench/guards.py $(ARGS) > $(RESULTS)/guards.json.part
	@mv $(RESULTS)/guards.json.part $(RESULTS)/guards.json; cat $(RESULTS)/guards.json

bench-flags: setup ## what an evaluation costs beside four Python peers, in 15 seconds; UNLEASH=1 also serves beside Unleash from npm (200 MB, once), in 2 minutes
	@mkdir -p $(RESULTS)
	@$(BIN)/python bench/flags.py > $(RESULTS)/flags.json.part
	@mv $(RESULTS)/flags.json.part $(RESULTS)/flags.json; cat $(RESULTS)/flags.json
	@test -z "$(UNLEASH)" || { $(BIN)/python bench/ofrep_unleash.py > $(RESULTS)/ofrep_unleash.json; \
		code=$$?; cat $(RESULTS)/ofrep_unleash.json; exit $$code; }

# A lock that was made behind a company's mirror names the mirror in every line, and nobody else can install from it.
# So it is made against PyPI, and looked through. Where only a mirror can be reached, UV_DEFAULT_INDEX names it; what it
# leaves in the lock is then put back to PyPI's own addresses where the paths agree, and the look decides.
lock: setup ## renew uv.lock after a change of pyproject.toml; it names PyPI and nothing else
	UV_DEFAULT_INDEX="$${UV_DEFAULT_INDEX:-https://pypi.org/simple}" $(BIN)/uv lock
	@sed -i.bak -E \
		-e 's#registry = "[^"]*"#registry = "https://pypi.org/simple"#' \
		-e 's#url = "https?://[^"]*/packages/([0-9a-f]{2}/[0-9a-f]{2}/[0-9a-f]{60}/)#url = "https://files.pythonhosted.org/packages/\1#' \
		uv.lock && rm -f uv.lock.bak
	@! grep -noE 'https?://[^/"]+' uv.lock | grep -vE 'https://(pypi\.org|files\.pythonhosted\.org)$$' \
		|| { echo "uv.lock names the hosts above besides PyPI: lock again where PyPI can be reached" >&2; exit 1; }

clean: ## remove everything that make made
	rm -rf $(VENV) build dist $(RESULTS) src/tminus/console/static/vendor .mypy_cache .ruff_cache .pytest_cache \
		.import_linter_cache .hypothesis
	find src tests bench -name __pycache__ -type d -prune -exec rm -rf {} +
