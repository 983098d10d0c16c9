"""Topics of articles that come as JSON."""

import json
from collections.abc import Callable
from functools import partial
from typing import TypeVar

from starlette.requests import Request
from starlette.responses import Response

from classifier.data.articles import Article
from classifier.model.attribution import explain as explain_text
from classifier.service.bodies import JSON, SMALL, Asked, media_type, parse, read_json
from classifier.service.core import Service, service_of
from classifier.service.files import FileOptions, file_options, tag_file
from classifier.service.problems import Problem
from classifier.service.schemas import BatchIn, ExplainIn, PredictIn

T = TypeVar("T")
MAX_EXPLAINED = 100_000  # characters: the answer tells some 100 bytes about each word and topic


async def predict(request: Request) -> Response:
    """Give topics to an article."""
    service = service_of(request)
    service.batcher.check_room()
    asked = await read_asked(request, service, PredictIn)
    (answer,) = await service.tag(request, [asked.article()], asked.output())
    return Response(answer, media_type=JSON)


async def predict_batch(request: Request) -> Response:
    """Give topics to several articles, or to those of a table, which is answered by a table."""
    service = service_of(request)
    if media_type(request) != JSON:
        return await tag_file(request, service)
    if file_options(request) != FileOptions():  # generated clients send those that are usual
        raise Problem(422, "options of JSON stand in its body, those of a table in the address: move them there")
    service.batcher.check_room()
    asked = await read_asked(request, service, BatchIn)
    articles = [given.article(number) for number, given in enumerate(asked.articles, 1)]
    answers = await service.tag(request, articles, asked.output())
    return Response(f'{{"answers": [{", ".join(answers)}]}}', media_type=JSON)


async def explain(request: Request) -> Response:
    """Tell which words gave an article its topics."""
    service = service_of(request)
    asked = await read_asked(request, service, ExplainIn)
    article = asked.article()
    if len(article.text) > MAX_EXPLAINED:
        raise Problem(413, f"the article has more than {MAX_EXPLAINED:,} characters, the limit for an explanation")
    answer = await service.explaining.run(request, lambda _: _explain(service, article, asked))
    return Response(answer, media_type=JSON)


async def read_asked(request: Request, service: Service, kind: type[Asked]) -> Asked:
    """Return what a request asks for in JSON."""
    return await parse_aside(request, service, await read_json(request, service.settings), partial(parse, kind))


async def parse_aside(request: Request, service: Service, body: bytes, parse: Callable[[bytes], T]) -> T:
    """Parse a body; a large one where it holds nobody up."""
    if len(body) <= SMALL:
        return parse(body)
    return await service.large.run(request, lambda _: parse(body))


def _explain(service: Service, article: Article, asked: ExplainIn) -> str:
    explanation = explain_text(service.model.now.predictor, article.text, asked.topics, asked.mode or "balanced")
    return json.dumps({"id": article.id, **explanation.to_dict()}, ensure_ascii=False)
