"""Run a configuration from start to end, with a log on standard output."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from prefect_expres.engine.automatic import (
    automatic_phases,
    is_automatic,
    observer_name,
    with_phases,
)
from prefect_expres.engine.ephemeris_file import Ephemeris, read_ephemeris
from prefect_expres.engine.errors import EngineError
from prefect_expres.engine.field_models import field_model
from prefect_expres.engine.geometry import Clock, clock, epochs, observer_track
from prefect_expres.engine.harmonics import Floats
from prefect_expres.engine.lanes import Lane, course, lanes
from prefect_expres.engine.limits import central_body, refuse_unmodelled
from prefect_expres.engine.line_cache import field_lines
from prefect_expres.engine.lines import NORTH, SOUTH, Family
from prefect_expres.engine.output import write_cdf
from prefect_expres.engine.radii import in_radii, radius_km
from prefect_expres.engine.simulation import Emission, Regions, frequency_axis, observe
from prefect_expres.engine.table import SourceTable, Surroundings, source_table
from prefect_expres.engine.variables import Simulation
from prefect_expres.expres.configuration import Configuration, Observer, Source
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
    _say("prefect-expres engine: a model of ExPRES, not ExPRES itself")
    refuse_unmodelled(configuration)
    positions = _ephemeris(configuration, ephemeris)
    name = _name(configuration, positions)
    _say(f"Results will be saved as {name}")
    moments = clock(configuration, positions)
    frequency = frequency_axis(configuration.frequency)
    scaled = in_radii(configuration)
    observer = observer_track(scaled, central_body(scaled), moments, positions)
    phases = automatic_phases(configuration, moments.start, float(observer.distance[0]))
    _say_computed(configuration.observer, phases)
    _say(f"Initialization: {len(moments.epochs)} steps, {len(frequency)} frequencies")
    placed = with_phases(scaled, phases)
    tables = _Tables(placed, frequency, cache)
    seen_from = observer.position()
    lit = lanes(configuration)
    emissions = [_observed(lane, placed, moments, tables, seen_from) for lane in lit]
    _say("Finalization")
    simulation = Simulation(
        configuration, name, epochs(moments), frequency, observer, lit, emissions
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
    return read_ephemeris(data, radius_km(configuration))


def _name(configuration: Configuration, ephemeris: Ephemeris | None) -> str:
    try:
        name = output_name(configuration, ephemeris.start if ephemeris else None)
    except ValueError as fault:
        raise EngineError(str(fault)) from None
    if "/" in name:
        msg = f"{name!r} is not a file name; take the '/' out of SIMU.DOI and the names"
        raise EngineError(msg)
    return name


@dataclass
class _Tables:
    """The source regions of a run, each made when it is first asked for."""

    configuration: Configuration
    frequency: Floats
    cache: Path
    made: dict[tuple[object, ...], SourceTable] = field(default_factory=dict)

    def of(self, source: Source, family: Family) -> SourceTable:
        """Give the region of a source's hemisphere along a family of lines."""
        key = (family, bool(source.south), source.aurora_alt)
        if key not in self.made:
            self.made[key] = self._make(source, family)
        return self.made[key]

    def _make(self, source: Source, family: Family) -> SourceTable:
        began = time.monotonic()
        planet = central_body(self.configuration)
        model = field_model(planet.mag)
        table = source_table(
            field_lines(model, family, self.cache),
            SOUTH if source.south else NORTH,
            self.frequency,
            Surroundings(
                densities=[density for density in planet.dens if density.on],
                flattening=float(planet.flat),
                aurora=float(source.aurora_alt),
                step=model.step,
            ),
        )
        side = "south" if source.south else "north"
        taken = time.monotonic() - began
        _say(f"Field lines {planet.mag}, {family.kind[1:]} {family.number}, {side}: {taken:.1f} s")
        return table


def _observed(
    lane: Lane, configuration: Configuration, moments: Clock, tables: _Tables, seen_from: Floats
) -> Emission:
    source = lane.source
    _say(f"Looping: {source.name}, {source.sat or source.type}")
    way = course(lane, configuration, moments)
    regions = Regions(way, [tables.of(source, family) for family in way.families])
    emission = observe(source, regions, seen_from, frequency=tables.frequency, progress=_progress())
    _say(f"  {emission.seen} visible cells of {emission.written.size}")
    return emission


def _progress() -> Callable[[float], None]:
    reported = 0

    def progress(fraction: float) -> None:
        nonlocal reported
        if int(fraction * REPORTED) > reported:
            reported = int(fraction * REPORTED)
            _say(f"  {100 * reported // REPORTED} %")

    return progress


def _say_computed(observer: Observer, phases: Mapping[str, float]) -> None:
    """Say what is computed where ExPRES asks the web."""
    if is_automatic(observer):
        _say(f"Positions of {observer_name(observer)}: computed offline")
    for name, phase in phases.items():
        _say(f"PHASE of {name}: {phase}°, computed offline")


def _say(line: str) -> None:
    """Write a line of the run log; it is read while the run goes on."""
    print(line, flush=True)  # noqa: T201 - standard output is the run log
