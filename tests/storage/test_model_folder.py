"""The model folder: manifest, model file and card, as they are written, read, replaced and refused."""

import json
import os
import subprocess
import sys
import warnings
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from classifier import TopicClassifier, load
from classifier.errors import Error, UsageError
from classifier.model.predictor import TopicPredictor, load_predictor
from classifier.storage import model_folder
from classifier.storage.model_folder import FORMAT, amend_manifest, check_target, read_manifest, read_model, write_model
from tests.conftest import EXAMPLES
from tests.storage.conftest import rewrite


@pytest.fixture
def small_folder(tmp_path, small_model):
    """The model folder of the small model."""
    predictor = small_model.predictor_
    parameters = {name: value for name, value in small_model.get_params().items() if name != "lexicon"}
    metadata = {"topics": predictor.classes, "parameters": parameters}
    write_model(tmp_path / "small", predictor.to_content(), metadata, "# Card\n")
    return tmp_path / "small"


def files(folder):
    return sorted(file.name for file in folder.iterdir())


def test_a_stored_model_gives_the_same_probabilities(small_folder, small_model, small):
    for model in (load(small_folder), load_predictor(small_folder)):
        np.testing.assert_array_equal(model.predict_proba(small.texts), small_model.predict_proba(small.texts))
        assert model.topics(small.texts) == small_model.topics(small.texts)


def test_a_loaded_model_is_a_classifier_with_its_settings(small_folder, small_model, small):
    model = load(small_folder)
    assert {**model.get_params(), "lexicon": None} == small_model.get_params()
    assert model.lexicon is model.predictor_.lexicon
    assert model.fit(small.texts, small.topics).topics(small.texts) == small_model.topics(small.texts)


def test_a_model_folder_holds_three_files_that_others_may_read(folder):
    assert files(folder) == ["README.md", "manifest.json", "model.joblib"]
    assert (folder / "README.md").read_text() == "# Card\n"
    umask = os.umask(0)
    os.umask(umask)
    assert all(file.stat().st_mode & 0o777 == 0o666 & ~umask for file in folder.iterdir())


def test_the_manifest_tells_what_the_model_is(folder, content):
    manifest = read_manifest(folder)
    assert manifest["format"] == FORMAT
    assert manifest["topics"] == content["classes"]
    assert {"python", "scikit-learn", "numpy", "pymorphy3", "pymorphy3-dicts-ru"} <= manifest["versions"].keys()


def test_the_shipped_model_is_found_from_anywhere(tmp_path):
    code = "import classifier; print(classifier.load().topics(['Хоккеисты выиграли матч чемпионата']))"
    ran = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert ran.stdout.startswith("[['sport'")


# Writing.


def test_writing_replaces_the_model_and_nothing_else(folder, content):
    others = {"model-notes.txt": "mine", "models.csv": "mine", "model.pkl": "mine", "model-3.joblib": "mine"}
    for name, text in others.items():
        (folder / name).write_text(text)
    metadata = {"topics": content["classes"], "parameters": {}}
    for number, name in enumerate(["model-2.joblib", "model.joblib"]):
        write_model(folder, content, {**metadata, "number": number}, f"Card {number}\n")
        assert read_manifest(folder)["number"] == number
        assert files(folder) == sorted(["README.md", "manifest.json", name, *others])
        assert (folder / "README.md").read_text() == f"Card {number}\n"
    assert all((folder / name).read_text() == text for name, text in others.items())


@pytest.mark.parametrize(
    "name, text",
    [
        ("README.md", "mine"),
        ("manifest.json", '{"name": "x"}'),
        ("manifest.json", '{"name": "x", "format": 2}'),
        ("manifest.json", json.dumps({"file": "thesis.txt", "format": 4, "sha256": "0" * 64})),
        ("manifest.json", "[]"),
        ("manifest.json", "{"),
        pytest.param("manifest.json", "[" * 100_000, id="deep"),
    ],
)
def test_a_folder_of_something_else_is_refused(content, tmp_path, run, name, text):
    (tmp_path / name).write_text(text)
    (tmp_path / "thesis.txt").write_text("mine")
    for refuse in (check_target, lambda folder: write_model(folder, content, {"topics": [], "parameters": {}}, "")):
        with pytest.raises(UsageError, match="holds other files: name a new folder for the model"):
            refuse(tmp_path)
    result = run("train", EXAMPLES / "train.csv", "--output", tmp_path)
    assert result.code == 2 and "holds other files" in result.err
    assert (tmp_path / name).read_text() == text and files(tmp_path) == sorted([name, "thesis.txt"])


@pytest.mark.parametrize(
    "manifest, file",
    [
        ({"format": 2}, "model.joblib"),
        ({"format": 2, "file": "model-2.joblib"}, "model-2.joblib"),
        ({"format": 3, "file": "model.npz"}, "model.npz"),
        ({"format": 4, "file": "model.joblib"}, "model.joblib"),
        ({"format": 5, "file": "model.joblib"}, "model.joblib"),
    ],
)
def test_a_model_of_an_old_format_is_to_be_trained_anew_and_can_be_replaced(tmp_path, content, run, manifest, file):
    (tmp_path / "manifest.json").write_text(json.dumps({"sha256": "0" * 64, "topics": ["спорт"], **manifest}))
    (tmp_path / file).write_bytes(b"old")
    for read in (load, load_predictor, read_model, read_manifest):
        with pytest.raises(
            Error, match=f"has model format {manifest['format']}, .* reads format 6: train the model anew"
        ):
            read(tmp_path)
    result = run("predict", "--model", tmp_path, EXAMPLES / "articles" / "kanal.txt")
    assert result.code == 1 and result.err.count("\n") == 1 and "train the model anew" in result.err
    write_model(tmp_path, content, {"topics": content["classes"], "parameters": {}}, "")
    assert load_predictor(tmp_path).classes == ["спорт"]
    assert files(tmp_path) == sorted(["README.md", "manifest.json", read_manifest(tmp_path)["file"]])


@pytest.mark.slow
def test_a_reader_finds_the_old_or_the_new_model_while_another_process_writes(folder):
    """Another process writes two models by turns, as fast as it can."""
    code = """
import sys
from classifier.storage.model_folder import read_model, write_model
_, content = read_model(sys.argv[1])
for turn in range(100):
    content["classes"] = [["спорт"], ["суд"]][turn % 2]
    write_model(sys.argv[1], content, {"topics": content["classes"], "parameters": {}, "turn": turn}, "")
"""
    with subprocess.Popen([sys.executable, "-c", code, str(folder)]) as writer:
        seen = []
        while writer.poll() is None or not seen:
            seen += load_predictor(folder).classes
    assert writer.returncode == 0 and set(seen) == {"спорт", "суд"}
    assert len(files(folder)) == 3


@pytest.mark.parametrize("stop", [1, 2, 3])
def test_whenever_a_writer_stops_the_folder_holds_a_whole_model(folder, content, monkeypatch, stop):
    renamed = []
    rename = Path.replace

    def stopping(self, target):
        renamed.append(target)
        if len(renamed) == stop:
            raise KeyboardInterrupt
        return rename(self, target)

    new = {**content, "classes": ["суд"]}
    metadata = {"topics": ["суд"], "parameters": {}}
    monkeypatch.setattr(Path, "replace", stopping)
    with pytest.raises(KeyboardInterrupt):
        write_model(folder, new, metadata, "")
    monkeypatch.undo()
    assert load_predictor(folder).classes == ["спорт"]
    write_model(folder, new, metadata, "")
    assert load_predictor(folder).classes == ["суд"] and len(files(folder)) == 3


# Reading what is damaged, foreign or from another version.


def test_a_folder_without_a_manifest_is_refused(tmp_path):
    for read in (load, load_predictor, read_model, read_manifest):
        with pytest.raises(UsageError, match="is not a model folder: cannot read manifest.json"):
            read(tmp_path)


def test_a_model_with_another_hash_is_refused(folder):
    (folder / "model.joblib").write_bytes(b"other")
    with pytest.raises(Error, match="damaged or not the one that manifest.json describes: .*train the model anew"):
        load(folder)


def test_a_missing_model_file_is_refused(folder):
    (folder / "model.joblib").unlink()
    with pytest.raises(Error, match=r"cannot read .*model\.joblib: .*train the model anew"):
        load(folder)


def test_a_manifest_with_other_topics_than_the_model_is_refused(folder):
    rewrite(folder, topics=["суд"])
    with pytest.raises(Error, match="its topics are not those of its manifest"):
        load_predictor(folder)


def test_parameters_of_another_classifier_are_refused(folder):
    rewrite(folder, parameters={"kinship": 0.3})
    with pytest.raises(UsageError, match="parameters that TopicClassifier does not take.*kinship"):
        load(folder)
    assert isinstance(load_predictor(folder), TopicPredictor)


@pytest.mark.parametrize(
    "number, advice", [(FORMAT + 1, "pip install --upgrade"), (3, "train the model anew"), (1, "train the model anew")]
)
def test_another_format_is_refused_with_advice(folder, number, advice):
    rewrite(folder, format=number)
    with pytest.raises(Error, match=f"has model format {number}.*{advice}"):
        load_predictor(folder)


@pytest.mark.parametrize(
    "text", ["{", "[]", "{}", "null", '{"format": "4"}', '{"format": true}', "\ufeff{}", "[" * 100_000]
)
def test_a_damaged_manifest_is_refused(folder, text):
    (folder / "manifest.json").write_text(text, encoding="utf-8")
    with pytest.raises(Error, match="manifest.json is damaged"):
        load(folder)


def test_a_manifest_that_is_not_utf_8_is_refused(folder):
    (folder / "manifest.json").write_bytes(b'{"format": "\xff"}')
    with pytest.raises(Error, match="manifest.json is damaged"):
        load(folder)


@pytest.mark.parametrize(
    "name", ["../x", "../model/model.joblib", "/etc/passwd", "", ".", "..", "model.joblib/", "a\0b", "\ud800", "a/b"]
)
def test_a_file_name_that_leads_out_of_the_folder_is_refused(folder, name):
    rewrite(folder, file=name)
    with pytest.raises(Error, match="manifest.json is damaged, .* is not a file of the folder"):
        load_predictor(folder)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda values: st.lists(values, max_size=3) | st.dictionaries(st.text(), values, max_size=3),
    max_leaves=6,
)
TRICKY = st.sampled_from(
    ["../x", "a\0b", "\ud800", "model.joblib/", "x" * 5000, 2**70, -1, 0, True, 4.0, 1e999, [], {}]
)
FIELDS = ["created", "versions", "topics", "parameters", "format", "file", "sha256"]


@pytest.fixture(scope="module")
def any_folder(tmp_path_factory, content):
    folder = tmp_path_factory.mktemp("any") / "model"
    write_model(folder, content, {"topics": content["classes"], "parameters": {}}, "")
    return folder, (folder / "manifest.json").read_text(encoding="utf-8")


@settings(max_examples=150, deadline=None)
@example(deleted=set(), changes={"file": "a\0b"})
@example(deleted=set(), changes={"versions": {"pymorphy3-dicts-ru": None}})
@example(deleted=set(), changes={"parameters": {"lexicon": None, "": 1}})
@given(
    deleted=st.sets(st.sampled_from(FIELDS), max_size=2),
    changes=st.dictionaries(st.sampled_from(FIELDS) | st.text(), JSON | TRICKY, max_size=2),
)
def test_any_manifest_is_read_or_refused_with_an_error(any_folder, deleted, changes):
    folder, text = any_folder
    manifest = {name: value for name, value in json.loads(text).items() if name not in deleted}
    (folder / "manifest.json").write_text(json.dumps({**manifest, **changes}), encoding="utf-8")
    for read in (load_predictor, load):
        with warnings.catch_warnings(action="ignore", category=UserWarning):  # another version
            try:
                assert isinstance(read(folder), TopicPredictor | TopicClassifier)
            except Error as error:
                assert "\n" not in str(error)


@pytest.mark.parametrize(
    "package, effect", [("scikit-learn", "answers stay the same"), ("pymorphy3-dicts-ru", "other lemmas")]
)
def test_a_package_of_another_version_gives_one_warning_to_who_may_train_anew(folder, package, effect):
    rewrite(folder, versions={**read_manifest(folder)["versions"], package: "0.1.2"})
    with pytest.warns(UserWarning, match=rf"trained with {package} 0\.1\.2, this is .*{effect}") as warned:
        load(folder)
    assert len(warned) == 1
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        load_predictor(folder)


def test_the_last_number_of_a_version_does_not_matter(folder):
    versions = read_manifest(folder)["versions"]
    rewrite(folder, versions={**versions, "scikit-learn": versions["scikit-learn"].rpartition(".")[0] + ".99"})
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        load(folder)


@pytest.mark.parametrize("name", ["model.joblib", "manifest.json"])
def test_a_device_or_pipe_is_not_read(folder, name):
    file = folder / (read_manifest(folder)["file"] if name == "model.joblib" else name)
    file.unlink()
    os.mkfifo(file)
    with pytest.raises(Error, match="is not a regular file"):
        load_predictor(folder)
    file.unlink()
    file.symlink_to("/dev/zero")
    with pytest.raises(Error, match="is not a regular file"):
        load_predictor(folder)


def test_a_folder_whose_manifest_only_looks_like_ours_is_refused(tmp_path):
    (tmp_path / "manifest.json").write_text('{"sha256": "a", "format": "ext", "file": "model.joblib"}')
    with pytest.raises(UsageError, match="holds other files"):
        check_target(tmp_path)


def test_a_first_writing_that_is_interrupted_leaves_no_folder(tmp_path, content, monkeypatch):
    def interrupted(*_, **__):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(model_folder.json, "dumps", interrupted)  # the manifest is written last
        with pytest.raises(KeyboardInterrupt):
            write_model(tmp_path / "deep" / "model", content, {"topics": content["classes"], "parameters": {}}, "")
    assert list((tmp_path / "deep").iterdir()) == []
    write_model(tmp_path / "deep" / "model", content, {"topics": content["classes"], "parameters": {}}, "")
    assert load_predictor(tmp_path / "deep" / "model").classes == content["classes"]


def test_other_files_of_a_model_folder_stay(folder, content):
    for name in ("model-notes.txt", "models.csv", "model.joblib.bak", ".model.joblib.bak"):
        (folder / name).write_text("mine")
    write_model(folder, content, {"topics": content["classes"], "parameters": {}}, "")
    assert {path.name for path in folder.iterdir() if not path.is_dir() and path.read_bytes() == b"mine"} == {
        "model-notes.txt", "models.csv", "model.joblib.bak", ".model.joblib.bak"
    }  # fmt: skip


def test_a_manifest_is_amended_without_touching_the_model(folder):
    before, model = read_manifest(folder), (folder / "model.joblib").read_bytes()
    amend_manifest(folder, {"reference": {"Вестник": {"margin": 1.5}}})
    assert read_manifest(folder) == {**before, "reference": {"Вестник": {"margin": 1.5}}}
    assert (folder / "model.joblib").read_bytes() == model and load_predictor(folder)


@pytest.mark.parametrize("field", ["format", "sha256", "topics"])
def test_what_loading_needs_is_not_amended(folder, field):
    with pytest.raises(UsageError, match=f"loading a model needs {field}"):
        amend_manifest(folder, {field: 1})
