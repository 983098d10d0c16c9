import math
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifier.data.articles import ReadOptions
from classifier.data.reading import read
from classifier.errors import UsageError
from classifier.model.attribution import explain, strongest_lemmas
from classifier.text.lemmas import lemmatize
from tests.conftest import EXAMPLES
from tests.model.conftest import hand_made

ARTICLES = [article.text for article in read([EXAMPLES / "articles"], ReadOptions())]
INTERVIEW = next(text for text in ARTICLES if "посол" in text)
HOSTILE = (
    "<b>Матч</b>\x00 & \u202eфутбол\u202c <script>alert(1)</script> Росси\u0301\u0438\u0306 https://a.b/матч \ud800"
)


def sum_up(reason):
    """Return the score of a reason from its intercept and its words."""
    return math.fsum([reason.intercept, *(word.weight for word in reason.words)])


def word_weights(predictor, text):
    return [word.weight for word in explain(predictor, text, ["спорт"]).reasons[0].words]


@pytest.mark.parametrize("text", [*ARTICLES, HOSTILE, "Матч", "и не матч, " + "а то и не то " * 30 + "футбол"])
def test_weights_and_intercept_add_up_to_the_score_of_every_topic(shipped, text):
    (scores,), (probabilities,) = shipped.score(shipped.extractor.transform([text])), shipped.predict_proba([text])
    reasons = {reason.topic: reason for reason in explain(shipped, text, shipped.classes).reasons}
    for topic, score, probability in zip(shipped.classes, scores, probabilities, strict=True):
        assert reasons[topic].score == score and reasons[topic].probability == probability
        assert sum_up(reasons[topic]) == pytest.approx(score, abs=1e-9)
        assert 1 / (1 + math.exp(-reasons[topic].log_odds)) == pytest.approx(probability)


@given(text=st.text(alphabet="матч суд погода\nА-1ё\u0301\u00ad<>&", max_size=80))
def test_they_add_up_on_any_text(small_model, text):
    for reason in small_model.explain(text, small_model.classes_).reasons:
        assert not reason.words or sum_up(reason) == pytest.approx(reason.score, abs=1e-9)


def test_a_word_has_its_share_of_the_tfidf_of_its_lemma():
    twice = 1 + np.log(2)  # frequency of матч in the text; the lead has it once
    in_text, in_lead = twice / np.hypot(twice, 1), 1 / np.sqrt(2)
    expected = [2.0 * in_text / 2 + 8.0 * in_lead, 4.0 / np.hypot(twice, 1) + 16.0 * in_lead, 2.0 * in_text / 2]
    predictor = hand_made([[2.0, 4.0], [8.0, 16.0]], lead_words=2)
    assert word_weights(predictor, "матч суд матч") == pytest.approx(expected, rel=1e-5)


def test_a_word_of_the_headline_weighs_twice_in_the_lead():
    first, second = word_weights(hand_made([[0.0, 0.0], [3.0, 0.0]], headline_words=1), "матч матч")
    assert first == pytest.approx(2 * second)


def test_a_word_has_its_shapley_share_of_a_square():
    # The article vector is (1, 1) / sqrt(2). Its projection on the axis (3, 1) is 4 / sqrt(2), three quarters from матч.
    predictor = hand_made([[0.0, 0.0], [0.0, 0.0]], axes=((0.0, 3.0), (0.0, 1.0)))
    assert word_weights(predictor, "матч суд") == pytest.approx([8 * 3 / 4, 8 * 1 / 4], abs=1e-2)


def test_a_word_has_its_share_of_the_projection_that_is_not_squared():
    predictor = hand_made([[0.0, 0.0], [0.0, 0.0]], axes=((3.0, 0.0), (1.0, 0.0)))
    assert word_weights(predictor, "матч суд") == pytest.approx([3 / np.sqrt(2), 1 / np.sqrt(2)], abs=1e-2)


def test_projections_are_measured_from_the_mean_article():
    # The sum of word vectors (1.5, 0) minus the center (0.5, 0) is (1, 0): the one word has all of the square.
    predictor = hand_made([[0.0, 0.0], [0.0, 0.0]], axes=((0.0, 2.0), (0.0, 0.0)), center=(0.5, 0.0))
    assert word_weights(predictor, "матч") == pytest.approx([4.0], abs=1e-3)
    assert word_weights(predictor, "матч матч") == pytest.approx([2.0, 2.0], abs=1e-3)


def test_words_point_at_their_forms_in_the_text(shipped):
    text = "Росси\u0301\u0438\u0306ский «вице\u2011премьер» обсу\u00adдил https://a.b/матч 📰 футбол"
    words = [(text[word.start : word.end], word.lemma) for word in explain(shipped, text).reasons[0].words]
    assert words == [
        ("Росси\u0301\u0438\u0306ский", "российский"),
        ("вице\u2011премьер", "вице-премьер"),
        ("обсу\u00adдил", "обсудить"),
        ("футбол", "футбол"),
    ]


@pytest.mark.parametrize("text", [*ARTICLES, HOSTILE])
def test_each_form_has_the_lemma_of_its_word(shipped, text):
    (reason, *_) = explain(shipped, text).reasons
    assert [word.form for word in reason.words] == [text[word.start : word.end] for word in reason.words]
    assert [lemmatize(word.form) for word in reason.words] == [[word.lemma] for word in reason.words]


def test_the_topics_of_the_text_come_first_and_then_those_asked_for(shipped):
    reasons = explain(shipped, INTERVIEW, ["armed-conflict", "diplomacy"]).reasons
    verdicts = [(reason.topic, reason.given) for reason in reasons]
    assert verdicts[:2] == [("diplomacy", True), ("defense-cooperation", True)]
    assert verdicts[-1] == ("armed-conflict", False) and all(given for _, given in verdicts[:-1])


def test_a_text_without_a_topic_gets_the_most_probable_one_explained(shipped):
    text = "Бабушка испекла пирожки"
    (reason,) = explain(shipped, text).reasons
    assert not reason.given and reason.probability == shipped.predict_proba([text]).max()


def test_a_text_without_known_words_has_no_reasons_except_those_asked_for(shipped):
    assert explain(shipped, "xyzzy").reasons == []
    (reason,) = explain(shipped, "xyzzy", ["sport"]).reasons
    assert (reason.words, reason.score, reason.probability, reason.given) == ([], -math.inf, 0, False)


def test_an_unknown_topic_is_refused_with_the_nearest_name(shipped):
    with pytest.raises(UsageError, match="no topic 'diplomasy'; did you mean 'diplomacy'"):
        explain(shipped, INTERVIEW, ["diplomasy"])
    with pytest.raises(UsageError, match="no topic 'xyzzy'; `news-topics topics` lists"):
        explain(shipped, INTERVIEW, ["xyzzy"])


def test_the_weight_of_a_strong_lemma_is_how_much_a_text_of_that_word_scores_above_the_median(shipped):
    table = strongest_lemmas(shipped, 5)
    assert list(table.columns) == ["topic", "lemma", "weight"] and len(table) == 2 * 5 * len(shipped.classes)
    scores = shipped.score(shipped.extractor.transform(table.lemma))
    table["median"] = scores[range(len(table)), [shipped.classes.index(topic) for topic in table.topic]] - table.weight
    # Some lemmas are forms of other words, and a text of a Latin word is not Russian.
    same = np.array([lemmatize(lemma) == [lemma] and not lemma.isascii() for lemma in table.lemma])
    assert same.mean() > 0.9
    assert table[same].groupby("topic")["median"].agg(np.ptp).max() < 1e-3


def test_the_strongest_lemmas_come_first_on_both_sides(shipped):
    table = strongest_lemmas(shipped, 3)
    assert set(table.lemma[table.topic == "sport"]) >= {"спорт", "спортсмен"}
    for topic, sign in product(shipped.classes, (1, -1)):
        side = table.weight[(table.topic == topic) & (table.weight * sign > 0)].abs()
        assert side.is_monotonic_decreasing and len(side) == 3


def test_asking_for_more_lemmas_than_there_are_gives_all():
    assert strongest_lemmas(hand_made([[2.0, -4.0], [8.0, -16.0]]), 50).lemma.tolist() == ["матч", "суд"]


@pytest.mark.parametrize(
    "text, also, advice", [(["матч"], (), "one text"), (None, (), "one text"), ("матч", "sport", "a list")]
)
def test_what_is_not_one_text_or_a_list_of_topics_is_refused(shipped, text, also, advice):
    with pytest.raises(UsageError, match=advice):
        explain(shipped, text, also)
