"""Whether a result is seen from where it should be: at the first time and at the last."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from prefect_expres.analysis.agreement import Agreement, Expected, compare_with_request
from prefect_expres.expres import Configuration
from tests.support.fitting import fitting, fixed_observer
from tests.support.result_files import write

CONTENT = fixed_observer()
POSITIONS = ((200.0, -2.0), (340.0, 3.0))
"""West longitude and latitude at both ends."""
WHAT = "position of the observer"


def compared(folder: Path, positions: Any, **values: Any) -> Agreement:
    """Compare a file that holds these values of CML or ObsLatitude."""
    result = fitting(CONTENT, flags=("Theta", *values), values=values)
    path = write(result, folder / f"{len(list(folder.iterdir()))}.cdf")
    model = Configuration.model_validate(CONTENT)
    return compare_with_request(path, Expected(model, positions=positions))


def track(first: float, last: float) -> Any:
    """Give the values of all times, of which only the ends are compared."""
    values = np.full(144, 77.0, "f4")
    values[[0, -1]] = first, last
    return values


@pytest.mark.parametrize(
    ("name", "first", "last", "different"),
    [
        ("CML", 200.0, 340.0, ()),
        ("CML", 200.125, 340.125, ()),
        ("CML", 199.875, 339.875, ()),
        ("CML", 560.0, -20.0, ()),
        ("CML", -159.875, 699.875, ()),
        ("CML", 200.25, 340.0, (1, 2)),
        ("CML", 199.75, 340.0, (1, 2)),
        ("CML", 200.0, 160.0, (2,)),
        ("CML", 340.0, 200.0, (1, 2)),
        ("ObsLatitude", -2.0, 3.0, ()),
        ("ObsLatitude", -1.875, 2.875, ()),
        ("ObsLatitude", -2.25, 3.0, (1, 2)),
        ("ObsLatitude", -2.0, 3.25, (2,)),
        ("ObsLatitude", 2.0, 3.0, (1, 2)),
        ("ObsLatitude", -362.0, 3.0, (1, 2)),
    ],
)
def test_the_observer_is_where_it_should_be(
    tmp_path: Path, name: str, first: float, last: float, different: tuple[int, ...]
) -> None:
    """At the first time, or at both ends; longitudes in whole turns are the same."""
    for count in (1, 2):
        found = compared(tmp_path, POSITIONS[:count], **{name: track(first, last)})
        seen, asked = (
            " to ".join(f"{angle:.2f}°" for angle in angles[:count])
            for angles in (
                (first, last),
                [position[name == "ObsLatitude"] for position in POSITIONS],
            )
        )
        told = (f"{name}: {seen}; asked for: {asked}",) if count in different else ()
        assert found.differences == told
        assert WHAT in found.compared


@pytest.mark.parametrize(("unknown", "compared_at"), [(0, ()), (-1, (1,)), (1, (1, 2))])
def test_an_end_that_a_file_does_not_know_is_not_compared(
    tmp_path: Path, unknown: int, compared_at: tuple[int, ...]
) -> None:
    """A fill value in between does no harm, nor does it say anything of the latitude."""
    values = track(0.0, 0.0)
    values[unknown] = -1e31
    for count in (1, 2):
        found = compared(tmp_path, POSITIONS[:count], CML=values)
        assert (WHAT in found.compared) is (count in compared_at)
        also = compared(tmp_path, POSITIONS[:count], CML=values, ObsLatitude=track(9.0, 9.0))
        assert [words.partition(":")[0] for words in also.differences] == [
            *["CML"] * (count in compared_at),
            "ObsLatitude",
        ]


def test_nothing_is_claimed_where_no_position_is_known(tmp_path: Path) -> None:
    """Neither of those that the file has, nor of those that were asked for."""
    assert WHAT not in compared(tmp_path, (), CML=track(0.0, 0.0)).compared
    assert WHAT not in compared(tmp_path, POSITIONS).compared
