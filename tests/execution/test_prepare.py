"""From what a user gives to a request: read, checked and told."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import fsspec
import pytest

from prefect_expres.cli.demo import free_port
from prefect_expres.ephemeris import (
    AnalyticEphemeris,
    AnyEphemeris,
    Ephemeris,
    Point,
    Span,
    TableEphemeris,
    moon_phase,
    read_csv,
    span_of,
    to_csv,
)
from prefect_expres.errors import ConfigurationError, EphemerisError
from prefect_expres.execution.prepare import (
    LARGEST_INPUT,
    build_request,
    compute_csv,
    read_configuration,
)
from prefect_expres.expres import (
    Access,
    Configuration,
    SimulationRequest,
    warnings_of,
)
from tests.support.listening import Told

GUEST = Access.of(None)
SOURCE = AnalyticEphemeris(observer="Earth")


def model_of(configuration: dict[str, Any], **observer: str) -> Configuration:
    """Give a configuration with another observer."""
    return Configuration.from_mapping(
        configuration | {"OBSERVER": configuration["OBSERVER"] | observer}
    )


def earth(start: datetime = datetime(2018, 9, 13, tzinfo=UTC), count: int = 144) -> bytes:
    """Write an ephemeris file for the times of the configuration, unless told otherwise."""
    points = (Point(228.5, -2.9, 8.7e8),) * count
    return to_csv(Ephemeris(Span(start, 300, count), points, "a test", "Earth"))


async def test_a_configuration_is_read_from_wherever_it_is(
    configuration: dict[str, Any], tmp_path: Path
) -> None:
    """A model, its content, a path, or a URL give the same."""
    model = Configuration.from_mapping(configuration)
    path = tmp_path / "io.json"
    path.write_text(json.dumps(configuration))
    url = f"memory://{tmp_path.name}/io.json"
    with fsspec.open(url, "wb") as stream:
        stream.write(path.read_bytes())
    for given in (model, configuration, path, str(path), url):
        assert (await read_configuration(given)).canonical() == model.canonical()


async def test_a_model_is_checked_again(configuration: dict[str, Any]) -> None:
    """What was changed without the rules does not go out."""
    model = Configuration.from_mapping(configuration)
    broken = model.model_copy(update={"time": model.time.model_copy(update={"nbr": -1})})
    with pytest.raises(ConfigurationError, match="NBR"):
        await read_configuration(broken)
    with pytest.raises(ConfigurationError):
        await read_configuration(configuration | {"TIME": {"MIN": 0, "MAX": 1, "NBR": -1}})


async def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    """By its name."""
    with pytest.raises(ConfigurationError, match=r"none\.json cannot be read"):
        await read_configuration(tmp_path / "none.json")


@pytest.mark.parametrize(
    "url", ["http://me:pa55word@127.0.0.1:{}/io", "http://127.0.0.1:{}/io?token=pa55word"]
)
async def test_an_address_is_told_without_its_password(
    configuration: dict[str, Any], url: str
) -> None:
    """Messages go into logs, artifacts and journals."""
    given = url.format(free_port())
    model = model_of(configuration, TYPE="Pre-Defined", EPHEM="earth.csv")
    table = TableEphemeris(path=given, center="Jupiter")
    for asking in (
        *(read_configuration(given), build_request(model, GUEST, given)),
        compute_csv(table, span_of(model)),
    ):
        with pytest.raises((ConfigurationError, EphemerisError), match="cannot be read") as told:
            await asking
        assert "pa55word" not in str(told.value)


async def test_inputs_have_a_largest_size(configuration: dict[str, Any], tmp_path: Path) -> None:
    """A byte more than 64 MiB is refused before it is read as a whole."""
    assert LARGEST_INPUT == 64 * 1024 * 1024
    large = tmp_path / "large"
    with large.open("wb") as stream:
        stream.truncate(LARGEST_INPUT + 1)
    with pytest.raises(ConfigurationError, match=r"larger than 67108864 bytes"):
        await read_configuration(large)
    model = model_of(configuration, TYPE="Pre-Defined", EPHEM="earth.csv")
    with pytest.raises(EphemerisError, match=r"larger than 67108864 bytes"):
        await build_request(model, GUEST, large)
    track = earth()
    with large.open("wb") as stream:
        stream.write(track + b" " * (LARGEST_INPUT - len(track)))
    assert await build_request(model, GUEST, large)


async def test_a_request_is_told_with_what_it_is(
    configuration: dict[str, Any], tmp_path: Path
) -> None:
    """Label, sizes and the start of the fingerprint."""
    told = Told()
    track = tmp_path / "earth.csv"
    track.write_bytes(earth())
    model = model_of(configuration, TYPE="Pre-Defined", EPHEM="earth.csv")
    request = await build_request(model, GUEST, str(track), "master", "my-io", tell=told)
    assert request == SimulationRequest.build(model, earth(), "master", "my-io")
    (line,) = told.steps("prepare")
    assert line == (
        f"my-io, {model.time.nbr} times, {model.frequency.nbr} frequencies, "
        f"{model.number.source} sources, fingerprint {request.fingerprint[:12]}"
    )
    other = await build_request(model, Access.of("ann"), track, "develop", tell=told)
    assert (other.branch, other.label) == ("develop", SimulationRequest.build(model, b"").label)


async def test_warnings_are_told(configuration: dict[str, Any]) -> None:
    """What ExPRES would do without a word, and what takes longer than this user may run."""
    model = Configuration.from_mapping(configuration)
    for access in (GUEST, Access(longest_run=1, any_branch=False, shared=True)):
        told = Told()
        await build_request(model, access, tell=told)
        assert told.warnings == [str(warning) for warning in warnings_of(model, access)]
        assert told.warnings


async def test_an_ephemeris_is_needed_where_it_is_named(
    configuration: dict[str, Any], tmp_path: Path
) -> None:
    """And only there; one that is not there is told by its name."""
    model = model_of(configuration, TYPE="Pre-Defined", EPHEM="earth.csv")
    with pytest.raises(EphemerisError, match=r"earth\.csv"):
        await build_request(model, GUEST)
    with pytest.raises(EphemerisError, match=r"none\.csv cannot be read"):
        await build_request(model, GUEST, tmp_path / "none.csv")


async def test_an_ephemeris_of_another_day_is_refused(
    configuration: dict[str, Any], tmp_path: Path
) -> None:
    """Whether it is a file or its content; else the 20th would run with Io's phase of the 13th."""
    track = tmp_path / "earth.csv"
    track.write_bytes(earth(datetime(2018, 9, 20, tzinfo=UTC)))
    model = model_of(configuration, TYPE="Pre-Defined", EPHEM="earth.csv")
    for given in (track, track.read_text()):
        with pytest.raises(EphemerisError, match="is for another time than asked for") as fault:
            await build_request(model, GUEST, given)
        assert "It covers 2018-09-20 00:00:00 to 2018-09-20 11:55:00 UTC" in str(fault.value)
        assert "ask for 2018-09-13 00:00:00 to 2018-09-13 12:00:00 UTC" in str(fault.value)


@pytest.mark.parametrize("content", [b"", b"<html>not here</html>\n"])
async def test_an_ephemeris_that_is_none_is_refused(
    configuration: dict[str, Any], tmp_path: Path, content: bytes
) -> None:
    """Empty, or the page of an error."""
    track = tmp_path / "earth.csv"
    track.write_bytes(content)
    model = model_of(configuration, TYPE="Pre-Defined", EPHEM="earth.csv")
    with pytest.raises(EphemerisError, match=r"The ephemeris (is empty|has 0 rows)"):
        await build_request(model, GUEST, track)


async def test_what_follows_from_a_file_is_told(
    configuration: dict[str, Any], tmp_path: Path
) -> None:
    """A file of two days: label, times and phases are those of its start, and the log says so."""
    told = Told()
    track = tmp_path / "earth.csv"
    track.write_bytes(earth(datetime(2018, 9, 12, tzinfo=UTC), count=2 * 288))
    model = model_of(configuration, TYPE="Pre-Defined", EPHEM="earth.csv")
    request = await build_request(model, GUEST, track, tell=told)
    assert request.label == "io-earth-20180912"
    assert request.folder.startswith("io-earth-20180912.")
    assert request.configuration.time.nbr == 576
    (line,) = told.steps("prepare")
    assert ", 576 times," in line
    assert any("The ephemeris overrides SCTIME and TIME" in each for each in told.warnings)
    assert any("PHASE is set for the start" in each for each in told.warnings)


async def test_a_computed_file_tells_its_start(configuration: dict[str, Any]) -> None:
    """Where SCTIME is empty, label and folder are those of the file."""
    model = model_of(configuration, SCTIME="", TYPE="Pre-Defined", EPHEM="earth.csv")
    request = await build_request(model, GUEST, earth().decode())
    assert request.configuration.observer.sctime == "201809130000"
    assert request.label == "io-earth-20180913"


async def test_a_source_sets_observer_and_phases(configuration: dict[str, Any]) -> None:
    """It is computed at the configuration's times, and its file goes along."""
    asked: list[tuple[AnyEphemeris, Span]] = []

    async def compute(source: AnyEphemeris, span: Span) -> str:
        asked.append((source, span))
        return await compute_csv(source, span)

    model = Configuration.from_mapping(configuration)
    request = await build_request(model, GUEST, SOURCE, compute=compute)
    assert asked == [(SOURCE, span_of(model))]
    assert request.ephemeris is not None
    assert request.configuration.observer.ephem
    track = read_csv(request.ephemeris)
    assert track.span == span_of(request.configuration)
    assert await build_request(model, GUEST, SOURCE) == request
    computed = await compute_csv(SOURCE, span_of(model))
    assert await build_request(model, GUEST, computed) == request
    with pytest.raises(EphemerisError, match="about Saturn; set center of its source to Jupiter"):
        await build_request(model, GUEST, AnalyticEphemeris(center="Saturn"))


@pytest.mark.parametrize(
    ("planet", "moon", "field"), [("Saturn", "Enceladus", "SPV"), ("Uranus", "Titania", "AH5")]
)
async def test_moons_of_other_planets_need_no_network(
    configuration: dict[str, Any], planet: str, moon: str, field: str
) -> None:
    """PHASE is where the moon was when the light left it that arrives at the first time."""
    configuration["BODY"][0] |= {"NAME": planet, "MAG": field}
    configuration["BODY"][1] |= {"NAME": moon, "PARENT": planet, "PHASE": 12.0}
    for each in configuration["SOURCE"]:
        each |= {"PARENT": planet, "SAT": moon}
    model = model_of(configuration, PARENT=planet)
    told = Told()
    request = await build_request(model, GUEST, AnalyticEphemeris(), tell=told)
    assert request.ephemeris is not None
    track = read_csv(request.ephemeris)
    wanted = moon_phase(moon, track.span.start, track.light_times[0])
    assert request.configuration.body[1].phase == pytest.approx(wanted, abs=0.001)
    assert not any("PHASE" in warning for warning in told.warnings)


async def test_a_moon_that_the_source_does_not_know_is_told(configuration: dict[str, Any]) -> None:
    """Its PHASE stays as it was given."""
    configuration["BODY"][0] |= {"NAME": "Saturn", "MAG": "SPV"}
    configuration["BODY"][1] |= {"NAME": "Hyperion", "PARENT": "Saturn", "PHASE": 12.0}
    for each in configuration["SOURCE"]:
        each |= {"PARENT": "Saturn", "SAT": "Hyperion"}
    told = Told()
    model = model_of(configuration, PARENT="Saturn")
    request = await build_request(model, GUEST, AnalyticEphemeris(), tell=told)
    assert request.configuration.body[1].phase == 12.0
    left = "PHASE of Hyperion is left at 12.0°: analytic does not know it"
    assert len([warning for warning in told.warnings if warning.startswith(left)]) == 1


async def test_a_computed_ephemeris_is_told(configuration: dict[str, Any]) -> None:
    """Its observer, how many times, and its source."""
    told = Told()
    span = span_of(Configuration.from_mapping(configuration))
    await compute_csv(SOURCE, span, told)
    (line,) = told.steps("observe")
    assert line.startswith(f"Earth, {span.count} times, from ")
    assert told.warnings == []


async def test_the_limits_of_a_computed_ephemeris_are_told(configuration: dict[str, Any]) -> None:
    """What was converted, or is not known, is a warning of its own."""
    told = Told()
    later = model_of(configuration, SCTIME="209901010000")
    await compute_csv(SOURCE, span_of(later), told)
    assert [warning.partition(" until ")[0] for warning in told.warnings] == [
        "Leap seconds are known"
    ]
