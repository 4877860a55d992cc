"""Windows as a calendar."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from icalendar import Calendar

from prefect_expres.analysis import find_observatory, visible_windows, write_calendar

Opened = Callable[..., Any]
STAMP = datetime(2023, 12, 1, 12, tzinfo=UTC)


def events(path: Path) -> list[Any]:
    """Read the events back with the library."""
    return list(Calendar.from_ical(path.read_bytes()).events)


def test_events_have_the_times_of_the_windows(opened: Opened, tmp_path: Path) -> None:
    """An event a window, in UTC, with what an observer wants to read."""
    windows = visible_windows(opened())
    found = events(write_calendar(windows, tmp_path / "io.ics", stamp=STAMP))
    assert [(event.start, event.end) for event in found] == [
        (window.start, window.end) for window in windows
    ]
    assert all(event.start.utcoffset().total_seconds() == 0 for event in found)
    assert found[0]["summary"] == "Io north RH 2.0-3.0 MHz"
    assert "Central meridian longitude: 2° to 14°" in found[0]["description"]
    assert "location" not in found[0]


def test_the_file_is_as_the_standard_says(opened: Opened, tmp_path: Path) -> None:
    """RFC 5545: CRLF, lines of 75 bytes at most, UTC stamps, and the properties that must be."""
    content = write_calendar(visible_windows(opened()), tmp_path / "io.ics", stamp=STAMP)
    lines = content.read_bytes().split(b"\r\n")
    assert lines[0] == b"BEGIN:VCALENDAR"
    assert b"VERSION:2.0" in lines
    assert any(line.startswith(b"PRODID:-//prefect-expres//") for line in lines)
    assert not any(b"\n" in line or len(line) > 75 for line in lines)
    assert lines.count(b"DTSTAMP:20231201T120000Z") == 3
    assert b"DTSTART:20240101T002000Z" in lines
    assert b"DTEND:20240101T005000Z" in lines


def test_an_event_keeps_its_identifier(opened: Opened, tmp_path: Path) -> None:
    """Written anew, events replace each other; other names and places are other events."""
    windows = visible_windows(opened())

    def identifiers(**options: Any) -> list[str]:
        return [
            str(event["uid"])
            for event in events(write_calendar(windows, tmp_path / "io.ics", **options))
        ]

    first = identifiers(stamp=STAMP)
    assert len(set(first)) == 3
    assert identifiers() == first
    assert not set(identifiers(name="JRM33")) & set(first)
    assert not set(identifiers(observatory=find_observatory("NenuFAR"))) & set(first)


def test_an_observatory_is_the_place(opened: Opened, tmp_path: Path) -> None:
    """With an observatory, events tell where they take place."""
    lwa = find_observatory("OVRO-LWA")
    path = write_calendar(visible_windows(opened()), tmp_path / "io.ics", observatory=lwa)
    event = events(path)[0]
    assert event["location"] == "OVRO-LWA"
    assert event["geo"].to_ical() == "37.23977727;-118.2816667"


def test_a_window_of_no_length_has_no_end(opened: Opened, tmp_path: Path) -> None:
    """The standard wants an end after the start; a single step of a file has neither length."""
    (window, *_) = visible_windows(opened())
    point = window.model_copy(update={"end": window.start})
    path = write_calendar([point], tmp_path / "io.ics")
    assert b"DTEND" not in path.read_bytes()
