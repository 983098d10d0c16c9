"""The same exported model in two environments: ``write FOLDER`` in one, ``compare FOLDER`` in the other.

`compare` fails unless the probabilities are the same to the last bit.
"""

import sys
from importlib.metadata import version
from pathlib import Path

import numpy as np

from classifier import corpus, store
from classifier.articles import read
from tests.conftest import EXAMPLES


def main(task: str, folder: Path) -> None:
    """Export the shipped model and write what it says, or compare with what was written."""
    if task == "write":
        store.export(None, folder / "model")
    texts = [article.text for article in read([EXAMPLES / "articles"])] + corpus.read(EXAMPLES / "train.csv").texts
    said = store.load_tagger(folder / "model").predict_proba(texts)
    if task == "write":
        np.save(folder / "said.npy", said)
    np.testing.assert_array_equal(said, np.load(folder / "said.npy"))
    print(f"{task}: {said.size} probabilities with scikit-learn {version('scikit-learn')}, numpy {version('numpy')}")


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
