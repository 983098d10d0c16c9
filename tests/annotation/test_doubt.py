"""Labels that a model disagrees with which did not see them."""

from dataclasses import replace

import numpy as np
import pytest

from classifier.annotation import doubt
from classifier.annotation.doubt import Doubts, find_doubts
from classifier.data.articles import Article
from classifier.data.corpus import indicator
from classifier.errors import UsageError
from classifier.model.estimator import TopicClassifier, load
from classifier.model.predictor import TopicPredictor

IDS = {"культура": "culture", "погода": "weather", "спорт": "sport", "суд": "courts"}
TOPICS = list(IDS.values())


def articles_of(texts):
    return [Article(f"n{row}", text, {}, f"news:{row}") for row, text in enumerate(texts)]


@pytest.fixture(scope="module")
def articles(small):
    return articles_of(small.texts)


@pytest.fixture
def labels(small, articles):
    """The topics of the small table as the shipped model calls them."""
    rows = [[IDS[topic] for topic in row] for row in small.topics]
    return dict(zip([article.id for article in articles], rows, strict=True))


@pytest.fixture(scope="module")
def loaded():
    return load()


@pytest.fixture
def find(articles, loaded, monkeypatch):
    """Find doubts by the shipped model, and collect what is said."""
    monkeypatch.setattr(doubt, "load", lambda _: loaded)

    def found(labels, articles=articles, topics=(), said=None):
        return find_doubts(None, labels, articles, topics, progress=(said if said is not None else []).append)

    return found


@pytest.fixture
def seen(monkeypatch):
    """Let the model have seen the first so many texts."""

    def first(number):
        monkeypatch.setattr(TopicPredictor, "has_seen", lambda _, texts: np.arange(len(list(texts))) < number)

    return first


def random_doubts(rows=300):
    random = np.random.default_rng(0)
    given = random.random((rows, 5)) < 0.3
    given[:5] = np.eye(5)
    labels = [[f"t{column}" for column in np.flatnonzero(row)] for row in given]
    proba = random.random((rows, 5))
    pred = (proba > 0.6).astype(np.int8)
    return Doubts(articles_of(map(str, range(rows))), labels, [f"t{column}" for column in range(5)], proba, pred)


def test_scores_and_order_are_those_of_cleanlab():
    pytest.importorskip("cleanlab", reason="cleanlab is not installed: pip install '.[dev]'")
    from cleanlab.multilabel_classification import get_label_quality_scores

    doubts = random_doubts()
    columns = [[int(topic[1:]) for topic in row] for row in doubts.labels]
    quality = get_label_quality_scores(
        columns, doubts.loo_proba, method="self_confidence", aggregator_kwargs={"method": np.min}
    )
    np.testing.assert_array_equal(doubts.confidence.min(axis=1), quality)
    order = np.argsort(quality)
    np.testing.assert_array_equal(doubts.ranked(), order[quality[order] < 0.5])


def test_a_label_that_is_more_likely_right_than_wrong_is_not_read_again():
    proba = np.array([[0.9, 0.4], [0.4, 0.1], [0.9, 0.9]])
    doubts = Doubts(articles_of("abc"), [["x"], ["x"], ["x"]], ["x", "y"], proba, (proba > 0.5).astype(np.int8))
    assert [(task.article.text, task.topic) for task in doubts.tasks(10)] == [("c", "y"), ("b", "x")]
    assert len(doubts.tasks(1)) == 1


def test_a_task_tells_the_label_and_what_the_model_says():
    doubts = Doubts(
        articles_of(["Матч\nБыло шумно", "Дождь"]),
        [["sport", "арктика"], []],
        ["sport", "culture", "weather"],
        np.array([[0.1, 0.6, 0.7], [0, 0, 0.8]]),
        np.array([[0, 1, 1], [0, 0, 1]], np.int8),
    )
    first, second = doubts.tasks(2)
    assert (first.chosen, first.topic, first.note) == ("doubt", "sport", "Помечено: Спорт; арктика")
    assert list(first.shown.items()) == [("weather", 0.7), ("culture", 0.6)]
    assert (second.topic, second.note) == ("weather", "Помечено: Нет темы")
    table = doubts.table(2)
    assert table.loc["n0"].tolist() == ["sport", "given", 0.1, "Матч"]
    assert table.loc["n1", ["topic", "label"]].tolist() == ["weather", "not given"]


@pytest.mark.parametrize("texts_seen", [0, 46], ids=["new to the model", "known to the model"])
def test_wrong_labels_come_first(find, seen, labels, texts_seen):
    seen(texts_seen)
    sport, weather = (next(id for id, given in labels.items() if given == [topic]) for topic in ("sport", "weather"))
    labels[sport], labels[weather] = ["courts"], []
    doubted = {task.article.id: task.topic for task in find(labels, topics=TOPICS).tasks(2)}
    assert doubted.keys() == {sport, weather}
    assert doubted[weather] == "weather" and doubted[sport] in ("sport", "courts")


def test_a_label_does_not_change_what_is_said_of_it(find, seen, labels):
    seen(0)
    before = find(labels, topics=TOPICS).loo_proba
    labels["n3"] = ["courts"] if labels["n3"] != ["courts"] else ["sport"]
    after = find(labels, topics=TOPICS).loo_proba
    np.testing.assert_allclose(after[3], before[3], atol=1e-4)
    assert not np.allclose(after, before, atol=1e-4)  # but it changes what is said of others


def test_labels_that_the_model_has_seen_are_judged_by_a_model_of_the_labels_alone(find, seen, small, labels):
    seen(46)
    said = []
    doubts = find(labels, said=said)
    expected = TopicClassifier().fit(small.texts, [labels[f"n{row}"] for row in range(46)])
    assert "trained on 46 of these 46 articles" in said[0] and "Fitting 4 topics on 46 articles" in said[1]
    np.testing.assert_allclose(
        doubts.loo_proba,
        expected.loo_proba_[:, [expected.classes_.tolist().index(t) for t in doubts.classes]],
        atol=1e-4,
    )


def test_few_that_it_has_seen_are_left_out(find, seen, labels):
    seen(4)
    said = []
    doubts = find(labels, topics=TOPICS, said=said)
    assert [article.id for article in doubts.articles] == [f"n{row}" for row in range(4, 46)]
    assert said == ["articles left out because the model was trained on them, so that it repeats their labels: 4"]


def test_more_labels_than_are_fitted_at_once_go_into_a_fit(find, seen, labels, monkeypatch):
    seen(0)
    monkeypatch.setattr(doubt, "SHARD", 45)
    said = []
    find(labels, said=said)
    assert said == ["Fitting 4 topics on 46 articles"]


def test_a_model_that_does_not_tell_what_it_was_trained_on_is_told(find, labels, monkeypatch, shipped):
    silent = TopicClassifier(lexicon=shipped.lexicon).set_predictor(replace(shipped, trained_on=np.empty(0, np.int64)))
    monkeypatch.setattr(doubt, "load", lambda _: silent)
    said = []
    find(labels, topics=TOPICS, said=said)
    assert said == ["the model does not tell what it was trained on; if these labels were among it, it repeats them"]


def test_all_topics_of_the_model_are_compared(find, labels, shipped):
    said = []
    assert find(labels, said=said).classes == shipped.classes
    assert said == ["no label has 41 of the topics; if readers did not look for them, name theirs with --topic"]


def test_topics_that_the_model_lacks_are_left_out_and_told(find, labels):
    labels["n0"] = [*labels["n0"], "арктика"]
    said = []
    doubts = find(labels, topics=[*TOPICS, "арктика"], said=said)
    assert "арктика" not in doubts.classes and doubts.labels[0][-1] == "арктика"
    assert said[0] == "the model lacks арктика, which are left out; `news-topics extend` adds topics"
    with pytest.raises(UsageError, match="the model has none of these topics"):
        find(labels, topics=["арктика"])


def test_rare_topics_are_left_out_of_a_fit_and_told(find, seen, labels):
    seen(46)
    labels["n0"] = ["арктика"]
    said = []
    assert set(find(labels, said=said).classes) == set(TOPICS)
    assert said[1] == "left out, as fewer than 3 articles have the topic or lack it: арктика 1"
    with pytest.raises(UsageError, match="no topic of the labels is on enough articles"):
        find(labels, topics=["арктика"])


def test_what_cannot_be_judged_is_left_out_and_told(find, labels, articles):
    said = []
    strange = [Article("en", "Hello, world", {}, "news:47"), articles[0], Article("unread", "Матч", {}, "news:49")]
    doubts = find(labels | {"en": [], "gone": []}, [*articles, *strange], topics=TOPICS, said=said)
    assert len(doubts.articles) == len(doubts.labels) == len(doubts.loo_proba) == 46
    assert said == [
        "labels left out because no article of the archive has their id: 1 of 48",
        "articles left out because an earlier one has the same id, and gets the label: 1",
        "articles left out because they are not Russian: 1",
    ]
    with pytest.raises(UsageError, match="none is Russian"):
        find({"en": []}, strange)
    with pytest.raises(UsageError, match="do their ids agree"):
        find({"gone": []})


def test_one_label_can_be_doubted(find):
    doubts = find({"n0": ["sport"]}, topics=["sport", "sport"])
    assert doubts.classes == ["sport"] and [task.topic for task in doubts.tasks(10)] == ["sport"]


def test_an_unknown_topic_is_one_line_of_advice(find, labels):
    with pytest.raises(UsageError, match="did you mean 'sport'"):
        find(labels, topics=["Спорт"])


def test_an_indicator_leaves_other_topics_out():
    assert indicator([["b", "x"], []], ["a", "b"]).tolist() == [[0, 1], [0, 0]]
    assert indicator([], ["a"]).shape == (0, 1)
