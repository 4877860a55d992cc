"""A published simulation that stands in for a new run; where it is looked for is not known here."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict

from prefect_expres.expres import SimulationRequest
from prefect_expres.storage import StoredFile


class PublishedSource(BaseModel):
    """Where a simulation was taken from: the archive, its table, the row, and the file.

    ``checked`` is what of the file agreed with its row.
    """

    model_config = ConfigDict(frozen=True)

    archive: str
    table: str
    obs_id: str
    granule_uid: str
    access_url: str
    checked: tuple[str, ...] = ()


@dataclass(frozen=True)
class TakenResult:
    """A published result that is in the simulation's folder, and equals what was asked for.

    Args:
        source: Where it is from.
        files: The result.
        compared: What of it was compared with the request.
    """

    source: PublishedSource
    files: list[StoredFile]
    compared: tuple[str, ...]

    @property
    def facts(self) -> dict[str, Any]:
        """What the manifest says of a simulation that no job has run."""
        return {
            "run_id": "",
            "job_url": self.source.access_url,
            "owner": None,
            "phases": (),
            "published": self.source,
        }


Take = Callable[[SimulationRequest, str], Awaitable[TakenResult | None]]
"""Takes a published simulation into a folder if it equals the request; None if there is none."""
