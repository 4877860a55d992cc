"""Windows of visible emission, as plain values.

Manifests hold windows, so this module must load without numpy and xarray.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Annotated, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict

Hemisphere = Literal["north", "south"]

Polarization = Literal["RH", "LH"]
"""Circular polarization as ExPRES signs it in the variable ``Polarization``: right-hand (RH) is -1,
the extraordinary mode (RX) of a northern source; left-hand (LH) is +1, RX of a southern one. The
ordinary mode (LO) has the opposite signs."""

GAP = timedelta(minutes=15)
"""The longest pause without emission that does not end a window, unless a number of steps is given.

Near its highest frequency an arc is thinner than a cell of the grid, and has such pauses. All who
look at a file use the same, so that they see the same windows."""

ANGLES = {
    "cml": "Central meridian longitude",
    "moon_phase": "Phase of the moon",
    "source_phase": "Phase of the active field line",
}
"""The angles that a window may have, each at its start and at its end, and their names."""

CUTS = ("cut_at_start", "cut_at_end")
"""The fields that `Window.cut_at` says in words."""


def _in_utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC)


class Window(BaseModel):
    """A span of time in which a source is visible.

    Attributes:
        source: Where the emission comes from, for instance ``Io``.
        hemisphere: The hemisphere of the source.
        polarization: RH or LH, see `Polarization`.
        start: The first time step with visible emission, UTC.
        end: The end of the last one, UTC.
        fmin: Lowest visible frequency, MHz, to 100 Hz.
        fmax: Highest visible frequency, MHz, to 100 Hz.
        cml: Central meridian longitude at the first and the last step, degrees west, 0 to 360; the
            second is smaller where the window crosses 0. None if the file has no ``CML``.
        source_phase: Phase of the active field line at the first and the last step, degrees,
            ``CML - SrcLongitude + 180``. It exceeds the phase of the moon by the lead angle, some
            degrees. None without ``CML`` and ``SrcLongitude``, or if the source has several field
            lines.
        moon_phase: Phase of the moon, likewise; see `prefect_expres.analysis.moons` for how the
            lead angle is found. None where it cannot be.
        cut_at_start: Whether emission is visible in the simulation's first time step, and so
            perhaps before it.
        cut_at_end: Whether it is visible in the last one, and so perhaps after it.
    """

    model_config = ConfigDict(frozen=True)

    source: str
    hemisphere: Hemisphere
    polarization: Polarization
    start: Annotated[AwareDatetime, AfterValidator(_in_utc)]
    end: Annotated[AwareDatetime, AfterValidator(_in_utc)]
    fmin: float
    fmax: float
    cml: tuple[float, float] | None = None
    source_phase: tuple[float, float] | None = None
    moon_phase: tuple[float, float] | None = None
    cut_at_start: bool = False
    cut_at_end: bool = False

    @property
    def cut_at(self) -> str:
        """At what of the simulation it is cut: start, end, both, or an empty text."""
        return " and ".join(["start"] * self.cut_at_start + ["end"] * self.cut_at_end)

    @property
    def name(self) -> str:
        """A stable name: source, hemisphere, polarization and start."""
        who = f"{self.source} {self.hemisphere} {self.polarization}".lower().replace(" ", "-")
        return f"{who}-{self.start:%Y%m%dT%H%M%SZ}"


def merge_windows(
    windows: Iterable[Window], *, gap: timedelta = timedelta(minutes=2)
) -> list[Window]:
    """Merge the windows of many simulations into one schedule.

    Windows of the same source that follow each other closely, as across midnight, become one.

    Args:
        windows: Of one model and observer: other days, other moons.
        gap: Longest time between two windows that are merged.

    Returns:
        By start, then by source.
    """
    merged = []
    for _, same in groupby(sorted(windows, key=_by_source), key=lambda each: _by_source(each)[:3]):
        open_window, *others = same
        for each in others:
            if each.start - open_window.end <= gap:
                open_window = _united(open_window, each)
            else:
                merged.append(open_window)
                open_window = each
        merged.append(open_window)
    return sorted(merged, key=lambda each: (each.start, *_by_source(each)))


def _by_source(window: Window) -> tuple[str, str, str, datetime]:
    return window.source, window.hemisphere, window.polarization, window.start


def _united(early: Window, late: Window) -> Window:
    """Merge a window with one that starts later; angles go from the first to the last."""
    last = late if late.end > early.end else early
    return early.model_copy(
        update={
            "end": last.end,
            "fmin": min(early.fmin, late.fmin),
            "fmax": max(early.fmax, late.fmax),
            "cml": _from_to(early.cml, last.cml),
            "source_phase": _from_to(early.source_phase, last.source_phase),
            "moon_phase": _from_to(early.moon_phase, last.moon_phase),
            "cut_at_end": last.cut_at_end,
        }
    )


def _from_to(
    first: tuple[float, float] | None, last: tuple[float, float] | None
) -> tuple[float, float] | None:
    return None if first is None or last is None else (first[0], last[1])
