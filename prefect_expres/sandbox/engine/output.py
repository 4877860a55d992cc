"""Writes the result as a CDF file with the variables that ExPRES writes.

Names, dimensions, units and fill values are those of ExPRES 1.4. The global attributes say
plainly that the file comes from this engine and not from ExPRES.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import cdflib
import numpy as np
from cdflib.cdfwrite import CDF

from prefect_expres.expres.configuration import CdfFlags, Configuration, Source
from prefect_expres.expres.naming import (
    field_model,
    first_source,
    source_energy,
    source_origin,
    source_type,
    source_width,
)
from prefect_expres.sandbox.engine.field import Floats
from prefect_expres.sandbox.engine.geometry import Track
from prefect_expres.sandbox.engine.simulation import FILL, Emission, Lane, gyrofrequency

DATA_VERSION = "14"
ENGINE = "prefect-expres sandbox engine"
NO_POLARIZATION = 32767
"""The fill value of the counts: no source is visible."""
CREDIT = (
    "Computed by the prefect-expres sandbox engine, NOT by ExPRES: a small model of the same "
    "emission for tests and demonstrations. For science, run the configuration on the ExPRES "
    "service of the MASER team (Louis et al. 2019, A&A 627, A30)."
)


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


def write_cdf(simulation: Simulation, directory: Path) -> Path:
    """Write the file under a temporary name, then give it its own.

    Args:
        simulation: What is written.
        directory: Where to; made if it is missing.

    Returns:
        The path of the file.
    """
    directory.mkdir(parents=True, exist_ok=True)
    target = directory / f"{simulation.name}.cdf"
    part = directory / f".{simulation.name}.part.cdf"
    part.unlink(missing_ok=True)
    try:
        file = CDF(part, cdf_spec={"Majority": "row_major", "Encoding": 6, "Checksum": True})
        file.write_globalattrs(_global_attributes(simulation))
        for variable in _variables(simulation):
            _write_variable(file, variable)
        file.close()
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
    return target


def _write_variable(file: CDF, variable: Variable) -> None:
    values = np.asarray(variable.values)
    spec: dict[str, Any] = {
        "Variable": variable.name,
        "Data_Type": variable.kind,
        "Num_Elements": 1,
        "Rec_Vary": variable.records,
        "Dim_Sizes": list(values.shape[1:] if variable.records else values.shape),
        "Compress": 0,
    }
    if variable.kind == CDF.CDF_CHAR:
        spec["Num_Elements"] = max(len(text) for text in variable.values)
        values = np.asarray([text.ljust(spec["Num_Elements"]) for text in variable.values])
    file.write_var(spec, var_attrs=_variable_attributes(variable), var_data=values)


def _variable_attributes(variable: Variable) -> dict[str, Any]:
    attributes: dict[str, Any] = {
        "CATDESC": variable.about,
        "FIELDNAM": variable.name,
        "VAR_TYPE": variable.role,
    }
    if variable.kind != CDF.CDF_CHAR:
        attributes |= {"LABLAXIS": variable.name, "UNITS": variable.units, "SCALETYP": "linear"}
    if variable.fill is not None:
        attributes["FILLVAL"] = [variable.fill, _type_name(variable.kind)]
    if variable.records and variable.name != "Epoch":
        attributes["DEPEND_0"] = "Epoch"
        shown = "spectrogram" if "Frequency" in variable.depends else "time_series"
        attributes["DISPLAY_TYPE"] = shown
    for index, axis in enumerate(variable.depends, 1):
        attributes[f"DEPEND_{index}"] = axis
        attributes[f"LABL_PTR_{index}"] = "Freq_Label" if axis == "Frequency" else axis
    return attributes


def _type_name(kind: int) -> str:
    names = {CDF.CDF_REAL4: "CDF_REAL4", CDF.CDF_INT2: "CDF_INT2"}
    return names.get(kind, "CDF_TIME_TT2000")


def _variables(simulation: Simulation) -> Iterator[Variable]:
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
    names = [
        f"{source_origin(lane.source)} {_hemisphere(lane.source)}" for lane in simulation.lanes
    ]
    yield labels("Src_ID_Label", names, "Source label")
    yield labels("Hemisphere_ID_Label", ["North", "South"], "Hemisphere label")
    yield labels("Src_Pos_Coord", ["X", "Y", "Z"], "Coordinate of the source position")


def _polarization(simulation: Simulation) -> Variable:
    """Tell the sense of rotation; where several sources are seen, the last one's, as in ExPRES."""
    values = np.full(_spectrum_shape(simulation), NO_POLARIZATION, dtype=np.int16)
    for lane, emission in zip(simulation.lanes, simulation.emissions, strict=True):
        values[emission.visible] = _sense(lane.source)
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

    def spectrum(name: str, values: Sequence[Any], about: str, units: str) -> Variable:
        stacked = np.stack(values, axis=2)
        return Variable(name, CDF.CDF_REAL4, stacked, about, units, fill=float(FILL), depends=axes)

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
        yield spectrum(
            "FC", _gyrofrequencies(simulation), "Cyclotron frequency in the source", "MHz"
        )
    if flags.srcpos:
        values = [emission.position for emission in emissions]
        yield Variable(
            "SrcPosition",
            CDF.CDF_REAL4,
            np.stack(values, axis=2),
            "Position of the source in the right-handed frame of the planet",
            "Rp",
            fill=float(FILL),
            depends=(*axes, "Src_Pos_Coord"),
        )


def _gyrofrequencies(simulation: Simulation) -> list[Any]:
    return [
        np.where(emission.visible, gyrofrequency(lane.source, simulation.frequency), FILL).astype(
            np.float32
        )
        for lane, emission in zip(simulation.lanes, simulation.emissions, strict=True)
    ]


def _visible_sources(simulation: Simulation) -> Variable:
    """Count the visible sources of each hemisphere, northern ones below zero."""
    counts = np.zeros((*_spectrum_shape(simulation), 2), dtype=np.int16)
    for lane, emission in zip(simulation.lanes, simulation.emissions, strict=True):
        hemisphere = int(bool(lane.source.south))
        counts[..., hemisphere] += emission.visible * np.int16(1 if hemisphere else -1)
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


def _hemisphere(source: Source) -> str:
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


def _global_attributes(simulation: Simulation) -> dict[str, dict[int, Any]]:
    """Build the file's attributes, ISTP-like, and one entry a source of SRP_Source_*."""
    configuration, first = simulation.configuration, first_source(simulation.configuration)
    observer = configuration.observer.sc or "Earth"
    planet = configuration.observer.parent
    kind = f"{observer}_{planet}_{source_origin(first)}".lower()
    beam = f"{source_type(first)}-{source_width(first)}_{source_energy(first).lower()}"
    entries: dict[str, Sequence[str]] = {
        "Project": ["prefect-expres"],
        "Source_name": ["ExPRES sandbox engine"],
        "Discipline": ["Space Physics>Magnetospheric Science"],
        "Data_type": [kind],
        "Descriptor": [f"{field_model(configuration, first).lower()}_{beam}"],
        "Data_version": [DATA_VERSION],
        "Instrument_type": ["Model"],
        "Logical_source": [f"expres_{kind}"],
        "Logical_file_id": [simulation.name],
        "Logical_source_description": [
            f"Simulation of {planet} {source_origin(first)} radio emission observed from "
            f"{observer} by the {ENGINE}"
        ],
        "TEXT": [CREDIT],
        "Rules_of_use": ["For tests and demonstrations; do not publish as an ExPRES result."],
        "Generated_by": [ENGINE],
        "Generation_date": [datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S")],
        "PDS_start_time": [f"{simulation.moments[0]:%Y-%m-%dT%H:%M:%S}"],
        "PDS_stop_time": [f"{simulation.moments[-1]:%Y-%m-%dT%H:%M:%S}"],
        "PDS_Observation_target": [planet],
        "PDS_Observation_type": ["radio simulations"],
        **_source_attributes([lane.source for lane in simulation.lanes]),
    }
    return {name: dict(enumerate(texts)) for name, texts in entries.items()}


def _source_attributes(sources: Sequence[Source]) -> dict[str, Sequence[str]]:
    return {
        "SRP_Source_Origin": [source_origin(source) for source in sources],
        "SRP_Source_Hemisphere": [_hemisphere(source) for source in sources],
        "SRP_Source_Type": [source_type(source) for source in sources],
        "SRP_Source_Width": [source_width(source) for source in sources],
        "SRP_Source_Energy": [source_energy(source) for source in sources],
        "SRP_Source_Mode": [source.mode or "RX" for source in sources],
        "SRP_Source_Refraction": ["true" if source.refraction else "false" for source in sources],
    }
