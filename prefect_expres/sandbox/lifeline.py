"""End the process of a job together with the service that started it."""

import os
import signal
import threading

_STANDARD_INPUT = 0


def end_with_service() -> None:
    """End this process when the service ends, even if the service is killed.

    The service holds the other end of standard input and never writes to it: the input ends when
    the service ends.
    """
    threading.Thread(target=_wait_for_the_end, daemon=True).start()


def _wait_for_the_end() -> None:
    # Not sys.stdin: a thread that holds its lock disturbs the shutdown of the interpreter.
    while os.read(_STANDARD_INPUT, 1024):
        pass
    if os.getpgrp() == os.getpid():
        # The service made this process the leader of a group: its children end, too.
        os.killpg(os.getpid(), signal.SIGKILL)
    os._exit(1)
