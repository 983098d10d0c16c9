import pytest

from classifier.data.articles import MAX_MESSAGES, Article, SkippedRecords, as_string, batched, with_title
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
    articles = [Article(str(number), "", {}, "") for number in range(7)]
    assert list(batched(iter(articles), 3)) == [articles[:3], articles[3:6], articles[6:]]


def test_a_batch_of_long_articles_is_small(monkeypatch):
    monkeypatch.setattr("classifier.data.articles.MAX_LENGTH", 10)
    articles = [Article(str(number), "x" * number, {}, "") for number in range(8)]
    assert [len(batch) for batch in batched(articles)] == [6, 2]


def test_skipped_records_are_counted_and_the_first_are_reported():
    reported = []
    skipped = SkippedRecords(reported.append)
    for number in range(8):
        skipped(Error(f"line {number}"))
    skipped.add(["line 8", "line 9", "line 10"], 100)
    assert skipped.count == 108
    assert skipped.messages == reported == [f"line {number}" for number in range(MAX_MESSAGES)]
