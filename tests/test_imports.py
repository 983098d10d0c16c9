"""The architecture: which module of the package may import which. Imports go one way."""

import ast
from pathlib import Path

import pytest

import classifier

PACKAGE = Path(classifier.__file__).parent
ARROWS = {
    "errors": set(),
    "text": set(),
    "topics": set(),
    "thresholds": set(),
    "evaluate": {"thresholds"},
    "lemmas": {"text"},
    "files": {"errors"},
    "vocabulary": {"lemmas", "text"},
    "lexicon": {"lemmas", "vocabulary"},
    "features": {"lexicon", "vocabulary"},
    "tagger": {"features", "thresholds"},
    "pages": set(),
    "figures": {"evaluate"},
    "report": {"corpus", "errors", "evaluate", "figures", "pages", "text", "topics"},
    "explain": {"errors", "features", "pages", "tagger", "text", "thresholds", "topics"},
    "articles": {"errors", "text"},
    "processes": {"errors"},
    "tagging": {"articles", "lemmas", "processes", "store", "tagger", "thresholds"},
    "frames": {"articles", "errors", "model", "store", "tagger", "tagging"},
    "dask": {"arrays", "corpus", "errors", "features", "frames", "lexicon", "model", "tagger"},
    "archive": {"articles", "dask", "errors", "files", "output", "processes", "tagger", "tagging"},
    "parts": {"articles", "errors", "files", "output", "tagging"},
    "output": {"articles", "errors", "files", "tagging", "text", "topics"},
    "corpus": {"articles", "errors", "topics"},
    "card": {"evaluate", "topics"},
    "arrays": {"errors", "features", "lexicon", "tagger"},
    "store": {"arrays", "errors", "files", "tagger"},
    "model": {"explain", "features", "lexicon", "store", "tagger", "thresholds"},
    "train": {"articles", "card", "corpus", "errors", "evaluate", "lexicon", "model", "store", "tagger", "thresholds"},
    "cli": {
        "archive",
        "articles",
        "corpus",
        "dask",
        "errors",
        "explain",
        "files",
        "output",
        "pages",
        "parts",
        "report",
        "store",
        "tagging",
        "topics",
        "train",
    },
    "__init__": {"errors", "frames", "lexicon", "model", "text", "topics"},
    "__main__": {"cli"},
}


def imported(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "classifier":
            names = node.module.split(".")[1:] or [alias.name for alias in node.names]
            yield from (name for name in names if (PACKAGE / f"{name}.py").exists())


def test_every_module_has_its_arrows():
    assert {path.stem for path in PACKAGE.glob("*.py")} == ARROWS.keys()


@pytest.mark.parametrize("module", ARROWS)
def test_a_module_imports_what_its_arrows_say(module):
    assert set(imported(PACKAGE / f"{module}.py")) == ARROWS[module]


@pytest.mark.parametrize("module", ARROWS.keys() - {"lemmas"})
def test_only_lemmas_knows_pymorphy3(module):
    assert "import MorphAnalyzer" not in (PACKAGE / f"{module}.py").read_text(encoding="utf-8")
