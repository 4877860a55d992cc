"""Make observations of simulated emission, for trials of what is to be found in real ones."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from prefect_expres.analysis.identity import identity_of
from prefect_expres.analysis.visibility import Sighting, sightings
from prefect_expres.analysis.windows import Hemisphere
from prefect_expres.errors import ObservationError
from prefect_expres.observations.spectrum import Numbers, Scale, Spectrum, as_dataset, blocks

_LEVEL, _SLOPE = 1000.0, -1.5
"""The background at the lowest frequency, and how it falls: as that of the Galaxy, but less."""

_NOISE = 0.02
"""Standard deviation of a cell, as a part of its background."""

_DEGREE_NOISE = 0.1
"""Standard deviation of the degree of polarization."""

_BURST, _GAP = timedelta(minutes=2), timedelta(minutes=20)
"""How long they last."""

_PRESENT = 0.7
"""The part of the time in which a carrier is on."""


@dataclass(frozen=True)
class Interference:
    """What disturbs an observation.

    Attributes:
        carriers: Narrow-band transmitters: single channels that are on most of the time.
        bursts: Broadband bursts of two minutes, such as lightning.
        strength: How far both rise above the background, in standard deviations of a cell.
    """

    carriers: int = 3
    bursts: int = 3
    strength: float = 20.0


def synthetic(
    results: xr.Dataset | Iterable[xr.Dataset],
    *,
    sigma: float = 3.0,
    shift: timedelta = timedelta(0),
    hemisphere: Hemisphere | None = None,
    time: NDArray[np.datetime64] | None = None,
    frequency: Numbers | None = None,
    scale: Scale = "linear",
    polarized: bool = False,
    interference: Interference | None = None,
    gaps: int = 1,
    seed: int = 0,
    observer: str | None = None,
    target: str | None = None,
) -> xr.Dataset:
    """Make the observation that a simulation predicts.

    The background falls with frequency, and the noise of a cell is 2 % of it. The same arguments
    give the same observation.

    Args:
        results: From `prefect_expres.analysis.open_results`: one simulation, or several that are
            seen together.
        sigma: How far emission rises above the background, in standard deviations of a cell; 0 for
            an observation without emission.
        shift: How much later the emission is than simulated.
        hemisphere: Show only the sources of this hemisphere.
        time: The times of the observation, UTC; by default those of the first simulation.
        frequency: The frequencies, MHz, likewise.
        scale: Whether the flux is linear or in dB.
        polarized: Add the degree of polarization.
        interference: What disturbs it; by default `Interference` as it is, with three carriers and
            three bursts.
        gaps: How many pauses of twenty minutes there are.
        seed: Seed of all that is random.
        observer: Where it is observed; by default as the first simulation says.
        target: What is observed, likewise.

    Returns:
        An observation, as from `open_observation`.

    Raises:
        ObservationError: The simulation does not name its observer and planet, and they are not
            given.
        ResultError: The sources of a file cannot be separated by its variables.
    """
    datasets = [results] if isinstance(results, xr.Dataset) else list(results)
    identity = identity_of(datasets[0])
    observer, target = observer or identity.observer, target or identity.planet
    if not (observer and target):
        raise ObservationError(
            f"{identity.series} does not name its observer and planet: give observer and target"
        )
    seen = [
        each
        for each in sightings(datasets)
        if hemisphere is None or each.source.hemisphere == hemisphere
    ]
    times = datasets[0]["time"].values if time is None else time
    channels = np.asarray(datasets[0]["frequency"].values if frequency is None else frequency)
    spectrum = _Scene(
        time=times.astype("datetime64[ns]"),
        frequency=channels.astype(float),
        seen=seen,
        sigma=sigma,
        shift=np.timedelta64(shift),
    ).observed(np.random.default_rng(seed), interference or Interference(), gaps)
    made = as_dataset(spectrum, observer=observer, target=target, source=f"synthetic, seed {seed}")
    if not polarized:
        made = made.drop_vars("polarization")
    if scale == "dB":
        made["flux"] = 10 * np.log10(made["flux"])
        made["flux"].attrs = {"units": "dB", "scale": "dB"}
    return made.assign_attrs(sigma=sigma, shift_in_seconds=shift.total_seconds(), seed=seed)


@dataclass(frozen=True, eq=False)
class _Scene:
    """What is to be observed, and the axes of the observation."""

    time: NDArray[np.datetime64]
    frequency: Numbers
    seen: list[Sighting]
    sigma: float
    shift: np.timedelta64

    def observed(
        self, random: np.random.Generator, interference: Interference, gaps: int
    ) -> Spectrum:
        """Add noise, interference and gaps to the emission."""
        background = _LEVEL * (self.frequency / self.frequency.min()) ** _SLOPE
        deviation = np.zeros((self.time.size, self.frequency.size), dtype=np.float32)
        _disturb(deviation, self.time, random, interference)
        degree = np.zeros_like(deviation)
        for rows in blocks(deviation.shape):
            right, left = (self._emitting(rows, sign) for sign in ("RH", "LH"))
            deviation[rows] += self.sigma * (right | left)
            of_degree, of_flux = random.standard_normal((2, *right.shape), dtype=np.float32)
            emitted = (left.astype(float) - right) * (self.sigma > 0)
            degree[rows] = emitted + _DEGREE_NOISE * of_degree
            deviation[rows] = background * (1 + _NOISE * (deviation[rows] + of_flux))
        for start, end in _spans(self.time, gaps, _GAP, random):
            deviation[start:end] = degree[start:end] = np.nan
        return Spectrum(
            time=self.time,
            frequency=self.frequency,
            flux=deviation,
            units="ADU",
            polarization=np.clip(degree, -1, 1),
            instrument="synthetic",
        )

    def _emitting(self, rows: slice, polarization: str) -> NDArray[np.bool_]:
        """Say which cells of some times have emission of this polarization."""
        time = self.time[rows] - self.shift
        emitting = np.zeros((time.size, self.frequency.size), dtype=bool)
        for each in self.seen:
            if each.source.polarization == polarization:
                step = np.searchsorted(each.time, time, "right") - 1
                inside = (step >= 0) & (time < each.time[step] + each.steps[step])
                channel, within = _nearest(each.frequency, self.frequency)
                emitting |= each.visible[step][:, channel] & inside[:, None] & within
        return emitting


def _nearest(simulated: Numbers, observed: Numbers) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    """Give the nearest simulated channel of each observed one, and whether it is in the band."""
    middles = (simulated[1:] + simulated[:-1]) / 2
    channel = np.searchsorted(middles, observed)
    width = np.gradient(simulated) if simulated.size > 1 else np.full(1, np.inf)
    return channel, np.abs(observed - simulated[channel]) <= width[channel] / 2 * (1 + 1e-6)


def _disturb(
    deviation: NDArray[np.float32],
    time: NDArray[np.datetime64],
    random: np.random.Generator,
    interference: Interference,
) -> None:
    steps, channels = deviation.shape
    for _ in range(interference.carriers):
        on = random.random(steps) < _PRESENT
        deviation[on, random.integers(channels)] += interference.strength
    for start, end in _spans(time, interference.bursts, _BURST, random):
        deviation[start:end] += interference.strength


def _spans(
    time: NDArray[np.datetime64], count: int, length: timedelta, random: np.random.Generator
) -> list[tuple[int, int]]:
    """Choose spans of time, of a step at least."""
    starts = random.integers(time.size, size=count)
    ends = np.searchsorted(time, time[starts] + np.timedelta64(length))
    return list(zip(starts.tolist(), ends.tolist(), strict=True))
