"""Find the arcs of visible emission, and the windows of time that they span."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from prefect_expres.analysis.observatories import Observatory, seen_from
from prefect_expres.analysis.visibility import Sighting, moment_of, sightings
from prefect_expres.analysis.windows import GAP, Window


@dataclass(frozen=True, eq=False)
class Arc:
    """A run of time steps in which a source is seen.

    Attributes:
        sighting: What is seen of the source.
        steps: The arc's slice of the sighting's time axis.
    """

    sighting: Sighting
    steps: slice

    @property
    def time(self) -> NDArray[np.datetime64]:
        """Shape (steps,), UTC."""
        return self.sighting.time[self.steps]

    @property
    def visible(self) -> NDArray[np.bool_]:
        """Shape (steps, frequency)."""
        return self.sighting.visible[self.steps]

    @property
    def alone(self) -> Sighting:
        """What is seen of the source in this arc only."""
        inside = np.zeros(self.sighting.time.size, dtype=bool)
        inside[self.steps] = True
        return replace(self.sighting, visible=self.sighting.visible & inside[:, None])

    @property
    def edges(self) -> tuple[NDArray[np.floating], NDArray[np.floating]]:
        """The lowest and the highest visible frequency of each step, MHz, also within pauses.

        An arc that is thinner than a cell has pauses; there its edges are interpolated.
        """
        steps = self.visible.any(axis=1)
        time = self.time.astype(float)
        last = self.visible.shape[1] - 1 - self.visible[:, ::-1].argmax(axis=1)
        low, high = (
            np.interp(time, time[steps], self.sighting.frequency[edge[steps]])
            for edge in (self.visible.argmax(axis=1), last)
        )
        return low, high

    @cached_property
    def window(self) -> Window:
        """The arc's bounds in time and frequency, and the geometry at its ends."""
        sighting, time = self.sighting, self.time
        seen = sighting.frequency[self.visible.any(axis=0)]
        return Window(
            source=sighting.source.name,
            hemisphere=sighting.source.hemisphere,
            polarization=sighting.source.polarization,
            start=moment_of(time[0]),
            end=moment_of(time[-1] + sighting.steps[self.steps][-1]),
            fmin=round(float(seen.min()), 4),
            fmax=round(float(seen.max()), 4),
            cml=self._ends(sighting.meridian),
            source_phase=self._ends(sighting.line_phase),
            moon_phase=self._ends(sighting.moon_phase),
            cut_at_start=self.steps.start == 0,
            cut_at_end=self.steps.stop == sighting.time.size,
        )

    def _ends(self, angles: NDArray[np.floating] | None) -> tuple[float, float] | None:
        """Give the first and the last angle within 0 to 360 degrees, to a tenth."""
        if angles is None or not np.isfinite(ends := angles[self.steps][[0, -1]]).all():
            return None
        first, last = (round(float(angle) % 360, 1) % 360 for angle in ends)
        return first, last


def visible_windows(
    datasets: xr.Dataset | Iterable[xr.Dataset],
    *,
    gap: int | None = None,
    observatory: Observatory | None = None,
) -> list[Window]:
    """List the windows of visible emission, by source, then by time.

    A window is a run of time steps with any visible frequency, up to the end of the last step.
    Pauses of up to ``gap`` steps do not end it, nor does the end of a file if another file
    of the same simulation continues it.

    Args:
        datasets: From `open_results`: one, or several of other days, moons or models.
        gap: Invisible steps in a row that a window may hold; by default as many as 15 minutes
            hold, but at least one.
        observatory: Only what it can observe: while the planet is up, within its band.

    Raises:
        ResultError: The sources of a file cannot be separated by its variables.
        ObservatoryError: An observatory is given, and a file does not show a planet as the Earth
            sees it.
        ValueError: ``gap`` is below zero.
    """
    return [arc.window for arc in find_arcs(datasets, gap=gap, observatory=observatory)]


def find_arcs(
    datasets: xr.Dataset | Iterable[xr.Dataset],
    *,
    gap: int | None = None,
    observatory: Observatory | None = None,
) -> list[Arc]:
    """Find the arcs of visible emission; see `visible_windows`, whose windows are theirs."""
    seen = sightings(datasets)
    return arcs_of([seen_from(observatory, each) for each in seen] if observatory else seen, gap)


def arcs_of(seen: Iterable[Sighting], gap: int | None = None) -> list[Arc]:
    """Find the arcs of sightings; see `visible_windows`."""
    if gap is not None and gap < 0:
        raise ValueError(f"gap is a number of time steps, 0 or more, not {gap}")
    return [Arc(sighting, steps) for sighting in seen for steps in _runs(sighting, gap)]


def _runs(sighting: Sighting, gap: int | None) -> Iterator[slice]:
    """Give the runs of visible time steps, each as a slice of the time axis.

    Time tells them apart, not the number of steps: days may be missing between two files.
    """
    steps = np.flatnonzero(sighting.visible.any(axis=1))
    pauses = np.diff(sighting.time[steps])
    lengths = np.maximum(sighting.steps[steps][1:], sighting.steps[steps][:-1])
    longest = (_held(lengths) if gap is None else gap + 1.5) * lengths.astype(float)
    for run in np.split(steps, np.flatnonzero(pauses.astype(float) > longest) + 1):
        if run.size:
            yield slice(int(run[0]), int(run[-1]) + 1)


def _held(lengths: NDArray[np.timedelta64]) -> NDArray[np.floating]:
    """Give how many steps a pause may have, and the one and a half that are no pause."""
    most = np.timedelta64(GAP) // np.maximum(lengths, np.timedelta64(1, "ns"))
    return np.maximum(most, 1) + 1.5
