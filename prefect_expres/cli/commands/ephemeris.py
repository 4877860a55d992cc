"""The command ``prefect-expres ephemeris``: write the file that ExPRES reads, and moon phases."""

import asyncio
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Literal

from cyclopts import Parameter
from pydantic import TypeAdapter, ValidationError

from prefect_expres.cli.commands.options import AsJson, in_usual_case
from prefect_expres.cli.commands.writable import require_writable
from prefect_expres.cli.console.printing import give
from prefect_expres.ephemeris import (
    AnyEphemeris,
    Ephemeris,
    EphemerisSpec,
    Moon,
    Span,
    phase_from,
    prepare_ephemeris,
    to_csv,
)
from prefect_expres.errors import EphemerisError
from prefect_expres.net.clock import MonotonicClock
from prefect_expres.storage import atomic_path

Source = Literal["analytic", "webgeocalc", "horizons", "miriade", "spice"]


def ephemeris(
    observer: str = "Earth",
    *,
    start: datetime,
    center: str = "Jupiter",
    hours: float = 24.0,
    step: int = 60,
    output: Annotated[Path | None, Parameter(alias="-o")] = None,
    moon: Annotated[tuple[Moon, ...], Parameter(converter=in_usual_case)] = (),
    source: Source = "analytic",
    kernel: tuple[str, ...] = (),
    kernel_set: tuple[int, ...] = (),
    as_json: AsJson = False,
) -> None:
    """Write an observer's ephemeris in the form that ExPRES reads.

    A planet seen from Earth or its Moon is computed without network; spacecraft need another
    source.

    Args:
        observer: Earth, Moon, the name of a spacecraft, or a NAIF number as -61.
        start: First time, UTC.
        center: The planet whose radio emission is simulated: Jupiter, Saturn, Uranus, Neptune,
            Earth or Mercury.
        hours: Length in hours; a day with a step of a minute has 1440 rows.
        step: Seconds between rows, a whole number.
        output: The file, which must end in lower-case .csv. Default: named by observer, planet
            and day.
        moon: Print BODY.PHASE of this moon of the planet at the first time; repeat the option for
            several. All are computed without network, but Hyperion and Triton, which the source
            must know.
        source: The source of the positions; webgeocalc, horizons and miriade need the network,
            spice needs the extra of that name.
        kernel: Path of a kernel or metakernel for spice; repeat the option for several. Default:
            DE440, which knows the planets only.
        kernel_set: Number of a kernel set of webgeocalc; repeat the option for several. Default:
            1, the solar system.
        as_json: Print a record of the file as JSON.
    """
    provider = _provider(source, observer, center, kernel, kernel_set)
    path = output or Path(f"{observer}-{center}-{start:%Y%m%d}.csv".lower())
    if path.suffix != ".csv":
        msg = f"{path}: ExPRES reads this form only from a file in lower-case .csv; rename it"
        raise EphemerisError(msg)
    require_writable(path.parent, "--output")
    made, phases = asyncio.run(_computed(provider, Span.lasting(start, hours, step), moon))
    _write(path, to_csv(made))
    record = _record(made, path, phases)
    give(record, *_lines(made, record), as_json=as_json)


def _provider(
    source: Source,
    observer: str,
    center: str,
    kernels: Sequence[str],
    kernel_sets: Sequence[int],
) -> EphemerisSpec:
    facts: dict[str, Any] = {"kind": source, "observer": observer, "center": center}
    if kernels:
        facts["kernels"] = kernels
    if kernel_sets:
        facts["kernel_sets"] = kernel_sets
    try:
        provider: EphemerisSpec = TypeAdapter(AnyEphemeris).validate_python(facts)
    except ValidationError as fault:
        problems = (
            f"{error['loc'][-1]}: {error['input']!r}: {error['msg']}" for error in fault.errors()
        )
        msg = f"{source} does not support this: {'; '.join(problems)}. Try another --source"
        raise EphemerisError(msg) from None
    return provider


async def _computed(
    provider: EphemerisSpec, span: Span, moons: Sequence[Moon]
) -> tuple[Ephemeris, dict[str, float]]:
    """Compute the ephemeris, and the phases of moons at its first time."""
    made, clock = await prepare_ephemeris(provider, span), MonotonicClock()
    light_time = made.light_times[0]
    phases: dict[str, float] = {
        moon: await phase_from(provider, moon, span.start, light_time, clock) for moon in moons
    }
    return made, phases


def _write(path: Path, data: bytes) -> None:
    """Write a file that is complete as soon as it has its name."""
    try:
        with atomic_path(path) as part:
            part.write_bytes(data)
    except OSError as fault:
        msg = f"{path} cannot be written: {fault}"
        raise EphemerisError(msg) from None


def _record(made: Ephemeris, path: Path, phases: dict[str, float]) -> dict[str, Any]:
    """Return a record of the file, for programs."""
    span, first, light_time = made.span, made.points[0], made.light_times[0]
    return {
        "file": str(path),
        "rows": span.count,
        "start": f"{span.start:%Y-%m-%d %H:%M:%S}",
        "stop": f"{span.stop:%Y-%m-%d %H:%M:%S}",
        "source": made.source,
        "longitude": first.longitude,
        "latitude": first.latitude,
        "distance": first.distance,
        "light_time": light_time,
        "phases": phases,
        "notes": list(made.notes),
    }


def _lines(made: Ephemeris, record: dict[str, Any]) -> Iterator[str]:
    """Return lines for people."""
    yield (
        f"{record['file']}: {record['rows']} rows, {record['start']} to {record['stop']} UTC, "
        f"from {made.source}"
    )
    yield (
        f"First row: longitude {record['longitude']:.4f}° east, latitude "
        f"{record['latitude']:.4f}°, {record['distance']:.0f} km, light time "
        f"{record['light_time']:.2f} s"
    )
    for moon, phase in record["phases"].items():
        yield f"BODY.PHASE of {moon}: {phase:.2f}"
    for text in made.notes:
        yield f"Note: {text}"
