"""The variables of a result file, as ExPRES 1.4 names, shapes and fills them."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import cdflib
import numpy as np
from cdflib.cdfwrite import CDF

from prefect_expres.engine.geometry import Track
from prefect_expres.engine.harmonics import Floats
from prefect_expres.engine.lanes import Lane
from prefect_expres.engine.simulation import FILL, Emission, Reals, gyrofrequency
from prefect_expres.expres.configuration import CdfFlags, Configuration, Source

NO_POLARIZATION = 32767
"""The fill value of the counts: no source is visible."""


@dataclass(frozen=True)
class Simulation:
    """Everything that a result file holds.

    Attributes:
        configuration: The configuration of the run.
        name: The file's name without extension.
        moments: The epochs, UTC.
        frequency: Shape (nf,), MHz.
        observer: The observer's track.
        lanes: The sources, one a field line.
        emissions: What is seen of each lane.
    """

    configuration: Configuration
    name: str
    moments: Sequence[datetime]
    frequency: Floats
    observer: Track
    lanes: Sequence[Lane]
    emissions: Sequence[Emission]


@dataclass(frozen=True)
class Variable:
    """One variable of the file; ``depends`` names its axes after ``Epoch``, if it has records."""

    name: str
    kind: int
    values: Any
    about: str
    units: str = ""
    fill: float | int | None = None
    depends: tuple[str, ...] = ()
    records: bool = True
    role: str = "data"


def variables(simulation: Simulation) -> Iterator[Variable]:
    """Lay out every variable that the configuration asks for, in the order of the file."""
    yield from _axes(simulation)
    yield _polarization(simulation)
    yield from _source_spectra(simulation)
    yield from _source_series(simulation)
    yield from _observer_series(simulation)


def _axes(simulation: Simulation) -> Iterator[Variable]:
    def labels(name: str, texts: Sequence[str], about: str) -> Variable:
        return Variable(name, CDF.CDF_CHAR, texts, about, records=False, role="metadata")

    yield Variable(
        "Epoch",
        CDF.CDF_TIME_TT2000,
        _tt2000(simulation.moments),
        "Default time",
        "ns",
        fill=np.iinfo(np.int64).min,
        role="support_data",
    )
    yield Variable(
        "Frequency",
        CDF.CDF_REAL4,
        simulation.frequency.astype(np.float32),
        "Observation frequency",
        "MHz",
        fill=float(FILL),
        records=False,
        role="support_data",
    )
    names = [f"{value:5.2f} MHz" for value in simulation.frequency]
    yield labels("Freq_Label", names, "Frequency label")
    names = [f"{lane.origin} {hemisphere_label(lane.source)}" for lane in simulation.lanes]
    yield labels("Src_ID_Label", names, "Source label")
    yield labels("Hemisphere_ID_Label", ["North", "South"], "Hemisphere label")
    yield labels("Src_Pos_Coord", ["X", "Y", "Z"], "Coordinate of the source position")


def _polarization(simulation: Simulation) -> Variable:
    """Return the sense of rotation; of several visible sources that of the last, as in ExPRES."""
    values = np.full(_spectrum_shape(simulation), NO_POLARIZATION, dtype=np.int16)
    for lane, emission in zip(simulation.lanes, simulation.emissions, strict=True):
        values[emission.written] = _sense(lane.source)
    return Variable(
        "Polarization",
        CDF.CDF_INT2,
        values,
        "Polarization of the visible sources: right-hand -1, left-hand +1",
        fill=NO_POLARIZATION,
        depends=("Frequency",),
    )


def _sense(source: Source) -> int:
    """Give -1 for north and +1 for south, the other way round for the ordinary mode."""
    extraordinary = 1 if source.south else -1
    return -extraordinary if source.mode == "LO" else extraordinary


def _source_spectra(simulation: Simulation) -> Iterator[Variable]:
    flags, emissions = simulation.configuration.spdyn.cdf, simulation.emissions
    axes = ("Frequency", "Src_ID_Label")

    def spectrum(name: str, values: Iterable[Reals], about: str, units: str) -> Variable:
        spread = _spread(simulation, values)
        return Variable(name, CDF.CDF_REAL4, spread, about, units, fill=float(FILL), depends=axes)

    if flags.srcvis:
        yield _visible_sources(simulation)
    if flags.theta:
        values = [emission.theta for emission in emissions]
        yield spectrum("Theta", values, "Beaming angle of the visible sources", "Degree")
    if flags.azimuth:
        values = [emission.azimuth for emission in emissions]
        yield spectrum("Azimuth", values, "Azimuth of the observer in the source frame", "deg")
    if flags.fp:
        values = [emission.plasma for emission in emissions]
        yield spectrum("FP", values, "Plasma frequency in the source", "MHz")
    if flags.fc:
        about = "Cyclotron frequency in the source"
        yield spectrum("FC", _gyrofrequencies(simulation), about, "MHz")
    if flags.srcpos:
        yield Variable(
            "SrcPosition",
            CDF.CDF_REAL4,
            _spread(simulation, (emission.position for emission in emissions), 3),
            "Position of the source in the right-handed frame of the planet",
            "Rp",
            fill=float(FILL),
            depends=(*axes, "Src_Pos_Coord"),
        )


def _spread(simulation: Simulation, values: Iterable[Reals], *axes: int) -> Reals:
    """Lay the values of the written cells out, shape (nt, nf, lanes, ...); the rest is filled."""
    shape = (*_spectrum_shape(simulation), len(simulation.emissions), *axes)
    spread = np.full(shape, FILL)
    for lane, (emission, each) in enumerate(zip(simulation.emissions, values, strict=True)):
        spread[:, :, lane][emission.written] = each
    return spread


def _gyrofrequencies(simulation: Simulation) -> Iterator[Reals]:
    for lane, emission in zip(simulation.lanes, simulation.emissions, strict=True):
        channels = gyrofrequency(lane.source, simulation.frequency).astype(np.float32)
        yield np.broadcast_to(channels, emission.written.shape)[emission.written]


def _visible_sources(simulation: Simulation) -> Variable:
    """Count the visible sources of each hemisphere, northern ones below zero."""
    counts = np.zeros((*_spectrum_shape(simulation), 2), dtype=np.int16)
    for lane, emission in zip(simulation.lanes, simulation.emissions, strict=True):
        hemisphere = int(bool(lane.source.south))
        counts[..., hemisphere] += emission.written * np.int16(1 if hemisphere else -1)
    counts[counts == 0] = NO_POLARIZATION
    return Variable(
        "VisibleSources",
        CDF.CDF_INT2,
        counts,
        "Number of visible sources: north below zero, south above",
        fill=NO_POLARIZATION,
        depends=("Frequency", "Hemisphere_ID_Label"),
    )


def _source_series(simulation: Simulation) -> Iterator[Variable]:
    flags, emissions = simulation.configuration.spdyn.cdf, simulation.emissions

    def series(name: str, values: Sequence[Floats], about: str, units: str) -> Variable:
        return Variable(
            name,
            CDF.CDF_REAL4,
            np.stack(values, axis=1).astype(np.float32),
            about,
            units,
            fill=float(FILL),
            depends=("Src_ID_Label",),
        )

    if flags.srclongitude:
        values = [emission.longitude for emission in emissions]
        yield series("SrcLongitude", values, "West longitude of the active field line", "deg")
    if flags.srcfreqmax:
        values = [emission.highest for emission in emissions]
        yield series("SrcFreqMax", values, "Maximum frequency on the field line", "MHz")
        values = [emission.highest_cmi for emission in emissions]
        about = "Maximum frequency on the field line with fp/fc < 0.1"
        yield series("SrcFreqMaxCMI", values, about, "MHz")


def _observer_series(simulation: Simulation) -> Iterator[Variable]:
    flags, track = simulation.configuration.spdyn.cdf, simulation.observer
    wanted = _observer_columns(flags, track)
    for name, values, about, units in wanted:
        yield Variable(
            name, CDF.CDF_REAL4, values.astype(np.float32), about, units, fill=float(FILL)
        )


def _observer_columns(flags: CdfFlags, track: Track) -> Iterator[tuple[str, Floats, str, str]]:
    if flags.cml:
        yield "CML", track.longitude, "Central meridian longitude of the observer", "deg"
    if flags.obslatitude:
        yield "ObsLatitude", track.latitude, "Latitude of the observer", "deg"
    if flags.obsdistance:
        yield "ObsDistance", track.distance, "Distance of the observer from the planet", "Rp"


def _spectrum_shape(simulation: Simulation) -> tuple[int, int]:
    return len(simulation.moments), len(simulation.frequency)


def hemisphere_label(source: Source) -> str:
    """Write a source's hemisphere as ExPRES does."""
    return "NORTH" if source.north else "SOUTH"


def _tt2000(moments: Sequence[datetime]) -> Any:
    """Turn dates into nanoseconds since J2000, leap seconds included."""
    parts = [
        (
            m.year,
            m.month,
            m.day,
            m.hour,
            m.minute,
            m.second,
            m.microsecond // 1000,
            m.microsecond % 1000,
            0,
        )
        for m in moments
    ]
    return np.asarray(cdflib.cdfepoch.compute_tt2000(parts), dtype=np.int64)
