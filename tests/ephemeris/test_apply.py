"""An ephemeris is put into a configuration: observer, times and moons."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest

from prefect_expres.ephemeris import (
    AnalyticEphemeris,
    Ephemeris,
    Span,
    moon_phase,
    prepare_ephemeris,
    read_csv,
    span_of,
    to_csv,
    with_asked_phases,
    with_observer,
)
from prefect_expres.ephemeris.apply import file_name
from prefect_expres.errors import EphemerisError
from prefect_expres.expres import Configuration
from prefect_expres.net.clock import MonotonicClock
from tests.ephemeris.de440 import DAY, EARTH
from tests.expres.bounds.changes import AURORAL, apply, named, third_body


def changed(content: dict[str, Any], sctime: str = "201809130000", **time: Any) -> Configuration:
    """Give the configuration another start and other times."""
    observer = content["OBSERVER"] | {"SCTIME": sctime}
    return Configuration.from_mapping(content | {"OBSERVER": observer, "TIME": {"MIN": 0} | time})


@pytest.mark.parametrize(
    ("time", "step"),
    [
        ({"MAX": 1440, "NBR": 1440}, 60),
        ({"MAX": 1439, "NBR": 1440}, 60),
        ({"MAX": 60, "NBR": 7200}, None),
        ({"MAX": 719, "NBR": 720}, 60),
        ({"MAX": 120.0, "NBR": 240}, 30),
        ({"MAX": 12, "NBR": 10}, 72),
        ({"MAX": 0.15, "NBR": 9}, 1),
        ({"MAX": 0.15, "NBR": 10}, 1),
        ({"MAX": 0.15, "NBR": 8}, None),
    ],
)
def test_times_are_those_of_the_configuration(
    configuration: dict[str, Any], time: dict[str, Any], step: int | None
) -> None:
    """The step is in whole seconds, by NBR or by NBR - 1; where none fits, the error says so."""
    model = changed(configuration, **time)
    if step is None:
        with pytest.raises(EphemerisError, match="change MAX or NBR"):
            span_of(model)
    else:
        found = span_of(model)
        assert found == Span(DAY, step, time["NBR"])
        assert type(found.step) is int


@pytest.mark.parametrize(
    ("sctime", "start"),
    [
        ("201809130000", DAY),
        ("20180913000000", DAY),
        ("201809131234", DAY + timedelta(hours=12, minutes=34)),
        ("20180913123456", DAY + timedelta(hours=12, minutes=34, seconds=56)),
    ],
)
def test_the_start_is_that_of_the_configuration(
    configuration: dict[str, Any], sctime: str, start: datetime
) -> None:
    """With seconds or without."""
    assert span_of(changed(configuration, sctime, MAX=10, NBR=10)) == Span(start, 60, 10)


@pytest.mark.parametrize(
    ("sctime", "word"),
    [
        ("", "write there when it begins"),
        ("2018-09-13", "write there when it begins"),
        ("2018091300000", "write there when it begins"),
        ("201809130000000", "write there when it begins"),
        ("201813130000", "is not a date"),
        ("20180913000060", "is not a date"),
    ],
)
def test_start_is_needed(configuration: dict[str, Any], sctime: str, word: str) -> None:
    """Without a start there is nothing to compute."""
    model = changed(configuration, MAX=10, NBR=10)
    observer = model.observer.model_copy(update={"sctime": sctime})
    with pytest.raises(EphemerisError, match=rf"^OBSERVER\.SCTIME: '{sctime}'.* {word}"):
        span_of(model.model_copy(update={"observer": observer}))


def test_times_are_counted_from_the_first(configuration: dict[str, Any]) -> None:
    """The rules want 0 there; elsewhere the difference counts."""
    model = changed(configuration, MAX=70, NBR=10)
    time = model.time.model_copy(update={"min": 60})
    assert span_of(model.model_copy(update={"time": time})) == Span(DAY, 60, 10)


@pytest.mark.parametrize("latest", [0, -10])
def test_times_that_go_backwards_are_refused(configuration: dict[str, Any], latest: int) -> None:
    """Or do not go at all."""
    model = changed(configuration, MAX=10, NBR=10)
    time = model.time.model_copy(update={"max": latest})
    with pytest.raises(EphemerisError, match=f"^TIME: 10 times in {latest} minutes are not whole"):
        span_of(model.model_copy(update={"time": time}))


async def test_observer_times_and_moons_are_set(configuration: dict[str, Any]) -> None:
    """Io stands where it was when the light left; what is written is read as the same position."""
    model = changed(configuration, MAX=1440, NBR=1440)
    computed = await prepare_ephemeris(AnalyticEphemeris(), span_of(model))
    placed = with_observer(model, read_csv(to_csv(computed)))
    observer = placed.observer
    assert (observer.type, observer.ephem) == ("Pre-Defined", "earth-jupiter-20180913.csv")
    assert (placed.time.min, placed.time.max, placed.time.nbr) == (0, 1439, 1440)
    (io,) = (body for body in placed.body if body.name == "Io")
    assert io.phase == pytest.approx(319.616, abs=0.06)
    assert read_csv(to_csv(computed)).points[0].longitude == pytest.approx(228.50335, abs=0.005)


def still(span: Span, observer: str = "Juno") -> Ephemeris:
    """Give an observer that stands still."""
    return Ephemeris(span, (EARTH[DAY],) * span.count, "test", observer)


def test_nothing_else_is_changed(configuration: dict[str, Any]) -> None:
    """Of two moons each gets its own phase, to a thousandth of a degree; Jupiter keeps its own."""
    jupiter, io = configuration["BODY"]
    europa = io | {"NAME": "Europa", "PHASE": 1}
    number = configuration["NUMBER"] | {"BODY": 3}
    content = configuration | {"BODY": [jupiter, io, europa], "NUMBER": number}
    placed = with_observer(changed(content, MAX=10, NBR=10), still(Span(DAY, 30, 8))).content()
    wanted = changed(content, MAX=10, NBR=10).content()
    light_time = EARTH[DAY].distance / 299_792.458
    wanted["OBSERVER"] |= {"TYPE": "Pre-Defined", "EPHEM": "juno-jupiter-20180913.csv"}
    wanted["TIME"] |= {"MIN": 0, "MAX": 3.5, "NBR": 8}
    wanted["BODY"][1]["PHASE"] = round(moon_phase("Io", DAY, light_time), 3)
    wanted["BODY"][2]["PHASE"] = round(moon_phase("Europa", DAY, light_time), 3)
    assert placed == wanted
    assert placed["OBSERVER"]["SC"] == "Earth"
    assert [body["PHASE"] for body in placed["BODY"]] == [0, 319.616, 88.648]


def test_a_moon_is_that_of_the_first_time_and_of_its_own_planet(
    configuration: dict[str, Any],
) -> None:
    """The light of the first row counts; a body of that name elsewhere is no moon that is known."""
    jupiter, io = configuration["BODY"]
    others = [io | {"NAME": "Titan", "PHASE": 7}, io | {"NAME": "Europa", "PARENT": "Io"}]
    number = configuration["NUMBER"] | {"BODY": 4}
    content = configuration | {"BODY": [jupiter, io, *others], "NUMBER": number}
    far, near = EARTH[DAY], EARTH[DAY]._replace(distance=100_000.0)
    coming = Ephemeris(Span(DAY, 60, 10), (far, *[near] * 9), "test", "Juno")
    placed = with_observer(changed(content, MAX=10, NBR=10), coming)
    assert [body.phase for body in placed.body] == [0, 319.616, 7, io["PHASE"]]


@pytest.mark.parametrize(
    ("later", "sctime"),
    [
        (timedelta(0), "20180913000000"),
        (timedelta(hours=1), "201809130100"),
        (timedelta(seconds=-30), "20180912235930"),
        (timedelta(seconds=30), "20180913000030"),
    ],
)
def test_the_start_becomes_that_of_the_ephemeris(
    configuration: dict[str, Any], later: timedelta, sctime: str
) -> None:
    """The same start stays as it is written."""
    model = changed(configuration, "20180913000000", MAX=10, NBR=10)
    placed = with_observer(model, still(Span(DAY + later, 60, 10)))
    assert placed.observer.sctime == sctime


def test_whole_minutes_are_written_as_whole_numbers(configuration: dict[str, Any]) -> None:
    """As people write them."""
    model = changed(configuration, MIN=1, MAX=11, NBR=10)
    placed = with_observer(model, still(Span(DAY, 30, 9)))
    assert placed.content()["TIME"] == {"MIN": 0, "MAX": 4, "NBR": 9}
    assert isinstance(placed.content()["TIME"]["MAX"], int)


def test_an_observer_without_a_name_gets_that_of_the_ephemeris(
    configuration: dict[str, Any],
) -> None:
    """One that has a name keeps it."""
    content = configuration | {"OBSERVER": configuration["OBSERVER"] | {"SC": ""}}
    placed = with_observer(changed(content, MAX=10, NBR=10), still(Span(DAY, 60, 10)))
    assert placed.observer.sc == "Juno"


@pytest.mark.parametrize(
    ("observer", "name"),
    [
        ("Earth", "earth-jupiter-20180913.csv"),
        ("EARTH", "earth-jupiter-20180913.csv"),
        ("-61", "61-jupiter-20180913.csv"),
        ("Voyager 1", "voyager-1-jupiter-20180913.csv"),
        ("../a_B (c)", "a-b-c-jupiter-20180913.csv"),
    ],
)
def test_files_are_named_by_observer_planet_and_day(observer: str, name: str) -> None:
    """In lower case, which ExPRES needs for csv, and without anything that a path could hold."""
    assert file_name(still(Span(DAY, 60, 7), observer)) == name


async def test_other_planets_are_refused(configuration: dict[str, Any]) -> None:
    """An ephemeris about Jupiter does not fit the observer of another planet."""
    text = json.dumps(configuration).replace('"Jupiter"', '"Saturn"')
    model = Configuration.parse(text.replace("JRM09+Connerney CS", "Z3"))
    computed = await prepare_ephemeris(AnalyticEphemeris(), Span(DAY, 60, 10))
    with pytest.raises(EphemerisError, match="about Jupiter"):
        with_observer(model, computed)


async def test_only_moons_that_are_unknown_here_and_used_are_asked_for(
    configuration: dict[str, Any],
) -> None:
    """Titan is computed here, and a Hyperion that is switched off needs no phase."""
    content = apply(configuration, AURORAL | third_body(NAME="Titan", PHASE=5) | named("Saturn"))
    content = apply(content, {"BODY[2].PARENT": "Saturn", "BODY[0].MAG": "SPV"})
    content["BODY"][1] |= {"NAME": "Hyperion", "ON": False}
    model = Configuration.from_mapping(content)
    made = Ephemeris(Span(DAY, 60, 7), (EARTH[DAY],) * 7, "test", "Earth", "Saturn")
    source = AnalyticEphemeris(center="Saturn")
    assert await with_asked_phases(model, made, source, MonotonicClock()) == (model, ())
