"""Files of office programs: workbooks and Word documents."""

import datetime
import io
import sys
import zipfile

import pytest

from classifier.data.articles import Columns, Notice, ReadOptions
from classifier.data.reading import read
from classifier.errors import Error, UsageError

docx = pytest.importorskip("docx", reason="python-docx is not installed: pip install '.[office]'")
xlsxwriter = pytest.importorskip("xlsxwriter", reason="XlsxWriter is not installed: pip install '.[office]'")
pytest.importorskip("python_calamine", reason="python-calamine is not installed: pip install '.[office]'")


@pytest.fixture
def workbook(tmp_path):
    """Write sheets, each a list of rows, as a workbook, and return its path."""

    def write(**sheets):
        path = tmp_path / "news.xlsx"
        with xlsxwriter.Workbook(path, {"default_date_format": "yyyy-mm-dd"}) as book:
            for name, rows in sheets.items():
                sheet = book.add_worksheet(name)
                for number, row in enumerate(rows):
                    sheet.write_row(number, 0, row)
        return path

    return write


@pytest.fixture
def document(tmp_path):
    """Write a Word document that a function fills, and return its path."""

    def write(fill):
        made = docx.Document()
        fill(made)
        made.save(tmp_path / "a.docx")
        return tmp_path / "a.docx"

    return write


def test_a_row_of_a_sheet_is_an_article(workbook):
    day = datetime.datetime(2024, 5, 6)
    path = workbook(
        Лист1=[
            ["id", "title", "text", "date", "n"],
            [17, "Визит", "Переговоры", day, 2.5],
            ["b", None, "Матч", None, 3],
        ]
    )
    first, second = read([path], ReadOptions(Columns(keep=("date", "n"))))
    assert first[:3] == ("17", "Визит\nПереговоры", {"date": "2024-05-06", "n": 2.5})
    assert second[:3] == ("b", "Матч", {"date": None, "n": 3})
    assert second.place == f"{path} row 3"


def test_numbers_in_columns_of_text_are_text(workbook):
    (article,) = read([workbook(a=[["title", "text"], [2024, 7]])])
    assert article.text == "2024\n7"


def test_empty_rows_count_but_are_no_articles(workbook):
    path = workbook(a=[[], ["text"], [], ["Матч"], []])
    (article,) = read([path])
    assert (article.id, article.place) == (f"{path}:1", f"{path} row 4")


def test_the_first_sheet_with_texts_is_read_and_others_are_told(workbook):
    path = workbook(О=[["Отчёт за май"]], Новости=[["text"], ["Матч"]], Архив=[["text"], ["Суд"]])
    with pytest.warns(Notice, match="only sheet 'Новости' is read; column 'text' is also in 'Архив'"):
        assert [article.text for article in read([path])] == ["Матч"]


def test_a_sheet_without_texts_is_refused_with_its_columns(workbook):
    with pytest.raises(UsageError, match=r"no column 'text' \(there are: id, body\); name yours with --text-column"):
        list(read([workbook(a=[["id", "body"], [1, "Матч"]], empty=[])]))


def test_a_cell_that_stands_far_away_does_not_end_the_program(tmp_path):
    with xlsxwriter.Workbook(tmp_path / "far.xlsx") as book:
        sheet = book.add_worksheet()
        sheet.write(0, 0, "text")
        sheet.write(1_048_575, 16_383, "x")
    with pytest.raises(Error, match="needs too much memory or time: a cell stands far from the others"):
        list(read([tmp_path / "far.xlsx"]))


def test_a_document_is_an_article_whose_first_paragraph_is_the_headline(document):
    def fill(made):
        made.add_paragraph(" ")
        made.add_paragraph("Хоккеисты выиграли\tматч")
        table = made.add_table(1, 2)
        table.cell(0, 0).text, table.cell(0, 1).text = "Счёт", "3:1"
        made.add_paragraph("Игра прошла в Москве")

    path = document(fill)
    (article,) = read([path])
    assert article.text == "Хоккеисты выиграли матч\nСчёт\n3:1\nИгра прошла в Москве"
    assert article.id == str(path) and article.headline == "Хоккеисты выиграли матч"


def test_tracked_insertions_are_read_and_deletions_are_not(document):
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls

    def fill(made):
        paragraph = made.add_paragraph("Матч ")._p
        run = "<w:r><w:{0}>{1}</w:{0}></w:r>"
        paragraph.append(parse_xml(f"<w:ins {nsdecls('w')}>{run.format('t', 'выигран')}</w:ins>"))
        paragraph.append(parse_xml(f"<w:del {nsdecls('w')}>{run.format('delText', 'проигран')}</w:del>"))
        paragraph.append(parse_xml(f"<w:moveFrom {nsdecls('w')}>{run.format('t', 'вчера')}</w:moveFrom>"))

    assert [article.text for article in read([document(fill)])] == ["Матч выигран"]


def test_an_empty_document_is_refused(document):
    with pytest.raises(UsageError, match="is empty: there is nothing to read"):
        list(read([document(lambda _: None)]))


def test_a_document_that_unpacks_to_too_much_is_refused(document, monkeypatch):
    path = document(lambda made: made.add_paragraph("Матч"))
    monkeypatch.setattr("classifier.data.readers.document.MAX_XML", 1000)
    with pytest.raises(Error, match="more than 1,000 bytes unpacked, the limit for a document"):
        list(read([path]))


def test_a_document_of_nothing_but_tags_is_refused(document, monkeypatch):
    path = document(lambda made: [made.add_paragraph("") for _ in range(2000)])
    monkeypatch.setattr("classifier.data.readers.document.MAX_TAGS", 1000)
    with pytest.raises(Error, match="more than 1,000 tags, the limit for a document: save it as text"):
        list(read([path]))


def archive_of(name):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr(name, "<x>")
    return content.getvalue()


@pytest.mark.parametrize("ending, kind", [("xlsx", "workbook"), ("docx", "Word document")])
def test_what_only_looks_like_a_file_of_an_office_program_is_refused(put, ending, kind):
    for content in (b"junk", b"PK\3\4junk", archive_of("[Content_Types].xml"), archive_of("xl/workbook.xml")):
        with pytest.raises(Error, match=f"is not a {kind} or is damaged"):
            list(read([put(f"a.{ending}", content)]))
    with pytest.raises(UsageError, match="has a password"):
        list(read([put(f"a.{ending}", b"\xd0\xcf\x11\xe0 and more")]))


@pytest.mark.parametrize("ending, package", [("xlsx", "python_calamine"), ("docx", "docx")])
def test_without_the_package_the_extra_is_named(put, monkeypatch, ending, package):
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(UsageError, match=r"to read it: pip install 'news-topics\[office\]'"):
        list(read([put(f"a.{ending}", b"x")]))
