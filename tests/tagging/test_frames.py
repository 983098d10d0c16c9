"""DataFrames of articles to DataFrames of topics."""

import shutil

import numpy as np
import pandas as pd
import pytest

from classifier import Error, tag_frame, with_title
from classifier.errors import UsageError
from classifier.storage.model_folder import shipped_folder
from classifier.tagging.frames import as_predictor

NEWS = pd.DataFrame(
    {
        "text": ["Сборная обыграла финнов в хоккей", "Hello, world", None, "Министры обсудили поставки оружия", np.nan],
        "title": [None, "", np.nan, "Глава МИД прибыл с визитом в Дели", "Суд вынес приговор"],
        "n": [1, 2, 3, 4, 5],
    },
    index=["a", "a", "c", "d", "e"],  # labels of an index may repeat
)


def test_topics_are_those_of_the_model(shipped):
    tagged = tag_frame(NEWS)
    texts = [with_title(title, text) for title, text in NEWS[["title", "text"]].fillna("").to_numpy()]
    assert tagged.topics.tolist() == shipped.topics(texts)
    assert "diplomacy" in tagged.topics["d"] and tagged.topics["e"] == ["courts"]  # thanks to their headlines
    for answer, row in zip(tagged.itertuples(), shipped.predict_proba(texts), strict=True):
        assert answer.probabilities == [row[shipped.classes.index(topic)] for topic in answer.topics]


def test_index_and_kept_columns_stay(shipped):
    tagged = tag_frame(NEWS, shipped, keep=["n"])
    assert list(tagged) == ["n", "topics", "probabilities", "note"]
    pd.testing.assert_frame_equal(tagged[["n"]], NEWS[["n"]])


def test_a_text_that_cannot_be_judged_has_a_note(shipped):
    assert tag_frame(NEWS, shipped).note.tolist() == ["", "not Russian", "no words", "", ""]


def test_all_topics_have_a_column_of_their_probabilities(shipped):
    tagged = tag_frame(NEWS[["text"]].fillna(""), shipped, all_topics=True)
    np.testing.assert_array_equal(tagged[shipped.classes], shipped.predict_proba(NEWS.text.fillna("")))


def test_a_least_probability_replaces_the_thresholds(shipped):
    assert all(len(topics) == 45 for topics in tag_frame(NEWS[:1], shipped, mode=1e-9).topics)


def test_columns_may_have_other_names(shipped):
    renamed = NEWS.rename(columns={"text": "body", "title": "head"})
    pd.testing.assert_frame_equal(tag_frame(renamed, shipped, "body", "head"), tag_frame(NEWS, shipped))


@pytest.mark.parametrize("all_topics", [False, True])
def test_a_frame_without_rows_has_the_same_columns(shipped, all_topics):
    empty, full = (tag_frame(frame, shipped, all_topics=all_topics).dtypes for frame in (NEWS[:0], NEWS))
    pd.testing.assert_series_equal(empty, full)


def test_the_answer_can_be_stored_as_parquet(shipped, tmp_path):
    tagged = tag_frame(NEWS, shipped, keep=["n"])
    tagged.to_parquet(tmp_path / "a.parquet")
    again = pd.read_parquet(tmp_path / "a.parquet")
    assert [list(topics) for topics in again.topics] == tagged.topics.tolist()
    assert again.note.tolist() == tagged.note.tolist()


@pytest.mark.parametrize(
    ("change", "options", "message"),
    [
        ({"text": [5] * 5}, {}, "row 'a': 'text' holds int 5, not a text"),
        ({"title": [["x"]] * 5}, {}, r"row 'a': 'title' holds list \['x'\], not a text"),
        ({}, {"text": "body"}, r"no column 'body' \(there are: text, title, n\)"),
        ({}, {"keep": ["m"]}, "no column 'm'"),
        ({}, {"keep": ["n", "n"]}, "cannot keep column 'n'"),
        ({"note": ""}, {"keep": ["note"]}, "cannot keep column 'note'"),
        ({"sport": ""}, {"keep": ["sport"], "all_topics": True}, "cannot keep column 'sport'"),
        ({}, {"model": 5}, "5 is not a model"),
        ({}, {"model": "nowhere"}, "nowhere is not a model folder"),
    ],
)
def test_wrong_use_is_refused_with_a_message(change, options, message):
    with pytest.raises(Error, match=message):
        tag_frame(NEWS.assign(**change), **options)


def test_a_folder_is_loaded_once_and_again_when_it_holds_another_model(folder):
    first = as_predictor(folder)
    assert as_predictor(folder) is first
    shutil.rmtree(folder)
    shutil.copytree(shipped_folder(), folder)
    assert tag_frame(NEWS, folder).topics["e"] == ["courts"]


def test_a_folder_may_be_named_by_a_string_and_a_model_may_be_the_bytes_of_its_file(folder, small_model):
    frame = NEWS[["text"]]
    expected = tag_frame(frame, small_model)
    for model in (str(folder), folder, small_model.predictor_, small_model.predictor_.to_bytes()):
        pd.testing.assert_frame_equal(tag_frame(frame, model), expected)


def test_a_classifier_is_a_model_too(small_model, small):
    frame = pd.DataFrame({"text": small.texts})
    assert tag_frame(frame, small_model).topics.tolist() == small_model.topics(small.texts)


@pytest.mark.parametrize("frame", [NEWS.text, ["матч"], "матч"], ids=["Series", "list", "str"])
def test_what_is_no_frame_is_refused_with_advice(frame):
    with pytest.raises(UsageError, match="give a DataFrame, not"):
        tag_frame(frame)
