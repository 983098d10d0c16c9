import json
import math
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifier.articles import read
from classifier.errors import UsageError
from classifier.explain import explain, words
from classifier.features import ArticleFeatures
from classifier.lemmas import lemmas
from classifier.lexicon import Lexicon
from classifier.tagger import Tagger
from tests.conftest import EXAMPLES

ARTICLES = [article.text for article in read([EXAMPLES / "articles"])]
INTERVIEW = next(text for text in ARTICLES if "посол" in text)
HOSTILE = (
    "<b>Матч</b>\x00 & \u202eфутбол\u202c <script>alert(1)</script> Росси\u0301\u0438\u0306 https://a.b/матч \ud800"
)


def replayed(reason):
    """The score of a reason, from what it says."""
    return math.fsum([reason.intercept, *(word.weight for word in reason.words)])


def hand_made(coef, axes=((0.0,), (0.0,)), center=(0.0, 0.0), words=4, headline=0):
    """A tagger of one topic and the lemmas матч and суд, whose vectors are (1, 0) and (0, 1)."""
    lexicon = Lexicon(["матч", "суд"], np.ones(2, np.float32), np.array([[127, 0], [0, 127]], np.int8), 1)
    features = ArticleFeatures(lexicon, words, headline, np.array(center, np.float32))
    return Tagger.rounded(
        ["спорт"],
        features,
        np.array(coef)[:, :, None],
        np.array(axes)[:, :, None],
        np.ones((1, 1)),
        np.array([0.5]),
        np.array([0.5]),
    )


def weights(tagger, text):
    return [word.weight for word in explain(tagger, text, ["спорт"]).reasons[0].words]


@pytest.mark.parametrize("text", [*ARTICLES, HOSTILE, "Матч", "и не матч, " + "а то и не то " * 30 + "футбол"])
def test_weights_and_intercept_add_up_to_the_score_of_every_topic(shipped, text):
    (scores,), (probabilities,) = shipped.decision_function([text]), shipped.predict_proba([text])
    reasons = {reason.topic: reason for reason in explain(shipped, text, shipped.classes).reasons}
    for topic, score, probability in zip(shipped.classes, scores, probabilities, strict=True):
        assert reasons[topic].score == score and reasons[topic].probability == probability
        assert replayed(reasons[topic]) == pytest.approx(score, abs=1e-9)


@given(text=st.text(alphabet="матч суд погода\nА-1ё\u0301\u00ad<>&", max_size=80))
def test_they_add_up_on_any_text(small_model, text):
    for reason in small_model.explain(text, small_model.classes_).reasons:
        assert not reason.words or replayed(reason) == pytest.approx(reason.score, abs=1e-9)


def test_a_word_weighs_its_share_of_tfidf_by_hand():
    first = 1 + np.log(2)  # TF of матч, twice in the text; its opening has it once
    whole, opening = first / np.hypot(first, 1), 1 / np.sqrt(2)
    expected = [2.0 * whole / 2 + 8.0 * opening, 4.0 / np.hypot(first, 1) + 16.0 * opening, 2.0 * whole / 2]
    tagger = hand_made([[2.0, 4.0], [8.0, 16.0]], words=2)
    assert weights(tagger, "матч суд матч") == pytest.approx(expected, abs=1e-5)


def test_a_word_of_the_headline_weighs_twice_in_the_opening():
    once, again = weights(hand_made([[0.0, 0.0], [3.0, 0.0]], headline=1), "матч матч")
    assert once == pytest.approx(2 * again)


def test_a_word_has_its_shapley_share_of_a_square_by_hand():
    # The article lies at (1, 1) / sqrt(2); along the axis (3, 1) its extent is 4 / sqrt(2), of which матч adds 3 parts.
    tagger = hand_made([[0.0, 0.0], [0.0, 0.0]], axes=((3.0,), (1.0,)))
    assert weights(tagger, "матч суд") == pytest.approx([8 * 3 / 4, 8 * 1 / 4], abs=1e-2)


def test_extents_are_measured_from_the_mean_article():
    # Less the mean article (0.5, 0) the means (1, 0) leave (0.5, 0): the one word has all of the square.
    tagger = hand_made([[0.0, 0.0], [0.0, 0.0]], axes=((2.0,), (0.0,)), center=(0.5, 0.0))
    assert weights(tagger, "матч") == pytest.approx([4.0], abs=1e-3)
    assert weights(tagger, "матч матч") == pytest.approx([2.0, 2.0], abs=1e-3)


def test_words_point_at_their_forms_in_the_text(shipped):
    text = "Росси\u0301\u0438\u0306ский «вице\u2011премьер» обсу\u00adдил https://a.b/матч 📰 футбол"
    found = [(text[word.start : word.end], word.lemma) for word in explain(shipped, text).reasons[0].words]
    assert found == [
        ("Росси\u0301\u0438\u0306ский", "российский"),
        ("вице\u2011премьер", "вице-премьер"),
        ("обсу\u00adдил", "обсудить"),
        ("футбол", "футбол"),
    ]


@pytest.mark.parametrize("text", [*ARTICLES, HOSTILE])
def test_each_form_alone_has_the_lemma_told(shipped, text):
    (reason, *_) = explain(shipped, text).reasons
    assert [lemmas(text[word.start : word.end]) for word in reason.words] == [[word.lemma] for word in reason.words]


def test_given_topics_come_first_and_then_those_asked_for(shipped):
    reasons = explain(shipped, INTERVIEW, ["armed-conflict", "diplomacy"]).reasons
    assert [(reason.topic, reason.given) for reason in reasons] == [
        ("diplomacy", True),
        ("defense-cooperation", True),
        ("armed-conflict", False),
    ]


def test_a_text_without_a_topic_is_told_the_nearest(shipped):
    text = "Бабушка испекла пирожки"
    (reason,) = explain(shipped, text).reasons
    assert not reason.given and reason.probability == shipped.predict_proba([text]).max()


def test_a_text_without_known_words_has_no_reasons_but_those_asked_for(shipped):
    assert explain(shipped, "xyzzy").reasons == []
    (reason,) = explain(shipped, "xyzzy", ["sport"]).reasons
    assert (reason.words, reason.probability, reason.given) == ([], 0, False)
    assert "not Russian enough" in reason.account()
    assert json.loads(json.dumps(explain(shipped, "xyzzy", ["sport"]).to_dict()))["topics"][0]["score"] is None


def test_an_unknown_topic_is_refused_with_the_nearest_name(shipped):
    with pytest.raises(UsageError, match="no topic 'diplomasy'; did you mean 'diplomacy'"):
        explain(shipped, INTERVIEW, ["diplomasy"])


def test_the_account_tells_the_numbers(shipped):
    reason = explain(shipped, INTERVIEW, ["armed-conflict"]).reasons[-1]
    account = reason.account()
    assert f": {reason.score:.2f}." in account and f"= {reason.probability:.3f}" in account
    assert f"misses the topic's threshold of {reason.threshold:.3f}" in account


def test_lemmas_gather_the_forms_of_a_word(shipped):
    explanation = explain(shipped, "Посол прибыл. Посла встретили, послу рады. ПОСЛА ждут")
    (diplomat,) = [lemma for lemma in explanation.reasons[0].lemmas() if lemma.lemma == "посол"]
    assert (diplomat.forms, diplomat.times) == (["Посол", "Посла", "послу"], 4)
    assert str(diplomat).startswith("Посол ×4 +")


@pytest.mark.parametrize("text", [*ARTICLES, HOSTILE])
def test_pieces_are_the_text_and_the_strongest_words_are_marked(shipped, text):
    explanation = explain(shipped, text, ["sport", "culture"])
    for reason in explanation.reasons:
        pieces = list(explanation.pieces(reason))
        assert "".join(piece for piece, _ in pieces) == text
        strongest = max(reason.words, key=lambda word: abs(word.weight))
        if abs(strongest.weight) > 1:
            assert (strongest.form, 3 * int(np.sign(strongest.weight))) in pieces


def test_a_frame_has_a_row_for_each_topic_and_word(shipped):
    explanation = explain(shipped, INTERVIEW)
    frame = explanation.to_frame()
    assert frame.groupby("topic").weight.sum().to_dict() == pytest.approx(
        {reason.topic: reason.score - reason.intercept for reason in explanation.reasons}
    )
    assert (frame.form == [INTERVIEW[start:end] for start, end in zip(frame.start, frame.end, strict=True)]).all()


def test_the_words_of_a_topic_are_what_texts_of_one_word_add(shipped):
    table = words(shipped, 5)
    assert list(table.columns) == ["topic", "lemma", "weight"] and len(table) == 2 * 5 * len(shipped.classes)
    scores = shipped.decision_function(table.lemma) - shipped.intercept
    told = [scores[row, shipped.classes.index(topic)] for row, topic in enumerate(table.topic)]
    # Some lemmas are forms of other words, and a text of a Latin one is not Russian.
    same = np.array([lemmas(lemma) == [lemma] and not lemma.isascii() for lemma in table.lemma])
    assert same.mean() > 0.95 and np.array(told)[same] == pytest.approx(table.weight[same], abs=1e-3)


def test_the_strongest_words_come_first_on_both_sides(shipped):
    table = words(shipped, 3)
    assert set(table.lemma[table.topic == "sport"]) >= {"спорт", "спортсмен"}
    for topic, sign in product(shipped.classes, (1, -1)):
        side = table.weight[(table.topic == topic) & (table.weight * sign > 0)].abs()
        assert side.is_monotonic_decreasing and len(side) == 3


def test_fewer_words_than_asked_for_are_no_error():
    assert words(hand_made([[2.0, -4.0], [8.0, -16.0]]), 50).lemma.tolist() == ["матч", "суд"]
