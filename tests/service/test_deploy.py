"""The examples of a container file and a systemd unit, as far as they can be tried without an engine and without root."""

import configparser
import json
import re
import shlex
import shutil
import subprocess
import sys

import pytest

from classifier.cli.serve import serve as command
from classifier.service.server import _GRACE
from tests.cli.conftest import COMMAND
from tests.conftest import EXAMPLES

CONTAINER = (EXAMPLES / "deploy" / "Containerfile").read_text(encoding="utf-8")
UNIT = EXAMPLES / "deploy" / "news-topics.service"


class Several(dict):
    """The values of a key that a unit repeats, joined by spaces."""

    def __setitem__(self, key, value):
        if isinstance(value, list) and key in self:
            value = self[key] + value
        super().__setitem__(key, value)


@pytest.fixture(scope="module")
def unit():
    parser = configparser.RawConfigParser(dict_type=Several, strict=False, interpolation=None)
    parser.optionxform = str
    parser.read(UNIT, encoding="utf-8")
    return parser["Service"]


def instructions(name):
    """What follows an instruction of the container file, each time."""
    lines = [line for line in CONTAINER.replace("\\\n", " ").splitlines() if not line.startswith("#")]
    return [line.removeprefix(f"{name} ").strip() for line in lines if line.startswith(f"{name} ")]


def health_check(port):
    """Run the container's health check at some port; returns whether it passes."""
    arguments = json.loads(instructions("HEALTHCHECK")[0].partition(" CMD ")[2])
    code = arguments[-1].replace(":8000/", f":{port}/")
    return subprocess.run([sys.executable, *arguments[1:-1], code], capture_output=True, timeout=30).returncode == 0


def test_the_container_runs_as_an_unprivileged_user():
    (user,) = instructions("USER")
    last_stage = CONTAINER.rpartition("\nFROM ")[2]
    assert re.fullmatch(r"[1-9]\d+:[1-9]\d+", user)
    assert last_stage.index("\nUSER ") < last_stage.index("\nENTRYPOINT ")
    assert "RUN" not in last_stage


def test_the_container_installs_the_wheel_and_what_the_service_needs():
    assert instructions("COPY")[0].startswith("dist/news_topics-*.whl ")
    (run,) = instructions("RUN")
    assert "[serve,office]" in run and "--no-cache-dir" in run


def test_the_commands_of_both_are_understood(unit):
    assert instructions("ENTRYPOINT") == ['["/opt/news-topics/bin/news-topics"]']
    name, *options = json.loads(instructions("CMD")[0])
    assert (name, command.make_context(name, options).params["host"]) == ("serve", "0.0.0.0")
    program, name, *options = shlex.split(unit["ExecStart"])
    context = command.make_context(name, options)
    assert (program, name, context.params["port"]) == ("/opt/news-topics/bin/news-topics", "serve", 8000)
    assert context.params["host"] == "127.0.0.1"
    assert str(context.params["feedback"]).startswith(f"/var/lib/{unit['StateDirectory']}/")


def test_the_health_check_passes_while_the_service_runs_and_only_then(serve):
    running = serve("--host", "0.0.0.0")
    assert health_check(running.port)
    assert running.end()[0] == 0
    assert not health_check(running.port)


def test_systemd_waits_longer_than_the_service_needs_to_end(unit):
    assert int(unit["TimeoutStopSec"]) > _GRACE


@pytest.fixture
def installed_unit(tmp_path):
    """The unit as systemd would have it, with a program that is there."""
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not installed")
    file = tmp_path / UNIT.name
    program = re.compile(r"^ExecStart=\S+", re.MULTILINE)
    file.write_text(program.sub(f"ExecStart={COMMAND}", UNIT.read_text(encoding="utf-8")), encoding="utf-8")
    return file


def test_systemd_finds_nothing_wrong_with_the_unit(installed_unit):
    found = subprocess.run(["systemd-analyze", "verify", installed_unit], capture_output=True, text=True, timeout=60)
    assert (found.returncode, found.stdout + found.stderr) == (0, "")


def test_systemd_calls_the_unit_well_protected(installed_unit):
    asked = ["systemd-analyze", "security", "--offline=true", "--threshold=20", "--no-pager", str(installed_unit)]
    found = subprocess.run(asked, capture_output=True, text=True, timeout=60)
    assert found.returncode == 0, found.stdout + found.stderr
