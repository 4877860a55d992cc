"""Make a forecast of simulations: what an observatory will see, as files and as values."""

import hashlib
import posixpath
import tempfile
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

import prefect_expres
from prefect_expres import analysis
from prefect_expres.analysis.windows import Window
from prefect_expres.campaigns.plan import RoutineMoon
from prefect_expres.errors import ResultError
from prefect_expres.storage import local_copy, write_whole
from prefect_expres.storage.publish import LATEST, read_published

INDEX = "forecast.json"
TABLE, FIGURE = "windows.csv", "overview.png"
CALENDAR, CATALOGUE = "windows.ics", "windows.tfcat.json"
ANNOUNCED = "announced.json"
GAP = 15
"""Steps without emission that a window may hold: arcs are thinner than a cell at their top."""

TOLERANCE = timedelta(minutes=15)
_WINDOWS = TypeAdapter(list[Window])


class Simulated(BaseModel):
    """A simulation that a forecast stands on, or was to stand on.

    ``folder`` is the URL of its files, None if it is missing; ``error`` says why.
    """

    model_config = ConfigDict(frozen=True)

    label: str
    moon: str
    day: date
    folder: str | None = None
    error: str | None = None


class PublishedFile(BaseModel):
    """A file of a forecast: its name in the set's folder, its size in bytes and its SHA-256."""

    model_config = ConfigDict(frozen=True)

    name: str
    size: int
    sha256: str


class Forecast(BaseModel):
    """What an observatory will see, and what that was taken from.

    ``folder`` is the name of the folder that holds the files, beside the one named ``latest``.
    """

    model_config = ConfigDict(frozen=True)

    observatory: str
    first: date
    last: date
    made: datetime
    folder: str
    moons: tuple[str, ...]
    windows: tuple[Window, ...]
    simulations: tuple[Simulated, ...]
    files: tuple[PublishedFile, ...]
    package_version: str = prefect_expres.__version__

    @property
    def missing(self) -> tuple[Simulated, ...]:
        """What was to be simulated and is not there."""
        return tuple(each for each in self.simulations if each.folder is None)


class Interest(BaseModel):
    """Which windows are worth an event: long enough, and at frequencies that are high enough."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    minutes: float = Field(30, ge=0, description="Minutes that a window lasts at least.")
    mhz: float = Field(15, ge=0, description="Frequency that a window reaches at least, MHz.")
    moons: tuple[RoutineMoon, ...] = Field((), description="Only these moons; empty for all.")

    def includes(self, window: Window) -> bool:
        """Say whether a window is of interest."""
        return (
            window.end - window.start >= timedelta(minutes=self.minutes)
            and window.fmax >= self.mhz
            and (not self.moons or window.source in self.moons)
        )


def forecasts_of(output: str, observatory: str) -> str:
    """Give the folder of an observatory's forecasts: several may share one output."""
    return posixpath.join(output, observatory.lower())


async def read_forecast(output: str, observatory: str) -> Forecast | None:
    """Read the latest forecast; None if there is none yet.

    Args:
        output: Path or fsspec URL that the flow `forecast` was given.
        observatory: Name of the site.

    Raises:
        ResultError: What is there is no forecast.
    """
    content = await read_published(forecasts_of(output, observatory), posixpath.join(LATEST, INDEX))
    try:
        return None if content is None else Forecast.model_validate_json(content)
    except ValidationError:
        msg = (
            f"The latest forecast of {observatory} is none that this version reads; make a new one"
        )
        raise ResultError(msg) from None


class Announced:
    """The windows that were announced once, kept beside an observatory's forecasts.

    Args:
        root: From `forecasts_of`.
    """

    def __init__(self, root: str) -> None:
        self._root = root
        self._windows: list[Window] = []

    async def news(self, forecast: Forecast, interest: Interest) -> list[Window]:
        """Give the windows of interest in a forecast that were not announced yet.

        Windows that are over when the forecast is made are no news.
        """
        self._windows = await self._read()
        coming = (window for window in forecast.windows if window.end > forecast.made)
        return appeared(filter(interest.includes, coming), self._windows)

    async def keep(self, forecast: Forecast, news: Collection[Window]) -> None:
        """Take note that windows were announced; those before the forecast are forgotten."""
        known = [window for window in self._windows if window.end.date() >= forecast.first]
        content = _WINDOWS.dump_json([*known, *news], indent=1)
        await write_whole(self._root, ANNOUNCED, content + b"\n")

    async def _read(self) -> list[Window]:
        """Read what was announced; where that cannot be read, it is announced once more."""
        content = await read_published(self._root, ANNOUNCED)
        try:
            return [] if content is None else _WINDOWS.validate_json(content)
        except ValidationError:
            return []


def appeared(windows: Iterable[Window], known: Collection[Window]) -> list[Window]:
    """Give the windows that are not known yet.

    A window is known if one of the same source was there at the same time, give or take some
    minutes: its start moves with a better ephemeris, and where a forecast begins within it.
    """
    return [window for window in windows if not any(_is_same(window, each) for each in known)]


def _is_same(one: Window, other: Window) -> bool:
    same = (one.source, one.hemisphere, one.polarization) == (
        other.source,
        other.hemisphere,
        other.polarization,
    )
    return same and one.start <= other.end + TOLERANCE and other.start <= one.end + TOLERANCE


def make_forecast(
    cdfs: Sequence[str],
    simulations: Sequence[Simulated],
    *,
    observatory: str,
    moons: Sequence[str],
    first: date,
    last: date,
    made: datetime,
    folder: str,
) -> tuple[Forecast, dict[str, bytes]]:
    """Find what an observatory sees in simulations, and make the files that tell it.

    Args:
        cdfs: fsspec URLs of the CDF files; they are fetched and read one by one.
        simulations: All that were to be made, the missing ones too.
        observatory: Name of a site, see `find_observatory`.
        moons: The moons, in the order in which they are told.
        first: The first day, UTC.
        last: The last day, UTC.
        made: When the forecast is made, UTC.
        folder: The name of the folder that will hold the files.

    Returns:
        The forecast, and the files' contents by their names, with the forecast itself as `INDEX`.

    Raises:
        ResultError: A file is not what ExPRES writes.
        ObservatoryError: No site has this name.
    """
    place = analysis.find_observatory(observatory)
    with tempfile.TemporaryDirectory() as lent:
        scratch = Path(lent)
        arcs = analysis.find_arcs(_opened(cdfs), gap=GAP, observatory=place)
        arcs.sort(key=lambda arc: (arc.window.start, arc.window.name))
        windows = [arc.window for arc in arcs]
        written = (
            analysis.write_csv(windows, scratch / TABLE),
            analysis.draw_overview(
                arcs,
                scratch / FIGURE,
                observatory=place,
                first=first,
                last=last,
                moons=moons,
                missing=_missing(simulations),
            ),
            analysis.write_calendar(
                windows,
                scratch / CALENDAR,
                name=f"Jupiter from {place.name}",
                observatory=place,
                stamp=made,
            ),
            analysis.write_catalogue(arcs, scratch / CATALOGUE, observatory=place),
        )
        contents = {path.name: path.read_bytes() for path in written}
    forecast = Forecast(
        observatory=place.name,
        first=first,
        last=last,
        made=made,
        folder=folder,
        moons=tuple(moons),
        windows=tuple(windows),
        simulations=tuple(simulations),
        files=tuple(
            PublishedFile(name=name, size=len(each), sha256=hashlib.sha256(each).hexdigest())
            for name, each in contents.items()
        ),
    )
    return forecast, contents | {INDEX: forecast.model_dump_json(indent=2).encode() + b"\n"}


def _opened(cdfs: Iterable[str]) -> Iterator[Any]:
    """Open files one by one, each only while it is read: a month of them is large."""
    for url in cdfs:
        with local_copy(url) as local, analysis.open_results(local) as dataset:
            yield dataset


def _missing(simulations: Iterable[Simulated]) -> Mapping[date, Sequence[str]]:
    """Give the moons that are missing, by day."""
    missing: dict[date, list[str]] = defaultdict(list)
    for each in simulations:
        if each.folder is None:
            missing[each.day].append(each.moon)
    return missing
