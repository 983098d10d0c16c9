"""What programs are told: the OpenAPI document and its page."""

import re
from html import unescape

import pytest

from classifier.pages.messages import catalogue, messages

jsonschema = pytest.importorskip("jsonschema", reason="jsonschema is not installed: pip install '.[dev]'")


@pytest.fixture(scope="module")
def document(client):
    return client.get("/openapi.json").json()


def test_each_address_for_programs_is_told_with_its_errors(document):
    from classifier.service.endpoints import ENDPOINTS

    for endpoint in ENDPOINTS:
        told = document["paths"].get(endpoint.path, {}).get(endpoint.method.lower())
        assert (told is not None) == endpoint.shown
        if told:
            assert told["summary"] and {"400", "401", "200"} <= told["responses"].keys()
            assert told["responses"]["400"]["content"].keys() == {"application/problem+json"}


def test_names_of_operations_are_unique_so_that_clients_can_be_generated(document):
    names = [operation["operationId"] for path in document["paths"].values() for operation in path.values()]
    assert len(set(names)) == len(names)


def test_what_each_address_does_is_in_the_catalogue_and_nothing_else(document):
    names = {operation["operationId"] for path in document["paths"].values() for operation in path.values()}
    assert {key for key in catalogue() if key.startswith("does_")} == {f"does_{name}" for name in names}


def test_the_examples_are_answered_as_told(client, document):
    for path, methods in document["paths"].items():
        for content in methods.get("post", {}).get("requestBody", {}).get("content", {}).values():
            schema = document["components"]["schemas"].get(content["schema"].get("$ref", "").rpartition("/")[2], {})
            for example in schema.get("examples", []):
                answer = client.post(path, json=example)
                assert answer.status_code in (200, 404), answer.text
                told = methods["post"]["responses"][str(answer.status_code)]["content"]
                schema = {**next(iter(told.values()))["schema"], "components": document["components"]}
                jsonschema.validate(answer.json(), schema)


def test_the_answer_that_is_shown_is_the_true_one(client, document):
    (article,) = document["components"]["schemas"]["ArticleIn"]["examples"]
    assert [client.post("/v1/predict", json=article).json()] == document["components"]["schemas"]["Answer"]["examples"]


def test_other_samples_of_answers_are_true_too(client, document):
    samples = {name: schema.get("examples", [None])[0] for name, schema in document["components"]["schemas"].items()}
    assert client.post("/v1/predict-batch", json=samples["BatchIn"]).json() == samples["Answers"]
    assert client.post("/v1/predict", json={}).json() == samples["ProblemOut"]
    assert samples["TopicsOut"]["topics"][0] in client.get("/v1/topics").json()["topics"]
    assert client.get("/v1/model").json().keys() == samples["ModelOut"].keys()
    explained = client.post("/v1/explain", json=samples["ArticleIn"]).json()["topics"][0]
    (reason,) = samples["ExplanationOut"]["topics"]  # with its strongest word
    words = [max(explained["words"], key=lambda word: word["weight"])]
    assert rounded({**explained, "words": [rounded(word) for word in words]}) == reason


def rounded(fields):
    return {name: round(value, 4) if isinstance(value, float) else value for name, value in fields.items()}


def test_the_page_shows_samples_defaults_and_allowed_values(client):
    page = unescape(re.sub("<[^>]*>", "", client.get("/docs?lang=en").text))
    assert page.count('"note": ""') >= 2  # an answer, and one of several
    assert 'text_column string, by default "text"' in page and "long boolean, by default false" in page
    assert 'to "csv", "jsonl", "parquet", "xlsx" or null' in page


def test_names_of_schemas_lead_to_where_they_stand(client, document):
    page = client.get("/docs").text
    ids = set(re.findall(r' id="([^"]+)"', page))
    linked = set(re.findall(r'href="#([^"]+)"', page))
    assert linked <= ids and {"PredictIn", "Answer", "ArticleIn", "TopicOut"} <= linked


def test_addresses_of_other_interfaces_stand_behind_those_of_this_one(client):
    page = client.get("/docs?lang=en").text
    places = [
        page.index(part)
        for part in (
            '<section id="get-/metrics">',
            "<h2>For programs that know Annif</h2>",
            '<section id="get-/v1/">',
            "<h2>For programs that know Label Studio</h2>",
            '<section id="post-/setup">',
        )
    ]
    assert places == sorted(places)


def test_the_id_of_a_correction_is_told_as_what_it_is(document):
    told = document["components"]["schemas"]["FeedbackIn"]["properties"]["id"]["description"]
    assert told.startswith("Names the article in the labels") and "replaces the earlier correction" in told


def test_a_token_is_told(connect):
    with connect(token="a") as client:
        document = client.get("/openapi.json", headers={"Authorization": "Bearer a"}).json()
        assert document["security"] == [{"bearer": []}, {"basic": []}]
        assert document["components"]["securitySchemes"]["bearer"] == {"type": "http", "scheme": "bearer"}


@pytest.mark.parametrize("language", ["ru", "en"])
def test_the_page_shows_every_address_and_loads_nothing_from_elsewhere(client, document, language):
    page, say = client.get(f"/docs?lang={language}").text, messages(language)
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            assert f"<code>{method.upper()} {path}</code>" in page
            assert say(f"does_{operation['operationId']}") in page
    assert all(f'id="{name}"' in page for name in document["components"]["schemas"])
    assert not re.search('(?:src|href|action)="?http', page) and "<script" not in page and " style=" not in page
    assert client.get("/static/docs.css").status_code == 200


def words(page, pattern):
    """The words of a page, without code, examples, kinds of values, and what is marked as another language."""
    for left_out in ("pre", "code", 'span class="kind"', 'span lang="en"', 'a [^>]*lang="(?:ru|en)".*?'):
        page = re.sub(f"<{left_out}>.*?</{left_out.split()[0]}>", "", page, flags=re.DOTALL)
    return set(re.findall(pattern, re.sub("<[^>]*>", " ", page), re.IGNORECASE))


def test_the_page_speaks_the_language_of_the_browser_or_of_its_address(client, document):
    russian = client.get("/docs", headers={"Accept-Language": "ru"})
    english = client.get("/docs?lang=en", headers={"Accept-Language": "ru"})
    assert russian.headers["vary"] == "Accept-Language"
    names = {"openapi", "json", "string", *document["components"]["schemas"]}
    names |= set(re.findall("[a-z]+", " ".join(str(text["ru"]) for text in catalogue().values()), re.IGNORECASE))
    assert words(russian.text, "[a-z]{2,}") <= names and 'список: <a href="#ArticleIn">' in russian.text
    assert words(english.text, "[а-яё]+") == set() and 'list of <a href="#ArticleIn">' in english.text
    assert '<html lang="ru">' in russian.text and '<html lang="en">' in english.text
    assert messages("ru")("docs_english") in russian.text and messages("en")("docs_english") not in english.text


def test_the_service_may_set_the_language_of_the_page(connect):
    with connect(language="ru") as client:
        assert '<html lang="ru">' in client.get("/docs", headers={"Accept-Language": "en"}).text
