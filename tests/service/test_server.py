"""The service as a process: its start, its end, its model, its workers."""

import json
import os
import shutil
import signal
import socket
import sys
import time
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.service.conftest import MATCH, VISIT

httpx = pytest.importorskip("httpx", reason="no httpx: pip install '.[dev]'")


def until(condition):
    """Wait for what must come true; the limit of a test ends the waiting."""
    while not condition():
        time.sleep(0.02)


def test_it_says_where_it_serves_answers_and_ends_with_code_0(serve):
    service = serve()
    answer = httpx.post(f"{service.url}/v1/predict", json={"text": MATCH})
    assert answer.json()["topics"] == ["sport"] and "server" not in answer.headers
    assert service.end() == (0, "news-topics: ended\n")


def test_ctrl_c_ends_it_without_a_traceback(serve):
    service = serve()
    service.process.send_signal(signal.SIGINT)
    _, said = service.process.communicate(timeout=60)
    assert service.process.returncode == 0 and said == "news-topics: ended\n"


def test_ctrl_c_twice_ends_it_without_a_traceback_too(serve):
    service = serve()
    with socket.create_connection(("127.0.0.1", service.port)) as connection:
        connection.sendall(b"POST /v1/predict HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n")
        connection.sendall(b"Content-Type: application/json\r\nExpect: 100-continue\r\n\r\n")
        assert b"100 Continue" in connection.recv(1000)  # it would wait for the body
        service.process.send_signal(signal.SIGINT)
        until(lambda: not listens(service.port))
        service.process.send_signal(signal.SIGINT)
        _, said = service.process.communicate(timeout=60)
    assert service.process.returncode == 0 and said == "news-topics: ended\n"


def test_a_signal_lets_it_finish_what_is_in_hand(serve):
    service = serve()
    body = json.dumps({"text": MATCH}).encode()
    head = f"POST /v1/predict HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n"
    with socket.create_connection(("127.0.0.1", service.port)) as connection:
        connection.sendall(f"{head}Expect: 100-continue\r\n\r\n".encode())
        assert b"100 Continue" in connection.recv(1000)  # the request is in hand
        service.process.send_signal(signal.SIGTERM)
        until(lambda: not listens(service.port))
        connection.sendall(body)
        assert b"sport" in b"".join(iter(lambda: connection.recv(1000), b""))
    assert service.end()[0] == 0


def exchange(port, *parts):
    """Send parts of a request and return all that is answered until the connection is closed."""
    with socket.create_connection(("127.0.0.1", port)) as connection:
        for part in parts:
            connection.sendall(part)
        return b"".join(iter(lambda: connection.recv(100_000), b""))


def test_the_head_of_a_request_has_a_limit(serve):
    service = serve()
    with suppress(OSError):  # the service may close the connection while we send
        assert exchange(service.port, b"GET /health HTTP/1.1\r\n", b"X: a\r\n" * 100_000).startswith(b"HTTP/1.1 4")
    assert httpx.get(f"{service.url}/health").status_code == 200


def test_a_client_that_offers_http_2_is_answered_in_http_1(serve):
    body = json.dumps({"text": MATCH}).encode()
    head = "POST /v1/predict HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade, close\r\nUpgrade: h2c\r\n"
    rest = f"HTTP2-Settings: AAMAAABk\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    service = serve()
    answer = exchange(service.port, f"{head}{rest}".encode() + body)
    assert answer.startswith(b"HTTP/1.1 200") and b"sport" in answer
    assert service.end() == (0, "news-topics: ended\n")


def listens(port):
    with socket.socket() as connection:
        return connection.connect_ex(("127.0.0.1", port)) == 0


def test_while_it_ends_it_is_not_ready(connect):
    with connect() as client:
        assert client.get("/ready").json() == {"status": "ready"}
        client.app.service.stopping = True
        answer = client.get("/ready")
        assert answer.status_code == 503 and answer.headers["retry-after"] == "5"
        assert client.get("/health").json()["status"] == "UP"


def test_several_workers_share_the_port_and_one_that_dies_is_replaced(serve):
    service = serve("--workers", "2")
    assert httpx.get(f"{service.url}/ready", timeout=60).status_code == 200
    children = Path(f"/proc/{service.process.pid}/task/{service.process.pid}/children")
    if not children.exists():
        pytest.skip("this system does not tell the children of a process")

    def workers():
        found = children.read_text().split()
        return {int(child) for child in found if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes()}

    until(lambda: len(workers()) == 2)
    (first, second) = workers()
    os.kill(first, signal.SIGKILL)
    until(lambda: first not in workers() and len(workers()) == 2 and second in workers())
    assert httpx.post(f"{service.url}/v1/predict", json={"text": MATCH}, timeout=60).status_code == 200
    code, said = service.end()
    assert code == 0 and f"process {first} died with code -9: starting another in 1 s" in said
    assert said.endswith("news-topics: ended\n")


def test_workers_end_when_the_process_that_started_them_is_killed(serve):
    service = serve("--workers", "2")
    assert httpx.get(f"{service.url}/ready", timeout=60).status_code == 200
    service.process.kill()
    service.process.communicate(timeout=60)
    until(lambda: not listens(service.port))


def test_a_busy_port_is_one_line_of_advice_and_exit_code_1(run):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        result = run("serve", "--port", port)
    assert result.code == 1 and result.err.startswith(f"news-topics: cannot listen on 127.0.0.1 port {port}")
    assert result.err.endswith("choose another with --port, or end the program that has it\n")


def test_an_address_of_another_machine_is_told(run):
    result = run("serve", "--host", "192.0.2.1", "--port", "0")  # of documents, which no machine has
    assert result.code == 1 and "this machine has no such address; say --host 0.0.0.0" in result.err


@pytest.mark.parametrize(
    ("options", "advice"),
    [
        (["--host", "no.such.host.invalid"], "there is no address 'no.such.host.invalid'"),
        (["--model", "missing"], "missing is not a model folder"),
        (["--token", ""], "--token is empty"),
        (["--token", "\udcff"], "--token is empty, or holds what nobody can type"),
        (["--feedback", ""], "is not a .csv file"),
        (["--host", "a..b"], "there is no address 'a..b'"),
        (["--port", "99999"], "'news-topics serve --help'"),
        (["--allow-origin", "desk.example"], "--allow-origin 'desk.example' is no site: write https://desk.example"),
    ],
)
def test_wrong_use_is_one_line_of_advice_and_exit_code_2(run, tmp_path, monkeypatch, options, advice):
    monkeypatch.chdir(tmp_path)
    result = run("serve", *options)
    assert result.code == 2 and advice in result.err and len(result.err.splitlines()) == 1


def test_without_its_packages_it_says_how_to_install_them(run, monkeypatch):
    monkeypatch.setattr("classifier.cli.serve.find_spec", lambda name: None if name == "uvicorn" else find_spec(name))
    result = run("serve")
    assert result.code == 2 and "pip install 'news-topics[serve]'" in result.err


def test_a_token_may_come_from_the_environment_and_is_not_told(serve):
    service = serve(NEWS_TOPICS_TOKEN="secret-17")
    assert httpx.get(f"{service.url}/v1/model").status_code == 401
    assert httpx.get(f"{service.url}/v1/model", auth=("", "secret-17")).status_code == 200
    assert "secret-17" not in service.end()[1]


def test_it_says_under_which_name_others_find_it_and_how_to_learn_from_corrections(run, monkeypatch, tmp_path):
    monkeypatch.setattr("classifier.service.server.serve", lambda _, started: started("http://0.0.0.0:8000/"))
    labels = tmp_path / "our labels.csv"
    said = run("serve", "--host", "0.0.0.0", "--allow-host", "desk.local", "--token", "a", "--feedback", labels).err
    assert "on http://0.0.0.0:8000/, for others http://desk.local:8000/ (Ctrl-C ends it)" in said
    archive = labels.with_name("our labels.articles.jsonl")
    assert f"news-topics extend --labels '{labels}' --archive '{archive}' -o new-model" in said
    again = run("serve", "--model", "desk-model", "--feedback", labels).err
    assert "news-topics extend desk-model --labels" in again


def test_it_warns_where_anybody_may_ask(run, monkeypatch):
    monkeypatch.setattr("classifier.service.server.serve", lambda _, started: started("http://a/"))
    assert "anybody who reaches 0.0.0.0 may ask: set a --token" in run("serve", "--host", "0.0.0.0").err
    assert "anybody" not in run("serve", "--host", "0.0.0.0", "--token", "a").err + run("serve").err


def replace(folder, model):
    """Put another model into a folder, as training does: the manifest comes last."""
    name = json.loads((model / "manifest.json").read_text())["file"]
    for file in (name, "manifest.json"):
        shutil.copy(model / file, folder / f"new {file}")
        (folder / f"new {file}").replace(folder / file)


@pytest.fixture(scope="session")
def models(train_folder):
    return train_folder({}), train_folder({"погода": "weather"})


def test_a_model_that_is_replaced_is_taken_up_without_a_dropped_request(serve, models, tmp_path):
    first, second = models
    folder = shutil.copytree(first, tmp_path / "model")
    service = serve("--model", folder)
    with httpx.Client(base_url=service.url) as client:
        old = client.get("/v1/model").json()["sha256"]
        replace(folder, second)
        statuses, seen = set(), old
        while seen == old:
            statuses.add(client.post("/v1/predict", json={"text": VISIT}).status_code)
            seen = client.get("/v1/model").json()["sha256"]
        assert statuses == {200} and "weather" in [topic["id"] for topic in client.get("/v1/topics").json()["topics"]]


def test_a_broken_model_leaves_the_old_one_in_place(connect, models, tmp_path, caplog):
    first, second = models
    folder = shutil.copytree(first, tmp_path / "model")
    with connect(model=folder) as client:
        current, old = client.app.service.model, client.app.service.model.now
        shutil.copy(second / "manifest.json", folder / "manifest.json")  # which does not fit the model
        current.renew()
        assert current.now is old and "the new model is not taken, the old one goes on" in caplog.text
        (folder / "manifest.json").unlink()
        current.renew()
        assert client.post("/v1/predict", json={"text": MATCH}).status_code == 200
        replace(folder, second)
        current.renew()
        assert "weather" in current.now.predictor.classes


def test_help_and_predict_import_nothing_of_the_service(run):
    import subprocess

    code = "import sys, classifier.cli\nprint(sorted(sys.modules))"
    modules = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert "classifier.cli.serve" in modules
    assert not any(f"'{name}'" in modules for name in ("starlette", "pydantic", "uvicorn", "classifier.service"))
