import pytest

from classifier.data.reading import read


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
