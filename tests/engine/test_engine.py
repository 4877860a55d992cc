"""The file that the engine writes, and what it refuses."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import cdflib
import numpy as np
import pytest

from prefect_expres.engine import EngineError, run_engine
from prefect_expres.engine.beaming import loss_cone
from prefect_expres.engine.ephemeris_file import read_ephemeris
from prefect_expres.engine.harmonics import InternalField, schmidt_coefficients
from prefect_expres.expres.configuration import Configuration
from prefect_expres.expres.result_name import output_name
from tests.engine.engine_runs import EPHEMERIS, VISIBLE, example, fixed_observer, run

pytestmark = pytest.mark.slow

JUPITER_KM = 71492.0


@pytest.fixture(scope="session")
def example_path(tmp_path_factory: pytest.TempPathFactory, tables: Path) -> Path:
    """Run the example of a whole day of Io seen from the Earth."""
    configuration = Configuration.model_validate(example())
    directory = tmp_path_factory.mktemp("example")
    return run_engine(configuration, EPHEMERIS.read_bytes(), directory, tables)


def test_loss_cone_of_3_kev_at_low_density() -> None:
    """Without plasma, 3 keV give 83.5°, 81.2° and 70.1° at 0.1, 0.5 and 0.9 of the maximum."""
    ratio = np.array([0.1, 0.5, 0.9])
    angles = loss_cone(3.0, 0.0, ratio, np.full(3, 1e-9))
    assert angles == pytest.approx([83.5, 81.2, 70.1], abs=0.05)


def test_a_dipole_is_a_dipole() -> None:
    """The harmonics of degree 1 give the field of a dipole along the axis."""
    g = np.zeros((2, 2))
    g[1, 0] = 400000.0
    field = InternalField(g, np.zeros_like(g)).at(np.array([[2.0, 0.0, 0.0], [0.0, 1e-9, 2.0]]))
    assert field[0] == pytest.approx([0.0, 0.0, -50000.0])
    assert field[1] == pytest.approx([0.0, 0.0, 100000.0], abs=1e-3)


def test_the_field_is_curl_free() -> None:
    """The internal field has neither divergence nor curl, as a potential's must."""
    field = InternalField(*schmidt_coefficients("jrm33.csv", 13))
    point, step = np.array([0.8, -1.0, 0.6]), 1e-5
    shifts = step * np.eye(3)
    ahead, behind = (field.at(point + sign * shifts) for sign in (1, -1))
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


def test_the_file_has_the_exact_name(example_path: Path) -> None:
    """The result is named as ExPRES 1.4 names it, and nothing else is left beside it."""
    assert example_path.name == (
        "expres_earth_jupiter_io_jrm09_lossc-wid1deg_3kev_rx_20180913_v14.cdf"
    )
    assert list(example_path.parent.iterdir()) == [example_path]


def test_the_file_has_every_variable(example_path: Path) -> None:
    """With all flags set, every variable of ExPRES is there with its type and shape."""
    result = cdflib.CDF(example_path)
    spectrum, series, constant = (781, 2), (2,), ()
    expected = {
        "Epoch": ("CDF_TIME_TT2000", constant),
        "Frequency": ("CDF_REAL4", (781,)),
        "Freq_Label": ("CDF_CHAR", (781,)),
        "Src_ID_Label": ("CDF_CHAR", (2,)),
        "Hemisphere_ID_Label": ("CDF_CHAR", (2,)),
        "Src_Pos_Coord": ("CDF_CHAR", (3,)),
        "Polarization": ("CDF_INT2", (781,)),
        "VisibleSources": ("CDF_INT2", spectrum),
        **dict.fromkeys(["Theta", "Azimuth", "FP", "FC"], ("CDF_REAL4", spectrum)),
        "SrcPosition": ("CDF_REAL4", (781, 2, 3)),
        **dict.fromkeys(["SrcLongitude", "SrcFreqMax", "SrcFreqMaxCMI"], ("CDF_REAL4", series)),
        **dict.fromkeys(["CML", "ObsLatitude", "ObsDistance"], ("CDF_REAL4", constant)),
    }
    found = {
        name: (facts.Data_Type_Description, tuple(facts.Dim_Sizes))
        for name in result.cdf_info().zVariables
        for facts in [result.varinq(name)]
    }
    assert found == expected


def test_the_variables_fit_together(example_path: Path) -> None:
    """What is visible is the same in every variable, and the labels and units are right."""
    result = cdflib.CDF(example_path)
    theta = result.varget("Theta")
    visible = theta > VISIBLE
    assert visible.any(axis=(0, 1)).all()
    for name in ("Azimuth", "FP", "FC"):
        assert ((result.varget(name) > VISIBLE) == visible).all()
    counts = result.varget("VisibleSources")
    assert (counts == np.where(visible, [-1, 1], 32767)).all()
    polarization = np.where(visible[..., 1], 1, np.where(visible[..., 0], -1, 32767))
    assert (result.varget("Polarization") == polarization).all()
    assert [str(text) for text in result.varget("Src_ID_Label").ravel()] == ["Io NORTH", "Io SOUTH"]
    attributes = result.varattsget("Theta")
    assert [attributes[f"DEPEND_{i}"] for i in range(3)] == ["Epoch", "Frequency", "Src_ID_Label"]
    assert attributes["FILLVAL"] == np.float32(-1e31)
    assert result.varattsget("Frequency")["UNITS"] == "MHz"


def test_the_attributes_say_where_the_file_comes_from(example_path: Path) -> None:
    """The file tells its sources one by one, and that ExPRES did not make it."""
    attributes = cdflib.CDF(example_path).globalattsget()
    assert "NOT by ExPRES" in attributes["TEXT"][0]
    assert attributes["Generated_by"] == ["prefect-expres engine, not ExPRES"]
    assert attributes["Logical_file_id"] == [example_path.stem]
    assert attributes["SRP_Source_Hemisphere"] == ["NORTH", "SOUTH"]
    assert attributes["SRP_Source_Type"] == ["lossc", "lossc"]
    assert attributes["SRP_Source_Energy"] == ["3keV", "3keV"]


def test_the_observer_follows_the_ephemeris(example_path: Path) -> None:
    """Epochs, meridian, latitude and distance are those of the ephemeris file."""
    result = cdflib.CDF(example_path)
    epochs = cdflib.cdfepoch.to_datetime(result.varget("Epoch"))
    assert epochs[0] == np.datetime64("2018-09-13T00:00:00")
    assert epochs[-1] == np.datetime64("2018-09-13T23:59:00")
    assert result.varget("CML")[0] == pytest.approx(720 - 228.50335 - 360, abs=1e-3)
    assert result.varget("ObsLatitude")[0] == pytest.approx(-2.90671, abs=1e-4)
    assert result.varget("ObsDistance")[0] == pytest.approx(872502916.58 / 71492, rel=1e-6)


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
    "field": (lambda c: c["BODY"][0].update(MAG="TDS"), "how they are tilted.*JRM33"),
    "own field": (lambda c: c["BODY"][0].update(MAG="auto"), "files of the server.*JRM33"),
    "other field": (lambda c: c["BODY"][0].update(MAG="JRM10"), "files of the server"),
    "radius": (lambda c: c["BODY"][0].update(RADIUS=0), "RADIUS 0: must be positive"),
    "refraction": (lambda c: c["SOURCE"][0].update(REFRACTION=True), "REFRACTION"),
    "constant": (lambda c: c["SOURCE"][0].update(CURRENT="Constant"), "CONSTANT 0"),
    "latitude": (lambda c: c["SOURCE"][0].update(TYPE="L-shell"), "LAT 0"),
    "pole": (lambda c: c["SOURCE"][0].update(TYPE="fixed in latitude", LAT=90), "below 90"),
    "lag": (lambda c: c["SOURCE"][0].update(LAG_MODEL="hess2012"), "no such law.*hess2011"),
    "longitude": (lambda c: c["SOURCE"][0].update(LG_MIN="auto+4", LAG_MODEL=""), "auto[+]3"),
    "moon of a moon": (lambda c: c["BODY"][1].update(PARENT="Europa"), "PARENT 'Europa'"),
    "observer": (lambda c: c["OBSERVER"].update(PARENT="Io"), "OBSERVER.PARENT 'Io'"),
    "ellipse": (lambda c: c["BODY"][1].update(SEMI_MIN=6.1), "SEMI_MIN 6.1"),
    "film": (lambda c: c["MOVIE2D"].update(ON=True), "MOVIE2D"),
}


@pytest.mark.parametrize("name", UNMODELLED)
def test_the_unmodelled_is_refused(name: str, tmp_path: Path, tables: Path) -> None:
    """What the engine does not model is refused with a reason, and no file is written."""
    change, reason = UNMODELLED[name]
    content = fixed_observer(60, 10, (1.0, 40.0, 40))
    change(content)
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


def test_ephemeris_is_read() -> None:
    """Rows end where the trailer begins; east longitude becomes west, km become radii."""
    ephemeris = read_ephemeris(EPHEMERIS.read_bytes(), JUPITER_KM)
    assert len(ephemeris.longitude) == 1440
    assert ephemeris.start == datetime(2018, 9, 13, tzinfo=UTC)
    assert ephemeris.minutes == 1439
    assert ephemeris.longitude[0] == pytest.approx(131.49665)


BROKEN: dict[str, tuple[Callable[[list[bytes]], list[bytes]], str]] = {
    "few rows": (lambda lines: lines[:20], "at least 7"),
    "no number": (lambda lines: [*lines[:20], lines[20].replace(b",", b",x", 1)], "row 5"),
    "gap": (lambda lines: lines[:30] + lines[31:], "evenly spaced"),
    "backwards": (lambda lines: [*lines[:16], *reversed(lines[16:40])], "evenly spaced"),
    "no distance": (lambda lines: [line.replace(b",87", b",-87") for line in lines], "positive"),
    "no text": (lambda lines: [b"\xff\xfe", *lines], "cannot be read"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_ephemeris_is_refused(name: str) -> None:
    """A file that ExPRES would misread is refused with the reason."""
    damage, reason = BROKEN[name]
    lines = EPHEMERIS.read_bytes().splitlines()
    with pytest.raises(EngineError, match=reason):
        read_ephemeris(b"\n".join(damage(lines)), JUPITER_KM)


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


def test_output_name_with_doi_and_refraction() -> None:
    """A DOI replaces the model's words; refraction adds one; widths and energies are cut."""
    content = example()
    content["SOURCE"][0] |= {"REFRACTION": True, "WIDTH": 1.9, "ACCEL": 0.64}
    named = output_name(Configuration.model_validate(content), datetime(2020, 1, 2, tzinfo=UTC))
    assert named == "expres_earth_jupiter_io_jrm09_lossc-wid1deg_0kev_rx_refr_20200102_v14"
    content["SIMU"]["DOI"] = "10.25935-ABC"
    named = output_name(Configuration.model_validate(content))
    assert named == "expres_earth_jupiter_io_10.25935-abc_20180913_v14"


def test_output_name_of_a_fixed_source() -> None:
    """A source that is no moon's is named after its longitude and shell; a constant, its angle."""
    content = example()
    content["SOURCE"][0] |= {
        "TYPE": "L-shell",
        "LG_MIN": 120.5,
        "LAT": 15,
        "CURRENT": "Constant",
        "CONSTANT": 75,
    }
    named = output_name(Configuration.model_validate(content))
    assert named == "expres_earth_jupiter_120d-15r_jrm09_cst75.000-wid1deg_3kev_rx_20180913_v14"
