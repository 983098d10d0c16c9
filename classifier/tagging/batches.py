"""Articles to tagged batches: what ``news-topics predict`` does between reading and writing."""

from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path

from classifier.data.answers import TaggedBatch
from classifier.data.articles import Article, batched
from classifier.model.predictor import TopicPredictor, cached_predictor
from classifier.tagging.processes import parallel_map


def tag_articles(
    model: Path | None, articles: Iterable[Article], jobs: int = 1, min_probability: float | None = None
) -> Iterator[TaggedBatch]:
    """Tag articles batch by batch, in order; memory does not grow with their number.

    Parameters
    ----------
    model
        Model folder; None: the shipped model. It is loaded before the first article is read.
    articles
        Any iterable.
    jobs
        Processes that share the batches. Each is sent the model once and has its own memo of word forms.
    min_probability
        Give topics of at least this probability; None: each topic by its own threshold.
    """
    predictor = cached_predictor(model)
    tag = partial(tag_batch, predictor, min_probability=min_probability)
    if jobs == 1:
        return map(tag, batched(articles))
    return parallel_map(tag, batched(articles), jobs)


def tag_batch(predictor: TopicPredictor, articles: list[Article], min_probability: float | None = None) -> TaggedBatch:
    """Tag the articles of one batch."""
    return TaggedBatch(articles, predictor.tag([article.text for article in articles], min_probability))
