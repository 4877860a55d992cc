"""Laws of the lead angle, with the formulas written out."""

from collections.abc import Callable

import numpy as np
import pytest

from prefect_expres.expres.lead_angle import LAWS, Degrees, lead_angle

LONGITUDE = np.array([0.0, 33.0, 90.0, 123.4, 202.0, 271.8, 360.0])


def cos(degrees: Degrees) -> Degrees:
    """Give the cosine of degrees."""
    return np.asarray(np.cos(degrees * np.pi / 180))


def sin(degrees: Degrees) -> Degrees:
    """Give the sine of degrees."""
    return np.asarray(np.sin(degrees * np.pi / 180))


# By law, moon and south.
FORMULAS: dict[tuple[str, str, bool], Callable[[Degrees], Degrees]] = {
    ("hess2011", "Io", False): lambda x: 2.8 - 3.5 * cos(x - 202),
    ("hess2011", "Io", True): lambda x: 4.3 + 3.5 * cos(x - 202),
    ("hess2011", "Europa", False): lambda x: 5.2 - 4.8 * cos(x - 202),
    ("hess2011", "Europa", True): lambda x: 5.2 + 4.8 * cos(x - 202),
    ("hess2011", "Ganymede", False): lambda x: 6.8 - 6.2 * cos(x - 202),
    ("hess2011", "Ganymede", True): lambda x: 6.8 + 6.2 * cos(x - 202),
    ("hess2011", "Callisto", False): lambda x: 0 * x,
    ("hess2011", "Callisto", True): lambda x: 0 * x,
    ("hue2023", "Io", False): lambda x: (
        4.256 + 2.637 * cos(x) + 0.496 * sin(x) + 0.197 * cos(2 * x) + 0.126 * sin(2 * x)
    ),
    ("hue2023", "Io", True): lambda x: (
        4.138
        - 1.891 * cos(1.002 * x)
        - 0.698 * sin(1.002 * x)
        + 0.218 * cos(2.004 * x)
        - 0.116 * sin(2.004 * x)
    ),
    ("hue2023", "Europa", False): lambda x: 5.784 + 3.294 * cos(0.997 * x) + 1.406 * sin(0.997 * x),
    ("hue2023", "Europa", True): lambda x: 7.059 - 3.370 * cos(1.002 * x) + 0.151 * sin(1.002 * x),
    ("hue2023", "Ganymede", False): lambda x: (
        12.452 + 6.162 * cos(0.980 * x) + 3.641 * sin(0.980 * x)
    ),
    ("hue2023", "Ganymede", True): lambda x: (
        12.973 - 5.391 * cos(0.996 * x) - 4.502 * sin(0.996 * x)
    ),
}


@pytest.mark.parametrize(("law", "moon", "south"), FORMULAS)
def test_the_lead_is_that_of_the_formula(law: str, moon: str, south: bool) -> None:  # noqa: FBT001
    """Any shape of longitudes gives leads of the same shape."""
    expected = FORMULAS[law, moon, south]
    lead = lead_angle(law, moon, LONGITUDE, south=south)
    np.testing.assert_allclose(lead, expected(LONGITUDE), atol=1e-12)
    table = LONGITUDE[:6].reshape(2, 3)
    assert lead_angle(law, moon, table, south=south).shape == (2, 3)


def test_the_laws_know_these_moons() -> None:
    """No formula is left out, and what is unknown is an error."""
    assert {(law, moon) for law, moons in LAWS.items() for moon in moons} == {
        (law, moon) for law, moon, _ in FORMULAS
    }
    for law, moon in (("hess2012", "Io"), ("hue2023", "Callisto")):
        with pytest.raises(KeyError):
            lead_angle(law, moon, LONGITUDE, south=False)
