"""Compare the sources of a result with those of its request, field line by field line.

ExPRES names each line by its origin and hemisphere, and describes it in the attributes
``SRP_Source_*``. What is not there, or has a form that is not known, is not compared.
"""

import contextlib
import re
from collections.abc import Iterator, Mapping

import xarray as xr

from prefect_expres.analysis.sources import of_each_source
from prefect_expres.errors import ResultError
from prefect_expres.expres.configuration import Configuration, Source
from prefect_expres.expres.result_name import (
    line_longitude,
    source_origin,
    source_type,
    source_width,
)

Finding = tuple[str, str | None]
"""What was compared, and the difference in words if there is one."""

_ATTRIBUTES = ("Hemisphere", "Mode", "Energy", "Type", "Width", "Refraction")
_HEMISPHERES = {"NORTH", "SOUTH"}
_AURORAL = re.compile(r"(-?\d+)d-(-?\d+)R", re.IGNORECASE)
_ENERGY = re.compile(r"(\d+)\s*keV", re.IGNORECASE)
_CONSTANT = re.compile(r"cst(\d+(?:\.\d*)?)", re.IGNORECASE)
_DEGREES, _KEV = 0.01, 1e-3
"""What may differ: ExPRES cuts an angle after six characters, and a square root in between moves
an energy."""
_MOST_NAMED = 8


def compare_sources(dataset: xr.Dataset, configuration: Configuration) -> Iterator[Finding]:
    """Compare each field line; a source has as many as its ``LG_NBR``."""
    active = [source for source in configuration.source if source.on]
    lines = [(source, index) for source in active for index in range(source.lg_nbr)]
    labels = [str(label) for label in dataset["source"].values]
    if len(lines) != len(labels):
        shown = ", ".join(labels[:_MOST_NAMED])
        yield "sources", f"sources: {len(labels)} ({shown}); asked for: {len(lines)}"
        return
    told = {name: _told(dataset, name) for name in _ATTRIBUTES}
    for at, (source, index) in enumerate(lines):
        words = {name: texts[at] for name, texts in told.items()}
        name, hemisphere = _split(labels[at], words["Hemisphere"])
        yield from _origin(labels[at], name, source, index)
        if hemisphere is not None:
            wanted = "NORTH" if source.north else "SOUTH"
            yield _finding("hemisphere", labels[at], hemisphere, wanted)
        yield from _described(labels[at], words, source)
    # ExPRES writes the refraction of the first source for all.
    if (refracted := told["Refraction"][0]) in {"true", "false"}:
        wanted = "true" if active[0].refraction else "false"
        yield _finding("refraction", labels[0], refracted, wanted)


def _split(label: str, stated: str) -> tuple[str, str | None]:
    """Split ``Io NORTH``; without a hemisphere in the label, take that of the attribute."""
    name, _, last = label.rpartition(" ")
    if name and last.upper() in _HEMISPHERES:
        return name, last.upper()
    return label, stated.upper() if stated.upper() in _HEMISPHERES else None


def _origin(label: str, name: str, source: Source, index: int) -> Iterator[Finding]:
    """Compare the moon, or longitude and shell; a law of the lead angle replaces the longitude."""
    if source.type == "attached to a satellite":
        yield _finding("sources", label, name, source.sat)
    elif found := _AURORAL.fullmatch(name):
        longitude, shell = map(int, found.groups())
        same = shell == int(source.lat)
        if not isinstance(source.lg_min, str) and source.lag_model in {"", "off"}:
            # The name of the first line may stand for all lines of a source.
            starts = (source.lg_min, line_longitude(source, index))
            same = same and any(abs(longitude - int(start)) <= 1 for start in starts)
        yield _finding("sources", label, name, source_origin(source), same=same)


def _described(label: str, words: Mapping[str, str], source: Source) -> Iterator[Finding]:
    """Compare mode, energy, beaming and width, in the words of the attributes."""
    if mode := words["Mode"].strip("_"):
        yield _finding("mode", label, mode, source.mode or "RX")
    if found := _ENERGY.fullmatch(words["Energy"]):
        nearby = {int(source.accel - _KEV), int(source.accel + _KEV)}
        same = int(found[1]) in nearby
        yield _finding("energy", label, found[0], f"{source.accel:g}keV", same=same)
    if beaming := words["Type"]:
        angle = _CONSTANT.fullmatch(beaming) if source.current == "Constant" else None
        close = angle is not None and abs(float(angle[1]) - source.constant) <= _DEGREES
        yield _finding("beaming", label, beaming, source_type(source), same=close or None)
    if width := words["Width"]:
        yield _finding("width", label, width, source_width(source))


def _told(dataset: xr.Dataset, name: str) -> list[str]:
    """Give an attribute for each line; empty texts if it is not there, or not for each."""
    with contextlib.suppress(ResultError):
        return [each or "" for each in of_each_source(dataset, f"SRP_Source_{name}")]
    return [""] * dataset.sizes["source"]


def _finding(what: str, label: str, seen: str, wanted: str, *, same: bool | None = None) -> Finding:
    """Say whether a line is as it was asked for; words are compared in any case."""
    agrees = seen.casefold() == wanted.casefold() if same is None else same
    return what, None if agrees else f"{what} of {label}: {seen}; asked for: {wanted}"
