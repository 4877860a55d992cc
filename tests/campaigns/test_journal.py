"""Journals of campaigns that were killed go after a while; those of living ones stay."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import fsspec
import pytest

from prefect_expres.campaigns.journal import (
    Heartbeat,
    Journal,
    Row,
    campaigns_under_way,
    remove_silent_journals,
)
from prefect_expres.cli.demo import free_port


async def journal_of(output: Path | str, campaign: str) -> Journal:
    """Give a journal with a row and a heartbeat."""
    journal = Journal(str(output), campaign)
    await journal.keep(Row(number=1, label="io", state="completed"))
    await journal.beat("worker", Heartbeat(beats=3))
    return journal


async def test_journal_without_a_word_for_a_week_is_removed(tmp_path: Path) -> None:
    """One file that is younger keeps it."""
    a_week_ago = (datetime.now(UTC) - timedelta(days=7)).timestamp()
    for campaign, changed in {"killed": -60, "alive": -60, "silent": 60}.items():
        await journal_of(tmp_path, campaign)
        for file in (tmp_path / ".campaigns" / campaign).iterdir():
            os.utime(file, (0, a_week_ago + changed))
    await Journal(str(tmp_path), "alive").beat("worker", Heartbeat(beats=4))
    (tmp_path / ".campaigns" / "empty").mkdir()
    assert await remove_silent_journals(str(tmp_path)) == ["empty", "killed"]
    assert campaigns_under_way(str(tmp_path)) == ["alive", "silent"]
    assert len(await Journal(str(tmp_path), "alive").refresh()) == 1
    assert await remove_silent_journals(str(tmp_path / "none")) == []


async def test_journal_in_a_store_is_kept_while_it_is_young() -> None:
    """Its end removes it; a second end is no error."""
    journal = await journal_of("memory://campaigns", "alive")
    assert await remove_silent_journals("memory://campaigns") == []
    assert campaigns_under_way("memory://campaigns") == ["alive"]
    await journal.end()
    await journal.end()
    assert campaigns_under_way("memory://campaigns") == []


async def test_journal_in_the_root_of_a_store() -> None:
    """It is found where it was written, and not in a folder of this machine."""
    journal = await journal_of("memory://", "alive")
    assert campaigns_under_way("memory://") == ["alive"]
    assert fsspec.filesystem("memory").exists("/.campaigns/alive")
    await journal.end()


async def test_what_other_processes_have_written_is_seen(bucket: str) -> None:
    """Though a store's client keeps what it has listed: an old list makes a living one silent."""
    output = f"{bucket}/{uuid4()}"
    await journal_of(output, "mine")
    assert campaigns_under_way(output) == ["mine"]
    elsewhere = fsspec.filesystem("s3", skip_instance_cache=True)
    elsewhere.pipe(f"{output}/.campaigns/others/worker.heartbeat", b"{}")
    assert campaigns_under_way(output) == ["mine", "others"]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files to another user")
async def test_planted_row_is_no_row(tmp_path: Path) -> None:
    """Whoever may write into the output cannot have other files read as rows, or a pipe."""
    journal = await journal_of(tmp_path, "shared")
    folder = tmp_path / ".campaigns" / "shared"
    (folder / "0000002.json").symlink_to(folder / "0000001.json")
    os.lchown(folder / "0000002.json", 12345, 12345)
    os.mkfifo(folder / "0000003.json")
    assert list(await Journal(str(tmp_path), "shared").refresh()) == [1]
    await journal.keep(Row(number=2, label="europa", state="completed"))
    assert not (folder / "0000002.json").is_symlink()
    assert sorted(await Journal(str(tmp_path), "shared").refresh()) == [1, 2]


async def test_what_is_no_row_is_ignored(tmp_path: Path) -> None:
    """Neither rubbish nor files of other names."""
    await journal_of(tmp_path, "shared")
    folder = tmp_path / ".campaigns" / "shared"
    for name in ("0000003.json", "0000004.json.part", "4.json"):
        (folder / name).write_text("no JSON")
    assert list(await Journal(str(tmp_path), "shared").refresh()) == [1]


async def test_a_journal_that_cannot_be_removed_stays() -> None:
    """The campaign has ended all the same; the journal is removed when it is silent."""
    await Journal(f"ftp://127.0.0.1:{free_port()}/out", "away").end()


async def test_heartbeats_are_read_back(tmp_path: Path) -> None:
    """The last one of a worker; what is none, or not there, is no error."""
    journal = await journal_of(tmp_path, "alive")
    assert await journal.heartbeat("worker") == Heartbeat(beats=3, list_requests=0)
    await journal.beat("worker", Heartbeat(beats=4, list_requests=2))
    assert await journal.heartbeat("worker") == Heartbeat(beats=4, list_requests=2)
    (tmp_path / ".campaigns" / "alive" / "worker.heartbeat").write_text("no JSON")
    assert await journal.heartbeat("worker") is None
    assert await journal.heartbeat("another") is None


async def test_failures_are_counted_as_rows_come(tmp_path: Path) -> None:
    """Those of other workers, too; a row that is written again counts once."""
    ours, others = (Journal(str(tmp_path), "shared") for _ in range(2))
    for number, state in enumerate(("failed", "completed", "failed", "found")):
        await ours.keep(Row(number=number, label="io", state=state))
    await others.refresh()
    assert (ours.failed, others.failed) == (2, 2)
    await ours.keep(Row(number=0, label="io", state="failed"))
    await ours.keep(Row(number=2, label="io", state="completed"))
    assert ours.failed == 1
