"""Articles to tagged articles: what `news-topics predict` does between reading and writing."""

import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from functools import cache, partial
from pathlib import Path
from threading import current_thread, main_thread
from typing import Any, NamedTuple

import numpy as np

from classifier import thresholds
from classifier.articles import Article, batches
from classifier.errors import Error
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
    return _in_processes(partial(_tag_elsewhere, model, trust, min_probability), batches(articles), jobs)


def _in_processes(
    work: Callable[[list[Article]], list[Tagged]], parts: Iterator[list[Article]], jobs: int
) -> Iterator[list[Tagged]]:
    """Answers in the order of the parts, of which only as many are read ahead as keep all processes busy."""
    from joblib.externals.loky import ProcessPoolExecutor
    from joblib.externals.loky.process_executor import BrokenProcessPool

    # Ctrl-C is for this process, which ends the others: one interrupted while it answers would be waited for for ever.
    executor = ProcessPoolExecutor(jobs, initializer=signal.signal, initargs=(signal.SIGINT, signal.SIG_IGN))
    waiting: deque[Future[list[Tagged]]] = deque()
    try:
        for part in parts:
            with _undisturbed():
                waiting.append(executor.submit(work, part))
            if len(waiting) > 2 * jobs:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    except BrokenProcessPool as error:
        raise Error("a process ended before its work was done; was there too little memory for --jobs?") from error
    finally:
        for future in waiting:
            future.cancel()
        executor.shutdown()  # soon: a process has one part before it, and perhaps another


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Put Ctrl-C off until a block is done that must not stop half-way."""
    if current_thread() is not main_thread():  # no other is interrupted
        yield
        return
    came: list[Any] = []
    before = signal.signal(signal.SIGINT, lambda *signals: came.append(signals))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
        if came and callable(before):
            before(*came[0])


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
