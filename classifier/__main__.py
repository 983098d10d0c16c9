"""The start of ``news-topics`` and ``python -m classifier``: it imports little and heeds Ctrl-C from its first line."""

import signal
import sys
from types import FrameType

_SIGNALS = ("SIGTERM", "SIGHUP")  # that end a run beside Ctrl-C


def main() -> None:
    """Run the command; a signal that asks it to end ends it like Ctrl-C, so that it leaves nothing half-done."""
    for name in _SIGNALS:
        number = getattr(signal, name, None)  # Windows has no SIGHUP
        if number is not None and signal.getsignal(number) is signal.SIG_DFL:  # `nohup` ignores SIGHUP
            signal.signal(number, _interrupt)
    try:
        from classifier.cli import main as run

        run()
    except KeyboardInterrupt as interrupt:  # while the command was being imported
        from classifier.errors import interruption_code

        sys.stderr.write("news-topics: interrupted\n")
        sys.exit(interruption_code(interrupt))
    finally:  # all is done, and an interrupted exit prints a traceback
        for number in filter(None, (getattr(signal, name, None) for name in ("SIGINT", *_SIGNALS))):
            signal.signal(number, signal.SIG_IGN)


def _interrupt(number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt(number)


if __name__ == "__main__":  # worker processes import this module too, and must not run the command
    main()
