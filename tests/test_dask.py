"""Dask DataFrames: what a cluster gives is what one process gives, row for row."""

import os
import pickle
import signal
import time

import numpy as np
import pandas as pd
import pytest

from classifier import Error, TopicClassifier, model, tag_frame
from classifier.corpus import Corpus
from classifier.train import results
from tests.conftest import SHARED

dd = pytest.importorskip("dask.dataframe", reason="Dask is not installed: pip install '.[dask]'")
from classifier.dask import fit, schema, tag, unpacked  # noqa: E402

TEXTS = [
    "Хоккеисты выиграли матч",
    "Министр иностранных дел прибыл с визитом в Дели",
    "Суд вынес приговор бывшему мэру",
    "Hello, world",
    "В город придёт метель",
]
NEWS = pd.DataFrame({"text": [f"{TEXTS[row % 5]} {row}" for row in range(400)], "n": range(400)})
NEWS.index = NEWS.index * 10 + 7


@pytest.fixture
def news():
    return dd.from_pandas(NEWS, npartitions=8)


def test_without_a_cluster_threads_do(news, shipped):
    pd.testing.assert_frame_equal(tag(news, keep=["n"]).compute(), tag_frame(NEWS, shipped, keep=["n"]))


def test_partitions_and_index_stay_and_rows_are_those_of_one_process(client, news, shipped):
    tagged = tag(news, scores=True, min_probability=0.3)
    assert tagged.npartitions == 8 and tagged.divisions == news.divisions
    found = tagged.compute()
    expected = tag_frame(NEWS, shipped, scores=True, min_probability=0.3)
    pd.testing.assert_frame_equal(found, expected)
    pd.testing.assert_series_equal(tagged.dtypes, expected.dtypes)


def test_the_model_is_sent_once_and_unpacked_once_a_worker(client, news):
    client.run(unpacked.cache_clear)
    first, second = tag(news), tag(news, keep=["n"])
    assert len(pickle.dumps(dict(second.dask))) < 1_000_000  # no model in it, which has ten
    client.gather(client.compute([first, second]))
    assert [info.misses for info in client.run(unpacked.cache_info).values()] == [1, 1]


def test_a_killed_worker_costs_no_rows(client, shipped):
    many = dd.from_pandas(pd.concat([NEWS] * 20, ignore_index=True), npartitions=40)
    future = client.compute(tag(many))
    while client.run_on_scheduler(lambda dask_scheduler: len(dask_scheduler.tasks)) < 20:
        time.sleep(0.01)
    os.kill(client.run(os.getpid).popitem()[1], signal.SIGKILL)
    pd.testing.assert_frame_equal(future.result(), tag_frame(many.compute(), shipped))


def test_parquet_is_written_and_read(client, news, tmp_path):
    empty = news.map_partitions(lambda frame: frame[frame.n >= 50])  # the first partition has no article
    tagged = tag(empty, keep=["n"])
    tagged.to_parquet(tmp_path, schema=schema(tagged))
    again = pd.read_parquet(tmp_path)
    assert again.n.tolist() == list(range(50, 400)) and again.index[0] == 507
    assert [list(topics) for topics in again.topics] == tag_frame(NEWS[50:]).topics.tolist()


def test_what_is_wrong_is_said_before_anything_runs(news):
    with pytest.raises(Error, match=r"no column 'body' \(there are: text, n\)"):
        tag(news, text="body")
    with pytest.raises(Error, match="nowhere is no model folder"):
        tag(news, "nowhere")
    with pytest.raises(Error, match=r"no column 'topics' \(there are: text, n\)"):
        fit(news)


def test_a_row_that_is_no_text_is_named(client):
    news = dd.from_pandas(pd.DataFrame({"text": [1, 2, 3]}, index=[5, 6, 7]), npartitions=1)
    with pytest.raises(Error, match="row 5: 'text' holds int 1, not a text"):
        tag(news).compute()


def frame(corpus: Corpus):
    return pd.DataFrame({"text": corpus.texts, "topics": [";".join(topics) for topics in corpus.topics]})


def test_a_small_table_is_fitted_as_in_memory(client, small, small_model):
    settings = TopicClassifier()
    fitted = fit(dd.from_pandas(frame(small), npartitions=3), settings)
    assert fitted.classes_.tolist() == small_model.classes_.tolist() and not hasattr(settings, "tagger_")
    np.testing.assert_allclose(fitted.predict_proba(small.texts), small_model.predict_proba(small.texts), atol=2e-3)
    assert fitted.topics(small.texts) == small_model.topics(small.texts)


def test_new_words_are_learned_from_all_partitions_together(client, small):
    table = frame(small)
    table.loc[table.topics == "спорт", "text"] += " грымзик"
    fitted = fit(dd.from_pandas(table, npartitions=5))
    assert "грымзик" in fitted.tagger_.features.lexicon.lemmas
    assert fitted.topics(["Грымзик"]) == [["спорт"]]


def test_parts_are_averaged_whatever_the_order_of_articles(client, small):
    table = frame(small)
    one, two = (
        fit(dd.from_pandas(each, npartitions=number), part=20).predict_proba(small.texts)
        for each, number in ((table, 2), (table[::-1].reset_index(drop=True), 4))
    )
    np.testing.assert_allclose(one, two, atol=2e-3)


def test_too_few_examples_are_refused(client, small):
    table = frame(small)
    table.loc[0, "topics"] = "редкость"
    with pytest.raises(ValueError, match="'редкость' is on 1 of 46 texts"):
        fit(dd.from_pandas(table, npartitions=2))


def test_lists_that_dask_made_strings_are_told(client, small):
    table = pd.DataFrame({"text": small.texts, "topics": small.topics})
    with pytest.raises(Error, match="have become strings"):
        fit(dd.from_pandas(table, npartitions=2))


def on_disk(folder, table, number):
    """A table as a Dask DataFrame of so many files."""
    size = -(-len(table) // number)
    for part in range(number):
        table[part * size : (part + 1) * size].to_parquet(folder / f"{part}.parquet")
    return dd.read_parquet(folder)


@pytest.mark.corpus
def test_real_articles_are_tagged_as_by_one_process(client, shipped, tmp_path):
    news = pd.read_parquet(SHARED / "news.parquet", columns=["id", "title", "text"])[:2000]
    expected = tag_frame(news, shipped)
    pd.testing.assert_frame_equal(tag(on_disk(tmp_path, news, 8)).compute(), expected)


@pytest.mark.corpus
def test_fitting_agrees_with_memory_to_a_point_of_f1(client, shared, monkeypatch, tmp_path):
    monkeypatch.setattr(model, "PART", 1000)
    known, held = shared.parted()
    some = known.where([row % 3 == 0 for row in range(len(known.ids))])
    frequent = {topic for topic, count in some.counts().items() if count >= 20}
    some = some._replace(topics=[[topic for topic in row if topic in frequent] for row in some.topics])
    in_memory = TopicClassifier().fit(some.texts, some.topics)
    on_cluster = fit(on_disk(tmp_path, frame(some), 6), part=1000)
    scores = [results(each.tagger_, held).scores().f1 for each in (in_memory, on_cluster)]
    assert abs(scores[0]["macro"] - scores[1]["macro"]) < 0.01
    assert abs(scores[0]["micro"] - scores[1]["micro"]) < 0.01
