"""A day of a dynamic spectrum, opened and drawn: it has a hundred cells for each pixel."""

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from prefect_expres.observations import write_observation
from prefect_expres.observations.spectrum import Spectrum, as_dataset
from tests.benchmarks.machine import run_python
from tests.benchmarks.rows import Aim, Row

SECONDS, MEGABYTES = Aim(most=5), Aim(most=1000)

OURS = """
import sys
from prefect_expres.observations import draw_observation, open_observation
draw_observation(open_observation(sys.argv[1]), sys.argv[1] + ".png")
"""

CDFLIB = """
import sys
from cdflib.xarray import cdf_to_xarray
cdf_to_xarray(sys.argv[1])
"""

XARRAY = """
import sys
import xarray
xarray.load_dataset(sys.argv[1], engine="h5netcdf")
"""

READERS = {".cdf": ("cdflib, not drawn", CDFLIB), ".nc": ("xarray, not drawn", XARRAY)}
"""What else opens each format."""


@dataclass(frozen=True)
class Size:
    """How many times of a second there are, and how many channels."""

    times: int = 86_400
    channels: int = 800


FULL = Size()
TINY = Size(times=120, channels=8)


def measure(size: Size) -> Iterator[Row]:
    """Open and draw the day from each format, each time in a new process."""
    with tempfile.TemporaryDirectory() as folder:
        for ending, (reader, program) in READERS.items():
            file = Path(folder, f"day{ending}")
            _write(file, size)
            ours, theirs = (run_python("-c", code, str(file)) for code in (OURS, program))
            what = f"{size.times} s of {size.channels} channels, {ending[1:]}, drawn"
            yield Row(f"{what}: time", ours.seconds, "s", aim=SECONDS)
            yield Row(f"{what}: CPU", ours.cpu, "s", reader, theirs.cpu)
            yield Row(f"{what}: peak memory", ours.memory, "MB", aim=MEGABYTES)
            yield Row(f"{what}: peak memory", ours.memory, "MB", reader, theirs.memory)


def _write(file: Path, size: Size) -> None:
    """Write noise from 10 to 40 MHz."""
    noise = np.random.default_rng(1).standard_normal((size.times, size.channels), np.float32)
    day = Spectrum(
        time=np.datetime64("2018-09-28", "ns") + np.arange(size.times) * np.timedelta64(1, "s"),
        frequency=np.linspace(10, 40, size.channels),
        flux=noise,
        units="dB",
    )
    write_observation(as_dataset(day, observer="Earth", target="Jupiter", source=file.name), file)
