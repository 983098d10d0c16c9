import numpy as np
import pytest

from classifier.errors import UsageError
from classifier.topics import NAME_KINDS, parse_topics, taxonomy, taxonomy_order, topic_name


def test_the_taxonomy_has_45_topics_with_names_definitions_and_iptc_codes():
    assert len(taxonomy()) == 45
    for topic in taxonomy().values():
        assert all(topic)
        assert topic.iptc.startswith("medtop:") and topic.iptc_top.startswith("medtop:")


def test_every_topic_belongs_to_one_of_the_iptc_top_level_topics():
    names = {}
    for topic in taxonomy().values():
        names.setdefault(topic.iptc_top, set()).add(topic.iptc_top_name)
    assert len(names) <= 17
    assert all(len(same) == 1 for same in names.values())


def test_every_topic_has_a_name_of_each_kind():
    names = [topic_name("diplomacy", kind) for kind in NAME_KINDS]
    assert names == [
        "Дипломатия и внешняя политика",
        "Diplomacy and foreign policy",
        "medtop:20000639 diplomacy",
        "medtop:11000000 politics and government",
    ]


def test_a_topic_outside_the_taxonomy_is_named_by_its_id():
    assert {topic_name("погода", kind) for kind in NAME_KINDS} == {"погода"}


def test_topics_outside_the_taxonomy_come_last():
    assert taxonomy_order({"я", "sport", "diplomacy", "а"}) == ["diplomacy", "sport", "а", "я"]


@pytest.mark.parametrize(
    "cells, topics",
    [
        (["sport;culture", "sport"], [["sport", "culture"], ["sport"]]),
        ([" sport ; culture;", ";"], [["sport", "culture"], []]),
        (["погода завтра", "погода; суд"], [["погода завтра"], ["погода", "суд"]]),
        (["sport culture", "sport"], [["sport", "culture"], ["sport"]]),  # by spaces: all are ids of the taxonomy
        (["sport culture", "погода"], [["sport culture"], ["погода"]]),
        (["sport culture", "sport;culture"], [["sport culture"], ["sport", "culture"]]),
        ([["sport", "sport"], np.array(["culture"]), ("a b",)], [["sport"], ["culture"], ["a b"]]),
        ([None, float("nan"), "", []], [[], [], [], []]),
        ([], []),
    ],
)
def test_topics_of_a_cell_are_a_list_or_a_string_with_separators(cells, topics):
    assert parse_topics(cells) == topics


def test_topics_separated_by_commas_are_not_taken_for_one():
    for cells in (
        ["sport, culture"],
        ["кино, театр", "театр", "кино"],
        ["кино,театр", "суд,выборы"],
        ["кино,театр", "а;б"],
    ):
        with pytest.raises(UsageError, match=r"row 1: topics .* look separated by commas: write ';' between them"):
            parse_topics(cells)


def test_a_comma_may_belong_to_the_name_of_a_topic():
    assert parse_topics(["Кино, театр", "Суд"]) == [["Кино, театр"], ["Суд"]]
    assert parse_topics(["sport, culture;", "sport;"]) == [["sport, culture"], ["sport"]]


@pytest.mark.parametrize("cell", [5, 5.0, True, {"sport": 1}, b"sport"])
def test_a_cell_that_holds_no_topics_is_refused_with_its_place(cell):
    with pytest.raises(UsageError, match="news.csv line 7: topics are .*, neither a list nor a string"):
        parse_topics(["sport", cell], ["news.csv line 6", "news.csv line 7"])


@pytest.mark.parametrize("cell", [[None], [float("nan")], [["sport"]], [{"id": "sport"}]])
def test_a_topic_that_is_no_string_is_refused(cell):
    with pytest.raises(UsageError, match="row 1: a topic is .* not a string"):
        parse_topics([cell])
