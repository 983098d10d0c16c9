"""The surest articles of a topic and a period."""

import pandas as pd
import pytest

from classifier.trends import examples

TAGGED = pd.DataFrame(
    {
        "id": ["a", "b", "c", "d", "e"],
        "date": ["2023-01-01", "2023-01-02", "2023-01-03", "2023-02-01", None],
        "title": ["Матч", "", None, "Кубок", "Без даты"],
        "text": ["Матч\nКоманда выиграла", "Хоккеисты приехали в город", "", "Кубок\nКоманда", "Без даты"],
        "topics": [["sport"], ["sport", "trade"], ["sport"], ["sport"], ["sport"]],
        "probabilities": [[0.7], [0.9, 0.6], [None], [0.8], [0.99]],
    }
)


def test_the_surest_articles_of_each_topic_and_period_come_first():
    found = examples(TAGGED)
    assert found[["topic", "period", "id"]].to_numpy().tolist() == [
        ["sport", "2023-01", "b"],
        ["sport", "2023-01", "a"],
        ["sport", "2023-02", "d"],
        ["trade", "2023-01", "b"],
    ]
    assert found.title.tolist() == ["Хоккеисты приехали в город", "Матч", "Кубок", "Хоккеисты приехали в город"]


def test_topics_that_somebody_added_have_no_probability():
    added = TAGGED.assign(topics=[[*topics, "trade"] for topics in TAGGED.topics])
    assert examples(added, topics=["trade"]).id.tolist() == ["b"]
    assert examples(TAGGED.assign(probabilities=[[]] * 5)).empty


def test_their_number_and_topics_are_chosen():
    assert examples(TAGGED, topics=["sport"], number=1).id.tolist() == ["b", "d"]


def test_reprints_are_left_out():
    found = examples(TAGGED.assign(first=[True, False, True, True, True]), topics=["sport"])
    assert found.id.tolist() == ["a", "d"]


def test_tables_without_headlines_and_with_strings_will_do():
    table = TAGGED.drop(columns=["title", "text", "id"]).assign(
        topics=[";".join(topics) for topics in TAGGED.topics], probabilities=["0.7", "0.9;0.6", "", "0.8", "0.99"]
    )
    found = examples(table, topics=["sport"])
    assert found.id.tolist() == ["1", "0", "3"] and set(found.title) == {""}


def test_dask_gives_what_pandas_gives():
    dd = pytest.importorskip("dask.dataframe")
    import dask

    with dask.config.set({"dataframe.convert-string": False}):
        pd.testing.assert_frame_equal(examples(dd.from_pandas(TAGGED, npartitions=3)), examples(TAGGED))
