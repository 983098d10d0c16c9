"""Answers are read back as `predict` has written them, and articles are tagged."""

import io
import sys

import pandas as pd
import pytest

from classifier.data.articles import ReadOptions
from classifier.errors import Error, UsageError
from classifier.tagging.tagged import holds_answers, read_tagged
from tests.conftest import EXAMPLES

NEWS = EXAMPLES / "train.csv"


@pytest.fixture(scope="module")
def articles(tmp_path_factory):
    """A table of some articles with dates, of which one has no topic."""
    table = pd.read_csv(NEWS).fillna("").head(12)[["id", "title", "text"]].astype("str")
    table["date"] = [f"2023-05-{day:02}" for day in range(1, 13)]
    table.loc[3, ["title", "text"]] = ["", "Hello, world"]
    path = tmp_path_factory.mktemp("articles") / "news.csv"
    table.to_csv(path, index=False)
    return path


def whole(path, **options):
    return pd.concat(read_tagged([path], **options), ignore_index=True)


@pytest.mark.parametrize("long", [[], ["--long"]], ids=["wide", "long"])
@pytest.mark.parametrize("format", ["csv", "jsonl", "parquet", "xlsx", "jsonl.gz"])
def test_answers_come_back_as_they_were_given(run, articles, tmp_path, format, long):
    plain = tmp_path / f"tagged.{format.removesuffix('.gz')}"
    assert run("predict", articles, "-o", plain, "--keep", "date", "--keep", "title", *long).code == 0
    if format.endswith(".gz"):
        import gzip

        packed = tmp_path / f"tagged.{format}"
        packed.write_bytes(gzip.compress(plain.read_bytes()))
        plain.unlink()
        plain = packed
    found, expected = whole(plain), whole(articles)
    assert holds_answers(plain) and not holds_answers(articles)
    for name in ("id", "date", "title", "topics"):
        assert found[name].tolist() == expected[name].tolist()
    assert found.note.tolist() == expected.note.tolist() and found.note[3] == "not Russian"
    for row, given in zip(found.probabilities, expected.probabilities, strict=True):
        assert row == [round(value, 4) for value in given]
    assert set(found.text) == {""}


@pytest.mark.parametrize("format", ["csv", "jsonl", "parquet", "xlsx"])
def test_of_long_answers_with_all_topics_only_the_given_ones_are_read(run, articles, tmp_path, format):
    run("predict", articles, "-o", tmp_path / f"all.{format}", "--all", "--long")
    assert whole(tmp_path / f"all.{format}").topics.tolist() == whole(articles).topics.tolist()


def test_rows_of_an_article_that_are_apart_are_refused(run, articles, tmp_path):
    run("predict", articles, "-o", tmp_path / "long.csv", "--long")
    table = pd.read_csv(tmp_path / "long.csv")
    pd.concat([table, table.head(1)]).to_csv(tmp_path / "sorted.csv", index=False)
    with pytest.raises(UsageError, match="id '1' comes back"):
        whole(tmp_path / "sorted.csv")


def test_answers_whose_first_article_lost_its_topics_are_answers(run, articles, tmp_path):
    run("predict", articles, "-o", tmp_path / "tagged.jsonl")
    lines = (tmp_path / "tagged.jsonl").read_text(encoding="utf-8").splitlines()
    lines[0] = '{"id": "1", "topics": null, "probabilities": null, "note": ""}'
    (tmp_path / "edited.jsonl").write_text("\n".join(lines), encoding="utf-8")
    assert whole(tmp_path / "edited.jsonl").topics.tolist()[1:] == whole(articles).topics.tolist()[1:]


def test_a_kept_text_comes_back_with_its_headline(run, articles, tmp_path):
    tagged = tmp_path / "tagged.jsonl"
    run("predict", articles, "-o", tagged, "--keep", "title", "--keep", "text")
    assert whole(tagged).text.tolist() == whole(articles).text.tolist()


def test_other_columns_are_kept_if_they_are_there(run, articles, tmp_path):
    run("predict", articles, "-o", tmp_path / "tagged.csv", "--keep", "date")
    options = ReadOptions(ReadOptions().columns._replace(optional=("source",)))
    assert set(whole(tmp_path / "tagged.csv", options=options).source) == {None}


def test_topics_that_people_gave_have_no_probability(run, articles, tmp_path):
    (tmp_path / "labels.csv").write_text("id,topics\n1,sport;weather\n", encoding="utf-8")
    run("predict", articles, "--labels", tmp_path / "labels.csv", "-o", tmp_path / "tagged.csv")
    found = whole(tmp_path / "tagged.csv").set_index("id").loc["1"]
    assert set(found.topics) == {"sport", "weather"} and len(found.probabilities) == 2


def test_a_corpus_with_topics_by_people_is_no_answer():
    assert not holds_answers(NEWS)


def test_standard_input_is_told_by_its_first_line(run, articles, tmp_path, monkeypatch):
    run("predict", articles, "-o", tmp_path / "tagged.jsonl", "--keep", "date")
    for path, is_answer in ((tmp_path / "tagged.jsonl", True), (articles, False)):
        stream = io.TextIOWrapper(io.BufferedReader(io.BytesIO(path.read_bytes())))
        monkeypatch.setattr(sys, "stdin", stream)
        found = whole("-")
        assert found.topics.tolist() == whole(articles).topics.tolist()
        assert (set(found.text) == {""}) is is_answer


def test_a_wrong_probability_is_told_with_its_place(tmp_path):
    (tmp_path / "t.csv").write_text("id,topics,probabilities,note\n1,sport,high,\n", encoding="utf-8")
    with pytest.raises(Error, match="t.csv line 2: probabilities are 'high', not numbers"):
        whole(tmp_path / "t.csv")


def test_the_columns_may_have_other_names(run, articles, tmp_path):
    table = pd.read_csv(articles).rename(columns={"date": "published"})
    table.to_csv(tmp_path / "other.csv", index=False)
    options = ReadOptions(ReadOptions().columns._replace(date="published"))
    assert whole(tmp_path / "other.csv", options=options).date[0] == "2023-05-01"
