"""The start of ``news-topics`` and ``python -m classifier``: it imports little and heeds Ctrl-C from its first line."""

import signal
import sys
import threading
from types import FrameType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sys import UnraisableHookArgs

_SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP")  # that end a run; the first is Ctrl-C


def main() -> None:
    """Run the command; a signal that asks it to end ends it like Ctrl-C, so that it leaves nothing half-done."""
    numbers = [getattr(signal, name) for name in _SIGNALS if hasattr(signal, name)]  # Windows has no SIGHUP
    for number in numbers:
        if signal.getsignal(number) in (signal.SIG_DFL, signal.default_int_handler):  # `nohup` ignores SIGHUP
            signal.signal(number, _interrupt)
    sys.unraisablehook = _repeat
    try:
        from classifier.cli import main as run

        run()
    except KeyboardInterrupt as interrupt:  # while the command was being imported
        from classifier.errors import interruption_code

        sys.stderr.write("news-topics: interrupted\n")
        sys.exit(interruption_code(interrupt))
    finally:  # all is done, and an interrupted exit prints a traceback
        for number in numbers:
            signal.signal(number, signal.SIG_IGN)


def _interrupt(number: int, frame: FrameType | None) -> None:
    while frame is not None:
        if frame.f_code is _repeat.__code__:  # what is raised there is lost, too
            _send_later(number)
            return
        frame = frame.f_back
    raise KeyboardInterrupt(number)


def _repeat(lost: "UnraisableHookArgs") -> None:
    """Repeat a signal that came while Python was in a finalizer, such as the one of a temporary file.

    Python only prints what a finalizer raises and goes on: of 60 runs on a busy machine, one did not heed Ctrl-C.
    """
    if not isinstance(lost.exc_value, KeyboardInterrupt):
        sys.__unraisablehook__(lost)
        return
    _send_later(next(iter(lost.exc_value.args), signal.SIGINT))


def _send_later(number: int) -> None:
    """Send a signal to this thread in a moment: to the main one, for no other is interrupted."""
    threading.Timer(0.01, _send, (threading.get_ident(), number)).start()


def _send(thread: int, number: int) -> None:
    if hasattr(signal, "pthread_kill"):
        signal.pthread_kill(thread, number)  # it also ends a wait
    else:
        signal.raise_signal(number)  # on Windows


if __name__ == "__main__":  # worker processes import this module too, and must not run the command
    main()
