"""`fit` on Dask DataFrames: the same steps as `TopicClassifier.fit`."""

import numpy as np
import pandas as pd
import pytest

from classifier import Error, TopicClassifier
from classifier.data.corpus import Corpus
from classifier.evaluation.results import evaluate
from classifier.model import estimator

dd = pytest.importorskip("dask.dataframe", reason="Dask is not installed: pip install '.[dask]'")
from classifier.dask import fit  # noqa: E402

ROUNDED = {"values": (0, 1), "axes": (0, 1)}  # stored in whole steps


def as_frame(corpus: Corpus):
    return pd.DataFrame({"text": corpus.texts, "topics": [";".join(topics) for topics in corpus.topics]})


def test_one_shard_gives_the_weights_that_memory_gives(client, small, small_model):
    settings = TopicClassifier()
    fitted = fit(dd.from_pandas(as_frame(small), npartitions=3), settings)
    assert not hasattr(settings, "predictor_")
    found, expected = fitted.predictor_.to_content(), small_model.predictor_.to_content()
    assert found.keys() == expected.keys()
    for name, value in expected.items():
        if isinstance(value, np.ndarray):
            rtol, atol = ROUNDED.get(name, (1e-5, 1e-6))
            np.testing.assert_allclose(found[name], value, rtol, atol, err_msg=name)
        else:
            assert found[name] == value


def test_new_words_are_learned_from_all_partitions_together(client, small):
    table = as_frame(small)
    table.loc[table.topics == "спорт", "text"] += " грымзик"
    fitted = fit(dd.from_pandas(table, npartitions=5))
    assert "грымзик" in fitted.predictor_.lexicon.lemmas
    assert fitted.topics(["Грымзик"]) == [["спорт"]]


def test_several_shards_are_averaged_and_the_order_of_articles_does_not_matter(client, small):
    table = as_frame(small)
    one, two = (
        fit(dd.from_pandas(each, npartitions=number), shard=20).predict_proba(small.texts)
        for each, number in ((table, 2), (table[::-1].reset_index(drop=True), 4))
    )
    np.testing.assert_allclose(one, two, atol=2e-3)


def test_too_few_examples_are_refused(client, small):
    table = as_frame(small)
    table.loc[0, "topics"] = "редкость"
    with pytest.raises(ValueError, match="'редкость' is on 1 of 46 texts"):
        fit(dd.from_pandas(table, npartitions=2))


def test_a_missing_column_is_refused(small):
    with pytest.raises(Error, match=r"no column 'topics' \(there are: text\)"):
        fit(dd.from_pandas(as_frame(small)[["text"]], npartitions=1))


def test_lists_that_dask_has_made_strings_are_refused(client, small):
    table = pd.DataFrame({"text": small.texts, "topics": small.topics})
    with pytest.raises(Error, match="have become strings"):
        fit(dd.from_pandas(table, npartitions=2))


@pytest.mark.corpus
@pytest.mark.slow
def test_scores_agree_with_memory_to_a_point_of_f1(client, shared, monkeypatch, tmp_path):
    monkeypatch.setattr(estimator, "SHARD", 1000)
    known, held_out = shared.train_test_split()
    some = known.where(np.arange(len(known.ids)) % (len(known.ids) // 2900) == 0)
    frequent = {topic for topic, count in some.counts().items() if count >= 20}
    some = some._replace(topics=[[topic for topic in row if topic in frequent] for row in some.topics])
    for part in range(6):
        as_frame(some)[part::6].to_parquet(tmp_path / f"{part}.parquet")
    in_memory = TopicClassifier().fit(some.texts, some.topics)
    on_cluster = fit(dd.read_parquet(tmp_path), shard=1000)
    scores = [evaluate(each.predictor_, held_out).scores().f1 for each in (in_memory, on_cluster)]
    assert abs(scores[0]["macro"] - scores[1]["macro"]) < 0.01
    assert abs(scores[0]["micro"] - scores[1]["micro"]) < 0.01
