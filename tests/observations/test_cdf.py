"""CDF files as their archives write them: what is read of each, and what is refused."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import cdflib
import numpy as np
import pytest
from cdflib.cdfwrite import CDF

from prefect_expres.errors import ObservationError
from prefect_expres.observations import open_observation
from prefect_expres.observations.gridding import on_one_grid
from prefect_expres.observations.spectrum import Spectrum
from tests.support import observation_files as files


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Name a file."""
    return tmp_path / "observation.cdf"


@pytest.mark.parametrize(
    ("write", "observer", "target", "instrument", "units", "scale"),
    [
        (files.juno, "Juno", "Jupiter", "Waves", "V**2 m**-2 Hz**-1", "linear"),
        (files.nda, "Earth", "Jupiter", "Nancay Decameter Array", "dB", "dB"),
        (files.wind, "Wind", "Earth", "Waves", "Wm2Hz-1", "linear"),
        (files.cassini, "Cassini", "Saturn", "RPWS", "W/m^2/Hz", "linear"),
        (files.voyager, "Voyager1", "Jupiter", "Planetary Radio Astronomy", "dB", "dB"),
    ],
)
def test_an_archive_s_file_says_what_it_is(
    write: Callable[[Path], Path],
    observer: str,
    target: str,
    instrument: str,
    units: str,
    scale: str,
    path: Path,
) -> None:
    """Each opens with the axes of all observations, and nothing has to be told."""
    opened = open_observation(write(path))
    assert opened.attrs == {
        "observer": observer,
        "target": target,
        "instrument": instrument,
        "source": str(path),
    }
    assert opened["flux"].dims == ("time", "frequency")
    assert opened["flux"].dtype == np.float32
    assert opened["flux"].attrs == {"units": units, "scale": scale}
    assert opened["time"].dtype == "datetime64[ns]"
    assert opened["time"].values[0] == files.START
    for axis in ("time", "frequency"):
        assert (np.diff(opened[axis].values).astype(float) > 0).all()


@pytest.mark.parametrize("squeezed", [True, False])
def test_juno_is_read_with_its_gap(path: Path, *, squeezed: bool) -> None:
    """The values are the file's, frequencies are in MHz, and a fill value is missing."""
    opened = open_observation(files.juno(path, squeezed=squeezed))
    expected = files.flux()
    expected[2, 1] = np.nan
    np.testing.assert_array_equal(opened["flux"], expected)
    np.testing.assert_allclose(opened["frequency"], [0.05, 0.1, 1, 40.5])


def test_both_polarizations_of_the_nda_are_one_flux(path: Path) -> None:
    """A count is 0.3125 dB; the sum is the flux, and their contrast the polarization."""
    right, left = np.full((6, 4), 96), np.full((6, 4), 64)
    left[0, 0] = 255
    opened = open_observation(files.nda(path, right, left))
    total = 10**3 + 10**2
    assert opened["flux"].values[1, 0] == pytest.approx(10 * np.log10(total), abs=1e-4)
    assert opened["polarization"].values[1, 0] == pytest.approx((10**2 - 10**3) / total)
    assert np.isnan(opened["flux"].values[0, 0])
    assert np.isnan(opened["polarization"].values[0, 0])


def test_one_polarization_of_the_nda(path: Path) -> None:
    """A variable that is asked for is the flux alone."""
    opened = open_observation(files.nda(path), variable="LL")
    np.testing.assert_allclose(opened["flux"], files.flux() * 0.3125)
    assert "polarization" not in opened


@pytest.mark.parametrize("kind", [CDF.CDF_REAL4, CDF.CDF_FLOAT, CDF.CDF_REAL8, CDF.CDF_DOUBLE])
def test_what_is_decibels_already_is_not_scaled(path: Path, kind: int) -> None:
    """Only counts are; and what lies below all fill values is missing in any file."""
    values = np.where(files.flux() == 7, -2e31, files.flux())
    flux = files.spectrum(values, "dB")
    del flux.attributes["FILLVAL"]
    files.write_cdf(
        path,
        {
            "Source_name": "JUNO>Juno",
            "NDA_power_resolution": "0.3125 dB",
            "Descriptor": "WAV>Waves",
        },
        {
            "Epoch": files.epoch(files.times()),
            "Frequency": files.frequency([1, 2, 3, 4], "MHz"),
            "flux": replace(flux, kind=kind),
        },
    )
    opened = open_observation(path, target="Jupiter")
    expected = np.where(files.flux() == 7, np.nan, files.flux())
    np.testing.assert_array_equal(opened["flux"], expected)
    assert opened.attrs["instrument"] == "Waves"


def test_samples_are_put_into_sweeps(path: Path) -> None:
    """Wind hops between frequencies: a sweep ends where one comes again; the last has two."""
    opened = open_observation(files.wind_samples(path), target="Jupiter")
    np.testing.assert_array_equal(opened["flux"], [[2, 3, 1], [5, np.nan, 4]])
    np.testing.assert_allclose(opened["frequency"], [0.02, 0.5, 1.04])
    assert list((opened["time"].values - files.START) / np.timedelta64(1, "s")) == [0, 30]


def test_cassini_gives_its_polarization(path: Path) -> None:
    """Its v is the degree of circular polarization, with the sign that ExPRES uses."""
    opened = open_observation(files.cassini(path))
    np.testing.assert_allclose(opened["polarization"], files.flux() / -24, rtol=1e-6)
    about = "degree of circular polarization, left-hand above zero"
    assert opened["polarization"].attrs == {"long_name": about}


def test_falling_frequencies_are_turned(path: Path) -> None:
    """Voyager sweeps downwards; the flux goes with its frequency."""
    values = np.tile(np.float32([40, 30, 20, 10]), (6, 1))
    files.write_cdf(
        path,
        {"Source_name": "VOYAGER2>Voyager 2", "PDS_Observation_target": "Neptune"},
        {
            "Epoch": files.epoch(files.times()[::-1]),
            "Frequency": files.frequency([4, 3, 2, 1], "MHz"),
            "flux": files.spectrum(values, "dB"),
        },
    )
    opened = open_observation(path)
    assert opened.attrs["observer"] == "Voyager2"
    assert list(opened["flux"].values[0]) == [10, 20, 30, 40]


def test_what_is_measured_twice_or_never_is_left_out(path: Path) -> None:
    """Of equal times the first counts; a time that is a fill value is none."""
    epoch = files.epoch(files.times()[[0, 1, 1, 3, 4, 5]])
    epoch.values[4] = np.iinfo("int64").min
    files.write_cdf(
        path,
        {"Source_name": "JUNO>Juno"},
        {
            "Epoch": epoch,
            "Frequency": files.frequency([1, 2, 3, 4], "MHz"),
            "flux": files.spectrum(files.flux(), "sfu"),
        },
    )
    opened = open_observation(path, target="Jupiter")
    np.testing.assert_array_equal(opened["flux"], files.flux()[[0, 1, 3, 5]])


def test_times_are_read_from_the_older_epochs_too(path: Path) -> None:
    """CDF_EPOCH counts milliseconds; what lies far below is none."""
    first = cdflib.cdfepoch.compute_epoch([2016, 1, 30, 22, 47, 6, 0])
    milliseconds = first + 1000.0 * np.arange(6)
    milliseconds[2] = -1e31
    files.write_cdf(
        path,
        {"Source_name": "JUNO>Juno"},
        {
            "Epoch": files.Variable(milliseconds, CDF.CDF_EPOCH, {"UNITS": "ms"}),
            "Frequency": files.frequency([1, 2, 3, 4], "MHz"),
            "flux": files.spectrum(files.flux(), "sfu"),
        },
    )
    time = open_observation(path, target="Jupiter")["time"].values
    np.testing.assert_array_equal(time, files.times()[[0, 1, 3, 4, 5]])


def test_several_fluxes_are_asked_about(path: Path) -> None:
    """None of them is guessed; the error names the parameter and the choice."""
    files.write_cdf(
        path,
        {"Source_name": "JUNO>Juno"},
        {
            "Epoch": files.epoch(files.times()),
            "Frequency": files.frequency([1, 2, 3, 4], "MHz"),
            "Ex": files.spectrum(files.flux(), "sfu"),
            "Ey": files.spectrum(2 * files.flux(), "sfu"),
        },
    )
    with pytest.raises(ObservationError, match=r"give variable=… .*one of Ex, Ey"):
        open_observation(path, target="Jupiter")
    assert open_observation(path, target="Jupiter", variable="ey")["flux"].values[0, 0] == 2
    with pytest.raises(ObservationError, match="it has no variable Ez, but Ex, Ey"):
        open_observation(path, target="Jupiter", variable="Ez")


def test_frequencies_that_change_are_put_on_one_grid(path: Path) -> None:
    """A sweep has no values at the frequencies of others."""
    changing = np.float32([[1, 2, 3, 4]] * 5 + [[3, 4, 5, 6]])
    files.write_cdf(
        path,
        {"Source_name": "JUNO>Juno"},
        {
            "Epoch": files.epoch(files.times()),
            "Frequency": files.spectrum(changing, "MHz"),
            "E": files.spectrum(files.flux(), "sfu"),
        },
    )
    opened = open_observation(path, target="Jupiter")
    assert opened["frequency"].values.tolist() == [1, 2, 3, 4, 5, 6]
    missing = [np.nan, np.nan]
    np.testing.assert_array_equal(opened["flux"].values[0], [1, 2, 3, 4, *missing])
    np.testing.assert_array_equal(opened["flux"].values[5], [*missing, 21, 22, 23, 24])


def test_frequencies_of_no_receiver_are_refused(path: Path) -> None:
    """A grid of all of them would not fit into memory."""
    changing = np.float32(np.arange(1, 24001).reshape(6, 4000))
    files.write_cdf(
        path,
        {"Source_name": "JUNO>Juno"},
        {
            "Epoch": files.epoch(files.times()),
            "Frequency": files.Variable(changing, attributes={"UNITS": "Hz"}),
            "flux": files.spectrum(changing, "sfu"),
        },
    )
    with pytest.raises(ObservationError, match="it has 24000 different frequencies"):
        open_observation(path, target="Jupiter")
    for count in (10_000, 10_001):
        every = np.arange(1.0, count + 1)[None]
        spectrum = Spectrum(files.times(1), every, every.astype(np.float32), "sfu")
        if count == 10_000:
            assert on_one_grid(spectrum).flux.shape == (1, count)
        else:
            with pytest.raises(ObservationError, match="it has 10001 different frequencies"):
                on_one_grid(spectrum)


def test_a_file_of_something_else_is_refused(path: Path) -> None:
    """A time series has no frequency."""
    files.write_cdf(
        path,
        {},
        {
            "Epoch": files.epoch(files.times()),
            "B": files.Variable(files.flux(), attributes={"UNITS": "nT", "DEPEND_0": "Epoch"}),
        },
    )
    with pytest.raises(ObservationError, match="no variable spans time and frequency"):
        open_observation(path)


@pytest.mark.parametrize("part", [0.3, 0.6, 0.95])
def test_a_cut_file_is_refused(path: Path, part: float) -> None:
    """Whatever is missing, the path is named, and what to do."""
    whole = files.juno(path).read_bytes()
    path.write_bytes(whole[: int(len(whole) * part)])
    with pytest.raises(
        ObservationError, match=r"observation\.cdf cannot be read: .*Fetch it again"
    ):
        open_observation(path)
