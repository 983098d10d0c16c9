import pytest

from classifier.model.estimator import TopicClassifier


@pytest.fixture(scope="session")
def single_topic(small):
    """A model that knows only one topic."""
    return TopicClassifier().fit(small.texts, small.indicator(["спорт"]))
