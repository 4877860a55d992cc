"""Reading job lists and jobs, against a bare parse and against libraries that read them, too."""

import io
import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from statistics import median
from typing import Any

from lxml import etree
from pyvo.io.uws import parse_job, parse_job_list
from vo_models.uws import models as vo

from prefect_expres.sandbox.store import Entity, SandboxJob, Value
from prefect_expres.sandbox.writer import OpusWriter, StandardWriter
from prefect_expres.uws import Phase, xml
from tests.benchmarks.rows import Aim, Row

BASE = "http://127.0.0.1:8082"
MOMENT = datetime(2026, 11, 23, 23, 7, 39, tzinfo=UTC)
NEAR_BARE = Aim(most=6)
DIALECTS = {"UWS": StandardWriter(), "OPUS": OpusWriter()}


@dataclass(frozen=True)
class Size:
    """How many jobs the list has, how many results the job, and how often each is read."""

    jobs: int = 10_000
    results: int = 200
    readings: int = 5


FULL = Size()
TINY = Size(jobs=10, results=3, readings=1)


class _Parameters(vo.Parameters, tag="parameters", ns="uws", nsmap=vo.NSMAP):
    """vo-models reads only parameters that are named beforehand."""

    branch: vo.Parameter | None = None


@dataclass(frozen=True)
class Reader:
    """A way to read a document.

    Args:
        read: Reads it.
        count: Counts the jobs or results in what was read.
    """

    read: Callable[[bytes], Any]
    count: Callable[[Any], int]


BARE = "lxml's bare parse"
LISTS = {
    "": Reader(xml.read_jobs, len),
    BARE: Reader(etree.fromstring, len),
    "vo-models": Reader(vo.Jobs.from_xml, lambda jobs: len(jobs.jobref)),
    "pyvo": Reader(lambda document: parse_job_list(io.BytesIO(document)), len),
}
JOBS = {
    "": Reader(xml.read_job, lambda job: len(job.results)),
    BARE: Reader(etree.fromstring, lambda root: len(root.find("{*}results"))),
    "vo-models": Reader(vo.Job[_Parameters].from_xml, lambda job: len(job.results.results)),
    "pyvo": Reader(lambda document: parse_job(io.BytesIO(document)), lambda job: len(job.results)),
}


def measure(size: Size) -> Iterator[Row]:
    """Let each reader read the same documents in both dialects."""
    for dialect, writer in DIALECTS.items():
        listed = [_job(f"{number:06x}", results=0) for number in range(size.jobs)]
        document = writer.jobs(listed, BASE).encode()
        yield from _rows(f"{dialect} list of {size.jobs:,} jobs", LISTS, document, size.jobs, size)
        document = writer.job(_job("680ae4", results=size.results), BASE).encode()
        yield from _rows(
            f"{dialect} job of {size.results} results", JOBS, document, size.results, size
        )


def _rows(
    what: str, readers: dict[str, Reader], document: bytes, holds: int, size: Size
) -> Iterator[Row]:
    took = {name: _milliseconds(reader, document, holds, size) for name, reader in readers.items()}
    ours = took.pop("")
    assert isinstance(ours, float), f"{what}: {ours}"
    for name, theirs in took.items():
        aim = NEAR_BARE if name == BARE else None
        if isinstance(theirs, str):
            yield Row(f"{what}: CPU", ours, "ms", name, remark=theirs)
        else:
            yield Row(f"{what}: CPU", ours, "ms", name, theirs, aim)


def _milliseconds(reader: Reader, document: bytes, holds: int, size: Size) -> float | str:
    """Give the CPU milliseconds of a reading, or say why it cannot be had."""
    took = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for _ in range(size.readings):
            began = time.process_time()
            try:
                found = reader.count(reader.read(document))
            except Exception as fault:  # noqa: BLE001 - whatever another library raises is told
                return f"fails: {str(fault).splitlines()[0][:40]}"
            took.append(1000 * (time.process_time() - began))
            if found != holds:
                return f"reads {found} of {holds}"
    return median(took)


def _job(name: str, results: int) -> SandboxJob:
    return SandboxJob(
        id=name,
        job_list="ExPRES",
        owner="bob",
        run_id=f"io-20180913_{name}",
        phase=Phase.COMPLETED,
        created=MOMENT,
        started=MOMENT,
        ended=MOMENT,
        destruction=MOMENT,
        execution_duration=500,
        parameters={"branch": Value(text="master"), "runId": Value(text=f"io-20180913_{name}")},
        results=[_result(number) for number in range(results)],
    )


def _result(number: int) -> Entity:
    name = f"expres_earth_jupiter_io_jrm09_lossc-wid1deg_3kev_20180913_v{number:03d}.cdf"
    return Entity(
        id=f"{number:06x}",
        role=name,
        name=name,
        path=f"work/{name}",
        media_type="application/x-cdf",
        sha1=f"{number:040x}",
        size=1_000_000 + number,
    )
