"""A text file: one article, whose first line is the headline."""

from collections.abc import Iterator

from classifier.data.articles import Article
from classifier.data.encodings import check_decoded
from classifier.data.readers.html import is_page, read_page
from classifier.data.readers.source import HEAD, Source


def read_text(source: Source) -> Iterator[Article]:
    """Read the article of a text file, or of a page that was saved under such a name."""
    if is_page(source.stream.peek(HEAD).lstrip()):
        return read_page(source)
    with source.decoded() as file:
        return source.single(check_decoded(file.read(), source.name, file.encoding))
