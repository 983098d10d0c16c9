import numpy as np
import pandas as pd
import pytest

from classifier.comparison import compare, left_out
from classifier.comparison.left_out import News, reference
from classifier.comparison.measures import MEASURES
from classifier.model.estimator import TopicClassifier
from classifier.text.lexicon import Lexicon

OUTLETS = ["один", "два", "три"]


@pytest.fixture(scope="module")
def news(small):
    """The example table, an outlet for every third article."""
    return News(small.texts, [OUTLETS[row % 3] for row in range(len(small.texts))])


@pytest.fixture(scope="module")
def fitted(small, news):
    return TopicClassifier().fit(small.texts, small.topics, groups=news.sources)


@pytest.fixture
def few(monkeypatch):
    """Let outlets of few texts be measured."""
    monkeypatch.setattr(left_out, "MIN_TEXTS", 10)


def test_an_outlet_is_measured_as_by_a_model_that_has_not_seen_it(few, small, news, fitted):
    found = reference(fitted, news)
    assert list(found) == sorted(OUTLETS)
    for outlet in OUTLETS:
        is_outlet = np.array(news.sources) == outlet
        seen = np.flatnonzero(~is_outlet)
        other = TopicClassifier().fit(
            [small.texts[row] for row in seen], [small.topics[row] for row in seen], [news.sources[row] for row in seen]
        )
        frame = pd.DataFrame({"text": [small.texts[row] for row in np.flatnonzero(is_outlet)]})
        expected = compare(frame, other).measures.archive
        assert found[outlet]["articles"] == is_outlet.sum()
        for measure, tolerance in {"no_topic": 0.07, "margin": 1, "expected_precision": 0.05, "words": 0.01}.items():
            # Not exactly: curves are set on scores of models that know the outlet, and the center is that of all texts.
            assert found[outlet][measure] == pytest.approx(expected[measure], abs=tolerance), measure


def test_every_measure_is_told(few, news, fitted):
    assert all(row.keys() == {"articles", "precision", *MEASURES} for row in reference(fitted, news).values())


def test_precision_is_the_share_of_topics_given_that_people_gave_too(few, small, news, fitted):
    precise = {outlet: row["precision"] for outlet, row in reference(fitted, news).items()}
    assert all(0.7 < precision <= 1 for precision in precise.values())
    fitted.left_out_.y_true[np.array(news.sources) == "один"] ^= 1  # now all topics given there are wrong
    try:
        assert reference(fitted, news)["один"]["precision"] == pytest.approx(1 - precise["один"], abs=1e-3)
    finally:
        fitted.left_out_.y_true[np.array(news.sources) == "один"] ^= 1


def test_only_articles_that_chance_chose_are_measured(few, news, fitted):
    at_random = [row for row in range(46) if row < 31]
    assert [row["articles"] for row in reference(fitted, news, at_random=at_random).values()] == [10, 11, 10]


def test_where_chance_chose_too_few_all_are_measured(few, news, fitted):
    assert reference(fitted, news, at_random=[0, 1, 2]) == reference(fitted, news)


def test_fewer_than_three_outlets_are_no_reference(news, fitted):
    assert reference(fitted, news) == {}  # each has fewer than 100 texts


def test_texts_of_no_known_outlet_are_not_measured(few, small, news):
    sources = [source if row < 40 else "" for row, source in enumerate(news.sources)]
    fitted = TopicClassifier().fit(small.texts, small.topics, groups=sources)
    assert sum(row["articles"] for row in reference(fitted, News(small.texts, sources)).values()) == 40


def test_a_topic_of_one_outlet_alone_is_none_that_a_model_without_it_has(few, small, news):
    topics = [
        [*row, "свое"] if source == "один" else row for row, source in zip(small.topics, news.sources, strict=True)
    ]
    fitted = TopicClassifier().fit(small.texts, topics, groups=news.sources)
    assert reference(fitted, news)["один"]["margin"] < reference(fitted, news)["два"]["margin"] + 9


def test_a_word_that_only_one_outlet_has_is_unknown_without_it(few, small, news):
    own = [
        f"{text} абырвалг" if source == "один" else text for text, source in zip(news.texts, news.sources, strict=True)
    ]
    everywhere = [f"{text} абырвалг" for text in news.texts]
    unknown = {}
    for name, texts in {"own": own, "everywhere": everywhere}.items():
        fitted = TopicClassifier(lexicon=Lexicon.learn(texts, dimensions=8, min_df=2)).fit(
            texts, small.topics, groups=news.sources
        )
        unknown[name] = reference(fitted, News(texts, news.sources), lexicon_from=News(texts, news.sources))
    one, other = (unknown[name]["один"]["unknown_words"] for name in ("own", "everywhere"))
    assert one > other
    words = np.mean([unknown["own"]["один"]["words"]])
    assert one - other == pytest.approx(1 / words, abs=0.002)  # one word of each article


def test_words_of_a_lexicon_from_elsewhere_stay_known(few, news, fitted, shipped):
    found = reference(fitted, news)["один"]["unknown_words"]
    frame = pd.DataFrame({"text": [t for t, s in zip(news.texts, news.sources, strict=True) if s == "один"]})
    assert found == pytest.approx(compare(frame, shipped, reference={}).measures.archive["unknown_words"], abs=0.01)
