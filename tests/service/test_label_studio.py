"""A model for Label Studio. Requests are as Label Studio 1.23 sends them; one test runs it."""

import os
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from classifier.annotation.tasks import Task
from classifier.annotation.writers.label_studio import write_label_studio
from classifier.data.articles import Article
from classifier.topics import taxonomy
from tests.service.conftest import MATCH, VISIT

INSTALLED = Path(sys.prefix) / "label-studio" / "bin" / "label-studio"  # by `make label-studio`
SEEN_BY_TWO_TOPICS = """<View><Text name="t" value="$body"/><Choices name="c" toName="t"{choice}>
<Choice value="Спорт"/><Choice value="Diplomacy and foreign policy"/><Choice value="Прочее"/></Choices></View>"""
TOKEN = "0123456789abcdef0123456789abcdef01234567"


@pytest.fixture(scope="module")
def ours(tmp_path_factory):
    """The labelling configuration that `news-topics queue` writes."""
    folder = tmp_path_factory.mktemp("tasks")
    write_label_studio(folder / "tasks.json", [Task(Article("1", MATCH, {}, ""), {}, "random", "")], list(taxonomy()))
    return (folder / "tasks.xml").read_text(encoding="utf-8")


def request(config, *data):
    """What Label Studio sends to ask for predictions."""
    tasks = [
        {"id": number, "data": row, "meta": {}, "project": 1, "annotations": [], "predictions": []}
        for number, row in enumerate(data, 1)
    ]
    params = {"login": None, "password": None, "context": None}
    return {"tasks": tasks, "project": "1.1796000000", "label_config": config, "params": params}


def predictions(client, config, *data):
    answer = client.post("/predict", json=request(config, *data))
    assert answer.status_code == 200, answer.text
    return answer.json()["results"]


def choices(prediction):
    return [choice for part in prediction["result"] for choice in part["value"]["choices"]]


def test_tasks_get_the_topics_that_predict_gives(client, ours):
    found = predictions(
        client, ours, {"headline": MATCH, "text": "Команда забила гол."}, {"headline": "", "text": VISIT}
    )
    for prediction, text in zip(found, (f"{MATCH}\nКоманда забила гол.", VISIT), strict=True):
        answer = client.post("/v1/predict", json={"text": text}).json()
        assert choices(prediction) == answer["topics"] != []
        assert prediction["score"] == min(answer["probabilities"])
        assert {key: prediction["result"][0][key] for key in ("from_name", "to_name", "type")} == {
            "from_name": "topics",
            "to_name": "text",
            "type": "choices",
        }


def test_an_article_without_topics_has_a_prediction_without_choices(client, ours):
    for row in ({"text": "Hello, world"}, {"text": 5}, {}):
        (prediction,) = predictions(client, ours, row)
        assert (prediction["result"], prediction["score"]) == ([], 0)


def test_a_configuration_of_another_newsroom_is_answered_in_its_words(client):
    several = SEEN_BY_TWO_TOPICS.format(choice=' choice="multiple"')
    sport, visit = predictions(client, several, {"body": MATCH}, {"body": VISIT})
    assert (choices(sport), choices(visit)) == (["Спорт"], ["Diplomacy and foreign policy"])
    assert (sport["result"][0]["from_name"], sport["result"][0]["to_name"]) == ("c", "t")


def test_where_one_topic_may_be_chosen_the_most_probable_one_is(client):
    both = {"body": f"{MATCH}. {VISIT}. Министр и посол обсудили переговоры. Хоккеисты забили гол."}
    several, single = (SEEN_BY_TWO_TOPICS.format(choice=choice) for choice in (' choice="multiple"', ""))
    all_of_them = choices(predictions(client, several, both)[0])
    assert len(all_of_them) == 2 and choices(predictions(client, single, both)[0]) == all_of_them[:1]


def test_setup_tells_the_version_by_which_label_studio_asks_anew(client, ours):
    sha256 = client.get("/v1/model").json()["sha256"]
    setup = {"project": "1.1796000000", "hostname": "", "access_token": "x", "extra_params": None}
    for config in (ours, "<View></View>"):  # a project may be connected before it is configured
        answer = client.post("/setup", json={**setup, "schema": config})
        assert answer.json() == {"model_version": f"news-topics-{sha256[:10]}"}
    assert predictions(client, ours, {"text": MATCH})[0]["model_version"] == answer.json()["model_version"]
    assert client.get("/health").json()["status"] == "UP"


@pytest.mark.parametrize(
    ("config", "advice"),
    [
        ("<View><Text name='t' value='$t'/></View>", "no <Choices> for a <Text>"),
        (
            "<View><Choices name='c' toName='t'><Choice value='Нет такой'/></Choices></View>",
            "no <Choices> for a <Text>",
        ),
        ("<View>", "is not XML"),
        ("<!DOCTYPE a [<!ENTITY b 'c'>]><View>&b;</View>", "declares a document type or a namespace: remove that"),
        ("<View xmlns:a='b'><a:Text/></View>", "declares a document type or a namespace: remove that"),
    ],
)
def test_a_configuration_without_topics_is_refused_with_advice(client, config, advice):
    answer = client.post("/predict", json=request(config, {"text": MATCH}))
    assert answer.status_code == 422 and advice in answer.json()["detail"]


def test_a_configuration_without_end_is_refused(client):
    answer = client.post("/predict", json=request("<View>" + "<a/>" * 30_000 + "</View>", {"text": MATCH}))
    assert answer.status_code == 413 and "more than 100,000 characters" in answer.json()["detail"]


def test_a_project_whose_choices_are_no_topics_is_refused_when_it_is_connected(client):
    config = "<View><Text name='t' value='$t'/><Choices name='c' toName='t'><Choice value='да'/></Choices></View>"
    answer = client.post("/setup", json={"project": "1", "schema": config})
    assert answer.status_code == 422 and "news-topics queue" in answer.json()["detail"]


@pytest.fixture
def label_studio(tmp_path):
    """Start Label Studio; returns what calls its interface."""
    command = os.environ.get("LABEL_STUDIO") or shutil.which("label-studio") or shutil.which(INSTALLED)
    if command is None:
        pytest.skip("Label Studio is not installed: make label-studio, or set LABEL_STUDIO to its command")
    requests = pytest.importorskip("requests", reason="no requests: pip install '.[dev]'")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    user = ["--username", "reader@example.org", "--password", "reader-1234", "--user-token", TOKEN]
    # Both settings: it takes no model on this machine otherwise, and connects one with an address for webhooks too.
    settings = {"ML_BLOCK_LOCAL_IP": "false", "SSRF_PROTECTION_ENABLED": "false"}
    quiet = {"COLLECT_ANALYTICS": "false", "LATEST_VERSION_CHECK": "false", "LABEL_STUDIO_BASE_DATA_DIR": str(tmp_path)}
    options = ["--no-browser", "--internal-host", "127.0.0.1", "--port", str(port), "--enable-legacy-api-token"]
    with (tmp_path / "log.txt").open("wb") as log:
        environment = {**os.environ, **settings, **quiet}
        environment.pop("PYTHONPATH", None)
        process = subprocess.Popen(
            [command, "start", *options, *user], cwd=tmp_path, env=environment, stdout=log, stderr=log
        )

    def call(method, path, **content):
        headers = {"Authorization": f"Token {TOKEN}"}
        answer = requests.request(method, f"http://127.0.0.1:{port}{path}", headers=headers, timeout=60, **content)
        assert answer.ok, answer.text
        return answer.json()

    def is_up():
        try:
            return bool(call("GET", "/api/version"))
        except requests.ConnectionError:
            return False

    try:
        while not is_up():
            assert process.poll() is None, (tmp_path / "log.txt").read_text()[-2000:]
            time.sleep(1)
        yield call
    finally:
        process.terminate()
        process.wait(60)


@pytest.mark.slow
@pytest.mark.timeout(600)  # it makes its database first
def test_pre_annotations_appear_in_label_studio(label_studio, serve, ours):
    model = {"url": serve("--token", "geheim").url, "title": "news-topics"}
    password = {"auth_method": "BASIC_AUTH", "basic_auth_user": "label-studio", "basic_auth_pass": "geheim"}
    project = label_studio("POST", "/api/projects", json={"title": "news", "label_config": ours})["id"]
    connected = label_studio("POST", "/api/ml", json={"project": project, **model, **password})
    assert connected["state"] == "CO" and connected["model_version"].startswith("news-topics-")
    rows = [
        {"headline": MATCH, "text": "Команда забила гол."},
        {"headline": "", "text": VISIT},
        {"headline": "", "text": "Hi"},
    ]
    label_studio("POST", f"/api/projects/{project}/import", json=[{"data": row} for row in rows])
    chosen = {"project": project, "selectedItems": {"all": True, "excluded": []}}
    label_studio("POST", f"/api/dm/actions?id=retrieve_tasks_predictions&project={project}", json=chosen)
    tasks = label_studio("GET", f"/api/tasks?project={project}&fields=all")["tasks"]
    found = {task["data"]["text"]: [choices(prediction) for prediction in task["predictions"]] for task in tasks}
    assert found["Команда забила гол."] == [["sport"]]
    assert found[VISIT][0][0] == "diplomacy" and found["Hi"] == [[]]
