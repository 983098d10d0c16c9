from contextlib import suppress

import pytest

from classifier.data.articles import Columns, Notice, ReadOptions
from classifier.data.reading import read
from classifier.errors import Error, UsageError


def test_a_semicolon_separates_the_columns_of_a_russian_spreadsheet(put):
    assert [article.text for article in read([put("news.csv", "id;text\n1;Матч, шайба\n")])] == ["Матч, шайба"]


def test_an_article_longer_than_the_csv_module_allows_is_read(put):
    (article,) = read([put("long.csv", "id,text\n1," + "слово " * 100_000)])
    assert len(article.text) == 600_000


@pytest.mark.parametrize("row", ['{},"Матч"\n', "{},Матч\n"], ids=["quoted", "bare"])
def test_a_quote_that_is_never_closed_costs_one_record_of_many(put, row):
    rows = [row.format(number) if number != 7 else '7,"Матч\n' for number in range(1, 30_000)]
    errors = []
    articles = list(read([put("a.csv", "id,text\n" + "".join(rows))], on_error=errors.append))
    assert len(articles) == 29_998 and len(errors) == 1 and "line 8: " in str(errors[0])


def test_a_header_may_have_several_lines(put):
    (article,) = read([put("a.csv", '"дата\nи время",text\n1,Матч\n')], ReadOptions(Columns(keep=("дата\nи время",))))
    assert article.text == "Матч" and article.row == {"дата\nи время": "1"}


@pytest.mark.timeout(20)  # a minute, if all that follows a wrong quote were read again each time
def test_a_file_whose_every_line_opens_a_quote_takes_no_long_time(put):
    """Each line opens a quote and, read inside one, closes it and opens another."""
    count = 30_000
    path = put("a.csv", "text,b,c,d\n" + 'x"",y","z\n' * count)
    errors = []
    assert list(read([path], on_error=errors.append)) == [] and len(errors) == count


def test_a_column_that_occurs_twice_is_refused_if_it_is_needed(put):
    path = put("a.csv", "text,n,n\nМатч,1,2\n")
    assert [article.text for article in read([path])] == ["Матч"]
    with pytest.raises(UsageError, match="more than one column 'n': rename one"):
        list(read([path], ReadOptions(Columns(keep=("n",)))))


def test_a_column_that_was_named_and_is_missing_is_told(put):
    with pytest.warns(Notice, match="no column 'headline' \\(there are: text\\)"):
        list(read([put("a.csv", "text\nМатч\n")], ReadOptions(Columns(title="headline"))))


@pytest.mark.parametrize("lines", ["text\nМатч\rСуд\r\n", 'text\n"а\rб\nМатч\n', "te\rxt,text\nа\n", '"\rtext\nМатч\r'])
def test_old_line_breaks_are_no_reason_for_a_traceback(put, lines):
    with suppress(Error):
        list(read([put("a.csv", lines)], on_error=lambda _: None))


def test_empty_lines_between_rows_are_passed_over_and_counted(put):
    first, second = read([put("a.csv", "id,text\n\n\r\n1,a\n" + "\n" * 1000 + "2,b\n\n")])
    assert (first.place.rpartition(" ")[2], second.place.rpartition(" ")[2]) == ("4", "1005")
