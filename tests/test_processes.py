"""Work shared out among processes: in order, a few parts ahead, and never waiting for one that is gone."""

import os
import signal
import time
from itertools import count
from multiprocessing import active_children
from multiprocessing.connection import Connection

import pytest

from classifier.errors import Error
from classifier.processes import shared_out


@pytest.fixture(autouse=True)
def others():
    """Processes that were there before, and no more are after."""
    before = set(active_children())
    yield before
    assert set(active_children()) <= before


def slow_if_even(part):
    time.sleep(0.02 if part % 2 == 0 else 0)
    return part, os.getpid()


def fails_at_three(part):
    if part == 3:
        raise ValueError("three")
    return part


def dies_while_it_answers(part):
    whole = Connection._send

    def half(pipe, buffer):
        whole(pipe, buffer[: len(buffer) // 2])
        os._exit(1)

    Connection._send = half
    return "x" * 1_000_000


def dies(part):
    os.kill(os.getpid(), signal.SIGTERM)


def test_answers_come_in_order_from_all_processes():
    parts, processes = zip(*shared_out(slow_if_even, range(40), 2), strict=True)
    assert parts == tuple(range(40)) and len(set(processes)) == 2 and os.getpid() not in processes


def test_parts_are_read_a_few_ahead_and_processes_end_with_the_answers(others):
    parts = count()
    answers = shared_out(fails_at_three, parts, 2)
    assert next(answers) == 0 and next(parts) == 5
    assert len(set(active_children()) - others) == 2
    answers.close()


def test_what_the_work_raises_is_raised_in_its_turn():
    answers = shared_out(fails_at_three, range(10), 2)
    assert [next(answers) for _ in range(3)] == [0, 1, 2]
    with pytest.raises(ValueError, match="three"):
        next(answers)


@pytest.mark.parametrize("work", [dies, dies_while_it_answers])
def test_a_process_that_is_gone_is_told(work):
    with pytest.raises(Error, match="a process ended before its work was done; was there too little memory"):
        list(shared_out(work, range(10), 2))
