"""A million short texts with ``news-topics predict`` in one process: ``make load`` writes ``load.md``.

Each text is a headline and a word that no other text has, so that the memo of word forms is filled and emptied again and
again. Memory is read once a second. Throughput is computed from the times at which parts of the output were complete.
"""

import json
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd

from classifier.data.articles import BATCH
from classifier.data.corpus import read_corpus
from classifier.data.reading import read
from classifier.data.resumable import PART
from tests.conftest import EXAMPLES, SHARED

ARTICLES = 1_000_000
SYLLABLES = re.findall("..", "бавегодужизокалемонупирасотуфехоцачешущи")
HERE = Path(__file__)


def headlines() -> list[str]:
    """Return headlines of the corpus, or without it those of the example articles."""
    if (SHARED / "news.parquet").exists():
        titles = pd.read_parquet(SHARED / "news.parquet", columns=["title"]).title
        return [title for title in titles.fillna("") if title]
    texts = [article.text for article in read([EXAMPLES / "articles"])] + read_corpus(EXAMPLES / "train.csv").texts
    return [text.splitlines()[0] for text in texts]


def word(number: int) -> str:
    """Return a different word for each number: five mixed syllables, since the time of a guess depends on the ending."""
    place = number * 7_368_787 % len(SYLLABLES) ** 5
    return "".join(SYLLABLES[place // len(SYLLABLES) ** digit % len(SYLLABLES)] for digit in range(5))


def memory(process: subprocess.Popen) -> int | None:
    """Return the resident memory in MB; None if the process has ended."""
    try:
        status = Path(f"/proc/{process.pid}/status").read_text()
    except OSError:
        return None
    lines = [line for line in status.splitlines() if line.startswith("VmRSS")]
    return int(lines[0].split()[1]) // 1024 if lines else None


def watch(process: subprocess.Popen, folder: Path) -> Iterator[tuple[float, int, int]]:
    """Yield seconds since the start, articles done and memory, once a second."""
    start = time.monotonic()
    while process.poll() is None:
        used = memory(process)
        done = len(list(folder.glob("[0-9]*"))) * PART * BATCH
        if used is not None:
            yield time.monotonic() - start, done, used
        time.sleep(1)


def main() -> None:
    """Measure, print and write the table."""
    titles = headlines()
    with TemporaryDirectory() as folder:
        source, target = Path(folder, "news.jsonl"), Path(folder, "topics.jsonl")
        with source.open("w", encoding="utf-8") as file:
            for number in range(ARTICLES):
                text = f"{titles[number % len(titles)]} {word(number)}"
                file.write(json.dumps({"id": number, "text": text}, ensure_ascii=False) + "\n")
        command = [Path(sys.executable).with_name("news-topics"), "predict", source, "--output", target]
        with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
            seen = pd.DataFrame(watch(process, Path(folder, ".topics.jsonl.parts")), columns=["s", "done", "MB"])
        assert process.returncode == 0
        with target.open(encoding="utf-8") as file:
            assert sum(1 for _ in file) == ARTICLES
    rows = ["|articles|texts a second|memory, MB|", "|---|---|---|"]
    for start in range(0, ARTICLES, ARTICLES // 5):
        part = seen[(seen.done >= start) & (seen.done <= start + ARTICLES // 5)]
        speed = (part.done.max() - part.done.min()) / (part.s[part.done.idxmax()] - part.s[part.done.idxmin()])
        rows.append(
            f"|{start:,} to {start + ARTICLES // 5:,}|{speed:,.0f}|{part.MB.median():.0f} (most {part.MB.max()})|"
        )
    text = "\n".join(["# Load", "", "Written by `make load`; `load.py` says how it is measured.", "", *rows, ""])
    print(text)
    HERE.with_suffix(".md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
