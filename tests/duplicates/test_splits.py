from classifier.duplicates.splits import split_groups
from tests.duplicates.conftest import BRIDGE, BRIDGE_AGENCY, HARVEST


def test_near_copies_have_one_group():
    assert split_groups([HARVEST, BRIDGE, BRIDGE_AGENCY])[0].tolist() == [0, 1, 1]


def test_without_rensa_only_copies_word_for_word_have_one_and_that_is_told(without_rensa):
    groups, remark = split_groups([HARVEST, BRIDGE, BRIDGE_AGENCY, BRIDGE.upper()])
    assert groups.tolist() == [0, 1, 2, 1]
    assert remark.endswith("that needs rensa (pip install 'news-topics[duplicates]')")
