"""Corrections by readers, where the service takes them."""

from starlette.requests import Request
from starlette.responses import Response

from classifier.data.articles import Article
from classifier.service.core import Service, service_of
from classifier.service.predicting import read_asked
from classifier.service.problems import Problem
from classifier.service.schemas import FeedbackIn


async def feedback(request: Request) -> Response:
    """Take what a reader says about an article."""
    service = service_of(request)
    if service.feedback is None:
        raise Problem(404, "this service takes no corrections: start it with --feedback labels.csv if it should")
    asked = await read_asked(request, service, FeedbackIn)
    article = asked.article()
    service.check([article])
    await service.explaining.run(request, lambda _: _add(service, article, asked))
    return Response(status_code=204)


def _add(service: Service, article: Article, asked: FeedbackIn) -> None:
    assert service.feedback is not None
    given = None if asked.id in (None, "") else article.id
    service.feedback.add(article, given, asked.topics, service.model.now.predictor.classes)
