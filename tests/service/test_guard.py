"""Who may ask, and what every answer says to browsers."""

import base64

import pytest
from markupsafe import escape

from classifier.pages.messages import messages
from tests.service.conftest import MATCH

PAGES = ["/", "/docs", "/openapi.json", "/v1/topics", "/health", "/nothing", "/static/docs.css"]


@pytest.mark.parametrize("path", PAGES)
def test_every_answer_forbids_what_is_not_ours(client, path):
    headers = client.get(path).headers
    policy = headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'") and "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy and "form-action 'none'" in policy
    assert headers["x-content-type-options"] == "nosniff" and headers["referrer-policy"] == "no-referrer"
    assert not any(name.startswith("access-control") for name in headers)


def test_a_mistake_of_ours_has_these_headers_too(connect, monkeypatch):
    with connect() as client:
        monkeypatch.setattr("classifier.service.about.taxonomy", lambda: 1 / 0)
        answer = client.get("/v1/topics")
        assert answer.status_code == 500 and "content-security-policy" in answer.headers


@pytest.mark.parametrize(
    "host", ["localhost", "LOCALHOST:8000", "127.0.0.1:8000", "[::1]:8000", "10.1.2.3", "localhost."]
)
def test_the_service_answers_to_its_own_names_and_to_addresses(client, host):
    assert client.get("/health", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "host",
    [
        *("evil.example", "localhost.evil.example", "127.0.0.1.evil.example:8000", "", "[::1", "a b"),
        *("[::1]evil.example", "localhost:8000.evil.example", "localhost:x", "[10.1.2.3]", "::1"),
    ],
)
def test_no_other_name_leads_to_it(client, host):
    answer = client.get("/v1/topics", headers={"Host": host})
    assert answer.status_code == 400 and answer.headers["content-type"] == "application/problem+json"
    assert "with --allow-host NAME" in answer.json()["detail"]


def test_names_may_be_allowed(connect):
    with connect(allow_hosts=("Desk.example",)) as client:
        assert client.get("/v1/topics", headers={"Host": "desk.example:8000"}).status_code == 200
        assert client.get("/v1/topics", headers={"Host": "other.example"}).status_code == 400


def test_with_a_token_only_those_who_show_it_are_answered(connect):
    with connect(token="тайна") as client:
        for path in ("/", "/docs", "/metrics", "/v1/topics", "/nothing"):
            answer = client.get(path)
            assert answer.status_code == 401 and answer.headers["www-authenticate"].startswith("Basic realm=")
            assert "Authorization: Bearer" in answer.json()["detail"]
        assert client.get("/health").status_code == client.get("/ready").status_code == 200
        bearer = "Bearer тайна".encode()
        basic = b"Basic " + base64.b64encode("anna:тайна".encode())
        for shown in (bearer, basic):
            assert client.get("/v1/topics", headers={b"Authorization": shown}).status_code == 200
        for shown in (b"Bearer x", b"Basic x", b"Basic eA==", b"Other", b"Bearer"):
            assert client.get("/v1/topics", headers={b"Authorization": shown}).status_code == 401


def test_a_wrong_token_is_told_from_a_missing_one(connect):
    with connect(token="secret") as client:
        missing, wrong = client.get("/v1/topics"), client.get("/v1/topics", headers={"Authorization": "Bearer x"})
    assert missing.json()["detail"].startswith("this service asks for a token: send Authorization: Bearer TOKEN")
    assert wrong.json()["detail"].startswith("this is not the token of this service: send")


def test_who_shows_many_wrong_tokens_must_wait_and_it_is_told(connect, caplog):
    with connect(token="secret") as client:
        wrong = [client.get("/v1/topics", headers={"Authorization": f"Bearer {guess}"}) for guess in range(21)]
        assert [answer.status_code for answer in wrong] == [401] * 20 + [429] and wrong[-1].headers[
            "retry-after"
        ] == "60"
        assert client.get("/v1/topics", headers={"Authorization": "Bearer secret"}).status_code == 429
    assert [record.message for record in caplog.records] == [
        "10.0.0.1 has shown 20 wrong tokens, and must wait for a minute"
    ]


def test_one_who_shows_an_old_token_again_and_again_keeps_nobody_out(connect):
    with connect(token="secret") as client:
        wrong = {client.get("/v1/topics", headers={"Authorization": "Bearer old"}).status_code for _ in range(50)}
        right = client.get("/v1/topics", headers={"Authorization": "Bearer secret"})
    assert wrong == {401} and right.status_code == 200


BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


@pytest.mark.parametrize("language", ["ru", "en"])
@pytest.mark.parametrize(
    ("status", "path", "headers", "advice"),
    [
        (401, "/", {}, "problem_token"),
        (401, "/docs", {"Authorization": "Basic eA=="}, "problem_token"),
        (400, "/", {"Host": "<b>.example"}, "problem_name"),
        (404, "/nothing", {"Authorization": "Bearer secret"}, "problem_address"),
        (405, "/v1/predict", {"Authorization": "Bearer secret"}, "problem_other"),
    ],
)
def test_a_person_is_told_what_is_wrong_on_a_page(connect, language, status, path, headers, advice):
    with connect(token="secret") as client:
        page = client.get(path, headers={**headers, **BROWSER, "Accept-Language": language})
        told = client.get(path, headers=headers)
    assert page.status_code == told.status_code == status
    assert page.headers["content-type"] == "text/html; charset=utf-8" and f'<html lang="{language}">' in page.text
    assert messages(language)(advice) in page.text and escape(told.json()["detail"]) in page.text
    assert "<b>" not in page.text and "<script" not in page.text
    differing = {"content-type", "content-length"}
    assert {k: v for k, v in page.headers.items() if k not in differing} == {
        k: v for k, v in told.headers.items() if k not in differing
    }


def test_scripts_of_an_allowed_site_may_ask_and_those_of_others_may_not(connect):
    ask = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type"}
    with connect(allow_origins=("https://desk.example",), token="secret") as client:
        allowed = client.options("/v1/predict", headers={"Origin": "https://desk.example", **ask})
        assert allowed.status_code == 200
        assert allowed.headers["access-control-allow-origin"] == "https://desk.example"
        refused = client.options("/v1/predict", headers={"Origin": "https://evil.example", **ask})
        assert refused.status_code == 400 and "access-control-allow-origin" not in refused.headers
        shown = {"Origin": "https://desk.example", "Authorization": "Bearer secret"}
        answer = client.post("/v1/predict", json={"text": MATCH}, headers=shown)
        assert answer.headers["access-control-allow-origin"] == "https://desk.example"


def test_scripts_of_an_allowed_site_can_read_why_they_are_refused(connect):
    with connect(allow_origins=("https://desk.example",), token="secret") as client:
        answer = client.get("/v1/topics", headers={"Origin": "https://desk.example"})
        assert answer.status_code == 401 and "content-security-policy" in answer.headers
        assert answer.headers["access-control-allow-origin"] == "https://desk.example"
        assert "Retry-After" in answer.headers["access-control-expose-headers"]


def test_metrics_count_requests_by_endpoint_and_not_by_what_is_asked_for(connect):
    with connect() as client:
        client.post("/v1/predict", json={"text": MATCH})
        client.post("/v1/predict", json={})
        client.get("/nothing-17")
        client.get("/static/docs.css")
        answer = client.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    lines = answer.text.splitlines()
    for line in (
        'news_topics_requests_total{path="/v1/predict",method="POST",status="200"} 1',
        'news_topics_requests_total{path="/v1/predict",method="POST",status="422"} 1',
        'news_topics_requests_total{path="other",method="GET",status="404"} 1',
        'news_topics_requests_total{path="/static",method="GET",status="200"} 1',
        'news_topics_request_seconds_bucket{path="/v1/predict",le="+Inf"} 2',
        'news_topics_request_seconds_count{path="/v1/predict"} 2',
        "news_topics_articles_total 1",
        "news_topics_articles_waiting 0",
    ):
        assert line in lines
    assert any(line.startswith("news_topics_memory_bytes ") for line in lines)


def test_methods_that_nobody_knows_are_counted_as_one(connect):
    with connect() as client:
        for method in ("A", "B"):
            client.request(method, "/v1/topics")
        assert 'method="other",status="405"} 2' in client.get("/metrics").text
