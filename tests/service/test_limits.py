"""Limits, overload, and clients that go away."""

import asyncio
import json
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from classifier.data.answers import OutputOptions
from classifier.data.articles import Article
from tests.service.conftest import MATCH, run_async


def article(text=MATCH):
    return Article("1", text, {}, "article 1")


@pytest.fixture
def held(monkeypatch):
    """Explanations wait until the event is set; the other event tells that one has begun."""
    from classifier.service import predicting

    begun, release, explain = threading.Event(), threading.Event(), predicting.explain_text

    def wait(*arguments):
        begun.set()
        release.wait(60)
        return explain(*arguments)

    monkeypatch.setattr(predicting, "explain_text", wait)
    yield begun, release
    release.set()


def test_a_body_that_is_too_large_is_refused_before_and_while_it_comes(connect):
    with connect(max_body=1000) as client:
        answer = client.post("/v1/predict", json={"text": "я" * 1000})
        assert answer.status_code == 413 and "more than 1,000 bytes" in answer.json()["detail"]
        pieces = (b"x" * 400 for _ in range(3))
        answer = client.post("/v1/predict", content=pieces, headers={"Content-Type": "application/json"})
        assert answer.status_code == 413 and "more than 1,000 bytes" in answer.json()["detail"]


def test_requests_that_are_too_large_together_are_refused_and_leave_no_trace(connect):
    with connect(max_body=100) as client:  # all together: 400 bytes
        client.app._held = 350
        answer = client.post("/v1/predict", json={"text": MATCH})
        assert answer.status_code == 503 and answer.headers["retry-after"] == "5"
        assert "too large together: try again" in answer.json()["detail"]
        client.app._held -= 350
        assert client.app._held == 0
        assert client.post("/v1/predict", json={"text": MATCH}).status_code == 200 and client.app._held == 0


def test_what_is_packed_is_refused(client):
    headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    answer = client.post("/v1/predict", content=b"x", headers=headers)
    assert answer.status_code == 415 and "without a Content-Encoding" in answer.json()["detail"]


def test_an_advice_quotes_no_more_than_a_line_of_what_was_sent(client):
    answer = client.post("/v1/predict", json={"text": MATCH, "я" * 100_000: 1})
    assert answer.status_code == 422 and len(answer.json()["detail"]) == 500


def test_too_many_articles_are_refused(connect):
    with connect(max_articles=2) as client:
        three = [{"text": "a"}] * 3
        assert client.post("/v1/predict-batch", json={"articles": three[1:]}).status_code == 200
        answer = client.post("/v1/predict-batch", json={"articles": three})
        assert answer.status_code == 413 and "more than 2 articles" in answer.json()["detail"]
        csv = client.post("/v1/predict-batch", content=b"text\na\nb\nc\n", headers={"Content-Type": "text/csv"})
        assert csv.status_code == 413


def test_a_text_that_is_too_long_is_refused(connect, monkeypatch):
    monkeypatch.setattr("classifier.service.core.MAX_LENGTH", 10)
    monkeypatch.setattr("classifier.service.predicting.MAX_EXPLAINED", 10)
    with connect() as client:
        for path in ("predict", "explain"):
            answer = client.post(f"/v1/{path}", json={"text": "a" * 11})
            assert answer.status_code == 413 and "more than 10 characters" in answer.json()["detail"]


def test_overload_is_told_at_once_and_is_over_when_the_queue_is_empty(connect):
    with connect(waiting=1) as client:
        service = client.app.service
        service.batcher.waiting = 1
        answer = client.post("/v1/predict", json={"text": MATCH})
        assert answer.status_code == 503 and answer.headers["retry-after"] == "1"
        service.batcher.waiting = 0
        assert client.post("/v1/predict", json={"text": MATCH}).status_code == 200


def test_one_client_has_half_of_the_places_and_all_together_have_all(connect, held):
    from starlette.testclient import TestClient

    begun, release = held
    with connect(explain_places=2) as client, ThreadPoolExecutor() as pool:

        def ask(address):
            other = TestClient(client.app, "http://localhost", client=(address, 1))
            other.portal = client.portal
            return other.post("/v1/explain", json={"text": MATCH})

        first = pool.submit(ask, "10.0.0.1")
        assert begun.wait(60)
        again = ask("10.0.0.1")
        assert again.status_code == 429 and again.headers["retry-after"] == "1"
        second = pool.submit(ask, "10.0.0.2")
        while client.app.service.explaining.waiting < 2:
            pass
        third = ask("10.0.0.3")
        assert third.status_code == 503 and third.headers["retry-after"] == "5"
        # Single articles are answered meanwhile.
        assert client.post("/v1/predict", json={"text": MATCH}).status_code == 200
        release.set()
        assert first.result().status_code == second.result().status_code == 200
        assert ask("10.0.0.1").status_code == 200 and client.app.service.explaining.waiting == 0


def test_work_that_takes_too_long_is_given_up(connect):
    with connect(job_seconds=-1.0) as client:
        answer = client.post("/v1/explain", json={"text": MATCH})
        assert answer.status_code == 503 and "send fewer articles at once" in answer.json()["detail"]


async def call(app, path, body, *later):
    """Send a request, then what comes `later`; returns what is answered."""
    messages = [{"type": "http.request", "body": body, "more_body": False}, *later] if body is not None else []
    sent = []

    async def receive():
        if messages:
            return messages.pop(0)
        return await asyncio.Event().wait()

    async def send(message):
        sent.append(message)

    headers = [(b"host", b"localhost"), (b"content-type", b"application/json")]
    scope = {"type": "http", "method": "POST", "path": path, "query_string": b"", "headers": headers}
    await app({**scope, "client": ("10.0.0.1", 1), "server": ("localhost", 80), "scheme": "http"}, receive, send)
    return sent


def run(app, work):
    async def running():
        async with app.service.running():
            return await work()

    return run_async(running())


def test_a_body_that_does_not_arrive_is_waited_for_so_long_only(connect):
    app = connect(body_seconds=0.0).app
    start, body = run(app, lambda: call(app, "/v1/predict", None))
    assert start["status"] == 408 and "did not arrive within 0 seconds" in json.loads(body["body"])["detail"]
    assert (b"connection", b"close") in start["headers"]


def test_a_client_that_goes_away_frees_its_place(connect, held):
    begun, release = held
    app = connect(explain_places=2).app
    body = json.dumps({"text": MATCH}).encode()

    async def leave():
        (start, _) = await call(app, "/v1/explain", body, {"type": "http.disconnect"})
        assert begun.is_set() and app.service.explaining.waiting == 0
        release.set()
        return start["status"]

    assert run(app, leave) == 499


def test_articles_that_nobody_waits_for_are_not_tagged(connect, monkeypatch):
    from classifier.service import batching

    tagged = []
    monkeypatch.setattr(
        batching, "answer_lines", lambda _, articles, __: tagged.extend(articles) or ["{}"] * len(articles)
    )
    batcher = connect().app.service.batcher

    async def work():
        left, stays = (batcher.submit([article(text)], OutputOptions()) for text in ("left", "stays"))
        left.cancel()
        task = asyncio.create_task(batcher.run())
        assert await stays == ["{}"]
        task.cancel()

    run_async(work())
    assert [article.text for article in tagged] == ["stays"] and batcher.waiting == 0


def test_articles_that_wait_together_are_one_batch(connect, monkeypatch):
    from classifier.service import batching

    sizes, lines = [], batching.answer_lines
    monkeypatch.setattr(batching, "answer_lines", lambda *given: sizes.append(len(given[1])) or lines(*given))
    batcher = connect().app.service.batcher

    async def work():
        answers = [batcher.submit([article()], OutputOptions()) for _ in range(100)]
        answers += [batcher.submit([article()], OutputOptions(names="en")) for _ in range(10)]
        task = asyncio.create_task(batcher.run())
        said = await asyncio.gather(*answers)
        task.cancel()
        return said

    said = run_async(work())
    assert sizes == [100, 10] and '"names"' not in said[0][0] and '"names": ["Sport"]' in said[-1][0]


def test_the_error_of_a_request_is_not_that_of_others(connect, train_folder):
    with connect(model=train_folder({"погода": "note"})) as client:
        assert client.post("/v1/predict", json={"text": MATCH, "all": True}).status_code == 422
        assert client.post("/v1/predict", json={"text": MATCH}).status_code == 200
