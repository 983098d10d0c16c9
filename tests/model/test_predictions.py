"""`Predictions.columns`: the same as what one says of each text by itself, whatever stands in the arrays."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from classifier.model.predictions import NOTES, ORIGINS, Predictions

TOPICS = 5


@st.composite
def predictions(draw):
    """Some texts, with equal probabilities, topics that the model does not have, notes and origins."""
    number = draw(st.integers(0, 6))
    random = np.random.default_rng(draw(st.integers(0, 1 << 30)))
    probabilities = random.choice([0, 0.123449, 0.12345, 0.5, 0.99999, 1], (number, TOPICS))
    probabilities[:, random.random(TOPICS) < 0.2] = np.nan
    given = random.integers(0, 2, (number, TOPICS)).astype(np.int8)
    origins = random.integers(0, len(ORIGINS), (number, TOPICS)).astype(np.int8) if draw(st.booleans()) else None
    notes = [NOTES[place] for place in random.integers(0, len(NOTES), number)]
    return Predictions([f"t{topic}" for topic in range(TOPICS)], probabilities, given, notes, origins)


@given(predictions(), st.sampled_from([None, 4]))
def test_the_answer_to_a_text_does_not_depend_on_the_others(said, digits):
    columns = said.columns(digits=digits)
    for row in range(len(said)):
        probabilities = np.nan_to_num(said.probabilities[row], nan=-1)
        topics = sorted(np.flatnonzero(said.y_pred[row]).tolist(), key=lambda topic: -probabilities[topic])
        assert columns["topics"][row] == [said.classes[topic] for topic in topics]
        exact = [said.probability(row, topic) for topic in topics]
        rounded = [None if value is None else float(np.round(value, 4)) for value in exact]
        assert columns["probabilities"][row] == (exact if digits is None else rounded)
        if said.origins is not None:
            assert columns["origins"][row] == [said.origin(row, topic) for topic in topics]
