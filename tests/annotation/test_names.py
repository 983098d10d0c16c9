import pytest

from classifier.annotation.names import TopicNames
from classifier.errors import UsageError
from classifier.topics import taxonomy

NAMES = TopicNames([*taxonomy(), "новости района"])


@pytest.mark.parametrize(
    "cell, topics",
    [
        ("sport", ["sport"]),
        (" СПОРТ ", ["sport"]),
        ("defense  Cooperation", ["defense-cooperation"]),
        ("Банки, рынки и валюта", ["finance"]),
        ("Банки, рынки и валюта; спорт\nnew", None),
        ("sport, culture", ["sport", "culture"]),
        ("Спорт;;Новости  района;", ["sport", "новости района"]),
        ("Нет темы", []),
        ("нет ТЕМЫ; Спорт", ["sport"]),
        ("", []),
    ],
)
def test_topics_may_be_ids_or_names(cell, topics):
    if topics is None:
        with pytest.raises(UsageError, match="row 3: unknown topic 'new'"):
            NAMES.parse(cell, "row 3")
    else:
        assert NAMES.parse(cell, "row 3") == topics


def test_every_topic_is_found_by_each_of_its_names():
    for topic in taxonomy().values():
        assert NAMES.parse_all([topic.id, topic.ru, topic.en], "") == [topic.id]


def test_an_unknown_topic_is_refused_with_the_nearest_ones():
    with pytest.raises(UsageError, match=r"q.xlsx row 2: unknown topic 'Спрт'; nearest: sport \(Спорт\).*--topic"):
        NAMES.parse("Спрт", "q.xlsx row 2")


def test_an_unknown_topic_of_any_length_is_refused():
    with pytest.raises(UsageError, match="unknown topic 'ю{60}'"):
        NAMES.parse("ю" * 1_000_000, "row 1")
