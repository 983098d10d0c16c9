"""The archive that the notebook on topics of one's own reads, and what two readers say about its articles."""

import pandas as pd
import pytest

from classifier.text.reprints import hash_texts
from classifier.topics import taxonomy
from tests.conftest import EXAMPLES

NEW = "арктика"


@pytest.fixture(scope="module")
def archive():
    return pd.read_csv(EXAMPLES / "archive.csv", dtype=str, keep_default_na=False)


@pytest.fixture(scope="module")
def readings():
    return pd.read_csv(EXAMPLES / "readings.csv", dtype=str, keep_default_na=False)


def test_the_archive_is_small_and_no_two_articles_are_alike(archive):
    assert (EXAMPLES / "archive.csv").stat().st_size < 150_000
    assert list(archive) == ["id", "date", "source", "title", "text"]
    assert archive.id.is_unique and archive.title.is_unique
    assert len(set(hash_texts(archive.title + "\n" + archive.text))) == len(archive) > 150
    assert archive.date.is_monotonic_increasing and archive.source.nunique() == 3


def test_each_of_two_readers_has_read_all_of_it(archive, readings):
    for reader in ("anna", "boris"):
        assert readings[readings.reader == reader].id.tolist() == archive.id.tolist()


def test_readers_give_all_topics_one_of_them_new_at_most_four_and_sometimes_none(readings):
    given = readings.topics.map(lambda topics: topics.split(";") if topics else [])
    assert set(given.explode().dropna()) == {*taxonomy(), NEW}
    assert given.map(len).between(0, 4).all() and (given.map(len) == 0).any()
    assert given.map(lambda topics: len(set(topics)) == len(topics)).all()


def test_the_new_topic_is_in_a_quarter_of_the_articles_and_readers_disagree_about_some(readings):
    by_reader = readings.assign(new=readings.topics.str.contains(NEW)).pivot(index="id", columns="reader", values="new")
    assert 30 <= by_reader.all(axis=1).sum() < by_reader.any(axis=1).sum() <= 45
