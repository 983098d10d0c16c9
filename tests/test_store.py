import json
import os
import pickle
import subprocess
import sys

import numpy as np
import pytest

from classifier import store
from classifier.errors import Error, UsageError
from classifier.model import load


@pytest.fixture
def folder(tmp_path, small_model):
    parameters = {name: value for name, value in small_model.get_params().items() if name != "lexicon"}
    store.save(small_model.tagger_, tmp_path / "model", {"parameters": parameters}, "# Card\n")
    return tmp_path / "model"


def rewrite(folder, **facts):
    file = folder / "manifest.json"
    file.write_text(json.dumps({**json.loads(file.read_text(encoding="utf-8")), **facts}), encoding="utf-8")


def test_a_saved_model_gives_the_same_probabilities(folder, small_model, small):
    for model in (load(folder), store.load_tagger(folder)):
        np.testing.assert_array_equal(model.predict_proba(small.texts), small_model.predict_proba(small.texts))


def test_a_loaded_model_is_a_classifier_with_its_settings(folder, small_model, small):
    model = load(folder)
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
        load(folder)


class Evil:
    def __reduce__(self):
        return exec, ("raise SystemExit('ran')",)


def test_a_model_with_another_hash_is_refused_before_it_is_unpickled(folder):
    (folder / "model.joblib").write_bytes(pickle.dumps(Evil()))
    with pytest.raises(Error, match="not the one that manifest.json describes"):
        load(folder)


@pytest.mark.parametrize("step, advice", [(1, "pip install --upgrade"), (-1, "train the model anew")])
def test_a_format_of_the_future_or_the_past_is_refused_with_advice(folder, step, advice):
    rewrite(folder, format=store.FORMAT + step)
    with pytest.raises(Error, match=f"has model format {store.FORMAT + step}.*{advice}"):
        store.load_tagger(folder)


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
        load(folder)
    assert len(warned) == 1


def test_the_last_number_of_a_version_does_not_matter(folder):
    versions = store.manifest(folder)["versions"]
    made = versions["scikit-learn"].rpartition(".")[0] + ".99"
    rewrite(folder, versions={**versions, "scikit-learn": made})
    load(folder)


@pytest.mark.parametrize("content", ["{", "[]", "{}"])
def test_a_damaged_manifest_is_refused(folder, content):
    (folder / "manifest.json").write_text(content)
    with pytest.raises(Error, match="manifest.json is damaged"):
        load(folder)


def test_what_is_no_model_is_refused(tmp_path):
    with pytest.raises(UsageError, match="is no model folder"):
        load(tmp_path)


def test_the_shipped_model_is_small_and_found_from_anywhere(tmp_path):
    assert (store.shipped() / "model.joblib").stat().st_size < 15_000_000
    code = "import classifier; print(classifier.load().topics(['Хоккеисты выиграли матч чемпионата']))"
    ran = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert ran.stdout.startswith("[['sport'")
