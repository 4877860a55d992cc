"""From the few values of a routine simulation to a request."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from prefect_expres.ephemeris import (
    AnalyticEphemeris,
    AnyEphemeris,
    Ephemeris,
    HorizonsEphemeris,
    Point,
    Span,
    TableEphemeris,
    to_csv,
)
from prefect_expres.errors import EphemerisError
from prefect_expres.execution.prepare import build_request
from prefect_expres.expres import Access, Routine

GUEST = Access.of(None)
SOURCE = AnalyticEphemeris(observer="Earth")
DAY = date(2018, 9, 13)
IO = Routine(source="Io", day=DAY)


def day_of(observer: str) -> bytes:
    """Write an ephemeris file with a row for each minute of the day."""
    span = Span(datetime(2018, 9, 13, tzinfo=UTC), 60, 1440)
    return to_csv(Ephemeris(span, (Point(228.5, -2.9, 8.7e8),) * 1440, "a test", observer))


async def test_a_routine_simulation_needs_nothing_else() -> None:
    """Earth's positions and Io's longitude are computed, as with a file and a source."""
    request = await build_request(IO, GUEST)
    made = request.configuration
    assert request.label == "io-earth-20180913"
    assert (made.observer.ephem, made.observer.sc) == ("earth-jupiter-20180913.csv", "Earth")
    assert made.body[1].phase == pytest.approx(319.616, abs=0.06)
    assert (made.time.max, made.time.nbr) == (1439, 1440)
    by_hand = Routine(source="io", day=DAY).configuration()
    assert await build_request(by_hand, GUEST, SOURCE) == request


async def test_a_routine_simulation_is_given_a_file(tmp_path: Path) -> None:
    """The file of any observer does, as path, URL or content; the moon's longitude is computed."""
    path = tmp_path / "some.csv"
    path.write_bytes(day_of("JUNO"))
    juno = Routine(source="Io", day=DAY, observer="juno")
    request = await build_request(juno, GUEST, path)
    assert request.ephemeris == path.read_bytes()
    assert request.configuration.observer.sc == "Juno"
    assert request.configuration.body[1].phase == pytest.approx(319.616, abs=0.1)
    for given in (path.as_uri(), path.read_text()):
        assert await build_request(juno, GUEST, given) == request


async def test_a_routine_simulation_is_given_a_table(tmp_path: Path) -> None:
    """Whose observer is told by the routine simulation, unless the table is that of another."""
    path = tmp_path / "some.csv"
    path.write_bytes(day_of("JUNO"))
    juno = Routine(source="Io", day=DAY, observer="juno")
    table = TableEphemeris(path=path, center="Jupiter")
    assert table.observer == ""
    request = await build_request(juno, GUEST, table)
    assert request.configuration.observer.sc == "Juno"
    with pytest.raises(EphemerisError, match="give both the same observer"):
        await build_request(juno, GUEST, table.model_copy(update={"observer": "Cassini"}))


async def test_what_is_seen_from_a_fixed_place_needs_no_ephemeris() -> None:
    """And is given none."""
    far = Routine(source="Exoplanet", day=DAY)
    request = await build_request(far, GUEST)
    assert request.ephemeris is None
    with pytest.raises(EphemerisError, match="is seen from a fixed place, so leave out"):
        await build_request(far, GUEST, SOURCE)


@pytest.mark.parametrize(
    ("routine", "given", "words"),
    [
        (IO.model_copy(update={"observer": "Juno"}), None, "take horizons"),
        (IO, HorizonsEphemeris(observer="Juno"), "give both the same observer"),
        (IO, day_of("JUNO").decode(), "seen from Earth, but the ephemeris is that of JUNO"),
    ],
)
async def test_a_routine_simulation_has_one_observer(
    routine: Routine, given: AnyEphemeris | str | None, words: str
) -> None:
    """Another one's positions are refused, and so is an observer without any."""
    with pytest.raises(EphemerisError, match=words):
        await build_request(routine, GUEST, given)


async def test_the_source_gets_the_observer_of_the_routine_simulation() -> None:
    """The name need not be given twice; a NAIF number means the same."""
    asked: list[AnyEphemeris] = []

    async def compute(source: AnyEphemeris, span: Span) -> str:
        asked.append(source)
        return day_of("Juno").decode()

    juno = Routine(source="Io", day=DAY, observer="JUNO")
    for given in (HorizonsEphemeris(), HorizonsEphemeris(observer="-61")):
        await build_request(juno, GUEST, given, compute=compute)
    assert asked == [HorizonsEphemeris(observer="Juno")] * 2
