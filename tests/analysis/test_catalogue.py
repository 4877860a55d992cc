"""Arcs as a time-frequency catalogue."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from shapely import Point, contains_xy
from shapely.geometry import shape

from prefect_expres.analysis import find_arcs, find_observatory, visible_windows, write_catalogue
from tests.support.result_files import nothing

Opened = Callable[..., Any]
REFERENCE = Path(__file__).parents[1] / "data" / "expres" / "reference-io-jrm09.npz"


def slanted() -> Any:
    """Make an arc in the north that rises, turns and falls, with a hole, and a speck apart."""
    visible = nothing(steps=40, channels=12)
    for step in range(4, 30):
        top = 10 - abs(step - 17) // 2
        visible[step, top - 3 : top + 1, 0] = True
    visible[17, 8, 0] = False
    visible[20, 0, 0] = True
    return visible


@pytest.fixture
def kernel(opened: Opened) -> Any:
    """Open the real kernel's output as a result."""
    with np.load(REFERENCE) as reference:
        theta = np.stack([reference["th_N"], reference["th_S"]], axis=2)
        return opened(
            visible=theta > 0,
            frequency=tuple(reference["ff"]),
            step=60.0,
            values={"Theta": theta},
            flags=("Theta",),
        )


def load(path: Path) -> Any:
    """Read a catalogue with its own library."""
    import tfcat  # noqa: PLC0415 - every worker would take a second for it

    return tfcat.TFCat.from_file(str(path))


def cells_of(dataset: Any, lane: int, features: list[Any]) -> tuple[NDArray[np.bool_], Any]:
    """Say which cells are visible, and which lie inside of the features' polygons."""
    seconds = dataset["time"].values.astype("datetime64[s]").astype(float)
    time, frequency = np.meshgrid(seconds, dataset["frequency"].values, indexing="ij")
    inside = np.zeros(time.shape, dtype=bool)
    for feature in features:
        inside |= contains_xy(shape(feature["geometry"]), time, frequency)
    return dataset["Theta"].notnull().values[:, :, lane], inside


@pytest.mark.parametrize(("lane", "side"), [(0, "north"), (1, "south")])
def test_polygons_follow_the_arcs_of_the_kernel(
    kernel: Any, tmp_path: Path, lane: int, side: str
) -> None:
    """Every visible cell of the real kernel's output is inside, and no other."""
    catalogue = json.loads(write_catalogue(find_arcs(kernel), tmp_path / "io.json").read_text())
    features = [each for each in catalogue["features"] if each["properties"]["hemisphere"] == side]
    visible, inside = cells_of(kernel, lane, features)
    assert visible.sum() > 250
    assert (inside == visible).all()


def test_holes_and_specks_are_kept(opened: Opened, tmp_path: Path) -> None:
    """A hole is a ring within, a region apart a polygon of its own, and all rings are closed."""
    dataset = opened(visible=slanted(), frequency=tuple(np.linspace(1, 12, 12)))
    (feature,) = json.loads(write_catalogue(find_arcs(dataset), tmp_path / "io.json").read_text())[
        "features"
    ]
    polygons = feature["geometry"]["coordinates"]
    assert feature["geometry"]["type"] == "MultiPolygon"
    assert sorted(len(rings) for rings in polygons) == [1, 2]
    assert all(ring[0] == ring[-1] and len(ring) >= 4 for rings in polygons for ring in rings)
    assert shape(feature["geometry"]).is_valid
    visible, inside = cells_of(dataset, 0, [feature])
    assert (inside == visible).all()


def test_the_library_reads_the_catalogue(opened: Opened, tmp_path: Path) -> None:
    """TFCat finds features, fields and coordinates, and its geometries are in order."""
    catalogue = load(write_catalogue(find_arcs(opened()), tmp_path / "io.json"))
    assert len(catalogue) == 3
    features = [catalogue.feature(index) for index in range(3)]
    assert not any(feature.geometry.errors() for feature in features)
    moment, frequency = catalogue.crs.converter(features[0].geometry.coordinates[0][0])
    assert moment.isot.startswith("2024-01-01T00:")
    assert frequency.unit == "MHz"
    assert catalogue.crs.properties["ref_position_id"] == "GEOCENTER"
    used = {name for feature in features for name in feature.properties}
    assert used <= set(catalogue.fields)


def test_a_feature_has_the_facts_of_its_window(opened: Opened, tmp_path: Path) -> None:
    """Source, hemisphere, polarization, bounds and longitudes are those of the table."""
    dataset = opened()
    features = json.loads(write_catalogue(find_arcs(dataset), tmp_path / "io.json").read_text())[
        "features"
    ]
    for feature, window in zip(features, visible_windows(dataset), strict=True):
        facts = feature["properties"]
        assert feature["id"] == window.name
        assert facts["start"] == f"{window.start:%Y-%m-%dT%H:%M:%SZ}"
        assert (facts["source"], facts["polarization"]) == (window.source, window.polarization)
        assert (facts["fmin"], facts["fmax"]) == (window.fmin, window.fmax)
        assert (facts["cml_start"], facts["cml_end"]) == window.cml
        assert "moon_phase_start" not in facts


def test_an_arc_across_midnight_is_one_polygon(opened: Opened, tmp_path: Path) -> None:
    """What goes on in the next day's file has one outline, without a seam."""
    late, early = nothing(steps=24), nothing(steps=24)
    late[18:, 1:3, 0] = True
    early[:6, 1:3, 0] = True
    days = [opened(visible=late, step=3600), opened(visible=early, step=3600, day=1)]
    (feature,) = json.loads(write_catalogue(find_arcs(days), tmp_path / "io.json").read_text())[
        "features"
    ]
    assert feature["geometry"]["type"] == "Polygon"
    midnight = 1704153600.0
    assert shape(feature["geometry"]).contains(Point(midnight - 1800, 2.5))


def test_an_observatory_is_the_reference_position(opened: Opened, tmp_path: Path) -> None:
    """Polygons end with the band, and the catalogue tells where it is seen."""
    visible = nothing(steps=1440)
    visible[:, :, 0] = True
    dataset = opened(visible=visible, step=60.0, frequency=(5.0, 20.0, 40.0, 90.0))
    nenufar = find_observatory("NenuFAR")
    arcs = find_arcs(dataset, observatory=nenufar)
    path = write_catalogue(arcs, tmp_path / "io.json", observatory=nenufar)
    catalogue = json.loads(path.read_text())
    assert catalogue["crs"]["properties"]["ref_position_id"] == "nenufar"
    assert len(catalogue["features"]) == len(arcs) == 2
    for feature in catalogue["features"]:
        _, low, _, high = shape(feature["geometry"]).bounds
        assert (low, high) == (12.5, 65.0)


def test_a_single_cell_has_an_outline(opened: Opened, tmp_path: Path) -> None:
    """One time and one frequency are a small lozenge."""
    dataset = opened(
        visible=np.ones((1, 1, 1), dtype=bool),
        labels=("Io NORTH",),
        modes=("RX",),
        frequency=(10.0,),
    )
    (feature,) = json.loads(write_catalogue(find_arcs(dataset), tmp_path / "io.json").read_text())[
        "features"
    ]
    assert shape(feature["geometry"]).contains(Point(1704067200, 10.0))
