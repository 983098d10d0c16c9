from classifier.topics import in_order, name, taxonomy


def test_the_taxonomy_has_45_topics_with_names_definitions_and_iptc_codes():
    assert len(taxonomy()) == 45
    for topic in taxonomy().values():
        assert all(topic)
        assert topic.iptc.startswith("medtop:") and topic.iptc_top.startswith("medtop:")


def test_every_topic_rolls_up_to_one_of_the_iptc_top_level_topics():
    tops = {topic.iptc_top: topic.iptc_top_name for topic in taxonomy().values()}
    assert len(tops) <= 17
    assert all(
        {t.iptc_top_name for t in taxonomy().values() if t.iptc_top == top} == {name} for top, name in tops.items()
    )


def test_a_topic_of_another_taxonomy_goes_by_its_id():
    assert {name("погода", names) for names in ("ru", "en", "iptc", "iptc-top")} == {"погода"}


def test_own_topics_follow_those_of_the_taxonomy():
    assert in_order({"я", "sport", "diplomacy", "а"}) == ["diplomacy", "sport", "а", "я"]
