"""Connections without a request: some clients keep one for their next request, others would take all places by them."""

from collections.abc import Collection
from typing import Any

MOST = 1000  # connections of a process
IDLE = 70.0  # seconds that one may be without a request: longer than uvicorn keeps one that has had a request
READING = 600.0  # seconds for a client that has not read its answer yet


class IdleConnections:
    """The connections of a uvicorn server that have no request now, and since when.

    uvicorn itself closes one only after its first request: the head of that may take for ever.
    """

    def __init__(self) -> None:
        self._since: dict[Any, tuple[Any, float]] = {}  # the last request of a connection, and a time

    def close(self, connections: Collection[Any], now: float) -> None:
        """Close those that have waited too long and, where there are too many connections, those that wait longest."""
        before, self._since = self._since, {}
        for connection in connections:
            last = connection.cycle
            if last is None or last.response_complete:
                known, since = before.get(connection, (last, now))
                self._since[connection] = (last, since if known is last else now)
        spare = len(connections) - MOST
        for place, (connection, (_, since)) in enumerate(sorted(self._since.items(), key=lambda item: item[1][1])):
            patience = READING if connection.transport.get_write_buffer_size() else IDLE
            if place < spare or now - since > patience:
                connection.transport.abort()
