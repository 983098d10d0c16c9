import pytest

from classifier.annotation.agreement import agreement, disputes
from classifier.annotation.readings import Readings

READINGS = Readings(
    {
        "1": {"anna": ["sport", "culture"], "boris": ["sport"], "vera": []},
        "2": {"anna": ["sport"], "boris": ["sport"]},
        "3": {"anna": ["weather"]},
        "4": {},
    }
)


def test_agreement_is_the_mean_of_f1_over_pairs_of_readers():
    table = agreement(READINGS)
    assert table.index.tolist() == ["culture", "sport", "micro", "macro"]
    # sport: anna and boris 1, each of them and vera 0. All topics: anna and boris 4 of 5, the others 0.
    assert table.f1.tolist() == pytest.approx([0, 1 / 3, 0.8 / 3, 1 / 6])
    assert table.articles.tolist() == [1, 2, 2, 2]


def test_readers_of_different_articles_neither_agree_nor_disagree():
    readings = Readings({"1": {"anna": ["sport"]}, "2": {"boris": ["sport"]}})
    assert agreement(readings).empty and disputes(readings, 10).empty


def test_readers_who_agree_that_there_is_no_topic_are_no_dispute():
    readings = Readings({"1": {"anna": [], "boris": []}})
    assert agreement(readings).empty and disputes(readings, 10).empty


def test_disputes_tell_who_said_what():
    (row,) = disputes(READINGS, 10).reset_index().to_dict("records")
    assert row == {
        "id": "1",
        "disputed": "sport; culture",
        "readers": "anna: sport; culture | boris: sport | vera: no topic",
    }
    assert disputes(READINGS, 0).empty
