"""What the Prefect UI shows of an identification: its arcs, its figure and a summary."""

import base64
import posixpath
from collections.abc import Iterator, Sequence

from prefect.artifacts import (
    acreate_image_artifact,
    acreate_markdown_artifact,
    acreate_table_artifact,
)

from prefect_expres.identification.findings import Finding, Identification
from prefect_expres.monitoring.best_effort import artifact_key, best_effort
from prefect_expres.net.url import shown_url

_MOST_SHOWN = 100
"""Rows of the table that people read; the file has all."""


async def show_identification(
    made: Identification, findings: Sequence[Finding], picture: bytes
) -> None:
    """Put the table of arcs, the figure and the summary on the Artifacts page.

    Args:
        made: The identification.
        findings: What is found of every arc.
        picture: The figure as PNG.
    """
    label = posixpath.basename(made.folder)
    title = f"{made.target} from {made.observer}, {made.start:%Y-%m-%d %H:%M}"
    seen = [each for each in findings if each.emission or each.named][:_MOST_SHOWN]
    with best_effort():
        await acreate_table_artifact(
            [_row(each) for each in seen],
            key=artifact_key("arcs", label),
            description=f"{title}: simulated arcs where emission stands",
        )
    with best_effort():
        await acreate_image_artifact(
            f"data:image/png;base64,{base64.b64encode(picture).decode()}",
            key=artifact_key("overlay", label),
            description=f"{title}: the observation, with the arcs that explain it",
        )
    with best_effort():
        await acreate_markdown_artifact(
            "\n\n".join(_summary(made, title)),
            key=artifact_key("identification", label),
            description=f"{title}: summary",
        )


def _row(finding: Finding) -> dict[str, object]:
    return {
        "candidate": finding.candidate,
        "predicted (UTC)": f"{finding.start:%Y-%m-%d %H:%M} to {finding.end:%H:%M}",
        "MHz": f"{finding.fmin:.2f}-{finding.fmax:.2f}",
        "observed": f"{finding.observed:.0%}",
        "false alarms": f"{finding.false_alarm:.2g}",
        "later (min)": finding.shift_told,
        "named": "named" if finding.named else "",
    }


def _summary(made: Identification, title: str) -> Iterator[str]:
    yield f"# {title}"
    yield f"Searched for: {made.arcs} arcs, models: {len(made.models)}."
    yield "\n".join(f"- {each.told}" for each in made.named) or "No emission was identified."
    yield f"Files in `{shown_url(made.folder)}`:"
    yield "\n".join(f"- {name}" for name in made.files)
    if made.missing:
        yield "## Not simulated"
        yield "\n".join(f"- {each.label}: `{_line(each.error)}`" for each in made.missing)


def _line(text: str) -> str:
    return " ".join(text.replace("`", "'").split())
