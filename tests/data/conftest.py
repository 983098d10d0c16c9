import pandas as pd
import pytest


@pytest.fixture
def put(tmp_path):
    """Write a file of some name and content, and return its path."""

    def write(name, content):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


@pytest.fixture
def table(tmp_path):
    """Write rows as a table in the format that the name ends in, and return its path."""

    def write(name, rows):
        path, frame = tmp_path / name, pd.DataFrame(rows)
        {
            ".csv": lambda: frame.to_csv(path, index=False),
            ".tsv": lambda: frame.to_csv(path, index=False, sep="\t"),
            ".jsonl": lambda: frame.to_json(path, orient="records", lines=True, force_ascii=False),
            ".parquet": lambda: frame.to_parquet(path),
        }[path.suffix]()
        return path

    return write
