"""``news-topics serve``: the model behind HTTP, for programs and for colleagues."""

import re
import shlex
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import click

from classifier.cli.console import say
from classifier.cli.options import PATH, model_option
from classifier.errors import UsageError

_EXTRA = "pip install 'news-topics[serve]'"
_ORIGIN = re.compile(r"https?://[^/\s]+")
_LOCAL = ("127.0.0.1", "::1", "localhost")


@click.command()
@model_option
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on; 0.0.0.0: every one.")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="Port; 0: any that is free."
)
@click.option(
    "--workers",
    type=click.IntRange(1, 64),
    default=1,
    show_default=True,
    help="Processes; each takes 200 MB and counts its own /metrics.",
)
@click.option(
    "--token",
    envvar="NEWS_TOPICS_TOKEN",
    show_envvar=True,
    metavar="T",
    help="Answer only those who show this token; browsers ask for it as a password.",
)
@click.option("--allow-host", "allow_hosts", multiple=True, metavar="NAME", help="Answer to this name too; repeatable.")
@click.option(
    "--allow-origin",
    "allow_origins",
    multiple=True,
    metavar="URL",
    help="Let scripts of this site call the service, such as https://desk.example; repeatable.",
)
@click.option("--feedback", type=PATH, metavar="FILE", help="Table of labels to which readers' corrections are added.")
@click.option(
    "--max-body", type=click.IntRange(min=1), default=64, show_default=True, metavar="MB", help="Size of a request."
)
@click.option(
    "--max-articles", type=click.IntRange(min=1), default=100_000, show_default=True, help="Articles of a request."
)
@click.option(
    "--lang", "language", type=click.Choice(["ru", "en"]), help="Language of the page  [default: that of the browser]"
)
def serve(max_body: int, **options: Any) -> None:
    """Answer over HTTP: a page for colleagues, and an interface for programs.

    The page is at /, what programs can ask is at /docs. It listens on this machine only, unless --host says otherwise;
    then set a --token, which browsers ask for as a password (with any user name), and --allow-host for the name under
    which it is called. Ctrl-C ends it.

    \b
    news-topics serve --feedback labels.csv
    news-topics serve --host 0.0.0.0 --allow-host desk.local --token SECRET --feedback labels.csv
    curl -H 'Content-Type: application/json' -d '{"text": "..."}' http://127.0.0.1:8000/v1/predict
    """  # noqa: D301
    if any(find_spec(package) is None for package in ("pydantic", "starlette", "uvicorn")):
        raise UsageError(f"the service needs more packages: {_EXTRA}")
    from classifier.service.server import serve as run
    from classifier.service.settings import MEGABYTE, Settings

    _check(options["token"], options["allow_origins"])
    settings = Settings(**options, max_body=max_body * MEGABYTE)

    def started(address: str) -> None:
        if settings.host not in _LOCAL and settings.token is None:
            say(f"anybody who reaches {settings.host} may ask: set a --token")
        if settings.feedback is not None:
            say(_how_to_learn(settings.model, settings.feedback))
        others = "".join(f", for others {_called(address, name)}" for name in settings.allow_hosts[:1])
        say(f"serving {_shown(settings.model)} on {address}{others} (Ctrl-C ends it)")

    run(settings, started)
    say("ended")


def _check(token: str | None, origins: Sequence[str]) -> None:
    """Refuse what would guard nothing or let nobody in."""
    if token is not None and not (token and token.isprintable()):
        raise UsageError("--token is empty, or holds what nobody can type: give another, or leave it out")
    for origin in origins:
        if not _ORIGIN.fullmatch(origin):
            raise UsageError(f"--allow-origin {origin!r} is no site: write https://desk.example, without a path")


def _how_to_learn(model: Path | None, labels: Path) -> str:
    """Return what to do with the corrections of readers."""
    from classifier.service.feedback import articles_beside

    old = [] if model is None else [str(model)]
    options = ["--labels", str(labels), "--archive", str(articles_beside(labels)), "-o", "new-model"]
    command = shlex.join(["news-topics", "extend", *old, *options])
    return f"corrections go to {labels}; when some dozens are there: {command}"


def _called(address: str, name: str) -> str:
    """Return an address with another name of the host.

    >>> _called("http://0.0.0.0:8000/", "desk.local"), _called("http://[::]:8000/", "desk.local")
    ('http://desk.local:8000/', 'http://desk.local:8000/')
    """
    return f"http://{name}:{address.rpartition(':')[2]}"


def _shown(model: Path | None) -> str:
    return "the shipped model" if model is None else str(model)
