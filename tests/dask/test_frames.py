"""`tag` on Dask DataFrames: a cluster gives the rows that one process gives."""

import os
import pickle
import signal
import time
from dataclasses import replace
from unittest.mock import patch

import pandas as pd
import pytest

from classifier import Error, tag_frame
from classifier.storage import model_file
from tests.conftest import SHARED, TEXTS

dd = pytest.importorskip("dask.dataframe", reason="Dask is not installed: pip install '.[dask]'")
from classifier.dask import schema, tag  # noqa: E402

NEWS = pd.DataFrame({"text": [f"{TEXTS[row % 5]} {row}" for row in range(400)], "n": range(400)})
NEWS.index = NEWS.index * 10 + 7


@pytest.fixture
def news():
    return dd.from_pandas(NEWS, npartitions=8)


def test_without_a_cluster_dask_uses_threads(news, shipped):
    pd.testing.assert_frame_equal(tag(news, keep=["n"]).compute(), tag_frame(NEWS, shipped, keep=["n"]))


def test_rows_are_those_of_one_process_and_partitions_and_index_stay(client, news, shipped):
    tagged = tag(news, all_topics=True, mode=0.3)
    assert tagged.npartitions == 8 and tagged.divisions == news.divisions
    expected = tag_frame(NEWS, shipped, all_topics=True, mode=0.3)
    pd.testing.assert_frame_equal(tagged.compute(), expected)
    pd.testing.assert_series_equal(tagged.dtypes, expected.dtypes)


def test_the_model_is_sent_apart_from_the_tasks_and_loaded_once_per_worker(client, news, shipped):
    def watch(dask_worker):
        dask_worker.watching = patch.object(model_file, "unpack", wraps=model_file.unpack)
        dask_worker.unpack = dask_worker.watching.start()

    def count(dask_worker):
        dask_worker.watching.stop()
        return dask_worker.unpack.call_count

    model = replace(shipped, thresholds=shipped.thresholds / 2)  # no worker has loaded it yet
    first, second = tag(news, model), tag(news, model, keep=["n"])
    assert len(pickle.dumps(dict(second.dask))) < 1_000_000  # the model has 10 MB
    client.run(watch)
    client.gather(client.compute([first, second]))
    assert list(client.run(count).values()) == [1, 1]


def test_a_killed_worker_costs_no_rows(client, shipped):
    many = dd.from_pandas(pd.concat([NEWS] * 20, ignore_index=True), npartitions=40)
    future = client.compute(tag(many))
    while client.run_on_scheduler(lambda dask_scheduler: len(dask_scheduler.tasks)) < 20:
        time.sleep(0.01)
    os.kill(client.run(os.getpid).popitem()[1], signal.SIGKILL)
    pd.testing.assert_frame_equal(future.result(), tag_frame(many.compute(), shipped))


def test_answers_are_written_to_parquet_and_read_back(client, news, tmp_path):
    later = news.map_partitions(lambda frame: frame[frame.n >= 50])  # the first partition has no article
    tagged = tag(later, keep=["n"])
    tagged.to_parquet(tmp_path, schema=schema(tagged))
    again = pd.read_parquet(tmp_path)
    assert again.n.tolist() == list(range(50, 400)) and again.index[0] == 507
    assert [list(topics) for topics in again.topics] == tag_frame(NEWS[50:]).topics.tolist()


def test_wrong_arguments_are_refused_before_anything_runs(news):
    with pytest.raises(Error, match=r"no column 'body' \(there are: text, n\)"):
        tag(news, text="body")
    with pytest.raises(Error, match="nowhere is not a model folder"):
        tag(news, "nowhere")


def test_an_error_names_the_row_that_is_not_a_text(client):
    news = dd.from_pandas(pd.DataFrame({"text": [1, 2, 3]}, index=[5, 6, 7]), npartitions=1)
    with pytest.raises(Error, match="row 5: 'text' holds int 1, not a text"):
        tag(news).compute()


@pytest.mark.corpus
def test_real_articles_get_the_answers_of_one_process(client, shipped, tmp_path):
    news = pd.read_parquet(SHARED / "news.parquet", columns=["id", "title", "text"])[:2000]
    for part in range(8):
        news[250 * part : 250 * (part + 1)].to_parquet(tmp_path / f"{part}.parquet")
    pd.testing.assert_frame_equal(tag(dd.read_parquet(tmp_path)).compute(), tag_frame(news, shipped))
