"""DataFrames of articles to DataFrames of topics."""

import shutil

import numpy as np
import pandas as pd
import pytest

from classifier import Error, tag_frame
from classifier.frames import tagger_of
from classifier.store import export, save
from classifier.text import with_title

NEWS = pd.DataFrame(
    {
        "text": ["Сборная обыграла финнов в хоккей", "Hello, world", None, "Министры обсудили поставки оружия", np.nan],
        "title": [None, "", np.nan, "Глава МИД прибыл с визитом в Дели", "Суд вынес приговор"],
        "n": [1, 2, 3, 4, 5],
    },
    index=["a", "a", "c", "d", "e"],  # as wild as an index may be
)


def test_topics_are_those_of_the_model(shipped):
    tagged = tag_frame(NEWS)
    texts = [with_title(title, text) for title, text in NEWS[["title", "text"]].fillna("").to_numpy()]
    assert tagged.topics.tolist() == shipped.topics(texts)
    assert tagged.topics["d"][0] == "diplomacy" and tagged.topics["e"] == ["courts"]  # by their headlines
    for given, row in zip(tagged.itertuples(), shipped.predict_proba(texts), strict=True):
        assert given.probabilities == [row[shipped.classes.index(topic)] for topic in given.topics]


def test_index_and_kept_columns_stay(shipped):
    tagged = tag_frame(NEWS, shipped, keep=["n"])
    assert list(tagged) == ["n", "topics", "probabilities", "note"]
    pd.testing.assert_frame_equal(tagged[["n"]], NEWS[["n"]])


def test_what_cannot_be_judged_has_a_note(shipped):
    assert tag_frame(NEWS, shipped).note.tolist() == ["", "not Russian", "no words", "", ""]


def test_scores_are_the_probabilities_of_all_topics(shipped):
    tagged = tag_frame(NEWS[["text"]].fillna(""), shipped, scores=True)
    np.testing.assert_array_equal(tagged[shipped.classes], shipped.predict_proba(NEWS.text.fillna("")))


def test_a_least_probability_replaces_the_thresholds(shipped):
    assert all(len(topics) == 45 for topics in tag_frame(NEWS[:1], shipped, min_probability=1e-9).topics)


def test_columns_may_have_other_names(shipped):
    named = NEWS.rename(columns={"text": "body", "title": "head"})
    pd.testing.assert_frame_equal(tag_frame(named, shipped, "body", "head"), tag_frame(NEWS, shipped))


@pytest.mark.parametrize("scores", [False, True])
def test_no_articles_have_the_same_columns(shipped, scores):
    pd.testing.assert_series_equal(
        tag_frame(NEWS[:0], shipped, scores=scores).dtypes, tag_frame(NEWS, shipped, scores=scores).dtypes
    )


def test_parquet_keeps_the_answer(shipped, tmp_path):
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
        ({"note": ""}, {"keep": ["note"]}, "cannot keep column 'note'"),
        ({}, {"model": 5}, "5 is no model"),
        ({}, {"model": "nowhere"}, "nowhere is no model folder"),
    ],
)
def test_what_is_wrong_is_said(change, options, message):
    with pytest.raises(Error, match=message):
        tag_frame(NEWS.assign(**change), **options)


def test_a_folder_is_loaded_once_and_anew_when_it_holds_another_model(tmp_path, small_model):
    folder = tmp_path / "model"
    save(small_model.tagger_, tmp_path / "pickle", {}, "")
    export(tmp_path / "pickle", folder, trust=True)
    first = tagger_of(folder, trust=False)
    assert tagger_of(str(folder), trust=False).classes == first.classes and tagger_of(folder, trust=False) is first
    shutil.rmtree(folder)
    export(None, folder)
    assert tag_frame(NEWS, folder).topics["e"] == ["courts"]


def test_a_classifier_is_a_model_too(small_model, small):
    frame = pd.DataFrame({"text": small.texts})
    assert tag_frame(frame, small_model).topics.tolist() == small_model.topics(small.texts)


def test_a_stranger_s_pickle_needs_trust(tmp_path, small_model):
    save(small_model.tagger_, tmp_path / "pickle", {}, "")
    with pytest.raises(Error, match="trust"):
        tag_frame(NEWS, tmp_path / "pickle")
    assert len(tag_frame(NEWS, tmp_path / "pickle", trust=True)) == 5
