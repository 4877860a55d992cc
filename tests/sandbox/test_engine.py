"""The sandbox engine against the real ExPRES kernel, and the file that it writes."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from prefect_expres.sandbox.engine import EngineError
from prefect_expres.sandbox.engine.beaming import loss_cone
from prefect_expres.sandbox.engine.field import internal_field, schmidt_coefficients
from tests.sandbox.engine_runs import VISIBLE, example, fixed_observer, run

pytestmark = pytest.mark.slow

REFERENCE = Path(__file__).parents[1] / "data" / "expres" / "reference-io-jrm09.npz"


@pytest.fixture(scope="session")
def reference_run(tmp_path_factory: pytest.TempPathFactory, tables: Path) -> Any:
    """Run the configuration whose real output is on file."""
    content = fixed_observer(719, 720, (1.0, 40.0, 79))
    return run(content, tmp_path_factory.mktemp("reference"), tables)


@pytest.mark.parametrize(("lane", "key"), [(0, "N"), (1, "S")])
def test_visible_cells_are_those_of_the_kernel(reference_run: Any, lane: int, key: str) -> None:
    """At least 97 % of the visible cells are common, and the cone angle agrees to 0.1°."""
    with np.load(REFERENCE) as reference:
        expected = reference[f"th_{key}"]
    theta = reference_run.varget("Theta")[:, :, lane]
    ours, theirs = theta > VISIBLE, expected > VISIBLE
    common = ours & theirs
    assert common.sum() >= 0.97 * max(ours.sum(), theirs.sum())
    assert np.abs(theta - expected)[common].max() < 0.1


@pytest.mark.parametrize(("lane", "key"), [(0, "N"), (1, "S")])
def test_maximum_frequency_is_that_of_the_kernel(reference_run: Any, lane: int, key: str) -> None:
    """The maximum frequency along the day agrees to 2 %."""
    with np.load(REFERENCE) as reference:
        expected = reference[f"fm_{key}"]
    assert reference_run.varget("SrcFreqMax")[:, lane] == pytest.approx(expected, rel=0.02)


@pytest.mark.parametrize(("lane", "key"), [(0, "N"), (1, "S")])
def test_lines_and_meridian_are_those_of_the_kernel(
    reference_run: Any, lane: int, key: str
) -> None:
    """The active line and the observer's meridian agree to 0.01°."""
    with np.load(REFERENCE) as reference:
        line = reference[f"lg_{key}"] + reference[f"lag_{key}"]
        meridian = reference["cml"]
    ours = reference_run.varget("SrcLongitude")[:, lane]
    assert np.abs((ours - line + 180) % 360 - 180).max() < 0.01
    assert np.abs((reference_run.varget("CML") - meridian + 180) % 360 - 180).max() < 0.01


def test_source_position_is_that_of_the_kernel(reference_run: Any) -> None:
    """Where the northern source is seen at 21 MHz, it sits where the kernel puts it."""
    with np.load(REFERENCE) as reference:
        expected = reference["x_N"]
    position = reference_run.varget("SrcPosition")[:, 40, 0]
    seen = position[:, 0] > VISIBLE
    assert seen.any()
    assert position[seen] == pytest.approx(expected[seen], abs=1e-4)


def test_loss_cone_of_3_kev_at_low_density() -> None:
    """Without plasma, 3 keV give 83.5°, 81.2° and 70.1° at 0.1, 0.5 and 0.9 of the maximum."""
    ratio = np.array([0.1, 0.5, 0.9])
    angles = loss_cone(3.0, 0.0, ratio, np.full(3, 1e-9))
    assert angles == pytest.approx([83.5, 81.2, 70.1], abs=0.05)


def test_a_dipole_is_a_dipole() -> None:
    """The harmonics of degree 1 give the field of a dipole along the axis."""
    g = np.zeros((2, 2))
    g[1, 0] = 400000.0
    field = internal_field(g, np.zeros_like(g), np.array([[2.0, 0.0, 0.0], [0.0, 1e-9, 2.0]]))
    assert field[0] == pytest.approx([0.0, 0.0, -50000.0])
    assert field[1] == pytest.approx([0.0, 0.0, 100000.0], abs=1e-3)


def test_the_field_is_curl_free() -> None:
    """The internal field has neither divergence nor curl, as a potential's must."""
    g, h = schmidt_coefficients("jrm33.csv", 13)
    point, step = np.array([0.8, -1.0, 0.6]), 1e-5
    shifts = step * np.eye(3)
    ahead, behind = (internal_field(g, h, point + sign * shifts) for sign in (1, -1))
    slopes = (ahead - behind) / (2 * step)
    assert abs(np.trace(slopes)) < 1e-6 * np.abs(slopes).max()
    assert slopes == pytest.approx(slopes.T, rel=1e-5, abs=1e-6 * np.abs(slopes).max())


def test_io_arcs_come_at_the_known_phases(tmp_path: Path, tables: Path) -> None:
    """Early arcs come near phase 110° and late ones near 240°, as ExPRES and observers find."""
    content = fixed_observer(30 * 1440, 4320, (10.0, 38.0, 57))
    content["OBSERVER"]["FIXE_DECL"] = 0
    result = run(content, tmp_path, tables)
    visible = result.varget("Theta") > VISIBLE
    minutes = 30 * 1440 * np.arange(4320) / 4320
    moon = 360 * minutes * (1 / 595.5 - 1 / (177.83 * 5.91**1.5)) - 60
    phase = (result.varget("CML") - moon + 180) % 360
    for lane, early, late in [(0, 110, 241), (1, 109, 240)]:
        seen = phase[visible[:, :, lane].any(axis=1)]
        assert np.median(seen[seen < 180]) == pytest.approx(early, abs=6)
        assert np.median(seen[seen > 180]) == pytest.approx(late, abs=6)


def test_flags_choose_the_variables(tmp_path: Path, tables: Path) -> None:
    """Variables that were not asked for are not written; the polarization always is."""
    content = fixed_observer(60, 10, (1.0, 40.0, 40))
    content["SPDYN"]["CDF"] = dict.fromkeys(content["SPDYN"]["CDF"], False)
    names = run(content, tmp_path, tables).cdf_info().zVariables
    assert "Polarization" in names
    assert not {"Theta", "FP", "FC", "CML", "SrcPosition", "VisibleSources"} & set(names)


def test_constant_beam_and_ordinary_mode(tmp_path: Path, tables: Path) -> None:
    """A constant cone is written as such; the ordinary mode turns the polarization round."""
    content = fixed_observer(719, 180, (1.0, 40.0, 79))
    for source in content["SOURCE"]:
        source |= {"CURRENT": "Constant", "CONSTANT": 80.0, "MODE": "LO"}
    result = run(content, tmp_path, tables)
    theta, polarization = result.varget("Theta"), result.varget("Polarization")
    assert set(theta[theta > VISIBLE]) == {np.float32(80.0)}
    only_north = (theta[..., 0] > VISIBLE) & (theta[..., 1] < VISIBLE)
    assert set(polarization[only_north]) == {1}
    assert "cst80.000-wid1deg_3kev_lo" in result.globalattsget()["Logical_file_id"][0]


def test_several_longitudes_make_several_sources(tmp_path: Path, tables: Path) -> None:
    """A source with LG_NBR 3 becomes three lines at evenly spaced longitudes."""
    content = fixed_observer(60, 10, (1.0, 40.0, 40))
    content["SOURCE"][0] |= {"LG_MIN": -4, "LG_MAX": 0, "LG_NBR": 3, "LAG_MODEL": ""}
    lines = run(content, tmp_path, tables).varget("SrcLongitude")
    assert lines.shape == (10, 4)
    assert np.diff(lines[:, :3]) == pytest.approx(np.full((10, 2), 2.0), abs=1e-3)


Change = Callable[[dict[str, Any]], Any]
UNMODELLED: dict[str, tuple[Change, str]] = {
    "planet": (lambda c: c["BODY"][0].update(NAME="Saturn"), "only Jupiter"),
    "field": (lambda c: c["BODY"][0].update(MAG="VIP4+Connerney CS"), "JRM33"),
    "radius": (lambda c: c["BODY"][0].update(RADIUS=71492), "RADIUS 1"),
    "phase": (lambda c: c["BODY"][1].update(PHASE="auto"), "PHASE"),
    "refraction": (lambda c: c["SOURCE"][0].update(REFRACTION=True), "REFRACTION"),
    "shell": (lambda c: c["SOURCE"][0].update(CURRENT="Shell"), "CURRENT"),
    "cavity": (lambda c: c["SOURCE"][0].update(CURRENT="Steady-State"), "CURRENT"),
    "latitude": (lambda c: c["SOURCE"][0].update(TYPE="fixed in latitude"), "TYPE"),
    "lag": (lambda c: c["SOURCE"][0].update(LAG_MODEL="bonfond2017"), "hess2011"),
    "film": (lambda c: c["MOVIE2D"].update(ON=True), "MOVIE2D"),
    "web": (lambda c: c["OBSERVER"].update(TYPE="Pre-Defined"), "web service"),
    "fixed web": (lambda c: c["OBSERVER"].update(FIXE_DIST="auto"), "web"),
}


@pytest.mark.parametrize("name", UNMODELLED)
def test_the_unmodelled_is_refused(name: str, tmp_path: Path, tables: Path) -> None:
    """What the engine does not model is refused with a reason, and no file is written."""
    change, reason = UNMODELLED[name]
    content = fixed_observer(60, 10, (1.0, 40.0, 40))
    change(content)
    content["OBSERVER"]["PARENT"] = content["BODY"][0]["NAME"]
    with pytest.raises(EngineError, match=reason):
        run(content, tmp_path, tables)
    assert not list(tmp_path.iterdir())


def test_every_refusal_is_told_at_once(tmp_path: Path, tables: Path) -> None:
    """Two things that are not modelled are named in one message of one line."""
    content = fixed_observer(60, 10, (1.0, 40.0, 40))
    content["MOVIE3D"]["ON"] = True
    content["SOURCE"][1]["REFRACTION"] = True
    with pytest.raises(EngineError, match=r"MOVIE3D.*REFRACTION") as refusal:
        run(content, tmp_path, tables)
    assert "\n" not in str(refusal.value)


def test_the_ephemeris_must_come_with_the_configuration(tmp_path: Path, tables: Path) -> None:
    """A configuration that names an ephemeris file is refused without the file."""
    with pytest.raises(EngineError, match="was not given"):
        run(example(), tmp_path, tables)


def test_field_lines_are_traced_once(tmp_path: Path) -> None:
    """The second run takes the stored lines; a damaged table is traced again."""
    content = fixed_observer(60, 10, (1.0, 40.0, 40))
    content["NUMBER"]["SOURCE"], content["SOURCE"] = 1, content["SOURCE"][:1]
    cache = tmp_path / "tables"
    run(content, tmp_path / "first", cache)
    (table,) = cache.iterdir()
    written = table.stat().st_mtime_ns
    run(content, tmp_path / "second", cache)
    assert table.stat().st_mtime_ns == written
    table.write_bytes(table.read_bytes()[:1000])
    run(content, tmp_path / "third", cache)
    assert table.stat().st_size > 1000
    assert list(cache.iterdir()) == [table]
