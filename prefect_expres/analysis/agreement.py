"""Compare a result with the simulation that was asked for, as far as the CDF file tells.

What a file does not tell is not compared, and nothing is claimed about it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from prefect_expres.analysis.dataset import open_results
from prefect_expres.analysis.source_agreement import Finding, compare_sources
from prefect_expres.expres.configuration import Configuration, Frequency
from prefect_expres.expres.result_name import field_model, first_source
from prefect_expres.expres.time_axis import TimeAxis

_POSITIONS = ("CML", "ObsLatitude")
_SECONDS, _FREQUENCY, _DEGREES = 2.0, 2e-5, 0.2
"""What may differ: ExPRES cuts times to milliseconds, writes frequencies with six digits, and
computes angles in single precision."""


@dataclass(frozen=True)
class Expected:
    """What a result must show.

    Attributes:
        configuration: The configuration of the run.
        times: Its times; None if they are not known.
        positions: West longitude and latitude of the observer at the first and at the last time,
            or at the first one only, degrees; empty if they are not known.
    """

    configuration: Configuration
    times: TimeAxis | None = None
    positions: Sequence[tuple[float, float]] = ()


@dataclass(frozen=True)
class Agreement:
    """What was compared, and each difference in words."""

    compared: tuple[str, ...]
    differences: tuple[str, ...]


def compare_with_request(location: str | Path, expected: Expected) -> Agreement:
    """Compare a CDF file with what it must show.

    Args:
        location: Local path or fsspec URL.
        expected: What it must show.

    Raises:
        ResultError: The file cannot be read, or is none that ExPRES writes.
    """
    with open_results(location, only=_POSITIONS) as dataset:
        findings = [
            *_times(dataset["time"].values, expected.times),
            *_frequencies(dataset["frequency"].values, expected.configuration.frequency),
            *compare_sources(dataset, expected.configuration),
            *_names(dataset, expected.configuration),
            *_positions(dataset, expected.positions),
        ]
    compared = tuple(dict.fromkeys(what for what, _ in findings))
    return Agreement(compared, tuple(words for _, words in findings if words is not None))


def _times(seen: NDArray[np.datetime64], wanted: TimeAxis | None) -> Iterator[Finding]:
    """Compare start, end, number and spacing; only the length if the start is not known."""
    if wanted is None:
        return
    start = seen[0] if wanted.start is None else np.datetime64(wanted.start.replace(tzinfo=None))
    offsets = np.linspace(0.0, 60.0 * wanted.minutes, wanted.count)
    same = seen.size == offsets.size and np.allclose(
        (seen - start) / np.timedelta64(1, "s"), offsets, rtol=0, atol=_SECONDS
    )
    first, last = (f"{moment!s:.19}".replace("T", " ") for moment in seen[[0, -1]])
    words = f"time: {first} to {last} UTC, {seen.size} times; asked for: {wanted}"
    yield "time", None if same else words


def _frequencies(seen: NDArray[np.floating], asked: Frequency) -> Iterator[Finding]:
    if asked.type == "Pre-Defined":
        wanted = np.array(asked.sc if isinstance(asked.sc, list) else [], dtype=float)
    else:
        spaced = np.geomspace if asked.type == "Log" else np.linspace
        wanted = spaced(float(asked.min), float(asked.max), asked.nbr)
    same = seen.size == wanted.size and np.allclose(seen, wanted, rtol=_FREQUENCY, atol=0)
    words = f"frequency: {_channels(seen)}; asked for: {_channels(wanted)}"
    yield "frequency", None if same else words


def _channels(frequencies: NDArray[np.floating]) -> str:
    ends = f" from {frequencies[0]:g} to {frequencies[-1]:g} MHz" if frequencies.size else ""
    return f"{frequencies.size} channels{ends}"


def _names(dataset: xr.Dataset, configuration: Configuration) -> Iterator[Finding]:
    """Compare field model, observer and planet, from the words of the file's attributes."""
    observer = configuration.observer.sc or "Earth"
    planet = configuration.observer.parent
    field = field_model(configuration, first_source(configuration))
    described, _, beaming = _text(dataset, "Descriptor").partition("_")
    if field and beaming:
        yield _named("field model", described, field)
    wanted = f"{observer}_{planet}"
    if kind := _text(dataset, "Data_type"):
        same = kind.casefold().startswith(f"{wanted}_".casefold())
        yield _named("observer and planet", wanted if same else kind.rpartition("_")[0], wanted)
    elif target := _text(dataset, "PDS_Observation_target"):
        yield _named("planet", target, planet)


def _text(dataset: xr.Dataset, name: str) -> str:
    return str(dataset.attrs.get(name, "")).strip()


def _named(what: str, seen: str, wanted: str) -> Finding:
    same = seen.casefold() == wanted.casefold()
    return what, None if same else f"{what}: {seen}; asked for: {wanted}"


def _positions(dataset: xr.Dataset, wanted: Sequence[tuple[float, float]]) -> Iterator[Finding]:
    """Compare where the observer is; longitudes in whole turns are the same."""
    for name, values, turn in zip(
        _POSITIONS, zip(*wanted, strict=True), (360.0, 0.0), strict=False
    ):
        if name not in dataset:
            continue
        seen = dataset[name].values[[0, -1][: len(values)]].astype(float)
        off = np.abs(seen - values)
        off = np.minimum(off % turn, -off % turn) if turn else off
        words = f"{name}: {_degrees(seen)}; asked for: {_degrees(values)}"
        yield "position of the observer", None if (off <= _DEGREES).all() else words


def _degrees(angles: Sequence[float] | NDArray[np.floating]) -> str:
    return " to ".join(f"{angle:.2f}°" for angle in angles)
