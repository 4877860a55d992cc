"""The command ``observation``."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from prefect_expres.observations import summary_of, synthetic, write_observation
from tests.support import observation_files as files
from tests.support.command_line import run
from tests.support.result_files import NAME


def test_what_is_in_a_file_is_shown(tmp_path: Path) -> None:
    """In words for people, and as JSON."""
    path = files.juno(tmp_path / "a.cdf")
    lines = run("observation", path).out.splitlines()
    assert [line.split("  ")[0] for line in lines] == [
        *("file", "seen from", "target", "instrument", "time (UTC)", "times", "MHz"),
        *("frequencies", "flux", "observed"),
    ]
    assert run("observation", path, "--observer", "Earth", "--json").found == {
        "source": str(path),
        "observer": "Earth",
        "target": "Jupiter",
        "instrument": "Waves",
        "start": "2016-01-30T22:47:06Z",
        "end": "2016-01-30T22:47:11Z",
        "times": 6,
        "step": 1.0,
        "fmin": 0.05,
        "fmax": 40.5,
        "frequencies": 4,
        "units": "V**2 m**-2 Hz**-1",
        "scale": "linear",
        "polarization": False,
        "observed": 0.9583,
    }


def test_what_the_file_does_not_say_is_asked_for(tmp_path: Path) -> None:
    """The error names the option, and the option helps."""
    path = files.wind_samples(tmp_path / "a.cdf")
    done = run("observation", path)
    assert done.code == 1
    assert "--target" in done.err
    shown = run("observation", path, "--target", "Jupiter", "--variable", "SOURCE_SIZE")
    assert shown.code == 0
    assert "deg" in shown.out


@pytest.mark.slow
def test_pictures(result: Any, tmp_path: Path) -> None:
    """Of the observation alone, and with the arcs of a simulation over it."""
    path = write_observation(synthetic(result), tmp_path / "observed.nc")
    alone, overlay = tmp_path / "alone.png", tmp_path / "overlay.pdf"
    done = run("observation", path, "--plot", alone)
    assert done.out.splitlines()[-1] == str(alone)
    assert alone.read_bytes().startswith(b"\x89PNG")
    done = run(
        "observation", path, "--plot", overlay, "--simulation", tmp_path / f"{NAME}.cdf", "--json"
    )
    assert done.found["picture"] == str(overlay)
    assert overlay.read_bytes().startswith(b"%PDF")


def test_what_cannot_be_done_is_said_first(tmp_path: Path) -> None:
    """Arcs without a picture, a folder that is a file, and a file that is not there."""
    path = files.juno(tmp_path / "a.cdf")
    done = run("observation", path, "--simulation", "x.cdf")
    assert (done.code, "add --plot FILE" in done.err) == (2, True)
    done = run("observation", path, "--plot", path / "a.png")
    assert (done.code, "Name another with --plot" in done.err) == (2, True)
    done = run("observation", tmp_path / "b.cdf")
    assert (done.code, "Name a file that is there" in done.err) == (1, True)


@pytest.mark.parametrize("steps", [1, 2])
def test_a_summary_of_few_times(result: Any, steps: int) -> None:
    """One time has no step."""
    summary = summary_of(synthetic(result, gaps=0, polarized=True).isel(time=slice(0, steps)))
    assert summary.polarization
    assert summary.step == (600.0 if steps > 1 else 0.0)
    assert summary.observed == 1


def test_a_summary_is_rounded(result: Any) -> None:
    """To a microsecond and a hertz; times are told to a microsecond, too."""
    made = synthetic(result, gaps=0).isel(time=[0, 1, 2], frequency=[0, 1])
    time = made["time"].values[0] + np.array([1_000, 333_334_400, 666_668_000], "timedelta64[ns]")
    made = made.assign_coords(time=time, frequency=[1.23456789, 9.87654321])
    summary = summary_of(made)
    assert (summary.step, summary.fmin, summary.fmax) == (0.333334, 1.234568, 9.876543)
    assert summary.start.isoformat() == "2024-01-01T00:00:00.000001+00:00"
    assert summary.end.isoformat() == "2024-01-01T00:00:00.666668+00:00"
    assert (summary.times, summary.frequencies) == (3, 2)
