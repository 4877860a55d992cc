"""What a hook finds for a flow run, as facts that a test compares."""

from typing import Any
from uuid import UUID

from pydantic import SecretStr

from prefect_expres.blocks import ExpresService
from prefect_expres.hooks import JobList, find_job_lists
from prefect_expres.prefect_support.job_lists import UsedJobList

URL = "https://uws.example.org"
TOKEN = SecretStr("t0ken")
GUEST = ExpresService(base_url=URL)
USER = ExpresService(base_url=URL, user="ann", token=TOKEN)
DOCUMENT = UUID(int=7)
MASKED = {
    "base_url": URL,
    "user": "ann",
    "token": "**********",
    "block_type_slug": "expres-service",
}
BOTH = ["ExPRES", "ExPRES-dev"]
LOST = f"Jobs on {URL} may be still running: "


class Blocks:
    """The blocks of a Prefect server, by their references; it counts the look-ups."""

    def __init__(self, *blocks: object, reference: dict[str, Any] | None = None) -> None:
        self._blocks = list(blocks)
        self._reference = reference
        self.asked: list[dict[str, Any]] = []

    async def load(self, reference: dict[str, Any]) -> object:
        """Load a block, or fail as Prefect does."""
        self.asked.append(reference)
        if not self._blocks:
            msg = f"Unable to find block document {reference}"
            raise ValueError(msg)
        return self._blocks[0]


def labels(*used: UsedJobList, jobs: tuple[str, ...] = ()) -> dict[str, Any]:
    """Give the labels of a flow run that has recorded job lists and jobs, and others of its own."""
    lists = {f"expres.job-list.{n}": each.model_dump_json() for n, each in enumerate(used)}
    known = {f"expres.job.{n}": job for n, job in enumerate(jobs)}
    return {"prefect.flow.id": "1", "expres.job-list.": "{", "team": 7} | lists | known


async def found(
    parameters: dict[str, Any], labels: dict[str, Any] | None = None, blocks: Blocks | None = None
) -> tuple[list[tuple[str, str | None, str, bool]], list[str]]:
    """Give what is found: address, user, list and whether jobs are kept running."""
    blocks = blocks or Blocks()
    lists, problems = await find_job_lists(parameters, labels or {}, blocks.load)
    return [_facts(each) for each in lists], problems


def _facts(each: JobList) -> tuple[str, str | None, str, bool]:
    return (each.service.base_url, each.service.user, each.name, each.keep_running)
