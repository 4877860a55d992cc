"""A window as a plain value."""

import subprocess
import sys
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from pydantic import ValidationError

from prefect_expres import analysis
from prefect_expres.analysis import Window, merge_windows


def window(**changes: Any) -> Window:
    """Make a window of ten minutes."""
    start = datetime(2024, 1, 1, tzinfo=UTC)
    facts: dict[str, Any] = {
        "source": "Io",
        "hemisphere": "north",
        "polarization": "RH",
        "start": start,
        "end": start + timedelta(minutes=10),
        "fmin": 1.0,
        "fmax": 2.0,
    }
    return Window(**{**facts, **changes})


def test_other_zones_become_utc() -> None:
    """A time of another zone is kept as UTC."""
    paris = timezone(timedelta(hours=1))
    moment = window(start=datetime(2024, 1, 1, 1, tzinfo=paris)).start
    assert moment.tzinfo is UTC
    assert moment.hour == 0


def test_times_without_a_zone_are_refused() -> None:
    """A time without a zone could be anywhere."""
    with pytest.raises(ValidationError, match="timezone"):
        window(start=datetime(2024, 1, 1))  # noqa: DTZ001 - this is what is refused


def test_windows_do_not_change() -> None:
    """A window is frozen and can be told from another by its value."""
    with pytest.raises(ValidationError, match="frozen"):
        window().fmin = 3.0
    assert len({window(), window(), window(fmin=1.5)}) == 2


def test_windows_survive_json() -> None:
    """A manifest gives back what it was given, with or without longitudes."""
    for one in (window(), window(cml=(350.0, 10.0), source_phase=(80.0, 90.0))):
        assert Window.model_validate_json(one.model_dump_json()) == one


def test_a_name_tells_source_and_start() -> None:
    """Names tell windows apart and do not change with their bounds in frequency."""
    assert window().name == "io-north-rh-20240101T000000Z"
    assert window(fmax=3.0).name == window().name
    assert window(source="30d-75R", hemisphere="south").name.startswith("30d-75r-south-rh-")


def test_windows_that_follow_each_other_become_one() -> None:
    """Across midnight a window goes on; bounds are widened and angles go from first to last."""
    midnight = datetime(2024, 1, 2, tzinfo=UTC)
    evening = window(
        start=midnight - timedelta(minutes=9), end=midnight, cml=(10.0, 15.0), fmin=0.5
    )
    morning = window(
        start=midnight + timedelta(minutes=1),
        end=midnight + timedelta(minutes=20),
        cml=(16.0, 28.0),
        fmax=9.0,
    )
    (joined,) = merge_windows([morning, evening])
    assert (joined.start, joined.end) == (evening.start, morning.end)
    assert (joined.fmin, joined.fmax) == (0.5, 9.0)
    assert joined.cml == (10.0, 28.0)
    assert merge_windows([evening, morning], gap=timedelta(0)) == [evening, morning]


def test_a_window_within_another_does_not_shorten_it() -> None:
    """The end is the later one, and the angle that belongs to it."""
    start = window().start
    long = window(end=start + timedelta(hours=2), cml=(0.0, 72.0))
    short = window(start=start + timedelta(minutes=5), cml=(3.0, 6.0))
    assert merge_windows([long, short]) == [long]


def test_other_sources_stay_apart_in_a_schedule() -> None:
    """Moons, hemispheres and polarizations are windows of their own, sorted by start."""
    others = [
        window(source="Europa", start=datetime(2023, 12, 31, tzinfo=UTC)),
        window(),
        window(hemisphere="south"),
        window(polarization="LH"),
    ]
    merged = merge_windows(reversed(others))
    assert len(merged) == 4
    assert merged[0].source == "Europa"
    assert [each.start for each in merged] == sorted(each.start for each in merged)
    assert merge_windows([]) == []


def test_windows_load_without_numpy() -> None:
    """The plain value is there where the analysis extra is not."""
    code = (
        "import sys; from prefect_expres.analysis import Window; "
        "assert not {'numpy', 'xarray', 'cdflib', 'matplotlib'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_missing_extra_is_named() -> None:
    """Where a library is not installed, the error says what to install."""
    code = (
        "import sys; sys.modules['xarray'] = None\n"
        "from prefect_expres import analysis\n"
        "try: analysis.open_results\n"
        "except ModuleNotFoundError as missing: assert 'prefect-expres[analysis]' in str(missing)\n"
        "else: sys.exit('no error')"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_the_public_names_are_there() -> None:
    """Each public name can be loaded, and no other."""
    assert set(dir(analysis)) == set(analysis.__all__)
    assert [getattr(analysis, name).__name__ for name in analysis.__all__] == analysis.__all__
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        analysis.nothing  # noqa: B018 - the access is the test
