"""A sheet for Excel, in which topics are chosen from drop-down lists."""

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from classifier.annotation.tasks import Task
from classifier.annotation.writers.sheet import AFTER, BEFORE, sheet_rows
from classifier.errors import UsageError
from classifier.storage.atomic import atomic_write
from classifier.topics import taxonomy, topic_name

_TOPICS = 5  # columns of topics
_MAX_ROWS = 1_048_575  # of a sheet, below its header
_WIDTHS = {"id": 12, "headline": 40, "text": 90, "suggested": 28, "read": 8, "note": 30, "chosen": 10, "topic": 20}
_TOPIC_WIDTH = 26
_ROW_HEIGHT = 120  # points: eight lines of a text; Excel would make some rows higher than the screen


_READ = {"input_title": "Прочитано?", "input_message": "Нужно, если статья прочитана и тем у неё нет."}


def write_xlsx(path: Path, tasks: Sequence[Task], topics: Sequence[str]) -> None:
    """Write a sheet of articles, with a second sheet of the topics and their definitions."""
    if len(tasks) > _MAX_ROWS:
        raise UsageError(f"{len(tasks):,} articles do not fit into a sheet of {_MAX_ROWS:,} rows: read fewer")
    workbook_type = _xlsxwriter().Workbook
    rows = sheet_rows(tasks, _TOPICS)
    content = io.BytesIO()  # XlsxWriter leaves a traceback where a disk is full
    # Cells that begin with "=" or hold a link stay text.
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
    with workbook_type(content, options) as workbook:
        wrapped = workbook.add_format({"text_wrap": True, "valign": "top"})
        header = workbook.add_format({"bold": True, "bottom": 1})
        _fill_articles(workbook.add_worksheet("articles"), rows, len(topics), wrapped, header)
        _fill_topics(workbook.add_worksheet("topics"), topics, wrapped, header)
    with atomic_write(path, binary=True) as file:
        file.write(content.getbuffer())


def _xlsxwriter() -> Any:
    try:
        import xlsxwriter  # type: ignore[import-untyped,unused-ignore]
    except ImportError as error:
        raise UsageError("Excel files need XlsxWriter: pip install 'news-topics[office]', or name a .csv") from error
    return xlsxwriter


def _fill_articles(sheet: Any, rows: Sequence[Sequence[str]], topics: int, wrapped: Any, header: Any) -> None:
    columns = [*BEFORE, *(f"topic {number}" for number in range(1, _TOPICS + 1)), *AFTER]
    for column, name in enumerate(columns):
        sheet.set_column(column, column, _WIDTHS.get(name, _TOPIC_WIDTH))
        sheet.write_string(0, column, name, header)
    for number, row in enumerate(rows, start=1):
        sheet.set_row(number, _ROW_HEIGHT)
        for column, cell in enumerate(row):
            sheet.write_string(number, column, cell, wrapped)
    last, first_topic = max(len(rows), 1), len(BEFORE)
    names = {
        "validate": "list",
        "source": f"=topics!$B$2:$B${topics + 1}",
        "input_title": "Темы статьи",
        "input_message": "Все, о чём она: главная первой, по одной в ячейке. Список с определениями - на листе topics.",
        "error_title": "Нет такой темы",
        "error_message": "Выберите тему из списка. Темы и их определения - на листе topics.",
    }
    sheet.data_validation(1, first_topic, last, first_topic + _TOPICS - 1, names)
    read = columns.index("read")
    sheet.data_validation(1, read, last, read, {"validate": "list", "source": ["да", "yes"], **_READ})
    sheet.ignore_errors({"number_stored_as_text": f"A2:A{last + 1}"})  # ids are meant to be text
    sheet.freeze_panes(1, 2)
    sheet.autofilter(0, 0, last, len(columns) - 1)


def _fill_topics(sheet: Any, topics: Sequence[str], wrapped: Any, header: Any) -> None:
    for column, (name, width) in enumerate({"id": 26, "name": 40, "name (en)": 36, "definition": 100}.items()):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, name, header)
    for number, topic in enumerate(topics, start=1):
        known = taxonomy().get(topic)
        cells = [topic, topic_name(topic, "ru"), topic_name(topic, "en"), known.definition_ru if known else ""]
        for column, cell in enumerate(cells):
            sheet.write_string(number, column, cell, wrapped)
    sheet.freeze_panes(1, 0)
