"""A page saved from a news site: one article."""

import re
from collections.abc import Iterator
from typing import Any

from classifier.data.articles import Article, with_title
from classifier.data.readers.source import Source
from classifier.errors import Error, UsageError

MAX_PAGE = 5_000_000  # bytes
# The time for a tag grows with the square of its attributes: 20,000 take 6 seconds.
_LONG_TAG, _MAX_ATTRIBUTES = re.compile(rb"<[^>]{10000,}"), 2000


def is_page(start: str) -> bool:
    """Whether the first characters are those of an HTML page."""
    return start[:256].lower().startswith(("<!doctype html", "<html"))


def read_page(source: Source) -> Iterator[Article]:
    """Read headline and main text of a page."""
    try:
        from trafilatura import bare_extraction
    except ImportError as error:
        advice = "pip install trafilatura lxml-html-clean"
        raise UsageError(f"{source.name} is an HTML page; to read it: {advice}") from error
    content, encoding = source.stream.read(MAX_PAGE + 1), source.options.encoding
    if len(content) > MAX_PAGE:
        raise Error(f"{source.name} has more than {MAX_PAGE:,} bytes, the limit for a page")
    if any(tag.count(b"=") > _MAX_ATTRIBUTES for tag in _LONG_TAG.findall(content)):
        raise Error(f"{source.name} is no page: a tag has more than {_MAX_ATTRIBUTES:,} attributes")
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
