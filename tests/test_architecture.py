"""The architecture: imports between folders go one way, and files and functions stay small."""

import ast
from pathlib import Path

import pytest

import classifier

PACKAGE = Path(classifier.__file__).parent
MODULES = sorted(PACKAGE.rglob("*.py"))
# From low to high: a module imports from its own folder and from what stands before it.
LAYERS = [
    *("errors", "arrays", "topics", "text", "storage", "pages", "model", "data", "duplicates", "tagging"),
    *(
        "annotation",
        "dask",
        "evaluation",
        "comparison",
        "trends",
        "service",
        "train",
        "extend",
        "cli",
        "__init__",
        "__main__",
    ),
]


def layer(module):
    """The part of a dotted name below ``classifier`` that `LAYERS` lists."""
    return module.split(".")[1] if "." in module else "__init__"


def imported(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "classifier":
            single = node.module == "classifier" and {alias.name for alias in node.names} & set(LAYERS)
            yield from (f"classifier.{name}" for name in single) if single else [node.module]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_between_folders_go_one_way(path):
    own = path.relative_to(PACKAGE).with_suffix("").parts[0]
    for module in imported(path):
        # `from classifier import __version__` is for everybody: importing the package imports nothing else.
        assert module == "classifier" or LAYERS.index(layer(module)) <= LAYERS.index(own), f"{path} imports {module}"


def test_only_one_module_imports_pymorphy3():
    knowing = [path for path in MODULES if "import MorphAnalyzer" in path.read_text(encoding="utf-8")]
    assert knowing == [PACKAGE / "text" / "lemmas.py"]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_files_and_functions_stay_small(path):
    source = path.read_text(encoding="utf-8")
    assert len(source.splitlines()) <= 300
    for function in ast.walk(ast.parse(source)):
        if isinstance(function, ast.FunctionDef):
            documented = ast.get_docstring(function) is not None
            start = function.body[0].end_lineno if documented else function.lineno
            parameters = {*function.args.args, *function.args.kwonlyargs}
            names = {parameter.arg for parameter in parameters} - {"self", "cls"}
            assert function.end_lineno - start <= 40, function.name
            assert len(names) <= 7 or path.parent.name == "cli", function.name
