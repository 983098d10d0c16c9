import pickle
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from classifier.articles import Article, read
from classifier.lemmas import MEMO
from classifier.store import save
from classifier.tagging import tag, tag_batch
from tests.conftest import EXAMPLES

TEXTS = [article.text for article in read([EXAMPLES / "articles"])]


@pytest.fixture
def articles(small):
    return [Article(str(number), text, {}, "") for number, text in enumerate(small.texts)]


def test_topics_of_tagged_articles_are_those_of_the_model(small_model, small, articles):
    tagged = tag_batch(small_model.tagger_, articles)
    assert [one.article for one in tagged] == articles
    assert [list(one.topics) for one in tagged] == small_model.topics(small.texts)
    for one, row in zip(tagged, small_model.predict_proba(small.texts), strict=True):
        assert one.probabilities == dict(zip(small_model.classes_, row, strict=True))
        assert one.topics.items() <= one.probabilities.items()


@pytest.mark.parametrize("least", [0.05, 0.5, 0.99])
def test_a_least_probability_replaces_the_thresholds(small_model, articles, least):
    for one in tag_batch(small_model.tagger_, articles, least):
        assert one.topics == {topic: value for topic, value in one.probabilities.items() if value >= least}


def test_any_number_of_processes_gives_the_same_in_the_same_order(tmp_path, small_model, articles):
    save(small_model.tagger_, tmp_path / "model", {}, "")
    one, two = ([batch for batch in tag(tmp_path / "model", articles * 60, jobs, trust=True)] for jobs in (1, 2))
    assert len(one) == 3 and one == two


def test_threads_that_share_a_model_get_what_one_gets(shipped, monkeypatch):
    """Their memo, which is cold at first and full again and again, is one as well, and pymorphy3's analyzer."""
    texts = [f"{text} {word}" for text in TEXTS for word in ("посол", "матчами", "судью", "забастовщиками")]
    alone = shipped.predict_proba(texts)
    monkeypatch.setattr("classifier.lemmas.FORMS", 50)
    monkeypatch.setattr("classifier.vocabulary.FORMS", 50)
    MEMO.clear()
    fresh = pickle.loads(pickle.dumps(shipped))  # its table is empty
    with ThreadPoolExecutor(8) as threads:
        for together in threads.map(fresh.predict_proba, [texts] * 24):
            np.testing.assert_array_equal(together, alone)


def test_articles_are_read_as_they_are_needed(tmp_path, small_model, articles):
    save(small_model.tagger_, tmp_path / "model", {}, "")
    source = iter(articles * 60)
    next(iter(tag(tmp_path / "model", source, trust=True)))
    assert len(list(source)) == 46 * 60 - 1000
