import asyncio
import os
import re
import signal
import subprocess
import sys
import warnings
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from typing import NamedTuple

import pytest

from tests.cli.conftest import train_folder  # noqa: F401  (a fixture)


def installed(package):
    try:
        return find_spec(package) is not None
    except ValueError:  # it is blocked
        return False


MISSING = [package for package in ("starlette", "pydantic", "uvicorn", "httpx") if not installed(package)]


@pytest.fixture(scope="session", autouse=True)
def packages():
    """Skip all of these tests where the packages of the service are missing."""
    if MISSING:
        pytest.skip(f"{', '.join(MISSING)} not installed: pip install '.[dev]'")


MATCH = "Хоккеисты выиграли матч чемпионата"
VISIT = "Министр иностранных дел прибыл с визитом в Дели"


def run_async(coroutine):
    """Run a coroutine, in a thread: where a browser has been started, this one has a running loop already."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, coroutine).result()


@pytest.fixture(scope="session")
def connect():
    """Return a client of an application in this process, with settings of its own."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # new versions would rather have the successor of httpx
        from starlette.testclient import TestClient

    from classifier.service.app import create_app
    from classifier.service.settings import Settings

    def connected(address="10.0.0.1", **settings):
        app = create_app(Settings(**settings))
        return TestClient(app, "http://localhost", raise_server_exceptions=False, client=(address, 1))

    return connected


@pytest.fixture(scope="session")
def client(connect):
    with connect() as client:
        yield client


class Running(NamedTuple):
    """A process of ``news-topics serve``."""

    process: subprocess.Popen
    port: int

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def end(self):
        """Ask it to end; returns its exit code and what it has said."""
        self.process.send_signal(signal.SIGTERM)
        _, said = self.process.communicate(timeout=60)
        return self.process.returncode, said


def _starting():
    processes = []

    def start(*options, **environment):
        command = [sys.executable, "-m", "classifier", "serve", "--port", "0", *map(str, options)]
        process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env={**os.environ, **environment})
        processes.append(process)
        lines = []
        while not lines or "http://" not in lines[-1]:
            lines.append(process.stderr.readline())
            assert lines[-1], lines
        return Running(process, int(re.search(r":(\d+)/", lines[-1])[1]))

    yield start
    for process in processes:
        if process.poll() is None:
            process.terminate()
            process.communicate(timeout=60)


@pytest.fixture
def serve():
    """Start ``news-topics serve`` on a free port; it is ended after the test."""
    yield from _starting()


@pytest.fixture(scope="module")
def start_service():
    """The same for all tests of a module."""
    yield from _starting()
