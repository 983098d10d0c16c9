"""A million articles on a Dask cluster of this machine: ``make cluster`` writes ``cluster.md``.

The cluster is a real one: a scheduler and two workers of one thread each, processes by Dask's own commands, that
communicate over TCP. The archive is the corpus (or without it the example articles), repeated, in files of 10,000
articles. Times are medians of three, each with a new process and a new cluster. The answers are compared with those of
one process, row by row. In another run a worker is killed in the middle, and one file is damaged. Memory is read twice a
second. With the corpus, fitting on the cluster is compared with fitting in memory, on articles that the shipped model
has labelled. The scores are those on ``dev``.
"""

import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from threading import Event, Thread
from typing import Any

import dask.dataframe as dd
import pandas as pd
import psutil
import pyarrow.parquet as pq
from distributed import Client

from classifier import TopicClassifier, tag_frame, with_title
from classifier.dask import fit, tag
from classifier.data.corpus import read_corpus
from classifier.data.reading import read
from classifier.evaluation.results import evaluate
from classifier.model.predictor import load_predictor
from tests.conftest import AMENDMENTS, EXAMPLES, SHARED

ARTICLES, FILE = 1_000_000, 10_000
TINY = 1000  # files of one article, to measure what a file costs besides its articles
LABELLED = 40_000
ROUNDS = 3
MEMORY = 1000  # MB for a worker, as the documentation says
WHOLE = 50_000_000  # articles of the archive for which times are estimated
HERE = Path(__file__)
BIN = Path(sys.executable).parent


def articles() -> pd.DataFrame:
    """Return the articles of the corpus, or the example articles."""
    if (SHARED / "news.parquet").exists():
        return pd.read_parquet(SHARED / "news.parquet", columns=["id", "title", "text"])
    texts = [article.text for article in read([EXAMPLES / "articles"])] + read_corpus(EXAMPLES / "train.csv").texts
    return pd.DataFrame({"id": map(str, range(len(texts))), "title": "", "text": texts})


def make_archive(folder: Path) -> None:
    """Write the archive."""
    news = articles()
    folder.mkdir()
    for number in range(ARTICLES // FILE):
        rows = [row % len(news) for row in range(number * FILE, (number + 1) * FILE)]
        part = news.iloc[rows].assign(id=[f"{number}-{row}" for row in range(FILE)])
        part.to_parquet(folder / f"part.{number:03}.parquet", index=False)


@contextmanager
def cluster(folder: Path) -> Iterator[tuple[str, list[psutil.Process]]]:
    """Start a cluster; yields the address of the scheduler and the parent processes of the two workers."""
    scheduler_file = folder / "scheduler.json"
    with (folder / "cluster.log").open("w") as log:

        def start(*arguments: Any) -> subprocess.Popen:
            return subprocess.Popen([BIN / "dask", *map(str, arguments)], stdout=log, stderr=log, cwd=folder)

        processes = [start("scheduler", "--port", 0, "--dashboard-address", ":0", "--scheduler-file", scheduler_file)]
        processes += [
            start("worker", "--scheduler-file", scheduler_file, "--nthreads", 1, "--no-dashboard") for _ in range(2)
        ]
        try:
            with Client(scheduler_file=str(scheduler_file)) as client:
                client.wait_for_workers(2)
                address = client.scheduler.address
            yield address, [psutil.Process(process.pid) for process in processes[1:]]
        finally:
            for process in processes:
                process.terminate()
            for process in processes:
                process.wait()


@contextmanager
def watch_memory(parents: list[psutil.Process]) -> Iterator[list[int]]:
    """Yield a list whose only item is the most memory of any worker so far, in MB."""
    peak, done = [0], Event()

    def look() -> None:
        while not done.wait(0.5):
            for parent in parents:
                for worker in parent.children(recursive=True):
                    try:
                        peak[0] = max(peak[0], worker.memory_info().rss >> 20)
                    except psutil.Error:  # it has just ended
                        continue

    thread = Thread(target=look)
    thread.start()
    try:
        yield peak
    finally:
        done.set()
        thread.join()


def predict(*arguments: Any) -> tuple[float, str, int]:
    """Run the command; returns seconds, messages and exit code."""
    start = time.monotonic()
    result = subprocess.run(
        [BIN / "news-topics", "predict", *map(str, arguments)], capture_output=True, encoding="utf-8"
    )
    return time.monotonic() - start, result.stderr, result.returncode


def same(one: Path, folder: Path, without: int | None = None) -> bool:
    """Whether the files of a folder have the rows of one file, in its order, except those of one part."""
    whole = pq.read_table(one)
    for number in range(ARTICLES // FILE):
        part = folder / f"part.{number:03}.parquet"
        if number == without:
            if part.exists():
                return False
        elif pq.read_table(part).replace_schema_metadata() != whole.slice(number * FILE, FILE):
            return False
    return True


def kill_later(parents: list[psutil.Process], folder: Path) -> Thread:
    """Start a thread that kills a worker when a quarter of the files are there."""

    def wait() -> None:
        while len(list(folder.glob("*.parquet"))) < ARTICLES // FILE // 4:
            time.sleep(0.1)
        max(parents[0].children(recursive=True), key=lambda process: process.memory_info().rss).kill()

    thread = Thread(target=wait)
    thread.start()
    return thread


def tagging(folder: Path) -> list[str]:
    """Return the rows of the table of times, and the estimate."""
    archive, one, two = folder / "news", folder / "one.parquet", folder / "two"
    make_archive(archive)
    size = sum(path.stat().st_size for path in archive.iterdir())
    singles, doubles, memory = [], [], []
    for _ in range(ROUNDS):  # in turn, because machines have slow minutes; each starts without known words
        singles.append(predict(archive, "-o", one)[0])
        shutil.rmtree(two, ignore_errors=True)
        with cluster(folder) as (address, parents), watch_memory(parents) as peak:
            doubles.append(predict(archive, "-o", two, "--scheduler", address)[0])
            memory.append(peak)
        assert same(one, two)
    single, double = median(singles), median(doubles)
    rows = [
        f"|one process (`--output FILE`)|{single:.0f} s, {ARTICLES / single:,.0f} articles/s|",
        f"|two workers (`--scheduler`)|{double:.0f} s, {ARTICLES / double:,.0f} articles/s|",
        f"|speed-up|{single / double:.2f} (rounds: {', '.join(f'{a / b:.2f}' for a, b in zip(singles, doubles, strict=True))})|",
        f"|rows that differ|none of {ARTICLES:,}|",
    ]
    with cluster(folder) as (address, parents), watch_memory(parents) as peak:
        memory.append(peak)
        rows += transfers(folder, address) + overhead(folder, address)
        bad = archive / "part.050.parquet"
        bad.write_bytes(bad.read_bytes()[:100_000])
        (folder / "three").mkdir()
        thread = kill_later(parents, folder / "three")
        seconds, err, code = predict(archive, "-o", folder / "three", "--scheduler", address)
        thread.join()
        assert code == 1 and f"not tagged: {bad}" in err and same(one, folder / "three", without=50)
        rows.append(f"|a worker killed, a file damaged|{seconds:.0f} s; the file is named, rows that differ: none|")
    assert max(memory)[0] < MEMORY
    rows.append(f"|most memory of a worker in all runs|{max(memory)[0]:,} MB|")
    return [*rows, "", *estimate(single, double, size)]


def transfers(folder: Path, address: str) -> list[str]:
    """Return how often the model goes from worker to worker for 40 partitions."""
    news = articles()[: 40 * 100]
    (folder / "few").mkdir()
    for number in range(40):
        news[100 * number : 100 * (number + 1)].to_parquet(folder / "few" / f"{number}.parquet")
    with Client(address) as client:
        before = sent(client)
        assert tag(dd.read_parquet(folder / "few")).map_partitions(len).compute().sum() == len(news)
        size = len(load_predictor().to_bytes())
        # A task that moves to the other worker takes its partition along; only the model has this size.
        models = [each for each in sent(client)[len(before) :] if each == size]
        times = "once" if len(models) == 1 else f"{len(models)} times"
        return [f"|the model, for 40 partitions|sent {times} to the second worker, {sum(models):,} bytes|"]


def sent(client: Client) -> list[int]:
    """Return the sizes of all values that went from worker to worker, in bytes, in order."""
    logs = client.run(lambda dask_worker: list(dask_worker.transfer_outgoing_log))
    entries = sorted((entry for log in logs.values() for entry in log), key=lambda entry: entry["start"])
    return [size for entry in entries for size in entry["keys"].values()]


def overhead(folder: Path, address: str) -> list[str]:
    """Return what a file costs besides its articles: many files of one article against one file of as many."""
    news = articles()[:TINY]
    (folder / "tiny").mkdir()
    (folder / "large").mkdir()
    news.to_parquet(folder / "large" / "all.parquet")
    for number in range(TINY):
        news[number : number + 1].to_parquet(folder / "tiny" / f"{number}.parquet")
    seconds = {}
    for name in ("large", "tiny"):
        seconds[name], _, code = predict(folder / name, "-o", folder / f"{name}-tagged", "--scheduler", address)
        assert code == 0
    each = 1000 * 2 * (seconds["tiny"] - seconds["large"]) / TINY
    return [f"|one more file, in a worker's time|{each:.0f} ms|"]


def estimate(single: float, double: float, size: int) -> list[str]:
    """Return the hours that a large archive would take on clusters of several sizes."""
    speed = ARTICLES / double / 2
    rows = [
        f"An estimate for {WHOLE:,} articles of {size / ARTICLES / 1e3:.1f} KB each in Parquet. It assumes that a worker "
        f"has a core like these and 1 GB, tags {speed:,.0f} articles a second as the two above, never waits for disk or "
        "network, and needs one minute to start and warm up.",
        "",
        "|cluster|hours|read, MB/s|",
        "|---|---|---|",
    ]
    speeds = {"no cluster, one process": ARTICLES / single}
    speeds |= {f"{workers} workers, {workers} GB": speed * workers for workers in (2, 8, 32, 128)}
    for name, rate in speeds.items():
        rows.append(f"|{name}|{(WHOLE / rate + 60) / 3600:.2f}|{rate * size / ARTICLES / 1e6:,.0f}|")
    return rows


def fitting(folder: Path) -> list[str]:
    """Return scores of models fitted on the cluster and in memory."""
    _, held_out = read_corpus(SHARED / "news.parquet", [SHARED / "labels.csv", AMENDMENTS]).train_test_split()
    news = pd.read_parquet(SHARED / "news.parquet", columns=["id", "title", "text"])
    news = news[~news.id.isin(held_out.ids)].sample(LABELLED, random_state=0)
    news["topics"] = tag_frame(news).topics.map(";".join)
    texts = list(map(with_title, news.title.fillna(""), news.text.fillna("")))
    (folder / "labelled").mkdir()
    for number in range(8):
        news[number::8].to_parquet(folder / "labelled" / f"{number}.parquet")
    rows = ["|fitted|macro-F1|micro-F1|time|", "|---|---|---|---|"]
    with cluster(folder) as (address, parents), Client(address), watch_memory(parents) as peak:
        for name, fit_model in {
            "in memory": lambda: TopicClassifier().fit(texts, news.topics),
            "on two workers": lambda: fit(dd.read_parquet(folder / "labelled")),
        }.items():
            start = time.monotonic()
            fitted = fit_model()
            took = time.monotonic() - start
            scores = evaluate(fitted.predictor_, held_out).scores().f1
            rows.append(f"|{name}|{scores['macro']:.4f}|{scores['micro']:.4f}|{took:.0f} s|")
    return [*rows, "", f"The most memory of a worker was {peak[0]:,} MB."]


def main() -> None:
    """Measure, print and write the tables."""
    lines = ["# A cluster", "", "Written by `make cluster`; `cluster.py` says how it is measured.", ""]
    with TemporaryDirectory() as folder:
        lines += [
            f"|{ARTICLES:,} articles in {ARTICLES // FILE} files|two cores|",
            "|---|---|",
            *tagging(Path(folder)),
        ]
        if (SHARED / "news.parquet").exists():
            lines += ["", f"Fitting {LABELLED:,} articles that the shipped model has labelled, scored on `dev`:", ""]
            lines += fitting(Path(folder))
    text = "\n".join([*lines, ""])
    print(text)
    HERE.with_suffix(".md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
