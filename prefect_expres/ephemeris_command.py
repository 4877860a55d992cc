"""The command ``prefect-expres ephemeris``: write the file that ExPRES reads, and moon phases."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Literal

from cyclopts import Parameter
from pydantic import TypeAdapter, ValidationError
from rich.console import Console

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
    moon: Annotated[tuple[Moon, ...], Parameter(negative=())] = (),
    source: Source = "analytic",
    kernel: Annotated[tuple[str, ...], Parameter(negative=())] = (),
    kernel_set: Annotated[tuple[int, ...], Parameter(negative=())] = (),
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
    """
    provider = _provider(source, observer, center, kernel, kernel_set)
    path = output or Path(f"{observer}-{center}-{start:%Y%m%d}.csv".lower())
    if path.suffix != ".csv":
        msg = f"{path}: ExPRES takes only a file in lower-case .csv for this form; rename it"
        raise EphemerisError(msg)
    made = asyncio.run(prepare_ephemeris(provider, Span.lasting(start, hours, step)))
    _write(path, to_csv(made))
    _tell(made, path, moon)


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


def _tell(made: Ephemeris, path: Path, moons: Sequence[Moon]) -> None:
    console = Console(highlight=False, soft_wrap=True)
    span, first = made.span, made.points[0]
    console.print(
        f"{path}: {span.count} rows, {span.start:%Y-%m-%d %H:%M:%S} to "
        f"{span.stop:%Y-%m-%d %H:%M:%S} UTC, from {made.source}",
        markup=False,
    )
    console.print(
        f"First row: longitude {first.longitude:.4f}° east, latitude {first.latitude:.4f}°, "
        f"{first.distance:.0f} km, light time {made.light_times[0]:.2f} s"
    )
    for moon in moons:
        phase = moon_phase(moon, span.start, made.light_times[0])
        console.print(f"BODY.PHASE of {moon}: {phase:.2f}")
    for note in made.notes:
        console.print(f"Note: {note}", markup=False)
