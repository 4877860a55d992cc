"""Read the CSV of a WebGeoCalc state vector as what its preamble says that it is.

ExPRES itself looks at four columns only. Here a file that was made for the planet seen from the
observer is reversed, one without light time is corrected, one in an IAU system that is not that of
the planet's fields is converted, and what cannot be converted is refused. The notes of the
ephemeris say what was done.
"""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from prefect_expres.ephemeris.bodies import LIGHT_KM_S
from prefect_expres.ephemeris.csv_writer import COLUMNS, TITLE
from prefect_expres.ephemeris.model import CONVENTION, MIN_ROWS, Ephemeris, Span
from prefect_expres.ephemeris.planets import PLANETS, Planet
from prefect_expres.ephemeris.rotation import Point, from_iau, opposite_direction, rotated_back
from prefect_expres.ephemeris.timestamps import read_stamp
from prefect_expres.errors import EphemerisError

WANTED = COLUMNS[:4]
CLOSE_DEG = 0.1
"""How far the orientation may be off before a file is refused: ten seconds of rotation."""
HOW_TO_ASK = (
    "ask WebGeoCalc for a state vector with the planet as target, the spacecraft or Earth as "
    "observer, the planet's frame as IAU_JUPITER, light propagation 'To observer', planetocentric "
    "coordinates, times in UTC"
)
_CALENDAR = "calendar date"
_FRAMES = {
    frame: planet for planet in PLANETS.values() for frame in (planet.iau_frame, planet.frame)
}


@dataclass(frozen=True)
class _Parts:
    """The parts of a file: keys and values, the columns, the rows, and what follows."""

    preamble: Mapping[str, str]
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    marked: bool


def is_state_vector(data: bytes) -> bool:
    """Tell whether a file is a state vector in the form of WebGeoCalc."""
    return TITLE.encode() in data[:200]


def read_csv(data: bytes) -> Ephemeris:
    """Read a state vector as WebGeoCalc and this package write it.

    Returns:
        The ephemeris in the convention of ExPRES; its notes say what was converted.

    Raises:
        EphemerisError: ExPRES would misread the file, and it cannot be converted safely.
    """
    parts = _parts(data)
    _check(parts)
    indexes = [list(parts.columns).index(name) for name in WANTED]
    stamps, points = [], []
    for number, row in enumerate(parts.rows, 1):
        try:
            stamp, *numbers = (row[index] for index in indexes)
            points.append(Point(*map(float, numbers)))
        except (ValueError, IndexError):
            msg = f"Row {number} of the ephemeris cannot be read: {','.join(row)[:120]!r}"
            raise EphemerisError(msg) from None
        stamps.append(read_stamp(stamp, "The ephemeris"))
    span = grid(stamps)
    planet = _FRAMES[parts.preamble["Reference frame"]]
    settled, notes, observer = _converted(planet, parts, points)
    source = "A state vector file"
    return Ephemeris(span, tuple(settled), source, observer, planet.name, notes)


def grid(stamps: Sequence[datetime]) -> Span:
    """Find the uniform grid of the times.

    Raises:
        EphemerisError: There are too few, or they are not evenly spaced, or not in order.
    """
    if len(stamps) < MIN_ROWS:
        msg = f"The ephemeris has {len(stamps)} rows; ExPRES needs at least {MIN_ROWS}"
        raise EphemerisError(msg)
    steps = {int((late - early).total_seconds()) for early, late in pairwise(stamps)}
    if len(steps) > 1 or min(steps) <= 0:
        msg = (
            f"The times of the ephemeris step by {min(steps)} to {max(steps)} s, and ExPRES takes "
            "them for evenly spaced: it looks at the first and the last only"
        )
        raise EphemerisError(msg)
    return Span(stamps[0], steps.pop(), len(stamps))


def _parts(data: bytes) -> _Parts:
    try:
        lines = [row for row in csv.reader(data.decode("utf-8-sig").splitlines()) if row]
    except (UnicodeDecodeError, csv.Error) as fault:
        msg = f"The ephemeris is not CSV text: {fault}"
        raise EphemerisError(msg) from None
    head = next((at for at, row in enumerate(lines) if _CALENDAR in row[0]), None)
    if head is None:
        msg = f"The ephemeris has no column {WANTED[0]!r}; {HOW_TO_ASK}"
        raise EphemerisError(msg)
    end = next(
        (at for at, row in enumerate(lines[head + 1 :], head + 1) if not row[0][:1].isdigit()),
        len(lines),
    )
    return _Parts(
        {row[0]: row[1] for row in lines[:head] if len(row) > 1},
        [name.strip() for name in lines[head]],
        lines[head + 1 : end],
        marked=any(CONVENTION in cell for row in lines for cell in row),
    )


def _check(parts: _Parts) -> None:
    """Refuse columns, time scales and frames that ExPRES would mistake for others."""
    said = parts.preamble.get
    if not set(WANTED) <= set(parts.columns):
        msg = f"The ephemeris has the columns {', '.join(parts.columns)[:200]}; {HOW_TO_ASK}"
        raise EphemerisError(msg)
    for key, right in (
        ("Time system", {"UTC"}),
        ("Reference frame", set(_FRAMES)),
        ("State representation", {"Planetocentric", "Latitudinal"}),
    ):
        if said(key) not in right:
            msg = (
                f"The ephemeris says {key!r}: {said(key)!r}, where ExPRES assumes "
                f"{' or '.join(sorted(right))}; {HOW_TO_ASK}"
            )
            raise EphemerisError(msg)


def _converted(
    planet: Planet, parts: _Parts, points: Sequence[Point]
) -> tuple[Sequence[Point], tuple[str, ...], str]:
    """Convert the points to the convention of ExPRES; give them, notes, and the observer."""
    target, observer = (parts.preamble.get(key, "").upper() for key in ("Target", "Observer"))
    light = parts.preamble.get("Light propagation", "").lower()
    center = planet.name.upper()
    if center not in {target, observer}:
        msg = (
            f"The ephemeris is about {target} and {observer}, not about {planet.name}, whose frame "
            f"it has; {HOW_TO_ASK}"
        )
        raise EphemerisError(msg)
    if parts.marked:
        return points, (), target
    if light not in {"to observer", "no correction"}:
        msg = f"The ephemeris has light propagation {light!r}; {HOW_TO_ASK}"
        raise EphemerisError(msg)
    corrected, reverse = light == "to observer", target == center
    notes: tuple[str, ...] = ()
    if reverse:
        points = [opposite_direction(point) for point in points]
        notes += ("Direction reversed: the file holds the planet as seen from the observer",)
    if parts.preamble["Reference frame"] != planet.frame:
        points = [from_iau(planet, point) for point in points]
        notes += (f"Longitudes and latitudes converted from {planet.iau_frame} to {planet.frame}",)
    if not corrected:
        points, note = with_light_time(planet, points)
        notes += (note,)
    elif not reverse:
        notes += _if_close(planet, points)
    return points, notes, observer if reverse else target


def with_light_time(planet: Planet, points: Sequence[Point]) -> tuple[list[Point], str]:
    """Correct the orientation of a planet from t to t - light time.

    The planet's motion during the light time is neglected: Jupiter's 13 km/s relative to the speed
    of light are 0.0025°, Mercury's 59 km/s 0.011°.

    Returns:
        The points, and a note that says so.
    """
    corrected = [rotated_back(planet, point, point.distance / LIGHT_KM_S) for point in points]
    most = max(point.distance for point in points) / LIGHT_KM_S * planet.rotation_deg_s
    left = 0.011 if planet.name == "Mercury" else 0.003
    return corrected, (
        f"Light time added: the file has none; {planet.name}'s orientation changes by up to "
        f"{most:.3f} degrees, which leaves an error of at most {left} degrees"
    )


def _if_close(planet: Planet, points: Sequence[Point]) -> tuple[str, ...]:
    """Accept the state of the observer relative to the planet, seen from it, only close to it.

    Its orientation is that of t. Nothing tells it from a file that was corrected by hand.
    """
    off = max(point.distance for point in points) / LIGHT_KM_S * planet.rotation_deg_s
    if off > CLOSE_DEG:
        msg = (
            "The ephemeris holds the observer as seen from the planet: the orientation is that of "
            f"t, not of t - light time, up to {off:.2f} degrees off; {HOW_TO_ASK}"
        )
        raise EphemerisError(msg)
    return (
        f"{planet.name}'s orientation is up to {off:.4f} degrees off: negligible at this distance",
    )
