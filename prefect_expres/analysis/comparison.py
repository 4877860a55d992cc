"""Compare two simulations: arcs that moved, and windows that only one of them has."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import product

import numpy as np
import xarray as xr
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from prefect_expres.analysis.arcs import Arc, arcs_of
from prefect_expres.analysis.crossings import crossings, median_offset, nearest
from prefect_expres.analysis.visibility import Sighting, sightings
from prefect_expres.analysis.windows import Window
from prefect_expres.errors import ResultError

_HALF_TURN = 180.0
_HALF = 0.499
"""Half a step or channel, but for rounding."""
_MINUTE = np.timedelta64(1, "m")


class Shift(BaseModel):
    """An arc that both simulations have.

    Attributes:
        before: Its window in the first simulation.
        after: Its window in the second one.
        minutes: How much later the arc is in the second one at the same frequency: the median over
            all crossings of a channel. None if no channel is crossed by both.
        megahertz: How much higher the arc is in the second one at the same time: the median over
            all crossings of a time step. None if no step is crossed by both.
    """

    model_config = ConfigDict(frozen=True)

    before: Window
    after: Window
    minutes: float | None
    megahertz: float | None


class Comparison(BaseModel):
    """What is different in a second simulation.

    Attributes:
        shifted: The arcs of both that moved, by at least half a time step or half a channel of the
            coarser simulation; by time.
        unmoved: The windows, in the first one, of the arcs of both that did not; by time.
        missing: Windows that only the first one has.
        added: Windows that only the second one has.
    """

    model_config = ConfigDict(frozen=True)

    shifted: tuple[Shift, ...]
    unmoved: tuple[Window, ...]
    missing: tuple[Window, ...]
    added: tuple[Window, ...]


def compare(
    before: xr.Dataset | Iterable[xr.Dataset],
    after: xr.Dataset | Iterable[xr.Dataset],
    *,
    gap: int = 60,
    within: timedelta = timedelta(hours=1),
    band: float = 5.0,
) -> Comparison:
    """Compare two simulations over the time that both cover.

    Arcs of the same source, hemisphere and polarization belong together if their windows overlap
    or are close to each other; of several, those that overlap most. Early arcs, seen before the
    moon passes in front of the planet, and late ones, seen after it, are compared separately: a
    change that delays the ones advances the others.

    Args:
        before: From `open_results`: the first simulation, one file or its days.
        after: The second one.
        gap: Invisible steps in a row that a window may hold. Close to the highest frequency of a
            field line arcs are thinner than a cell and seen here and there only.
        within: Longest time between windows, or crossings of a channel, that belong together.
        band: Longest distance between crossings of a time step that belong together, MHz.

    Raises:
        ResultError: The sources of a file cannot be separated, or the simulations do not overlap in
            time.
    """
    old, new = sightings(before), sightings(after)
    start = max(min(each.time[0] for each in seen) for seen in (old, new))
    end = min(max(each.time[-1] for each in seen) for seen in (old, new))
    if start > end:
        raise ResultError(
            f"The simulations do not overlap in time: one ends before the other starts, at {start}"
        )
    early_and_late = all(_phase(each) is not None for each in (*old, *new))
    groups = [
        _grouped((each.between(start, end) for each in seen), gap, halves=early_and_late)
        for seen in (old, new)
    ]
    pairs: list[tuple[Arc, Arc]] = []
    missing, added = [], []
    for key in dict.fromkeys([*groups[0], *groups[1]]):
        ours, theirs = (group.get(key, []) for group in groups)
        for one, other in _pairs(ours, theirs, within):
            ours.remove(one)
            theirs.remove(other)
            pairs.append((one, other))
        missing += [arc.window for arc in ours]
        added += [arc.window for arc in theirs]
    shifted, unmoved = [], []
    for one, other in sorted(pairs, key=lambda pair: pair[0].window.start):
        shift = _shift(one, other, within, band)
        if _moved(shift, one, other):
            shifted.append(shift)
        else:
            unmoved.append(shift.before)
    return Comparison(
        shifted=tuple(shifted), unmoved=tuple(unmoved), missing=tuple(missing), added=tuple(added)
    )


def _grouped(
    seen: Iterable[Sighting], gap: int, *, halves: bool
) -> dict[tuple[object, ...], list[Arc]]:
    """Group the arcs that may belong together: of one source, early or late."""
    groups: dict[tuple[object, ...], list[Arc]] = defaultdict(list)
    for sighting in seen:
        for half, part in enumerate(_halves(sighting) if halves else [sighting]):
            groups[(*sighting.source.key, half)] += arcs_of([part], gap)
    return groups


def _halves(sighting: Sighting) -> Iterator[Sighting]:
    phase = _phase(sighting)
    assert phase is not None
    early = (phase % (2 * _HALF_TURN) < _HALF_TURN)[:, None]
    yield replace(sighting, visible=sighting.visible & early)
    yield replace(sighting, visible=sighting.visible & ~early)


def _phase(sighting: Sighting) -> NDArray[np.floating] | None:
    return sighting.line_phase if sighting.moon_phase is None else sighting.moon_phase


def _pairs(old: Sequence[Arc], new: Sequence[Arc], within: timedelta) -> Iterator[tuple[Arc, Arc]]:
    """Pair arcs, those that overlap most first, and then the nearest."""
    near = [
        (pause, one, other)
        for one, other in product(old, new)
        for pause in [_pause(one.window, other.window)]
        if pause <= within
    ]
    paired: set[Arc] = set()
    for _, one, other in sorted(near, key=lambda each: each[0]):
        if not paired & {one, other}:
            paired |= {one, other}
            yield one, other


def _pause(one: Window, other: Window) -> timedelta:
    """Give the time between two windows; below zero it is the overlap."""
    return max(one.start, other.start) - min(one.end, other.end)


def _shift(one: Arc, other: Arc, within: timedelta, band: float) -> Shift:
    """Compare crossings of channels in time, and crossings of time steps in frequency."""
    return Shift(
        before=one.window,
        after=other.window,
        minutes=_rounded(
            median_offset(
                crossings(one.visible, _minutes(one)),
                crossings(other.visible, _minutes(other)),
                nearest(one.sighting.frequency, other.sighting.frequency),
                limit=within / timedelta(minutes=1),
            )
        ),
        megahertz=_rounded(
            median_offset(
                crossings(one.visible.T, one.sighting.frequency),
                crossings(other.visible.T, other.sighting.frequency),
                nearest(_minutes(one), _minutes(other)),
                limit=band,
            )
        ),
    )


def _moved(shift: Shift, one: Arc, other: Arc) -> bool:
    """Say whether a shift is more than the grids of time and frequency make of none."""
    if shift.minutes is None and shift.megahertz is None:
        return True
    step = max(float(np.median(arc.sighting.steps / _MINUTE)) for arc in (one, other))
    channel = max(_channel(arc.sighting.frequency) for arc in (one, other))
    return (
        abs(shift.minutes or 0) >= _HALF * step > 0
        or abs(shift.megahertz or 0) >= _HALF * channel > 0
    )


def _channel(frequency: NDArray[np.floating]) -> float:
    return float(np.median(np.diff(frequency))) if frequency.size > 1 else 0.0


def _minutes(arc: Arc) -> NDArray[np.floating]:
    return arc.time.astype("datetime64[s]").astype(float) / 60


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 3)
