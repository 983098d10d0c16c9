"""A page saved from a news site: one article."""

import codecs
from collections.abc import Iterator
from typing import Any

from classifier.data.articles import Article, with_title
from classifier.data.readers.source import Source
from classifier.errors import Error, UsageError


def is_page(start: bytes) -> bool:
    """Whether the first bytes are those of an HTML page."""
    return start[:256].lower().removeprefix(codecs.BOM_UTF8).startswith((b"<!doctype html", b"<html"))


def read_page(source: Source) -> Iterator[Article]:
    """Read headline and main text of a page."""
    try:
        from trafilatura import bare_extraction
    except ImportError as error:
        advice = "pip install trafilatura lxml-html-clean"
        raise UsageError(f"{source.name} is an HTML page; to read it: {advice}") from error
    content, encoding = source.stream.read(), source.options.encoding
    page: Any = bare_extraction(
        content if encoding is None else content.decode(encoding),
        include_comments=False,
        include_images=False,
        with_metadata=True,
    )
    if page is None or not page.text:
        raise Error(f"{source.name}: no main text found in this HTML page")
    title, text = page.title or "", page.text
    return source.single(text if text.startswith(title) else with_title(title, text))
