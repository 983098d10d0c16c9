import json

import numpy as np
import pytest
from rich.console import Console

from classifier.model.attribution import explain
from classifier.model.explanation import Explanation, Reason, Word
from tests.model.test_attribution import ARTICLES, HOSTILE, INTERVIEW


def test_the_summary_says_how_the_words_give_the_score_and_the_decision():
    words = [Word(0, 4, "Матч", "матч", 2.0), Word(5, 8, "суд", "суд", -0.5)]
    given = Reason("sport", words, intercept=-1.0, score=0.5, log_odds=0.4, probability=0.599, threshold=0.4)
    assert given.summary() == (
        "Score 0.50: −1.00 without any word, +2.00 from words for the topic, −0.50 from words against it. "
        "For this topic and a text of 2 known words, that means log-odds of 0.40, a probability of 0.599, "
        "which reaches the threshold of 0.400."
    )
    refused = Reason("sport", words, intercept=-1.0, score=0.5, log_odds=0.4, probability=0.599, threshold=0.7)
    assert refused.summary().endswith("of 0.599, which is below the threshold of 0.700.")
    assert given.given and not refused.given


def test_a_text_that_cannot_be_judged_is_called_not_russian_enough(shipped):
    asked = explain(shipped, "xyzzy", ["sport"])
    assert "not Russian enough" in asked.reasons[0].summary()
    assert json.loads(json.dumps(asked.to_dict()))["topics"][0]["score"] is None
    nothing = explain(shipped, "xyzzy")
    assert "not Russian enough" in nothing.html("en")
    assert repr(nothing) == "<Explanation of no topic>"


def test_lemmas_gather_the_forms_of_a_word(shipped):
    explanation = explain(shipped, "Посол прибыл. Посла встретили, послу рады. ПОСЛА ждут")
    (diplomat,) = [lemma for lemma in explanation.reasons[0].lemmas() if lemma.lemma == "посол"]
    assert (diplomat.forms, diplomat.times) == (["Посол", "Посла", "послу"], 4)
    assert str(diplomat).startswith("Посол ×4 +")


@pytest.mark.parametrize("number", [1, 2, 12])
def test_sides_are_the_strongest_lemmas_for_and_against(number):
    weights = {"а": 1.0, "б": -2.0, "в": 3.0, "г": -0.5}
    reason = Reason(
        "sport", [Word(0, 1, form, form, weight) for form, weight in weights.items()], 0, 1.5, 1.5, 0.8, 0.5
    )
    sides = {side: [lemma.lemma for lemma in lemmas] for side, lemmas in reason.sides(number).items()}
    assert sides == {"for": ["в", "а"][:number], "against": ["б", "г"][:number]}


def test_levels_compare_each_word_with_the_strongest():
    reason = Reason("sport", [Word(0, 1, "а", "а", w) for w in (10, -7, 4, -1.5, 0.5)], 0, 6, 6, 0.9, 0.5)
    assert reason.levels() == [3, -3, 2, -1, 0]
    weak = Reason("sport", [Word(0, 1, "а", "а", 0.2)], 0, 0.2, 0.2, 0.5, 0.5)
    assert weak.levels() == [1]  # where all words are weak, none is shown as strong


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
    assert list(frame.columns) == ["topic", "start", "end", "form", "lemma", "weight"]
    assert frame.groupby("topic").weight.sum().to_dict() == pytest.approx(
        {reason.topic: reason.score - reason.intercept for reason in explanation.reasons}
    )
    assert (frame.form == [INTERVIEW[start:end] for start, end in zip(frame.start, frame.end, strict=True)]).all()
    assert list(Explanation("", []).to_frame().columns) == list(frame.columns)


def test_a_dict_holds_the_numbers_of_each_reason(shipped):
    explanation = explain(shipped, INTERVIEW)
    for reason, topic in zip(explanation.reasons, explanation.to_dict()["topics"], strict=True):
        assert topic["words"][0] == reason.words[0]._asdict()
        for name in ("given", "probability", "threshold", "score", "intercept"):
            assert topic[name] == getattr(reason, name)


def test_a_terminal_shows_the_text_and_no_control_characters(shipped):
    console = Console(record=True, width=200)
    with console.capture() as shown:
        console.print(explain(shipped, HOSTILE, ["sport"]))
    assert "Спорт" in shown.get() and "футбол" in shown.get()
    assert not {"\x00", "\u202e", "\ud800"} & set(shown.get())
