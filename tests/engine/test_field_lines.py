"""The magnetic fields of the planets, and the field lines of sources of every type."""

from dataclasses import replace

import numpy as np
import pytest

from prefect_expres.engine.errors import EngineError
from prefect_expres.engine.field import magnetic_field
from prefect_expres.engine.field_models import MODELS, field_model
from prefect_expres.engine.lines import NORTH, SOUTH, Family, FieldLines, trace
from prefect_expres.engine.table import Surroundings, source_table
from prefect_expres.expres.vocabulary import FIELDS, Lines

pytestmark = pytest.mark.slow

COARSE = 0.04

# The dipole's moment in gauss, and whether the field leaves the planet in the north.
MOMENTS = {
    "JRM33": (4.177, True),
    "JRM09_CS2020": (4.170, True),
    "JRM09": (4.170, True),
    "ISaAC": (4.135, True),
    "VIPAL": (4.262, True),
    "VIT4": (4.353, True),
    "VIP4": (4.264, True),
    "O6": (4.300, True),
    "SPV": (0.2116, True),
    "Z3": (0.2118, True),
    "AH5": (0.2247, True),
    "Q3": (0.2283, True),
    "A12": (0.0019, False),
    "IGRF2000": (0.3012, False),
    "TDS_axi": (7.0, True),
}

ALIKE = {"SPV", "Z3", "A12", "TDS_axi"}
"""The fields that are the same on all meridians."""


def traced(mag: str, kind: Lines, number: int) -> FieldLines:
    """Trace lines in steps that are coarse enough for a test."""
    return trace(field_model(mag), Family(kind, number), COARSE)


def radius(points: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> np.ndarray:
    """Give the distances of points, shape (..., 3)."""
    return np.asarray(np.linalg.norm(points, axis=-1))


@pytest.mark.parametrize("mag", MODELS)
def test_a_field_is_that_of_its_paper(mag: str) -> None:
    """Each model has the dipole of its planet: its moment, its sense, the step that follows."""
    gauss, points_north = MOMENTS[mag]
    model = MODELS[mag]
    assert model.points_north is points_north
    jovian = FIELDS[mag].body == "Jupiter"
    assert model.step == (0.05 if jovian else pytest.approx(2.9e-3 * gauss, rel=1e-2))
    directions = np.random.default_rng(1).normal(size=(4000, 3))
    far = 1000.0 * directions / radius(directions)[:, None]
    strength = radius(magnetic_field(replace(model, sheet=None), far))
    assert strength.max() == pytest.approx(2e5 * gauss / 1000**3, rel=0.02)


def test_every_field_of_expres_is_modelled_or_refused_with_a_reason() -> None:
    """Those of planets are there in every spelling; of others it is told what is missing."""
    for folder, field in FIELDS.items():
        if field.body or folder == "TDS_axi":
            assert field_model(field.mag) is field_model(folder) is MODELS[folder]
        else:
            with pytest.raises(EngineError, match=r"only its field lines.*TDS_axi, or"):
                field_model(field.mag)
    assert field_model("VIP4 Connerney CS") is MODELS["VIP4"]


def test_the_ring_of_saturn_is_that_of_expres() -> None:
    """Its 13 nT are half of µ0 I, as the 225 nT of Jupiter's sheet; the centre has less."""
    point, model = np.array([[0.1, 0.0, 0.0]]), MODELS["SPV"]
    ring = magnetic_field(model, point) - magnetic_field(replace(model, sheet=None), point)
    expected = 13.0 * 2 * (np.arcsinh(2.5 / 8.0) - np.arcsinh(2.5 / 16.0))
    assert ring[0] == pytest.approx([0.0, 0.0, expected], abs=0.01)


@pytest.mark.parametrize("mag", ["SPV", "AH5", "IGRF2000", "A12", "VIP4"])
def test_lines_of_a_latitude_reach_the_planet_there(mag: str) -> None:
    """A line at 60 degrees passes one radius at that latitude, at its longitude."""
    lines = traced(mag, Lines.LATITUDE, 60)
    for hemisphere, latitude in ((NORTH, 60), (SOUTH, -60)):
        for longitude in (1, 90, 250):
            count = lines.count[hemisphere, longitude]
            line = lines.position[hemisphere, longitude, :count]
            down = int(radius(line).argmax())
            outside = radius(line[down:])[::-1]
            x, y, z = (np.interp(1.0, outside, column[::-1]) for column in line[down:].T)
            assert np.degrees(np.arctan2(z, np.hypot(x, y))) == pytest.approx(latitude, abs=0.2)
            assert np.degrees(-np.arctan2(y, x)) % 360 == pytest.approx(longitude, abs=0.5)


def test_shells_begin_on_the_equator_or_at_the_apex() -> None:
    """An L-shell crosses the equator at its distance; an M-shell is nowhere farther out."""
    flat, apex = (traced("AH5", kind, 5) for kind in (Lines.L_SHELL, Lines.M_SHELL))
    assert flat.position[:, :, 0, 2] == pytest.approx(0.0)
    assert radius(flat.position[:, :, 0]) == pytest.approx(5.0)
    assert radius(apex.position).max(axis=2) == pytest.approx(5.0, abs=1e-3)
    level = (apex.field[:, :, 0] * apex.position[:, :, 0]).sum(axis=-1)
    assert np.abs(level).max() < 1e-3 * radius(apex.field[:, :, 0]).max()


@pytest.mark.parametrize("mag", ["SPV", "IGRF2000", "A12"])
def test_the_cone_opens_away_from_the_planet(mag: str) -> None:
    """North and south, for fields of either sign, the line's direction is outward at the source."""
    model, lines = field_model(mag), traced(mag, Lines.LATITUDE, 70)
    strongest = 2.79924835996e-5 * radius(lines.field).max()
    frequency = np.array([0.3, 0.5]) * strongest
    for hemisphere in (NORTH, SOUTH):
        around = Surroundings([], flattening=0.0, aurora=0.0, step=model.step)
        table = source_table(lines, hemisphere, frequency, around)
        outward = (table.direction * table.position).sum(axis=-1)
        assert (outward > 0).all()


def test_some_fields_are_alike_on_all_meridians() -> None:
    """Those without a tilt of the dipole or the ring: of Saturn and Mercury."""
    assert {name for name, model in MODELS.items() if model.is_axisymmetric} == ALIKE


@pytest.mark.parametrize(
    ("kind", "number"), [(Lines.LATITUDE, 75), (Lines.L_SHELL, 6), (Lines.M_SHELL, 9)]
)
def test_the_lines_of_one_meridian_are_turned_to_all(kind: Lines, number: int) -> None:
    """They are those that are traced one by one, as with a ring that is hardly tilted."""
    model = MODELS["Z3"]
    assert model.sheet is not None
    tilted = replace(model, sheet=replace(model.sheet, tilt=1e-9))
    assert not tilted.is_axisymmetric
    turned, traced_all = (trace(each, Family(kind, number), COARSE) for each in (model, tilted))
    assert turned.position == pytest.approx(traced_all.position, abs=1e-7)
    assert turned.field == pytest.approx(traced_all.field, abs=1e-4)
    assert (turned.count == traced_all.count).all()
