"""Windows as a calendar for observers: iCalendar, RFC 5545."""

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

from icalendar import Calendar, Event

from prefect_expres import __version__
from prefect_expres.analysis.locations import local_target
from prefect_expres.analysis.observatories import Observatory
from prefect_expres.analysis.titles import SIGNS
from prefect_expres.analysis.windows import ANGLES, Window
from prefect_expres.storage import atomic_path


def write_calendar(
    windows: Iterable[Window],
    path: str | Path,
    *,
    name: str = "ExPRES",
    observatory: Observatory | None = None,
    stamp: datetime | None = None,
) -> Path:
    """Write windows as the events of a calendar.

    An event keeps its identifier when the calendar is written again with the same start, source,
    observatory and calendar name, so that calendar programs replace it.

    Args:
        windows: The windows.
        path: Local path or ``file://`` URL of the file, ``.ics``; it is complete when it has this
            name.
        name: The name of the calendar, for instance the model.
        observatory: The location of the events.
        stamp: When the calendar was made; None is now.

    Returns:
        The path of the file.
    """
    calendar = Calendar()
    calendar.add("prodid", f"-//prefect-expres//{__version__}//EN")
    calendar.add("version", "2.0")
    calendar.add("name", name)
    calendar.add("x-wr-calname", name)
    made = (stamp or datetime.now(UTC)).astimezone(UTC)
    for window in windows:
        calendar.add_component(_event(window, name, observatory, made))
    target = local_target(path)
    with atomic_path(target) as part:
        part.write_bytes(calendar.to_ical())
    return target


def _event(window: Window, calendar: str, observatory: Observatory | None, made: datetime) -> Event:
    location = observatory.name if observatory else ""
    event = Event()
    event.add("uid", str(uuid5(NAMESPACE_URL, f"{calendar}/{location}/{window.name}")))
    event.add("dtstamp", made)
    event.add("dtstart", window.start)
    if window.end > window.start:
        event.add("dtend", window.end)
    event.add("summary", _summary(window))
    event.add("description", _description(window))
    event.add("categories", [window.source, window.hemisphere, window.polarization])
    if observatory:
        event.add("location", observatory.name)
        event.add("geo", (observatory.latitude, (observatory.longitude + 180) % 360 - 180))
    return event


def _summary(window: Window) -> str:
    return (
        f"{window.source} {window.hemisphere} {window.polarization} "
        f"{window.fmin:.1f}-{window.fmax:.1f} MHz"
    )


def _description(window: Window) -> str:
    """Describe polarization, angles, and what cuts the window, one a line."""
    lines = [f"Polarization: {SIGNS[window.polarization]}"]
    for angle, words in ANGLES.items():
        if ends := getattr(window, angle):
            lines.append(f"{words}: {ends[0]:.0f}° to {ends[1]:.0f}°")
    if window.cut_at:
        lines.append(f"Cut at the {window.cut_at} of the simulation")
    return "\n".join(lines)
