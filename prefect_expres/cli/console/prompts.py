"""Questions to whoever sits at the terminal, above all after Ctrl-C."""

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
    """Say whether somebody can be asked."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def choose(question: str, choices: Mapping[str, str], default: str) -> str:
    """Ask which of some choices is wanted, and give its letter.

    Args:
        question: What is to be decided.
        choices: What each letter stands for.
        default: The letter that is taken for no answer, for Ctrl-C and at the end of input.
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

    A read that has begun is not ended by a Ctrl-C that came just before, so it begins when there
    is something to read.
    """
    while not select.select([sys.stdin], [], [], _LOOK_UP_EVERY)[0]:
        pass
    return sys.stdin.readline()


def confirm(question: str) -> bool:
    """Ask for a yes."""
    return choose(question, {"y": "yes", "n": "no"}, "n") == "y"


def ask_secret(question: str) -> str:
    """Ask for a secret, which is not shown."""
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
    """Ask before Ctrl-C does what it would do; it does it at most once.

    Args:
        question: What is to be decided.
        choices: What each letter stands for; the first is the default.
        keep: The letter for going on as if nothing had been pressed.
        pause: Gives a context in which nobody else writes to the terminal.
    """
    before = signal.getsignal(signal.SIGINT)

    def pressed(number: int, frame: Any) -> None:
        with pause():
            choice = choose(question, choices, next(iter(choices)))
        if choice != keep:
            signal.signal(signal.SIGINT, before)
            signal.raise_signal(number)

    signal.signal(signal.SIGINT, pressed)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


async def until_interrupted(work: Coroutine[Any, Any, T]) -> T:
    """Await work that Ctrl-C ends without ending the command.

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
    """Have Ctrl-C end a question at once: an event loop's own handler would wait for the loop."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
