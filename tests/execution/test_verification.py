"""What a result must show: times and positions of an ephemeris file, or those of the request."""

import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from prefect_expres.errors import ResultMismatch
from prefect_expres.execution.verification import verify
from prefect_expres.expres import Configuration, SimulationRequest
from tests.ephemeris.test_file_track import file
from tests.support.fitting import fitting
from tests.support.result_files import Result, write

URL = "https://uws.example.org/rest/ExPRES/1"


def along(configuration: dict[str, Any], track: bytes | None, **observer: Any) -> SimulationRequest:
    """Ask for a simulation along an ephemeris file."""
    told = {"TYPE": "Pre-Defined", "EPHEM": "earth.csv"} if track else {}
    content = configuration | {"OBSERVER": configuration["OBSERVER"] | told | observer}
    return SimulationRequest.build(Configuration.from_mapping(content), track)


def with_position(result: Result, longitude: Any, **values: Any) -> Result:
    """Have a result tell the central meridian."""
    count = result.visible.shape[0]
    longitudes = np.float32(np.broadcast_to(longitude, count))
    return replace(result, flags=("CML",), values={"CML": longitudes} | values)


def test_the_times_are_those_of_the_file(configuration: dict[str, Any], tmp_path: Path) -> None:
    """Whatever TIME says: ten minutes of the file, not half a day of the configuration."""
    track = file(count=10)
    request = along(configuration, track)
    right = write(fitting(request.configuration, track), tmp_path / "right.cdf")
    assert "time" in verify(request, right, URL)
    other = write(fitting(request.configuration), tmp_path / "other.cdf")
    with pytest.raises(ResultMismatch) as fault:
        verify(request, other, URL)
    (difference,) = fault.value.differences
    assert difference.endswith(
        "asked for: 2018-09-13 00:00:00 to 2018-09-13 00:09:00 UTC, 10 times, 60 s apart"
    )


def test_every_difference_is_told(configuration: dict[str, Any], tmp_path: Path) -> None:
    """One by one, in the order in which they are looked for."""
    request = along(configuration, None)
    content = configuration | {"TIME": configuration["TIME"] | {"MAX": 360}}
    content["FREQUENCY"] = configuration["FREQUENCY"] | {"MAX": 20}
    other = write(fitting(Configuration.from_mapping(content)), tmp_path / "other.cdf")
    with pytest.raises(ResultMismatch) as fault:
        verify(request, other, URL)
    assert [each.partition(":")[0] for each in fault.value.differences] == ["time", "frequency"]


def test_the_observer_moves_along_the_file(configuration: dict[str, Any], tmp_path: Path) -> None:
    """From its first to its last position; east longitudes are 360 degrees less those west."""
    track = file(count=10)
    request = along(configuration, track)
    result = fitting(request.configuration, track)
    west = 360.0 - 228.5 + np.arange(10)
    right = write(with_position(result, west), tmp_path / "right.cdf")
    assert "position of the observer" in verify(request, right, URL)
    wrong = write(with_position(result, west[::-1]), tmp_path / "wrong.cdf")
    with pytest.raises(ResultMismatch, match=r"CML: 140\.50° to 131\.50°; asked for: 131\.50°"):
        verify(request, wrong, URL)


def test_a_fixed_observer_starts_where_it_was_put(
    configuration: dict[str, Any], tmp_path: Path
) -> None:
    """The planet turns below it afterwards."""
    request = along(configuration, None)
    result = fitting(request.configuration)
    turning = 200.0 + np.arange(144)
    right = write(with_position(result, turning), tmp_path / "right.cdf")
    assert "position of the observer" in verify(request, right, URL)
    wrong = write(with_position(result, turning + 3), tmp_path / "wrong.cdf")
    with pytest.raises(ResultMismatch, match=r"CML: 203\.00°; asked for: 200\.00°"):
        verify(request, wrong, URL)


def test_a_fixed_observer_stays_at_its_latitude(
    configuration: dict[str, Any], tmp_path: Path
) -> None:
    """Where the file tells it."""
    request = along(configuration, None, FIXE_DECL=12.0)
    result = fitting(request.configuration)
    right, wrong = (
        write(
            replace(
                result,
                flags=("ObsLatitude",),
                values={"ObsLatitude": np.full(144, np.float32(there))},
            ),
            tmp_path / f"{there}.cdf",
        )
        for there in (12.0, 13.0)
    )
    assert "position of the observer" in verify(request, right, URL)
    with pytest.raises(ResultMismatch, match=r"ObsLatitude: 13\.00°; asked for: 12\.00°"):
        verify(request, wrong, URL)


def test_where_an_observer_is_put_by_words_it_is_at_0(
    configuration: dict[str, Any], tmp_path: Path
) -> None:
    """So does ExPRES where the distance is a number; a turned moon turns nobody else."""
    configuration["BODY"][1]["INIT_AX"] = 20
    request = along(configuration, None, FIXE_SUBL="auto", FIXE_DECL="auto")
    result = fitting(request.configuration)
    right = write(with_position(result, 0.0), tmp_path / "right.cdf")
    assert "position of the observer" in verify(request, right, URL)
    wrong = write(with_position(result, 1.0), tmp_path / "wrong.cdf")
    with pytest.raises(ResultMismatch, match=r"CML: 1\.00°; asked for: 0\.00°"):
        verify(request, wrong, URL)


@pytest.mark.parametrize("missing", ["cdflib", "xarray"])
def test_without_the_analysis_extra_nothing_is_claimed(
    configuration: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    """Nor is a result refused that cannot be read then."""
    monkeypatch.setitem(sys.modules, missing, None)
    assert verify(along(configuration, None), tmp_path / "io.cdf", URL) == ()


@pytest.mark.parametrize("what", ["orbiter", "turned", "auto", "fill"])
def test_positions_that_are_not_known_are_not_compared(
    configuration: dict[str, Any], tmp_path: Path, what: str
) -> None:
    """ExPRES gives an Orbiter's longitude in space, finds ``auto`` itself, or says nothing."""
    observer = {"TYPE": "Orbiter", "SEMI_MAJ": 30, "SEMI_MIN": 30} if what == "orbiter" else {}
    if what == "auto":
        observer = {"FIXE_SUBL": "auto", "FIXE_DIST": "auto", "FIXE_DECL": "auto"}
    if what == "turned":
        configuration["BODY"][0]["INIT_AX"] = 20
    content = configuration | {"OBSERVER": configuration["OBSERVER"] | observer}
    model = Configuration.model_validate(content)
    longitude = -1e31 if what == "fill" else 77.0
    path = write(with_position(fitting(model), longitude), tmp_path / "io.cdf")
    compared = verify(SimulationRequest.build(model), path, URL)
    assert "position of the observer" not in compared
    assert "time" in compared
