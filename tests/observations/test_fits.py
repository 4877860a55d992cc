"""FITS files of e-CALLISTO and Radio JOVE."""

import gzip
import sys
from pathlib import Path
from typing import Any

import astropy.io
import numpy as np
import pytest
from astropy.io import fits

from prefect_expres.errors import ObservationError
from prefect_expres.observations import open_observation
from tests.support.observation_files import flux

_CALLISTO = {
    "INSTRUME": "BIR",
    "OBJECT": "Sun",
    "DATE-OBS": "2022/01/30",
    "TIME-OBS": "11:15:00.171",
    "BUNIT": "digits",
    "CTYPE2": "Frequency [MHz]",
    "OBS_LAT": 53.09,
}


def callisto(
    path: Path,
    values: Any,
    seconds: Any,
    frequency: Any,
    names: tuple[str, str] = ("TIME", "FREQUENCY"),
    **header: Any,
) -> Path:
    """Write a file of e-CALLISTO: an image upside down, and a table of one row with the axes."""
    image = fits.PrimaryHDU(np.uint8(values))
    image.header.update(_CALLISTO | header)
    columns = [
        fits.Column(name, f"{len(each)}D8.3", array=[each])
        for name, each in zip(names, (seconds, frequency), strict=True)
    ]
    fits.HDUList([image, fits.BinTableHDU.from_columns(columns)]).writeto(path)
    return path


@pytest.mark.parametrize(
    ("said", "target"),
    [
        ("JUPITER", "Jupiter"),
        ("Jupiter", "Jupiter"),
        ("67P", "67P"),
        ("67P/CHURYUMOV-GERASIMENKO", "67P/Churyumov-Gerasimenko"),
    ],
)
def test_a_target_is_written_as_a_name(tmp_path: Path, said: str, target: str) -> None:
    """Some archives write capital letters only."""
    path = radio_jove(tmp_path / "a.fits", OBJECT=said)
    assert open_observation(path).attrs["target"] == target


def test_callisto(tmp_path: Path) -> None:
    """The image is turned around, the frequencies rise, and the Sun is what it looks at."""
    path = callisto(
        tmp_path / "BIR.fit", flux(4, 3), seconds=[0.25, 0.5, 0.75], frequency=[40, 30, 20, 10]
    )
    opened = open_observation(path)
    assert opened.attrs["observer"] == "Earth"
    assert opened.attrs["target"] == "Sun"
    assert opened.attrs["instrument"] == "BIR"
    assert opened["flux"].attrs == {"units": "digits", "scale": "linear"}
    assert str(opened["time"].values[0]) == "2022-01-30T11:15:00.421000000"
    np.testing.assert_array_equal(opened["flux"], flux(4, 3)[::-1].T)
    np.testing.assert_array_equal(opened["frequency"], [10, 20, 30, 40])
    assert open_observation(path, target="Jupiter").attrs["target"] == "Jupiter"


def test_the_axes_are_known_in_any_case(tmp_path: Path) -> None:
    """FITS does not tell small letters from large ones."""
    path = callisto(
        tmp_path / "BIR.fit", flux(4, 3), [0, 1, 2], [1, 2, 3, 4], ("Time", "frequency")
    )
    np.testing.assert_array_equal(open_observation(path)["frequency"], [1, 2, 3, 4])


def test_a_compressed_file(tmp_path: Path) -> None:
    """e-CALLISTO's archive compresses them."""
    path = callisto(tmp_path / "BIR.fit", flux(4, 3), [0, 1, 2], [1, 2, 3, 4])
    squeezed = tmp_path / "BIR.fit.gz"
    squeezed.write_bytes(gzip.compress(path.read_bytes()))
    np.testing.assert_array_equal(open_observation(squeezed)["flux"], flux(4, 3).T)


def radio_jove(path: Path, **axes: Any) -> Path:
    """Write a file of a dual polarization spectrograph: an image each, with linear axes."""
    header = {
        "TELESCOP": "Radio JOVE",
        "INSTRUME": "DPS",
        "OBJECT": "Jupiter",
        "DATE-OBS": "2016-12-10T03:04:05.5",
        "BUNIT": "ADU",
        "CUNIT2": "MHz",
        "CRVAL1": 0.0,
        "CDELT1": 0.5,
        "CRVAL2": 16.0,
        "CDELT2": 2.0,
    } | axes
    images = [fits.ImageHDU(np.float32(flux(4, 3) * k), name=n) for n, k in (("RR", 3), ("LL", 1))]
    for image in images:
        image.header.update(header)
    fits.HDUList([fits.PrimaryHDU(), *images]).writeto(path)
    return path


def test_radio_jove(tmp_path: Path) -> None:
    """Both polarizations are one flux, and the axes are those of the header."""
    opened = open_observation(radio_jove(tmp_path / "jove.fits"))
    assert opened.attrs["observer"] == "Earth"
    assert opened.attrs["target"] == "Jupiter"
    np.testing.assert_array_equal(opened["flux"], 4 * flux(4, 3).T)
    np.testing.assert_allclose(opened["polarization"], -0.5)
    np.testing.assert_array_equal(opened["frequency"], [16, 18, 20, 22])
    assert str(opened["time"].values[1]) == "2016-12-10T03:04:06.000000000"
    later = open_observation(radio_jove(tmp_path / "later.fits", CRVAL1=7.0))
    np.testing.assert_array_equal(later["time"], opened["time"])


@pytest.mark.parametrize(
    ("header", "observer", "instrument"),
    [
        ({"TELESCOP": "", "INSTRUME": "X", "OBS_LAT": 53.1}, "Earth", "X"),
        ({"TELESCOP": "T", "INSTRUME": "", "SITELAT": 53.1}, "Earth", "T"),
        ({"TELESCOP": "T", "INSTRUME": "X", "OBSGEO-B": 53.1}, "Earth", "X"),
        ({"TELESCOP": "Wind", "INSTRUME": "NDA", "OBSGEO-B": 53.1}, "Wind", "NDA"),
        ({"TELESCOP": "T", "INSTRUME": "Juno Waves"}, "Juno", "Juno Waves"),
        ({"TELESCOP": "", "INSTRUME": "Wind"}, "Wind", "Wind"),
    ],
)
def test_headers_say_where_it_was_observed(
    tmp_path: Path, header: dict[str, Any], observer: str, instrument: str
) -> None:
    """A telescope that is known, an instrument that is, or a latitude on Earth."""
    opened = open_observation(radio_jove(tmp_path / "a.fits", **header))
    assert (opened.attrs["observer"], opened.attrs["instrument"]) == (observer, instrument)


def test_a_header_may_say_nothing(tmp_path: Path) -> None:
    """Then it is asked for, and what it does not say is empty."""
    path = radio_jove(tmp_path / "a.fits", TELESCOP="", INSTRUME="", OBJECT="")
    opened = open_observation(path, observer="Earth", target="Io")
    assert opened.attrs["instrument"] == ""
    for given in ({"observer": "Earth"}, {"target": "Io"}):
        with pytest.raises(ObservationError, match="does not say its"):
            open_observation(path, **given)


@pytest.mark.parametrize(
    ("axes", "frequency", "second"),
    [
        ({"CRPIX2": 3.0}, [12, 14, 16, 18], "05.500"),
        ({"CRPIX1": 9.0, "CDELT1": 0.25}, [16, 18, 20, 22], "05.500"),
        ({"CUNIT2": "kHz", "CRVAL2": 100.0, "CDELT2": 50.0}, [0.1, 0.15, 0.2, 0.25], "05.500"),
        ({"CRVAL2": "16.0", "CDELT2": "2.0", "CRPIX2": "1"}, [16, 18, 20, 22], "05.500"),
        ({"DATE-OBS": " 2016-12-10", "TIME-OBS": " 03:04:06Z "}, [16, 18, 20, 22], "06.000"),
        ({"DATE-OBS": "2016/12/09", "TIME-OBS": "27:03:61.5"}, [16, 18, 20, 22], "01.500"),
    ],
)
def test_linear_axes_are_those_of_the_header(
    tmp_path: Path, axes: dict[str, Any], frequency: list[float], second: str
) -> None:
    """From the pixel that they count from; a clock may count on over midnight and the minute."""
    opened = open_observation(radio_jove(tmp_path / "a.fits", **axes))
    np.testing.assert_allclose(opened["frequency"], frequency)
    time = opened["time"].values
    assert str(time[0])[:23] == f"2016-12-10T03:04:{second}"
    step = np.timedelta64(int(axes.get("CDELT1", 0.5) * 1e9), "ns")
    assert np.diff(time).tolist() == [step.astype(int)] * 2


def test_images_of_other_shapes_are_no_spectra(tmp_path: Path) -> None:
    """A cube and a line beside the spectrum are left; an image without a name is the flux."""
    path = tmp_path / "a.fits"
    axes = {"CUNIT2": "MHz", "CRVAL1": 0, "CDELT1": 1, "CRVAL2": 16, "CDELT2": 2}
    spectrum = fits.ImageHDU(np.float32(flux(4, 3)))
    spectrum.header.update(axes)
    first = fits.PrimaryHDU()
    first.header.update(_CALLISTO)
    others = [fits.ImageHDU(np.zeros(shape), name="OTHER") for shape in ((2, 2, 2), (3,), (5, 5))]
    fits.HDUList([first, *others, spectrum]).writeto(path)
    opened = open_observation(path)
    np.testing.assert_array_equal(opened["flux"], flux(4, 3).T)
    assert opened.attrs["instrument"] == "BIR"
    assert opened["flux"].attrs["units"] == "digits"


def test_axes_without_units_are_refused(tmp_path: Path) -> None:
    """e-CALLISTO's headers count pixels: they are no axes without the table."""
    path = radio_jove(tmp_path / "jove.fits", CUNIT2="")
    with pytest.raises(ObservationError, match="it has no axes: neither a table"):
        open_observation(path)
    for names in (("TIME", "CHANNEL"), ("CHANNEL", "FREQUENCY")):
        path = tmp_path / f"{names[0]}.fit"
        callisto(path, flux(4, 3), [0, 1, 2], [1, 2, 3, 4], names)
        with pytest.raises(ObservationError, match="it has no axes: neither a table"):
            open_observation(path)


def test_a_table_may_have_whole_numbers_and_another_unit(tmp_path: Path) -> None:
    """And the image may have the time upwards; white space is none of a word."""
    image = fits.PrimaryHDU(np.float32(flux(3, 4)))
    image.header.update(_CALLISTO | {"BUNIT": "  ADU", "INSTRUME": "  BIR", "OBJECT": "  Sun"})
    columns = [
        fits.Column("TIME", "3J", array=[[0, 2, 4]]),
        fits.Column("FREQUENCY", "4J", unit="kHz", array=[[1000, 2000, 3000, 4000]]),
    ]
    path = tmp_path / "a.fit"
    fits.HDUList([image, fits.BinTableHDU.from_columns(columns)]).writeto(path)
    opened = open_observation(path)
    np.testing.assert_allclose(opened["frequency"], [1, 2, 3, 4])
    np.testing.assert_array_equal(opened["flux"], flux(3, 4))
    assert (np.diff(opened["time"].values) / np.timedelta64(1, "s")).tolist() == [2, 2]
    assert opened["flux"].attrs["units"] == "ADU"
    assert (opened.attrs["instrument"], opened.attrs["target"]) == ("BIR", "Sun")


def test_axes_of_another_length_are_refused(tmp_path: Path) -> None:
    """The table and the image belong together."""
    path = callisto(tmp_path / "BIR.fit", flux(4, 3), [0, 1], [1, 2, 3, 4])
    with pytest.raises(ObservationError, match="its image has 3 by 4 pixels for 2 times and 4"):
        open_observation(path)


@pytest.mark.parametrize(
    "wrong", [{"DATE-OBS": "yesterday"}, {"TIME-OBS": "noon"}, {"DATE-OBS": ""}]
)
def test_a_file_without_a_start_is_refused(tmp_path: Path, wrong: dict[str, str]) -> None:
    """Its times would be anybody's guess."""
    path = callisto(tmp_path / "BIR.fit", flux(4, 3), [0, 1, 2], [1, 2, 3, 4], **wrong)
    with pytest.raises(ObservationError, match="it does not say when it starts"):
        open_observation(path)


@pytest.mark.filterwarnings("ignore:File may have been truncated")
def test_a_cut_file_is_refused(tmp_path: Path) -> None:
    """Half an image is none."""
    path = callisto(tmp_path / "BIR.fit", np.ones((200, 300)), range(300), range(1, 201))
    path.write_bytes(path.read_bytes()[:20_000])
    told = r"BIR\.fit cannot be read: it has 20000 bytes of 63360.*Fetch it again"
    with pytest.raises(ObservationError, match=told):
        open_observation(path)


@pytest.mark.filterwarnings("ignore:File may have been truncated")
def test_a_file_whose_end_is_cut_is_refused(tmp_path: Path) -> None:
    """Also where what is missing is no part of the spectrum: nobody knows what else is."""
    path = radio_jove(tmp_path / "jove.fits")
    fits.append(path, np.ones((40, 40, 40)))
    whole = path.read_bytes()
    for left in (len(whole) - 1, len(whole)):
        path.write_bytes(whole[:left])
        if left == len(whole):
            assert open_observation(path)["flux"].shape == (3, 4)
        else:
            with pytest.raises(ObservationError, match=f"it has {left} bytes of {len(whole)}"):
                open_observation(path)


def test_a_missing_library_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And what installs it."""
    path = radio_jove(tmp_path / "a.fits")
    monkeypatch.delattr(astropy.io, "fits")
    monkeypatch.setitem(sys.modules, "astropy.io.fits", None)
    with pytest.raises(ObservationError, match=r"pip install 'prefect-expres\[observations\]'"):
        open_observation(path)
