"""What the rows of a campaign tell, and the catalogue of all its windows."""

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from prefect_expres.campaigns.index import CampaignFacts, CampaignManifest, found_at, keep_index
from prefect_expres.campaigns.journal import Journal, Row
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
    assert rows[3].fingerprint == ""
    kept = await keep_index(str(tmp_path), rows, FACTS)
    assert kept.catalogue is not None
    whole = json.loads((tmp_path / "catalogue.tfcat.json").read_bytes())
    assert [each["id"] for each in whole["features"]] == [f"io-{n}/Io-1" for n in range(3)]
    assert whole["features"][1]["properties"] == {"simulation": "io-1", "moon": "Io"}
    simulation = {"info": "The simulation", "datatype": "str", "ucd": "meta.id"}
    assert list(whole["fields"].items()) == [
        ("simulation", simulation),
        ("moon", {"info": "The moon"}),
    ]
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


async def test_the_table_has_what_rows_tell(tmp_path: Path) -> None:
    """Numbers as numbers, whatever is missing; seconds are those of the jobs that were run now."""
    found = {"state": "found", "run_seconds": 100.0, "windows": 3, "bytes": 5, "folder": "f"}
    rows = {
        2: Row.model_validate({"number": 2, "label": "c", "state": "failed", "error": "no disk"}),
        0: Row.model_validate({"number": 0, "label": "a", "bytes": 7, **_ran(1.0612)}),
        1: Row.model_validate({"number": 1, "label": "b", **found}),
        3: Row.model_validate({"number": 3, "label": "d", **_ran(2.0624)}),
    }
    kept = await keep_index(str(tmp_path), rows, FACTS)
    ordered = [rows[number] for number in range(4)]
    table = pq.read_table(tmp_path / "index.parquet")
    assert table.to_pylist() == [row.model_dump() for row in ordered]
    kinds = {field.name: str(field.type) for field in table.schema if field.type != pa.string()}
    whole = dict.fromkeys(("number", "bytes", "windows"), "int64")
    assert kinds == {**whole, "run_seconds": "double"}
    assert (kept.service_seconds, kept.bytes) == (3.124, 12)
    assert (kept.failures, kept.rows) == ((rows[2],), tuple(ordered))
    written = (tmp_path / "index.json").read_bytes()
    assert written.startswith(b'{\n  "')
    assert CampaignManifest.model_validate_json(written).failures == (rows[2],)
    assert (kept.index, kept.manifest) == (
        f"file://{tmp_path / 'index.parquet'}",
        str(tmp_path / "index.json"),
    )
    assert CampaignFacts(**kept.model_dump(include=set(CampaignFacts.model_fields))) == FACTS
    assert kept.model_copy(update={"simulations": 9}).not_begun == 5


async def test_what_campaigns_have_left_is_found(tmp_path: Path) -> None:
    """The last one that ended, and the rows of each that has not; nothing is no error."""
    assert await found_at(str(tmp_path)) == (None, {})
    rows = [Row(number=number, label="io", state="completed") for number in (16, 1)]
    kept = await keep_index(str(tmp_path), {}, FACTS)
    for row in rows:
        await Journal(str(tmp_path), "under-way").keep(row)
    ended, under_way = await found_at(str(tmp_path))
    assert ended is not None
    assert ended.created == kept.created
    assert under_way == {"under-way": (rows[1], rows[0])}
    earlier = kept.model_dump(mode="json", exclude={"published", "empty", "output", "rows"})
    (tmp_path / "index.json").write_text(json.dumps(earlier))
    ended, _ = await found_at(str(tmp_path))
    assert ended is not None
    assert (ended.published, ended.empty) == (0, 0)
    (tmp_path / "index.json").write_text("{}")
    assert (await found_at(str(tmp_path)))[0] is None


def _ran(seconds: float) -> dict[str, Any]:
    return {"state": "completed", "run_seconds": seconds}
