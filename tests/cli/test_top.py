import io
import json

import pandas as pd
import pytest

from tests.conftest import EXAMPLES
from tests.trends.test_top import COURT, CUP, MATCH


@pytest.fixture
def archive(tmp_path):
    days = ["2024-01-10", "2024-02-10", "2024-03-10"]
    table = pd.DataFrame({"id": [*"abc"], "date": days, "title": ["Хоккей", "", "Суд"], "text": [MATCH, CUP, COURT]})
    table.to_csv(tmp_path / "archive.csv", index=False)
    return tmp_path / "archive.csv"


@pytest.fixture
def answers(run, archive, tmp_path):
    """Answers that hold texts, and answers that do not."""
    kept = ["--keep", "date", "--keep", "title", "--keep", "text"]
    assert run("predict", archive, *kept, "-o", tmp_path / "with.parquet").code == 0
    assert run("predict", archive, "-o", tmp_path / "without.csv").code == 0
    return tmp_path / "with.parquet", tmp_path / "without.csv"


def ids(result):
    assert result.code == 0, result.err
    return [row["id"] for row in json.loads(result.out)]


def test_articles_are_tagged_and_shown_with_words_and_dates(run, archive):
    result = run("top", "sport", archive)
    assert "2024-01-10" in result.out and "Хоккей" in result.out and "матч +" in result.out
    assert COURT not in result.out


def test_answers_of_predict_are_read(run, archive, answers):
    with_texts, without = answers
    expected = ids(run("top", "sport", archive, "--format", "json"))
    assert ids(run("top", "sport", with_texts, "--format", "json")) == expected
    result = run("top", "sport", without, "--format", "json")
    assert ids(result) == expected and "`predict --keep text`" in result.err
    assert {row["words"] for row in json.loads(result.out)} == {""}


def test_without_a_headline_the_id_names_an_article(run, answers):
    lines = run("top", "sport", answers[1]).out.splitlines()
    assert lines[0].split() == ["probability", "id"] and {line.split()[1] for line in lines[1:]} == {"a", "b"}


def test_csv_is_for_programs(run, archive):
    table = pd.read_csv(io.StringIO(run("top", "sport", archive, "-n", "1", "--format", "csv").out))
    assert list(table) == ["id", "probability", "date", "title", "words"] and len(table) == 1


def test_names_of_topics_are_understood(run, archive):
    assert ids(run("top", "Спорт", archive, "--format", "json")) == ids(
        run("top", "sport", archive, "--format", "json")
    )


@pytest.mark.parametrize(
    ("span", "expected"),
    [
        (["--since", "2024-02-10"], {"b"}),
        (["--until", "9.2.2024"], {"a"}),
        (["--since", "2024-01-10", "--until", "2024-02-10"], {"a", "b"}),
    ],
)
def test_some_days_can_be_chosen(run, archive, span, expected):
    assert {*ids(run("top", "sport", archive, *span, "--format", "json"))} == expected


@pytest.mark.parametrize(
    ("arguments", "code", "advice"),
    [
        (["sprot"], 2, "did you mean 'sport'"),
        (["space"], 1, "no article has the topic 'space'"),
        (["sport", "--since", "вчера"], 2, "--since 'вчера' is no day"),
        (["sport", "--since", "2030-01-01"], 1, "name other files or days"),
        (["sport", "-n", "0"], 2, "0 is not in the range"),
    ],
)
def test_wrong_use_is_told(run, archive, arguments, code, advice):
    topic, *options = arguments
    result = run("top", topic, archive, *options)
    assert result.code == code and advice in result.err and not result.out


def test_examples_have_articles_about_sport(run):
    assert len(ids(run("top", "sport", EXAMPLES / "archive.csv", "-n", "3", "--format", "json"))) == 3
