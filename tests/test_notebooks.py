"""The notebooks run from top to bottom; what is committed of their outputs is small and holds no publisher's text."""

import json
from pathlib import Path

import pandas as pd
import pytest

from classifier.text import decode, tokens
from tests.conftest import SHARED

FOLDER = Path(__file__).parents[1] / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
ON_LABELS = [path for path in NOTEBOOKS if "NEWS_CORPUS" in path.read_text(encoding="utf-8")]
WORDS = 6  # in a row that no output may share with an article

each = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def executed(path):
    """Outputs of the code cells of a notebook, run in a kernel of its own."""
    nbclient, nbformat = pytest.importorskip("nbclient"), pytest.importorskip("nbformat")
    notebook = nbformat.read(path, as_version=4)
    nbclient.NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(FOLDER)}}).execute()
    return outputs(notebook)


def outputs(notebook):
    return [output for cell in notebook["cells"] for output in cell.get("outputs", [])]


def said(found):
    """What a reader sees of outputs, as one text."""
    texts = [output.get("text", output.get("data", {}).get("text/plain", "")) for output in found]
    html = [output.get("data", {}).get("text/html", "") for output in found]
    return "\n".join("".join(text) for text in texts + html)


def test_there_are_four():
    assert [path.stem for path in NOTEBOOKS] == ["01_first_steps", "02_corpus", "03_train_and_evaluate", "04_errors"]


@each
def test_it_runs_on_what_the_package_brings(path, monkeypatch):
    monkeypatch.delenv("NEWS_CORPUS", raising=False)
    found = executed(path)
    assert any("image/png" in output.get("data", {}) for output in found)
    assert "stderr" not in {output.get("name") for output in found}
    assert path not in ON_LABELS or "46" in said(found) or "30 articles to fit" in said(found)


@pytest.fixture(scope="module")
def a_third(tmp_path_factory):
    """A folder with every third labelled article of the shared corpus; `make notebooks` runs them on all of it."""
    folder = tmp_path_factory.mktemp("corpus")
    labels = pd.read_csv(SHARED / "labels.csv")[::3]
    labels.to_csv(folder / "labels.csv", index=False)
    pd.read_parquet(SHARED / "news.parquet", filters=[("id", "in", list(labels.id))]).to_parquet(
        folder / "news.parquet"
    )
    return folder, [f"{len(labels):,}", f"{(labels.split == 'train').sum():,}"]


@pytest.mark.corpus
@pytest.mark.parametrize("path", ON_LABELS, ids=lambda path: path.stem)
def test_it_runs_on_the_corpus(path, monkeypatch, a_third):
    folder, counts = a_third
    monkeypatch.setenv("NEWS_CORPUS", str(folder))
    found = executed(path)
    assert any(f"{count} labelled" in said(found) or f"{count} articles" in said(found) for count in counts)
    assert "stderr" not in {output.get("name") for output in found}


@each
def test_it_is_committed_as_it_ran_and_small(path):
    notebook = json.loads(path.read_text(encoding="utf-8"))
    code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    assert [cell["execution_count"] for cell in code] == list(range(1, len(code) + 1))
    assert {output["output_type"] for output in outputs(notebook)} <= {"stream", "display_data", "execute_result"}
    assert path.stat().st_size < 500_000


@each
def test_it_imports_instead_of_defining(path):
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    lines = [line for cell in cells if cell["cell_type"] == "code" for line in cell["source"]]
    assert not [line for line in lines if line.lstrip().startswith(("def ", "class ")) or "lambda" in line]


@pytest.mark.corpus
@pytest.mark.parametrize("path", ON_LABELS, ids=lambda path: path.stem)
def test_its_outputs_hold_no_text_of_the_corpus(path, shared):
    words = [decode(token) for token in tokens(said(outputs(json.loads(path.read_text(encoding="utf-8")))))]
    runs = {tuple(words[place : place + WORDS]) for place in range(len(words) - WORDS + 1)}
    runs = {run for run in runs if sum(map(str.isascii, run)) == 0}
    for text in shared.texts:
        article = [decode(token) for token in tokens(text)]
        assert runs.isdisjoint(zip(*(article[shift:] for shift in range(WORDS)), strict=False))
