"""Work that takes long has a lane of its own: a thread, and so many places for those who wait."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TypeVar

from starlette.requests import Request

from classifier.service.problems import GoneError, Problem

T = TypeVar("T")
_PATIENCE = 0.1  # seconds until we look whether the client is still there; most answers are sent before


class Job:
    """A piece of work, which asks from time to time whether it is still wanted."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._end: float | None = None
        self._stopped = False

    def stop(self) -> None:
        """Tell the work that nobody waits for it."""
        self._stopped = True

    def check(self) -> None:
        """Leave the work: a `GoneError` if nobody waits for it, a `Problem` if it has taken too long."""
        self._end = self._end or time.monotonic() + self._seconds
        if self._stopped:
            raise GoneError
        if time.monotonic() > self._end:
            raise Problem(503, f"this takes over {self._seconds:g} seconds: send fewer articles at once")


class Lane:
    """A thread for work of one kind.

    Parameters
    ----------
    kind
        What waits, in messages.
    places
        Requests that may wait or be worked on; one client may have half of them.
    seconds
        How long one may take.
    """

    def __init__(self, kind: str, places: int, seconds: float) -> None:
        self._kind, self._places, self._seconds = kind, places, seconds
        self._taken = Counter[str]()  # places, by the address of the client
        self._thread = ThreadPoolExecutor(1, kind)

    @property
    def waiting(self) -> int:
        """Requests that wait or are worked on."""
        return self._taken.total()

    async def run(self, request: Request, work: Callable[[Job], T]) -> T:
        """Do some work for a request.

        Raises
        ------
        Problem
            All places are taken (503), or this client has half of them (429).
        GoneError
            The client has gone away.
        """
        client = request.client.host if request.client else ""
        if self._taken[client] >= max(self._places // 2, 1):
            raise Problem.busy(429, f"you have {self._taken[client]} {self._kind} here already: wait for their answers")
        if self.waiting >= self._places:
            raise Problem.busy(503, f"{self.waiting} {self._kind} wait already: try again in some seconds", 5)
        self._taken[client] += 1
        job = Job(self._seconds)
        try:
            return await while_connected(
                request, asyncio.get_running_loop().run_in_executor(self._thread, _begin, work, job)
            )
        finally:
            job.stop()
            self._taken[client] -= 1
            if not self._taken[client]:
                del self._taken[client]

    def close(self) -> None:
        """End the thread."""
        self._thread.shutdown(cancel_futures=True)


def _begin(work: Callable[[Job], T], job: Job) -> T:
    job.check()
    return work(job)


async def while_connected(request: Request, work: "asyncio.Future[T]") -> T:
    """Wait for some work; it is cancelled when the client goes away, which raises a `GoneError`."""
    loop = asyncio.get_running_loop()
    watcher: list[asyncio.Task[None]] = []
    timer = loop.call_later(_PATIENCE, lambda: watcher.append(loop.create_task(_cancel_when_gone(request, work))))
    try:
        return await work
    except asyncio.CancelledError:
        if watcher and watcher[0].done():
            raise GoneError from None
        raise
    finally:
        timer.cancel()
        for task in watcher:
            task.cancel()


async def _cancel_when_gone(request: Request, work: "asyncio.Future[T]") -> None:
    with suppress(RuntimeError):  # the answer was begun meanwhile
        while (await request.receive())["type"] != "http.disconnect":
            pass
        work.cancel()
