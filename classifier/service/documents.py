"""A Word document as a body, answered by its text."""

import io

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from classifier.data.articles import ReadOptions
from classifier.data.readers.document import read_document
from classifier.data.readers.source import Source
from classifier.service.bodies import DOCUMENT, read_body
from classifier.service.core import service_of


async def document_text(request: Request) -> Response:
    """Tell the text of a Word document."""
    service = service_of(request)
    body = await read_body(request, service.settings, DOCUMENT)
    return JSONResponse({"text": await service.large.run(request, lambda _: _text(body))})


def _text(body: bytes) -> str:
    stream = io.BufferedReader(io.BytesIO(body))
    (article,) = read_document(Source(stream, "document.docx", ReadOptions(), None))
    return article.text
