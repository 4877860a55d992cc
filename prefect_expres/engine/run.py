"""Run a configuration from start to end, with a log on standard output."""

import time
from pathlib import Path

from prefect_expres.engine.errors import EngineError
from prefect_expres.engine.field import Floats, field_model
from prefect_expres.engine.geometry import (
    Ephemeris,
    Track,
    clock,
    epochs,
    moon_track,
    observer_track,
    read_ephemeris,
)
from prefect_expres.engine.limits import central_body, moon, refuse_unmodelled
from prefect_expres.engine.lines import NORTH, SOUTH, field_lines
from prefect_expres.engine.output import write_cdf
from prefect_expres.engine.simulation import (
    Emission,
    Lane,
    frequency_axis,
    lanes,
    observe,
)
from prefect_expres.engine.table import SourceTable, source_table
from prefect_expres.engine.variables import Simulation
from prefect_expres.expres.configuration import Body, Configuration
from prefect_expres.expres.result_name import output_name

REPORTED = 4
"""How many times the loop over time reports its progress."""


def run_engine(
    configuration: Configuration, ephemeris: bytes | None, directory: Path, cache: Path
) -> Path:
    """Simulate and write the result.

    Args:
        configuration: What to simulate.
        ephemeris: The content of the file that ``OBSERVER.EPHEM`` names, if it names one.
        directory: Where the CDF file goes.
        cache: Where the field lines are kept between runs.

    Returns:
        The path of the CDF file, named as ExPRES names it.

    Raises:
        EngineError: The configuration asks for what the engine does not model.
    """
    began = time.monotonic()
    _say("prefect-expres engine: a small model of ExPRES for tests, not ExPRES itself")
    refuse_unmodelled(configuration)
    positions = _ephemeris(configuration, ephemeris)
    name = _name(configuration, positions)
    _say(f"Results will be saved as {name}")
    planet = central_body(configuration)
    moments = clock(configuration, positions)
    frequency = frequency_axis(configuration.frequency)
    observer = observer_track(configuration, planet, moments, positions)
    _say(f"Initialization: {len(moments.epochs)} steps, {len(frequency)} frequencies")
    emissions = []
    tables: dict[tuple[object, ...], SourceTable] = {}
    for lane in lanes(configuration):
        body = moon(configuration, lane.source.sat)
        track = moon_track(planet, body, moments)
        key = (body.name, bool(lane.source.south), lane.source.aurora_alt)
        if key not in tables:
            tables[key] = _table(lane, planet, body, frequency, cache)
        emissions.append(_observed(lane, tables[key], frequency, track, observer))
    _say("Finalization")
    simulation = Simulation(
        configuration, name, epochs(moments), frequency, observer, lanes(configuration), emissions
    )
    path = write_cdf(simulation, directory)
    _say(f"Wrote {path.name} ({path.stat().st_size} bytes) in {time.monotonic() - began:.1f} s")
    return path


def _ephemeris(configuration: Configuration, data: bytes | None) -> Ephemeris | None:
    if not configuration.observer.ephem:
        return None
    if data is None:
        msg = (
            f"OBSERVER.EPHEM: {configuration.observer.ephem!r}: the file was not given; "
            "upload it with the configuration"
        )
        raise EngineError(msg)
    return read_ephemeris(data)


def _name(configuration: Configuration, ephemeris: Ephemeris | None) -> str:
    try:
        name = output_name(configuration, ephemeris.start if ephemeris else None)
    except ValueError as fault:
        raise EngineError(str(fault)) from None
    if "/" in name:
        msg = f"{name!r} is not a file name; take the '/' out of SIMU.DOI and the names"
        raise EngineError(msg)
    return name


def outer_shell(body: Body) -> int:
    """Find the shell that ExPRES takes for a moon: the next whole number of radii outward."""
    semi_major, semi_minor = float(body.semi_maj), float(body.semi_min)
    if semi_major == semi_minor and semi_major.is_integer():
        return int(semi_major)
    return min(int(semi_major + (semi_major**2 - semi_minor**2) ** 0.5 + 1), 100)


def _table(lane: Lane, planet: Body, body: Body, frequency: Floats, cache: Path) -> SourceTable:
    shell = outer_shell(body)
    hemisphere = SOUTH if lane.source.south else NORTH
    began = time.monotonic()
    table = source_table(
        field_lines(field_model(planet.mag), shell, cache),
        hemisphere,
        frequency,
        densities=[model for model in planet.dens if model.on],
        flattening=float(planet.flat),
        aurora=float(lane.source.aurora_alt),
    )
    side = "south" if hemisphere else "north"
    _say(f"Field lines {planet.mag}, L = {shell}, {side}: {time.monotonic() - began:.1f} s")
    return table


def _observed(
    lane: Lane, table: SourceTable, frequency: Floats, track: Track, observer: Track
) -> Emission:
    _say(f"Looping: {lane.source.name}, {lane.source.sat}")
    reported = 0

    def progress(fraction: float) -> None:
        nonlocal reported
        if int(fraction * REPORTED) > reported:
            reported = int(fraction * REPORTED)
            _say(f"  {100 * reported // REPORTED} %")

    emission = observe(lane, table, track, observer, frequency=frequency, progress=progress)
    _say(f"  {int(emission.visible.sum())} visible cells of {emission.visible.size}")
    return emission


def _say(line: str) -> None:
    """Write a line of the run log; it is read while the run goes on."""
    print(line, flush=True)  # noqa: T201 - standard output is the run log
