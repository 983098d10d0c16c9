"""Articles to tagged batches: what ``news-topics predict`` does between reading and writing."""

from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path

from classifier.data.answers import TaggedBatch
from classifier.data.articles import Article, batched
from classifier.model.predictions import Mode, Predictions
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
        Processes that share the work.
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
    if jobs == 1:
        return (tag_batch(predictor, batch, mode, corrections) for batch in batched(articles))
    return _tag_in_processes(partial(_tag_texts, predictor, mode, corrections), articles, jobs, corrections)


def tag_batch(
    predictor: TopicPredictor,
    articles: list[Article],
    mode: Mode | float = "balanced",
    corrections: Corrections = Corrections(),  # noqa: B008
) -> TaggedBatch:
    """Tag the articles of one batch."""
    predictions = _tag_texts(predictor, mode, corrections, [article.text for article in articles])
    return TaggedBatch(articles, corrections.by_people(predictions, articles))


def _tag_texts(
    predictor: TopicPredictor, mode: Mode | float, corrections: Corrections, texts: list[str]
) -> Predictions:
    return corrections.by_rules(predictor.tag(texts, mode), texts)


def _tag_in_processes(
    tag: Callable[[list[str]], Predictions], articles: Iterable[Article], jobs: int, corrections: Corrections
) -> Generator[TaggedBatch, None, None]:
    """Tag articles in several processes, which get only the texts, and return only the answers."""
    sent: deque[list[Article]] = deque()

    def texts() -> Iterator[list[str]]:
        for batch in batched(articles):
            sent.append(batch)
            yield [article.text for article in batch]

    answers = parallel_map(tag, texts(), jobs)

    def batches() -> Generator[TaggedBatch, None, None]:
        with closing(answers):
            for predictions in answers:
                batch = sent.popleft()
                yield TaggedBatch(batch, corrections.by_people(predictions, batch))

    return batches()
