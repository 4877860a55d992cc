"""An ephemeris file must be for the times of the configuration, or they follow it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from prefect_expres.ephemeris import follow_file, moon_phase, read_track
from prefect_expres.errors import EphemerisError
from prefect_expres.expres import Configuration
from prefect_expres.expres.estimate import cells
from prefect_expres.expres.request import default_label
from tests.ephemeris.test_file_track import START, file
from tests.expres.bounds.changes import apply, third_body

LIGHT_TIME = 8.7e8 / 299_792.458


def asked(
    configuration: dict[str, Any], sctime: str = "201809130000", length: int = 60, count: int = 60
) -> Configuration:
    """Ask for an hour of minutes, unless told otherwise."""
    observer = {"TYPE": "Pre-Defined", "EPHEM": "earth.csv", "SCTIME": sctime}
    times = {"MIN": 0, "MAX": length, "NBR": count}
    content = configuration | {"TIME": times}
    return Configuration.from_mapping(content | {"OBSERVER": content["OBSERVER"] | observer})


@pytest.mark.parametrize(("length", "count"), [(60, 60), (59, 60)])
def test_a_file_for_just_these_times_changes_nothing(
    configuration: dict[str, Any], length: int, count: int
) -> None:
    """MAX is the end of the last step for some, and its start for others."""
    model = asked(configuration, length=length, count=count)
    assert follow_file(model, read_track(file(count=60))) == (model, ())


@pytest.mark.parametrize(
    ("track", "words"),
    [
        (file(START + timedelta(days=7), count=60), "is for another time than asked for"),
        (file(START - timedelta(days=7), count=60), "is for another time than asked for"),
        (file(START + timedelta(minutes=61), count=60), "is for another time than asked for"),
        (file(START - timedelta(minutes=60), count=60), "is for another time than asked for"),
        (file(START + timedelta(minutes=60), count=60), "begins later than asked for"),
        (file(START + timedelta(seconds=62), count=60), "begins later than asked for"),
        (file(START - timedelta(minutes=59), count=60), "ends earlier than asked for"),
        (file(START - timedelta(seconds=2), count=60), "ends earlier than asked for"),
        (file(step=600, count=7), "has longer steps than asked for"),
        (file(step=120, count=60), "has longer steps than asked for"),
    ],
    ids=[
        "a week later",
        "a week before",
        "a minute after the end",
        "until a minute before the start",
        "from the end on",
        "a little late",
        "until the start",
        "a little short",
        "coarse",
        "coarse and long",
    ],
)
def test_a_file_for_other_times_is_refused(
    configuration: dict[str, Any], track: bytes, words: str
) -> None:
    """With what it covers, and what is asked for."""
    times = read_track(track).times
    with pytest.raises(EphemerisError, match=words) as fault:
        follow_file(asked(configuration), read_track(track))
    assert f"It covers {times}; " in str(fault.value)
    assert "2018-09-13 00:00:00 to 2018-09-13 01:00:00 UTC, 60 times" in str(fault.value)


@pytest.mark.parametrize(("early", "count"), [(61, 61), (-1, 60), (0, 60)])
def test_a_file_may_lack_a_step_at_either_end(
    configuration: dict[str, Any], early: int, count: int
) -> None:
    """One step and a second: services round their stamps."""
    track = read_track(file(START + timedelta(seconds=early), count=count))
    model, _ = follow_file(asked(configuration), track)
    assert model.time.nbr == count


@pytest.mark.parametrize("sctime", ["201809130000", ""])
def test_the_step_that_may_lack_is_that_of_the_configuration(
    configuration: dict[str, Any], sctime: str
) -> None:
    """Of steps of two minutes the file may lack 121 s, with a start or without one."""
    model = asked(configuration, sctime, length=60, count=30)
    assert follow_file(model, read_track(file(step=71, count=50)))[0].time.nbr == 50
    with pytest.raises(EphemerisError, match=r"(shorter|earlier) than asked for"):
        follow_file(model, read_track(file(step=71, count=49)))
    assert follow_file(model, read_track(file(count=200)))[0].time.nbr == 200


@pytest.mark.parametrize(("seconds", "overrides"), [(86_461, False), (86_462, True)])
def test_a_day_may_be_longer_by_a_step(
    configuration: dict[str, Any], seconds: int, *, overrides: bool
) -> None:
    """And a second: of as many times each step is a little longer then."""
    rows = [
        f'"{START + timedelta(seconds=seconds * number // 1439):%Y-%m-%d %H:%M:%S}",1,0,8e8'
        for number in range(1440)
    ]
    track = read_track("\n".join([*file().decode().splitlines()[:16], *rows]).encode())
    model = asked(configuration, length=1440, count=1440)
    followed, notes = follow_file(model, track)
    assert (followed != model) is bool(notes) is overrides


def test_184_minutes_are_no_day(configuration: dict[str, Any]) -> None:
    """Also where the start is not written: TIME asks for a day."""
    for sctime in ("201809130000", ""):
        model = asked(configuration, sctime, length=1440, count=1440)
        with pytest.raises(EphemerisError, match=r"(shorter|earlier) than asked for"):
            follow_file(model, read_track(file(count=185)))


def test_a_longer_file_overrides_the_times(configuration: dict[str, Any]) -> None:
    """TIME says so, and with it the expected size; the moons are where they were."""
    model, notes = follow_file(asked(configuration), read_track(file(count=120)))
    assert (model.time.min, model.time.max, model.time.nbr) == (0, 119, 120)
    assert model.observer.sctime == "201809130000"
    assert model.body == asked(configuration).body
    assert cells(model) == 2 * cells(asked(configuration))
    (note,) = notes
    assert note == (
        "The ephemeris overrides SCTIME and TIME: 2018-09-13 00:00:00 to 2018-09-13 01:59:00 UTC, "
        "120 times, 60 s apart; they said 2018-09-13 00:00:00 to 2018-09-13 01:00:00 UTC, "
        "60 times, 61.0169 s apart"
    )


def test_a_finer_file_overrides_the_times(configuration: dict[str, Any]) -> None:
    """Twice as many times."""
    model, notes = follow_file(asked(configuration), read_track(file(step=30, count=120)))
    assert (model.time.max, model.time.nbr) == (59.5, 120)
    assert len(notes) == 1


def test_a_file_that_begins_earlier_moves_start_and_moons(configuration: dict[str, Any]) -> None:
    """Label and folder are those of the day on which it begins, PHASE is that of its start."""
    start = datetime(2018, 9, 12, 23, 0, 30, tzinfo=UTC)
    model, notes = follow_file(asked(configuration), read_track(file(start, count=180)))
    assert model.observer.sctime == "20180912230030"
    assert default_label(model) == "io-earth-20180912"
    (io,) = [body for body in model.body if body.name == "Io"]
    assert io.phase == round(moon_phase("Io", start, LIGHT_TIME), 3)
    assert len(notes) == 2
    assert notes[1] == f"PHASE is set for the start of the ephemeris: Io {io.phase}°"


def test_the_phases_are_those_of_the_first_row(configuration: dict[str, Any]) -> None:
    """Whose light left the planet that long ago, wherever the observer goes then."""
    track = read_track(file(START - timedelta(minutes=30), count=120))
    coming = replace(track, last=track.last._replace(distance=7e4))
    (io,) = [body for body in follow_file(asked(configuration), coming)[0].body if body.motion]
    assert io.phase == round(moon_phase("Io", START - timedelta(minutes=30), LIGHT_TIME), 3)


def test_a_body_that_is_switched_off_holds_nothing_up(configuration: dict[str, Any]) -> None:
    """Wherever it is."""
    content = apply(configuration, third_body(NAME="Amalthea", ON=False))
    track = read_track(file(START - timedelta(minutes=30), count=120))
    assert follow_file(asked(content), track)[0].time.nbr == 120


def test_moons_that_are_not_known_do_not_move(configuration: dict[str, Any]) -> None:
    """Where the start would move, the phase of such a body would be wrong."""
    model = asked(configuration)
    content = model.content()
    content["BODY"][1]["NAME"] = "Amalthea"
    for source in content["SOURCE"]:
        source["SAT"] = "Amalthea"
    other = Configuration.from_mapping(content)
    start = START - timedelta(minutes=30)
    with pytest.raises(EphemerisError, match=r"PHASE of Amalthea is that of OBSERVER\.SCTIME"):
        follow_file(other, read_track(file(start, count=120)))
    assert follow_file(other, read_track(file(count=120)))[0].time.nbr == 120


def test_without_a_start_the_file_says_it(configuration: dict[str, Any]) -> None:
    """So that the label is not that of a file's name; the phases are the user's."""
    model, notes = follow_file(asked(configuration, sctime=""), read_track(file(count=60)))
    assert model.observer.sctime == "201809130000"
    assert model.body == asked(configuration).body
    assert len(notes) == 1
