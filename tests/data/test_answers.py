"""The shape of an answer: the same columns and values in every output."""

import json
import re

import numpy as np
import pandas as pd
import pytest

from classifier import tag_frame
from classifier.data import answers
from classifier.data.answers import DIGITS, OutputOptions, label
from classifier.data.articles import Article
from classifier.errors import UsageError
from classifier.model.predictions import RESERVED

NEWS = pd.DataFrame(
    {
        "id": ["07", "b", "c"],
        "text": ["Министр прибыл с визитом в Дели и обсудил поставки оружия", "Hello, world", "Матч и суд"],
        "n": [1, 2, 3],
        "place": ["Дели; Агра", "", "а,\nб"],
    }
)
LISTS = {"topics": str, "probabilities": float, "names": str}


def read_csv(path):
    table = pd.read_csv(path, keep_default_na=False, dtype={"id": str})
    for name in LISTS.keys() & set(table):
        table[name] = [[LISTS[name](item) for item in cell.split(";") if item] for cell in table[name].astype(str)]
    return table


def read_parquet(path):
    table = pd.read_parquet(path)
    return table.assign(**{name: table[name].map(list) for name in LISTS.keys() & set(table)})


READ = {
    "jsonl": lambda path: pd.DataFrame(map(json.loads, path.read_text(encoding="utf-8").splitlines())),
    "csv": read_csv,
    "parquet": read_parquet,
}


def rounded(value):
    is_number = isinstance(value, float) or (isinstance(value, list) and all(isinstance(item, float) for item in value))
    return np.round(value, DIGITS).tolist() if is_number else value


@pytest.mark.parametrize("names", [None, "en", "iptc"])
@pytest.mark.parametrize("all_topics", [False, True])
@pytest.mark.parametrize("keep", [[], ["place", "n"]])
def test_json_csv_parquet_and_data_frames_have_the_same_columns_and_values(
    run, shipped, tmp_path, names, all_topics, keep
):
    NEWS.to_parquet(tmp_path / "news.parquet")
    options = [*(["--names", names] if names else []), *(["--all"] if all_topics else [])]
    options += [part for name in keep for part in ("--keep", name)]
    tables = {}
    for ending, read in READ.items():
        assert run("predict", tmp_path / "news.parquet", "-o", tmp_path / f"out.{ending}", *options).code == 0
        tables[ending] = read(tmp_path / f"out.{ending}")
    columns = ["id", *keep, "topics", "probabilities", *(["names"] if names else []), "note"]
    columns += shipped.classes if all_topics else []
    assert {ending: list(table) for ending, table in tables.items()} == dict.fromkeys(READ, columns)
    rows = tables["jsonl"].to_dict("records")
    assert rows == tables["csv"].to_dict("records") == tables["parquet"].to_dict("records")
    assert len(rows[0]["probabilities"]) == len(rows[0]["topics"]) >= 2
    assert [row["note"] for row in rows] == ["", "not Russian", ""]
    # A DataFrame has its index for the id, no names, and probabilities that are not rounded.
    frame = tag_frame(NEWS, shipped, keep=["id", *keep], all_topics=all_topics)
    assert list(frame) == [name for name in columns if name != "names"]
    for given, row in zip(frame.to_dict("records"), rows, strict=True):
        row.pop("names", None)
        assert {name: rounded(value) for name, value in given.items()} == row


def test_the_shape_is_documented():
    documented = re.findall("``([a-z]+)``", answers.__doc__.partition("tag_frame")[0])
    assert documented == ["id", "topics", "probabilities", "origins", "names", "note"]
    assert set(documented) == {"id", *RESERVED}


@pytest.mark.parametrize("name", ["id", *RESERVED])
def test_a_kept_column_may_not_have_the_name_of_an_answer(name):
    with pytest.raises(UsageError, match=f"cannot keep column '{name}': the answer has a column of that name"):
        OutputOptions(keep=("place", name))


def test_a_column_is_kept_once():
    with pytest.raises(UsageError, match="cannot keep column 'place'"):
        OutputOptions(keep=("place", "place"))


@pytest.mark.parametrize(
    "keep, classes, message",
    [
        (("sport",), ["sport"], "cannot keep column 'sport': the answer has a column of that name"),
        ((), ["sport", "note"], "topic 'note' has the name of another column"),
    ],
)
def test_a_column_for_each_topic_may_not_have_the_name_of_another(keep, classes, message):
    OutputOptions(keep=keep).check_topics(classes)  # without the columns there is no collision
    with pytest.raises(UsageError, match=message):
        OutputOptions(keep=keep, all_topics=True).check_topics(classes)


@pytest.mark.parametrize(
    "text, shown",
    [
        ("Визит в Дели\nТекст", "7  Визит в Дели"),
        ("\n а \x1b[2J б", "7  а \ufffd[2J б"),
        ("слово " * 20, "7 " + " слово" * 14),
    ],
)
def test_a_label_is_the_id_and_the_headline_on_one_line(text, shown):
    assert label(Article("7", text, {}, "")) == shown
