"""Articles to tagged articles: what `news-topics predict` does between reading and writing."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from classifier import thresholds
from classifier.articles import Article, batches
from classifier.model import TopicClassifier


class Tagged(NamedTuple):
    """An article, its topics with their probabilities, most probable first, and the probability of every topic."""

    article: Article
    topics: dict[str, float]
    probabilities: dict[str, float]


def tag(model: TopicClassifier, articles: Iterable[Article]) -> Iterator[list[Tagged]]:
    """Tag articles batch by batch, so that memory does not grow with their number."""
    names = [str(name) for name in model.classes_]
    for batch in batches(articles):
        probabilities = model.predict_proba([article.text for article in batch])
        rows = thresholds.ranked(probabilities, model.thresholds_)
        scores = [dict(zip(names, row, strict=True)) for row in probabilities.tolist()]
        yield [
            Tagged(article, {names[column]: every[names[column]] for column in row}, every)
            for article, row, every in zip(batch, rows, scores, strict=True)
        ]
