"""A client that asks a service again and again over connections that stay open, and measures the times of the answers.

It writes bytes that are made beforehand and looks only at the status and the length of an answer, so that it needs a
small part of the time of the server.
"""

import asyncio
import json
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import cycle
from typing import NamedTuple

import numpy as np


class Load(NamedTuple):
    """What some clients saw: answers a second, seconds of each answer, and how many were not as asked (200)."""

    rate: float
    seconds: np.ndarray
    failed: int

    def percentiles(self) -> list[float]:
        """Return the milliseconds within which 50, 95 and 99 of 100 answers came."""
        return (1000 * np.percentile(self.seconds, [50, 95, 99])).tolist()


class _Client(asyncio.Protocol):
    """A connection that sends the next request when an answer is complete."""

    def __init__(self, requests: Iterator[bytes], goes_on: Callable[[], bool], ended: asyncio.Event) -> None:
        self.requests, self.goes_on, self.ended = requests, goes_on, ended
        self.seconds: list[float] = []
        self.failed = 0
        self.answer = b""

    def connection_made(self, transport):
        self.transport = transport
        self.send()

    def send(self):
        if not self.goes_on():
            self.transport.close()
            return
        self.start = time.perf_counter()
        self.transport.write(next(self.requests))

    def data_received(self, data):
        self.answer += data
        head, separator, body = self.answer.partition(b"\r\n\r\n")
        if not separator:
            return
        lower = head.lower()
        length = int(lower.partition(b"content-length:")[2].partition(b"\r\n")[0])
        if len(body) < length:
            return
        self.seconds.append(time.perf_counter() - self.start)
        self.failed += b" 200 " not in head[:16]
        self.answer = b""
        self.send()

    def connection_lost(self, error):
        self.ended.set()


def http_request(host: str, path: str, content: object) -> bytes:
    """Return a request that sends JSON."""
    body = json.dumps(content, ensure_ascii=False).encode()
    head = (
        f"POST {path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def ask(host: str, port: int, requests: Sequence[bytes], clients: int, *, seconds: float, most: int = 10**9) -> Load:
    """Let some clients ask for some seconds, or until there are so many answers."""
    return asyncio.run(_ask(host, port, requests, clients, seconds, most))


async def _ask(host: str, port: int, requests: Sequence[bytes], clients: int, seconds: float, most: int) -> Load:
    start = time.perf_counter()
    sent = 0

    def goes_on() -> bool:
        nonlocal sent
        sent += 1
        return sent <= most and time.perf_counter() - start < seconds

    connected = []
    for number in range(clients):
        shifted = cycle([*requests[number * 31 % len(requests) :], *requests[: number * 31 % len(requests)]])
        ended = asyncio.Event()
        loop = asyncio.get_running_loop()
        _, client = await loop.create_connection(lambda i=shifted, e=ended: _Client(i, goes_on, e), host, port)
        connected.append(client)
    for client in connected:
        await client.ended.wait()
    measured = np.concatenate([client.seconds for client in connected])
    return Load(len(measured) / (time.perf_counter() - start), measured, sum(client.failed for client in connected))
