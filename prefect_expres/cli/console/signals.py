"""SIGTERM and SIGHUP end a command after it has put things in order."""

import atexit
import contextlib
import logging
import os
import signal
import sys
import threading
from collections.abc import Iterator
from typing import Any

from prefect_expres.cli.console.exit_codes import Exit


@contextlib.contextmanager
def signals_end() -> Iterator[None]:
    """End the command by an exception when the machine goes down or the terminal is closed.

    A signal that is ignored, as nohup has it, stays ignored.
    """
    handlers = {"SIGTERM": _end, "SIGHUP": _terminate}  # Windows has no SIGHUP
    numbers = {getattr(signal, name, None): handler for name, handler in handlers.items()}
    taken = {
        number: signal.signal(number, handler)
        for number, handler in numbers.items()
        if number is not None and _is_free(number)
    }
    atexit.register(_leave)  # before Prefect registers its own, which are called first
    code: object = None
    try:
        yield
    except SystemExit as ended:
        code = ended.code
        raise
    finally:
        if code != Exit.TERMINATED:
            atexit.unregister(_leave)
        for number, before in taken.items():
            signal.signal(number, before)


def _is_free(number: int) -> bool:
    main = threading.current_thread() is threading.main_thread()
    return main and signal.getsignal(number) is signal.SIG_DFL


def _end(number: int, frame: Any) -> None:
    raise SystemExit(Exit.TERMINATED)


def _terminate(number: int, frame: Any) -> None:
    """Take SIGHUP for SIGTERM, whose handler is Prefect's while a flow runs."""
    signal.raise_signal(signal.SIGTERM)


def _leave() -> None:
    """Leave the memory to the system, last of all that is done at exit.

    To free Prefect's modules takes a busy machine seconds, and who sends SIGTERM soon kills.
    """
    logging.shutdown()
    with contextlib.suppress(OSError):
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(Exit.TERMINATED)
