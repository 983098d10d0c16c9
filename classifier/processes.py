"""Work shared out among processes, which may be killed or interrupted at any moment."""

import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from multiprocessing import get_context, resource_tracker
from multiprocessing.connection import Connection
from queue import SimpleQueue
from typing import Any, TypeVar, cast

from classifier.errors import Error

Part = TypeVar("Part")
Answer = TypeVar("Answer")


def shared_out(work: Callable[[Part], Answer], parts: Iterable[Part], jobs: int) -> Iterator[Answer]:
    """Answers in the order of the parts, of which only as many are read ahead as keep all processes busy.

    Raises
    ------
    Error
        A process has ended before its work was done.
    Exception
        Whatever the work raises.
    """
    free: SimpleQueue[Callable[[Part], Answer]] = SimpleQueue()
    waiting: deque[Future[Answer]] = deque()

    def ask(part: Part) -> Answer:
        process = free.get()
        try:
            return process(part)
        finally:
            free.put(process)

    with ExitStack() as stack:
        threads = stack.enter_context(ThreadPoolExecutor(jobs))
        with deaf():
            for _ in range(jobs):
                free.put(stack.enter_context(_process(work)))
        for part in parts:
            waiting.append(threads.submit(ask, part))
            if len(waiting) > 2 * jobs:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


@contextmanager
def _process(work: Callable[[Part], Answer]) -> Iterator[Callable[[Part], Answer]]:
    """What asks a new process for an answer, one at a time.

    It has a pipe of its own. In one that all share, as in loky and `concurrent.futures`, a process that is killed while
    it answers leaves half an answer, and the reader waits for ever for the rest: so 2 of 35 runs ended in which we
    killed one.
    """
    context = get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(work, theirs), daemon=True)
    process.start()
    theirs.close()  # the process alone has it now, so that ours ends when the process does

    def ask(part: Part) -> Answer:
        try:
            ours.send(part)
            answer = ours.recv()
        except (EOFError, OSError) as ended:
            message = "a process ended before its work was done; was there too little memory for --jobs?"
            raise Error(message) from ended
        if isinstance(answer, Exception):
            raise answer
        return cast(Answer, answer)

    try:
        yield ask
    finally:
        process.kill()
        process.join()


def _serve(work: Callable[[Any], Any], pipe: Connection) -> None:
    """Answer until the other end is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # for Windows
    with suppress(EOFError, OSError):
        while True:
            part = pipe.recv()
            try:
                answer = work(part)
            except Exception as error:
                answer = error
            pipe.send(answer)


@contextmanager
def deaf() -> Iterator[None]:
    """Put Ctrl-C off until the block is done; what is started in it never hears one, and is ended by this process."""
    if not hasattr(signal, "pthread_sigmask"):  # on Windows
        yield
        return
    resource_tracker.ensure_running()  # which with the first process would make it hear again
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
