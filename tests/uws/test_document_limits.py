"""Documents that would take much memory and time are refused before they are parsed."""

import asyncio
import gzip
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

import pytest

from prefect_expres.errors import ExpresError, ProtocolError
from prefect_expres.uws import UWSClient
from prefect_expres.uws.elements import LARGEST_DOCUMENT, MOST_NODES
from prefect_expres.uws.xml import read_job, read_jobs
from tests.support.raw_server import raw_server
from tests.support.scripted_service import JOBS_URL, ScriptedService

LARGE = 64 * 2**20
MOST_MEMORY = 256 * 2**20


def filled(start: bytes, repeated: bytes, end: bytes, size: int = LARGE) -> bytes:
    """Repeat the middle until the document has about this size."""
    return start + repeated * ((size - len(start) - len(end)) // len(repeated)) + end


JOB, END = b"<job><jobId>1</jobId>", b"</job>"
GLYPH = "\N{JUPITER}\N{GRINNING FACE}".encode()
BLANKS = b"<!--" + b" " * 4096 + b"-->"
WITHIN = {
    "text": (JOB + b"<x>", b"x", b"</x>" + END),
    "wide": (JOB, b"<x>" + b"x" * 9_000_000 + GLYPH + b"</x>", END),
    "attributes": (JOB + b"<x", b' a="1"', b"/>" + END),
    "namespaces": (JOB, b'<x xmlns:a="u" xmlns:b="v">', END),
    "elements": (JOB, b"<a/>x", END),
    "jobs": (b"<jobs>", b"<jobref id='1'/>", b"</jobs>"),
    "fields": (b"<jobs><jobref id='1'>", b"<a/>x", b"</jobref></jobs>"),
    "depth": (JOB, b"<a>", END),
    "prolog": (b"", b"<!---->", JOB + END),
    "comments": (JOB, b"<!---->", END),
    "instructions": (JOB, b"<?a?>", END),
    "references": (JOB + b"<x>", b"&#128512;", b"</x>" + END),
    "long-attribute": (JOB + b"<x a='", b"x", b"'/>" + END),
    "long-name": (JOB + b"<", b"x", b"/>" + END),
    "sections": (JOB, b"<![CDATA[]]>", END),
    "blanks": (b"<jobs>", b" ", b"</jobs>"),
    "no-text": (b"", b"\xff", b""),
    "most-elements": (JOB + b"<a/>x" * (MOST_NODES - 9000), BLANKS, END),
    "most-names": (JOB + b"".join(b"<a%d/>" % n for n in range(MOST_NODES - 9000)), BLANKS, END),
    "most-jobs": (b"<jobs>" + b"<jobref id='1'/>" * (MOST_NODES // 2 - 9000), BLANKS, b"</jobs>"),
    "most-fields": (
        b"<jobs><jobref id='1'>" + b"<a/>x" * 190_000 + b"</jobref>",
        BLANKS,
        b"</jobs>",
    ),
    "most-attributes": (
        JOB + (b"<x" + b"".join(b" a%d='%d'" % (n, n) for n in range(400)) + b"/>") * 480,
        BLANKS,
        END,
    ),
}

_READ = """
import asyncio, sys, time
from prefect_expres.errors import ExpresError
from prefect_expres.uws import ClientOptions, UWSClient
from tests.support.peak_memory import peak_memory

async def main(url, *kinds):
    for kind in kinds:
        async with UWSClient(f"{url}/{kind}", options=ClientOptions(attempts=1)) as client:
            began = time.process_time()
            for read in (client.jobs, client.job, client.phase, client.destruction):
                try:
                    await (read() if read == client.jobs else read("1"))
                except ExpresError as fault:
                    pass
            print(kind, peak_memory(), f"{time.process_time() - began:.2f}")

asyncio.run(main(*sys.argv[1:]))
"""


async def peaks(bodies: Mapping[str, bytes], *headers: str) -> dict[str, int]:
    """Read each body as each kind of document, in one process, and give its peak memory so far."""
    async with raw_server() as raw:
        for kind, body in bodies.items():
            for path in ("", "/1", "/1/phase", "/1/destruction"):
                raw.add(f"/{kind}{path}", body, *headers)
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", _READ, raw.url, *bodies), stdout=subprocess.PIPE
        )
        printed, _ = await process.communicate()
    found = {kind: int(peak) for kind, peak, _ in map(str.split, printed.decode().splitlines())}
    assert found.keys() == bodies.keys()
    return found


@pytest.mark.slow
async def test_no_document_takes_much_memory() -> None:
    """Whatever it holds, also one that is just small enough to be looked at, and a packed one."""
    bodies = {kind: filled(*parts, size=LARGEST_DOCUMENT - 99) for kind, parts in WITHIN.items()}
    bodies["larger"] = filled(*WITHIN["elements"])
    assert {kind for kind, peak in (await peaks(bodies)).items() if peak > MOST_MEMORY} == set()
    packed = {"packed": gzip.compress(bodies["larger"])}
    assert (await peaks(packed, "Content-Encoding: gzip"))["packed"] < MOST_MEMORY


@pytest.mark.parametrize(
    ("fits", "document"),
    [
        (True, lambda: b"<job><jobId>1</jobId>" + b"<a/>" * (MOST_NODES - 2) + b"</job>"),
        (False, lambda: b"<job><jobId>1</jobId>" + b"<a/>" * (MOST_NODES - 1) + b"</job>"),
        (True, lambda: filled(JOB, BLANKS, END, LARGEST_DOCUMENT)),
        (False, lambda: filled(JOB, b" ", END, LARGEST_DOCUMENT + 1)),
        (False, lambda: b"<job" + b" a='1'" * MOST_NODES + b"><jobId>1</jobId></job>"),
    ],
)
def test_bytes_elements_and_attributes_are_counted(
    document: Callable[[], bytes], *, fits: bool
) -> None:
    """An end tag is no element."""
    if fits:
        assert read_job(document()).id == "1"
        return
    with pytest.raises(ProtocolError, match="which is refused; if its job list is that long"):
        read_job(document())


@pytest.mark.parametrize("kind", ["jobs", "elements", "depth", "comments"])
def test_list_is_refused_like_any_document(kind: str) -> None:
    """Its entries are read piece by piece, and none of them is given."""
    with pytest.raises(ExpresError):
        read_jobs(filled(*WITHIN[kind]))


def test_long_list_is_read_piece_by_piece() -> None:
    """An entry that begins in one piece and ends in another is whole."""
    entry = '<jobref id="{}"><phase>QUEUED</phase><runId>\N{JUPITER}{}</runId></jobref>\n'
    listed = "".join(entry.format(number, number) for number in range(5000))
    for encoding in ("utf-8", "utf-16"):
        jobs = read_jobs(f"<jobs>{listed}</jobs>".encode(encoding))
        assert [job.id for job in jobs] == [str(number) for number in range(5000)]
        assert {len(job.extras) for job in jobs} == {0}
        assert jobs[-1].run_id == "\N{JUPITER}4999"
    with pytest.raises(ProtocolError, match="is a <other>"):
        read_jobs(f"<other><jobs>{listed}</jobs></other>".encode())
    with pytest.raises(ProtocolError, match="no XML"):
        read_jobs(f"<jobs>{listed}".encode())


async def test_long_list_does_not_hold_the_event_loop() -> None:
    """It is read in a thread, while other tasks go on."""
    service = ScriptedService()
    entry = b"<jobref id='1'><phase>QUEUED</phase></jobref>"
    service.on("GET", b"<jobs>" + entry * 30_000 + b"</jobs>")
    turns = 0

    async def others() -> None:
        nonlocal turns
        while True:
            await asyncio.sleep(0.001)
            turns += 1

    going = asyncio.create_task(others())
    jobs = await UWSClient(JOBS_URL, transport=service).jobs()
    going.cancel()
    assert len(jobs) == 30_000
    assert turns > 10


async def test_long_list_is_filtered_and_sorted_beside_the_event_loop() -> None:
    """To compare the times of many jobs takes longer than to read them."""
    threads = set()

    class Noting(datetime):
        """A time that notes which threads compare it."""

        def __lt__(self, other: datetime) -> bool:
            threads.add(threading.get_ident())
            return super().__lt__(other)

    service = ScriptedService()
    entry = b"<jobref id='1'><creationTime>2026-01-01T12:00:00Z</creationTime></jobref>"
    service.on("GET", b"<jobs>" + entry * 3000 + b"</jobs>")
    after = Noting(2026, 1, 1, tzinfo=UTC)
    assert len(await UWSClient(JOBS_URL, transport=service).jobs(after=after)) == 3000
    assert threads
    assert threading.get_ident() not in threads
