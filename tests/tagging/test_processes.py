"""`parallel_map`: results in order, few items read ahead, and no waiting for a process that has ended."""

import os
import signal
import sys
import threading
import time
from contextlib import suppress
from itertools import count
from multiprocessing import active_children, current_process
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from classifier.errors import Error
from classifier.tagging import processes as module
from classifier.tagging.processes import block_signals, parallel_map


@pytest.fixture(autouse=True)
def earlier():
    """The processes that ran before a test; after it no others are left."""
    before = set(active_children())
    yield before
    assert set(active_children()) <= before


def slow_if_even(item):
    time.sleep(0.02 if item % 2 == 0 else 0)
    return item, os.getpid()


def fail_at_three(item):
    if item == 3:
        raise ValueError("three")
    return item


def die(item):
    os.kill(os.getpid(), signal.SIGKILL)


def die_while_answering(item):
    send = Connection._send

    def send_half(pipe, buffer):
        send(pipe, buffer[: len(buffer) // 2])
        os._exit(1)

    Connection._send = send_half
    return "x" * 1_000_000


def test_results_of_all_processes_come_in_order():
    items, processes = zip(*parallel_map(slow_if_even, range(40), 2), strict=True)
    assert items == tuple(range(40)) and len(set(processes)) == 2 and os.getpid() not in processes


def test_few_items_are_read_ahead_and_the_processes_end_with_the_results(earlier):
    items = count()
    results = parallel_map(fail_at_three, items, 2)
    assert next(results) == 0 and next(items) == 5
    assert len(set(active_children()) - earlier) == 2
    results.close()


def open_files(item):
    names = []
    for link in list(Path("/proc/self/fd").iterdir()):
        with suppress(FileNotFoundError):  # the list itself was open
            names += [str(link.readlink())] * (int(link.name) > 2)
    return names


@pytest.mark.skipif(sys.platform != "linux", reason="processes are forked on Linux only")
def test_a_process_keeps_no_file_of_its_parent_open(tmp_path, monkeypatch):
    """A lock, or a pipe to another process, would outlive a parent that is killed."""
    monkeypatch.setattr(module, "can_fork", lambda: True)  # threads of other tests may still be there
    with (tmp_path / "locked").open("w"):
        for files in parallel_map(open_files, range(4), 2):
            assert str(tmp_path / "locked") not in files
            assert sum(name.startswith(("socket:", "pipe:")) for name in files) == 1  # its own pipe


def kind(item):
    return type(current_process()).__name__


@pytest.mark.skipif(sys.platform != "linux", reason="processes are forked on Linux only")
@pytest.mark.parametrize("threads, expected", [(1, "ForkProcess"), (2, "SpawnProcess")])
def test_a_process_is_not_forked_beside_other_threads_for_whose_locks_it_would_wait(monkeypatch, threads, expected):
    monkeypatch.setattr(threading, "active_count", lambda: threads)
    assert list(parallel_map(kind, range(2), 1)) == [expected] * 2


def test_processes_start_at_once_and_end_with_results_that_nobody_asked_for(earlier):
    results = parallel_map(str, range(3), 2)
    assert len(active_children()) == len(earlier) + 2
    results.close()
    assert len(active_children()) == len(earlier)


def test_an_error_of_the_function_is_raised_in_place_of_its_result():
    results = parallel_map(fail_at_three, range(10), 2)
    assert [next(results) for _ in range(3)] == [0, 1, 2]
    with pytest.raises(ValueError, match="three"):
        next(results)


@pytest.mark.parametrize("function", [die, die_while_answering])
def test_a_process_that_ends_early_is_an_error(function):
    with pytest.raises(Error, match="a process ended before its work was done; was there too little memory"):
        list(parallel_map(function, range(10), 2))


@pytest.mark.skipif(os.name == "nt", reason="Windows has no signal masks")
def test_ctrl_c_waits_for_the_end_of_the_block():
    done = []
    with pytest.raises(KeyboardInterrupt), block_signals("SIGINT"):
        signal.raise_signal(signal.SIGINT)
        done.append(True)
    assert done
