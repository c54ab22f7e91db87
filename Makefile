# `make run` starts the portal, `make test` tests it; `make` alone lists the rest.

PYTHON ?= python3
PY := .venv/bin/python
PIP := $(PY) -m pip install -qq --disable-pip-version-check --require-hashes
NEW_ENOUGH := -c 'import sys; sys.exit(sys.version_info < (3, 11))'
# Debian keeps servers there, outside the path of ordinary accounts.
export PATH := $(PATH):/usr/local/sbin:/usr/sbin:/sbin

# An interpreter that was upgraded or removed leaves .venv broken: then it is made anew.
USABLE := $(shell $(PY) $(NEW_ENOUGH) 2>/dev/null && echo yes)
ifneq ($(USABLE),yes)
$(shell rm -f .venv/*.stamp)
endif

# Values that pass as production's; nothing connects to this database.
PRODUCTION = ENVIRONMENT=production SECRET_KEY="$$($(PY) -c 'import secrets; print(secrets.token_urlsafe(64))')" \
	ALLOWED_HOSTS=credentials.example.org PUBLIC_URL=https://credentials.example.org \
	DATABASE_URL=postgresql://portal@127.0.0.1/portal

.DEFAULT_GOAL := help
.PHONY: help run test check test-fuzz test-redis test-pgbouncer test-browser benchmark clean

help:
	@echo "make run             start the portal with its demo on http://127.0.0.1:8000 (PORT)"
	@echo "make test            run the tests on real PostgreSQL (ARGS='-k name')"
	@echo "make check           format, lint, types, import contracts, migrations, settings, OpenAPI"
	@echo "make test-fuzz       many more made-up requests against the OpenAPI document"
	@echo "make test-redis      tests with a Redis server        (apt-get install redis-server)"
	@echo "make test-pgbouncer  tests through a pooler           (apt-get install pgbouncer)"
	@echo "make test-browser    tests of pages in a browser      (apt-get install chromium chromium-driver)"
	@echo "make benchmark       measure, and print a table"
	@echo "make clean           remove .venv and caches; keeps the data in .data"

# exec: Ctrl-C reaches the portal itself, and the portal sees when make is killed.
run: .venv/runtime.stamp
	@exec $(PY) manage.py serve --demo --end-with-parent

test: .venv/development.stamp
	@$(PY) -m pytest -n auto --dist worksteal -m "not redis and not pgbouncer and not browser" $(ARGS); status=$$?; \
	echo "Left out, for they need Debian packages: make test-redis, make test-pgbouncer, make test-browser."; \
	echo "Of the made-up requests a few were sent; many more: make test-fuzz."; \
	exit $$status

check: .venv/development.stamp
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/mypy .
	.venv/bin/lint-imports
	DATA_DIR=.data/check $(PY) manage.py makemigrations --check --dry-run
	@echo "manage.py check --deploy, with the settings of production"
	@$(PRODUCTION) $(PY) manage.py check --deploy --fail-level WARNING
	DATA_DIR=.data/check $(PY) manage.py spectacular --validate --fail-on-warn --file /dev/null
	.venv/bin/check-jsonschema --builtin-schema vendor.compose-spec docker-compose.yml

test-fuzz: .venv/development.stamp
	@FUZZ_EXAMPLES=40 $(PY) -m pytest -n auto --dist worksteal tests/openapi/test_schemathesis.py $(ARGS)

test-redis: .venv/development.stamp
	@$(call need,redis-server,redis-server)
	@$(PY) -m pytest -m redis $(ARGS)

test-pgbouncer: .venv/development.stamp
	@$(call need,pgbouncer,pgbouncer)
	@$(PY) -m pytest -m pgbouncer $(ARGS)

test-browser: .venv/development.stamp
	@$(call need,chromium,chromium)
	@$(call need,chromedriver,chromium-driver)
	@$(PY) -m pytest -m browser $(ARGS)

benchmark: .venv/development.stamp
	@$(PY) -m benchmarks $(ARGS)

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache staticfiles
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# $(call need,command,Debian package)
need = command -v $(1) >/dev/null || { echo "$(1) is missing: apt-get install $(2)" >&2; exit 1; }

.venv/made.stamp:
	@$(PYTHON) $(NEW_ENOUGH) 2>/dev/null || { \
		echo "Python 3.11 or newer is needed, which $(PYTHON) is not: set PYTHON=/path/to/python3" >&2; \
		exit 1; }
	@$(PYTHON) -m venv $(if $(USABLE),,--clear) .venv
	@touch $@

.venv/runtime.stamp: requirements.txt .venv/made.stamp
	@echo "Installing the requirements ..."
	@$(PIP) -r requirements.txt
	@touch $@

.venv/development.stamp: requirements-dev.txt requirements.txt .venv/made.stamp
	@echo "Installing the requirements of development ..."
	@$(PIP) -r requirements-dev.txt
	@touch $@ .venv/runtime.stamp
