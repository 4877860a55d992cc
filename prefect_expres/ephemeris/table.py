"""Take an ephemeris from a file: a WebGeoCalc state vector, or a table with stated conventions."""

import asyncio
import csv
import hashlib
import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field

from prefect_expres.ephemeris.bodies import AU_KM
from prefect_expres.ephemeris.csv_reader import grid, is_state_vector, read_csv, with_light_time
from prefect_expres.ephemeris.model import Ephemeris, Span
from prefect_expres.ephemeris.provider import EphemerisSpec, FileName
from prefect_expres.ephemeris.rotation import Point, planetocentric
from prefect_expres.ephemeris.timestamps import read_stamp
from prefect_expres.errors import EphemerisError, StorageError
from prefect_expres.net.clock import Clock
from prefect_expres.net.url import shown_url
from prefect_expres.storage import read_bounded

MAX_BYTES = 128 * 2**20
"""As many rows as a span may have, of 128 bytes each."""
_KM = {"km": 1.0, "au": AU_KM}
_STATED = Field(title="Stated here")
_SaidByFile = Annotated[None, Field(title="Said by the file")]


class TableEphemeris(EphemerisSpec):
    """Take the positions from a file: a WebGeoCalc CSV, or a table with stated conventions."""

    model_config = ConfigDict(title="Table")

    kind: Literal["table"] = "table"
    path: FileName = Field(min_length=1, description="Path or URL of the file.")
    observer: str = Field("", description="The observer's name, if the file does not say it.")
    longitude: Annotated[Literal["east", "west"], _STATED] | _SaidByFile = Field(
        None,
        description="Which way longitudes count, in the system of the planet's fields; a "
        "WebGeoCalc CSV says it itself.",
    )
    latitude: Annotated[Literal["planetocentric", "planetodetic"], _STATED] | _SaidByFile = Field(
        None, description="Which latitude it is; a WebGeoCalc CSV says it itself."
    )
    distance: Annotated[Literal["km", "au", "radii"], _STATED] | _SaidByFile = Field(
        None, description="The unit of the distance; radii are the planet's at its equator."
    )
    light_time: Annotated[Literal["corrected", "none"], _STATED] | _SaidByFile = Field(
        None,
        title="Light time",
        description="Corrected: the planet's orientation is that of when the light left; "
        "none: it is that of the time in the row.",
    )
    columns: tuple[str, str, str, str] = Field(
        ("time", "longitude", "latitude", "distance"),
        description="Names of the columns: time in UTC, longitude, latitude, distance.",
    )

    @property
    def _shown(self) -> str:
        """Where the file is, as messages tell it."""
        return shown_url(self.path)

    def identity(self) -> dict[str, Any]:
        """Give everything that decides the answer: the hash of the file, and the conventions.

        Raises:
            EphemerisError: The file cannot be read.
        """
        return {**super().identity(), "sha256": hashlib.sha256(self._data()).hexdigest()}

    async def compute(self, span: Span, clock: Clock) -> Ephemeris:
        """Give the rows of the file for the times of ``span``.

        Raises:
            EphemerisError: As `read`, or the file has no rows at some of these times.
        """
        whole = await asyncio.to_thread(self.read)
        rows = dict(zip(whole.span.times(), whole.points, strict=True))
        missing = next((moment for moment in span.times() if moment not in rows), None)
        if missing is not None:
            msg = (
                f"{self._shown} has no row at {missing:%Y-%m-%d %H:%M:%S} UTC: it reaches from "
                f"{whole.span.start:%Y-%m-%d %H:%M:%S} to {whole.span.stop:%Y-%m-%d %H:%M:%S} in "
                f"steps of {whole.span.step} s"
            )
            raise EphemerisError(msg)
        points = tuple(rows[moment] for moment in span.times())
        return Ephemeris(span, points, whole.source, whole.observer, self.center, whole.notes)

    def read(self) -> Ephemeris:
        """Give all rows of the file.

        Raises:
            EphemerisError: The file cannot be read or converted, or its conventions are not stated.
        """
        data = self._data()
        if not data.strip():
            msg = f"{self._shown} is empty; fetch it again, or give another file"
            raise EphemerisError(msg)
        if is_state_vector(data):
            return self._about_center(read_csv(data))
        self._check_conventions()
        rows = list(self._rows(data))
        span = grid([stamp for stamp, _ in rows])
        points, notes = [point for _, point in rows], tuple[str, ...]()
        if self.light_time == "none":
            points, note = with_light_time(self.planet, points)
            notes = (note,)
        source = f"The table {self._shown.rpartition('/')[2]}"
        return Ephemeris(
            span, tuple(points), source, self.observer or "observer", self.center, notes
        )

    def _data(self) -> bytes:
        try:
            return read_bounded(self.path, MAX_BYTES)
        except StorageError as fault:
            raise EphemerisError(str(fault)) from None

    def _about_center(self, found: Ephemeris) -> Ephemeris:
        if found.center != self.center:
            msg = (
                f"{self._shown} is about {found.center}, not {self.center}: set center to "
                f"{found.center}, or give another file"
            )
            raise EphemerisError(msg)
        return found

    def _check_conventions(self) -> None:
        stated = ("longitude", "latitude", "distance", "light_time")
        if missing := [name for name in stated if getattr(self, name) is None]:
            msg = (
                f"{self._shown} is not a WebGeoCalc state vector, so its conventions must be "
                f"stated: give {', '.join(missing)}"
            )
            raise EphemerisError(msg)

    def _rows(self, data: bytes) -> Iterator[tuple[datetime, Point]]:
        header, *body = _cells(data, self._shown)
        try:
            indexes = [header.index(name) for name in self.columns]
        except ValueError:
            msg = f"{self._shown} has the columns {', '.join(header)[:200]}; say which are meant"
            raise EphemerisError(msg) from None
        for number, row in enumerate(body, 1):
            try:
                stamp, *texts = (row[index] for index in indexes)
                longitude, latitude, distance = map(float, texts)
            except (ValueError, IndexError):
                msg = f"{self._shown}: row {number} cannot be read: {' '.join(row)[:120]!r}"
                raise EphemerisError(msg) from None
            yield (
                read_stamp(stamp, self._shown),
                Point(
                    (longitude if self.longitude == "east" else -longitude) % 360.0,
                    self._centric(latitude),
                    distance * self._km,
                ),
            )

    def _centric(self, latitude: float) -> float:
        if self.latitude == "planetocentric":
            return latitude
        return planetocentric(self.planet, latitude)

    @property
    def _km(self) -> float:
        """Kilometres of one unit of the distance."""
        return _KM.get(str(self.distance), self.planet.equator_km)


def _cells(data: bytes, path: str) -> Sequence[Sequence[str]]:
    """Split a table into cells at commas, semicolons or tabs, or else at white space."""
    try:
        lines = [line for line in data.decode("utf-8-sig").splitlines() if line.strip(" #\t")]
    except UnicodeDecodeError as fault:
        msg = f"{path} is not text: {fault}"
        raise EphemerisError(msg) from None
    lines = [line for line in lines if not line.startswith("#")]
    if not lines:
        msg = f"{path} is empty"
        raise EphemerisError(msg)
    delimiter = next((mark for mark in ",;\t" if mark in lines[0]), None)
    if delimiter is None:
        return [re.split(r"\s+", line.strip()) for line in lines]
    return [[cell.strip() for cell in row] for row in csv.reader(lines, delimiter=delimiter)]
