"""The service under load, on this machine alone: ``make load-test`` writes ``load_test.md``.

The server is a process of ``news-topics serve``, held on one core where there is one worker; the clients are another
process, on another core, and wait for each answer before they ask again. They send articles of the shared corpus that
have no labels; without the corpus, the example articles. fastText tags the same articles in the same run, before and
after, because the seconds depend on the machine; and Annif answers them, if `load_annif.py` finds it.
"""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from typing import NamedTuple

from classifier.data.corpus import Corpus
from classifier.text.tokens import tokenize
from tests.benchmarks import load_annif
from tests.benchmarks.load_client import Load, ask, http_request
from tests.benchmarks.speed import clock, fasttext_model, materials, surface
from tests.conftest import SHARED

ARTICLES = 2000
BATCH = 32
CLIENTS = (1, 8, 64)
SECONDS = float(os.environ.get("LOAD_SECONDS", "10"))  # of each measurement
REQUESTS = int(os.environ.get("LOAD_REQUESTS", "200000"))  # after which memory is read
ROUNDS = 5  # of fastText
HERE = Path(__file__)
INTRODUCTION = """\
# The service under load

Written by `make load-test`; `load_test.py` says how it is measured. One worker has one core, and the clients another;
two workers share both cores with the clients. *ms* are the times within which 50, 95 and 99 of 100 answers came.
"""


class Server(NamedTuple):
    """A running service."""

    process: subprocess.Popen
    host: str
    port: int

    def memory(self) -> int:
        """Return its resident memory in MB."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.findall(r"VmRSS:\s+(\d+)", status)[0]) // 1024


def main() -> None:
    """Measure, print and write the table."""
    known, texts = materials()
    texts = texts[:ARTICLES]
    words = sum(len(tokenize(text)) for text in texts)
    lines = [f"{len(texts):,} articles of {words / len(texts):.0f} words in the mean; {os.cpu_count()} cores.", ""]
    if find_spec("fasttext") is None:
        sys.exit("fastText, the yardstick, is not installed: pip install '.[dev,bench]'")
    fasttext = partial(yardstick, fasttext_model(known), texts, words)
    before = fasttext()
    lines += ["|workers|request|clients|requests/s|articles/s|p50, ms|p95, ms|p99, ms|not answered|", "|---|" * 9]
    lines[-1] = "|---|---|---|---|---|---|---|---|---|"
    for workers in (1, 2):
        lines += measure(workers, texts)
    lines += beside(known, texts)
    lines += ["", *after_many(texts), "", f"fastText in the same run: {before} M words/s before, {fasttext()} after."]
    text = "\n".join([INTRODUCTION, *lines, ""])
    print(text)
    if (SHARED / "news.parquet").exists() and SECONDS >= 10:
        HERE.with_suffix(".md").write_text(text, encoding="utf-8")


@contextmanager
def running(workers: int) -> Iterator[Server]:
    """Start the service and end it."""
    cores = sorted(os.sched_getaffinity(0))
    command = [sys.executable, "-m", "classifier", "serve", "--port", "0", "--workers", str(workers)]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    pinned = partial(os.sched_setaffinity, 0, {cores[0]} if workers == 1 else cores)
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment, preexec_fn=pinned) as process:
        line = process.stderr.readline()
        host, port = re.search(r"http://([\d.]+):(\d+)/", line).groups()
        os.sched_setaffinity(0, {cores[-1]} if workers == 1 else cores)
        try:
            yield Server(process, host, int(port))
        finally:
            os.sched_setaffinity(0, cores)
            process.terminate()


def measure(workers: int, texts: list[str]) -> Iterator[str]:
    """Yield a row for each kind of request and number of clients."""
    with running(workers) as server:
        requests = {
            1: [http_request(server.host, "/v1/predict", {"text": text}) for text in texts],
            BATCH: [
                http_request(
                    *(server.host, "/v1/predict-batch"),
                    {"articles": [{"text": text} for text in texts[start : start + BATCH]]},
                )
                for start in range(0, len(texts), BATCH)
            ],
        }
        ask(server.host, server.port, requests[1], 8, seconds=SECONDS / 5)  # all workers are up
        for articles, sent in requests.items():
            for clients in CLIENTS:
                load = ask(server.host, server.port, sent, clients, seconds=SECONDS)
                yield row(workers, articles, clients, load)


def beside(known: Corpus, texts: list[str]) -> Iterator[str]:
    """Yield the rows of Annif, which has one core too."""
    if load_annif.command() is None:
        yield "\nAnnif is not installed, so nothing stands beside; `load_annif.py` says how to name it."
        return
    cores = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {cores[0]})
    try:
        with load_annif.running(known) as port:
            os.sched_setaffinity(0, {cores[-1]})
            requests = [load_annif.request("localhost", text) for text in texts]
            ask("127.0.0.1", port, requests, 1, seconds=3600, most=20)  # it loads its model with the first
            for clients in CLIENTS:
                load = ask("127.0.0.1", port, requests, clients, seconds=SECONDS)
                yield row("Annif, TF-IDF", 1, clients, load)
    finally:
        os.sched_setaffinity(0, cores)


def row(workers: int | str, articles: int, clients: int, load: Load) -> str:
    """Return a row of the table."""
    what = "one article" if articles == 1 else f"batch of {articles}"
    times = "|".join(f"{time:.1f}" for time in load.percentiles())
    return f"|{workers}|{what}|{clients}|{load.rate:,.0f}|{load.rate * articles:,.0f}|{times}|{load.failed}|"


def after_many(texts: list[str]) -> Iterator[str]:
    """Yield what memory a service has before, while and after it answers many requests."""
    with running(1) as server:
        requests = [http_request(server.host, "/v1/predict", {"text": text}) for text in texts]
        used = []
        for part in range(5):
            load = ask(server.host, server.port, requests, 8, seconds=3600, most=REQUESTS // 5)
            used.append(f"{server.memory()} after {len(load.seconds) * (part + 1):,}")
        yield f"Memory of one worker, MB, after so many requests: {', '.join(used)}."


def yardstick(fast, texts: list[str], words: int) -> str:
    """Return how many million words a second fastText tags."""
    times = [clock(lambda: fast([surface(text) for text in texts])) for _ in range(ROUNDS)]
    return f"{words / median(times) / 1e6:.2f}"


if __name__ == "__main__":
    main()
