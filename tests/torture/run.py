"""Hard inputs and random signals, a bounded number of them: ``make torture``; writes tests/benchmarks/torture.md.

Every input has a seed, so that what fails can be repeated. `test_torture.py` is a short round of the same.
"""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from tests.torture import processes
from tests.torture.attacks import ATTACKS
from tests.torture.growth import CASES

TARGET = Path(__file__).parents[1] / "benchmarks" / "torture.md"
HANG = 10  # seconds that an input may take
KILLS, PAIRS = 220, 20


class Hang(BaseException):
    """An input takes too long; not an `Exception`, which the code under test may catch."""


class Outcome(NamedTuple):
    """What was tried, how many times, the slowest of them in seconds, and what failed."""

    what: str
    tried: int
    slowest: float
    failures: list[str]


def attack(function: Callable[[Random, Any], Any], seeds: Iterator[int], given: Any) -> Outcome:
    """Call a function with each seed, and note what fails or hangs."""
    tried, slowest, failures = 0, 0.0, []
    for seed in seeds:
        start = time.perf_counter()
        try:
            with limited(HANG):
                function(Random(seed), given)
        except (Exception, Hang) as error:
            failures.append(f"{function.__name__}, seed {seed}: {type(error).__name__} {error}"[:400])
        tried += 1
        slowest = max(slowest, time.perf_counter() - start)
    return Outcome((function.__doc__ or "").partition(".")[0], tried, slowest, failures)


@contextlib.contextmanager
def limited(seconds: float) -> Iterator[None]:
    """Raise `Hang` in the block after some seconds."""

    def stop(*_: Any) -> None:
        raise Hang(f"more than {seconds} s")

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def disturb(kills: int, pairs: int, folder: Path) -> list[Outcome]:
    """Kill runs, and start two into one output."""
    archive = processes.Archive(folder)
    outcomes = []
    for function, wanted in ((processes.a_kill, kills), (processes.two_runs, pairs)):
        done, tried, slowest, failures = 0, 0, 0.0, []
        while done < wanted:
            start = time.perf_counter()
            try:
                done += function(Random(tried), archive) or 1
            except processes.HarmError as failure:
                failures.append(f"{function.__name__}, seed {tried}: {failure}"[:400])
                done += 1
                archive.clean()
            tried += 1
            slowest = max(slowest, time.perf_counter() - start)
        outcomes.append(Outcome((function.__doc__ or "").partition(";")[0].partition(".")[0], done, slowest, failures))
    return outcomes


def growth() -> list[str]:
    """Return the rows of the table of memory, each case in a process of its own."""
    rows = []
    for name, case in CASES.items():
        command = [sys.executable, "-m", "tests.torture.growth", name]
        peak, seconds = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
        rows.append(f"| {(case.__doc__ or '').rstrip('.')} | {int(peak):,} MB | {float(seconds):.1f} s |")
    return rows


def main() -> None:
    """Run all, print what fails, and write the page; exit with 1 if anything failed."""
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    outcomes = []
    with TemporaryDirectory() as folder:
        for function, count in ATTACKS:
            outcomes.append(attack(function, iter(range(count)), Path(folder)))
            print(outcomes[-1], flush=True)
    with TemporaryDirectory() as folder:
        outcomes += disturb(KILLS, PAIRS, Path(folder))
    TARGET.write_text(page(outcomes, growth()), encoding="utf-8")
    failures = [failure for outcome in outcomes for failure in outcome.failures]
    print(*failures, f"failures: {len(failures)}; see {TARGET}", sep="\n")
    sys.exit(bool(failures))


def page(outcomes: list[Outcome], memory: list[str]) -> str:
    """Return the page in Markdown."""
    rows = [f"| {each.what} | {each.tried:,} | {each.slowest:.2f} s | {len(each.failures)} |" for each in outcomes]
    failures = [f"- {failure}" for each in outcomes for failure in each.failures] or ["None."]
    return "\n".join(
        [
            "# Torture",
            "",
            "Written by `make torture`. Each input comes from a seed. A failure is a traceback, more than 10 seconds for",
            "an input, a lost, doubled or changed answer, or a file left behind. A run of the command that is disturbed is",
            "resumed until it ends, and its bytes are compared with those of an undisturbed run.",
            "",
            "| What | Tried | Slowest | Failures |",
            "|---|---:|---:|---:|",
            *rows,
            "",
            "Peak memory of a process that tags, in which importing and loading the model take "
            f"{memory[0].split('|')[2].strip()}:",
            "",
            "| What | Peak | Time |",
            "|---|---:|---:|",
            *memory[1:],
            "",
            "## Failures",
            "",
            *failures,
            "",
        ]
    )


if __name__ == "__main__":
    main()
