"""The file name that ExPRES gives to its result.

The rules are those of ExPRES 1.4: lower case, beam width and energy truncated to integers, and only
the first active source counts.
"""

from datetime import datetime

from prefect_expres.expres.configuration import Configuration, Source
from prefect_expres.expres.vocabulary import CURRENTS, ON_A_MOON, Beam

SCTIME_DIGITS = 12
VERSION = "v14"
"""How ExPRES 1.4 marks its files."""


def output_name(configuration: Configuration, ephemeris_start: datetime | None = None) -> str:
    """Give the result's file name without its extension.

    Args:
        configuration: The configuration of the run.
        ephemeris_start: The first time of the ephemeris file, which replaces ``SCTIME``.

    Raises:
        ValueError: No source is active, or neither the ephemeris nor ``SCTIME`` gives a date.
    """
    source = first_source(configuration)
    observer = configuration.observer
    parts = [
        "expres",
        observer.sc or "Earth",
        observer.parent,
        source_origin(source),
        *_simulation_parts(configuration, source),
        start_date(configuration, ephemeris_start),
        VERSION,
    ]
    return "_".join(parts).lower()


def first_source(configuration: Configuration) -> Source:
    """Give the first active source, after which the file is named."""
    for source in configuration.source:
        if source.on:
            return source
    msg = "No SOURCE is active; set ON to true in one of them"
    raise ValueError(msg)


def start_date(configuration: Configuration, ephemeris_start: datetime | None) -> str:
    """Give the day on which the simulation starts, ``YYYYMMDD``."""
    if ephemeris_start is not None:
        return f"{ephemeris_start:%Y%m%d}"
    sctime = configuration.observer.sctime
    if len(sctime) < SCTIME_DIGITS or not sctime.isdigit():
        msg = f"OBSERVER.SCTIME: {sctime!r}: the start is needed, as 12 or 14 digits"
        raise ValueError(msg)
    return sctime[:8]


def source_origin(source: Source, index: int = 0) -> str:
    """Give the origin of a source: the moon's name, or its longitude and shell.

    Args:
        source: The source.
        index: Which of its ``LG_NBR`` field lines; the file is named after the first.
    """
    if source.type == ON_A_MOON:
        return source.sat
    return f"{int(line_longitude(source, index))}d-{int(source.lat)}R"


def line_longitude(source: Source, index: int) -> float:
    """Give the longitude of one of a source's field lines, as ``LG_MIN`` and ``LG_MAX`` say.

    ExPRES takes a text for 0, and puts lines between the same longitudes 1° beside each other.
    """
    first, last = (0.0 if isinstance(end, str) else end for end in (source.lg_min, source.lg_max))
    if not index:
        return first
    return first + index * ((last - first) / (source.lg_nbr - 1) or 1.0)


def source_type(source: Source) -> str:
    """Give the short word for a source's beaming: ``lossc``, ``cst80.000``, ``cavity``, ``shell``.

    A constant angle is written as IDL prints a float, cut after six characters.
    """
    beam = CURRENTS[source.current]
    if beam is Beam.CONSTANT:
        return beam + f"{source.constant:#.6g}"[:6]
    return str(beam)


def source_width(source: Source) -> str:
    """Give the beam's width as in the name: ``wid1deg``."""
    return f"wid{int(source.width)}deg"


def source_energy(source: Source) -> str:
    """Give the electrons' energy as in the name: ``3keV``."""
    return f"{int(float(f'{source.accel:.6g}'))}keV"


def field_model(configuration: Configuration, source: Source) -> str:
    """Give the short name of the magnetic field of a source: ``MAG`` up to ``_`` or ``+``."""
    magnetic = {body.name: body.mag for body in configuration.body if body.on}
    return magnetic.get(source.parent, "").split("_")[0].split("+")[0]


def _simulation_parts(configuration: Configuration, source: Source) -> list[str]:
    if configuration.simu.doi:
        return [configuration.simu.doi]
    parts = [
        field_model(configuration, source),
        f"{source_type(source)}-{source_width(source)}",
        source_energy(source),
        source.mode or "RX",
    ]
    return [*parts, "refr"] if source.refraction else parts
