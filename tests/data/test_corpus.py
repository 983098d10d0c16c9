import gzip

import pandas as pd
import pyarrow as pa
import pytest

from classifier.data.articles import Columns, ReadOptions
from classifier.data.corpus import Corpus, read_at_random, read_corpus, read_labels, read_texts
from classifier.errors import Error, UsageError

NEWS = [{"id": "a", "title": "Визит", "text": "Переговоры"}, {"id": "b", "text": "Матч"}, {"id": "c", "text": "Суд"}]


@pytest.fixture
def news(table):
    return table("news.csv", NEWS)


def corpus_of(ids, texts, topics, splits=None):
    """Return a corpus that tells neither sources nor years."""
    gaps = [""] * len(ids)
    return Corpus(ids, texts, topics, splits or gaps, gaps, gaps)


def test_topics_are_read_as_parse_topics_does(table):
    rows = [{"text": "x", "topics": cell} for cell in ("спорт;суд", "суд ; ", "")]
    assert read_corpus(table("news.csv", rows)).topics == [["спорт", "суд"], ["суд"], []]


@pytest.mark.parametrize("ending", ["jsonl", "parquet"])
def test_topics_may_be_lists(table, ending):
    rows = [{"text": "x", "topics": ["sport", "суд"]}, {"text": "y", "topics": []}]
    assert read_corpus(table(f"a.{ending}", rows)).topics == [["sport", "суд"], []]


@pytest.mark.parametrize("ending", ["csv", "parquet", "jsonl"])
def test_labels_in_another_file_are_joined_by_id(table, news, ending):
    labels = [{"id": "b", "topics": "sport", "split": "dev"}, {"id": "a", "topics": "diplomacy", "split": "train"}]
    assert read_corpus(news, table(f"labels.{ending}", labels)) == corpus_of(
        ["a", "b"], ["Визит\nПереговоры", "Матч"], [["diplomacy"], ["sport"]], ["train", "dev"]
    )


@pytest.mark.parametrize("has_labels", [False, True])
def test_source_and_year_are_known_where_the_data_have_them(table, has_labels):
    rows = [
        {"id": "a", "text": "x", "topics": "sport", "outlet": "Вести", "date": "05.12.2023"},
        {"id": "b", "text": "y", "topics": "", "outlet": None, "date": 2020},
        {"id": "c", "text": "z", "topics": "", "outlet": "Вести", "date": "вчера"},
    ]
    labels = [table("labels.csv", [{"id": row["id"], "topics": row["topics"]} for row in rows])] if has_labels else []
    corpus = read_corpus(table("news.csv", rows), labels, ReadOptions(Columns(source="outlet")))
    assert (corpus.sources, corpus.years) == (["Вести", "", "Вести"], ["2023", "2020", ""])
    assert corpus.where([False, True, True]).years == ["2020", ""]


def test_later_labels_amend_earlier_ones(table, news):
    first = [{"id": "a", "topics": "diplomacy", "split": "dev"}, {"id": "b", "topics": "sport", "split": "train"}]
    amended = [{"id": "a", "topics": "sport", "reason": "it is a match"}, {"id": "c", "topics": "courts"}]
    corpus = read_corpus(news, [table("labels.csv", first), table("amendments.csv", amended)])
    assert (corpus.topics, corpus.splits) == ([["sport"], ["sport"], ["courts"]], ["dev", "train", ""])


def test_texts_are_read_without_labels_except_those_held_out(news):
    assert read_texts(news, without={"b"}) == (["a", "c"], ["Визит\nПереговоры", "Суд"], ["", ""])


def test_the_train_split_is_separated_from_the_others():
    corpus = corpus_of(list("abcd"), list("абвг"), [[]] * 4, ["train", "dev", "test", ""])
    train, held_out = corpus.train_test_split()
    assert (train.ids, held_out.ids) == (["a", "d"], ["b", "c"])


def test_the_indicator_has_the_columns_asked_for():
    corpus = corpus_of(list("ab"), list("аб"), [["sport", "x"], []])
    assert corpus.indicator(["diplomacy", "sport"]).to_dict("list") == {"diplomacy": [0, 0], "sport": [1, 0]}
    assert corpus.counts() == {"sport": 1, "x": 1}


def test_the_hash_depends_on_texts_and_topics_but_not_on_splits():
    one = corpus_of(["a"], ["x"], [["sport"]])
    assert one.sha256() == one._replace(splits=["train"]).sha256()
    assert len({one.sha256(), one._replace(texts=["y"]).sha256(), one._replace(topics=[[]]).sha256()}) == 3


@pytest.mark.parametrize(
    "labels, kind, message",
    [
        ([{"id": "z", "topics": "sport"}], UsageError, "no article of .* has a label in .*: do their ids agree"),
        ([{"id": "a"}], UsageError, r"no column 'topics' \(there are: id\)"),
        ([{"id": "a", "topics": "x"}] * 2, Error, "more than one row for id 'a'"),
    ],
)
def test_labels_that_do_not_fit_are_refused(table, news, labels, kind, message):
    with pytest.raises(kind, match=message):
        read_corpus(news, table("labels.csv", labels))


@pytest.mark.parametrize(
    "name, message",
    [("missing.csv", "cannot read"), ("labels.txt", "unknown format"), ("broken.parquet", "not a readable table")],
)
def test_labels_that_cannot_be_read_are_refused(news, tmp_path, name, message):
    if "missing" not in name:
        (tmp_path / name).write_text("junk")
    with pytest.raises(Error, match=message):
        read_corpus(news, tmp_path / name)


def test_data_without_topics_are_refused(news):
    with pytest.raises(UsageError, match="no column 'topics'.*--labels"):
        read_corpus(news)


@pytest.mark.parametrize(
    "name, content", [("l.csv", "id,topics\n1,спорт,погода\n"), ("l.parquet", "junk"), ("l.jsonl", "{")]
)
def test_a_table_of_labels_that_cannot_be_read_is_one_line(put, name, content):
    news = put("news.csv", "id,text\n1,Матч\n")
    with pytest.raises(Error, match="is not a readable table"):
        read_corpus(news, put(name, content))


def test_ids_beside_a_gap_are_still_those_of_the_articles(tmp_path, put):
    pd.DataFrame({"id": [1, None], "topics": ["sport", "culture"]}).to_parquet(tmp_path / "l.parquet")
    corpus = read_corpus(put("news.csv", "id,text\n1,Матч\n"), tmp_path / "l.parquet")
    assert corpus.topics == [["sport"]]


@pytest.mark.parametrize("name", ["labels.csv.gz", "labels.csv.zst", "labels.xlsx"])
def test_labels_are_read_packed_and_from_workbooks_too(tmp_path, name):
    (tmp_path / "news.csv").write_text("id,text\n17,Матч\n18,Суд\n", encoding="utf-8")
    rows = [("id", "topics", "split"), (17, "sport;culture", "dev"), (18, "courts", "train")]
    if name.endswith("xlsx"):
        pytest.importorskip("python_calamine", reason="python-calamine is not installed: pip install '.[office]'")
        xlsxwriter = pytest.importorskip("xlsxwriter", reason="XlsxWriter is not installed: pip install '.[office]'")
        with xlsxwriter.Workbook(tmp_path / name) as book:
            sheet = book.add_worksheet()
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
    else:
        content = "".join(",".join(map(str, row)) + "\n" for row in rows).encode()
        packed = gzip.compress(content) if name.endswith("gz") else pa.compress(content, codec="zstd", asbytes=True)
        (tmp_path / name).write_bytes(packed)
    corpus = read_corpus(tmp_path / "news.csv", tmp_path / name)
    assert corpus.topics == [["sport", "culture"], ["courts"]] and corpus.splits == ["dev", "train"]


def test_an_article_chosen_at_random_stays_so_when_it_is_read_again(tmp_path):
    (tmp_path / "first.csv").write_text("id,topics,chosen\n1,sport,random\n2,sport,uncertain\n3,,random\n")
    (tmp_path / "second.csv").write_text("id,topics,chosen\n1,culture,doubt\n2,,doubt\n")
    assert read_at_random([tmp_path / "first.csv", tmp_path / "second.csv"]) == {"1", "3"}


def test_labels_are_read_as_russian_excel_saves_them(tmp_path):
    table = "id;topics;chosen\n7;sport;random\n8;погода;\n"
    for encoding in ("cp1251", "utf-8-sig", "utf-8"):
        (tmp_path / "labels.csv").write_text(table, encoding=encoding)
        assert read_labels([tmp_path / "labels.csv"]) == {"7": ["sport"], "8": ["погода"]}


def test_a_sheet_in_the_place_of_labels_is_told(tmp_path):
    (tmp_path / "anna.csv").write_text("id;topic 1;read\n7;Спорт;да\n", encoding="utf-8")
    with pytest.raises(UsageError, match="`news-topics labels` makes a table"):
        read_labels([tmp_path / "anna.csv"])
