"""Positions that ExPRES asks the web for come from the offline ephemeris, as those of a file do."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import cdflib
import numpy as np
import pytest

from prefect_expres.engine import EngineError
from prefect_expres.ephemeris import (
    AnalyticEphemeris,
    Ephemeris,
    Span,
    moon_phase,
    prepare_ephemeris,
    to_csv,
    with_observer,
)
from prefect_expres.expres import Configuration
from prefect_expres.expres.vocabulary import KM_IN_A_RADIUS
from tests.engine.engine_runs import fixed_observer, run

pytestmark = pytest.mark.slow

START = datetime(2018, 9, 13, tzinfo=UTC)
LIGHT_KM_S = 299_792.458
AUTO = dict.fromkeys(("FIXE_DIST", "FIXE_SUBL", "FIXE_DECL"), "auto")
Change = dict[str, Any]


def automatic(observer: Change, minutes: float = 1440, steps: int = 240) -> dict[str, Any]:
    """Ask for Earth, and for Io where it is then."""
    content = fixed_observer(minutes, steps, (1.0, 40.0, 79))
    content["OBSERVER"] |= {"TYPE": "Pre-Defined"} | AUTO | observer
    content["BODY"][1]["PHASE"] = "auto"
    return content


def earth(span: Span, planet: str = "Jupiter") -> Ephemeris:
    """Compute Earth seen from a planet, as ``prefect-expres ephemeris Earth`` does."""
    source = AnalyticEphemeris.model_validate({"center": planet})
    return asyncio.run(prepare_ephemeris(source, span))


def in_km(content: dict[str, Any]) -> None:
    """Write every length in km."""
    radius = KM_IN_A_RADIUS["Jupiter"]
    for body in content["BODY"]:
        for key in ("RADIUS", "SEMI_MAJ", "SEMI_MIN"):
            body[key] *= radius
        for density in body["DENS"]:
            density |= {key: density[key] * radius for key in ("SCALE", "PERP")}


@pytest.mark.parametrize(
    ("sctime", "span", "unit"),
    [
        ("201809130000", Span(START, 360, 240), "radii"),
        ("20180913220030", Span(START + timedelta(hours=22, seconds=30), 75, 96), "radii"),
        ("20180913213000", Span(START + timedelta(hours=21.5), 90, 100), "km"),
    ],
)
def test_earth_is_where_an_ephemeris_file_has_it(
    sctime: str, span: Span, unit: str, tmp_path: Path, tables: Path
) -> None:
    """Every value of the result is that with the file of the same times; the epochs are ExPRES'."""
    content = automatic({"SCTIME": sctime}, span.step * span.count / 60, span.count)
    if unit == "km":
        in_km(content)
    computed = run(content, tmp_path / "auto", tables)
    track = earth(span)
    with_file = with_observer(Configuration.from_mapping(content), track).content()
    given = run(with_file, tmp_path / "file", tables, to_csv(track))
    assert (given.varget("Theta") > 0).any()
    for name in sorted({*given.cdf_info().zVariables} - {"Epoch"}):
        expected = given.varget(name)
        if expected.dtype.kind == "f":
            assert computed.varget(name) == pytest.approx(expected, rel=1e-5, abs=1e-4), name
        else:
            assert np.array_equal(computed.varget(name), expected), name
    stamps = cdflib.cdfepoch.to_datetime(computed.varget("Epoch"))
    length = timedelta(seconds=span.step * span.count)
    assert stamps[[0, -1]].tolist() == [
        int(moment.timestamp() * 1e9) for moment in (span.start, span.start + length)
    ]


@pytest.mark.parametrize("name", ["Earth", ""])
def test_a_fixed_observer_stays_where_earth_was(name: str, tmp_path: Path, tables: Path) -> None:
    """ExPRES takes the first position, and no name for Earth; then only the planet turns."""
    content = automatic({"TYPE": "Fixed", "SC": name}, minutes=60, steps=10)
    result = run(content, tmp_path, tables)
    first = earth(Span(START, 60, 7)).points[0]
    turned = 360.0 * 6.0 * np.arange(10) / 595.5
    assert result.varget("CML") == pytest.approx((turned - first.longitude) % 360.0, abs=1e-3)
    assert result.varget("ObsLatitude") == pytest.approx(np.full(10, first.latitude), abs=1e-4)
    away = first.distance / KM_IN_A_RADIUS["Jupiter"]
    assert result.varget("ObsDistance") == pytest.approx(np.full(10, away), rel=1e-6)


@pytest.mark.parametrize(("planet", "field"), [("Saturn", "SPV"), ("Uranus", "AH5")])
def test_other_planets_are_seen_from_earth_too(
    planet: str, field: str, tmp_path: Path, tables: Path
) -> None:
    """The longitude is that of the planet's field, and the distance in its radii."""
    content = automatic({"PARENT": planet}, minutes=60, steps=10)
    content["BODY"][0] |= {"NAME": planet, "MAG": field}
    content["NUMBER"] |= {"BODY": 1, "SOURCE": 1}
    content["BODY"] = content["BODY"][:1]
    content["SOURCE"] = content["SOURCE"][:1]
    content["SOURCE"][0] |= {"TYPE": "L-shell", "LAT": 6, "PARENT": planet, "SAT": ""}
    result = run(content, tmp_path, tables)
    points = earth(Span(START, 360, 10), planet).points
    west = [(360.0 - point.longitude) % 360.0 for point in points]
    assert result.varget("CML") == pytest.approx(west, abs=1e-3)
    radii = [point.distance / KM_IN_A_RADIUS[planet] for point in points]
    assert result.varget("ObsDistance") == pytest.approx(radii, rel=1e-6)


def test_a_phase_counts_from_the_distance_of_any_observer(tmp_path: Path, tables: Path) -> None:
    """The light takes as long as the observer is far, wherever that is from."""
    content = automatic({"TYPE": "Fixed", "FIXE_DIST": 100_000, "FIXE_SUBL": 200, "FIXE_DECL": 0})
    computed = run(content, tmp_path / "auto", tables).varget("SrcLongitude")
    light_time = 100_000 * KM_IN_A_RADIUS["Jupiter"] / LIGHT_KM_S
    content["BODY"][1]["PHASE"] = moon_phase("Io", START, light_time)
    given = run(content, tmp_path / "number", tables).varget("SrcLongitude")
    assert computed == pytest.approx(given, abs=2e-3)


def test_a_text_beside_a_distance_is_0(tmp_path: Path, tables: Path) -> None:
    """The distance alone decides whether ExPRES looks for the observer."""
    content = automatic({"TYPE": "Fixed", "FIXE_DIST": 1000}, minutes=60, steps=10)
    result = run(content, tmp_path, tables)
    assert result.varget("CML")[0] == 0
    assert result.varget("ObsLatitude") == pytest.approx(np.zeros(10))


def test_the_log_says_what_was_computed(
    tmp_path: Path, tables: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where ExPRES prints the address that it asks."""
    run(automatic({}, minutes=60, steps=10), tmp_path, tables)
    log = capsys.readouterr().out
    assert "Positions of Earth: computed offline" in log
    assert "PHASE of Io: 319.6" in log


REFUSED: dict[str, tuple[Change, str]] = {
    **{
        name: (
            {"SC": name},
            rf"OBSERVER.SC: '{name}'.*--ephemeris.*prefect-expres ephemeris {name}",
        )
        for name in ("Juno", "Cassini", "Voyager1", "Galileo", "Ganymede")
    },
    "fixed": ({"TYPE": "Fixed", "SC": "Juno"}, r"OBSERVER.SC: 'Juno'.*--ephemeris horizons"),
    "planet": ({"PARENT": "Vulcan"}, r"OBSERVER.SC: 'Earth'.*--center Vulcan"),
    "early": ({"SCTIME": "196001010000"}, r"OBSERVER.SCTIME.*1972.*ephemeris file"),
    "orbiter": (
        {"TYPE": "Orbiter", "SEMI_MAJ": 30, "SEMI_MIN": 25},
        r"BODY Io: PHASE 'auto'.*Orbiter.*number",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_not_computed_is_refused_with_the_remedy(
    name: str, tmp_path: Path, tables: Path
) -> None:
    """Nothing is asked of the web, and no file is written."""
    change, reason = REFUSED[name]
    content = automatic(change, minutes=60, steps=10)
    content["BODY"][0]["NAME"] = content["BODY"][1]["PARENT"] = content["OBSERVER"]["PARENT"]
    with pytest.raises(EngineError, match=reason):
        run(content, tmp_path, tables)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("planet", "name", "words"),
    [
        ("Jupiter", "Thebe", "no such moon of Jupiter.*Io"),
        ("Saturn", "Io", "no such moon of Saturn"),
        ("Neptune", "Triton", "take a source that knows it: horizons"),
    ],
)
def test_a_moon_that_is_not_computed_needs_a_number(
    planet: str, name: str, words: str, tmp_path: Path, tables: Path
) -> None:
    """A phase is computed for the moons that the offline ephemeris has of this planet."""
    numbers = {"TYPE": "Fixed", "FIXE_DIST": 1000, "FIXE_SUBL": 0, "FIXE_DECL": 0}
    content = automatic({"PARENT": planet} | numbers, minutes=60, steps=10)
    content["BODY"][0]["NAME"] = content["BODY"][1]["PARENT"] = planet
    content["BODY"][1]["NAME"] = name
    for source in content["SOURCE"]:
        source["SAT"] = name
    reason = f"BODY {name}: PHASE 'auto': .*{words}.*write its east longitude.* as a number"
    with pytest.raises(EngineError, match=reason):
        run(content, tmp_path, tables)
