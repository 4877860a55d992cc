"""An ephemeris is put into a configuration: observer, times and moons."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from prefect_expres.ephemeris import (
    AnalyticEphemeris,
    Span,
    prepare_ephemeris,
    read_csv,
    span_of,
    to_csv,
    with_observer,
)
from prefect_expres.errors import EphemerisError
from prefect_expres.expres import Configuration

DAY = datetime(2018, 9, 13, tzinfo=UTC)


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
        assert span_of(model) == Span(DAY, step, time["NBR"])


@pytest.mark.parametrize("sctime", ["", "2018-09-13", "201813130000"])
def test_start_is_needed(configuration: dict[str, Any], sctime: str) -> None:
    """Without a start there is nothing to compute."""
    content = configuration | {"OBSERVER": configuration["OBSERVER"] | {"SCTIME": sctime}}
    with pytest.raises(EphemerisError, match=r"OBSERVER\.SCTIME"):
        span_of(Configuration.model_construct(**_models(content)))


def _models(content: dict[str, Any]) -> dict[str, Any]:
    """Build a configuration's sections past the rules, which refuse such a start themselves."""
    model = Configuration.from_mapping(
        content | {"OBSERVER": content["OBSERVER"] | {"SCTIME": "201809130000"}}
    )
    observer = model.observer.model_copy(update={"sctime": content["OBSERVER"]["SCTIME"]})
    return {"observer": observer, "time": model.time}


async def test_observer_times_and_moons_are_set(configuration: dict[str, Any]) -> None:
    """Io stands where it was when the light left; what is written is read as the same place."""
    model = changed(configuration, MAX=1440, NBR=1440)
    computed = await prepare_ephemeris(AnalyticEphemeris(), span_of(model))
    placed = with_observer(model, read_csv(to_csv(computed)))
    observer = placed.observer
    assert (observer.type, observer.ephem) == ("Pre-Defined", "earth-jupiter-20180913.csv")
    assert (placed.time.min, placed.time.max, placed.time.nbr) == (0, 1439, 1440)
    (io,) = (body for body in placed.body if body.name == "Io")
    assert io.phase == pytest.approx(319.616, abs=0.06)
    assert read_csv(to_csv(computed)).points[0].longitude == pytest.approx(228.50335, abs=0.005)


async def test_other_planets_are_refused(configuration: dict[str, Any]) -> None:
    """An ephemeris about Jupiter does not place the observer of another planet."""
    text = json.dumps(configuration).replace('"Jupiter"', '"Saturn"')
    model = Configuration.parse(text.replace("JRM09+Connerney CS", "Z3"))
    computed = await prepare_ephemeris(AnalyticEphemeris(), Span(DAY, 60, 10))
    with pytest.raises(EphemerisError, match="about Jupiter"):
        with_observer(model, computed)
