"""What the service tells about itself and its model."""

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from classifier import __version__
from classifier.service.core import service_of
from classifier.service.problems import Problem
from classifier.topics import media_topic_uri, taxonomy


async def topics(request: Request) -> Response:
    """Tell the topics of the model."""
    return JSONResponse({"topics": [_topic(id) for id in service_of(request).model.now.predictor.classes]})


def _topic(id: str) -> dict[str, str]:
    known = taxonomy().get(id)
    if known is None:
        gaps = ("definition_ru", "definition_en", "iptc", "iptc_name", "iptc_uri")
        return {"id": id, "ru": id, "en": id, **dict.fromkeys(gaps, "")}
    fields = ("id", "ru", "en", "definition_ru", "definition_en", "iptc", "iptc_name")
    return {**{name: getattr(known, name) for name in fields}, "iptc_uri": media_topic_uri(known)}


async def model(request: Request) -> Response:
    """Tell which model answers."""
    service = service_of(request)
    manifest, data = service.model.now.manifest, service.model.now.manifest.get("data")
    return JSONResponse(
        {
            "name": service.model.folder.resolve().name,
            "version": __version__,
            "created": manifest.get("created"),
            "topics": len(manifest["topics"]),
            "texts": data.get("articles") if isinstance(data, dict) else None,
            "sha256": manifest["sha256"],
            "feedback": service.feedback is not None,
            "max_articles": service.settings.max_articles,
            "max_body": service.settings.max_body,
        }
    )


async def health(_: Request) -> Response:
    """Tell that the process lives; in the words that Label Studio expects of a model."""
    return JSONResponse({"status": "UP", "model_class": "NewsTopics"})


async def ready(request: Request) -> Response:
    """Tell whether requests are welcome."""
    if service_of(request).stopping:
        raise Problem.busy(503, "the service is ending: ask another one, or try again in some seconds", 5)
    return JSONResponse({"status": "ready"})


async def metrics(request: Request) -> Response:
    """Tell counts and times."""
    service = service_of(request)
    waiting = {
        "articles_waiting": service.batcher.waiting,
        "large_requests": service.large.waiting,
        "explanations": service.explaining.waiting,
    }
    return PlainTextResponse(service.metrics.text(**waiting), media_type="text/plain; version=0.0.4")
