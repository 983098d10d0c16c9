"""The notebooks run from top to bottom; their stored outputs are small and contain no publisher's text."""

import json
from pathlib import Path

import pandas as pd
import pytest

from classifier.text.tokens import decode, tokenize
from tests.conftest import SHARED

FOLDER = Path(__file__).parents[1] / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
ON_LABELS = [
    path
    for path in NOTEBOOKS
    if all(name in path.read_text(encoding="utf-8") for name in ("NEWS_CORPUS", "labels.csv"))
]
WORDS = 6  # so many words in a row must not be those of an article

each = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
each_on_labels = pytest.mark.parametrize("path", ON_LABELS, ids=lambda path: path.stem)


def execute(path):
    """Run a notebook in a kernel of its own; return the outputs of its code cells."""
    nbclient, nbformat = pytest.importorskip("nbclient"), pytest.importorskip("nbformat")
    notebook = nbformat.read(path, as_version=4)
    nbclient.NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(FOLDER)}}).execute()
    return outputs(notebook["cells"])


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
@each
def test_it_runs_on_the_samples_of_the_package(path, monkeypatch):
    monkeypatch.delenv("NEWS_CORPUS", raising=False)
    found = execute(path)
    assert any("image/png" in output.get("data", {}) for output in found)
    assert "stderr" not in {output.get("name") for output in found}
    assert path not in ON_LABELS or "46" in visible_text(found) or "30 articles to fit" in visible_text(found)


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
@each_on_labels
def test_it_runs_on_the_corpus(path, monkeypatch, every_thirtieth):  # `make notebooks` runs it on all labelled articles
    folder, counts = every_thirtieth
    monkeypatch.setenv("NEWS_CORPUS", str(folder))
    found = execute(path)
    text = visible_text(found)
    assert any(f"{count} labelled" in text or f"{count} articles" in text for count in counts)
    assert "stderr" not in {output.get("name") for output in found}


@pytest.mark.slow
@pytest.mark.corpus
def test_trends_are_those_of_several_outlets_with_the_corpus(monkeypatch, every_thirtieth):
    monkeypatch.setenv("NEWS_CORPUS", str(every_thirtieth[0]))
    assert "ria2023" in visible_text(execute(FOLDER / "06_trends.ipynb"))


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
    runs = {run for run in runs if not any(map(str.isascii, run))}
    assert runs
    for text in shared.texts:
        assert runs.isdisjoint(word_runs(text))


def word_runs(text):
    """Every `WORDS` words in a row."""
    words = [decode(token) for token in tokenize(text)]
    return zip(*(words[shift:] for shift in range(WORDS)), strict=False)
