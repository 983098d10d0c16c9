import numpy as np
import pytest

from classifier.data.articles import Notice
from classifier.errors import UsageError
from classifier.evaluation.metrics import by_topic
from classifier.evaluation.results import Results, evaluate


def test_a_text_is_predicted_the_topics_whose_probability_reaches_the_threshold():
    probabilities = np.array([[0.9, 0.1], [0.5, 0.6]])
    results = Results(["a", "b"], np.array([[1, 0], [0, 1]]), probabilities, np.array([0.5, 0.7]))
    assert results.y_pred.tolist() == [[1, 0], [1, 0]]
    assert results.scores().equals(by_topic(results.y_true, results.y_pred, probabilities, ["a", "b"]))


def test_a_model_is_evaluated_on_a_labelled_corpus(small, small_model):
    results = evaluate(small_model.predictor_, small)
    assert results.topics == small_model.classes_.tolist()
    np.testing.assert_array_equal(results.y_true, small.indicator(results.topics))
    np.testing.assert_array_equal(results.y_pred, small_model.predict(small.texts))


def test_topics_that_the_model_does_not_know_are_named_and_ignored(small, small_model):
    corpus = small._replace(topics=[[*row, "новое"] for row in small.topics])
    with pytest.warns(Notice, match="ignored.*: новое"):
        scores = evaluate(small_model.predictor_, corpus).scores()
    assert scores.equals(evaluate(small_model.predictor_, small).scores())


def test_a_corpus_without_a_known_topic_is_refused(small, small_model):
    corpus = small._replace(topics=[["новое"] for _ in small.topics])
    with pytest.warns(Notice), pytest.raises(UsageError, match="no article has a topic that the model knows"):
        evaluate(small_model.predictor_, corpus)


def test_a_model_of_a_single_topic_can_be_evaluated(small, single_topic):
    results = evaluate(
        single_topic.predictor_, small._replace(topics=[["спорт"] if "спорт" in row else [] for row in small.topics])
    )
    assert results.y_pred.shape == (46, 1)
    assert list(results.scores().index) == ["спорт", "micro", "macro", "samples"]
