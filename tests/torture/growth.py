"""Inputs at which memory could grow: ``python -m tests.torture.growth CASE`` prints the peak in MB and the seconds."""

import re
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from classifier.data.reading import read
from classifier.errors import Error
from classifier.model.predictor import cached_predictor
from classifier.tagging.batches import tag_articles


def nothing(_: Path) -> None:
    """One article."""
    cached_predictor(None).topics(["Хоккеисты выиграли матч"])


def long_tokens(_: Path) -> None:
    """8,000 different tokens of 50,000 letters, ten in a text."""
    for number in range(800):
        tokens = [f"{number * 10 + place:06}".translate(_LETTERS) + "щ" * 50_000 for place in range(10)]
        cached_predictor(None).topics([" ".join(tokens)])


def row_group(folder: Path) -> None:
    """A Parquet file of 160,000 articles of 3,500 characters in one row group."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    words = [f"{number:04}".translate(_LETTERS) for number in range(5000)]
    texts = [" ".join(words[number * 37 % 4300 :][:700]) for number in range(160_000)]
    table = pa.table({"text": [f"{number} {text}" for number, text in enumerate(texts)]})
    pq.write_table(table, folder / "a.parquet", row_group_size=160_000, compression="none", use_dictionary=False)
    _fresh(folder / "a.parquet")


def zeros(folder: Path) -> None:
    """A file of 500 million zero bytes."""
    with (folder / "a.txt").open("wb") as file:
        file.truncate(500_000_000)
    _fresh(folder / "a.txt")


def _fresh(path: Path) -> None:
    """Read a file in a process that has not made it."""
    code = f"from tests.torture.growth import read_all; read_all({str(path)!r})"
    sys.stdout.write(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout)
    sys.exit()


def read_all(path: str) -> None:
    """Tag a file as the command does, and print the peak."""
    start = time.perf_counter()
    nothing(Path())
    try:
        for _ in tag_articles(None, read([Path(path)])):
            pass
    except Error:
        pass
    _report(start)


def _report(start: float) -> None:
    # Not ru_maxrss, which a process inherits from the one that started it.
    (peak,) = re.findall(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text(encoding="utf-8"))
    print(int(peak) // 1024, time.perf_counter() - start)


_LETTERS = str.maketrans("0123456789", "абвгдежзик")
CASES: dict[str, Callable[[Path], None]] = {case.__name__: case for case in (nothing, long_tokens, row_group, zeros)}

if __name__ == "__main__":
    began = time.perf_counter()
    with TemporaryDirectory() as made:
        CASES[sys.argv[1]](Path(made))
    _report(began)
