"""Ties a job's process to the service that started it."""

import os
import signal
import threading

_STANDARD_INPUT = 0


def end_with_service() -> None:
    """End this process when the service is gone, even if it was killed.

    The service holds the other end of standard input and never writes: the input ends when the
    service does.
    """
    threading.Thread(target=_wait_for_the_end, daemon=True).start()


def _wait_for_the_end() -> None:
    # Not through sys.stdin: a thread that holds its lock breaks the end of the interpreter.
    while os.read(_STANDARD_INPUT, 1024):
        pass
    if os.getpgrp() == os.getpid():
        # The service made this process the leader of a group: its children go too.
        os.killpg(os.getpid(), signal.SIGKILL)
    os._exit(1)
