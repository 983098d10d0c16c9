"""The benchmark of quality measures what it says: splits without leaks, figures that are right."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.benchmarks.quality import TOPICS, Materials, coverage, figures, reliability

SENTENCES = {
    "выборы": "Избирательная комиссия объявила итоги выборов губернатора области",
    "хоккей": "Хоккеисты сборной выиграли финал чемпионата мира у команды Швеции",
    "погода": "Синоптики обещают дождь, ветер и похолодание в середине недели",
}


@pytest.fixture
def news():
    """Six articles of two outlets; the last of `dev` nearly repeats the first of `train`."""
    texts = [*SENTENCES.values(), *(text + " сегодня" for text in SENTENCES.values())]
    table = pd.DataFrame({"title": "", "text": texts, "outlet": list("ababab"), "split": ["train"] * 5 + ["dev"]})
    table.loc[0, "text"] = texts[0] = texts[5]
    return Materials(table, np.eye(6, len(TOPICS), dtype=np.int8), texts, pd.DataFrame())


def test_no_tested_article_nor_its_twin_is_fitted(news):
    dev, a, b = news.splits()
    assert (dev.name, dev.outlet, dev.fit.tolist(), dev.test.tolist()) == ("dev", None, [1, 3, 4], [5])
    for split, rows in ((a, [0, 2, 4]), (b, [1, 3, 5])):
        assert split.name == split.outlet and split.test.tolist() == rows
        assert not set(split.fit) & set(rows)
    assert 5 not in a.fit  # `dev` is never fitted
    assert 0 not in b.fit  # repeats the tested 5


def test_an_outlets_own_news_teach_no_words_to_the_model_tested_on_it(news, monkeypatch):
    news.unlabelled = pd.DataFrame({"text": ["из а", "из б"], "outlet": ["a", "b"]})
    monkeypatch.setattr("tests.benchmarks.quality.Lexicon.learn", lambda texts: texts)
    assert news.lexicon("a") == ["из б"]
    assert news.lexicon(None) == ["из а", "из б"]


def test_figures_stand_within_their_interval():
    random = np.random.RandomState(0)
    truth = (random.rand(300, len(TOPICS)) < 0.2).astype(np.int8)
    given = np.where(random.rand(*truth.shape) < 0.8, truth, 1 - truth).astype(np.int8)
    told = figures(truth, given)["micro-F1"]
    point, low, high = (float(part) for part in told.replace("(", "").replace(")", "").replace("to", "").split())
    assert low < point < high
    assert point == pytest.approx(2 * (truth & given).sum() / (truth.sum() + given.sum()), abs=1e-3)


def test_reliability_is_perfect_where_probabilities_are():
    probabilities = np.tile(np.linspace(0.05, 0.95, 10)[:, None], (100, len(TOPICS)))
    truth = (np.random.RandomState(0).rand(*probabilities.shape) < probabilities).astype(np.int8)
    assert float(reliability(truth, probabilities)["right"].iloc[-1]) < 0.05
    assert float(reliability(1 - truth, probabilities)["right"].iloc[-1]) > 0.4


def test_coverage_falls_as_more_probability_is_asked_for():
    probabilities = np.random.RandomState(0).rand(200, len(TOPICS)) ** 4
    table = coverage((probabilities > 0.5).astype(np.int8), probabilities).astype(float)
    assert table["recall"].is_monotonic_decreasing and table["precision"].is_monotonic_increasing


def test_the_readme_repeats_rows_of_the_table_measured():
    root = Path(__file__).parents[1]
    told = (root / "README.md").read_text("utf-8").split("<!-- quality -->\n")[1].split("<!-- /quality -->")[0]
    measured = (root / "tests" / "benchmarks" / "quality.md").read_text("utf-8").splitlines()
    assert len(told.splitlines()) > 5
    assert [row for row in told.splitlines() if row not in measured] == []
