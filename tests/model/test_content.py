"""What a stored model must look like: it may come from anyone."""

import numpy as np
import pytest

from classifier.errors import Error
from classifier.model.content import check_content
from classifier.model.predictor import TopicPredictor
from tests.model.conftest import hand_made

CONTENT = hand_made([[2.0, 4.0], [8.0, 16.0]]).to_content()


def changed(name, place, value):
    """Return an array of the model with one other number."""
    array = CONTENT[name].copy()
    array[place] = value
    return {name: array}


def test_the_content_of_a_model_is_accepted(shipped):
    check_content(CONTENT)
    check_content(shipped.to_content())


@pytest.mark.parametrize("name", sorted(CONTENT.keys() - {"trained_on"}))
def test_a_missing_value_is_refused(name):
    with pytest.raises(Error, match=f"the model is damaged: {name} is "):
        check_content({key: value for key, value in CONTENT.items() if key != name})


def test_a_model_need_not_know_what_it_was_trained_on():
    without = {name: value for name, value in CONTENT.items() if name != "trained_on"}
    assert not TopicPredictor.from_content(without).has_seen(["матч"]).any()


@pytest.mark.parametrize(
    "change, problem",
    [
        ({"classes": "ab"}, "classes is missing or not of type list"),
        ({"classes": []}, "its topics are not strings"),
        ({"classes": [1]}, "its topics are not strings"),
        ({"classes": ["спорт", "спорт"]}, "it has a topic twice"),
        ({"classes": ["спорт", "суд"]}, "topics, not"),
        ({"lemmas": ["матч", "суд"]}, "lemmas is missing or not of type str"),
        ({"lemmas": "матч\nматч"}, "it has a lemma twice"),
        ({"lemmas": "матч"}, "lemmas, not"),
        ({"lemmas": ""}, "lemmas, not"),
        ({"texts": 1.0}, "texts is missing or not of type int"),
        ({"lead_words": True}, "lead_words is missing or not of type int"),
        ({"headline_words": None}, "headline_words is missing or not of type int"),
        ({"texts": -1}, "negative"),
        ({"lead_words": -1}, "negative"),
        ({"headline_words": -1}, "negative"),
        ({"idf": [1.0, 1.0]}, r"idf is not an array f4 \(lemmas\)"),
        ({"idf": np.ones(2)}, "idf is not an array f4"),
        ({"idf": np.ones(2, ">f4")}, "idf is not an array f4"),
        ({"idf": np.ones((2, 1), np.float32)}, "idf is not an array f4"),
        ({"idf": np.ones(3, np.float32)}, "idf has 3 lemmas, not 2"),
        ({"vectors": np.zeros((2, 3), np.int8)}, "dimensions, not"),
        ({"distilled": np.zeros((2, 1), np.int8)}, "dimensions, not"),
        ({"distilled": np.zeros((1, 0), np.int8)}, "lemmas, not"),
        ({"distilled_scale": np.zeros(2)}, "distilled_scale is not an array f2"),
        ({"scale": np.zeros(3, np.float32)}, "scale has 3 dimensions, not 2"),
        ({"vectors": np.zeros((2, 2), np.int16)}, "vectors is not an array i1"),
        ({"center": np.zeros(3, np.float32)}, "scale has 2 dimensions, not 3"),
        (
            {
                "center": np.zeros(3, np.float32),
                "scale": np.zeros(3, np.float32),
                "axes": np.zeros((3, 2, 1), np.int16),
            },
            "center has 3 dimensions, not 2",
        ),
        ({"values": np.zeros((2, 2, 1), np.float32)}, "values is not an array i1"),
        ({"values": np.zeros((1, 2, 1), np.int8)}, "values has 1 two, not 2"),
        ({"values": np.zeros((2, 2, 2), np.int8)}, "values has 2 topics, not 1"),
        ({"value_scale": np.zeros((2, 3, 1), np.float32)}, "value_scale has 3 lemmas, not 2"),
        ({"value_scale": np.zeros((2, 2, 0), np.float32)}, "a topic belongs to no part of the weights"),
        ({"value_scale": np.zeros((2, 2, 9), np.float32)}, "its weights have more parts than topics"),
        (changed("part", 0, 1), "a topic belongs to no part of the weights"),
        (changed("part", 0, -1), "a topic belongs to no part of the weights"),
        ({"form_buckets": np.zeros(5, np.uint16)}, "form_buckets has 5 buckets, not 65536"),
        (changed("form_buckets", 0, 60_000), "its word forms are not as many as said"),
        ({"form_rests": CONTENT["form_rests"][1:]}, "forms, not"),
        ({"form_columns": np.zeros((len(CONTENT["form_rests"]), 5), np.uint8)}, "numbers of one to four bytes"),
        (changed("form_columns", 0, 3), "a word form belongs to no lemma"),
        ({"form_salt": 1 << 32}, "the salt of its word forms is too large"),
        ({"axes": np.zeros((2, 3, 1), np.int16)}, "axes, not"),
        ({"axes": np.zeros((2, 2, 1))}, "axes is not an array i2"),
        (
            {"axes": np.zeros((2, 0, 1), np.int16), "axis_weights": np.zeros((0, 1), np.float32)},
            "it has no axes",
        ),
        ({"axis_weights": np.ones((2, 2), np.float32)}, "axis_weights has 2 topics, not 1"),
        ({"axis_weights": np.ones(2)}, "axis_weights is not an array f4"),
        (
            {
                "vectors": np.zeros((2, 10_001), np.int8),
                **{name: np.zeros(10_001, np.float32) for name in ("center", "scale")},
                "axes": np.zeros((10_001, 2, 1), np.int16),
            },
            "it has more than 10,000 dimensions",
        ),
        ({"curves": np.ones((1, 2))}, "curves has 2 three, not 3"),
        (changed("curves", (0, 1), 0.0), "a calibration curve does not rise"),
        (changed("curves", (0, 2), -1.0), "a calibration curve does not rise"),
        ({"intercept": np.zeros(2)}, "intercept has 2 topics, not 1"),
        ({"thresholds": np.array("0.5")}, "thresholds is not an array f8"),
        (changed("idf", 0, 0), "an inverse document frequency is not positive"),
        (changed("idf", 1, -1), "an inverse document frequency is not positive"),
        (changed("thresholds", 0, 1.01), "a threshold is not between 0 and 1"),
        (changed("thresholds", 0, -0.01), "a threshold is not between 0 and 1"),
        *(
            (changed(name, (0,) * CONTENT[name].ndim, value), f"{name} holds infinity or NaN")
            for name in ("idf", "center", "scale", "value_scale", "axis_weights", "intercept", "curves", "thresholds")
            for value in (np.inf, -np.inf, np.nan)
        ),
        *(
            (changed(name, (0,) * CONTENT[name].ndim, -2e6), f"{name} holds a number over 1,000,000")
            for name in ("center", "axis_weights", "intercept")
        ),
        ({"classes": [*CONTENT["classes"][1:], " "]}, "a topic has no name"),
        ({"classes": [*CONTENT["classes"][1:], "\ud800"]}, "a name is not valid Unicode"),
        *(({"trained_on": value}, "trained_on is not an array i8") for value in ([], np.ones(2), np.ones((1, 1), int))),
        (changed("idf", 0, 1e-30), "an inverse document frequency is not positive"),
    ],
)
def test_content_that_is_not_a_model_is_refused(change, problem):
    with pytest.raises(Error, match=f"the model is damaged: .*{problem}"):
        TopicPredictor.from_content({**CONTENT, **change})
