"""Small models, and the labels of the small table as an indicator matrix."""

import numpy as np
import pytest

from classifier.model.estimator import TopicClassifier
from classifier.model.features import FeatureExtractor
from classifier.model.predictor import TopicPredictor
from classifier.text.lexicon import Lexicon


@pytest.fixture(scope="session")
def indicator(small):
    """The topics of the small table as a DataFrame of 0 and 1."""
    return small.indicator(sorted({topic for row in small.topics for topic in row}))


@pytest.fixture(scope="session")
def quick(small):
    """A classifier with the words of the small table alone, which is fitted in a moment."""
    return TopicClassifier(lexicon=Lexicon.learn(small.texts, dimensions=5, min_df=1))


PLAIN = (0.0, 1.0, 0.0)  # the curve of a score that is the log-odds


def hand_made(coef, axes=((0.0, 0.0), (0.0, 0.0)), center=(0.0, 0.0), lead_words=4, headline_words=0, curve=PLAIN):
    """Return a model of the topic спорт and the lemmas матч and суд, whose vectors are (1, 0) and (0, 1).

    The projection on the first of the two axes counts as it is, that on the second squared.
    """
    lexicon = Lexicon(["матч", "суд"], np.ones(2, np.float32), np.array([[127, 0], [0, 127]], np.int8), 1)
    return TopicPredictor.rounded(
        ["спорт"],
        FeatureExtractor(lexicon, lead_words, headline_words, np.array(center, np.float32)),
        np.array(coef)[:, :, None],
        axes=np.array(axes, np.float32)[:, :, None],
        axis_weights=np.ones((2, 1)),
        intercept=np.array([0.5]),
        curves=np.array([curve]),
        thresholds=np.array([0.5]),
    )
