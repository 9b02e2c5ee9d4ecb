# Everything a developer does, by name.  Needs Python 3.11 or newer (with venv) and make; the rest comes from the lock files.

PYTHON ?= $(shell for name in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$name && break; done)
PY := .venv/bin/python
RUN := .venv/.installed
DEV := .venv/.installed-dev
PIP := $(PY) -m pip --disable-pip-version-check --quiet install

.DEFAULT_GOAL := help
.PHONY: help demo test lint bench chaos install example lock clean

help: ## What can be made
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1|\2/p' Makefile | while IFS='|' read -r name words; do \
		printf '%-16s %s\n' "$$name" "$$words"; done
	@echo 'ARGS is handed on: make demo ARGS=--once, make test ARGS="-k relay"'

demo: $(RUN) ## Start everything, send four sample mails, show the orders and the copies
	$(PY) -m smtpd_billbee demo $(ARGS)

# Every process that a test starts would compile the whole program anew.
test: export PYTHONDONTWRITEBYTECODE =
test: $(DEV) ## Run every test
	$(PY) -m pytest -m "not bench" -n 4 --dist loadfile --no-loadscope-reorder $(ARGS)

lint: $(DEV) ## Check style and types
	$(PY) -m ruff check .
	$(PY) -m mypy

bench: $(DEV) ## Measure everything beside others, an hour; ARGS=--quick for a look in some minutes
	$(PY) -m tests.bench $(ARGS)

bench-%: $(DEV)
	$(PY) -m tests.bench.$* $(ARGS)

chaos: $(DEV) ## Let everything go wrong, at full length, and print what became of the mails
	$(PY) -m tests.chaos

install: $(RUN) ## Make .venv with what a server needs, and no more

example: $(RUN) ## Write config.example.toml from config.py
	$(PY) -m smtpd_billbee config example > config.example.toml

lock: ## Write the lock files: the newest releases that pyproject.toml allows
	$(PYTHON) -m venv build/lock
	build/lock/bin/python -m pip --disable-pip-version-check --quiet install 'uv>=0.9'
	build/lock/bin/uv pip compile $(LOCK) --output-file requirements.lock pyproject.toml
	build/lock/bin/uv pip compile $(LOCK) --extra dev --constraint requirements.lock \
		--output-file requirements-dev.lock pyproject.toml

LOCK := --quiet --upgrade --no-config --universal --python-version 3.11 --generate-hashes --group build \
	--no-emit-index-url --no-emit-find-links --custom-compile-command 'make lock'

clean: ## Remove what was made
	rm -rf .venv build dist *.egg-info .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find smtpd_billbee tests -name __pycache__ -type d -prune -exec rm -rf {} +

# A stamp is newer than the lock it was made from; a new lock installs into the same environment.
$(RUN): requirements.lock pyproject.toml | python
	$(PIP) --require-hashes -r requirements.lock
	$(PIP) --no-deps --no-build-isolation --editable .
	touch $@

$(DEV): requirements-dev.lock pyproject.toml | python
	$(PIP) --require-hashes -r requirements-dev.lock
	$(PIP) --no-deps --no-build-isolation --editable .
	touch $@ $(RUN)

.PHONY: python
python:
	@$(PY) -c '' 2>/dev/null || test -n '$(PYTHON)' || { echo 'Python 3.11 or newer is needed.' >&2; exit 1; }
	@$(PY) -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear .venv
