import os
import re
import subprocess

import pandas as pd

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


def test_the_model_does_not_depend_on_the_seed_of_hashes(tmp_path):
    news = write_splits(tmp_path / "news.csv")
    models = []
    for seed in ("1", "2"):
        command = [COMMAND, "train", news, "-o", tmp_path / seed, "--min-examples", "5"]
        subprocess.run(command, check=True, capture_output=True, timeout=60, env={**os.environ, "PYTHONHASHSEED": seed})
        models.append((tmp_path / seed / "model.joblib").read_bytes())
    assert models[0] == models[1]
