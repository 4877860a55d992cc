"""Result files that show what a configuration asks for, in the words of ExPRES 1.4."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from prefect_expres.ephemeris.file_track import read_track
from prefect_expres.expres import Configuration
from prefect_expres.expres.configuration import Source
from prefect_expres.expres.result_name import (
    field_model,
    first_source,
    output_name,
    source_energy,
    source_origin,
    source_type,
    source_width,
)
from prefect_expres.expres.time_axis import TimeAxis
from tests.support.quick import DATA
from tests.support.result_files import Result, nothing, write

FIRST_DAY = datetime(2024, 1, 1, tzinfo=UTC)
"""The day that the files of `tests.support.result_files` count from."""


def fitting(
    configuration: Configuration | dict[str, Any],
    ephemeris: bytes | None = None,
    *,
    seen: Callable[[int, int, int], Any] = nothing,
    **changes: Any,
) -> Result:
    """Make the result that a configuration asks for.

    Args:
        configuration: The configuration.
        ephemeris: The file whose times replace those of the configuration.
        seen: Makes the visible emission of so many steps, channels and field lines.
        changes: What the result has otherwise.
    """
    model = (
        configuration
        if isinstance(configuration, Configuration)
        else Configuration.model_validate(configuration)
    )
    times = TimeAxis.of(model) if ephemeris is None else read_track(ephemeris).times
    assert times.start is not None
    sources = [source for source in model.source if source.on for _ in range(source.lg_nbr)]
    labels = list(_labels(model))
    axis = frequencies(model)
    first = first_source(model)
    observer = f"{model.observer.sc or 'Earth'}_{model.observer.parent}"
    beam = f"{source_type(first)}-{source_width(first)}_{source_energy(first)}_rx".lower()
    attributes = {
        "Logical_file_id": [output_name(model, times.start)],
        "Data_type": [f"{observer}_{source_origin(first)}".lower()],
        "Descriptor": [f"{field_model(model, first).lower()}_{beam}"],
        "PDS_Observation_target": [model.observer.parent],
        "SRP_Source_Type": [source_type(source) for source in sources],
        "SRP_Source_Width": [source_width(source) for source in sources],
        "SRP_Source_Energy": [source_energy(source) for source in sources],
        "SRP_Source_Mode": [f"_{source.mode or 'RX'}" for source in sources],
        "SRP_Source_Refraction": ["true" if first.refraction else "false"] * len(sources),
    }
    result = Result(
        seen(times.count, len(axis), len(sources)),
        labels=labels,
        modes=[source.mode or "RX" for source in sources],
        frequency=axis,
        flags=("Theta", "VisibleSources"),
        step=times.step.total_seconds(),
        day=(times.start - FIRST_DAY).days,
        jitter=int(((times.start - FIRST_DAY).total_seconds() % 86400) * 1e9),
        attributes=attributes,
    )
    return replace(result, **{"attributes": attributes | changes.pop("words", {}), **changes})


def fixed_observer() -> dict[str, Any]:
    """Give the content of the configuration that most tests run."""
    content: dict[str, Any] = json.loads((DATA / "expres" / "fixed-observer.json").read_text())
    return content


def three_windows(steps: int, channels: int, lines: int) -> Any:
    """Make the first line seen twice, and the last one once, at the end."""
    visible = nothing(steps, channels, lines)
    for start, stop, line in ((2, 5, 0), (10, 13, 0), (22, 24, -1)):
        visible[start * steps // 24 : stop * steps // 24, 1:3, line] = True
    return visible


def inputs(folder: Path) -> tuple[Configuration, bytes | None]:
    """Read what a job of the sandbox was given."""
    (config,) = (folder / "inputs" / "config").iterdir()
    tracks = list((folder / "inputs" / "ephemeride").glob("*"))
    model = Configuration.model_validate_json(config.read_bytes())
    return model, tracks[0].read_bytes() if tracks else None


def written(result: Result) -> bytes:
    """Give the content of a result file."""
    with TemporaryDirectory() as folder:
        return write(result, Path(folder) / "result.cdf").read_bytes()


def frequencies(model: Configuration) -> list[float]:
    """Lay out the channels of a configuration."""
    asked = model.frequency
    if isinstance(asked.sc, list):
        return [float(each) for each in asked.sc]
    spaced = np.geomspace if asked.type == "Log" else np.linspace
    return [float(each) for each in spaced(float(asked.min), float(asked.max), asked.nbr)]


def _labels(model: Configuration) -> Iterator[str]:
    """Name each field line as ExPRES does: longitudes are cut to whole degrees."""
    for source in model.source:
        for index in range(source.lg_nbr * source.on):
            yield f"{_origin(source, index)} {'NORTH' if source.north else 'SOUTH'}"


def _origin(source: Source, index: int) -> str:
    if source.type == "attached to a satellite" or isinstance(source.lg_min, str):
        return source_origin(source)
    last = 0 if isinstance(source.lg_max, str) else source.lg_max
    step = (last - source.lg_min) / max(source.lg_nbr - 1, 1) or 1
    return f"{int(source.lg_min + index * step)}d-{int(source.lat)}R"
