import sys
from pathlib import Path

import pandas as pd
import pytest

from classifier.train import TrainOptions, train

COMMAND = Path(sys.executable).with_name("news-topics")
TEXT = "Хоккеисты выиграли матч чемпионата"


@pytest.fixture(scope="session")
def train_folder(small, tmp_path_factory):
    """Train on the example table with its topics renamed, and return the model folder."""

    def trained(names):
        corpus = small._replace(
            topics=[[names.get(topic, topic) for topic in row] for row in small.topics],
            splits=["dev" if row % 4 == 0 else "train" for row in range(len(small.ids))],
        )
        folder = tmp_path_factory.mktemp("models") / "model"
        train(corpus, folder, options=TrainOptions(min_examples=5))
        return folder

    return trained


@pytest.fixture(scope="session")
def model(train_folder):
    """A model of four topics that the taxonomy does not have."""
    return train_folder({})


@pytest.fixture
def news(tmp_path):
    """Write a table of so many articles about sport, and return its path."""

    def write(rows=3):
        table = pd.DataFrame([{"id": f"n{row}", "text": TEXT, "source": "outlet"} for row in range(rows)])
        table.to_csv(tmp_path / "news.csv", index=False)
        return tmp_path / "news.csv"

    return write
