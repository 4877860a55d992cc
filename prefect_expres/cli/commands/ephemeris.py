"""The command ``prefect-expres ephemeris``: write the file that ExPRES reads, and moon phases."""

import asyncio
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Literal

from cyclopts import Parameter
from pydantic import TypeAdapter, ValidationError

from prefect_expres.cli.commands.options import AsJson
from prefect_expres.cli.commands.writable import require_writable
from prefect_expres.cli.console.printing import give
from prefect_expres.ephemeris import (
    AnyEphemeris,
    Ephemeris,
    Moon,
    Provider,
    Span,
    moon_phase,
    prepare_ephemeris,
    to_csv,
)
from prefect_expres.errors import EphemerisError

Source = Literal["analytic", "webgeocalc", "horizons", "miriade", "spice"]


def ephemeris(
    observer: str = "Earth",
    *,
    start: datetime,
    center: str = "Jupiter",
    hours: float = 24.0,
    step: int = 60,
    output: Annotated[Path | None, Parameter(alias="-o")] = None,
    moon: tuple[Moon, ...] = (),
    source: Source = "analytic",
    kernel: tuple[str, ...] = (),
    kernel_set: tuple[int, ...] = (),
    as_json: AsJson = False,
) -> None:
    """Write an observer's ephemeris in the form that ExPRES reads.

    Earth's is computed here, without network. Spacecraft need another source.

    Args:
        observer: Earth, a spacecraft's name, or a NAIF number as -61.
        start: First time, UTC.
        center: Planet whose radio emission is simulated.
        hours: How long it lasts; a day of minutes has 1440 rows.
        step: Whole seconds from one row to the next.
        output: The file, in lower-case .csv; by default named by observer, planet and day.
        moon: A moon whose BODY.PHASE at the first time is told; may be given again.
        source: Where positions come from; webgeocalc, horizons and miriade are asked over the
            network, spice needs the extra of that name.
        kernel: Path of a kernel or metakernel for spice; may be given again.
        kernel_set: Number of a kernel set of webgeocalc; may be given again.
        as_json: Print what was written as JSON.
    """
    provider = _provider(source, observer, center, kernel, kernel_set)
    path = output or Path(f"{observer}-{center}-{start:%Y%m%d}.csv".lower())
    if path.suffix != ".csv":
        msg = f"{path}: ExPRES takes only a file in lower-case .csv for this form; rename it"
        raise EphemerisError(msg)
    require_writable(path.parent, "--output")
    made = asyncio.run(prepare_ephemeris(provider, Span.lasting(start, hours, step)))
    _write(path, to_csv(made))
    record = _record(made, path, moon)
    give(record, *_lines(made, record), as_json=as_json)


def _provider(
    source: Source,
    observer: str,
    center: str,
    kernels: Sequence[str],
    kernel_sets: Sequence[int],
) -> Provider:
    facts: dict[str, Any] = {"kind": source, "observer": observer, "center": center}
    if kernels:
        facts["kernels"] = kernels
    if kernel_sets:
        facts["kernel_sets"] = kernel_sets
    try:
        provider: Provider = TypeAdapter(AnyEphemeris).validate_python(facts)
    except ValidationError as fault:
        problems = (
            f"{error['loc'][-1]}: {error['input']!r}: {error['msg']}" for error in fault.errors()
        )
        msg = f"The source {source} does not do that: {'; '.join(problems)}. Try another --source"
        raise EphemerisError(msg) from None
    return provider


def _write(path: Path, data: bytes) -> None:
    """Write a file that is whole as soon as it has its name."""
    part = path.with_name(f"{path.name}.part")
    try:
        part.write_bytes(data)
        part.replace(path)
    except OSError as fault:
        msg = f"{path} cannot be written: {fault}"
        raise EphemerisError(msg) from None


def _record(made: Ephemeris, path: Path, moons: Sequence[Moon]) -> dict[str, Any]:
    """Give what was written, for programs."""
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
        "phases": {moon: moon_phase(moon, span.start, light_time) for moon in moons},
        "notes": list(made.notes),
    }


def _lines(made: Ephemeris, record: dict[str, Any]) -> Iterator[str]:
    """Tell it to people."""
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
