"""Topics and explanations over HTTP: the answers are those of the commands."""

import json
from http import HTTPStatus

import pytest

from tests.cli.conftest import TEXT
from tests.conftest import EXAMPLES, TEXTS
from tests.service.conftest import MATCH, VISIT

OPTIONS = [
    ({}, []),
    ({"names": "ru"}, ["--names", "ru"]),
    ({"names": "iptc-top", "all": True}, ["--names", "iptc-top", "--all"]),
    ({"mode": "sure"}, ["--mode", "sure"]),
    ({"min_probability": 0.2}, ["--min-probability", "0.2"]),
]


@pytest.fixture
def said(run, tmp_path):
    """What ``predict`` says about some texts, by lines."""

    def lines(texts, *options):
        rows = [json.dumps({"id": str(number), "text": text}) for number, text in enumerate(texts, 1)]
        (tmp_path / "news.jsonl").write_text("\n".join(rows))
        return run("predict", tmp_path / "news.jsonl", *options).out.splitlines()

    return lines


@pytest.mark.parametrize(("asked", "options"), OPTIONS, ids=str)
def test_an_answer_is_the_line_that_predict_writes(client, said, asked, options):
    for number, line in enumerate(said(TEXTS, *options), 1):
        answer = client.post("/v1/predict", json={"id": str(number), "text": TEXTS[number - 1], **asked})
        assert (answer.status_code, answer.text) == (200, line)


@pytest.mark.parametrize(("asked", "options"), OPTIONS, ids=str)
def test_a_batch_has_the_answers_of_predict_in_their_order(client, said, asked, options):
    answer = client.post("/v1/predict-batch", json={"articles": [{"text": text} for text in TEXTS], **asked})
    assert answer.json()["answers"] == list(map(json.loads, said(TEXTS, *options)))


def test_large_requests_have_the_same_answers(client, said):
    texts = [f"{TEXTS[number % len(TEXTS)]} {number}" for number in range(2500)]
    answer = client.post("/v1/predict-batch", json={"articles": [{"text": text} for text in texts]})
    assert answer.json()["answers"] == list(map(json.loads, said(texts)))
    long = f"{MATCH}. " * 20_000
    assert client.post("/v1/predict", json={"id": "1", "text": long}).text == said([long])[0]


def test_a_byte_order_mark_does_no_harm(client):
    answer = client.post(
        "/v1/predict",
        content=json.dumps({"text": MATCH}).encode("utf-8-sig"),
        headers={"Content-Type": "application/json"},
    )
    assert answer.json()["topics"] == ["sport"]


def test_title_and_text_are_one_article(client):
    joined = client.post("/v1/predict", json={"text": f"{MATCH}\n{VISIT}", "all": True})
    assert client.post("/v1/predict", json={"title": MATCH, "text": VISIT, "all": True}).text == joined.text


def test_ids_come_back_and_are_numbers_where_there_are_none(client):
    articles = [{"text": MATCH, "id": "a;\n1"}, {"text": MATCH}, {"text": MATCH, "id": 17}]
    answers = client.post("/v1/predict-batch", json={"articles": articles}).json()["answers"]
    assert [answer["id"] for answer in answers] == ["a;\n1", "2", "17"]
    assert client.post("/v1/predict-batch", json={"articles": []}).json() == {"answers": []}


def test_a_text_that_cannot_be_judged_has_a_note(client):
    assert client.post("/v1/predict", json={"text": "Hello, world"}).json()["note"] == "not Russian"
    assert client.post("/v1/predict", json={"text": ""}).json()["note"] == "no words"


def test_an_explanation_is_what_explain_prints(client, run, tmp_path):
    article = tmp_path / "article.txt"
    article.write_text(TEXT)
    printed = json.loads(run("explain", article, "--topic", "economy").out)
    answer = client.post("/v1/explain", json={"text": TEXT, "topics": ["economy"]})
    assert answer.status_code == 200 and answer.json()["topics"] == printed["topics"]


def test_words_of_an_explanation_have_their_places_in_title_and_text(client):
    (topic, *_) = client.post("/v1/explain", json={"title": MATCH, "text": VISIT}).json()["topics"]
    whole = f"{MATCH}\n{VISIT}"
    assert topic["words"] and all(whole[word["start"] : word["end"]] == word["form"] for word in topic["words"])


def test_topics_are_told_with_names_definitions_and_iptc(client):
    topics = {topic["id"]: topic for topic in client.get("/v1/topics").json()["topics"]}
    assert len(topics) == 45 and topics["sport"]["ru"] == "Спорт" and topics["sport"]["definition_en"]
    assert topics["diplomacy"]["iptc_uri"] == "http://cv.iptc.org/newscodes/mediatopic/20000639"


def test_own_topics_have_their_ids_as_names(connect, train_folder):
    with connect(model=train_folder({})) as client:
        topics = client.get("/v1/topics").json()["topics"]
        assert {topic["ru"] for topic in topics} == {topic["id"] for topic in topics} and topics[0]["iptc_uri"] == ""


def test_the_model_is_told_as_info_does(client, run):
    info = json.loads(run("info", "--format", "json").out)
    told = client.get("/v1/model").json()
    assert (told["sha256"], told["created"], told["texts"]) == (
        info["sha256"],
        info["created"],
        info["data"]["articles"],
    )
    assert told["topics"] == 45 and told["feedback"] is False


@pytest.mark.parametrize(
    ("path", "body", "advice"),
    [
        ("predict", b"{", "the body: Invalid JSON"),
        ("predict", b"[1]", "the body: Input should be an object"),
        ("predict", b'{"text": "\xff"}', "the body: Invalid JSON"),
        ("predict", b'{"text": "\\ud800"}', "the body: Invalid JSON"),
        ("predict", b'{"title": "a"}', "text is missing: send it"),
        ("predict", b'{"text": 5}', "text: Input should be a valid string"),
        (
            "predict",
            b'{"text": "a", "txt": 1}',
            "txt is not known; known are text, title, id, names",
        ),
        ("predict", b'{"text": "a", "mode": "brave"}', "mode: Input should be 'balanced', 'sure' or 'complete'"),
        ("predict", b'{"text": "a", "min_probability": 0}', "min_probability: Input should be greater than 0"),
        ("predict", b'{"text": "a", "min_probability": NaN}', "min_probability: Input should be"),
        ("predict", b'{"text": "a", "mode": "sure", "min_probability": 0.5}', "both choose the topics: take one"),
        ("predict-batch", b'{"articles": [{"text": "a"}, {}]}', "articles.1.text is missing: send it"),
        ("predict", b"[" * 100_000, "the body: Invalid JSON"),
        ("explain", b'{"text": "a", "topics": ["sprot"]}', "no topic 'sprot'; did you mean 'sport'?"),
    ],
)
def test_wrong_use_is_a_problem_with_one_line_of_advice(client, path, body, advice):
    answer = client.post(f"/v1/{path}", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 422 and answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert advice in problem["detail"] and "\n" not in problem["detail"]
    assert (problem["status"], problem["title"], problem["type"]) == (422, HTTPStatus(422).phrase, "about:blank")


def test_generated_clients_may_send_the_usual_parameters(client):
    schema = client.get("/openapi.json").json()["paths"]["/v1/predict-batch"]["post"]
    usual = {each["name"]: each["schema"]["default"] for each in schema["parameters"] if each["schema"].get("default")}
    assert usual["text_column"] == "text"
    answer = client.post("/v1/predict-batch", params={**usual, "all": "false"}, json={"articles": []})
    assert answer.status_code == 200


def test_options_of_json_are_not_taken_from_the_address(client):
    answer = client.post("/v1/predict-batch?names=en", json={"articles": []})
    assert answer.status_code == 422 and "stand in its body" in answer.json()["detail"]


def test_other_addresses_methods_and_kinds_of_body_are_problems(client):
    assert client.get("/v1/nothing").json()["detail"].endswith("/docs lists what there is")
    wrong = client.get("/v1/predict")
    assert wrong.status_code == 405 and wrong.headers["allow"] == "POST" and "another method" in wrong.json()["detail"]
    plain = client.post("/v1/predict", content=b'{"text": "a"}', headers={"Content-Type": "text/plain"})
    assert plain.status_code == 415 and "Content-Type: application/json" in plain.json()["detail"]


def test_a_mistake_of_ours_is_a_problem_without_a_traceback(connect, monkeypatch):
    with connect() as client:
        monkeypatch.setattr("classifier.service.batching.answer_lines", lambda *_: 1 / 0)
        answer = client.post("/v1/predict", json={"text": MATCH})
        assert answer.status_code == 500 and "please report it" in answer.json()["detail"]
        monkeypatch.undo()
        assert client.post("/v1/predict", json={"text": MATCH}).status_code == 200


def test_hostile_text_stays_text(client):
    hostile = "</script><script>alert(1)</script>\x00\u2028"
    answer = client.post("/v1/predict", json={"text": MATCH, "id": hostile})
    assert answer.json()["id"] == hostile and answer.headers["content-type"] == "application/json"
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_examples_of_the_package_are_answered(client):
    for article in (EXAMPLES / "articles").iterdir():
        answer = client.post("/v1/predict", json={"text": article.read_text(encoding="utf-8")})
        assert answer.json()["topics"]
