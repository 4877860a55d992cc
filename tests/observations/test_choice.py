"""Which variables are the flux, and what units mean."""

import numpy as np
import pytest

from prefect_expres import observations
from prefect_expres.errors import ObservationError
from prefect_expres.observations.choice import Choice, choose, combined
from prefect_expres.observations.spectrum import is_frequency, megahertz, scale_of

FLUXES = ["flux", "Data", "INTENSITY", "FLUX_DENSITY", "STOKES_I", "s", "autoX", "Flux Density"]


@pytest.mark.parametrize(
    ("right", "left"), [("RR", "LL"), ("r", "L"), ("RH", "LH"), ("RCP", "lcp")]
)
def test_both_polarizations_are_the_flux(right: str, left: str) -> None:
    """The right-hand one first, in whatever case, also where there is a flux besides."""
    assert choose([left, "flux", right], None) == Choice((right, left))
    with pytest.raises(ObservationError, match="several of its variables"):
        choose([left, "x"], None)


@pytest.mark.parametrize("degree", ["polarization", "V", "STOKES_V", None])
@pytest.mark.parametrize("flux", FLUXES)
def test_a_flux_is_known_by_its_name(flux: str, degree: str | None) -> None:
    """And the degree of polarization by its."""
    names = ["x", "y", flux, *([degree] if degree else [])]
    assert choose(names, None) == Choice((flux,), degree)
    assert choose(names, "X") == Choice(("x",), degree)


def test_of_several_fluxes_the_usual_one_is_first() -> None:
    """A single variable is the flux, whatever it is called."""
    assert choose(FLUXES[::-1], None).flux == ("flux",)
    assert choose(["x"], None) == Choice(("x",))


@pytest.mark.parametrize(
    ("units", "factor"), [("Hz", 1e-6), (" kHz ", 1e-3), ("MHZ", 1.0), ("GHz", 1e3)]
)
def test_frequencies_are_in_megahertz(units: str, factor: float) -> None:
    """Whatever a file has them in."""
    assert is_frequency(units)
    np.testing.assert_allclose(megahertz(np.array([2.0, 5.0]), units), [2 * factor, 5 * factor])


@pytest.mark.parametrize(
    ("units", "scale"), [(" dB ", "dB"), ("Decibels", "dB"), ("dBm", "dB"), ("", "linear")]
)
def test_decibels_are_known(units: str, scale: str) -> None:
    """By the beginning of their name."""
    assert scale_of(units) == scale
    assert not is_frequency(units)


def test_no_flux_at_all_has_no_polarization() -> None:
    """Nothing can be said of it, and nothing is warned of."""
    right, left = np.float32([[0, 3]]), np.float32([[0, 1]])
    flux, degree = combined(right, left, scale="linear")
    np.testing.assert_array_equal(flux, [[0, 4]])
    np.testing.assert_array_equal(degree, [[np.nan, -0.5]])
    silent = np.float32([[-np.inf]])
    flux, degree = combined(silent, silent.copy(), scale="dB")
    assert (flux[0, 0], np.isnan(degree[0, 0])) == (-np.inf, True)


def test_the_package_lists_its_public_names() -> None:
    """Also those that are not loaded yet, and each can be."""
    assert dir(observations) == sorted(observations.__all__)
    loaded = [getattr(observations, name).__name__ for name in observations.__all__]
    assert loaded == observations.__all__
