"""A Word document as a body, answered by its text."""

import io

import pytest

from tests.service.conftest import MATCH

docx = pytest.importorskip("docx", reason="python-docx is not installed: pip install '.[office]'")

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def written(*paragraphs):
    document, file = docx.Document(), io.BytesIO()
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    document.save(file)
    return file.getvalue()


def post(client, content, kind=WORD):
    return client.post("/v1/text", content=content, headers={"Content-Type": kind})


def test_a_document_is_answered_by_its_text_with_the_headline_first(client):
    answer = post(client, written("Матч", MATCH))
    assert (answer.status_code, answer.json()) == (200, {"text": f"Матч\n{MATCH}"})


@pytest.mark.parametrize(
    ("content", "advice"),
    [
        (b"", "document.docx is not a Word document or is damaged"),
        (b"no document", "document.docx is not a Word document or is damaged"),
        (b"\xd0\xcf\x11\xe0 an old one", "document.docx has a password, or comes from an old program: save it anew"),
        (written(), "document.docx is empty"),
    ],
    ids=["nothing", "other", "old", "empty"],
)
def test_what_has_no_text_is_a_problem(client, content, advice):
    answer = post(client, content)
    assert answer.status_code == 422 and advice in answer.json()["detail"]


def test_other_files_are_refused(client):
    answer = post(client, b"%PDF", "application/pdf")
    assert answer.status_code == 415 and WORD in answer.json()["detail"]


def test_a_document_keeps_the_limits_of_large_requests(connect):
    content = written(MATCH)
    with connect(max_body=1000) as client:
        assert post(client, content).status_code == 413
    with connect(job_seconds=-1.0) as client:
        assert post(client, content).status_code == 503
    with connect(large_places=2) as client:
        client.app.service.large._taken["10.0.0.1"] = 1
        assert post(client, content).status_code == 429
