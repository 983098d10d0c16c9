"""The page of quality: results are kept, a long run goes on where it stopped, tables say what was measured."""

import sys
from types import SimpleNamespace

import numpy as np
import pytest
from sklearn.metrics import f1_score, precision_score, recall_score

from tests.benchmarks.quality import __main__ as command
from tests.benchmarks.quality import tables
from tests.benchmarks.quality.contenders import Answer
from tests.benchmarks.quality.figures import figures, macro_f1
from tests.benchmarks.quality.materials import FULL, HEADLINE, OPENING, TOPICS
from tests.benchmarks.quality.page import page
from tests.benchmarks.quality.reliability import CHANGES, reliability, robustness
from tests.benchmarks.quality.store import Outcome, examine

CUTOFFS = np.full(len(TOPICS), 0.5)


@pytest.fixture
def labels():
    """Labels, and predictions that are right in four cases of five."""
    random = np.random.RandomState(0)
    y_true = (random.rand(300, len(TOPICS)) < 0.2).astype(np.int8)
    return y_true, np.where(random.rand(*y_true.shape) < 0.8, y_true, 1 - y_true).astype(np.int8)


def right(news):
    """A model that gives every text its topic."""

    def answer(inputs):
        y_true = news.y_true[inputs.rows]
        return Answer(y_true * 0.75, y_true, CUTOFFS)

    return answer


def outcomes(news, **scores):
    """Results of splits with a score of every tested row for its own topic; it is given from 0.5 on."""
    found = []
    for split in news.splits():
        values = news.y_true[split.test] * scores[split.name]
        found.append(Outcome(split.name, FULL, split.test, Answer(values, (values >= 0.5).astype(np.int8), CUTOFFS)))
    return found


def numbers(figure):
    return [float(part) for part in figure.replace("(", "").replace(")", "").replace("to", "").split()]


# Results in files


def test_answers_are_kept_at_every_length_that_a_model_scores(news, store):
    dev, *_ = news.splits()
    found = examine(lambda inputs: None if inputs.length == OPENING else right(news)(inputs), news, dev)
    assert [each.length for each in found] == [FULL]  # `dev` has no headline
    assert not store.has("ours, 1/8", "dev")
    store.save("ours, 1/8", "dev", found)
    assert store.has("ours, 1/8", "dev") and not store.has("ours, 1/8", "a")
    (kept,) = store.load("ours, 1/8", "dev")
    assert kept[:2] == ("dev", FULL) and kept.rows.tolist() == [5]
    for before, after in zip(found[0].answer, kept.answer, strict=True):
        assert (before == after).all()
    assert [each.length for each in examine(right(news), news, dev._replace(test=np.arange(3)))] == [
        FULL,
        OPENING,
        HEADLINE,
    ]


def test_a_run_goes_on_where_it_stopped(news, store, monkeypatch):
    fitted = []

    def ours(news, split):
        fitted.append((split.name, len(split.fit)))
        return right(news)

    monkeypatch.setattr(command, "ours", ours)
    splits = list(news.splits())
    store.save("ours, 1/2 of the labels", "b", examine(right(news), news, splits[2]))
    for _ in range(2):
        command.compute(["ours, 1/2 of the labels"], {}, news, splits, store)
    assert fitted == [("dev", 2), ("a", 0)]  # of 3 articles and of one


def test_only_contenders_that_there_are_can_be_computed(monkeypatch, tmp_path):
    (tmp_path / "news.parquet").touch()
    monkeypatch.setattr(command, "SHARED", tmp_path)
    monkeypatch.setattr(sys, "argv", ["quality", "--only", "nobody"])
    with pytest.raises(SystemExit, match="No contender 'nobody': there are ours, .*, fastText"):
        command.main()


# Figures


def test_figures_are_those_of_scikit_learn_and_within_their_interval(labels):
    y_true, y_pred = labels
    found = {name: numbers(figure) for name, figure in figures(y_true, y_pred).items()}
    column = TOPICS.index("diplomacy")
    expected = {
        "macro-F1": f1_score(y_true, y_pred, average="macro"),
        "micro-F1": f1_score(y_true, y_pred, average="micro"),
        "precision": precision_score(y_true, y_pred, average="micro"),
        "recall": recall_score(y_true, y_pred, average="micro"),
        "diplomacy": f1_score(y_true[:, column], y_pred[:, column]),
    }
    for name, value in expected.items():
        point, low, high = found[name]
        assert low < point < high and point == pytest.approx(value, abs=1e-3)


def test_macro_f1_is_the_mean_of_the_topics_that_occur(labels):
    y_true, y_pred = labels
    y_true[:, 3] = 0
    expected = f1_score(y_true, y_pred, labels=[*range(3), *range(4, len(TOPICS))], average="macro")
    assert macro_f1(y_true, y_pred) == pytest.approx(expected)
    assert numbers(figures(y_true, y_pred)["macro-F1"])[0] == pytest.approx(expected, abs=1e-3)


def test_the_interval_is_as_wide_as_chance(labels):
    """Of 300 texts with 45 topics, a standard error of precision is the root of p (1 - p) / n."""
    y_true, y_pred = labels
    point, low, high = numbers(figures(y_true, y_pred)["precision"])
    error = np.sqrt(point * (1 - point) / y_pred.sum())
    assert high - low == pytest.approx(2 * 1.96 * error, rel=0.15)


# Tables


def test_contenders_stand_side_by_side(news):
    table = tables.contenders(news, {"good": outcomes(news, dev=1, a=1, b=1), "half": outcomes(news, dev=0, a=1, b=0)})
    assert table["tested on"].tolist() == ["`dev`", "`dev`", "outlets never seen", "outlets never seen"]
    assert table.model.tolist() == ["good", "half"] * 2 and table.articles.tolist() == ["1", "1", "6", "6"]
    assert [numbers(figure)[0] for figure in table.recall] == [1, 0, 1, 0.5]


def test_ours_is_measured_by_outlet_and_by_year_where_it_was_never_seen(news):
    found = outcomes(news, dev=0, a=1, b=0)
    table = tables.by_group(news, found, "outlet", news.news.outlet)
    assert table.outlet.tolist() == ["a", "b"] and table.articles.tolist() == ["3", "3"]
    assert [numbers(figure)[0] for figure in table.recall] == [1, 0]
    years = tables.by_group(news, found, "year", news.news.year.map(tables.period))
    assert dict(zip(years.year, years.articles, strict=True)) == {
        "to 2014": "1",
        "2015 to 2018": "1",
        "2019 and 2020": "2",
        "2023": "1",
        "not dated (RT, 2016 to 2018)": "1",
    }


def test_a_topic_has_its_figures_on_dev_and_never_seen(news):
    table = tables.by_topic(news, outcomes(news, dev=0, a=1, b=1)).set_index("topic").loc[TOPICS[5]]
    assert table["articles, `dev`"] == table["articles, outlets never seen"] == "1"
    assert table["recall, `dev`"] == "0.00" and table["recall, outlets never seen"] == "1.00"
    assert numbers(table["F1, outlets never seen"])[0] == 1


def test_the_learning_curve_goes_up_to_all_labels(news):
    table = tables.learning_curve(
        news, {"few": outcomes(news, dev=0, a=1, b=0), "all": outcomes(news, dev=1, a=1, b=1)}
    )
    assert table.model.tolist() == ["few", "all"] * 2
    assert [numbers(figure)[0] for figure in table.recall] == [0, 1, 0.5, 1]


def test_a_mode_applies_its_own_thresholds(news):
    shift = {"balanced": 0, "sure": 0.2, "complete": -0.2}
    found = outcomes(news, dev=0.6, a=0.6, b=0.4)
    table = tables.modes(news, found, lambda thresholds, mode: thresholds + shift[mode])
    assert table["tested on"].tolist() == ["`dev`"] * 3 + ["outlets never seen"] * 3
    assert table["articles with a topic"].tolist() == ["1.000", "0.000", "1.000", "0.500", "0.000", "1.000"]
    assert [numbers(figure)[0] for figure in table.recall] == [1, 0, 1, 0.5, 0, 1]


# Reliability and robustness


def reliable(news, y_true, probabilities):
    """The table if `dev` and the outlets never seen have the same labels and probabilities."""
    news.y_true, rows = y_true, np.arange(len(y_true))
    answer = Answer(probabilities, y_true, CUTOFFS)
    return reliability(news, [Outcome(name, FULL, rows, answer) for name in ("dev", "a")]).set_index("probability")


def test_reliability_is_perfect_if_probabilities_are(news):
    probabilities = np.tile(np.linspace(0.05, 0.95, 10)[:, None], (100, len(TOPICS)))
    y_true = (np.random.RandomState(0).rand(*probabilities.shape) < probabilities).astype(np.int8)
    place, worst = "right, outlets never seen", "worst difference where marked *"
    table = reliable(news, y_true, probabilities)
    assert float(table.loc[worst, place]) < 0.05 and float(table.loc["0.9 to 1.0", place]) > 0.9
    assert float(reliable(news, 1 - y_true, probabilities).loc[worst, place]) > 0.85


def test_bins_with_few_tags_are_not_marked_and_do_not_count(news):
    probabilities = np.full((20, len(TOPICS)), 0.05)
    probabilities[:3, :] = 0.95  # 135 tags, all wrong
    table = reliable(news, np.zeros(probabilities.shape, np.int8), probabilities)
    assert table["tags, `dev`"].tolist()[:2] == ["765*", "135"]
    assert table.loc["worst difference where marked *", "right, `dev`"] == "0.050"


def test_robustness_counts_the_answers_that_change(news):
    """A model that reads capitals only."""

    def predict(texts):
        return np.array([[text.isupper()] * len(TOPICS) for text in texts], np.int8)

    model = SimpleNamespace(predict=predict, predict_proba=lambda texts: predict(texts) * 0.9)
    news.texts = ["ЁЛКА", "ёлка", "МОСКВА, 3 мар — РИА Новости. «Лес»", "РЕКА " * 100]
    rows = {row["change"]: row for row in robustness(model, news, np.arange(4))}
    assert rows.keys() == CHANGES.keys()
    assert rows["ё written as е"]["articles it touches"] == "2"
    assert rows["ё written as е"]["of these, same topics"] == "1.000"
    assert rows["upper case"]["articles it touches"] == "2" and rows["upper case"]["of these, same topics"] == "0.000"
    assert (
        rows["dateline removed"]["articles it touches"] == rows["plain quotes and dashes"]["articles it touches"] == "1"
    )


# The page


def test_the_page_leaves_out_who_has_not_answered_everywhere(news, store, monkeypatch):
    monkeypatch.setattr("classifier.model.thresholds.mode_thresholds", lambda given, mode: given, raising=False)
    splits = list(news.splits())
    for name in ("ours", "fastText", "LinearSVC"):
        for split in splits[: 2 if name == "LinearSVC" else None]:
            store.save(name, split.name, examine(right(news), news, split))
    chosen = {
        "settings": "words",
        "rule": "one",
        "cutoffs": [0.5] * len(TOPICS),
        "macro-F1 by rule": {"one": 0.7},
        "tried": {"a": 1},
    }
    store.write("fastText", chosen)
    text = page(news, splits, store, ["LinearSVC", "fastText"])
    assert "|fastText|words|0.5 for all topics|0.700|1|" in text
    assert "LinearSVC" not in text
    assert text.count("\n## ") == 10
