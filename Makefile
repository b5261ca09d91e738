#> make consult             a consultation, in questions; ARGS="scar_depth=deep ..." for answers given
#> make test                every test
#> make test-long           the long forms of the hard tests
#> make test-ci-long        of those, what takes no more than ten minutes together
#> make test-pythons        the tests under each of PYTHONS (by default: each supported one that is found)
#> make lint                ruff, mypy and the import contract
#> make reset-transcripts   write what the commands now print into tests/transcripts (then read the diff)
#> make bench               start-up, and the race against other engines (bench/requirements.lock)
#> make architecture        draws the picture and the tables of docs/architecture.md from the code
#> make docs                the site, into docs/_build
#> make wheel               build the wheel and the source distribution into dist/

PYTHON ?= python3
VENV ?= .venv
PY := $(VENV)/bin/python
ARGS ?=

# the tests start the program hundreds of times, and compile nothing twice
export PYTHONDONTWRITEBYTECODE =

help:
	@sed -n 's/^#> //p' Makefile

$(VENV)/run.stamp: requirements.lock
	@echo "Preparing $(VENV), once: the libraries of requirements.lock are installed into it." >&2
	@test -x $(PY) || $(PYTHON) -m venv $(VENV)
	@$(PY) -m pip install --quiet --disable-pip-version-check -r requirements.lock >&2
	@$(PY) -m compileall -q expert cli.py
	@touch $@

$(VENV)/dev.stamp: requirements-dev.lock $(VENV)/run.stamp
	@$(PY) -m pip install --quiet --disable-pip-version-check -r requirements-dev.lock >&2
	@command -v java >/dev/null || timeout 120 $(PY) -c "import jdk; jdk.install('17', path='$(VENV)/java')" \
		>/dev/null 2>&1 || echo "There is no Java, and none could be fetched: the tests of Spark will be skipped." >&2
	@touch $@

consult: $(VENV)/run.stamp
	@$(PY) cli.py consult $(ARGS)

test: $(VENV)/dev.stamp
	$(PY) -m pytest

test-long: $(VENV)/dev.stamp
	$(PY) -m pytest -m long

# the long tests that are not here take minutes each: thousands of kills, of generated knowledge bases, of lines;
# of these too, what is marked `more` is run
CI_LONG = tests/test_package.py tests/test_docs.py tests/test_transcripts.py tests/analysis tests/authoring tests/io \
	tests/knowledge tests/review tests/commands/test_trial.py tests/commands/test_streams.py \
	tests/commands/test_review.py tests/consultation/test_engine.py tests/consultation/test_memory.py \
	tests/consultation/test_outcome.py tests/consultation/test_relevance.py tests/consultation/test_rete.py \
	tests/language/test_exact.py tests/language/test_possibility.py tests/proof/test_invariants.py

test-ci-long: $(VENV)/dev.stamp
	$(PY) -m pytest -m long $(CI_LONG)
	$(PY) -m pytest -m more $(CI_LONG:%=--ignore=%)

# found on PATH, or among those of pyenv; PYTHONS="/usr/bin/python3.12 ..." says which
SUPPORTED = 3.11 3.12 3.13
PYTHONS ?= $(foreach n,$(SUPPORTED),$(or \
	$(shell python$(n) -c "import sys; print(sys.executable)" 2>/dev/null), \
	$(lastword $(sort $(wildcard $(HOME)/.pyenv/versions/$(n).*/bin/python)))))
MISSING = $(foreach n,$(SUPPORTED),$(if $(findstring $(n),$(PYTHONS)),,$(n)))

test-pythons:
	@for missing in $(MISSING); do echo "Python $$missing is not tried: it is neither named nor found"; done
	@for python in $(PYTHONS); do \
		version=$$($$python -c 'import sys; print("%d.%d" % sys.version_info[:2])') && \
		echo "Python $$version ($$python)" && \
		$(MAKE) --no-print-directory test PYTHON=$$python VENV=.venv-$$version || exit 1; \
	done

lint: $(VENV)/dev.stamp
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports --no-logo

reset-transcripts: $(VENV)/dev.stamp
	RESET_TRANSCRIPTS=1 $(PY) -m pytest tests/test_transcripts.py tests/test_readme.py tests/test_docs.py tests/test_reference.py tests/test_stability.py tests/test_pictures.py

bench: $(VENV)/dev.stamp
	$(PY) -m pip install --quiet --disable-pip-version-check -r bench/requirements.lock >&2
	$(PY) bench/startup.py
	$(PY) bench/race.py

docs: $(VENV)/dev.stamp
	$(PY) -m sphinx -q -W -b html docs docs/_build

architecture: $(VENV)/dev.stamp
	$(PY) docs/draw_architecture.py

wheel: $(VENV)/dev.stamp
	$(PY) -m build --outdir dist .

.PHONY: help consult test test-long test-ci-long test-pythons lint reset-transcripts bench docs architecture wheel
