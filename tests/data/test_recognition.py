"""Which files count as our own earlier answers."""

import pandas as pd
import pytest

from classifier.data.recognition import is_answer
from tests.conftest import TEXTS


@pytest.fixture(params=["jsonl", "csv", "parquet"])
def answers(request, run, tmp_path):
    (tmp_path / "news.csv").write_text(
        "id,text,date\n" + "".join(f'{n},"{text}",2020\n' for n, text in enumerate(TEXTS))
    )
    path = tmp_path / f"out.{request.param}"
    assert run("predict", tmp_path / "news.csv", "-o", path, "--keep", "date", "--names", "ru", "--all").code == 0
    return path


def test_what_was_written_is_recognized(answers):
    assert is_answer(answers)


@pytest.mark.parametrize("before, after", [("not Russian", "мой текст"), ("sport", "sport;culture")])
def test_a_remark_or_a_topic_of_somebody_makes_them_somebody_elses(run, tmp_path, before, after):
    (tmp_path / "news.csv").write_text("id,text\n" + "".join(f'{n},"{text}"\n' for n, text in enumerate(TEXTS)))
    path = tmp_path / "out.csv"
    run("predict", tmp_path / "news.csv", "-o", path)
    path.write_text(path.read_text(encoding="utf-8").replace(before, after, 1), encoding="utf-8")
    result = run("predict", tmp_path / "news.csv", "-o", path)
    assert result.code == 2 and "exists" in result.err and after in path.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "content",
    [
        b"notes",
        b"\xff",
        b"{",
        b"[]",
        b"5",
        b"PAR1",
        b"{}",
        b'{"id": 1, "topics": 5, "probabilities": 5, "note": ""}',
        b"id,topics,probabilities,note\n1,sport\n",
        b'id,topics,probabilities,note\na,sport,,"my remark"\n',
        b"[" * 100_000,
    ],
)
def test_anything_else_is_not(tmp_path, content):
    (tmp_path / "a").write_bytes(content)
    assert not is_answer(tmp_path / "a")


def test_another_table_is_not(tmp_path):
    pd.DataFrame({"id": [1], "topics": ["sport"]}).to_parquet(tmp_path / "a.parquet")
    assert not is_answer(tmp_path / "a.parquet")
