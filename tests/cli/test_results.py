"""The command ``jobs results``: listed, chosen, shown, downloaded, and gone on with."""

import asyncio
import hashlib
import signal
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from prefect_expres.sandbox.serving import SandboxServer
from tests.support.command_line import run
from tests.support.uws_documents import results_document

JobIn = Callable[[str], str]
CDF = bytes(range(256)) * 1200
LARGE = bytes(range(251)) * 40_000


def test_results_are_listed(service: SandboxServer, job_in: JobIn) -> None:
    """Each with its type and a URL that works; people see the same."""
    job_id = job_in("COMPLETED")
    found = run("jobs", "results", job_id, "--json").found
    assert {"application/x-cdf", "text/plain"} <= {result["type"] for result in found}
    assert all(result["url"].startswith(service.url) for result in found)
    shown = run("jobs", "results", job_id).out
    assert all(result["id"] in shown and result["url"] in shown for result in found)


def test_all_or_some_come_home(service: SandboxServer, job_in: JobIn, tmp_path: Path) -> None:
    """Into a folder that is made for them, chosen by id, file name or pattern."""
    job_id = job_in("COMPLETED")
    done = run("jobs", "results", job_id, "log", "-o", tmp_path / "a" / "log", "--json")
    assert [Path(file["name"]).stem for file in done.found] in (["log"], ["run"])
    some = run("jobs", "results", job_id, "*.cdf", "-o", tmp_path / "some")
    assert (tmp_path / "some" / "expres_test.cdf").read_bytes() == CDF
    assert str(tmp_path / "some" / "expres_test.cdf") in some.out
    run("jobs", "results", job_id, "-o", tmp_path / "all")
    assert {"expres_test.cdf"} < {path.name for path in (tmp_path / "all").iterdir()}


def test_what_is_there_is_not_fetched_again(quick_opus: SandboxServer, tmp_path: Path) -> None:
    """A file with the announced hash is kept; one with another hash is replaced."""
    url = ("--url", quick_opus.url)
    config = tmp_path / "io.json"
    config.write_text('{"SIMU": {"NAME": ""}}')
    job_id = run("jobs", "new", f"config=@{config}", "--wait", "--json", *url).found["id"]
    words = ("jobs", "results", job_id, "*.cdf", "-o", tmp_path / "out", *url)
    assert run(*words).code == 0
    file = tmp_path / "out" / "expres_test.cdf"
    before = file.stat().st_mtime_ns
    assert "is there already, complete and verified" in run(*words).err
    assert file.stat().st_mtime_ns == before
    file.write_bytes(b"damaged")
    assert "already" not in run(*words).err
    assert file.read_bytes() == CDF


def test_a_text_is_shown(service: SandboxServer, job_in: JobIn) -> None:
    """--show prints what a result says, and nothing else."""
    assert run("jobs", "results", job_in("COMPLETED"), "log", "--show").out == "done\n"


async def test_a_download_that_was_stopped_goes_on(tmp_path: Path) -> None:
    """After Ctrl-C the same command asks for the rest only, and the hash confirms the whole."""
    folder = tmp_path / "out"
    async with halting_service() as (url, asked, halted):
        words = ("jobs", "results", "1", "-o", str(folder), "--url", f"{url}/jobs")
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "prefect_expres.cli.main", *words),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        await asyncio.wait_for(halted.wait(), 60)
        # The part on the disk has no event to wait for.
        while not any(path.stat().st_size for path in folder.iterdir()):  # noqa: ASYNC110
            await asyncio.sleep(0.05)
        process.send_signal(signal.SIGINT)
        _, err = await asyncio.wait_for(process.communicate(), 60)
        assert process.returncode == 130
        assert b"continues from here" in err
        (part,) = folder.iterdir()
        kept = part.stat().st_size
        assert 0 < kept < len(LARGE)
        done = await asyncio.to_thread(run, *words)
    assert done.code == 0
    assert asked == [None, kept]
    assert [path.name for path in folder.iterdir()] == ["r.cdf"]
    assert (folder / "r.cdf").read_bytes() == LARGE


async def test_results_come_at_once(tmp_path: Path) -> None:
    """Several are asked for before the first has come: a service that waits for that is served."""
    names = ("a.cdf", "b.cdf", "c.cdf")
    asked = 0
    everybody = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal asked
        path = (await reader.readuntil(b"\r\n\r\n")).decode().split(" ", 2)[1]
        body = path.encode()
        if path == "/jobs/1/results":
            links = (f'<result id="{name}" xlink:href="/{name}"/>' for name in names)
            body = results_document("".join(links))
        else:
            asked += 1
            if asked == len(names):
                everybody.set()
            await everybody.wait()
        head = f"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {len(body)}\r\n\r\n"
        writer.write(head.encode() + body)
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/jobs"
        words = ("jobs", "results", "1", "-o", tmp_path, "--url", url)
        done = await asyncio.to_thread(run, *words)
    assert done.code == 0
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {
        name: f"/{name}" for name in names
    }


@asynccontextmanager
async def halting_service() -> AsyncIterator[tuple[str, list[int | None], asyncio.Event]]:
    """Serve one result whose first answer halts in the middle; tell where answers were to begin."""
    asked: list[int | None] = []
    halted = asyncio.Event()
    open_writers: list[asyncio.StreamWriter] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        if "/results" in head.split("\r\n", 1)[0]:
            sha1 = hashlib.sha1(LARGE, usedforsecurity=False).hexdigest()
            link = f'<result id="r.cdf" hash="{sha1}" xlink:href="{base}/r"/>'
            body = results_document(link)
            writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\n")
            writer.write(f"Content-Length: {len(body)}\r\n\r\n".encode() + body)
            writer.close()
            return
        _, _, wanted = head.lower().partition("range: bytes=")
        start = int(wanted.partition("-")[0]) if wanted else None
        asked.append(start)
        if start is None:
            writer.write(f"HTTP/1.1 200 OK\r\nContent-Length: {len(LARGE)}\r\n\r\n".encode())
            writer.write(LARGE[: len(LARGE) // 2])
            await writer.drain()
            open_writers.append(writer)
            halted.set()
            return
        span = f"Content-Range: bytes {start}-{len(LARGE) - 1}/{len(LARGE)}"
        length = f"Content-Length: {len(LARGE) - start}"
        writer.write(f"HTTP/1.1 206 Partial Content\r\n{length}\r\n{span}\r\n\r\n".encode())
        writer.write(LARGE[start:])
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    base = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield base, asked, halted
    finally:
        for writer in open_writers:
            writer.close()
        server.close()
