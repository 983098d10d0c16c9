"""Articles to tagged batches: what ``news-topics predict`` does between reading and writing."""

from collections.abc import Generator, Iterable
from functools import partial
from pathlib import Path

from classifier.data.answers import TaggedBatch
from classifier.data.articles import Article, batched
from classifier.model.predictions import Mode
from classifier.model.predictor import TopicPredictor, cached_predictor
from classifier.tagging.corrections import Corrections
from classifier.tagging.processes import parallel_map


def tag_articles(
    model: Path | None,
    articles: Iterable[Article],
    jobs: int = 1,
    mode: Mode | float = "balanced",
    corrections: Corrections = Corrections(),  # noqa: B008  (it is immutable)
) -> Generator[TaggedBatch, None, None]:
    """Tag articles batch by batch, in order; memory does not grow with their number.

    Parameters
    ----------
    model
        Model folder; None: the shipped model. It is loaded before the first article is read.
    articles
        Any iterable.
    jobs
        Processes that share the batches. Each is sent the model once.
    mode
        As in `TopicPredictor.tag`.
    corrections
        What is made of the answers of the model.

    Returns
    -------
    Generator
        Of tagged batches. Close it if it is left before its end: that ends the processes.
    """
    predictor = cached_predictor(model)
    tag = partial(tag_batch, predictor, mode=mode, corrections=corrections)
    if jobs == 1:
        return (tag(batch) for batch in batched(articles))
    return parallel_map(tag, batched(articles), jobs)


def tag_batch(
    predictor: TopicPredictor,
    articles: list[Article],
    mode: Mode | float = "balanced",
    corrections: Corrections = Corrections(),  # noqa: B008
) -> TaggedBatch:
    """Tag the articles of one batch."""
    predictions = predictor.tag([article.text for article in articles], mode)
    return TaggedBatch(articles, corrections.apply(predictions, articles))
