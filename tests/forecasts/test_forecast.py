"""Forecasts: which windows are new, and what is published of simulations."""

import csv
import hashlib
import io
import json
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from icalendar import Calendar
from lxml import html
from pydantic import ValidationError

from prefect_expres.analysis.windows import Window
from prefect_expres.errors import ResultError
from prefect_expres.forecasts.forecast import (
    ANNOUNCED,
    CALENDAR,
    CATALOGUE,
    FIGURE,
    INDEX,
    PAGE,
    TABLE,
    Announced,
    Forecast,
    Interest,
    PublishedFile,
    Simulated,
    appeared,
    read_forecast,
)
from prefect_expres.forecasts.products import KINDS, make_forecast
from prefect_expres.storage.publish import read_published
from tests.support.forecasts import START, facts
from tests.support.result_files import Result, nothing, write

MINUTE = timedelta(minutes=1)


def window(minutes: float = 0, lasts: float = 60, **changes: Any) -> Window:
    """Give a window of Io that starts so many minutes after `START`."""
    start = START + minutes * MINUTE
    facts = {"source": "Io", "hemisphere": "north", "polarization": "RH", "fmin": 10, "fmax": 30}
    return Window(**{**facts, "start": start, "end": start + lasts * MINUTE, **changes})


def forecast(*windows: Window) -> Forecast:
    """Return a forecast of a day."""
    return Forecast(**dict(facts("NenuFAR")), windows=windows, files=())


def test_files_have_the_names_that_others_rely_on() -> None:
    """Calendars are subscribed to, pages linked, and the notes read by the next forecast."""
    assert [INDEX, PAGE, FIGURE] == ["forecast.json", "index.html", "overview.png"]
    assert [TABLE, CALENDAR] == ["windows.csv", "windows.ics"]
    assert [CATALOGUE, ANNOUNCED] == ["windows.tfcat.json", "announced.json"]


def test_what_a_forecast_says_does_not_change() -> None:
    """Its facts, its files and what is of interest are values."""
    for value in (
        Simulated(label="io", moon="Io", day=START.date()),
        PublishedFile(name="a", size=1, sha256="0"),
        Interest(),
        facts("NDA"),
        forecast(window()),
    ):
        with pytest.raises(ValidationError, match="frozen"):
            setattr(value, next(iter(type(value).model_fields)), "other")


@pytest.mark.parametrize(
    ("other", "new"),
    [
        (window(1), False),
        (window(-59), False),
        (window(0, 20), False),
        (window(70, 60), False),
        (window(75, 60), False),
        (window(76, 60), True),
        (window(-75, 60), False),
        (window(-76, 60), True),
        (window(90, 60), True),
        (window(-90, 60), True),
        (window(hemisphere="south", polarization="LH"), True),
        (window(source="Europa"), True),
        (window(24 * 60), True),
    ],
)
def test_a_window_that_shifts_is_not_new(other: Window, *, new: bool) -> None:
    """It is known by its source and its time, give or take some minutes."""
    assert appeared([other], [window()]) == ([other] if new else [])


def test_interest_asks_for_length_frequency_and_moon() -> None:
    """A window must last long enough, reach high enough, and be of a moon that is asked for."""
    interest = Interest(minutes=30, mhz=25, moons=("Io",))
    assert interest.includes(window(lasts=30, fmax=25))
    assert not interest.includes(window(lasts=29))
    assert not interest.includes(window(fmax=24.9))
    assert not interest.includes(window(source="Europa"))
    assert Interest().includes(window(lasts=30, fmax=15, source="Europa"))
    assert not Interest().includes(window(lasts=29.5, fmax=15))
    assert not Interest().includes(window(lasts=30, fmax=14.9))
    for name in ("minutes", "mhz"):
        with pytest.raises(ValidationError, match="greater than or equal to 0"):
            Interest.model_validate({name: -1})
    with pytest.raises(ValidationError, match="Extra inputs"):
        Interest.model_validate({"minute": 30})
    assert Interest(minutes=0, mhz=0).includes(window(source="Europa", lasts=1, fmax=1))


@pytest.mark.parametrize("system", ["file", "memory"])
async def test_a_window_is_news_once(system: str, tmp_path: Path) -> None:
    """It stays known though a forecast between does not have it, and until its day is over."""
    root = str(tmp_path) if system == "file" else f"memory://{tmp_path.name}"

    async def news(made: Forecast) -> list[Window]:
        announced = Announced(root)
        found = await announced.new_windows(made, Interest())
        await announced.add(made, found)
        return found

    first, second = window(), window(300)
    assert await news(forecast(first)) == [first]
    assert await news(forecast(second)) == [second]
    assert await news(forecast(window(2), window(301))) == []
    dull, over = window(600, lasts=5), window(-60, lasts=60, source="Europa")
    assert await news(forecast(dull, over)) == []
    ending = window(-60, lasts=60 + 1 / 60, source="Europa")
    assert await news(forecast(ending)) == [ending]
    notes = await read_published(root, ANNOUNCED)
    assert notes is not None
    assert notes.startswith(b"[\n {\n  ")
    later = forecast(window(24 * 60)).model_copy(update={"first": date(2024, 1, 2)})
    assert await news(later) == [window(24 * 60)]
    assert await news(forecast(first)) == [first]


async def test_news_that_were_not_noted_come_again(tmp_path: Path) -> None:
    """A process that is killed between the event and its note announces it again."""
    made = forecast(window())
    assert await Announced(str(tmp_path)).new_windows(made, Interest()) == [window()]
    assert await Announced(str(tmp_path)).new_windows(made, Interest()) == [window()]


async def test_what_cannot_be_read_is_made_anew(tmp_path: Path) -> None:
    """Notes that are none have all announced once more; a forecast that is none is an error."""
    (tmp_path / ANNOUNCED).write_text("[{}]")
    assert await Announced(str(tmp_path)).new_windows(forecast(window()), Interest()) == [window()]
    latest = tmp_path / "nenufar" / "latest"
    assert await read_forecast(str(tmp_path), "NenuFAR") is None
    latest.mkdir(parents=True)
    (latest / INDEX).write_bytes(forecast(window()).model_dump_json().encode())
    assert await read_forecast(str(tmp_path), "NenuFAR") == forecast(window())
    (latest / INDEX).write_text("{}")
    with pytest.raises(ResultError, match="make a new one"):
        await read_forecast(str(tmp_path), "NenuFAR")


def cdf(tmp_path: Path, day: int) -> str:
    """Write a day of Io, which is seen from 18 h to the end of the day at 20 and 40 MHz."""
    visible = nothing(steps=1440)
    visible[18 * 60 :, 1:3, 0] = True
    if day:
        visible[:10, 1, 0] = True
    result = Result(visible, step=60.0, frequency=(5.0, 20.0, 40.0, 90.0), day=day)
    return write(result, tmp_path / f"{day}.cdf").as_uri()


def test_the_files_tell_the_same_windows(tmp_path: Path) -> None:
    """Table, calendar and catalogue hold the windows of the forecast, joined over midnight."""
    first, last = date(2024, 1, 1), date(2024, 1, 2)
    simulations = [
        Simulated(label="io-1", moon="Io", day=first, folder="a"),
        Simulated(label="io-2", moon="Io", day=last, folder="b"),
        Simulated(label="europa-2", moon="Europa", day=last, error="JobFailed: no"),
    ]
    made, contents = make_forecast(
        [cdf(tmp_path, 0), cdf(tmp_path, 1)],
        facts("nenufar", *simulations, moons=("Io", "Europa"), last=last),
    )
    assert Forecast.model_validate_json(contents[INDEX]) == made
    assert set(contents) == {*KINDS, PAGE} == {TABLE, CALENDAR, CATALOGUE, FIGURE, INDEX, PAGE}
    assert made.missing == (simulations[2],)
    assert made.observatory == "NenuFAR"
    assert [(each.start.isoformat(), each.end.isoformat()) for each in made.windows] == [
        ("2024-01-01T18:00:00+00:00", "2024-01-02T00:10:00+00:00"),
        ("2024-01-02T18:00:00+00:00", "2024-01-03T00:00:00+00:00"),
    ]
    starts = [each.start for each in made.windows]
    table = list(csv.DictReader(io.StringIO(contents[TABLE].decode())))
    assert [datetime.fromisoformat(row["start"]) for row in table] == starts
    events = Calendar.from_ical(contents[CALENDAR]).walk("VEVENT")
    assert [event["dtstart"].dt for event in events] == starts
    assert {str(event["location"]) for event in events} == {"NenuFAR"}
    assert {event["dtstamp"].dt for event in events} == {START}
    features = json.loads(contents[CATALOGUE])["features"]
    assert [feature["id"] for feature in features] == [each.name for each in made.windows]
    assert contents[FIGURE].startswith(b"\x89PNG")
    rows = html.fromstring(contents[PAGE]).xpath("//tr[@id]")
    assert [row.get("id") for row in rows] == [each.name for each in made.windows]
    assert {file.name: (file.size, file.sha256) for file in made.files} == {
        name: (len(content), hashlib.sha256(content).hexdigest())
        for name, content in contents.items()
        if name != INDEX
    }


def test_nothing_to_be_seen_is_a_forecast(tmp_path: Path) -> None:
    """Where nothing is visible, the files are there and empty."""
    result = Result(nothing(steps=1440), step=60.0, frequency=(5.0, 20.0, 40.0, 90.0))
    day = date(2024, 1, 1)
    made, contents = make_forecast(
        [write(result, tmp_path / "nothing.cdf").as_uri()],
        facts("NDA", Simulated(label="io", moon="Io", day=day, folder="a")),
    )
    assert made.windows == ()
    assert contents[TABLE].decode().count("\n") == 1
    assert json.loads(contents[CATALOGUE])["features"] == []
    assert not Calendar.from_ical(contents[CALENDAR]).walk("VEVENT")


@pytest.mark.slow
def test_the_picture_shows_what_is_missing(tmp_path: Path) -> None:
    """Nothing to be seen looks otherwise than nothing simulated."""
    result = Result(nothing(steps=1440), step=60.0, frequency=(5.0, 20.0, 40.0, 90.0))
    cdfs, day = [write(result, tmp_path / "nothing.cdf").as_uri()], date(2024, 1, 1)
    there = Simulated(label="io", moon="Io", day=day, folder="a")
    lost = there.model_copy(update={"folder": None, "error": "no disk"})
    pictures = {make_forecast(cdfs, facts("NDA", each))[1][FIGURE] for each in (there, lost, there)}
    assert len(pictures) == 2
