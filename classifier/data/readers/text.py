"""A text file: one article, whose first line is the headline."""

import codecs
from collections.abc import Iterator

from classifier.data.articles import MAX_LENGTH, Article
from classifier.data.encodings import check_decoded
from classifier.data.readers.html import is_page, read_page
from classifier.data.readers.source import HEAD, Source, check_length


def read_text(source: Source) -> Iterator[Article]:
    """Read the article of a text file, or of a page that was saved under such a name."""
    if is_page(source.stream.peek(HEAD).removeprefix(codecs.BOM_UTF8).lstrip()[:256].decode("ascii", "ignore")):
        return read_page(source)
    with source.decoded() as file:
        text = check_length(file.read(MAX_LENGTH + 1), source.name)
        return source.single(check_decoded(text, source.name, file.encoding))
