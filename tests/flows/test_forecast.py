"""The flow `forecast` on a real Prefect server, with the real engine and with an obedient one."""

import hashlib
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, get_args

import pytest
from prefect import get_client

from prefect_expres.analysis import find_observatory
from prefect_expres.analysis.observatories import OBSERVATORIES, elevation
from prefect_expres.blocks import ExpresService
from prefect_expres.errors import CampaignError
from prefect_expres.execution.view import missing_for_analysis
from prefect_expres.flows.forecast import Site, forecast
from prefect_expres.forecasts.forecast import (
    PAGE,
    Forecast,
    Interest,
    forecasts_of,
    read_forecast,
)
from prefect_expres.sandbox.serving import SandboxServer
from prefect_expres.storage.publish import LATEST, read_published
from tests.support import loopback
from tests.support.processes import SELDOM, PrefectServer, until
from tests.support.quick import SUPPORT

SKY_RUN = str(SUPPORT / "sky_run.py")
DAY = date(2036, 1, 3)
"""A day to come, when Jupiter is up in the evening: what is over is not announced."""


class Sky:
    """A sandbox whose simulations show the same every day, unless they are told to fail.

    Args:
        folder: Folder of its data.
    """

    def __init__(self, folder: Path) -> None:
        self._orders = folder / "orders"
        self.fail()
        command = (sys.executable, SKY_RUN, str(self._orders))
        self.server = SandboxServer(folder / "sandbox", command=command)
        self.service = ExpresService(base_url=self.server.url)

    def fail(self, *names: str) -> None:
        """Have the simulations fail whose names begin so."""
        self._orders.write_text("\n".join(names))


@pytest.fixture
def sky(tmp_path: Path) -> Iterator[Sky]:
    """Serve an obedient sandbox."""
    sky = Sky(tmp_path)
    with sky.server:
        yield sky


def appeared(server: PrefectServer, observatory: str, since: datetime, count: int) -> list[Any]:
    """Wait for so many events of windows of an observatory, and give all, oldest first."""
    asked = {
        "filter": {
            "event": {"name": ["expres.window.appeared"]},
            "occurred": {"since": since.isoformat()},
            "any_resource": {"id_prefix": [f"expres.window.{observatory}."]},
            "order": "ASC",
        },
        "limit": 50,
    }

    def events() -> list[Any]:
        answer = loopback.post(f"{server.api_url}/events/filter", json=asked)
        return list(answer.raise_for_status().json()["events"])

    until(lambda: len(events()) >= count, "the events of windows", server.process, every=SELDOM)
    return events()


def assert_published(root: Path, expected: Forecast) -> None:
    """Check that the latest forecast is this one, and that all its files are there and whole."""
    latest = root / "latest"
    assert Forecast.model_validate_json((latest / "forecast.json").read_bytes()) == expected
    assert latest.resolve() == root / expected.folder
    for file in expected.files:
        content = (latest / file.name).read_bytes()
        assert (len(content), hashlib.sha256(content).hexdigest()) == (file.size, file.sha256)
    assert {path.name for path in latest.iterdir()} == {
        "forecast.json",
        *(file.name for file in expected.files),
    }


async def test_what_the_engine_shows_is_forecast(
    server: PrefectServer, engine_sandbox: SandboxServer, tmp_path: Path
) -> None:
    """Windows are within the band while Jupiter is up; a second forecast runs nothing anew."""
    service, place = ExpresService(base_url=engine_sandbox.url), find_observatory("NenuFAR")
    began, output = datetime.now(UTC), str(tmp_path / "out")
    asked = {"service": service, "output": output, "start": DAY}
    first = await forecast("NenuFAR", ("Io",), 1, **asked)
    assert first.windows
    assert not first.missing
    for window in first.windows:
        assert place.fmin <= window.fmin <= window.fmax <= place.fmax
        for moment in (window.start, window.end):
            assert elevation(place, "Jupiter", moment) > place.min_elevation - 0.5
    assert_published(tmp_path / "out" / "nenufar", first)

    wanted = [window for window in first.windows if Interest().includes(window)]
    assert wanted
    events = appeared(server, "nenufar", began, len(wanted))
    assert [event["resource"]["prefect.resource.id"] for event in events] == [
        f"expres.window.nenufar.{window.name}" for window in wanted
    ]
    payload = events[0]["payload"]
    assert datetime.fromisoformat(payload["start"]) == wanted[0].start
    assert payload["forecast"].endswith(f"/{first.folder}/forecast.json")

    created = engine_sandbox.created_count()
    again = await forecast("NenuFAR", ("Io",), 1, **asked)
    assert engine_sandbox.created_count() == created
    assert (again.windows, again.simulations) == (first.windows, first.simulations)
    assert again.folder != first.folder
    assert_published(tmp_path / "out" / "nenufar", again)
    assert len(appeared(server, "nenufar", began, len(wanted))) == len(wanted)


async def test_what_is_missing_is_told_and_comes_later(
    server: PrefectServer, sky: Sky, tmp_path: Path
) -> None:
    """A forecast holds what there is; the next one runs what was missing, and tells what is new."""
    began, output = datetime.now(UTC), str(tmp_path / "out")
    asked = {"service": sky.service, "output": output, "start": DAY, "attempts": 1}
    sky.fail("earth-europa-20360104")
    part = await forecast("LOFAR", ("Io", "Europa"), 2, **asked)
    assert [(each.moon, each.day) for each in part.missing] == [("Europa", date(2036, 1, 4))]
    assert "JobFailed" in str(part.missing[0].error)
    assert [(each.source, each.start.date()) for each in part.windows] == [
        ("Europa", DAY),
        ("Io", DAY),
        ("Io", date(2036, 1, 4)),
    ]
    assert_published(tmp_path / "out" / "lofar", part)
    assert len(appeared(server, "lofar", began, 3)) == 3

    sky.fail()
    created = sky.server.created_count()
    whole = await forecast("LOFAR", ("Io", "Europa"), 2, **asked, keep=2)
    assert sky.server.created_count() == created + 1
    assert not whole.missing
    assert len(whole.windows) == 4
    events = appeared(server, "lofar", began, 4)
    assert len(events) == 4
    assert events[-1]["payload"]["source"] == "Europa"
    assert events[-1]["payload"]["start"] == "2036-01-04T17:00:00Z"

    other = await forecast("NDA", ("Io", "Europa"), 2, **asked)
    assert sky.server.created_count() == created + 1
    assert other.observatory == "NDA"
    assert_published(tmp_path / "out" / "lofar", whole)
    third = await forecast("LOFAR", ("Io", "Europa"), 2, **asked, keep=2)
    folders = {path.name for path in (tmp_path / "out" / "lofar").iterdir()}
    assert folders == {"latest", "announced.json", whole.folder, third.folder}


async def test_without_any_simulation_the_latest_stays(sky: Sky, tmp_path: Path) -> None:
    """Nothing is published where nothing could be simulated, and the error says where to look."""
    asked = {"service": sky.service, "output": "memory://" + tmp_path.name, "attempts": 1}
    before = await forecast("NenuFAR", ("Io",), 1, **asked, start=DAY)
    sky.fail("earth")
    with pytest.raises(CampaignError, match=r"All 2 simulations failed.* stays the latest"):
        await forecast("NenuFAR", ("Io",), 2, **asked, start=date(2036, 1, 10))
    assert await read_forecast(asked["output"], "NenuFAR") == before
    page = await read_published(forecasts_of(asked["output"], "NenuFAR"), f"{LATEST}/{PAGE}")
    assert page is not None
    assert f"../{before.folder}/windows.ics".encode() in page


async def test_interest_is_asked_for(server: PrefectServer, sky: Sky, tmp_path: Path) -> None:
    """Windows that are too short, or of other moons, are forecast without an event."""
    began = datetime.now(UTC)
    asked = {"service": sky.service, "output": str(tmp_path / "out"), "start": DAY}
    some = Interest(minutes=120, mhz=30, moons=("Ganymede",))
    made = await forecast("NenuFAR", ("Io", "Ganymede"), 1, **asked, interest=some)
    assert len(made.windows) == 2
    (event,) = appeared(server, "nenufar", began, 1)
    assert event["payload"]["source"] == "Ganymede"
    assert event["payload"]["minutes"] == 120
    none = some.model_copy(update={"minutes": 121, "moons": ()})
    await forecast("NenuFAR", ("Io", "Ganymede"), 1, **asked, interest=none)
    more = some.model_copy(update={"moons": ()})
    await forecast("NenuFAR", ("Io", "Ganymede"), 1, **asked, interest=more)
    assert [each["payload"]["source"] for each in appeared(server, "nenufar", began, 2)] == [
        "Ganymede",
        "Io",
    ]


async def test_what_is_over_is_no_news(server: PrefectServer, sky: Sky, tmp_path: Path) -> None:
    """The windows of days that have passed are forecast without events."""
    began, asked = datetime.now(UTC), {"service": sky.service, "output": str(tmp_path / "out")}
    past = await forecast("OVRO-LWA", ("Io",), 1, **asked, start=date(2024, 7, 1))
    assert past.windows
    coming = await forecast("OVRO-LWA", ("Io",), 1, **asked, start=date(2036, 7, 1))
    assert coming.windows
    (event,) = appeared(server, "ovro-lwa", began, 1)
    assert event["payload"]["start"].startswith("2036-07-01")


async def test_it_starts_today_and_its_run_says_what_it_is(sky: Sky, tmp_path: Path) -> None:
    """Without a day the forecast begins today, in UTC, and the run is named by that."""
    before = datetime.now(UTC).date()
    state = await forecast(
        "NenuFAR", ("Io",), 1, service=sky.service, output=str(tmp_path), return_state=True
    )
    made = await state.aresult()
    assert before <= made.first == made.last <= datetime.now(UTC).date()
    async with get_client() as client:
        run = await client.read_flow_run(state.state_details.flow_run_id)
    assert run.name == f"forecast-nenufar-{made.first:%Y%m%d}"


def test_every_known_observatory_can_be_chosen() -> None:
    """The form of the flow offers what the analysis knows."""
    assert get_args(get_args(Site)[0]) == tuple(each.name for each in OBSERVATORIES)


def test_what_the_analysis_lacks_is_named_with_its_cure() -> None:
    """The message names what is missing, and what brings it."""
    assert missing_for_analysis() is None
    assert missing_for_analysis(("json", "no_such_module")) == (
        "no_such_module is not installed; pip install 'prefect-expres[analysis]' brings it"
    )
