"""Corrections by readers, where the service takes them."""

import logging
from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from classifier.data.articles import Article
from classifier.errors import Error, UsageError
from classifier.service.core import Service, service_of
from classifier.service.feedback import check_topics
from classifier.service.predicting import read_asked
from classifier.service.problems import Problem
from classifier.service.schemas import FeedbackIn
from classifier.topics import check_known, id_of_name

_LOG = logging.getLogger(__name__)


async def feedback(request: Request) -> Response:
    """Take what a reader says about an article."""
    service = service_of(request)
    if service.feedback is None:
        raise Problem(404, "this service takes no corrections: start it with --feedback labels.csv if it should")
    asked = await read_asked(request, service, FeedbackIn)
    article = asked.article()
    service.check([article])
    if not asked.new_topics:
        _check_known(asked.topics, service.model.now.predictor.classes)
    replaced = await service.explaining.run(request, lambda _: _add(service, article, asked))
    return JSONResponse({"replaced": replaced})


def _check_known(topics: Sequence[str], known: Sequence[str]) -> None:
    """Refuse ids that are likely typing errors; what cannot be an id at all is refused when it is added."""
    for topic in topics:
        is_wrong = not topic.strip() or ";" in topic or id_of_name(topic, known) is not None
        try:
            check_known(topic, [*known, topic] if is_wrong else known)
        except UsageError as error:
            raise Problem(422, f'{error}; for a topic of your own, say "new_topics": true') from error


def _add(service: Service, article: Article, asked: FeedbackIn) -> list[str] | None:
    assert service.feedback is not None
    given = None if asked.id in (None, "") else article.id
    known = service.model.now.predictor.classes
    check_topics(asked.topics, known)
    try:
        return service.feedback.add(article, given, asked.topics)
    except Error as error:  # of a disk that is full, or a folder that is gone
        _LOG.error("a correction is lost: %s", error)
        raise Problem(503, "the correction could not be written: tell who runs the service") from error
