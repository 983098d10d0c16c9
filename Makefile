PYTHON ?= python3
VENV ?= .venv
CORPUS ?= ../shared/data
ENCODED ?= models/e5.npz
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet install

.PHONY: demo test check fix model bench quality loop coverage reference notebooks load load-test duplicates cluster fuzz torture

demo: $(VENV)/installed  ## tag the sample articles with the shipped model
	@$(BIN)/news-topics predict --format table classifier/examples/articles

test: $(VENV)/developing  ## run the tests, in two processes
	@$(BIN)/python -m pytest -n 2 --dist worksteal

check: $(VENV)/developing  ## lint and types
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

fix: $(VENV)/developing  ## format, and fix what the linter can fix
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

model: $(VENV)/installed $(ENCODED)  ## rebuild the shipped model from the corpus, with the versions it was built with
	@$(PIP) --constraint models/constraints.txt --editable '.[encoder]'
	$(BIN)/news-topics train $(CORPUS)/news.parquet --labels $(CORPUS)/labels.csv --labels models/amendments.csv --learn-vectors --encoder $(ENCODED) --about models/about.md --output models/news-topics
	$(MAKE) reference

$(ENCODED):  # what the sentence encoder says: a copy, or else the run asks the encoder, for hours
	@cp $(CORPUS)/e5.npz $@ 2> /dev/null || true

bench: $(VENV)/developing  ## measure speed beside the usual recipe and fastText; writes tests/benchmarks/speed.md
	@$(PIP) --editable '.[dev,bench]'
	@OMP_NUM_THREADS=1 $(BIN)/python -m tests.benchmarks.speed

quality: $(VENV)/developing  ## measure the tags beside tuned rivals; needs the corpus, takes some hours; writes tests/benchmarks/quality.md
	@$(PIP) --editable '.[dev,bench]'
	@$(BIN)/python -m tests.benchmarks.quality
	@$(BIN)/python -m tests.benchmarks.ablation

loop: $(VENV)/developing  ## measure what a newsroom's labels are worth; needs the corpus, takes half an hour; writes tests/benchmarks/loop.md
	@$(BIN)/python -m tests.benchmarks.loop

reference: $(VENV)/developing  ## measure what the shipped model does on each outlet left out, for `compare`; needs the corpus, takes five to ten minutes
	@$(BIN)/python -m tests.benchmarks.reference

coverage: $(VENV)/developing  ## measure how often the intervals of trends contain the truth; needs the corpus, takes half an hour; writes tests/benchmarks/coverage.md
	@$(BIN)/python -m tests.benchmarks.coverage

load: $(VENV)/developing  ## tag a million texts in one process; writes tests/benchmarks/load.md
	@$(BIN)/python -m tests.benchmarks.load

load-test: $(VENV)/developing  ## measure the service under load, on this machine alone; writes tests/benchmarks/load_test.md
	@$(PIP) --editable '.[dev,bench]'
	@OMP_NUM_THREADS=1 $(BIN)/python -m tests.benchmarks.load_test

duplicates: $(VENV)/developing  ## measure how many reprints are found, and how fast; needs the corpus; writes tests/benchmarks/duplicates.md
	@OMP_NUM_THREADS=1 $(BIN)/python -m tests.benchmarks.duplicates

cluster: $(VENV)/developing  ## tag a million articles on a Dask cluster; writes tests/benchmarks/cluster.md
	@$(BIN)/python -m tests.benchmarks.cluster

fuzz: $(VENV)/developing  ## search for inputs that crash or hang, for FUZZ_SECONDS
	@$(PIP) --editable '.[dev,fuzz]'
	@$(BIN)/python -m tests.fuzz.run

torture: $(VENV)/developing  ## try hard inputs, kills and interruptions, for a quarter of an hour; writes tests/benchmarks/torture.md
	@$(BIN)/python -m tests.torture.run

notebooks: $(VENV)/developing  ## run the notebooks and keep their outputs; needs the corpus
	@NEWS_CORPUS=$(abspath $(CORPUS)) $(BIN)/jupyter execute --inplace notebooks/*.ipynb

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(None if sys.version_info >= (3, 11) else "Python 3.11 or later is needed; say make PYTHON=python3.11")'
	@echo "Setting up $(VENV) (once, a minute or two) ..."
	@$(PYTHON) -m venv $(VENV)

$(VENV)/installed: $(BIN)/python pyproject.toml
	@$(PIP) --editable .
	@touch $@

$(VENV)/developing: $(BIN)/python pyproject.toml
	@$(PIP) --editable '.[dev]'
	@touch $@ $(VENV)/installed
