"""Articles to tagged batches: in order, in one process or several, and read only when they are needed."""

import pickle
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from classifier.data.articles import BATCH, Article
from classifier.data.reading import read
from classifier.tagging.batches import tag_articles, tag_batch
from classifier.text.lemmas import MEMO
from tests.conftest import EXAMPLES


@pytest.fixture
def articles(small):
    return [Article(str(number), text, {}, "") for number, text in enumerate(small.texts)]


def test_the_answers_are_those_of_the_model(small_model, small, articles):
    tagged = tag_batch(small_model.predictor_, articles)
    assert tagged.articles == articles and len(tagged) == 46 and tagged.unjudged == 0
    assert tagged.predictions.columns()["topics"] == small_model.topics(small.texts)
    np.testing.assert_array_equal(tagged.predictions.probabilities, small_model.predict_proba(small.texts))


def test_articles_that_are_not_russian_are_counted(small_model):
    articles = [Article("1", text, {}, "") for text in ("Хоккейный матч", "Hello, world", "")]
    assert tag_batch(small_model.predictor_, articles).unjudged == 2


@pytest.mark.parametrize("least", [0.05, 0.5, 0.99])
def test_a_least_probability_replaces_the_thresholds(small_model, articles, least):
    predictions = tag_batch(small_model.predictor_, articles, least).predictions
    np.testing.assert_array_equal(predictions.y_pred, predictions.probabilities >= least)


def test_any_number_of_processes_gives_the_same_batches_in_the_same_order(folder, articles):
    one, two = (list(tag_articles(folder, articles * 60, jobs, mode=0.4)) for jobs in (1, 2))
    assert [len(batch) for batch in one] == [BATCH, BATCH, 760]
    for batch, same in zip(one, two, strict=True):
        assert batch.articles == same.articles
        assert batch.predictions.columns(all_topics=True) == same.predictions.columns(all_topics=True)


def test_articles_are_read_when_they_are_needed(folder, articles):
    source = iter(articles * 60)
    next(iter(tag_articles(folder, source)))
    assert len(list(source)) == 46 * 60 - BATCH


def test_threads_that_share_a_model_get_the_answers_of_one_thread(shipped, monkeypatch):
    """They share pymorphy3's analyzer too, and a memo that is empty at first and is often emptied later."""
    articles = [article.text for article in read([EXAMPLES / "articles"])]
    texts = [f"{text} {word}" for text in articles for word in ("посол", "матчами", "судью", "забастовщиками")]
    expected = shipped.predict_proba(texts)
    for module in ("lemmas", "vocabulary"):
        monkeypatch.setattr(f"classifier.text.{module}.MEMO_SIZE", 50)
    MEMO.clear()
    fresh = pickle.loads(pickle.dumps(shipped))  # its table of word forms is empty
    with ThreadPoolExecutor(8) as threads:
        for probabilities in threads.map(fresh.predict_proba, [texts] * 24):
            np.testing.assert_array_equal(probabilities, expected)
