"""Questions to the user at the terminal, most of them after Ctrl-C."""

import asyncio
import contextlib
import getpass
import select
import signal
import sys
from collections.abc import Callable, Coroutine, Iterator, Mapping
from contextlib import AbstractContextManager
from typing import Any, TypeVar

from prefect_expres.cli.console.exit_codes import Interruption
from prefect_expres.cli.console.printing import note

T = TypeVar("T")
_LOOK_UP_EVERY = 0.2


def at_terminal() -> bool:
    """Return whether there is a terminal for questions."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def choose(question: str, choices: Mapping[str, str], default: str) -> str:
    """Ask the user to choose, and return the letter of the choice.

    Args:
        question: The question.
        choices: The choice for each letter.
        default: The letter for an empty answer, for Ctrl-C and for the end of input.
    """
    offered = ", ".join(f"[{letter}] {choice}" for letter, choice in choices.items())
    with _ctrl_c_raises():
        while True:
            try:
                note(f"\n{question} {offered} ({default}): ", end="")
                answer = _typed_line().strip().lower()[:1] or default
            except KeyboardInterrupt:
                note("")
                return default
            if answer in choices:
                return answer


def _typed_line() -> str:
    """Read a line.

    Ctrl-C just before a read does not end it, so the read starts only when there is input.
    """
    while not select.select([sys.stdin], [], [], _LOOK_UP_EVERY)[0]:
        pass
    return sys.stdin.readline()


def confirm(question: str) -> bool:
    """Ask a question whose answer is yes or no; the default is no."""
    return choose(question, {"y": "yes", "n": "no"}, "n") == "y"


def ask_secret(question: str) -> str:
    """Ask for a secret, without showing what is typed."""
    with _ctrl_c_raises():
        return getpass.getpass(f"{question}: ", stream=sys.stderr)


@contextlib.contextmanager
def interrupt_asks(
    question: str,
    choices: Mapping[str, str],
    *,
    keep: str,
    pause: Callable[[], AbstractContextManager[None]],
) -> Iterator[None]:
    """Ask a question at Ctrl-C, before it has its usual effect; it has that at most once.

    Use it while the event loop runs: the question is asked between two steps of the loop.

    Args:
        question: The question.
        choices: The choice for each letter; the first is the default.
        keep: The letter of the choice to ignore Ctrl-C.
        pause: Returns a context in which nothing else is written to the terminal.
    """
    before, loop = signal.getsignal(signal.SIGINT), asyncio.get_running_loop()

    def ask() -> None:
        signal.signal(signal.SIGINT, pressed)
        with pause():
            choice = choose(question, choices, next(iter(choices)))
        if choice != keep:
            signal.signal(signal.SIGINT, before)
            signal.raise_signal(signal.SIGINT)

    def pressed(number: int, frame: Any) -> None:
        # The signal may interrupt a write to the terminal, which cannot be written to then.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        loop.call_soon_threadsafe(ask)

    signal.signal(signal.SIGINT, pressed)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


async def until_interrupted(work: Coroutine[Any, Any, T]) -> T:
    """Await work that Ctrl-C cancels, without ending the command.

    Raises:
        Interruption: Ctrl-C was pressed; the work was cancelled.
    """
    task = asyncio.ensure_future(work)
    pressed: list[int] = []

    def press() -> None:
        pressed.append(signal.SIGINT)
        task.cancel()

    with _interrupt_calls(press):
        try:
            return await task
        except asyncio.CancelledError:
            if not pressed:
                raise
            raise Interruption from None


@contextlib.contextmanager
def _interrupt_calls(press: Callable[[], None]) -> Iterator[None]:
    loop = asyncio.get_running_loop()
    before = signal.signal(signal.SIGINT, lambda *_: loop.call_soon_threadsafe(press))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


@contextlib.contextmanager
def _ctrl_c_raises() -> Iterator[None]:
    """Let Ctrl-C end a question at once; the handler of an event loop would wait for the loop."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
