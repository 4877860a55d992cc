"""What the rows of a campaign tell, and the catalogue of all its windows."""

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from prefect_expres.campaigns.index import CampaignFacts, keep_index
from prefect_expres.campaigns.journal import Row
from prefect_expres.campaigns.plan import RoutinePlan
from prefect_expres.execution import Manifest, PhaseTime, PublishedSource, SimulationResult
from prefect_expres.storage import StoredFile

FACTS = CampaignFacts(
    campaign="c",
    plan=RoutinePlan(first=date(2018, 9, 13), last=date(2018, 9, 14)),
    service="http://127.0.0.1:9",
    branch="master",
    simulations=3,
    wall_seconds=1.5,
    list_requests=3,
)
SOURCE = PublishedSource(
    archive="https://tap.example.org", table="t", obs_id="o", granule_uid="g", access_url="u"
)


def result(**facts: Any) -> SimulationResult:
    """Give a complete simulation."""
    sizes = {"io.cdf": 700, "io.tfcat.json": 20}
    files = [
        StoredFile(name=name, url=f"file:///out/io/{name}", size=size, sha256="0" * 64)
        for name, size in sizes.items()
    ]
    known = Manifest(
        label="io",
        fingerprint="f",
        branch="master",
        run_id="r",
        job_url="http://127.0.0.1:9/1",
        owner=None,
        created=datetime(2026, 1, 1, tzinfo=UTC),
        execution_duration=600,
        package_version="1",
        phases=(),
        files=tuple(files),
        cdf="io.cdf",
    )
    where = {"folder": "file:///out/io", "found": False}
    return SimulationResult(**known.model_dump() | where | facts)


@pytest.mark.parametrize(
    ("facts", "state"),
    [
        ({}, "completed"),
        ({"found": True}, "found"),
        ({"published": SOURCE}, "published"),
        ({"published": SOURCE, "found": True}, "found"),
    ],
)
def test_a_row_tells_what_became_of_a_simulation(facts: dict[str, Any], state: str) -> None:
    """What was found counts as found, wherever it came from once."""
    row = Row.of(7, "my-io", result(**facts))
    assert (row.number, row.label, row.state, row.fingerprint) == (7, "my-io", state, "f")
    assert (row.folder, row.job_url, row.bytes) == ("file:///out/io", "http://127.0.0.1:9/1", 720)
    assert (row.cdf, row.catalogue, row.windows) == ("io.cdf", "io.tfcat.json", None)
    assert Row.of(7, "my-io", result(windows=())).windows == 0


@pytest.mark.parametrize(
    ("phases", "seconds"),
    [
        ({}, None),
        ({"QUEUED": 1.0, "EXECUTING": 3.5}, None),
        ({"QUEUED": 1.0, "EXECUTING": 3.5, "COMPLETED": 9.0}, 5.5),
        ({"COMPLETED": 0.1234567}, 0.123),
    ],
)
def test_a_job_counts_from_its_first_sight_to_its_end(
    phases: dict[str, float], seconds: float | None
) -> None:
    """One that was never seen to execute counts from when it was started."""
    seen = tuple(PhaseTime(phase=phase, seconds=at) for phase, at in phases.items())
    assert Row.of(0, "io", result(phases=seen)).run_seconds == seconds


def catalogue(folder: Path, observer: str, simulation: str) -> Row:
    """Write the catalogue of one arc, and give the row of its simulation."""
    content = {
        "type": "FeatureCollection",
        "fields": {"moon": {"info": "The moon"}},
        "crs": {"type": "local", "properties": {"ref_position_id": observer}},
        "properties": {"simulations": [simulation], "title": "Arcs"},
        "features": [{"id": "Io-1", "properties": {"moon": "Io"}}],
    }
    folder.mkdir()
    (folder / "io.tfcat.json").write_text(json.dumps(content))
    known = {"folder": str(folder), "catalogue": "io.tfcat.json"}
    return Row(number=int(folder.name), label=f"io-{folder.name}", state="found", **known)


async def test_one_catalogue_has_the_arcs_of_all(tmp_path: Path) -> None:
    """Each with its simulation; observers and simulations are named once."""
    told = [("Earth", "s1"), ("Juno", "s2"), ("Earth", "s1")]
    rows = {n: catalogue(tmp_path / str(n), *each) for n, each in enumerate(told)}
    rows[3] = Row(number=3, label="io-3", state="failed")
    kept = await keep_index(str(tmp_path), rows, FACTS)
    assert kept.catalogue is not None
    whole = json.loads((tmp_path / "catalogue.tfcat.json").read_bytes())
    assert [each["id"] for each in whole["features"]] == [f"io-{n}/Io-1" for n in range(3)]
    assert whole["features"][1]["properties"] == {"simulation": "io-1", "moon": "Io"}
    assert list(whole["fields"]) == ["simulation", "moon"]
    assert whole["crs"]["properties"]["ref_position_id"] == "Earth, Juno"
    assert whole["properties"] == {"simulations": ["s1", "s2"], "title": "Arcs"}


async def test_every_end_is_counted(tmp_path: Path) -> None:
    """Without a catalogue of any simulation there is none of all."""
    states = ["published", "empty", "empty", "found", "completed", "failed", "published"]
    rows = {
        number: Row.model_validate({"number": number, "label": "io", "state": state})
        for number, state in enumerate(states)
    }
    kept = await keep_index(str(tmp_path), rows, FACTS)
    assert (kept.completed, kept.found, kept.failed) == (1, 1, 1)
    assert (kept.published, kept.empty) == (2, 2)
    assert kept.catalogue is None
