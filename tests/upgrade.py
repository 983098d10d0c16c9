"""One model in two environments: ``python -m tests.upgrade write DIR`` in one, ``... compare DIR`` in the other.

`compare` fails unless the probabilities are the same to the last bit.
"""

import sys
from importlib.metadata import version
from pathlib import Path

import numpy as np

from classifier.data.corpus import read_corpus
from classifier.data.reading import read
from classifier.model.predictor import load_predictor
from classifier.storage.model_folder import read_manifest, write_model
from tests.conftest import EXAMPLES


def main(task: str, folder: Path) -> None:
    """Write the shipped model anew with its answers to the example articles, or compare with answers written before."""
    if task == "write":
        write_model(folder / "model", load_predictor().to_content(), read_manifest(), card="")
    articles = [article.text for article in read([EXAMPLES / "articles"])]
    probabilities = load_predictor(folder / "model").predict_proba(articles + read_corpus(EXAMPLES / "train.csv").texts)
    if task == "write":
        np.save(folder / "probabilities.npy", probabilities)
    np.testing.assert_array_equal(probabilities, np.load(folder / "probabilities.npy"))
    packages = ", ".join(f"{package} {version(package)}" for package in ("scikit-learn", "numpy", "joblib"))
    print(f"{task}: {probabilities.size} probabilities with {packages}")


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
