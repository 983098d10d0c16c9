import pandas as pd
import pytest

from classifier import corpus
from classifier.errors import Error, UsageError

NEWS = [{"id": "a", "title": "Визит", "text": "Переговоры"}, {"id": "b", "text": "Матч"}, {"id": "c", "text": "Суд"}]


def table(path, rows):
    pd.DataFrame(rows).to_csv(path, index=False)
    return path


def labelled(tmp_path, topics):
    return corpus.read(
        table(tmp_path / "news.csv", [{"text": str(row), "topics": cell} for row, cell in enumerate(topics)])
    )


@pytest.mark.parametrize(
    "cells, topics",
    [
        (["спорт;суд", "суд ; спорт", ""], [["спорт", "суд"], ["суд", "спорт"], []]),
        (["внешняя политика", "суд"], [["внешняя политика"], ["суд"]]),
        (["diplomacy sport", "sport"], [["diplomacy", "sport"], ["sport"]]),
        (["sport;sport"], [["sport"]]),
    ],
    ids=["semicolons", "topics of two words", "ids of the taxonomy", "no topic twice"],
)
def test_topics_of_a_cell(tmp_path, cells, topics):
    assert labelled(tmp_path, cells).topics == topics


def test_topics_of_json_and_parquet_are_lists(tmp_path):
    frame = pd.DataFrame([{"text": "x", "topics": ["sport", "суд"]}, {"text": "y", "topics": []}])
    frame.to_parquet(tmp_path / "a.parquet")
    frame.to_json(tmp_path / "a.jsonl", orient="records", lines=True)
    for name in ("a.parquet", "a.jsonl"):
        assert corpus.read(tmp_path / name).topics == [["sport", "суд"], []]


@pytest.mark.parametrize("ending", ["csv", "parquet", "jsonl"])
def test_labels_of_a_file_of_their_own_are_joined_by_id(tmp_path, ending):
    labels = pd.DataFrame(
        [{"id": "b", "topics": "sport", "split": "dev"}, {"id": "a", "topics": "diplomacy", "split": "train"}]
    )
    path = tmp_path / f"labels.{ending}"
    {
        "csv": labels.to_csv,
        "parquet": labels.to_parquet,
        "jsonl": lambda p, index: labels.to_json(p, orient="records", lines=True),
    }[ending](path, index=False)
    found = corpus.read(table(tmp_path / "news.csv", NEWS), path)
    assert found == corpus.Corpus(
        ["a", "b"], ["Визит\nПереговоры", "Матч"], [["diplomacy"], ["sport"]], ["train", "dev"], ["", ""], ["", ""]
    )


@pytest.mark.parametrize("labels", [False, True])
def test_source_and_year_are_told_where_the_data_have_them(tmp_path, labels):
    rows = [
        {"id": "a", "text": "x", "topics": "sport", "outlet": "Вести", "date": "05.12.2023"},
        {"id": "b", "text": "y", "topics": "", "outlet": None, "date": 2020},
        {"id": "c", "text": "z", "topics": "", "outlet": "Вести", "date": "вчера"},
    ]
    files = [table(tmp_path / "labels.csv", [{"id": row["id"], "topics": row["topics"]} for row in rows])]
    news = table(tmp_path / "news.csv", rows)
    found = corpus.read(news, files if labels else [], corpus.Columns(source="outlet"))
    assert (found.sources, found.years) == (["Вести", "", "Вести"], ["2023", "2020", ""])
    assert found.where([False, True, True]).years == ["2020", ""]


def test_later_labels_amend_earlier_ones(tmp_path):
    first = [{"id": "a", "topics": "diplomacy", "split": "dev"}, {"id": "b", "topics": "sport", "split": "train"}]
    amended = [{"id": "a", "topics": "sport", "reason": "it is a match"}, {"id": "c", "topics": "courts"}]
    labels = [table(tmp_path / "labels.csv", first), table(tmp_path / "amendments.csv", amended)]
    found = corpus.read(table(tmp_path / "news.csv", NEWS), labels)
    assert (found.topics, found.splits) == ([["sport"], ["sport"], ["courts"]], ["dev", "train", ""])


def test_all_texts_but_those_held_out_may_teach_words(tmp_path):
    news = table(tmp_path / "news.csv", NEWS)
    assert corpus.unlabelled(news, without={"b"}) == ["Визит\nПереговоры", "Суд"]


def test_the_train_split_is_parted_from_the_others():
    whole = corpus.Corpus(list("abcd"), list("абвг"), [[]] * 4, ["train", "dev", "test", ""], [""] * 4, [""] * 4)
    known, unseen = whole.parted()
    assert (known.ids, unseen.ids) == (["a", "d"], ["b", "c"])


def test_the_indicator_has_the_columns_asked_for():
    whole = corpus.Corpus(list("ab"), list("аб"), [["sport", "x"], []], *[["", ""]] * 3)
    assert whole.indicator(["diplomacy", "sport"]).to_dict("list") == {"diplomacy": [0, 0], "sport": [1, 0]}
    assert whole.counts() == {"sport": 1, "x": 1}


def test_the_hash_tells_data_apart():
    one = corpus.Corpus(["a"], ["x"], [["sport"]], [""], [""], [""])
    assert one.sha256() == one._replace(splits=["train"]).sha256()
    assert len({one.sha256(), one._replace(texts=["y"]).sha256(), one._replace(topics=[[]]).sha256()}) == 3


@pytest.mark.parametrize(
    "labels, kind, message",
    [
        ([{"id": "z", "topics": "sport"}], UsageError, "no article of .* has a label in .*: do their ids agree"),
        ([{"id": "a"}], UsageError, "no column 'topics' \\(there are: id\\)"),
        ([{"id": "a", "topics": "x"}] * 2, Error, "more than one row for id 'a'"),
    ],
)
def test_labels_that_do_not_fit_are_refused(tmp_path, labels, kind, message):
    with pytest.raises(kind, match=message):
        corpus.read(table(tmp_path / "news.csv", NEWS), table(tmp_path / "labels.csv", labels))


@pytest.mark.parametrize(
    "name, message",
    [("missing.csv", "cannot read"), ("labels.txt", "unknown format"), ("broken.parquet", "not a readable table")],
)
def test_labels_that_cannot_be_read_are_refused(tmp_path, name, message):
    if "missing" not in name:
        (tmp_path / name).write_text("junk")
    with pytest.raises(Error, match=message):
        corpus.read(table(tmp_path / "news.csv", NEWS), tmp_path / name)


def test_data_without_topics_are_refused(tmp_path):
    with pytest.raises(UsageError, match="no column 'topics'.*--labels"):
        corpus.read(table(tmp_path / "news.csv", NEWS))
