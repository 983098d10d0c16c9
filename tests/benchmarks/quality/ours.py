"""Ours, with its defaults: nothing of it is tuned on `dev`."""

import numpy as np

from classifier import Lexicon, TopicClassifier
from classifier.model.distillation import distill
from tests.benchmarks.quality.contenders import Answer, Model
from tests.benchmarks.quality.encoders import read_e5
from tests.benchmarks.quality.materials import Inputs, Materials, Split

OURS = "ours"
SHARES = {f"ours, 1/{part} of the labels": 1 / part for part in (8, 4, 2)}


def ours(news: Materials, split: Split) -> Model:
    """Fit our classifier with its defaults."""
    return model_of(fit(news, split))


def fit(news: Materials, split: Split) -> TopicClassifier:
    """Return our fitted classifier."""
    model = TopicClassifier(lexicon=distilled(news, split.outlet))
    groups = news.news.outlet.to_numpy()[split.fit]
    return model.fit(news.texts_of(split.fit), news.y_true[split.fit], groups=groups)


def distilled(news: Materials, outlet: str | None) -> Lexicon:
    """Return word vectors that an encoder has taught, from articles that are free; they are learned once."""
    if outlet not in news.distilled:
        free = news.free(outlet)
        ids, encoded = read_e5(free.index)
        texts = free.text.loc[ids].tolist()
        news.distilled[outlet] = distill(news.lexicon(outlet), texts, encoded)
    return news.distilled[outlet]


def model_of(model: TopicClassifier) -> Model:
    """Return our fitted classifier as a contender."""

    def answer(inputs: Inputs) -> Answer:
        return Answer(model.predict_proba(inputs.texts), model.predict(inputs.texts), model.predictor_.thresholds)

    return answer


def part_of(split: Split, share: float) -> Split:
    """Return a split with fewer articles to fit; a smaller share is a part of a larger one."""
    order = np.random.RandomState(0).permutation(split.fit)
    return split._replace(fit=np.sort(order[: round(len(order) * share)]))
