"""Articles of several requests that wait together are tagged as one batch.

One thread tags. While it is busy, requests wait; then all that wait are its next batch. A single article takes 0.7 ms,
one of a batch of hundreds 0.04 ms, so batches grow with the load and the load is carried.
"""

import asyncio
from collections import deque
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from io import StringIO
from typing import NamedTuple

from classifier.data.answers import OutputOptions
from classifier.data.articles import Article
from classifier.data.writers.json_lines import write_rows
from classifier.model.predictor import TopicPredictor
from classifier.service.current_model import CurrentModel
from classifier.service.problems import Problem
from classifier.tagging.batches import tag_batch

MAX_ARTICLES, MAX_LENGTH = 256, 100_000  # articles and characters of a request that waits here: 15 ms of work
_BATCH, _CHARACTERS = 512, 1_000_000  # of a batch, which is complete when it has as many or more


class _Waiting(NamedTuple):
    """Articles of one request, and the future of their answers."""

    articles: Sequence[Article]
    options: OutputOptions
    answers: "asyncio.Future[list[str]]"


class Batcher:
    """Tags articles of many requests.

    Parameters
    ----------
    model
        The model to tag with.
    limit
        Articles that may wait.
    """

    def __init__(self, model: CurrentModel, limit: int) -> None:
        self._model, self._limit = model, limit
        self._queue: deque[_Waiting] = deque()
        self._filled = asyncio.Event()
        self._thread = ThreadPoolExecutor(1, "tagging")
        self.waiting = 0  # articles

    def check_room(self, count: int = 1) -> None:
        """Refuse articles if too many wait: a `Problem` with the status 503."""
        if self.waiting + count > self._limit:
            raise Problem.busy(503, f"{self.waiting:,} articles wait already: try again in a second")

    def submit(self, articles: Sequence[Article], options: OutputOptions) -> "asyncio.Future[list[str]]":
        """Queue articles; returns the future of their answers as JSON. If it is cancelled, they are left out."""
        self.check_room(len(articles))
        answers: asyncio.Future[list[str]] = asyncio.get_running_loop().create_future()
        self._queue.append(_Waiting(articles, options, answers))
        self.waiting += len(articles)
        self._filled.set()
        return answers

    async def run(self) -> None:
        """Tag what is queued, until cancelled."""
        while True:
            await self._filled.wait()
            batch = self._take()
            if not batch:
                self._filled.clear()
                continue
            work = asyncio.get_running_loop().run_in_executor(self._thread, self._tag, batch)
            for waiting, result in zip(batch, await work, strict=True):
                if waiting.answers.done():
                    continue
                if isinstance(result, Exception):
                    waiting.answers.set_exception(result)
                else:
                    waiting.answers.set_result(result)

    def close(self) -> None:
        """End the thread."""
        self._thread.shutdown(cancel_futures=True)

    def _take(self) -> list[_Waiting]:
        """Take the next batch from the queue, without what nobody waits for any more."""
        batch: list[_Waiting] = []
        count = length = 0
        while self._queue and count < _BATCH and length < _CHARACTERS:
            waiting = self._queue.popleft()
            self.waiting -= len(waiting.articles)
            if not waiting.answers.done():
                batch.append(waiting)
                count += len(waiting.articles)
                length += sum(len(article.text) for article in waiting.articles)
        return batch

    def _tag(self, batch: Sequence[_Waiting]) -> list[list[str] | Exception]:
        """Return the answers of each request, or its error; requests of like options are tagged together."""
        predictor = self._model.now.predictor
        alike: dict[OutputOptions, list[int]] = {}
        for place, waiting in enumerate(batch):
            alike.setdefault(waiting.options, []).append(place)
        results: list[list[str] | Exception] = [[] for _ in batch]
        for options, places in alike.items():
            said = _answers(predictor, [batch[place].articles for place in places], options)
            for place, result in zip(places, said, strict=True):
                results[place] = result
        return results


def _answers(
    predictor: TopicPredictor, requests: Sequence[Sequence[Article]], options: OutputOptions
) -> Sequence[list[str] | Exception]:
    """Return the answers of some requests that are tagged together, or the error of all."""
    try:
        lines = iter(answer_lines(predictor, [article for articles in requests for article in articles], options))
        return [[next(lines) for _ in articles] for articles in requests]
    except Exception as error:  # of any kind: the thread must go on, and each request gets its error
        return [error for _ in requests]


def answer_lines(predictor: TopicPredictor, articles: list[Article], options: OutputOptions) -> list[str]:
    """Return what ``predict`` writes as JSON lines, a line for each article."""
    options.check_topics(predictor.classes)
    lines = StringIO()
    write_rows(lines, tag_batch(predictor, articles, options.mode).columns(options))
    return lines.getvalue().split("\n")[:-1]
