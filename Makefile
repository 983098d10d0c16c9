PYTHON ?= python3
VENV ?= .venv
CORPUS ?= ../shared/data
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet install --editable

.PHONY: demo test check fix model bench quality notebooks load cluster fuzz

demo: $(VENV)/installed  ## tag the sample articles with the shipped model
	@$(BIN)/news-topics predict --format table classifier/examples/articles

test: $(VENV)/developing  ## run the tests
	@$(BIN)/python -m pytest

check: $(VENV)/developing  ## lint and types
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

fix: $(VENV)/developing  ## mend what can be mended
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

model: $(VENV)/installed  ## rebuild the shipped model from a corpus folder
	$(BIN)/news-topics train $(CORPUS)/news.parquet --labels $(CORPUS)/labels.csv --labels models/amendments.csv --learn-vectors --about models/about.md --output models/news-topics

bench: $(VENV)/developing  ## measure speed against the usual recipe and fastText; writes the README's table
	@$(PIP) '.[dev,bench]'
	@OMP_NUM_THREADS=1 $(BIN)/python -m tests.benchmarks.speed

quality: $(VENV)/developing  ## measure how right the tags are, beside rivals: half an hour, and it needs the corpus
	@$(PIP) '.[dev,bench]'
	@$(BIN)/python -m tests.benchmarks.quality
	@$(BIN)/python -m tests.benchmarks.ablation

load: $(VENV)/developing  ## a million texts through one process; writes tests/benchmarks/load.md
	@$(BIN)/python -m tests.benchmarks.load

cluster: $(VENV)/developing  ## a million articles on a Dask cluster of this machine; writes tests/benchmarks/cluster.md
	@$(BIN)/python -m tests.benchmarks.cluster

fuzz: $(VENV)/developing  ## look for inputs that do harm, for FUZZ_SECONDS
	@$(PIP) '.[dev,fuzz]'
	@$(BIN)/python -m tests.fuzz.run

notebooks: $(VENV)/developing  ## run the notebooks and keep their outputs, which come from the corpus
	@NEWS_CORPUS=$(abspath $(CORPUS)) $(BIN)/jupyter execute --inplace notebooks/*.ipynb

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(None if sys.version_info >= (3, 11) else "Python 3.11 or later is needed; say make PYTHON=python3.11")'
	@echo "Setting up $(VENV) (once, a minute or two) ..."
	@$(PYTHON) -m venv $(VENV)

$(VENV)/installed: $(BIN)/python pyproject.toml
	@$(PIP) .
	@touch $@

$(VENV)/developing: $(BIN)/python pyproject.toml
	@$(PIP) '.[dev]'
	@touch $@ $(VENV)/installed
