"""The times that a configuration asks for."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from prefect_expres.expres import Configuration
from prefect_expres.expres.time_axis import TimeAxis


@pytest.mark.parametrize(
    ("sctime", "start"),
    [
        ("201809130000", datetime(2018, 9, 13, tzinfo=UTC)),
        ("20180913000030", datetime(2018, 9, 13, 0, 0, 30, tzinfo=UTC)),
        ("201813130000", None),
        ("2018091300", None),
        ("", None),
    ],
)
def test_the_start_is_that_of_sctime(
    configuration: dict[str, Any], sctime: str, start: datetime | None
) -> None:
    """With 12 or 14 digits; what is no date says nothing."""
    configuration["TIME"] |= {"MIN": 10, "MAX": 730}
    content = configuration | {"OBSERVER": configuration["OBSERVER"] | {"SCTIME": sctime}}
    times = TimeAxis.of(Configuration.model_validate(content))
    assert (times.start, times.minutes, times.count) == (start, 720.0, 144)
    assert times.stop == (start + timedelta(hours=12) if start else None)


def test_times_are_written_for_people() -> None:
    """From when to when, how many, and how far apart."""
    times = TimeAxis(datetime(2018, 9, 13, tzinfo=UTC), 1439.0, 1440)
    assert str(times) == "2018-09-13 00:00:00 to 2018-09-13 23:59:00 UTC, 1440 times, 60 s apart"
    assert str(TimeAxis(None, 10.0, 11)) == "10 minutes, 11 times, 60 s apart"
    assert TimeAxis(None, 0.0, 1).step == timedelta(0)
