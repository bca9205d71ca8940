# make run    the page, in a fresh virtual environment
# make test   everything: sets up Python, a Chromium, and runs all tests
# make check  before each commit: format, lint, types, fast tests
# make audit  known vulnerabilities and licences of what is installed to serve the page (asks pypi.org)
# make lock   requirements.lock anew, from requirements.txt: every package with its hashes
#
# Options: PYTHON=python3.12           another Python, 3.11 or newer
#          ARGS="--port 7861"          what app.py is started with
#          TORCH_INDEX=https://download.pytorch.org/whl/cpu   on Linux: torch without CUDA, 0.2 instead of 3 GB

PYTHON ?= python3
TORCH_INDEX ?=
ARGS ?=

VENV := .venv
AUDIT := .venv-audit
VENV_PYTHON := $(VENV)/bin/python
PIP_INSTALL := $(VENV_PYTHON) -m pip install --quiet --disable-pip-version-check
TORCH_OPTION := $(if $(TORCH_INDEX),--extra-index-url $(TORCH_INDEX))
JS_TESTS := $(wildcard tests/js/*.test.js tests/js/*.test.mjs)

# Each worker and each app that a test starts would compile every module again where bytecode isn't kept.
test check: export PYTHONDONTWRITEBYTECODE =

# glibc gives large pieces of memory back to the system at once and asks for them anew, each page cleared: a twelfth of
# the tests' time. Kept instead; where the C library is another, nothing changes.
test: export GLIBC_TUNABLES = glibc.malloc.mmap_threshold=4294967296:glibc.malloc.trim_threshold=4294967296

.DELETE_ON_ERROR:
.PHONY: run test check test-js audit lock

run: $(VENV)/runtime.stamp
	$(VENV_PYTHON) app.py $(ARGS)

# Tests in the browser come first, for a file of many short ones fills what is left of the time better than one long one.
# JavaScript before them, so that pytest's summary is what a run ends with; both run, whatever the first says.
test: $(VENV)/dev.stamp $(VENV)/browser.stamp
	@js=0; $(MAKE) --no-print-directory test-js || js=$$?; $(VENV_PYTHON) -m pytest --numprocesses 3 --dist loadfile --no-loadscope-reorder && exit $$js

check: $(VENV)/dev.stamp
	$(VENV_PYTHON) -m ruff format --check .
	$(VENV_PYTHON) -m ruff check .
	$(VENV_PYTHON) -m mypy
	@if command -v npm >/dev/null; then npm --prefix viz/page/js install --silent --no-audit --no-fund && npm --prefix viz/page/js run --silent lint; \
	else echo "npm is not installed: the JavaScript is not linted (all else runs)"; fi
	$(VENV_PYTHON) -m pytest --numprocesses 2 --dist loadfile -m "not browser and not slow and not huge"

test-js:
ifneq ($(JS_TESTS),)
	@if command -v node >/dev/null; then node --test --test-reporter=spec $(JS_TESTS); \
	else echo "node is not installed: skipped $(words $(JS_TESTS)) files of JavaScript tests (all else runs)"; fi
endif

# Strict: a package that can't be asked about is a failure, not a silence.
audit: $(AUDIT)/stamp $(VENV)/runtime.stamp
	$(AUDIT)/bin/pip-licenses --python $(VENV_PYTHON) --summary --order=count --partial-match --fail-on="GNU General;GPL-;AGPL"
	$(AUDIT)/bin/pip-audit --strict --disable-pip --require-hashes --requirement requirements.lock

lock: $(AUDIT)/stamp
	$(AUDIT)/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate \
	  --custom-compile-command "make lock" --output-file requirements.lock requirements.txt

$(AUDIT)/stamp: pyproject.toml | $(VENV_PYTHON)
	$(VENV_PYTHON) -m venv $(AUDIT)
	$(AUDIT)/bin/python -m pip install --quiet --disable-pip-version-check "pip>=25.1"
	$(AUDIT)/bin/python -m pip install --quiet --disable-pip-version-check --group audit
	@touch $@

# A stamp is newer than what it was made from: the second call of any target does nothing twice.
$(VENV_PYTHON):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	{ echo "Python must be 3.11 or newer, got $$($(PYTHON) --version 2>&1); try make PYTHON=python3.12"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/runtime.stamp: requirements.txt | $(VENV_PYTHON)
	$(PIP_INSTALL) $(TORCH_OPTION) --requirement requirements.txt
	@touch $@

# pip knows --group since 25.1.
$(VENV)/dev.stamp: pyproject.toml $(VENV)/runtime.stamp
	$(PIP_INSTALL) "pip>=25.1"
	$(PIP_INSTALL) --group dev
	@touch $@

$(VENV)/browser.stamp: tests/browser/install_browsers.sh $(VENV)/dev.stamp
	bash tests/browser/install_browsers.sh $(VENV_PYTHON)
	@touch $@
