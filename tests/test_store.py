import hashlib
import io
import json
import os
import pickle
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classifier import arrays, store
from classifier.errors import Error, UsageError
from classifier.model import load
from classifier.tagger import Tagger
from tests.conftest import EXAMPLES
from tests.test_explain import hand_made


@pytest.fixture
def folder(tmp_path, small_model):
    parameters = {name: value for name, value in small_model.get_params().items() if name != "lexicon"}
    store.save(small_model.tagger_, tmp_path / "model", {"parameters": parameters}, "# Card\n")
    return tmp_path / "model"


def rewrite(folder, **facts):
    file = folder / "manifest.json"
    file.write_text(json.dumps({**json.loads(file.read_text(encoding="utf-8")), **facts}), encoding="utf-8")


def test_a_saved_model_gives_the_same_probabilities(folder, small_model, small):
    for model in (load(folder, trust=True), store.load_tagger(folder, trust=True)):
        np.testing.assert_array_equal(model.predict_proba(small.texts), small_model.predict_proba(small.texts))


def test_a_loaded_model_is_a_classifier_with_its_settings(folder, small_model, small):
    model = load(folder, trust=True)
    assert {**model.get_params(), "lexicon": None} == small_model.get_params()
    assert model.lexicon is model.tagger_.features.lexicon
    assert model.classes_.tolist() == small_model.classes_.tolist()
    assert model.fit(small.texts, small.topics).topics(small.texts) == small_model.topics(small.texts)


def test_a_model_folder_holds_three_files_that_others_may_read(folder):
    assert sorted(file.name for file in folder.iterdir()) == ["README.md", "manifest.json", "model.joblib"]
    umask = os.umask(0)
    os.umask(umask)
    assert all(file.stat().st_mode & 0o777 == 0o666 & ~umask for file in folder.iterdir())


def test_the_manifest_tells_what_the_model_is(folder, small_model):
    facts = store.manifest(folder)
    assert facts["format"] == store.FORMAT
    assert facts["topics"] == small_model.classes_.tolist()
    assert facts["thresholds"] == pytest.approx(small_model.tagger_.thresholds.tolist(), abs=1e-4)
    assert {"python", "scikit-learn", "numpy", "pymorphy3", "pymorphy3-dicts-ru"} <= facts["versions"].keys()


def test_the_same_model_has_the_same_bytes(folder, small_model, small, tmp_path):
    small_model.predict(small.texts)
    store.save(small_model.tagger_, tmp_path / "again", {}, "")
    assert (tmp_path / "again" / "model.joblib").read_bytes() == (folder / "model.joblib").read_bytes()


def test_a_model_is_written_over_but_nothing_else(folder, small_model, tmp_path):
    store.save(small_model.tagger_, folder, {"note": "new"}, "")
    assert store.manifest(folder)["note"] == "new"
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "README.md").write_text("mine")
    with pytest.raises(UsageError, match="holds other files"):
        store.save(small_model.tagger_, tmp_path / "thesis", {}, "")
    assert (tmp_path / "thesis" / "README.md").read_text() == "mine"


def test_a_truncated_model_is_refused(folder):
    file = folder / "model.joblib"
    file.write_bytes(file.read_bytes()[:500])
    with pytest.raises(Error, match="damaged.*train it anew"):
        load(folder, trust=True)


class Evil:
    def __reduce__(self):
        return exec, ("raise SystemExit('ran')",)


def test_a_model_with_another_hash_is_refused_before_it_is_unpickled(folder):
    (folder / "model.joblib").write_bytes(pickle.dumps(Evil()))
    with pytest.raises(Error, match="not the one that manifest.json describes"):
        load(folder, trust=True)


@pytest.mark.parametrize("number, advice", [(store.ARRAYS + 1, "pip install --upgrade"), (1, "train the model anew")])
def test_a_format_of_the_future_or_the_past_is_refused_with_advice(folder, number, advice):
    rewrite(folder, format=number)
    with pytest.raises(Error, match=f"has model format {number}.*{advice}"):
        store.load_tagger(folder, trust=True)


@pytest.mark.parametrize(
    "package, load, effect",
    [
        ("scikit-learn", load, "answers stay the same"),
        ("pymorphy3-dicts-ru", load, "other lemmas"),
        ("pymorphy3-dicts-ru", store.load_tagger, "other lemmas"),
    ],
)
def test_another_version_of_what_it_was_trained_with_gives_one_warning(folder, package, load, effect):
    rewrite(folder, versions={**store.manifest(folder)["versions"], package: "0.1.2"})
    with pytest.warns(UserWarning, match=rf"trained with {package} 0\.1\.2, this is .*{effect}") as warned:
        load(folder, trust=True)
    assert len(warned) == 1


def test_the_last_number_of_a_version_does_not_matter(folder):
    versions = store.manifest(folder)["versions"]
    made = versions["scikit-learn"].rpartition(".")[0] + ".99"
    rewrite(folder, versions={**versions, "scikit-learn": made})
    load(folder, trust=True)


@pytest.mark.parametrize("content", ["{", "[]", "{}"])
def test_a_damaged_manifest_is_refused(folder, content):
    (folder / "manifest.json").write_text(content)
    with pytest.raises(Error, match="manifest.json is damaged"):
        load(folder, trust=True)


def test_what_is_no_model_is_refused(tmp_path):
    with pytest.raises(UsageError, match="is no model folder"):
        load(tmp_path)


class Touch:
    """A pickle that makes a folder when it is loaded."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return os.mkdir, (str(self.path),)


def test_a_pickle_of_somebody_is_refused_before_anything_of_it_runs(folder, tmp_path, run):
    content = pickle.dumps(Touch(tmp_path / "evil"))
    (folder / "model.joblib").write_bytes(content)
    rewrite(folder, sha256=hashlib.sha256(content).hexdigest())
    for loaded in (load, store.load_tagger):
        with pytest.raises(UsageError, match="holds a pickle, which can run any program.*--trust.*export"):
            loaded(folder)
    with pytest.raises(UsageError, match="holds a pickle"):
        store.export(folder, tmp_path / "safe")
    article = EXAMPLES / "articles" / "kanal.txt"
    for arguments in (
        ["predict", article],
        ["predict", "--jobs", "2", article],
        ["explain", article],
        ["evaluate", EXAMPLES / "train.csv"],
        ["topics", "--words", "3"],
        ["topics"],
        ["info"],
        ["export", "--output", tmp_path / "safe"],
    ):
        result = run(arguments[0], "--model", folder, *arguments[1:])
        assert arguments in (["topics"], ["info"]) or (result.code == 2 and "--trust" in result.err)
    assert not (tmp_path / "evil").exists() and not (tmp_path / "safe").exists()
    with pytest.raises(AssertionError):
        store.load_tagger(folder, trust=True)
    assert (tmp_path / "evil").exists()  # trusted, it would have run


def test_a_pickle_cannot_pass_for_arrays(folder, tmp_path):
    content = pickle.dumps(Touch(tmp_path / "evil"))
    (folder / "model.joblib").write_bytes(content)
    rewrite(folder, sha256=hashlib.sha256(content).hexdigest(), format=store.ARRAYS, file="model.joblib")
    with pytest.raises(Error, match="no file of arrays"):
        load(folder)
    buffer = io.BytesIO()
    np.savez(buffer, facts=np.array([Touch(tmp_path / "evil")], dtype=object), allow_pickle=True)
    (folder / "model.joblib").write_bytes(buffer.getvalue())
    rewrite(folder, sha256=hashlib.sha256(buffer.getvalue()).hexdigest())
    with pytest.raises(Error, match="no file of arrays"):
        load(folder)
    assert not (tmp_path / "evil").exists()


def test_the_shipped_model_needs_no_trust():
    assert load(store.shipped()).classes_.size == store.load_tagger().thresholds.size == 45


def test_an_exported_model_needs_no_trust_and_gives_the_same_to_the_last_bit(folder, tmp_path, small_model, small):
    for source, model in ((folder, small_model.tagger_), (None, store.load_tagger())):
        target = tmp_path / f"safe of {source and source.name}"
        store.export(source, target, trust=True)
        assert sorted(file.name for file in target.iterdir()) == ["README.md", "manifest.json", "model.npz"]
        for loaded in (store.load_tagger(target), load(target)):
            np.testing.assert_array_equal(loaded.predict_proba(small.texts), model.predict_proba(small.texts))
            assert loaded.topics(small.texts) == model.topics(small.texts)
        assert store.manifest(target)["sha256"] != store.manifest(source)["sha256"]
        assert store.manifest(target)["topics"] == model.classes
    assert (tmp_path / "safe of None" / "model.npz").stat().st_size < 15_000_000


def test_an_exported_model_can_be_exported_and_trained_anew(folder, tmp_path, small):
    store.export(folder, tmp_path / "safe", trust=True)
    store.export(tmp_path / "safe", tmp_path / "again")
    assert (tmp_path / "again" / "model.npz").read_bytes() == (tmp_path / "safe" / "model.npz").read_bytes()
    assert load(tmp_path / "safe").fit(small.texts, small.topics).topics(small.texts[:1]) == [["культура"]]


def damaged(content, **changes):
    """A file of arrays with some of them replaced."""
    with np.load(io.BytesIO(content)) as file:
        arrays = {name: file[name] for name in file.files}
    buffer = io.BytesIO()
    np.savez(buffer, **{**arrays, **changes})
    return buffer.getvalue()


def as_bytes(facts):
    return np.frombuffer(json.dumps(facts).encode(), np.uint8)


FACTS = {"classes": ["a"], "lemmas": ["b"], "texts": 1, "words": 2, "headline": 1}


@pytest.mark.parametrize(
    "change",
    [
        {"idf": np.zeros(3, np.float32)},
        {"idf": np.zeros((3, 3), np.float32)},
        {"coef": np.zeros((2, 3, 4), np.float64)},
        {"thresholds": np.array("0.5")},
        {"signs": np.zeros((0, 4))},
        {"facts": np.zeros(3)},
        {"facts": as_bytes([])},
        {"facts": as_bytes({**FACTS, "classes": "ab"})},
        {"facts": as_bytes({**FACTS, "classes": [1, 2, 3, 4]})},
        {"facts": as_bytes({**FACTS, "words": True})},
    ],
)
def test_arrays_of_another_kind_are_refused(small_model, change):
    content = arrays.to_bytes(small_model.tagger_)
    with pytest.raises(Error, match="damaged"):
        arrays.from_bytes(damaged(content, **change))


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_no_bytes_of_a_model_file_do_harm(data):
    content = bytearray(arrays.to_bytes(hand_made([[2.0, 4.0], [8.0, 16.0]])))
    for _ in range(data.draw(st.integers(1, 8))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    try:
        assert isinstance(arrays.from_bytes(bytes(content[: data.draw(st.integers(0, len(content)))])), Tagger)
    except Error as error:
        assert "damaged" in str(error)


def test_a_reader_finds_the_old_or_the_new_model_while_one_is_written(folder, small_model, shipped):
    """Another process writes two models by turns, as fast as it can."""
    code = """
import sys
from classifier import store
one, other = store.load_tagger(sys.argv[1], trust=True), store.load_tagger()
for turn in range(12):
    store.save(one if turn % 2 else other, sys.argv[1], {"parameters": {}}, "")
"""
    with subprocess.Popen([sys.executable, "-c", code, str(folder)]) as writer:
        seen = []
        while writer.poll() is None or not seen:
            seen.append(len(store.load_tagger(folder, trust=True).classes))
    assert writer.returncode == 0 and set(seen) == {4, 45}
    assert sorted(file.name for file in folder.iterdir())[:2] == ["README.md", "manifest.json"]
    assert len(list(folder.iterdir())) == 3


@pytest.mark.parametrize("stop", [1, 2, 3])
def test_whenever_a_writer_stops_the_folder_holds_a_whole_model(folder, shipped, monkeypatch, stop):
    renames = []
    replace = Path.replace

    def stopping(self, target):
        renames.append(target)
        if len(renames) == stop:
            raise KeyboardInterrupt
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", stopping)
    with pytest.raises(KeyboardInterrupt):
        store.save(shipped, folder, {}, "")
    monkeypatch.undo()
    assert len(store.load_tagger(folder, trust=True).classes) == 4
    store.save(shipped, folder, {}, "")
    assert len(store.load_tagger(folder, trust=True).classes) == 45 and len(list(folder.iterdir())) == 3


def test_the_shipped_model_is_small_and_found_from_anywhere(tmp_path):
    assert (store.shipped() / "model.joblib").stat().st_size < 15_000_000
    code = "import classifier; print(classifier.load().topics(['Хоккеисты выиграли матч чемпионата']))"
    ran = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert ran.stdout.startswith("[['sport'")
