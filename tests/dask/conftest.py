"""An archive of articles, and the command that tags it on the cluster of the tests."""

import json

import pandas as pd
import pytest

from tests.conftest import TEXTS

# What `predict` makes of the archive.
TARGETS = ["a.parquet", "year=2019/part.0.parquet", "year=2019/part.1.parquet", "year=2019/part.2.parquet", "z.parquet"]


def rows(start, number):
    return [{"id": str(row), "text": f"{TEXTS[row % 5]} {row}", "n": row} for row in range(start, start + number)]


def files(folder):
    """The files of a folder and its subfolders, as sorted relative paths."""
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


@pytest.fixture
def archive(tmp_path):
    """1,850 articles in Parquet files and JSON lines, in two folders."""
    folder = tmp_path / "news"
    (folder / "year=2019").mkdir(parents=True)
    pd.DataFrame(rows(0, 1500)).to_parquet(folder / "a.parquet")
    for part in range(3):
        pd.DataFrame(rows(1500 + 100 * part, 100)).to_parquet(folder / "year=2019" / f"part.{part}.parquet")
    (folder / "z.jsonl").write_text("\n".join(json.dumps(row) for row in rows(1800, 50)), encoding="utf-8")
    return folder


@pytest.fixture
def predict(run, cluster, tmp_path):
    """Run ``predict`` into the folder ``tagged``, on the cluster."""

    def command(*arguments):
        return run("predict", *arguments, "--output", f"{tmp_path}/tagged/", "--scheduler", cluster.scheduler_address)

    return command
