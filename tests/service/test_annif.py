"""Programs that talk to Annif can talk to the service."""

import json

import pytest

from tests.conftest import EXAMPLES
from tests.service.conftest import MATCH, VISIT

INTERVIEW = (EXAMPLES / "articles" / "interview.txt").read_text(encoding="utf-8")
SUGGEST = "/v1/projects/news-topics/suggest"


def probabilities(client, text):
    answer = client.post("/v1/predict", json={"text": text, "all": True}).json()
    return {key: value for key, value in answer.items() if key not in ("id", "topics", "probabilities", "note")}


def test_annifs_own_client_gets_suggestions(serve, shipped):
    annif_client = pytest.importorskip("annif_client", reason="no annif-client: pip install '.[dev]'")
    annif = annif_client.AnnifClient(f"{serve().url}/v1/")
    assert annif.api_info["title"].startswith("news-topics")
    (project,) = annif.projects
    assert project["project_id"] == "news-topics" and annif.get_project("news-topics") == project
    with (EXAMPLES / "articles" / "interview.txt").open(encoding="utf-8") as file:
        found = annif.suggest("news-topics", file, limit=3, threshold=0.5)
    assert [topic["notation"] for topic in found] == ["diplomacy", "defense-cooperation", "trade"]
    assert found[0]["label"] == "Дипломатия и внешняя политика"
    assert found[0]["uri"] == "http://cv.iptc.org/newscodes/mediatopic/20000639"
    assert found[0]["score"] == pytest.approx(shipped.predict_proba([INTERVIEW]).max(), abs=1e-4)
    documents = [{"document_id": "a", "text": MATCH}, {"text": VISIT}]
    first, second = annif.suggest_batch("news-topics", documents, limit=1)
    assert (first["document_id"], first["results"][0]["notation"]) == ("a", "sport")
    assert (second["document_id"], second["results"][0]["notation"]) == (None, "diplomacy")
    with pytest.raises(ValueError, match="there is no project 'yso-fi'; the only one is news-topics"):
        annif.suggest("yso-fi", MATCH)


def test_ten_topics_are_suggested_the_most_probable_first(client):
    results = client.post(SUGGEST, data={"text": VISIT}).json()["results"]
    expected = sorted(probabilities(client, VISIT).values(), reverse=True)
    assert [topic["score"] for topic in results] == expected[:10]


def test_limit_and_threshold_leave_topics_out(client):
    expected = probabilities(client, INTERVIEW)
    for limit, threshold in ((2, 0.0), (45, 0.3), (0, 0.0), (45, 1.0)):
        asked = {"text": INTERVIEW, "limit": limit, "threshold": threshold}
        results = client.post(SUGGEST, data=asked).json()["results"]
        assert len(results) == min(limit, sum(score >= threshold and score > 0 for score in expected.values()))
        assert {topic["notation"]: topic["score"] for topic in results}.items() <= expected.items()


def test_labels_are_english_if_wanted(client):
    results = client.post(SUGGEST, data={"text": MATCH, "language": "en", "limit": 1}).json()["results"]
    assert results[0]["label"] == "Sport"


@pytest.mark.parametrize("text", ["Hello, world", ""])
def test_nothing_is_suggested_for_what_cannot_be_judged(client, text):
    assert client.post(SUGGEST, data={"text": text}).json() == {"results": []}


def test_a_topic_of_ones_own_has_an_address_too(connect, train_folder):
    with connect(model=train_folder({})) as client:
        results = client.post(SUGGEST, data={"text": "Хоккеисты забили гол", "limit": 4}).json()["results"]
    addresses = {topic["label"]: topic["uri"] for topic in results}
    assert addresses["суд"] == "urn:news-topics:%D1%81%D1%83%D0%B4"


@pytest.mark.parametrize(
    ("body", "advice"),
    [
        ("limit=3", "text is missing: send it"),
        ("text=a&limit=-1", "limit: Input should be greater than or equal to 0"),
        ("text=a&threshold=2", "threshold: Input should be less than or equal to 1"),
        ("text=a&language=fi", "language: Input should be 'ru' or 'en'"),
        ("text=%FF", "this is not a form in UTF-8 of at most 100 fields"),
        ("&".join(f"a{number}=b" for number in range(101)), "this is not a form in UTF-8 of at most 100 fields"),
    ],
)
def test_what_is_wrong_with_a_form_is_told(client, body, advice):
    answer = client.post(SUGGEST, content=body, headers={"Content-Type": "application/x-www-form-urlencoded"})
    assert (answer.status_code, answer.json()["detail"]) == (422, advice)


def test_a_body_that_is_no_form_is_refused(client):
    answer = client.post(SUGGEST, content=json.dumps({"text": MATCH}), headers={"Content-Type": "application/json"})
    assert answer.status_code == 415 and "send a form" in answer.json()["detail"]


def test_a_form_is_for_an_article_and_not_for_a_library(client, monkeypatch):
    monkeypatch.setattr("classifier.service.annif._MAX_FORM", 1000)
    answer = client.post(SUGGEST, data={"text": MATCH * 100})
    assert answer.status_code == 413 and "send such a text to /v1/predict" in answer.json()["detail"]


def test_a_long_form_is_answered_too(client):
    (first, *_) = client.post(SUGGEST, data={"text": f"{MATCH}. " * 5000}).json()["results"]
    assert first["notation"] == "sport"


def test_metadata_of_annifs_clients_is_ignored(client):
    plain, more = (client.post(SUGGEST, data={"text": MATCH, **extra}).json() for extra in ({}, {"metadata_a": "b"}))
    assert plain == more
