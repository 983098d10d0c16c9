"""What the tests of the benchmark of quality share: six articles, and a folder for results."""

import numpy as np
import pandas as pd
import pytest

from tests.benchmarks.quality.materials import TOPICS, Materials
from tests.benchmarks.quality.store import Store

SENTENCES = [
    "Избирательная комиссия объявила итоги выборов губернатора области",
    "Хоккеисты сборной выиграли финал чемпионата мира у команды Швеции",
    "Синоптики обещают дождь, ветер и похолодание в середине недели",
]


@pytest.fixture
def news():
    """Six articles of two outlets, each with a topic of its own; the last one is `dev` and repeats the first."""
    texts = [*SENTENCES, *(text + " сегодня" for text in SENTENCES)]
    texts[0] = texts[5]
    table = pd.DataFrame({"title": "", "text": texts, "outlet": list("ababab"), "split": ["train"] * 5 + ["dev"]})
    table.loc[1, "title"] = "Спорт"
    table["year"] = ["", "1999", "2016", "2020", "2020", "2023"]
    unlabelled = pd.DataFrame({"text": ["из а", "из б", "из в"], "outlet": list("abc")}, ["x", "y", "z"])
    return Materials(table, np.eye(6, len(TOPICS), dtype=np.int8), texts, unlabelled)


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "results")
