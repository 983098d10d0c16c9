"""Work shared among processes that may be killed or interrupted at any moment."""

import os
import signal
import sys
import threading
import warnings
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from multiprocessing import get_context, resource_tracker
from multiprocessing.connection import Connection
from pathlib import Path
from queue import SimpleQueue
from typing import Any, TypeVar, cast

from classifier.errors import Error

Item = TypeVar("Item")
Result = TypeVar("Result")


def parallel_map(function: Callable[[Item], Result], items: Iterable[Item], jobs: int) -> Generator[Result, None, None]:
    """Apply a function to each item in one of `jobs` processes, which are started at once.

    Results come in the order of the items. At most ``2 * jobs`` items are read ahead.

    Raises
    ------
    Error
        A process ended before it had answered.
    Exception
        Whatever the function raises.
    """
    results = _results(function, items, jobs)
    next(results)
    return results


def can_fork() -> bool:
    """Whether a process may be forked.

    A forked process has the model after 5 ms; one that is spawned imports and receives it for half a second, in which
    this one tags thousands of articles. But it waits for ever for what another thread held at that moment: an import,
    or BLAS. System libraries of macOS do not allow to fork.
    """
    return sys.platform == "linux" and threading.active_count() == 1


def _results(function: Callable[[Item], Result], items: Iterable[Item], jobs: int) -> Generator[Any, None, None]:
    """Yield nothing when the processes have started, then the results."""
    idle: SimpleQueue[Callable[[Item], Result]] = SimpleQueue()
    waiting: deque[Future[Result]] = deque()

    def ask(item: Item) -> Result:
        worker = idle.get()
        try:
            return worker(item)
        finally:
            idle.put(worker)

    with ExitStack() as stack:
        threads = stack.enter_context(ThreadPoolExecutor(jobs))
        with block_signals("SIGINT", "SIGTERM", "SIGHUP"), warnings.catch_warnings():
            # Python 3.12 warns of threads that Python did not start: those of BLAS, which are made for it.
            warnings.filterwarnings("ignore", ".*multi-threaded.*fork", DeprecationWarning)
            forks = can_fork()
            for _ in range(jobs):
                idle.put(stack.enter_context(_worker(function, forks=forks)))
        yield None
        for item in items:
            waiting.append(threads.submit(ask, item))
            if len(waiting) > 2 * jobs:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


@contextmanager
def _worker(function: Callable[[Item], Result], *, forks: bool) -> Iterator[Callable[[Item], Result]]:
    """Start a process; what is yielded asks it for one result at a time.

    Each process has a pipe of its own. Where all share one, as in loky and `concurrent.futures`, a process that is
    killed while it answers leaves half an answer, and the reader waits for the rest for ever: 2 of 35 runs in which we
    killed a process ended so.
    """
    context = get_context("fork") if forks else get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(theirs, function if forks else None), daemon=True)
    process.start()
    theirs.close()  # now only the process has it, and our end closes when the process ends

    def ask(item: Item) -> Result:
        with _advice():
            ours.send(item)
            answer = ours.recv()
        if isinstance(answer, Exception):
            raise answer
        return cast(Result, answer)

    try:
        if not forks:
            with _advice():
                # Not an argument: a process whose arguments end in the middle, as we are killed, prints a traceback.
                ours.send(function)
        yield ask
    finally:
        process.kill()
        process.join()


@contextmanager
def _advice() -> Iterator[None]:
    """Turn the end of a process into an `Error`."""
    try:
        yield
    except (EOFError, OSError) as ended:
        raise Error("a process ended before its work was done; was there too little memory for --jobs?") from ended


def _serve(pipe: Connection, function: Callable[[Any], Any] | None) -> None:
    """Apply a function, or the first that comes, to whatever comes, until the other end of the pipe is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # for Windows
    if function is not None:  # it is forked
        _leave_files(pipe)
    with suppress(EOFError, OSError):
        function = function or pipe.recv()
        while True:
            item = pipe.recv()
            try:
                answer = function(item)
            except Exception as error:
                answer = error
            pipe.send(answer)


def _leave_files(pipe: Connection) -> None:
    """Replace the files that a forked process got from its parent; a lock or a pipe would stay open after its end."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for number in [int(link.name) for link in Path("/proc/self/fd").iterdir()]:
        if number > 2 and number != pipe.fileno():  # the standard streams stay
            os.dup2(nowhere, number)  # not closed: another file would get its number


@contextmanager
def block_signals(*names: str) -> Iterator[None]:
    """Keep signals, such as SIGINT, from the processes that are started in the block; this process ends them.

    In this process they are delayed until the block is left, unless another thread takes them.
    """
    if not hasattr(signal, "pthread_sigmask"):  # on Windows
        yield
        return
    resource_tracker.ensure_running()  # it would unblock the signals when it starts with the first process
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {getattr(signal, name) for name in names})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
