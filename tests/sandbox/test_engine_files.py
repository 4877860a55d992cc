"""The files that the sandbox engine reads and writes."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import cdflib
import numpy as np
import pytest

from prefect_expres.expres.configuration import Configuration
from prefect_expres.expres.result_name import output_name
from prefect_expres.sandbox.engine import EngineError, run_engine
from prefect_expres.sandbox.engine.geometry import read_ephemeris
from tests.sandbox.engine_runs import EPHEMERIS, VISIBLE, example


@pytest.fixture(scope="session")
def example_path(tmp_path_factory: pytest.TempPathFactory, tables: Path) -> Path:
    """Run the example of a whole day of Io seen from the Earth."""
    configuration = Configuration.model_validate(example())
    directory = tmp_path_factory.mktemp("example")
    return run_engine(configuration, EPHEMERIS.read_bytes(), directory, tables)


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


def test_ephemeris_is_read() -> None:
    """Rows end where the trailer begins; east longitude becomes west, km become radii."""
    ephemeris = read_ephemeris(EPHEMERIS.read_bytes())
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
        read_ephemeris(b"\n".join(damage(lines)))


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
