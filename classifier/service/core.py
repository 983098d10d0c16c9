"""What all endpoints share: the settings, the model, and who does the work."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager, suppress

from starlette.requests import Request

from classifier.data.answers import OutputOptions
from classifier.data.articles import MAX_LENGTH, Article, batched
from classifier.service import batching
from classifier.service.batching import Batcher, answer_lines
from classifier.service.current_model import CurrentModel
from classifier.service.feedback import Feedback
from classifier.service.lanes import Job, Lane, while_connected
from classifier.service.metrics import Metrics
from classifier.service.problems import Problem
from classifier.service.settings import Settings


class Service:
    """The state of a process of the service.

    Attributes
    ----------
    settings
        How it runs.
    model
        The model that answers now.
    batcher
        Tags articles of small requests.
    large, explaining
        Lanes for tables and large requests, and for explanations.
    metrics
        What /metrics tells.
    feedback
        Takes corrections; None: they are not wanted.
    stopping
        It takes no new work: a signal has asked it to end.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.feedback = None if settings.feedback is None else Feedback(settings.feedback)
        self.model = CurrentModel(settings.model)
        self.batcher = Batcher(self.model, settings.waiting)
        self.large = Lane("large requests", settings.large_places, settings.job_seconds)
        self.explaining = Lane("explanations", settings.explain_places, settings.job_seconds)
        self.metrics = Metrics()
        self.stopping = False

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Work on what is asked; at the end, all threads end."""
        tasks = [asyncio.create_task(self.batcher.run()), asyncio.create_task(self.model.watch())]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task
            for worker in (self.batcher, self.large, self.explaining):
                worker.close()

    async def tag(self, request: Request, articles: list[Article], options: OutputOptions) -> list[str]:
        """Return the answer to each article as JSON; errors are those of `Lane.run` and `Batcher.submit`."""
        self.check(articles)
        characters = sum(len(article.text) for article in articles)
        if len(articles) <= batching.MAX_ARTICLES and characters <= batching.MAX_LENGTH:
            answers = await while_connected(request, self.batcher.submit(articles, options))
        else:
            answers = await self.large.run(request, lambda job: list(self._tag_many(articles, options, job)))
        self.metrics.articles += len(answers)
        return answers

    def check(self, articles: list[Article]) -> None:
        """Refuse too many articles, and one that is too long: a `Problem` with the status 413."""
        if len(articles) > self.settings.max_articles:
            raise self.too_many()
        for article in articles:
            if len(article.text) > MAX_LENGTH:
                raise Problem(413, f"{article.place} has more than {MAX_LENGTH:,} characters, the limit for an article")

    def too_many(self) -> Problem:
        """Return the problem of too many articles."""
        return Problem(413, f"there are more than {self.settings.max_articles:,} articles: send fewer at once")

    def _tag_many(self, articles: Iterable[Article], options: OutputOptions, job: Job) -> Iterator[str]:
        predictor = self.model.now.predictor
        for batch in batched(articles):
            job.check()
            yield from answer_lines(predictor, batch, options)


def service_of(request: Request) -> Service:
    """Return the service that answers a request."""
    service = request.app.state.service
    assert isinstance(service, Service)
    return service
