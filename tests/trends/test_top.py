import pandas as pd
import pytest

from classifier import tag_frame
from classifier.errors import Error, UsageError
from classifier.trends import top
from classifier.trends.top import top_of

MATCH = "Хоккеисты выиграли матч чемпионата"
CUP = "Футболисты сборной проиграли в финале кубка"
COURT = "Суд вынес приговор бывшему мэру"


def tagged(topics, probabilities, **columns):
    return pd.DataFrame({"topics": topics, "probabilities": probabilities, **columns})


def test_the_surest_articles_come_first():
    frame = tagged([["sport"], ["courts", "sport"], [], ["sport"]], [[0.6], [0.9, 0.8], [], [0.7]], id=[*"abcd"])
    assert top(frame, "sport").id.tolist() == ["b", "d", "a"]
    assert top(frame, "sport", 2).probability.tolist() == [0.8, 0.7]


def test_answers_may_be_strings_and_topics_named_in_russian_or_english():
    frame = tagged(["sport;courts", "courts", None], ["0.9;0.5", "0.7", None], id=[*"abc"])
    for name in ("courts", "Courts and justice", "суд и правосудие"):
        assert top(frame, name).id.tolist() == ["b", "a"]


def test_the_words_that_earned_a_topic_are_told_where_there_is_a_text(shipped):
    frame = tag_frame(pd.DataFrame({"title": ["Хоккей", ""], "text": [MATCH, COURT]}), keep=["title", "text"])
    (row,) = top(frame, "sport", model=shipped).to_dict("records")
    assert row["title"] == "Хоккей" and {"матч", "чемпионата"} <= {word.split()[0] for word in row["words"].split(", ")}
    assert top(frame.drop(columns="text"), "sport").words.tolist() == [""]


def test_an_article_without_a_headline_is_named_by_its_first_words():
    frame = tagged([["sport"]], [[0.9]], text=[MATCH])
    assert top(frame, "sport").title.tolist() == [MATCH]


def test_of_articles_with_the_same_words_one_is_shown():
    frame = tagged([["sport"]] * 3, [[0.7], [0.9], [0.8]], text=[MATCH, MATCH.upper() + "!", CUP], id=[*"abc"])
    assert top(frame, "sport").id.tolist() == ["b", "c"]


def test_articles_without_a_text_are_not_taken_for_reprints():
    frames = [tagged([["sport"]], [[0.7]], text=[""], id=["a"]), tagged([["sport"]], [[0.8]], text=[""], id=["b"])]
    assert top_of(frames, "sport").id.tolist() == ["b", "a"]


def test_reprints_that_are_known_are_left_out():
    frame = tagged([["sport"]] * 2, [[0.7], [0.9]], id=[*"ab"], first=[True, False])
    assert top(frame, "sport").id.tolist() == ["a"]


def test_it_does_not_depend_on_how_articles_are_cut_into_frames():
    frame = tagged([["sport"]] * 9, [[row / 10] for row in range(9)], text=[f"{MATCH} {row % 5}" for row in range(9)])
    frame["id"] = frame.index.astype(str)
    parts = [frame.iloc[row : row + 2] for row in range(0, 9, 2)]
    assert top_of(parts, "sport", 4).equals(top(frame, "sport", 4))


def test_a_topic_that_a_person_gave_has_no_probability_and_stands_last():
    frame = tagged([["sport"], ["sport"]], [[None], [0.4]], id=[*"ab"])
    assert top(frame, "sport").id.tolist() == ["b", "a"]


def test_a_topic_that_the_model_does_not_have_has_no_words():
    frame = tagged([["арктика"]], [[0.9]], text=["Ледокол вышел в море"])
    assert top(frame, "арктика").words.tolist() == [""]


def test_without_ids_the_index_tells_which_article_it_is():
    assert top(tagged([["sport"]], [[0.9]]).set_axis([17]), "sport").id.tolist() == ["17"]


def test_an_unknown_topic_is_told_and_one_that_no_article_has():
    frame = tagged([["арктика"]], [[0.9]])
    with pytest.raises(UsageError, match="no topic 'sprot'; did you mean 'sport'"):
        top(frame, "sprot")
    with pytest.raises(UsageError, match="did you mean 'арктика'"):
        top(frame, "арктик")
    with pytest.raises(Error, match="no article has the topic 'sport'"):
        top(frame, "sport")


def test_a_missing_column_is_told():
    with pytest.raises(UsageError, match="no column 'probabilities'"):
        top(pd.DataFrame({"topics": [["sport"]]}), "sport")
