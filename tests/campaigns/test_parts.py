"""The parts of a campaign that need no server: numbers, parameters of workers, and its manifest."""

from dataclasses import FrozenInstanceError, replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr, ValidationError

from prefect_expres.archive import Archive
from prefect_expres.blocks import ExpresService
from prefect_expres.campaigns.index import CampaignFacts, CampaignManifest, keep_index
from prefect_expres.campaigns.journal import Heartbeat, Row
from prefect_expres.campaigns.plan import FilesPlan, RoutinePlan
from prefect_expres.campaigns.runner import CampaignSettings
from prefect_expres.campaigns.workers import numbers_for, worker_parameters
from prefect_expres.errors import CampaignError
from prefect_expres.execution import RunOptions

PLAN = RoutinePlan(first=date(2018, 9, 13), last=date(2018, 9, 14))
FACTS = CampaignFacts(
    campaign="c",
    plan=PLAN,
    service="http://127.0.0.1:9",
    branch="master",
    simulations=4,
    wall_seconds=1.5,
    list_requests=3,
)


def settings(in_flight: int = 8, max_failures: int | None = 2) -> CampaignSettings:
    """Give the settings of a campaign of a guest."""
    service = ExpresService(base_url="http://127.0.0.1:9")
    options = RunOptions("A" * 22, 700, 50.0, 3)
    return CampaignSettings(service, "out", "master", options, in_flight, max_failures)


def row(number: int, state: str = "completed") -> Row:
    """Give the row of a simulation."""
    return Row.model_validate({"number": number, "label": f"io-{number}", "state": state})


def test_what_a_campaign_tells_does_not_change() -> None:
    """Plans, settings, rows, heartbeats and what was run are values."""
    for value in (PLAN, FilesPlan(configurations=("a.json",)), row(1), Heartbeat(), FACTS):
        with pytest.raises(ValidationError, match="frozen"):
            setattr(value, next(iter(type(value).model_fields)), "other")
    with pytest.raises(FrozenInstanceError):
        settings().in_flight = 1  # type: ignore[misc]


def test_a_worker_begins_with_its_own_part_and_goes_on_with_that_of_others() -> None:
    """Every number once; what others have is taken from the end."""
    assert list(numbers_for(7, 0, 3)) == [0, 3, 6, 5, 4, 2, 1]
    assert list(numbers_for(7, 2, 3)) == [2, 5, 6, 4, 3, 1, 0]
    assert list(numbers_for(2, 2, 3)) == [1, 0]


def test_workers_divide_the_slots() -> None:
    """Each is told the campaign's options; the first ones have one slot more."""
    given = worker_parameters(PLAN, settings(8), "c-1", 3)
    assert [(each["worker"], each["in_flight"]) for each in given] == [(0, 3), (1, 3), (2, 2)]
    del given[1]["worker"], given[1]["in_flight"]
    assert given[1] == {
        "plan": PLAN.model_dump(mode="json"),
        "service": given[0]["service"],
        "output": "out",
        "campaign": "c-1",
        "workers": 3,
        "max_failures": 2,
        "branch": "master",
        "execution_duration": 700,
        "timeout": 50.0,
        "reuse": "verified",
        "archive": None,
        "preview_first": False,
        "attempts": 3,
    }
    assert given[0]["service"]["base_url"] == "http://127.0.0.1:9"
    anew = replace(settings(8), options=RunOptions("A" * 22, exclusive=True))
    assert worker_parameters(PLAN, anew, "c-1", 3)[0]["reuse"] == "never"
    archive = Archive(url="https://tap.example.org/tap")
    told = worker_parameters(PLAN, replace(settings(8), archive=archive), "c-1", 3)[0]
    assert (told["reuse"], told["archive"]["url"]) == ("published", archive.url)


def test_each_worker_needs_a_slot() -> None:
    """Three workers of three slots have one each; of two they are refused."""
    given = worker_parameters(PLAN, settings(3), "c", 3)
    assert [each["in_flight"] for each in given] == [1, 1, 1]
    with pytest.raises(CampaignError, match="in_flight of at least 3, not 2"):
        worker_parameters(PLAN, settings(2), "c", 3)


@pytest.mark.parametrize(
    "secrets",
    [
        {"user": "ann", "token": SecretStr("t")},
        {"proxy": SecretStr("http://me:pa55word@127.0.0.1:8080")},
    ],
    ids=["token", "proxy"],
)
def test_secrets_are_not_handed_on(secrets: dict[str, Any]) -> None:
    """A service with one must be saved, so that workers load it themselves."""
    service = ExpresService(base_url="http://127.0.0.1:9", **secrets)
    owned = CampaignSettings(service, "out", "master", RunOptions("A" * 22), 2, None)
    with pytest.raises(CampaignError, match="Save the service"):
        worker_parameters(PLAN, owned, "c", 2)


def test_workers_number_files_alike(tmp_path: Path) -> None:
    """A pattern is settled before it is handed on: a file that comes later has no number."""
    for name in ("b.json", "a.json"):
        (tmp_path / name).write_text("{}")
    plan = FilesPlan(configurations=(f"{tmp_path}/*.json",))
    given = worker_parameters(plan, settings(), "c", 2)
    assert given[0]["plan"]["configurations"] == [
        f"file://{tmp_path}/a.json",
        f"file://{tmp_path}/b.json",
    ]


@pytest.mark.parametrize("name", ["a[1].json", "a?.json", "a*.json", "a[!b].json"])
def test_a_name_that_reads_like_a_pattern_is_a_name(tmp_path: Path, name: str) -> None:
    """Else a worker would run another file under its number."""
    for each in ("a1.json", name):
        (tmp_path / each).write_text("{}")
    files = FilesPlan(configurations=(tmp_path / "a*.json", tmp_path / "[a]*.json")).settled().files
    assert set(files) == {f"file://{tmp_path}/a1.json", f"file://{tmp_path}/{name}"}
    given = worker_parameters(FilesPlan(configurations=files), settings(), "c", 2)
    assert FilesPlan.model_validate(given[0]["plan"]).files == files
    assert FilesPlan(configurations=(tmp_path / name,)).files == (f"file://{tmp_path}/{name}",)


@pytest.mark.parametrize(
    ("failed", "most", "too_many"), [(2, 2, False), (3, 2, True), (1, 0, True), (99, None, False)]
)
def test_more_failures_than_allowed_are_too_many(
    failed: int, most: int | None, *, too_many: bool
) -> None:
    """As many as allowed are not."""
    assert settings(max_failures=most).too_many_failed(failed) is too_many


async def test_the_manifest_counts_what_became_of_each_simulation(tmp_path: Path) -> None:
    """In the order of the plan; only what was run now counts as service time."""
    rows = {
        2: row(2, "failed"),
        0: row(0).model_copy(update={"run_seconds": 10.0, "bytes": 5}),
        1: row(1, "found").model_copy(update={"run_seconds": 99.0, "bytes": 7}),
    }
    result = await keep_index(str(tmp_path), rows, FACTS)
    assert [each.number for each in result.rows] == [0, 1, 2]
    assert (result.completed, result.found, result.failed, result.not_begun) == (1, 1, 1, 1)
    assert (result.service_seconds, result.bytes) == (10.0, 12)
    assert result.failures == (rows[2],)
    assert CampaignFacts(**result.model_dump(include=set(CampaignFacts.model_fields))) == FACTS
    kept = CampaignManifest.model_validate_json(Path(result.manifest).read_bytes())
    assert kept == CampaignManifest(**result.model_dump(exclude={"output", "rows"}))
