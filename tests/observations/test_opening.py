"""What every format has in common: what is asked for, and what is refused."""

from pathlib import Path

import pytest
import xarray as xr

from prefect_expres.errors import ObservationError
from prefect_expres.observations import open_observation
from prefect_expres.observations.places import observer_of
from tests.support import observation_files as files


def unnamed(path: Path, **attributes: str) -> Path:
    """Write a file that says nothing but its spectrum."""
    return files.write_cdf(
        path,
        attributes,
        {
            "Epoch": files.epoch(files.times()),
            "Frequency": files.frequency([1, 2, 3, 4], "MHz"),
            "flux": files.spectrum(files.flux(), "sfu"),
        },
    )


@pytest.mark.parametrize(
    ("given", "asked"),
    [
        ({}, "observer=… (on the command line --observer …)"),
        ({"observer": "Earth"}, "target=… (on the command line --target …)"),
    ],
)
def test_what_the_file_does_not_say_is_asked_for(
    given: dict[str, str], asked: str, tmp_path: Path
) -> None:
    """The error names the parameter; nothing is guessed."""
    path = unnamed(tmp_path / "a.cdf")
    with pytest.raises(ObservationError) as raised:
        open_observation(path, **given)
    assert asked in str(raised.value)


def test_what_is_given_counts(tmp_path: Path) -> None:
    """A spectrograph for the Sun may have seen Jupiter."""
    path = files.juno(tmp_path / "a.cdf")
    opened = open_observation(path, observer="Earth", target="Io")
    assert (opened.attrs["observer"], opened.attrs["target"]) == ("Earth", "Io")


def test_a_file_of_no_known_format_is_refused(tmp_path: Path) -> None:
    """The error says what reads others."""
    path = tmp_path / "J160131.RT1"
    path.write_bytes(b"no format" * 100)
    with pytest.raises(ObservationError, match=r"it is no CDF, FITS, .* maser-data reads other"):
        open_observation(path)


def test_an_older_netcdf_is_refused(tmp_path: Path) -> None:
    """What xarray writes where only SciPy is installed has another form; the error says so."""
    path = tmp_path / "a.nc"
    xr.Dataset({"flux": ("time", [1.0])}).to_netcdf(path, engine="scipy")
    with pytest.raises(ObservationError, match=r"netCDF-3, .* nccopy -k nc4 makes that of it"):
        open_observation(path)


@pytest.mark.parametrize("start", [b"\xcd\xf3\0\1", b"\xcd\xf2\x60\2", b"SIMPLE  ="])
def test_a_damaged_file_of_a_known_format_is_told_so(tmp_path: Path, start: bytes) -> None:
    """Also one of the older CDF formats: it would help to fetch it again."""
    (tmp_path / "a").write_bytes(start + b"\0" * 400)
    with pytest.raises(ObservationError, match="cannot be read: ") as raised:
        open_observation(tmp_path / "a")
    assert "it is no CDF" not in str(raised.value)


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    """It begins with nothing."""
    (tmp_path / "a.cdf").touch()
    with pytest.raises(ObservationError, match=r"a\.cdf is no .*: it is empty; fetch it"):
        open_observation(tmp_path / "a.cdf")


@pytest.mark.parametrize("name", ["a.cdf", "a.zarr"])
def test_a_file_that_is_not_there(tmp_path: Path, name: str) -> None:
    """The path is named."""
    with pytest.raises(ObservationError, match=rf"{name} cannot be read: No .* there\.$"):
        open_observation(tmp_path / name)


def test_a_damaged_store_is_refused(tmp_path: Path) -> None:
    """Half of a chunk is none."""
    path = tmp_path / "a.zarr"
    xr.Dataset(
        {"flux": (("time", "frequency"), files.flux(9000))},
        {"time": files.times(9000), "frequency": ("frequency", [1.0, 2, 3, 4], {"units": "MHz"})},
    ).to_zarr(path, zarr_format=2)
    chunk = path / "flux" / "0.0"
    chunk.write_bytes(chunk.read_bytes()[:1000])
    with pytest.raises(ObservationError, match=r"a\.zarr cannot be read: "):
        open_observation(path)


def test_a_folder_without_a_store_is_refused(tmp_path: Path) -> None:
    """Any folder is taken for a store, and looked at."""
    with pytest.raises(ObservationError, match="cannot be read"):
        open_observation(tmp_path)


def test_credentials_are_not_shown() -> None:
    """Neither those of the URL, nor what a file system says with them."""
    with pytest.raises(ObservationError) as raised:
        open_observation("ftp://user:secret@127.0.0.1:9/a.cdf")
    assert "secret" not in str(raised.value)


def test_a_file_without_times_is_refused(tmp_path: Path) -> None:
    """All of them are fill values."""
    epoch = files.epoch(files.times())
    epoch.values[:] = epoch.attributes["FILLVAL"][0]
    path = files.write_cdf(
        tmp_path / "a.cdf",
        {"Source_name": "JUNO>Juno", "VESPA_target_name": "Jupiter"},
        {
            "Epoch": epoch,
            "Frequency": files.frequency([1, 2, 3, 4], "MHz"),
            "flux": files.spectrum(files.flux(), "sfu"),
        },
    )
    with pytest.raises(ObservationError, match="it holds no spectrum"):
        open_observation(path)


@pytest.mark.parametrize(
    ("host", "observer"),
    [
        ("Juno", "Juno"),
        ("JUNO", "Juno"),
        ("Cassini Orbiter", "Cassini"),
        ("voyager-1", "Voyager1"),
        ("GALILEO Orbiter", "Galileo"),
        ("juice", "JUICE"),
        ("Ulysses", "Ulysses"),
        ("NenuFAR", "Earth"),
        ("LOFAR station", "Earth"),
        ("OVRO-LWA", "Earth"),
        ("e-Callisto", "Earth"),
        ("Earth", "Earth"),
        ("nancay", "Earth"),
        ("earthly", None),
        ("Mandala", None),
        ("Voyager 2", "Voyager2"),
        ("Wind Interplanetary Plasma Laboratory", "Wind"),
        ("Observatoire Radioastronomique de Nançay", "Earth"),
        ("NDA", "Earth"),
        ("Ground-Based Investigations", "Earth"),
        ("Radio JOVE", "Earth"),
        ("Windsor", None),
        ("Junonia", None),
        ("STEREO-A", None),
        ("", None),
    ],
)
def test_hosts(host: str, observer: str | None) -> None:
    """A spacecraft is named as ExPRES names it, an observatory is on Earth, others are asked."""
    assert observer_of([None, host]) == observer
