"""The field lines that a source lights, and how they move."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from prefect_expres.engine.geometry import Clock, moon_track
from prefect_expres.engine.harmonics import Floats
from prefect_expres.engine.lead import lead
from prefect_expres.engine.limits import active_sources, central_body, is_satellite, moon
from prefect_expres.engine.lines import Family
from prefect_expres.expres.configuration import Body, Configuration, Source
from prefect_expres.expres.result_name import line_longitude, source_origin
from prefect_expres.expres.vocabulary import LEAD_LAWS, NO_LAW, Lines, lines_of

LAW_SHIFTS = (0.0, -4.0, -14.0)
"""What ExPRES adds to the first, second and third line of a law; all others get nothing."""
NEAREST_SHELL, FARTHEST_SHELL = 2, 100


@dataclass(frozen=True)
class Lane:
    """One source on one field line: a source with LG_NBR n has n lanes.

    Attributes:
        source: The configuration's source.
        index: Which of its lines.
        offset: West longitude from the moon or, auroral, from the source's meridian, degrees.
            With a law, what is added to minus its lead angle.
        law: The lead angle's law, if there is one.
    """

    source: Source
    index: int
    offset: float
    law: str | None = None

    @property
    def origin(self) -> str:
        """The moon, or longitude and shell, in the words of the file."""
        return source_origin(self.source, self.index)


@dataclass(frozen=True)
class Course:
    """Where a lane's field line is, step by step.

    Attributes:
        longitude: West longitude, not wrapped, shape (nt,), degrees.
        families: The families of lines that it passes through, from the inner to the outer.
        place: Where it is among them: 0 in the first, 1 in the second, shape (nt,).
    """

    longitude: Floats
    families: Sequence[Family]
    place: Floats


def lanes(configuration: Configuration) -> list[Lane]:
    """List the field lines that are simulated, in the order of the result."""
    return [lane for source in active_sources(configuration) for lane in _lanes_of(source)]


def _lanes_of(source: Source) -> list[Lane]:
    indices = range(source.lg_nbr)
    if source.lag_model not in NO_LAW:
        return [Lane(source, i, _law_shift(i), source.lag_model) for i in indices]
    if not isinstance(source.lg_min, str):
        return [Lane(source, i, line_longitude(source, i)) for i in indices]
    beside = float(source.lg_min.removeprefix("auto") or 0)
    return [Lane(source, i, beside or _law_shift(i), LEAD_LAWS[0]) for i in indices]


def _law_shift(index: int) -> float:
    return LAW_SHIFTS[index] if index < len(LAW_SHIFTS) else 0.0


def course(lane: Lane, configuration: Configuration, moments: Clock) -> Course:
    """Find the field line that is lit at every step."""
    planet = central_body(configuration)
    if not is_satellite(lane.source):
        family = Family(lines_of(lane.source.type), int(lane.source.lat))
        meridian = _meridian(lane.source, planet, moments)
        line = _lit(lane, planet.name, meridian)
        return Course(line, [family], np.zeros_like(line))
    body = moon(configuration, lane.source.sat)
    track = moon_track(planet, body, moments)
    families, place = _shells(body, float(lane.source.lat) + track.distance)
    return Course(_lit(lane, body.name, track.longitude), families, place)


def _meridian(source: Source, planet: Body, moments: Clock) -> Floats:
    """Follow the meridian from which an auroral source's longitude counts, ``INIT_AX`` apart."""
    turned = 360.0 * moments.motion / float(planet.period) * float(source.sub)
    return np.asarray(turned % 360.0)


def _lit(lane: Lane, driver: str, longitude: Floats) -> Floats:
    if lane.law is None:
        return longitude + lane.offset
    south = bool(lane.source.south)
    return longitude - lead(lane.law, driver, longitude, south=south) + lane.offset


def _shells(body: Body, distance: Floats) -> tuple[list[Family], Floats]:
    """Find the L-shells that ExPRES takes for a moon, and its place among them.

    A circular orbit of a whole number of radii has its own shell. For any other, ExPRES counts
    shells from just inside the orbit's nearest point to just outside its farthest, and takes the
    moon's distance for the place in that row: nearly always its end, the outermost shell.
    """
    semi_major, semi_minor = float(body.semi_maj), float(body.semi_min)
    if semi_major == semi_minor and semi_major.is_integer():
        return [Family(Lines.L_SHELL, int(semi_major))], np.zeros_like(distance)
    centre = (semi_major**2 - semi_minor**2) ** 0.5
    nearest = max(int(semi_major - centre), NEAREST_SHELL)
    farthest = min(int(semi_major + centre + 1), FARTHEST_SHELL)
    place = np.minimum(distance, farthest - nearest)
    first, last = int(place.min()), int(np.ceil(place.max()))
    row = range(nearest + first, nearest + last + 1)
    return [Family(Lines.L_SHELL, number) for number in row], place - first
