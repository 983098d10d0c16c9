"""Connections without a request do not keep others away."""

import asyncio
import socket
from types import SimpleNamespace

import pytest

from classifier.service import connections
from classifier.service.connections import IDLE, IdleConnections
from tests.service.conftest import run_async


class Request:
    """What uvicorn calls a cycle: a request and its answer."""

    def __init__(self, answered):
        self.response_complete = answered


class Connection:
    """What uvicorn tells of a connection."""

    def __init__(self, *, unread=0):
        self.cycle = None  # its last request
        self.is_open = True
        self.unread = unread
        self.transport = SimpleNamespace(abort=self._abort, get_write_buffer_size=lambda: self.unread)

    def _abort(self):
        self.is_open = False

    def ask(self, *, answered):
        self.cycle = Request(answered)


@pytest.fixture
def idle():
    return IdleConnections()


def test_one_that_never_asks_is_closed_after_a_while(idle):
    connection = Connection()
    idle.close({connection}, 0.0)
    idle.close({connection}, IDLE)
    assert connection.is_open
    idle.close({connection}, IDLE + 1)
    assert not connection.is_open


def test_one_that_asks_again_and_again_stays(idle):
    connection = Connection()
    for moment in range(10):
        connection.ask(answered=True)
        idle.close({connection}, moment * IDLE)
    assert connection.is_open


def test_one_that_waits_for_its_answer_stays(idle):
    connection = Connection()
    connection.ask(answered=False)
    for moment in range(10):
        idle.close({connection}, moment * IDLE)
    assert connection.is_open


@pytest.mark.parametrize("answered", [True, False])
def test_one_that_reads_its_answer_slowly_stays_and_one_that_does_not_read_is_closed(idle, answered):
    connection = Connection(unread=1000)
    connection.ask(answered=answered)
    for moment in range(10):
        connection.unread -= 1
        idle.close({connection}, moment * IDLE)
    assert connection.is_open
    idle.close({connection}, 10 * IDLE + 1)
    assert not connection.is_open


def test_answers_that_are_not_read_have_a_limit_together(idle, monkeypatch):
    monkeypatch.setattr(connections, "MOST_UNREAD", 2500)
    first, second, third, silent = *(Connection(unread=1000) for _ in range(3)), Connection()
    idle.close({silent, first}, 0.0)
    idle.close({silent, first, second, third}, 1.0)
    assert [each.is_open for each in (silent, first, second, third)] == [True, False, True, True]


def test_where_there_are_too_many_those_that_wait_longest_are_closed(idle, monkeypatch):
    monkeypatch.setattr(connections, "MOST", 3)
    first, second, third, busy, last = (Connection() for _ in range(5))
    busy.ask(answered=False)
    idle.close({first, busy}, 0.0)
    idle.close({first, busy, second}, 1.0)
    idle.close({first, busy, second, third, last}, 2.0)
    assert [each.is_open for each in (first, second, third, busy, last)] == [False, False, True, True, True]


def test_the_service_looks_after_its_connections(connect, monkeypatch):
    from classifier.service.server import _Server

    monkeypatch.setattr(connections, "IDLE", -1.0)
    server = _Server(connect().app)

    async def serve(listening):
        task = asyncio.create_task(server.serve([listening]))
        reader, writer = await asyncio.open_connection(*listening.getsockname())
        assert await reader.read() == b""  # it is closed, although nothing was asked
        writer.close()
        server.should_exit = True
        await task

    with socket.create_server(("127.0.0.1", 0)) as listening:
        run_async(serve(listening))
