import pytest

from classifier.data.articles import MAX_MESSAGES, SkippedRecords, as_string, batched, with_title
from classifier.errors import Error


@pytest.mark.parametrize(
    "title, text, joined",
    [("Визит", "Переговоры", "Визит\nПереговоры"), (None, "Матч", "Матч"), ("Матч", "", "Матч"), (None, None, "")],
)
def test_the_headline_is_the_first_line_of_a_text(title, text, joined):
    assert with_title(title, text) == joined


def test_a_gap_is_an_empty_text_and_other_values_are_refused():
    assert as_string(None, "text", "row 1") == ""
    with pytest.raises(Error, match="row 1: 'text' holds int 5, not a text"):
        as_string(5, "text", "row 1")


def test_batches_hold_all_articles_in_order():
    assert list(batched(iter(range(7)), 3)) == [[0, 1, 2], [3, 4, 5], [6]]


def test_skipped_records_are_counted_and_the_first_are_reported():
    reported = []
    skipped = SkippedRecords(reported.append)
    for number in range(8):
        skipped(Error(f"line {number}"))
    skipped.add(["line 8", "line 9", "line 10"], 100)
    assert skipped.count == 108
    assert skipped.messages == reported == [f"line {number}" for number in range(MAX_MESSAGES)]
