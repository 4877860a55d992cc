"""A closed terminal ends a flow run as SIGTERM does, with its jobs stopped."""

import contextlib
import signal
import threading
from collections.abc import Iterator
from typing import Any


@contextlib.contextmanager
def hangup_terminates() -> Iterator[None]:
    """Take SIGHUP for SIGTERM, which Prefect handles; who has set another handler keeps it."""
    hangup = getattr(signal, "SIGHUP", None)  # Windows has none
    main = threading.current_thread() is threading.main_thread()
    if hangup is None or not main or signal.getsignal(hangup) is not signal.SIG_DFL:
        yield
        return
    signal.signal(hangup, _terminate)
    try:
        yield
    finally:
        signal.signal(hangup, signal.SIG_DFL)


def _terminate(number: int, frame: Any) -> None:
    signal.raise_signal(signal.SIGTERM)
