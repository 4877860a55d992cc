"""What a forecast says, which of its windows are new, and how the latest one is read."""

import posixpath
from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta
from typing import Annotated, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

import prefect_expres
from prefect_expres.analysis.windows import Window
from prefect_expres.errors import ResultError
from prefect_expres.expres.routine import in_any_case
from prefect_expres.storage import path_in, write_whole
from prefect_expres.storage.publish import LATEST, read_published

INDEX, PAGE = "forecast.json", "index.html"
TABLE, FIGURE = "windows.csv", "overview.png"
CALENDAR, CATALOGUE = "windows.ics", "windows.tfcat.json"
ANNOUNCED = "announced.json"
TOLERANCE = timedelta(minutes=15)
_WINDOWS = TypeAdapter(list[Window])

_Moon = Literal["Io", "Europa", "Ganymede"]
Moon = Annotated[_Moon, in_any_case(get_args(_Moon))]
"""A moon whose emission observatories look for, in any case."""


class Simulated(BaseModel):
    """A simulation of a forecast.

    Args:
        label: Its label.
        moon: The moon that induces the emission.
        day: The day, UTC.
        folder: URL of the folder of its results; None if they are missing.
        error: Why they are missing.
    """

    model_config = ConfigDict(frozen=True)

    label: str
    moon: str
    day: date
    folder: str | None = None
    error: str | None = None


class PublishedFile(BaseModel):
    """A file of a forecast: its name in the folder, its size in bytes and its SHA-256."""

    model_config = ConfigDict(frozen=True)

    name: str
    size: int
    sha256: str


class ForecastFacts(BaseModel):
    """What a forecast is about.

    Args:
        observatory: Name of the observatory.
        first: The first day, UTC.
        last: The last day, UTC.
        made: When the forecast was made, UTC.
        folder: Name of the folder with the files, beside the one named ``latest``.
        moons: The moons, in the order in which they are shown.
        simulations: The simulations of the forecast, the missing ones included.
    """

    model_config = ConfigDict(frozen=True)

    observatory: str
    first: date
    last: date
    made: datetime
    folder: str
    moons: tuple[str, ...]
    simulations: tuple[Simulated, ...]

    @property
    def missing(self) -> tuple[Simulated, ...]:
        """The simulations without results."""
        return tuple(each for each in self.simulations if each.folder is None)


class Forecast(ForecastFacts):
    """What an observatory will see.

    Args:
        windows: The windows of visible emission, by start.
        files: The files of the forecast.
        package_version: The version of this package that made it.
    """

    windows: tuple[Window, ...]
    files: tuple[PublishedFile, ...]
    package_version: str = prefect_expres.__version__


class Interest(BaseModel):
    """Which windows are of interest: those that last long enough and reach high frequencies."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    minutes: float = Field(
        30, ge=0, title="Length (min)", description="Shortest length of a window, minutes."
    )
    mhz: float = Field(
        15, ge=0, title="Frequency (MHz)", description="Frequency that a window must reach, MHz."
    )
    moons: tuple[Moon, ...] = Field((), description="Only these moons; empty for all.")

    def includes(self, window: Window) -> bool:
        """Return whether a window is of interest."""
        return (
            window.end - window.start >= timedelta(minutes=self.minutes)
            and window.fmax >= self.mhz
            and (not self.moons or window.source in self.moons)
        )


def forecasts_of(output: str, observatory: str) -> str:
    """Return the folder of the forecasts of an observatory; several may share one output."""
    return path_in(output, observatory.lower())


async def read_forecast(output: str, observatory: str) -> Forecast | None:
    """Read the latest forecast.

    Args:
        output: Path or fsspec URL that the flow `forecast` was given.
        observatory: Name of the observatory.

    Returns:
        The forecast, or None if there is none yet.

    Raises:
        ResultError: The file is not a forecast that this version can read.
    """
    content = await read_published(forecasts_of(output, observatory), posixpath.join(LATEST, INDEX))
    try:
        return None if content is None else Forecast.model_validate_json(content)
    except ValidationError:
        msg = f"This version cannot read the latest forecast of {observatory}; make a new one"
        raise ResultError(msg) from None


class Announced:
    """The windows that were announced, kept in a file beside the forecasts of an observatory.

    Args:
        root: Folder of the forecasts, from `forecasts_of`.
    """

    def __init__(self, root: str) -> None:
        self._root = root
        self._windows: list[Window] = []

    async def new_windows(self, forecast: Forecast, interest: Interest) -> list[Window]:
        """Return the windows of interest that were not announced before.

        Windows that are over when the forecast is made are left out.
        """
        self._windows = await self._read()
        coming = (window for window in forecast.windows if window.end > forecast.made)
        return appeared(filter(interest.includes, coming), self._windows)

    async def add(self, forecast: Forecast, new: Collection[Window]) -> None:
        """Note the announced windows, and forget those that ended before the forecast."""
        known = [window for window in self._windows if window.end.date() >= forecast.first]
        content = _WINDOWS.dump_json([*known, *new], indent=1)
        await write_whole(self._root, ANNOUNCED, content + b"\n")

    async def _read(self) -> list[Window]:
        """Read the announced windows; if the file is damaged, they are announced again."""
        content = await read_published(self._root, ANNOUNCED)
        try:
            return [] if content is None else _WINDOWS.validate_json(content)
        except ValidationError:
            return []


def appeared(windows: Iterable[Window], known: Collection[Window]) -> list[Window]:
    """Return the windows that are not known yet.

    A window is known if one of the same source overlaps it within `TOLERANCE`: its start moves with
    a better ephemeris, and when a forecast begins within it.
    """
    return [window for window in windows if not any(_is_same(window, each) for each in known)]


def _is_same(one: Window, other: Window) -> bool:
    same = (one.source, one.hemisphere, one.polarization) == (
        other.source,
        other.hemisphere,
        other.polarization,
    )
    return same and one.start <= other.end + TOLERANCE and other.start <= one.end + TOLERANCE
