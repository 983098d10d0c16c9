"""Word documents: one article, whose first paragraph is the headline."""

from collections.abc import Iterator
from typing import Any
from zipfile import BadZipFile, ZipFile, ZipInfo

from classifier.data.articles import MAX_LENGTH, Article
from classifier.data.readers.source import Source, check_length, plain
from classifier.data.readers.workbook import check_office_file
from classifier.errors import Error

MAX_XML = 100_000_000  # bytes of the parts that may be XML; as a tree they take some ten times as much
MAX_TAGS = 2_000_000  # of a document: 99 MB of empty paragraphs, some 16 million, took 3.5 GB


def read_document(source: Source) -> Iterator[Article]:
    """Read the paragraphs of a document, those in tables, text boxes and tracked insertions too, in their order."""
    check_office_file(source.stream, source.name, "docx")
    from docx import Document

    try:
        _check_size(source)
        body: Any = Document(source.stream).element.body
        paragraphs = [" ".join(text.split()) for text in _paragraphs(body)]
    except Error:
        raise
    except Exception as error:  # of any kind: from the archive, the XML, or parts that are missing
        raise Error(f"{source.name} is not a Word document or is damaged ({type(error).__name__})") from error
    text = "\n".join(filter(None, paragraphs))
    return source.single(plain(check_length(text[: MAX_LENGTH + 1], source.name)))


def _check_size(source: Source) -> None:
    try:
        with ZipFile(source.stream) as archive:
            parts = [part for part in archive.infolist() if _may_be_xml(part)]
            size = sum(part.file_size for part in parts)
            tags = sum(archive.read(part).count(b"<") for part in parts) if size <= MAX_XML else 0
    except BadZipFile as error:
        raise Error(f"{source.name} is not a Word document or is damaged ({error})") from error
    if size > MAX_XML:
        raise Error(
            f"{source.name} has more than {MAX_XML:,} bytes unpacked, the limit for a document: save it as text"
        )
    if tags > MAX_TAGS:
        raise Error(f"{source.name} has more than {MAX_TAGS:,} tags, the limit for a document: save it as text")
    source.stream.seek(0)


def _may_be_xml(part: ZipInfo) -> bool:
    """Whether a part may be XML, whatever it is called: pictures hardly shrink when they are packed."""
    return part.filename.endswith((".xml", ".rels")) or part.file_size > 2 * part.compress_size


def _paragraphs(body: Any) -> list[str]:
    """Return the text of each paragraph.

    python-docx's own paragraphs lack what was inserted with tracked changes, and what stands in content controls.
    """
    from docx.oxml.ns import nsmap, qn

    other = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"  # the same text for old programs
    left_out = {inner for part in body.iter(other, f"{{{nsmap['w']}}}moveFrom") for inner in part.iter()}
    paragraph, text = qn("w:p"), qn("w:t")
    spaces = {qn("w:tab"), qn("w:br"), qn("w:cr")}
    found: list[list[str]] = [[]]
    for element in body.iter(paragraph, text, *spaces):
        if element in left_out:
            continue
        if element.tag == paragraph:
            found.append([])
        else:
            found[-1].append(" " if element.tag in spaces else element.text or "")
    return ["".join(pieces) for pieces in found]
