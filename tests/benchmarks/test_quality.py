"""The benchmark of quality: splits do not leak, rivals are tuned in their favour, figures are right."""

import numpy as np
import pandas as pd
import pytest
from sklearn.svm import LinearSVC

from tests.benchmarks import quality
from tests.benchmarks.quality import TOPICS, Answer, Materials, Split, Trial

SENTENCES = [
    "Избирательная комиссия объявила итоги выборов губернатора области",
    "Хоккеисты сборной выиграли финал чемпионата мира у команды Швеции",
    "Синоптики обещают дождь, ветер и похолодание в середине недели",
]
EVERY = Split("every row", np.arange(6), np.arange(6), None)


@pytest.fixture
def news(monkeypatch):
    """Six articles of two outlets, each with a topic of its own; the last one is `dev` and repeats the first."""
    monkeypatch.setattr(quality, "JOBS", 1)
    texts = [*SENTENCES, *(text + " сегодня" for text in SENTENCES)]
    texts[0] = texts[5]
    table = pd.DataFrame({"title": "", "text": texts, "outlet": list("ababab"), "split": ["train"] * 5 + ["dev"]})
    return Materials(table, np.eye(6, len(TOPICS), dtype=np.int8), texts, pd.DataFrame())


def test_no_tested_article_and_nothing_that_repeats_it_is_fitted(news):
    dev, a, b = news.splits()
    assert (dev.name, dev.outlet, dev.fit.tolist(), dev.test.tolist()) == ("dev", None, [1, 3, 4], [5])
    for split, rows in ((a, [0, 2, 4]), (b, [1, 3, 5])):
        assert split.name == split.outlet and split.test.tolist() == rows
        assert not set(split.fit) & set(rows)
    assert 5 not in a.fit  # `dev` is never fitted
    assert 0 not in b.fit  # it repeats the tested 5


def test_word_vectors_are_learned_without_the_tested_outlet(news, monkeypatch):
    news.unlabelled = pd.DataFrame({"text": ["из а", "из б"], "outlet": ["a", "b"]})
    monkeypatch.setattr("tests.benchmarks.quality.Lexicon.learn", lambda texts: texts)
    assert news.lexicon("a") == ["из б"]
    assert news.lexicon(None) == ["из а", "из б"]


def test_a_rival_gets_the_settings_and_the_cutoff_that_are_best_on_the_tested_rows(news):
    def build(good, cutoff, news, split):
        y_true = news.y_true[split.test]
        scores = y_true + 2.0 if good else 1.0 - y_true
        return lambda texts: Answer(scores, (scores >= cutoff).astype(np.int8))

    trials = [Trial(name, quality.partial(build, name == "good")) for name in ("bad", "good", "worse")]
    best = quality.tune((0, 2.5, 9), trials, news, EVERY)
    assert best.settings == "good, cutoff 2.5"
    assert (best.build(news=news, split=EVERY)(news.texts).y_pred == news.y_true).all()


def test_the_usual_recipe_gives_topics_to_texts_it_has_not_seen(news):
    news.y_true = np.tile(np.eye(3, dtype=np.int8), (2, 1))
    news.y_true[0] = news.y_true[5]
    model = quality.usual(LinearSVC(class_weight="balanced"), -0.2, news, EVERY)
    assert model(["Хоккеисты проиграли финал чемпионата", "Синоптики обещают ветер"]).y_pred.tolist() == [
        [0, 1, 0],
        [0, 0, 1],
    ]


def test_figures_are_within_their_interval():
    random = np.random.RandomState(0)
    y_true = (random.rand(300, len(TOPICS)) < 0.2).astype(np.int8)
    y_pred = np.where(random.rand(*y_true.shape) < 0.8, y_true, 1 - y_true).astype(np.int8)
    figure = quality.figures(y_true, y_pred)["micro-F1"]
    point, low, high = (float(part) for part in figure.replace("(", "").replace(")", "").replace("to", "").split())
    assert low < point < high
    assert point == pytest.approx(2 * (y_true & y_pred).sum() / (y_true.sum() + y_pred.sum()), abs=1e-3)


def test_reliability_is_perfect_if_probabilities_are():
    probabilities = np.tile(np.linspace(0.05, 0.95, 10)[:, None], (100, len(TOPICS)))
    y_true = (np.random.RandomState(0).rand(*probabilities.shape) < probabilities).astype(np.int8)
    assert float(quality.reliability(y_true, probabilities)["right"].iloc[-1]) < 0.05
    assert float(quality.reliability(1 - y_true, probabilities)["right"].iloc[-1]) > 0.4


def test_a_higher_least_probability_gives_fewer_and_better_topics():
    probabilities = np.random.RandomState(0).rand(200, len(TOPICS)) ** 4
    table = quality.coverage((probabilities > 0.5).astype(np.int8), probabilities).astype(float)
    assert table["recall"].is_monotonic_decreasing and table["precision"].is_monotonic_increasing
