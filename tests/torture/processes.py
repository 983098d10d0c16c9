"""Runs of the command that are killed, interrupted and started twice; whatever happens, no answer is lost or doubled."""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from random import Random

from classifier.data.articles import BATCH
from tests.conftest import TEXTS

ARTICLES = 8 * BATCH - 300
_PATIENCE = 60  # seconds after which a run hangs; undisturbed it takes two
# Parts of one batch, so that there are some to keep; otherwise what the command runs.
_COMMAND = (
    "import sys; from classifier.__main__ import main; from classifier.data import resumable; "
    "resumable.PART = 1; sys.argv[0] = 'news-topics'; main()"
)
SIGNALS = [signal.SIGKILL, signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGHUP]


class HarmError(AssertionError):
    """A run that did harm."""


class Archive:
    """A table of articles, and what an undisturbed run answers, in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.news = folder, folder / "news.jsonl"
        lines = [f'{{"id": {number}, "text": "{TEXTS[number % 5]} {number}"}}\n' for number in range(ARTICLES)]
        self.news.write_text("".join(lines), encoding="utf-8")
        self.expected: dict[str, bytes] = {}

    def clean(self) -> None:
        """Remove what a run left that failed."""
        for path in self.folder.iterdir():
            if path.is_dir():
                shutil.rmtree(path)
            elif path != self.news:
                path.unlink()

    def start(self, output: Path, *options: str) -> "subprocess.Popen[str]":
        """Start a run in a group of processes of its own."""
        command = [sys.executable, "-c", _COMMAND, "predict", str(self.news), "-o", str(output), *options]
        return subprocess.Popen(command, stderr=subprocess.PIPE, encoding="utf-8", start_new_session=True)

    def finish(self, output: Path, *options: str) -> None:
        """Run to the end, and compare with an undisturbed run."""
        code, err = end(self.start(output, *options))
        if code != 0:
            raise HarmError(f"code {code}: {err}")
        expected = self.expected.setdefault(output.suffix, output.read_bytes())
        if output.read_bytes() != expected:
            raise HarmError(f"{output.name} differs from that of an undisturbed run")


def end(process: "subprocess.Popen[str]") -> tuple[int, str]:
    """Wait for the end of a run; returns its exit code and messages, of which none may be a traceback."""
    try:
        _, err = process.communicate(timeout=_PATIENCE)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        raise HarmError("hangs") from None
    if "Traceback" in err or "Exception ignored" in err:
        raise HarmError(err)
    return process.returncode, err


def a_kill(random: Random, archive: Archive) -> int:
    """Disturb a run at random moments, resume it each time, and compare; returns how many signals were sent."""
    output = archive.folder / random.choice(["out.jsonl", "out.csv", "out.parquet"])
    jobs = random.choice(["1", "1", "2"])
    archive.finish(output, "--force")
    output.unlink()
    sent = random.randint(3, 6)
    for _ in range(sent):
        process = archive.start(output, "--resume", "--jobs", jobs)
        time.sleep(random.uniform(0.15, 1.8))  # Python itself starts in 0.05 s, and its own tracebacks are not ours
        number = random.choice(SIGNALS)
        (os.killpg if random.random() < 0.5 else os.kill)(process.pid, number)
        code, err = end(process)
        if code not in (0, -number, 128 + number):
            raise HarmError(f"code {code} after {number!r}: {err}")
    archive.finish(output, "--resume")
    output.unlink()
    if rest := [path.name for path in archive.folder.iterdir() if path != archive.news]:
        raise HarmError(f"left behind: {rest}")
    return sent


def two_runs(random: Random, archive: Archive) -> int:
    """Start two runs into one output; one ends, the other is refused or runs after it."""
    output = archive.folder / "out.jsonl"
    first = archive.start(output, "--force")
    time.sleep(random.uniform(0, 1.5))
    second = archive.start(output, "--force")
    ends = [end(process) for process in (first, second)]
    if not any(code == 0 for code, _ in ends):
        raise HarmError(str(ends))
    if any((code == 1 and "another run is writing" not in err) or code not in (0, 1) for code, err in ends):
        raise HarmError(str(ends))
    if output.read_bytes() != archive.expected.setdefault(".jsonl", output.read_bytes()):
        raise HarmError("two runs mixed their answers")
    output.unlink()
    return 0
