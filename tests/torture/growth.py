"""Inputs at which memory could grow: ``python -m tests.torture.growth CASE`` prints the peak in MB and the seconds."""

import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from classifier.data.reading import read
from classifier.errors import Error
from classifier.model.predictor import cached_predictor


def nothing(_: Path) -> None:
    """One article."""
    cached_predictor(None).topics(["Хоккеисты выиграли матч"])


def long_tokens(_: Path) -> None:
    """40,000 different tokens of 50,000 letters, ten in a text."""
    for number in range(4000):
        tokens = [f"{number * 10 + place:06}".translate(_LETTERS) + "щ" * 50_000 for place in range(10)]
        cached_predictor(None).topics([" ".join(tokens)])


def row_group(folder: Path) -> None:
    """A Parquet file of 160,000 articles of 3,000 different characters in one row group."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.parquet as pq

    letters = np.random.default_rng(0).integers(0x430, 0x450, (160_000, 1500), np.uint16)
    texts = [row.tobytes().decode("utf-16-le") * 2 for row in letters]
    pq.write_table(pa.table({"text": texts}), folder / "a.parquet", row_group_size=160_000)
    del letters, texts
    _fresh(folder / "a.parquet")


def zeros(folder: Path) -> None:
    """A file of 500 million zero bytes."""
    with (folder / "a.txt").open("wb") as file:
        file.truncate(500_000_000)
    _fresh(folder / "a.txt")


def _fresh(path: Path) -> None:
    """Read a file in a process that has not made it."""
    import subprocess

    code = f"from tests.torture.growth import read_all; read_all({str(path)!r})"
    sys.stdout.write(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout)
    sys.exit()


def read_all(path: str) -> None:
    """Tag a file as the command does, and print the peak."""
    start = time.perf_counter()
    nothing(Path())
    try:
        for article in read([path]):
            cached_predictor(None).topics([article.text[:300]])
    except Error:
        pass
    _report(start)


def _report(start: float) -> None:
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024, time.perf_counter() - start)


_LETTERS = str.maketrans("0123456789", "абвгдежзик")
CASES: dict[str, Callable[[Path], None]] = {case.__name__: case for case in (nothing, long_tokens, row_group, zeros)}

if __name__ == "__main__":
    began = time.perf_counter()
    with TemporaryDirectory() as made:
        CASES[sys.argv[1]](Path(made))
    _report(began)
