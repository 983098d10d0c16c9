"""What a user may say about how the service runs."""

from dataclasses import dataclass, field
from pathlib import Path

from classifier.pages.messages import Language

MEGABYTE = 1_000_000


@dataclass(frozen=True)
class Settings:
    """How the service runs; the command sets the first ones, the others have values that suit it.

    Attributes
    ----------
    model
        Model folder; None: the shipped model.
    host, port
        Where it listens; port 0: any that is free.
    workers
        Processes that share the port, each with the model.
    token
        What clients must show; None: nothing.
    allow_origins
        Sites whose scripts may call the service, such as ``https://desk.example``.
    allow_hosts
        Names under which it may be called, beside ``localhost``, its own host and bare addresses.
    feedback
        Table of labels to which corrections are added; None: there are none.
    max_body
        Bytes of a request.
    max_articles
        Articles of a request.
    language
        Of the page; None: that of the browser.
    waiting
        Articles that may wait for the model; more are answered with 503.
    body_seconds
        How long a client may take to send a request.
    job_seconds
        How long a table, a large request or an explanation may take.
    large_places, explain_places
        Requests of these kinds that may wait or be worked on; one client may have half of them.
    """

    model: Path | None = None
    host: str = "127.0.0.1"
    port: int = 8000
    workers: int = 1
    token: str | None = field(default=None, repr=False)
    allow_origins: tuple[str, ...] = ()
    allow_hosts: tuple[str, ...] = ()
    feedback: Path | None = None
    max_body: int = 64 * MEGABYTE
    max_articles: int = 100_000
    language: Language | None = None
    waiting: int = 4000
    body_seconds: float = 30.0
    job_seconds: float = 300.0
    large_places: int = 8
    explain_places: int = 64

    @property
    def max_bodies(self) -> int:
        """Bytes of all requests in hand together."""
        return 4 * self.max_body
