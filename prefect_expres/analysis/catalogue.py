"""Arcs as a time-frequency catalogue (TFCat 1.0), the format in which emission is labelled.

TFCat is GeoJSON with time and frequency for longitude and latitude: Cecconi et al. 2023, Frontiers
in Astronomy and Space Sciences 9, 1049677.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any, cast

import contourpy
import numpy as np
from numpy.typing import NDArray

from prefect_expres import __version__
from prefect_expres.analysis.arcs import Arc
from prefect_expres.analysis.locations import local_target
from prefect_expres.analysis.observatories import Observatory
from prefect_expres.analysis.windows import ANGLES, CUTS
from prefect_expres.storage import atomic_path

_SCHEMA = "https://voparis-ns.obspm.fr/maser/tfcat/v1.0/schema#"

Ring = list[tuple[float, float]]
Points = NDArray[np.floating]

_FIELDS: dict[str, dict[str, Any]] = {
    "source": {"info": "Where the emission comes from", "datatype": "str", "ucd": "meta.id;src"},
    "hemisphere": {
        "info": "Hemisphere of the source",
        "datatype": "str",
        "ucd": "meta.id",
        "values": ["north", "south"],
    },
    "polarization": {
        "info": "Sense of circular polarization, as ExPRES signs it: RH -1, LH +1",
        "datatype": "str",
        "ucd": "phys.polarization.circular",
        "values": ["RH", "LH"],
    },
    "start": {"info": "First visible step, UTC", "datatype": "str", "ucd": "time.start"},
    "end": {"info": "End of the last visible step, UTC", "datatype": "str", "ucd": "time.end"},
    "fmin": {
        "info": "Lowest visible frequency",
        "datatype": "float",
        "ucd": "em.freq;stat.min",
        "unit": "MHz",
    },
    "fmax": {
        "info": "Highest visible frequency",
        "datatype": "float",
        "ucd": "em.freq;stat.max",
        "unit": "MHz",
    },
    "cut_at": {
        "info": "Which end of the simulation cuts the window, which may be longer",
        "datatype": "str",
        "ucd": "meta.note",
        "values": ["", "start", "end", "start and end"],
    },
}


@dataclass(frozen=True)
class Labels:
    """What a catalogue tells beside the arcs, if these label an observation.

    Attributes:
        title: What it is a catalogue of.
        fields: Further properties of its features, described as TFCat wants it.
        values: Their values for each arc.
    """

    title: str = "Visible radio emission simulated by ExPRES"
    fields: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    values: Sequence[Mapping[str, Any]] = ()


_PLAIN = Labels()


def write_catalogue(
    arcs: Iterable[Arc],
    path: str | Path,
    *,
    observatory: Observatory | None = None,
    labels: Labels = _PLAIN,
) -> Path:
    """Write arcs of visible emission as a TFCat file: a feature for each.

    A feature has the bounds of its window as properties, and as geometry the regions of the
    spectrum in which the source is seen.

    Args:
        arcs: From `prefect_expres.analysis.find_arcs`, of one observer.
        path: Local path or ``file://`` URL of the file, which is complete when it has this name.
        observatory: Where the arcs are seen, if they were found for an observatory.
        labels: What it tells beside the arcs.

    Returns:
        The path of the file.
    """
    collection = _collection(list(arcs), observatory, labels)
    target = local_target(path)
    with atomic_path(target) as part:
        part.write_text(json.dumps(collection), encoding="utf-8")
    return target


def outline(arc: Arc) -> list[list[Ring]]:
    """Outline the visible cells of an arc, half way to the invisible ones.

    Args:
        arc: An arc.

    Returns:
        A polygon for each connected region: its outer ring, then those of its holes. Rings are
        closed; points are (seconds since 1970, MHz).
    """
    time = arc.time.astype("datetime64[s]").astype(float)
    step = np.median(arc.sighting.steps[arc.steps] / np.timedelta64(1, "s"))
    visible = np.pad(arc.visible.T.astype(float), 1)
    frequency = arc.sighting.frequency.astype(float)
    field = contourpy.contour_generator(
        _widened(time, step or 1.0),
        _widened(frequency, frequency[0]),
        visible,
        fill_type=contourpy.FillType.OuterOffset,
    )
    filled = field.filled(0.5, np.inf)
    # The type of fill asks for two lists; the library's types leave the choice open.
    regions, offsets = cast("tuple[list[Points], list[NDArray[np.uint32]]]", filled)
    return [
        [_ring(points[start:stop]) for start, stop in pairwise(ends)]
        for points, ends in zip(regions, offsets, strict=True)
    ]


def _widened(axis: NDArray[np.floating], only: float) -> NDArray[np.floating]:
    """Go a step beyond both ends of an axis; ``only`` is the step of a single value."""
    first, last = np.diff(axis)[[0, -1]] if axis.size > 1 else (only, only)
    return np.concatenate([[axis[0] - first], axis, [axis[-1] + last]])


def _ring(points: NDArray[np.floating]) -> Ring:
    """Round to 0.1 s and 100 Hz, and leave out points on the line between two others."""
    before, after = np.roll(points[:-1], 1, axis=0), points[1:]
    into, out_of = points[:-1] - before, after - points[:-1]
    turns = ~np.isclose(into[:, 0] * out_of[:, 1], into[:, 1] * out_of[:, 0])
    corners = points[:-1][turns]
    ring = [(round(time, 1), round(mhz, 4)) for time, mhz in corners.tolist()]
    return [*ring, ring[0]]


def _collection(
    found: list[Arc], observatory: Observatory | None, labels: Labels
) -> dict[str, Any]:
    values = labels.values or [{}] * len(found)
    identities = [arc.sighting.identity for arc in found]
    observers = dict.fromkeys(each.observer or "unknown" for each in identities)
    return {
        "$schema": _SCHEMA,
        "type": "FeatureCollection",
        "features": [_feature(arc, more) for arc, more in zip(found, values, strict=True)],
        "fields": {**_FIELDS, **dict(_angle_fields()), **labels.fields},
        "properties": {
            "title": labels.title,
            "simulations": list(dict.fromkeys(each.series for each in identities)),
            "generated_by": f"prefect-expres {__version__}",
        },
        "crs": {
            "type": "local",
            "properties": {
                "name": "Time-Frequency",
                "time_coords_id": "unix",
                "spectral_coords": {"type": "frequency", "unit": "MHz"},
                "ref_position_id": _position(observers, observatory),
            },
        },
    }


def _position(observers: Iterable[str], observatory: Observatory | None) -> str:
    """Name the position of the observer; simulations for the Earth are for its centre."""
    if observatory:
        return observatory.name.lower()
    names = ["GEOCENTER" if name == "Earth" else name.lower() for name in observers]
    return ", ".join(names) or "GEOCENTER"


def _feature(arc: Arc, more: Mapping[str, Any]) -> dict[str, Any]:
    polygons = outline(arc)
    window = arc.window
    properties: dict[str, Any] = window.model_dump(mode="json", exclude={*ANGLES, *CUTS})
    properties |= {"cut_at": window.cut_at}
    for name in ANGLES:
        if ends := getattr(window, name):
            properties |= {f"{name}_start": ends[0], f"{name}_end": ends[1]}
    properties |= more
    kind, shape = ("Polygon", *polygons) if len(polygons) == 1 else ("MultiPolygon", polygons)
    return {
        "type": "Feature",
        "id": window.name,
        "geometry": {"type": kind, "coordinates": shape},
        "properties": properties,
    }


def _angle_fields() -> Iterator[tuple[str, dict[str, Any]]]:
    for name, words in ANGLES.items():
        for end in ("start", "end"):
            yield (
                f"{name}_{end}",
                {
                    "info": f"{words}, at the {end}",
                    "datatype": "float",
                    "ucd": "pos.bodyrc.lon" if name == "cml" else "pos.phaseAng",
                    "unit": "deg",
                },
            )
