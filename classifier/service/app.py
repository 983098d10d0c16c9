"""The application: addresses and what answers them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from classifier.service.admission import Admission
from classifier.service.core import Service
from classifier.service.endpoints import ENDPOINTS
from classifier.service.guard import Guard
from classifier.service.problems import HANDLERS
from classifier.service.settings import Settings

STATIC = Path(__file__).with_name("static")


def create_app(settings: Settings = Settings()) -> Guard:  # noqa: B008  (it is immutable)
    """Return the application for ASGI servers; its `service` is the state of the process.

    Raises
    ------
    Error
        The model cannot be loaded.
    """
    service = Service(settings)
    addresses = _routes()

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        async with service.running():
            yield

    app = Starlette(
        routes=addresses,
        middleware=_middleware(settings),
        exception_handlers=HANDLERS,
        lifespan=lifespan,
    )
    app.state.service = service
    return Guard(app, service, addresses)


def _routes() -> list[BaseRoute]:
    """Return all addresses."""
    pages: list[BaseRoute] = [Mount("/static", StaticFiles(directory=STATIC))]
    return [*(Route(known.path, known.handler, methods=[known.method]) for known in ENDPOINTS), *pages]


def _middleware(settings: Settings) -> list[Middleware]:
    """Return the door and, before it, what lets scripts of other sites call the service and read why they may not."""
    door = Middleware(Admission, settings=settings)
    if not settings.allow_origins:
        return [door]
    allowed = {"allow_methods": ["GET", "POST"], "allow_headers": ["Authorization", "Content-Type"]}
    counts = ["News-Topics-Articles", "News-Topics-Left-Out", "News-Topics-Left-Out-First"]
    exposed = ["Content-Disposition", "Retry-After", *counts]
    origins = list(settings.allow_origins)
    return [Middleware(CORSMiddleware, allow_origins=origins, expose_headers=exposed, **allowed), door]  # type: ignore[arg-type]
