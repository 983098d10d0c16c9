"""Articles to tagged articles: what `news-topics predict` does between reading and writing."""

from collections.abc import Iterable, Iterator
from functools import cache, partial
from pathlib import Path
from typing import NamedTuple

import numpy as np

from classifier import thresholds
from classifier.articles import Article, batches
from classifier.lemmas import lemmas
from classifier.store import load_tagger
from classifier.tagger import Tagger, probability


class Tagged(NamedTuple):
    """An article, its topics with their probabilities, most probable first, and the probability of every topic.

    `note` says why an article could not be judged: ``not Russian``, or ``no words``.
    """

    article: Article
    topics: dict[str, float]
    probabilities: dict[str, float]
    note: str = ""


def tag(
    model: Path | None,
    articles: Iterable[Article],
    jobs: int = 1,
    min_probability: float | None = None,
    *,
    trust: bool = False,
) -> Iterator[list[Tagged]]:
    """Tag articles batch by batch, in their order; memory does not grow with their number.

    Parameters
    ----------
    model
        Model folder; None: the shipped model. It is loaded before the first article is asked for.
    articles
        Any iterable.
    jobs
        Processes among which batches are shared out. Each loads the model once and keeps its memo of word forms.
    min_probability
        As of `tag_batch`.
    trust
        As of `store.load_tagger`.
    """
    tagger = _loaded(model, trust)
    if jobs == 1:
        return (tag_batch(tagger, batch, min_probability) for batch in batches(articles))
    from classifier.processes import shared_out

    return shared_out(partial(_tag_elsewhere, model, trust, min_probability), batches(articles), jobs)


def tag_batch(tagger: Tagger, articles: list[Article], min_probability: float | None = None) -> list[Tagged]:
    """Tag some articles: with topics that reach `min_probability`, if given, or else each its own threshold."""
    found = tagger.features.transform([article.text for article in articles])
    probabilities = probability(tagger.score(found))
    cuts = tagger.thresholds if min_probability is None else np.full(len(tagger.classes), min_probability)
    rows = thresholds.ranked(probabilities, cuts)
    scores = [dict(zip(tagger.classes, row, strict=True)) for row in probabilities.tolist()]
    return [
        Tagged(article, {topic: every[topic] for topic in map(tagger.classes.__getitem__, row)}, every, note)
        for article, row, every, note in zip(articles, rows, scores, map(_note, articles, found.russian), strict=True)
    ]


def _note(article: Article, russian: bool) -> str:
    if russian:
        return ""
    return "not Russian" if lemmas(article.text) else "no words"


def _tag_elsewhere(
    model: Path | None, trust: bool, min_probability: float | None, articles: list[Article]
) -> list[Tagged]:
    return tag_batch(_loaded(model, trust), articles, min_probability)


@cache
def _loaded(model: Path | None, trust: bool) -> Tagger:
    """The model of this process."""
    return load_tagger(model, trust=trust)
