"""The form of a catalogue, and the shape of outlines, to the digit."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from prefect_expres import __version__
from prefect_expres.analysis import find_observatory, write_catalogue
from prefect_expres.analysis.arcs import Arc, arcs_of
from prefect_expres.analysis.catalogue import outline
from prefect_expres.analysis.identity import Identity
from tests.support.sightings import seen

MIDNIGHT = 1704067200.0


def arcs(visible: Any, **more: Any) -> list[Arc]:
    """Find the arcs of a sighting."""
    return arcs_of([seen(visible, **more)], 3)


def written(found: list[Arc], tmp_path: Path, **more: Any) -> Any:
    """Write a catalogue, and read it."""
    path = write_catalogue(found, tmp_path / "io.json", **more)
    assert path == tmp_path / "io.json"
    return json.loads(path.read_text(encoding="utf-8"))


def text(info: str, ucd: str, *values: str) -> dict[str, Any]:
    """Describe a field of texts."""
    field: dict[str, Any] = {"info": info, "datatype": "str", "ucd": ucd}
    return field | {"values": list(values)} if values else field


def number(info: str, ucd: str, unit: str) -> dict[str, Any]:
    """Describe a field of numbers."""
    return {"info": info, "datatype": "float", "ucd": ucd, "unit": unit}


def test_a_catalogue_has_the_form_of_tfcat(tmp_path: Path) -> None:
    """Everything but the features is written out here."""
    catalogue = written(arcs(np.ones((4, 3))), tmp_path)
    assert len(catalogue.pop("features")) == 1
    meridian, moon, line = (
        *("Central meridian longitude", "Phase of the moon", "Phase of the active field line"),
    )
    assert catalogue == {
        "$schema": "https://voparis-ns.obspm.fr/maser/tfcat/v1.0/schema#",
        "type": "FeatureCollection",
        "fields": {
            "source": text("Where the emission comes from", "meta.id;src"),
            "hemisphere": text("Hemisphere of the source", "meta.id", "north", "south"),
            "polarization": text(
                "Sense of circular polarization, as ExPRES signs it: RH -1, LH +1",
                "phys.polarization.circular",
                *("RH", "LH"),
            ),
            "start": text("First visible step, UTC", "time.start"),
            "end": text("End of the last visible step, UTC", "time.end"),
            "fmin": number("Lowest visible frequency", "em.freq;stat.min", "MHz"),
            "fmax": number("Highest visible frequency", "em.freq;stat.max", "MHz"),
            "cut_at": text(
                "Which end of the simulation cuts the window, which may be longer",
                "meta.note",
                *("", "start", "end", "start and end"),
            ),
            "cml_start": number(f"{meridian}, at the start", "pos.bodyrc.lon", "deg"),
            "cml_end": number(f"{meridian}, at the end", "pos.bodyrc.lon", "deg"),
            "moon_phase_start": number(f"{moon}, at the start", "pos.phaseAng", "deg"),
            "moon_phase_end": number(f"{moon}, at the end", "pos.phaseAng", "deg"),
            "source_phase_start": number(f"{line}, at the start", "pos.phaseAng", "deg"),
            "source_phase_end": number(f"{line}, at the end", "pos.phaseAng", "deg"),
        },
        "properties": {
            "title": "Visible radio emission simulated by ExPRES",
            "simulations": ["expres_earth_jupiter_io"],
            "generated_by": f"prefect-expres {__version__}",
        },
        "crs": {
            "type": "local",
            "properties": {
                "name": "Time-Frequency",
                "time_coords_id": "unix",
                "spectral_coords": {"type": "frequency", "unit": "MHz"},
                "ref_position_id": "GEOCENTER",
            },
        },
    }


def test_a_feature_has_the_facts_of_its_window(tmp_path: Path) -> None:
    """Angles that are known are numbers, those that are not are left out."""
    (feature,) = written(arcs(np.ones((4, 3)), meridian=np.arange(4.0)), tmp_path)["features"]
    assert feature["type"] == "Feature"
    assert feature["id"] == "io-north-rh-20240101T000000Z"
    assert feature["properties"] == {
        "source": "Io",
        "hemisphere": "north",
        "polarization": "RH",
        "start": "2024-01-01T00:00:00Z",
        "end": "2024-01-01T00:04:00Z",
        "fmin": 10.0,
        "fmax": 30.0,
        "cml_start": 0.0,
        "cml_end": 3.0,
        "cut_at": "start and end",
    }


@pytest.mark.parametrize(
    ("observers", "position"),
    [
        ((), "GEOCENTER"),
        (("Earth",), "GEOCENTER"),
        (("Juno",), "juno"),
        ((None,), "unknown"),
        (("Earth", "Juno", "Earth"), "GEOCENTER, juno"),
    ],
)
def test_the_position_is_that_of_the_observers(
    observers: tuple[str | None, ...], position: str, tmp_path: Path
) -> None:
    """Each once; an observatory replaces them."""
    found = [
        arc
        for number, name in enumerate(observers)
        for arc in arcs(np.ones((2, 2)), identity=Identity(f"series{number % 2}", name, "Jupiter"))
    ]
    catalogue = written(found, tmp_path)
    assert catalogue["crs"]["properties"]["ref_position_id"] == position
    assert catalogue["properties"]["simulations"] == [
        f"series{number}" for number in range(min(2, len(observers)))
    ]
    there = written(found, tmp_path, observatory=find_observatory("NenuFAR"))
    assert there["crs"]["properties"]["ref_position_id"] == "nenufar"


def shape_of(visible: Any, tmp_path: Path, **more: Any) -> tuple[str, Any]:
    """Give the kind and the coordinates of a catalogue's only feature; seconds from midnight."""
    (feature,) = written(arcs(visible, **more), tmp_path)["features"]
    geometry = feature["geometry"]
    polygons = geometry["coordinates"]
    if geometry["type"] == "Polygon":
        polygons = [polygons]
    return geometry["type"], [
        [[(round(time - MIDNIGHT, 1), mhz) for time, mhz in ring] for ring in rings]
        for rings in polygons
    ]


def points(ring: Any) -> list[Any]:
    """Give the corners of a closed ring in the order of time."""
    assert ring[0] == ring[-1]
    return sorted(ring[1:])


def test_a_single_cell_is_a_lozenge(tmp_path: Path) -> None:
    """Half way to the neighbours in time and in frequency."""
    visible = np.zeros((5, 5))
    visible[2, 2] = 1
    kind, [[ring]] = shape_of(visible, tmp_path)
    assert kind == "Polygon"
    assert points(ring) == [(90, 30), (120, 25), (120, 35), (150, 30)]


def test_only_corners_are_kept(tmp_path: Path) -> None:
    """Along straight sides there are no points."""
    visible = np.zeros((8, 5))
    visible[2:6, 1:4] = 1
    _, [[ring]] = shape_of(visible, tmp_path)
    assert points(ring) == [
        *((90, 20), (90, 40), (120, 15), (120, 45), (300, 15), (300, 45), (330, 20), (330, 40)),
    ]


def test_outlines_reach_beyond_the_ends_of_the_axes(tmp_path: Path) -> None:
    """Half a step in time, and half a channel; of a single channel half of itself."""
    _, [[ring]] = shape_of(np.ones((3, 3)), tmp_path)
    assert (min(ring)[0], max(ring)[0]) == (-30, 150)
    assert {mhz for _, mhz in ring} == {5, 10, 30, 35}
    _, [[ring]] = shape_of(np.ones((3, 1)), tmp_path)
    assert points(ring) == [(-30, 10), (0, 5), (0, 15), (120, 5), (120, 15), (150, 10)]
    _, [[ring]] = shape_of(np.ones((1, 1)), tmp_path)
    assert points(ring) == [(-0.5, 10), (0, 5), (0, 15), (0.5, 10)]
    _, [[ring]] = shape_of(np.ones((2, 2)), tmp_path, frequency=np.array([10.0, 30.0]))
    assert {mhz for _, mhz in ring} == {0, 10, 30, 40}


def test_uneven_axes_are_widened_by_their_last_steps(tmp_path: Path) -> None:
    """The first step at the start, the last one at the end."""
    frequency = np.array([10.0, 20.0, 40.0])
    _, [[ring]] = shape_of(np.ones((3, 3)), tmp_path, frequency=frequency)
    assert {mhz for _, mhz in ring} == {5, 10, 40, 50}


def test_regions_and_holes(tmp_path: Path) -> None:
    """A polygon for each region, the outer ring first."""
    visible = np.zeros((12, 5))
    visible[0:5, 0:5] = 1
    visible[2, 2] = 0
    visible[7, 4] = 1
    kind, polygons = shape_of(visible, tmp_path)
    assert kind == "MultiPolygon"
    holed, speck = sorted(polygons, key=len, reverse=True)
    assert [len(rings) for rings in (holed, speck)] == [2, 1]
    assert points(holed[1]) == [(90, 30), (120, 25), (120, 35), (150, 30)]
    assert min(holed[0])[0] == -30
    assert points(speck[0]) == [(390, 50), (420, 45), (420, 55), (450, 50)]


def test_points_are_rounded() -> None:
    """To 0.1 s and 100 Hz."""
    visible = np.zeros((3, 3))
    visible[1, 1] = 1
    (arc,) = arcs(visible, frequency=np.array([10.0, 10.12345, 10.3333333]))
    [[ring]] = outline(arc)
    assert {mhz for _, mhz in ring} == {10.0617, 10.1235, 10.2284}


def test_a_point_of_an_outline_is_short(tmp_path: Path) -> None:
    """A week of three moons has tens of thousands: white space would be most of the file."""
    checks = np.indices((60, 60)).sum(axis=0) % 2 == 0
    path = write_catalogue(arcs(checks), tmp_path / "checks.json")
    content = path.read_text(encoding="utf-8")
    (feature,) = json.loads(content)["features"]
    points = sum(len(ring) for polygon in feature["geometry"]["coordinates"] for ring in polygon)
    assert points > 3600
    assert len(content) < 30 * points
