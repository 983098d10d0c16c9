"""What a contender is: a recipe with settings to choose from, which learns from a split and answers about articles."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tests.benchmarks.quality.materials import Inputs, Materials, Split

Scores = NDArray[np.float64]
Score = Callable[[Inputs], Scores | None]  # None: it cannot score articles at this length
Fit = Callable[[Materials, Split], Score]


class Answer(NamedTuple):
    """Scores of some texts and the topics they get, (texts, topics), and the cutoff of each topic, (topics,)."""

    scores: Scores
    y_pred: NDArray[np.int8]
    cutoffs: Scores


Model = Callable[[Inputs], Answer | None]


class Trial(NamedTuple):
    """Settings in words, and what fits a rival with them."""

    settings: str
    fit: Fit


class Rival(NamedTuple):
    """A rival and the settings it may choose from."""

    name: str
    trials: Sequence[Trial]
