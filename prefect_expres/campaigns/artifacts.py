"""What a campaign shows in Prefect while it runs and when it has ended."""

import time
from datetime import timedelta
from uuid import UUID

from prefect.artifacts import (
    acreate_markdown_artifact,
    acreate_progress_artifact,
    acreate_table_artifact,
    aupdate_progress_artifact,
)

from prefect_expres.campaigns.index import CampaignResult
from prefect_expres.campaigns.journal import Row
from prefect_expres.monitoring.best_effort import artifact_key, best_effort
from prefect_expres.monitoring.log import log_step
from prefect_expres.monitoring.progress import SHORTEST_UPDATE

MOST_ROWS_SHOWN = 1000
LONGEST_REASON = 200


class CampaignProgress:
    """A bar with counts and the time left, in the Prefect UI and in the log.

    Args:
        name: The campaign's name.
        total: How many simulations there are.
    """

    def __init__(self, name: str, total: int) -> None:
        self._name = name
        self._total = max(total, 1)
        self._began = time.monotonic()
        self._shown = float("-inf")
        self._artifact: UUID | None = None

    async def show(self, rows: dict[int, Row]) -> None:
        """Show how far it is, at most every few seconds."""
        now = time.monotonic()
        last = len(rows) >= self._total
        if now - self._shown < SHORTEST_UPDATE and not last:
            return
        self._shown = now
        words = self._words(rows)
        log_step("campaign", "%s", words)
        with best_effort():
            await self._draw(100.0 * len(rows) / self._total, f"{self._name}: {words}")

    def _words(self, rows: dict[int, Row]) -> str:
        found, failed = (
            sum(row.state == state for row in rows.values()) for state in ("found", "failed")
        )
        words = [f"{len(rows)} of {self._total}"]
        words += [f"{found} found"] * bool(found) + [f"{failed} failed"] * bool(failed)
        run = len(rows) - found
        left = self._total - len(rows)
        if run and left:
            seconds = (time.monotonic() - self._began) / run * left
            words.append(f"about {timedelta(seconds=round(seconds))} left")
        return ", ".join(words)

    async def _draw(self, percent: float, description: str) -> None:
        if self._artifact is None:
            key = artifact_key("campaign", self._name)
            self._artifact = await acreate_progress_artifact(percent, key, description)
        else:
            await aupdate_progress_artifact(self._artifact, percent, description)


async def show_campaign(name: str, result: CampaignResult) -> None:
    """Put the table of simulations and the summary on the Artifacts page; failures come first."""
    rows = sorted(result.rows, key=lambda row: (row.state != "failed", row.number))
    with best_effort():
        await acreate_table_artifact(
            [_cells(row) for row in rows[:MOST_ROWS_SHOWN]],
            key=artifact_key("simulations", name),
            description=f"{name}: "
            + (
                f"the first {MOST_ROWS_SHOWN} of {len(rows)} simulations"
                if len(rows) > MOST_ROWS_SHOWN
                else f"{len(rows)} simulations"
            ),
        )
    with best_effort():
        await acreate_markdown_artifact(
            _summary(name, result),
            key=artifact_key("summary", name),
            description=f"{name}: summary",
        )


def _cells(row: Row) -> dict[str, str | int | float | None]:
    return {
        "simulation": row.label,
        "state": row.state,
        "why": _shortly(row.error),
        "run time (s)": row.run_seconds,
        "windows": row.windows,
        "results": row.folder,
        "job": row.job_url,
    }


def _summary(name: str, result: CampaignResult) -> str:
    facts: dict[str, object] = {
        "Simulations": result.simulations,
        "Run now": result.completed,
        "Found complete": result.found,
        "Taken from an archive": result.published or None,
        "Empty in preview": result.empty or None,
        "Failed": result.failed,
        "Not begun": result.not_begun,
        "Wall time": timedelta(seconds=round(result.wall_seconds)),
        "Service time": timedelta(seconds=round(result.service_seconds)),
        "Bytes": f"{result.bytes:,}",
        "Readings of the job list": result.list_requests,
        "Index": result.index,
        "Catalogue": result.catalogue,
        "Manifest": result.manifest,
    }
    lines = [f"| {fact} | {value} |" for fact, value in facts.items() if value is not None]
    failures = [f"- {row.label}: {_shortly(row.error)}" for row in result.failures[:20]]
    heading = ["", "## Failures", ""] if failures else []
    return "\n".join([f"# {name}", "", "| | |", "| --- | --- |", *lines, *heading, *failures])


def _shortly(text: str | None) -> str:
    """Put a fault on one line, without what Markdown would take for tags."""
    words = " ".join((text or "").split()).replace("<", "(").replace(">", ")")
    return words if len(words) <= LONGEST_REASON else f"{words[:LONGEST_REASON]} …"
