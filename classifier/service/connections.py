"""Connections that nothing happens on: some clients keep one for their next request, others take places or memory."""

from collections.abc import Collection
from typing import Any, NamedTuple

MOST = 1000  # connections of a process
MOST_UNREAD = 256_000_000  # bytes of all answers that their clients have not read yet
IDLE = 70.0  # seconds that nothing may happen: longer than uvicorn keeps a connection for the next request


class _State(NamedTuple):
    """What changes when something happens on a connection: its last request, and the bytes that wait to be read."""

    request: Any
    unread: int


class IdleConnections:
    """The connections of a uvicorn server that wait for their clients, and since when.

    uvicorn itself closes one only between two requests: the head of the first, or the reading of an answer, may take
    for ever.
    """

    def __init__(self) -> None:
        self._since: dict[Any, tuple[_State, float]] = {}

    def close(self, connections: Collection[Any], now: float) -> None:
        """Close those on which nothing has happened for too long and, of too many, those that have waited longest."""
        before, self._since = self._since, {}
        for connection in connections:
            state = _State(connection.cycle, connection.transport.get_write_buffer_size())
            if state.unread or state.request is None or state.request.response_complete:
                known, since = before.get(connection, (state, now))
                self._since[connection] = state, since if known == state else now
        spare, unread = len(connections) - MOST, sum(state.unread for state, _ in self._since.values())
        for connection, (state, since) in sorted(self._since.items(), key=lambda item: item[1][1]):
            if spare > 0 or (state.unread and unread > MOST_UNREAD) or now - since > IDLE:
                connection.transport.abort()
                spare, unread = spare - 1, unread - state.unread
