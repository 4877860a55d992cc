"""Whether an ephemeris file is for the times of a configuration, and what follows from it.

ExPRES takes the times from the file, whatever ``SCTIME`` and ``TIME`` say. So a file that does not
hold what they ask for is refused: the result would be of another day, or end early, under the name
of this one. A file that holds more overrides them, and then they are made to say so.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from prefect_expres.ephemeris.apply import minutes_of, sctime, set_phases
from prefect_expres.ephemeris.bodies import LIGHT_KM_S
from prefect_expres.ephemeris.file_track import FileTrack
from prefect_expres.errors import EphemerisError
from prefect_expres.expres import Configuration
from prefect_expres.expres.time_axis import TimeAxis

_SECOND = timedelta(seconds=1)
_SPARE = 1.001
"""How much longer than asked for a step may be: services write steps with few digits."""


def check_times(configuration: Configuration, times: TimeAxis) -> None:
    """Refuse a file that does not hold the times of a configuration.

    It may begin and end one step within them, since ``MAX`` is the end of the last step for some
    and its start for others.

    Raises:
        EphemerisError: It is for another day, too short, or too coarse.
    """
    asked = TimeAxis.of(configuration)
    assert times.start is not None
    assert times.stop is not None
    spare = _spare(asked)
    if times.step > asked.step * _SPARE:
        wrong = "has longer steps than asked for"
    elif asked.start is None:
        if timedelta(minutes=asked.minutes) - timedelta(minutes=times.minutes) <= spare:
            return
        wrong = "is shorter than asked for"
    elif times.start > asked.start + timedelta(minutes=asked.minutes) or times.stop < asked.start:
        wrong = "is for another time than asked for"
    elif times.start > asked.start + spare:
        wrong = "begins later than asked for"
    elif asked.stop is not None and times.stop < asked.stop - spare:
        wrong = "ends earlier than asked for"
    else:
        return
    msg = (
        f"The ephemeris {wrong}. It covers {times}; OBSERVER.SCTIME and TIME ask for {asked}. Give "
        "the file of these times, or change SCTIME and TIME, and PHASE of the moons with them"
    )
    raise EphemerisError(msg)


def follow_file(
    configuration: Configuration, track: FileTrack
) -> tuple[Configuration, tuple[str, ...]]:
    """Make ``SCTIME``, ``TIME`` and the moons' ``PHASE`` what an ephemeris file makes of them.

    Args:
        configuration: The configuration, whose observer is that of the file.
        track: What ExPRES reads from the file.

    Returns:
        The configuration, unchanged if the file is just for its times; and notes of what was
        changed.

    Raises:
        EphemerisError: The file does not hold the times of the configuration, or moves the start
            for a body whose ``PHASE`` then is not known.
        ConfigurationError: The configuration breaks rules.
    """
    check_times(configuration, track.times)
    asked, times = TimeAxis.of(configuration), track.times
    assert times.start is not None
    moved = asked.start is not None and abs(times.start - asked.start) >= _SECOND
    longer = timedelta(minutes=times.minutes - asked.minutes) > _spare(asked)
    if times.count == asked.count and asked.start is not None and not (moved or longer):
        return configuration, ()
    content = configuration.content()
    content["OBSERVER"] |= {"SCTIME": sctime(times.start)}
    content["TIME"] |= {"MIN": 0, "MAX": minutes_of(times.minutes), "NBR": times.count}
    notes = [f"The ephemeris overrides SCTIME and TIME: {times}; they said {asked}"]
    if moved:
        phases = set_phases(content, times.start, track.first.distance / LIGHT_KM_S)
        _refuse_unknown(content, times, phases)
        words = ", ".join(f"{name} {phase}°" for name, phase in phases.items())
        notes.append(f"PHASE is set for the start of the ephemeris: {words}")
    return Configuration.from_mapping(content), tuple(notes)


def _spare(asked: TimeAxis) -> timedelta:
    """Give how much a file may be shorter or longer: a step, and a second for rounded stamps."""
    return timedelta(minutes=asked.minutes / asked.count) + _SECOND


def _refuse_unknown(
    content: Mapping[str, Any], times: TimeAxis, phases: Mapping[str, float]
) -> None:
    """Refuse to move the start for moving bodies whose positions are not known here."""
    unknown = [
        body["NAME"]
        for body in content["BODY"]
        if body["ON"] and body["MOTION"] and body["NAME"] not in phases
    ]
    if unknown:
        msg = (
            f"The ephemeris begins at {times.start:%Y-%m-%d %H:%M:%S}, and PHASE of "
            f"{', '.join(unknown)} is that of OBSERVER.SCTIME: write the east longitude at the "
            "start of the ephemeris there, and that start in SCTIME"
        )
        raise EphemerisError(msg)
