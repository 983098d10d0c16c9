"""The notebooks run from top to bottom; their stored outputs are small and contain no publisher's text."""

import copy
import json
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
import pytest

from classifier.text.tokens import tokenize
from tests.conftest import SHARED

FOLDER = Path(__file__).parents[1] / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
ASKS = "NEWS_CORPUS"  # by this name a notebook asks for the folder of the corpus
ON_LABELS = [
    path for path in NOTEBOOKS if all(name in path.read_text(encoding="utf-8") for name in (ASKS, "labels.csv"))
]
WORDS = 6  # so many words in a row must not be those of an article

each = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def each_that_ran(paths):
    return pytest.mark.parametrize("ran", paths, ids=lambda path: path.stem, indirect=True)


class Ran(NamedTuple):
    """A notebook that has run on the samples of the package, its outputs, and its kernel, which goes on."""

    path: Path
    found: list
    client: Any

    def again_on(self, folder):
        """Run it on the corpus of a folder, from the cell that asks for one; return the outputs."""
        cells = self.client.nb.cells
        first = next(place for place, cell in enumerate(cells) if cell.cell_type == "code" and ASKS in cell.source)
        setting = copy.deepcopy(cells[first])
        setting.source = f"import os; os.environ['{ASKS}'] = {str(folder)!r}"
        self.client.nb.cells = [setting, *cells[first:]]
        self.client.execute(cleanup_kc=False)
        return outputs(self.client.nb.cells)


@pytest.fixture(scope="module")
def ran(request):
    """Run a notebook in a kernel of its own. To start one and to import what it needs takes 3 seconds of CPU."""
    nbclient, nbformat = pytest.importorskip("nbclient"), pytest.importorskip("nbformat")
    notebook = nbformat.read(request.param, as_version=4)
    client = nbclient.NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(FOLDER)}})
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv(ASKS, raising=False)
        with client.setup_kernel():
            client.execute(cleanup_kc=False)
            yield Ran(request.param, outputs(notebook.cells), client)


def stored_cells(path):
    return json.loads(path.read_text(encoding="utf-8"))["cells"]


def outputs(cells):
    return [output for cell in cells for output in cell.get("outputs", [])]


def visible_text(found):
    """What a reader sees of some outputs, as one text."""
    texts = [output.get("text", output.get("data", {}).get("text/plain", "")) for output in found]
    html = [output.get("data", {}).get("text/html", "") for output in found]
    return "\n".join("".join(text) for text in texts + html)


def test_there_are_six():
    names = ["01_first_steps", "02_corpus", "03_train_and_evaluate", "04_errors", "05_your_own_topics", "06_trends"]
    assert [path.stem for path in NOTEBOOKS] == names


def test_the_first_one_shows_the_classic_pipeline():
    code = "".join(line for cell in stored_cells(NOTEBOOKS[0]) for line in cell["source"])
    assert "make_pipeline(LemmaVectorizer(), OneVsRestClassifier(LogisticRegression(" in code


@pytest.mark.slow
@each_that_ran(NOTEBOOKS)
def test_it_runs_on_the_samples_of_the_package(ran):
    assert any("image/png" in output.get("data", {}) for output in ran.found)
    assert "stderr" not in {output.get("name") for output in ran.found}
    text = visible_text(ran.found)
    assert ran.path not in ON_LABELS or "46" in text or "30 articles to fit" in text


@pytest.fixture(scope="module")
def every_thirtieth(tmp_path_factory):
    """A folder with every thirtieth labelled article of the shared corpus, and how many there are in all and to fit."""
    folder = tmp_path_factory.mktemp("corpus")
    labels = pd.read_csv(SHARED / "labels.csv")[::30]
    labels.to_csv(folder / "labels.csv", index=False)
    news = pd.read_parquet(SHARED / "news.parquet", filters=[("id", "in", list(labels.id))])
    news.to_parquet(folder / "news.parquet")
    return folder, [f"{len(labels):,}", f"{(labels.split == 'train').sum():,}"]


@pytest.mark.slow
@pytest.mark.corpus
@each_that_ran(ON_LABELS)
def test_it_runs_on_the_corpus(ran, every_thirtieth):  # `make notebooks` runs it on all labelled articles
    folder, counts = every_thirtieth
    found = ran.again_on(folder)
    text = visible_text(found)
    assert any(f"{count} labelled" in text or f"{count} articles" in text for count in counts)
    assert "stderr" not in {output.get("name") for output in found}


@pytest.mark.slow
@pytest.mark.corpus
@each_that_ran([FOLDER / "06_trends.ipynb"])
def test_trends_are_those_of_several_outlets_with_the_corpus(ran, every_thirtieth):
    assert "ria2023" in visible_text(ran.again_on(every_thirtieth[0]))


@each
def test_it_is_stored_as_it_ran_and_small(path):
    code = [cell for cell in stored_cells(path) if cell["cell_type"] == "code"]
    assert [cell["execution_count"] for cell in code] == list(range(1, len(code) + 1))
    assert {output["output_type"] for output in outputs(code)} <= {"stream", "display_data", "execute_result"}
    assert path.stat().st_size < 500_000


@each
def test_it_defines_no_functions(path):
    lines = [line for cell in stored_cells(path) if cell["cell_type"] == "code" for line in cell["source"]]
    assert not [line for line in lines if line.lstrip().startswith(("def ", "class ")) or "lambda" in line]


@pytest.mark.corpus
def test_no_output_contains_a_text_of_the_corpus(shared):
    runs = {run for path in ON_LABELS for run in word_runs(visible_text(outputs(stored_cells(path))))}
    runs = {run for run in runs if not any(map(bytes.isascii, run))}
    starts = {run[0] for run in runs}
    assert runs
    for text in shared.texts:
        words = tokenize(text)
        assert not any(tuple(words[n : n + WORDS]) in runs for n, word in enumerate(words) if word in starts)


def word_runs(text):
    """Every `WORDS` words in a row."""
    words = tokenize(text)
    return zip(*(words[shift:] for shift in range(WORDS)), strict=False)
