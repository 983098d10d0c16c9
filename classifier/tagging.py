"""Articles to tagged articles: what `news-topics predict` does between reading and writing."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from classifier import thresholds
from classifier.articles import Article, batches
from classifier.tagger import Tagger


class Tagged(NamedTuple):
    """An article, its topics with their probabilities, most probable first, and the probability of every topic."""

    article: Article
    topics: dict[str, float]
    probabilities: dict[str, float]


def tag(tagger: Tagger, articles: Iterable[Article]) -> Iterator[list[Tagged]]:
    """Tag articles batch by batch, so that memory does not grow with their number."""
    for batch in batches(articles):
        probabilities = tagger.predict_proba([article.text for article in batch])
        rows = thresholds.ranked(probabilities, tagger.thresholds)
        scores = [dict(zip(tagger.classes, row, strict=True)) for row in probabilities.tolist()]
        yield [
            Tagged(article, {tagger.classes[column]: every[tagger.classes[column]] for column in row}, every)
            for article, row, every in zip(batch, rows, scores, strict=True)
        ]
