"""Corrections by readers become labels from which a model can be extended."""

import csv
import json
import resource
import shutil
import signal
from concurrent.futures import ThreadPoolExecutor

import pytest

from classifier.data.corpus import read_labels
from classifier.errors import Error
from classifier.service.feedback import _append
from tests.comparison.test_archive import RIDDLES
from tests.service.conftest import MATCH, VISIT


@pytest.fixture
def labels(tmp_path):
    return tmp_path / "labels.csv"


@pytest.fixture
def desk(connect, labels):
    with connect(feedback=labels, explain_places=1000) as client:
        yield client


def rows(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def articles(labels):
    lines = labels.with_name("labels.articles.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def test_a_correction_is_a_label_and_its_article(desk, labels):
    answer = desk.post(
        "/v1/feedback", json={"id": "17", "title": VISIT, "text": MATCH, "topics": ["diplomacy", "sport"]}
    )
    assert answer.status_code == 200 and answer.json() == {"replaced": None}
    assert rows(labels) == [{"id": "17", "topics": "diplomacy;sport"}]
    assert articles(labels) == [{"id": "17", "title": VISIT, "text": MATCH}]
    assert desk.get("/v1/model").json()["feedback"] is True


def test_an_article_without_an_id_has_one_of_its_text(desk, labels):
    for text, topics in ((MATCH, []), (VISIT, ["diplomacy"]), (MATCH, ["sport"])):
        assert desk.post("/v1/feedback", json={"text": text, "topics": topics}).status_code == 200
    first, second = rows(labels)
    assert desk.post("/v1/feedback", json={"text": VISIT, "topics": []}).json() == {"replaced": ["diplomacy"]}
    assert (first["topics"], second["topics"]) == ("sport", "diplomacy") and first["id"] != second["id"]
    assert {article["text"] for article in articles(labels)} == {MATCH, VISIT}


def test_an_earlier_correction_is_not_replaced_in_silence(desk, labels, caplog):
    for topics, replaced in ((["diplomacy", "sport"], None), ([], ["diplomacy", "sport"]), (["sport"], [])):
        answer = desk.post("/v1/feedback", json={"id": "17\n", "text": MATCH, "topics": topics})
        assert answer.json() == {"replaced": replaced}
    assert [record.message for record in caplog.records] == [
        "17  had the topics diplomacy;sport, now -",
        "17  had the topics -, now sport",
    ]


def test_extend_learns_from_them(desk, labels, run, tmp_path):
    for number, text in enumerate(RIDDLES):
        content = {"text": f"{text} {number}", "topics": ["riddles"], "new_topics": True}
        assert desk.post("/v1/feedback", json=content).status_code == 200
    for number in range(6):
        desk.post("/v1/feedback", json={"text": f"{MATCH} {number}", "topics": []})
    archive = labels.with_name("labels.articles.jsonl")
    options = ("--min-examples", "5", "--topic", "riddles", "-o", tmp_path / "model")
    result = run("extend", "--labels", labels, "--archive", archive, *options)
    assert result.code == 0, result.err
    assert "riddles" in json.loads(run("info", "--model", tmp_path / "model", "--format", "json").out)["topics"]


def test_corrections_at_the_same_time_never_mix(desk, labels):
    texts = [f"{MATCH}\r\n\"{number}\", =1+1; 'x'" for number in range(60)]
    with ThreadPoolExecutor(8) as pool:
        sent = [{"id": f"a\r{number}", "text": text, "topics": ["sport"]} for number, text in enumerate(texts)]
        answers = list(pool.map(lambda content: desk.post("/v1/feedback", json=content), sent))
    assert {answer.status_code for answer in answers} == {200}
    assert read_labels([labels]) == {f"a\r{number}": ["sport"] for number in range(60)}
    assert sorted(article["text"] for article in articles(labels)) == sorted(texts)


def test_a_table_that_exists_goes_on_with_its_columns(connect, labels):
    labels.write_text("topics,chosen,id\nsport,random,1", encoding="utf-8")  # without a line break at its end
    with connect(feedback=labels) as client:
        client.post("/v1/feedback", json={"id": "2", "text": VISIT, "topics": ["diplomacy"]})
        assert rows(labels)[1] == {"topics": "diplomacy", "chosen": "", "id": "2"}
        client.post("/v1/feedback", json={"id": "1", "text": MATCH, "topics": []})
        assert rows(labels)[0] == {"topics": "", "chosen": "random", "id": "1"}


@pytest.mark.parametrize(
    ("content", "advice"),
    [
        ({"text": MATCH}, "topics is missing: send it"),
        (
            {"text": MATCH, "topics": ["sprot"]},
            "did you mean 'sport'?; for a topic of your own, say \"new_topics\": true",
        ),
        ({"text": MATCH, "topics": ["a;b"]}, "holds ';'"),
        ({"text": MATCH, "topics": [" "]}, "is empty"),
        ({"text": MATCH, "topics": ["Спорт"]}, "is the name of 'sport': write the id"),
    ],
)
def test_what_cannot_be_a_label_is_refused(desk, labels, content, advice):
    answer = desk.post("/v1/feedback", json=content)
    assert answer.status_code == 422 and advice in answer.json()["detail"]
    assert labels.read_text() == ""


def test_a_full_disk_is_told(desk, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("classifier.service.feedback._append", full)
    answer = desk.post("/v1/feedback", json={"text": MATCH, "topics": []})
    assert answer.status_code == 503 and "No space left on device" in answer.json()["detail"]


def test_a_full_disk_is_told_when_an_article_is_corrected_again(desk, labels, monkeypatch):
    def full(*_, **__):
        raise Error(f"cannot write {labels}: No space left on device")

    desk.post("/v1/feedback", json={"text": MATCH, "topics": []})
    monkeypatch.setattr("classifier.service.feedback.atomic_write", full)
    answer = desk.post("/v1/feedback", json={"text": MATCH, "topics": ["sport"]})
    assert answer.status_code == 503 and "tell who runs the service" in answer.json()["detail"]
    assert str(labels) not in answer.text and rows(labels)[0]["topics"] == ""


def test_without_the_option_there_are_no_corrections(client):
    answer = client.post("/v1/feedback", json={"text": MATCH, "topics": []})
    assert answer.status_code == 404 and "--feedback labels.csv" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("name", "content", "advice"),
    [
        ("labels.xlsx", None, "is not a .csv file"),
        ("missing/labels.csv", None, "there is no folder"),
        ("labels.csv", "a;b\n1;2\n", "has no columns id and topics"),
        ("labels.csv", "id,topics\n1,a\n".encode("utf-16"), "is not a table in UTF-8"),
    ],
)
def test_a_file_that_cannot_take_labels_is_refused_at_the_start(run, tmp_path, name, content, advice):
    if content:
        (tmp_path / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    result = run("serve", "--port", "0", "--feedback", tmp_path / name)
    assert result.code == 2 and advice in result.err and len(result.err.splitlines()) == 1


def test_a_table_that_was_edited_meanwhile_keeps_its_columns_or_takes_no_more(desk, labels):
    labels.write_text("topics,note,id\nsport,by hand,a\n", encoding="utf-8")
    assert desk.post("/v1/feedback", json={"id": "b", "text": MATCH, "topics": ["sport"]}).status_code == 200
    assert desk.post("/v1/feedback", json={"id": "a", "text": VISIT, "topics": ["diplomacy"]}).status_code == 200
    with labels.open(encoding="utf-8") as file:
        rows = {row["id"]: row for row in csv.DictReader(file)}
    assert rows["b"]["topics"] == "sport" and rows["a"] == {"topics": "diplomacy", "note": "by hand", "id": "a"}
    labels.write_text("id;topics\na;sport\n", encoding="utf-8")
    answer = desk.post("/v1/feedback", json={"id": "c", "text": MATCH, "topics": []})
    assert answer.status_code == 503 and "has been edited" in answer.json()["detail"]
    assert labels.read_text(encoding="utf-8") == "id;topics\na;sport\n"


def test_a_table_that_was_deleted_meanwhile_is_made_anew(desk, labels):
    desk.post("/v1/feedback", json={"id": "a", "text": MATCH, "topics": ["sport"]})
    labels.unlink()
    assert desk.post("/v1/feedback", json={"id": "b", "text": MATCH, "topics": ["sport"]}).status_code == 200
    assert rows(labels) == [{"id": "b", "topics": "sport"}]


def test_what_is_no_table_any_more_takes_nothing_and_is_told(desk, labels, caplog):
    correction = {"id": "b", "text": MATCH, "topics": ["sport"]}
    labels.write_text("id,topics\na,sport,more\n", encoding="utf-8")
    assert desk.post("/v1/feedback", json=correction).status_code == 503
    assert labels.read_text(encoding="utf-8") == "id,topics\na,sport,more\n"
    labels.unlink()
    labels.symlink_to("/dev/full")
    assert desk.post("/v1/feedback", json=correction).status_code == 503
    labels.unlink()
    shutil.rmtree(labels.parent)
    answer = desk.post("/v1/feedback", json=correction)
    assert answer.status_code == 503 and str(labels.parent) not in answer.text
    assert "a correction is lost: cannot write" in caplog.text


def test_broken_lines_among_the_articles_stay_as_they_are(desk, labels):
    desk.post("/v1/feedback", json={"id": "a", "text": MATCH, "topics": ["sport"]})
    file = labels.with_name("labels.articles.jsonl")
    file.write_bytes(b"\xff\n" + file.read_bytes())
    assert desk.post("/v1/feedback", json={"id": "a", "text": MATCH, "topics": []}).status_code == 200
    assert file.read_bytes().startswith(b"\xff\n{")


def test_half_a_line_is_taken_back_when_the_disk_is_full(tmp_path):
    file, limit = tmp_path / "a", resource.getrlimit(resource.RLIMIT_FSIZE)
    _append(file, "first\n")
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10, limit[1]))
    try:
        with pytest.raises(OSError, match="File too large"):
            _append(file, "second line\n")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limit)
    assert file.read_text() == "first\n"


def test_a_table_that_another_program_holds_is_waited_for_so_long_only(desk, labels, monkeypatch):
    fcntl = pytest.importorskip("fcntl", reason="this system has no locks of files")
    monkeypatch.setattr("classifier.service.feedback._PATIENCE", 0.0)
    with labels.with_name(".labels.csv.lock").open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        answer = desk.post("/v1/feedback", json={"text": MATCH, "topics": []})
    assert answer.status_code == 503 and answer.headers["retry-after"] == "5"


@pytest.mark.parametrize("content", [{"id": "z" * 140_000, "topics": []}, {"topics": ["z" * 500]}, {"topics": ["a,b"]}])
def test_what_extend_could_not_read_is_refused(desk, labels, content):
    answer = desk.post("/v1/feedback", json={"text": MATCH, "new_topics": True, **content})
    assert answer.status_code == 422 and labels.read_text() == ""
