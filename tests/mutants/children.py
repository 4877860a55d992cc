"""Processes that are forked for one piece of work each, and stopped when they take too long.

The parent has imported what takes long, so that a child starts at once. A child tells the parent
what it does, in lines of JSON; each line says how many seconds the next one may take.
"""

import contextlib
import ctypes
import gc
import json
import os
import selectors
import signal
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

Tell = Callable[[dict[str, Any]], None]
Work = Callable[[Tell], None]

START_SECONDS = 120.0
_LOOK_EVERY = 0.02
_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36
_OWNER = "MUTANTS_CHILD"  # names, in the environment of a process, the child it belongs to


@dataclass(frozen=True)
class Job:
    """A piece of work.

    Attributes:
        key: What the parent knows it by.
        work: What the child does.
        log: The file that takes what the child prints.
    """

    key: Any
    work: Work
    log: Path


@dataclass(frozen=True)
class Outcome:
    """How a child ended.

    Attributes:
        key: What the parent knows the work by.
        told: All that the child has told.
        timed_out: Whether it was stopped because it took too long.
        seconds: The time it took.
    """

    key: Any
    told: list[dict[str, Any]]
    timed_out: bool
    seconds: float

    @property
    def last(self) -> dict[str, Any]:
        """What the child told last."""
        return self.told[-1] if self.told else {}


@dataclass
class _Child:
    job: Job
    pid: int
    pipe: int
    began: float
    deadline: float
    timed_out: bool = False
    rest: bytes = b""
    told: list[dict[str, Any]] = field(default_factory=list)

    def read(self) -> bool:
        """Read what is there; tell whether more may come."""
        data = os.read(self.pipe, 1 << 20)
        *lines, self.rest = (self.rest + data).split(b"\n")
        for line in lines:
            self.told.append(json.loads(line))
            self.deadline = time.monotonic() + self.told[-1].get("seconds", START_SECONDS)
        return bool(data)

    def end(self) -> Outcome:
        """Stop all that it has started, and read what is left."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)
        os.set_blocking(self.pipe, False)
        with contextlib.suppress(BlockingIOError):
            while self.read():
                pass
        os.close(self.pipe)
        return Outcome(self.job.key, self.told, self.timed_out, time.monotonic() - self.began)


def run_all(jobs: Iterator[Job], side_by_side: int) -> Iterator[Outcome]:
    """Do all work, some of it side by side, and give each outcome as it comes.

    Args:
        jobs: The work; the next one is asked for when there is room for it.
        side_by_side: How many children run at once.
    """
    _ask_linux(_PR_SET_CHILD_SUBREAPER, 1)  # what a child leaves behind becomes ours
    gc.freeze()
    running: dict[int, _Child] = {}
    try:
        while True:
            while len(running) < side_by_side and (job := next(jobs, None)) is not None:
                child = _fork(job)
                running[child.pid] = child
            if not running:
                return
            _listen(running)
            for pid in _ended(running):
                yield running.pop(pid).end()
                _stop_orphans(set(running))
    finally:
        for child in running.values():
            child.end()
            os.waitpid(child.pid, 0)
        _stop_orphans(set())
        gc.unfreeze()


def _fork(job: Job) -> _Child:
    reading, writing = os.pipe()
    sys.stdout.flush()
    sys.stderr.flush()
    pid = os.fork()
    if pid == 0:
        os.close(reading)
        _be_child(job, writing)
    os.close(writing)
    now = time.monotonic()
    return _Child(job, pid, reading, now, now + START_SECONDS)


def _be_child(job: Job, pipe: int) -> None:
    def tell(what: dict[str, Any]) -> None:
        data = json.dumps(what).encode() + b"\n"
        while data:
            data = data[os.write(pipe, data) :]

    try:
        os.setsid()
        _ask_linux(_PR_SET_PDEATHSIG, signal.SIGKILL)
        os.environ[_OWNER] = str(os.getpid())
        log = os.open(job.log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        nothing = os.open(os.devnull, os.O_RDONLY)
        for old, new in ((nothing, 0), (log, 1), (log, 2)):
            os.dup2(old, new)
        job.work(tell)
    except BaseException:  # noqa: BLE001 - whatever it is, the child must not go on as the parent
        traceback.print_exc()
        tell({"error": traceback.format_exc()})
    finally:
        os._exit(0)


def _listen(running: dict[int, _Child]) -> None:
    with selectors.DefaultSelector() as selector:
        for child in running.values():
            selector.register(child.pipe, selectors.EVENT_READ, child)
        more = [key.data.read() for key, _ in selector.select(_LOOK_EVERY)]
    if not all(more):
        time.sleep(_LOOK_EVERY)  # the pipe is closed, the process ends


def _ended(running: dict[int, _Child]) -> list[int]:
    """Give those that have ended, or have been stopped now."""
    ended = []
    for pid, child in running.items():
        if time.monotonic() > child.deadline and not child.timed_out:
            child.timed_out = True
            os.kill(pid, signal.SIGKILL)
        if os.waitpid(pid, os.WNOHANG)[0]:
            ended.append(pid)
    return ended


def _ask_linux(option: int, value: int) -> None:
    """Set an attribute of this process that only Linux has."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(option, value, 0, 0, 0)


def _stop_orphans(running: set[int]) -> None:
    """Stop the processes that children have left behind in sessions of their own.

    Args:
        running: The children that still run: what belongs to them goes on.
    """
    listing = Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children")
    if not listing.exists():
        return
    for pid in {int(word) for word in listing.read_text().split()} - running:
        with contextlib.suppress(ProcessLookupError, ChildProcessError, PermissionError):
            if _owner_of(pid) not in running:
                os.kill(pid, signal.SIGKILL)
                os.waitpid(pid, 0)


def _owner_of(pid: int) -> int | None:
    try:
        environment = Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    except OSError:
        return None
    values = [line.split(b"=")[1] for line in environment if line.startswith(_OWNER.encode())]
    return int(values[0]) if values else None
