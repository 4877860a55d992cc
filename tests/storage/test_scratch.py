"""Folders for a while: they go at their end, also after a process that was killed."""

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from prefect_expres.storage import atomic_path, local_copy, scratch_folder

_KILLED = """
import os, signal, sys
from pathlib import Path
from prefect_expres.storage import atomic_path, local_copy

with local_copy(f"file://{sys.argv[1]}"), atomic_path(Path(sys.argv[1])) as part:
    part.write_text("half")
    os.kill(os.getpid(), signal.SIGKILL)
"""


def names(folder: Path) -> list[str]:
    """Give what is in a folder."""
    return sorted(path.name for path in folder.iterdir())


def test_what_a_killed_process_left_goes_with_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The copy in the temporary folder, and what was being written beside the target."""
    temporary, target = tmp_path / "tmp", tmp_path / "out" / "r.txt"
    temporary.mkdir()
    target.parent.mkdir()
    target.write_text("before")
    monkeypatch.setenv("TMPDIR", str(temporary))
    monkeypatch.setattr("tempfile.tempdir", None)
    ended = subprocess.run([sys.executable, "-c", _KILLED, str(target)], check=False)
    assert ended.returncode == -9
    assert (len(names(temporary)), len(names(target.parent))) == (1, 2)
    with local_copy(str(target)) as copy:
        assert copy.read_text() == "before"
        assert len(names(temporary)) == 1
        assert list(temporary.glob("*/*")) == [copy]
    with atomic_path(target) as part:
        part.write_text("after")
    assert (names(temporary), names(target.parent)) == ([], ["r.txt"])


def test_folder_of_a_living_process_and_other_folders_stay(tmp_path: Path) -> None:
    """So do links in the place of one, and files."""
    others = ["a-12345678", "a-12345678.scratch.txt", "xa-12345678.scratch", "a-1.scratch"]
    for name in others:
        (tmp_path / name).mkdir()
    private = tmp_path / "private"
    private.mkdir()
    (private / "file").write_text("kept")
    (tmp_path / "a-_linked_.scratch").symlink_to(private)
    (tmp_path / "a-is_file_.scratch").write_text("kept")
    (tmp_path / "a-is_left_.scratch").mkdir()
    with scratch_folder(tmp_path, "a-") as one, scratch_folder(tmp_path, "a-") as other:
        assert one != other
        assert one.is_dir()
        assert oct(one.stat().st_mode)[-3:] == "700"
        others += ["a-_linked_.scratch", "a-is_file_.scratch", "private"]
        assert set(names(tmp_path)) == {one.name, other.name, *others}
    assert names(tmp_path) == sorted(others)
    assert (private / "file").read_text() == "kept"


def test_folders_are_made_while_others_are_looked_for(tmp_path: Path) -> None:
    """Four threads make and remove folders at once; each has its own until its end."""
    faults: list[Exception] = []

    def make() -> None:
        try:
            for _ in range(100):
                with scratch_folder(tmp_path) as folder:
                    (folder / "file").write_text("mine")
                    os.sched_yield()
                    assert (folder / "file").read_text() == "mine"
        except Exception as fault:  # noqa: BLE001 - it is shown below
            faults.append(fault)

    threads = [threading.Thread(target=make) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert names(tmp_path) == []


def test_folder_is_closed_when_it_goes(tmp_path: Path) -> None:
    """A process that makes thousands of them does not run out of open files."""
    opened = Path("/proc/self/fd")
    before = len(names(opened))
    with scratch_folder(tmp_path) as folder:
        assert len(names(opened)) == before + 1
        assert folder.is_dir()
    assert len(names(opened)) == before
    assert names(tmp_path) == []
