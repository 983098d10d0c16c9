"""The server: a socket, one process or several, and an orderly end."""

import asyncio
import errno
import logging
import os
import signal
import socket
import sys
import threading
import time
import warnings
from collections.abc import Callable
from contextlib import suppress
from multiprocessing import get_context, parent_process
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess
from types import FrameType
from typing import Any

from uvicorn import Config, Server

from classifier.errors import Error, UsageError
from classifier.service.app import create_app
from classifier.service.connections import IdleConnections
from classifier.service.guard import Guard
from classifier.service.settings import Settings
from classifier.tagging.processes import block_signals

_LOG = logging.getLogger(__name__)
_PAUSE, _LONGEST_PAUSE = 1.0, 30.0  # seconds before a process that died is started anew
_SOON = 10.0  # seconds within which one that dies has probably not served at all
_OF_CLIENTS = ("Invalid HTTP request", "Unsupported upgrade request", "No supported WebSocket library")
_GRACE = 30  # seconds that requests in hand have after a signal
_BACKLOG = 2048  # connections that wait to be taken
_ADVICE = {
    errno.EADDRINUSE: "choose another with --port, or end the program that has it",
    errno.EADDRNOTAVAIL: "this machine has no such address; say --host 0.0.0.0 for all that it has",
    errno.EACCES: "only administrators may; choose a --port of 1024 or more",
}
_KEEP = 65  # seconds that a silent connection stays open: longer than proxies keep theirs, which is 60 mostly


class _Server(Server):
    """A server that says when it is to end, so that /ready can tell, and closes idle connections."""

    def __init__(self, app: Guard) -> None:
        super().__init__(_config(app))
        self._service = app.service
        self._idle = IdleConnections()

    async def on_tick(self, counter: int) -> bool:
        """Look after the connections once a second; uvicorn calls this ten times a second."""
        if counter % 10 == 0:
            self._idle.close(self.server_state.connections, time.monotonic())
        return await super().on_tick(counter)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End; after a second signal too, when uvicorn would leave the threads of the service as they are."""
        await super().shutdown(sockets)
        if self.force_exit:
            await self.lifespan.shutdown()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Take no new work, and finish what is in hand."""
        self._service.stopping = True
        super().handle_exit(sig, frame)


def serve(settings: Settings, started: Callable[[str], None]) -> None:
    """Serve until a signal.

    Parameters
    ----------
    settings
        How.
    started
        Is called with the address, when connections are taken.

    Raises
    ------
    Error
        The model cannot be loaded, or the port is busy.
    UsageError
        There is no such host here.
    """
    app = create_app(settings)  # whatever is wrong with the model is told once, before the port is taken
    with _listen(settings.host, settings.port) as listening, suppress(KeyboardInterrupt):
        host, port = listening.getsockname()[:2]
        started(f"http://{f'[{host}]' if ':' in host else host}:{port}/")
        if settings.workers > 1:
            del app
            _Workers(settings, listening).run()
        else:
            _run(app, listening)


def _run(app: Guard, listening: socket.socket) -> None:
    _log_to_stderr()
    # Ctrl-C may come when the loop has not begun yet.
    warnings.filterwarnings("ignore", "coroutine 'Server.serve' was never awaited", RuntimeWarning)
    _Server(app).run([listening])  # which raises the signal again, when all is done


def _work(settings: Settings, listening: socket.socket) -> None:
    """Serve in a process of several."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _log_to_stderr()
    with suppress(KeyboardInterrupt):
        try:
            app = create_app(settings)
        except Error as error:
            _LOG.error("%s", error)
            sys.exit(error.exit_code)
        _run(app, listening)


def _log_to_stderr() -> None:
    logging.basicConfig(format="news-topics: %(message)s")
    logging.getLogger("uvicorn.error").addFilter(_is_news)
    warnings.showwarning = _tell


def _tell(message: Warning | str, *_: Any, **__: Any) -> None:
    """Log what a reader has assumed, such as an encoding."""
    _LOG.warning("%s", message)


def _is_news(record: logging.LogRecord) -> bool:
    """Whether a record tells more than what clients do: a line for each of their mistakes would fill the disk.

    Nor is it news that a request was cut off, at the end of the grace or by a second Ctrl-C.
    """
    is_cut_off = record.exc_info is not None and isinstance(record.exc_info[1], asyncio.CancelledError)
    return not is_cut_off and not record.getMessage().startswith(_OF_CLIENTS)


def _end_with_parent() -> None:
    """End this process when the one that started it has been killed; the port would stay taken."""
    parent = parent_process()
    assert parent is not None
    parent.join()
    os.kill(os.getpid(), signal.SIGTERM)


class _Workers:
    """Processes that share a socket; one that dies is started anew."""

    def __init__(self, settings: Settings, listening: socket.socket) -> None:
        self._settings, self._listening = settings, listening
        self._ending = False
        self._pause, self._last = _PAUSE / 2, 0.0  # before the next start, and when the last one was

    def run(self) -> None:
        """Serve until a signal, then wait until all have finished."""
        self._woken, self._waker = os.pipe()  # a signal writes to it, which ends the waiting
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._end)
        processes = [self._start() for _ in range(self._settings.workers)]
        while not self._ending:
            wait([*(process.sentinel for process in processes), self._woken])
            processes = [self._revive(process) for process in processes]
        for process in processes:
            process.terminate()
        end = time.monotonic() + _GRACE + _PAUSE
        for process in processes:
            process.join(max(end - time.monotonic(), 0))
            process.kill()  # one that has been stopped heeds no other signal

    def _revive(self, process: BaseProcess) -> BaseProcess:
        """Return the process, or another one if it has died."""
        if process.is_alive() or self._ending:
            return process
        # Those that die at once, as without a model, must not be started all the time.
        died_soon = time.monotonic() - self._last < _SOON
        self._pause = min(2 * self._pause, _LONGEST_PAUSE) if died_soon else _PAUSE
        code, again = process.exitcode, f"starting another in {self._pause:g} s"
        _LOG.error("process %s died with code %s: %s", process.pid, code, again)
        wait([self._woken], self._pause)
        return process if self._ending else self._start()

    def _start(self) -> BaseProcess:
        self._last = time.monotonic()
        process = get_context("spawn").Process(target=_work, args=(self._settings, self._listening))
        with block_signals("SIGINT"):  # Ctrl-C goes to all; this process ends the others when it is their turn
            process.start()
        return process

    def _end(self, _number: int, _frame: FrameType | None) -> None:
        self._ending = True
        os.write(self._waker, b".")


def _config(app: Guard) -> Config:
    return Config(
        app,
        http="h11",  # httptools has no limit for headers, and loses bodies of requests that offer HTTP/2, as Java's do
        log_config=None,
        log_level="warning",
        access_log=False,
        lifespan="on",
        ws="none",
        server_header=False,
        proxy_headers=False,  # anybody could say that wrong tokens come from elsewhere
        backlog=_BACKLOG,
        timeout_keep_alive=_KEEP,
        timeout_graceful_shutdown=_GRACE,
    )


def _listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (OSError, UnicodeError) as error:
        raise UsageError(f"there is no address {host!r}: try --host 127.0.0.1, or 0.0.0.0 for all") from error
    family, kind, protocol, _, address = found[0]
    listening = socket.socket(family, kind, protocol)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind(address)
        listening.listen(_BACKLOG)
    except OSError as error:
        listening.close()
        advice = _ADVICE.get(error.errno or 0, "choose another --host or --port")
        raise Error(f"cannot listen on {host} port {port} ({error.strerror}): {advice}") from error
    return listening
