"""Field lines, kept in files between runs."""

import hashlib
import json
import os
import tempfile
import zipfile
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path

import numpy as np

from prefect_expres.engine.field_models import FieldModel
from prefect_expres.engine.harmonics import coefficient_bytes
from prefect_expres.engine.lines import CEILING, FLOOR, LONGITUDES, STEP, Family, FieldLines, trace

METHOD = "rk4-3"
"""Change this when the tracing changes: it is a part of the cache's key."""


def field_lines(model: FieldModel, family: Family, cache: Path) -> FieldLines:
    """Load the lines from the cache, or trace them and store them there.

    Args:
        model: The field model.
        family: Which of its lines.
        cache: The directory of the tables; several processes may share it.
    """
    table = cache / f"lines{family.kind}-{family.number}-{_signature(model, family)}.npz"
    stored = _load(table)
    if stored is not None:
        return stored
    lines = trace(model, family)
    _store(lines, table)
    return lines


def _signature(model: FieldModel, family: Family) -> str:
    """Hash everything that changes the table."""
    facts = {
        **asdict(model),
        "coefficients": hashlib.sha256(coefficient_bytes(model.internal)).hexdigest(),
        "con2020": version("con2020"),
        "tracing": [METHOD, STEP, FLOOR, CEILING, LONGITUDES, *family],
    }
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()[:24]


def _load(table: Path) -> FieldLines | None:
    """Read a table; None if it is missing or damaged."""
    try:
        with table.open("rb") as stream, np.load(stream) as stored:
            return FieldLines(stored["position"], stored["field"], stored["count"])
    except (OSError, ValueError, KeyError, zipfile.BadZipFile):
        return None


def _store(lines: FieldLines, table: Path) -> None:
    """Write a table atomically: no reader sees a part of it."""
    table.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=table.parent, suffix=".part")
    try:
        with os.fdopen(handle, "wb") as stream:
            np.savez(stream, position=lines.position, field=lines.field, count=lines.count)
        Path(name).replace(table)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
