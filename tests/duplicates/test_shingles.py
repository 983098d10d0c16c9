import numpy as np
import pytest

from classifier.duplicates.shingles import RUN, WHOLE, shingle_sets
from tests.duplicates.conftest import BRIDGE, HARVEST

WORDS = list("абвгдежзиклм")


def sets(*texts):
    shingles, ends = shingle_sets(texts)
    return [set(part.tolist()) for part in np.split(shingles, ends[:-1])]


def similarity(one, other):
    first, second = sets(one, other)
    return len(first & second) / len(first | second)


def test_a_text_has_a_shingle_for_each_run_of_three_words():
    assert [len(found) for found in sets(" ".join(WORDS), " ".join(WORDS * 2))] == [len(WORDS) - RUN + 1, len(WORDS)]


def test_the_share_of_common_runs_is_the_similarity():
    text = " ".join(WORDS)  # ten runs, of which a new last word changes one
    assert similarity(text, text.replace("м", "н")) == pytest.approx(9 / 11)


def test_case_punctuation_and_links_do_not_count():
    other = BRIDGE.upper().replace(" ", "  ").replace(".", "!") + " https://example.org/17"
    assert similarity(BRIDGE, other) == 1


def test_the_order_of_words_counts():
    assert similarity(" ".join(WORDS), " ".join(WORDS[::-1])) == 0


def test_a_text_of_few_words_is_one_shingle():
    short = " ".join(WORDS[: WHOLE - 1])
    assert [len(found) for found in sets("Матч", short, short + " к")] == [1, 1, WHOLE - RUN + 1]
    assert similarity("Завтра 5 градусов", "Завтра 7 градусов") == 0
    assert similarity("Завтра снег", "Снег завтра") == 0


def test_a_text_without_words_has_no_shingle():
    assert sets("", "!!! 🎉", "Матч")[:2] == [set(), set()]
    assert sets("", " ") == [set(), set()]


def test_shingles_do_not_depend_on_the_batch():
    together = sets(BRIDGE, "", "Матч", HARVEST)
    assert together == [sets(text)[0] for text in (BRIDGE, "", "Матч", HARVEST)]


def test_shingles_are_sorted_and_none_is_there_twice():
    shingles, ends = shingle_sets([BRIDGE, BRIDGE + BRIDGE])
    for part in np.split(shingles, ends[:-1]):
        assert (np.diff(part.astype(np.int64)) > 0).all()
