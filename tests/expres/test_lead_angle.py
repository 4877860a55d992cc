"""Laws of the lead angle: formulas written out, and figures of tables."""

from collections.abc import Callable

import numpy as np
import pytest

from prefect_expres.expres.lead_angle import LAWS, TABULATED, Degrees, lead_angle

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

# Law, longitude of Io, lead north and south, as GDL 1.0.1 computes them from the code of ExPRES.
FIGURES = [
    ("bonfond2009", 5.0, 7.13196, 1.96529),
    ("bonfond2009", 125.0, -0.99217, 6.94439),
    ("bonfond2009", 165.0, -1.44513, 6.99463),
    ("bonfond2009", 265.0, 3.09733, 3.63673),
    ("bonfond2009", 355.0, 2.23812, 1.63894),
    ("bonfond2017", 100.5, 0.83458, 2.06121),
    ("bonfond2017_old", 3.7, 7.12541, 1.24478),
    ("hinton2019", 0.5, 5.05159, 1.75113),
]

# The first and the last row of each table.
ENDS = [
    ("bonfond2009", 0.0, 5.43109, 1.88572),
    ("bonfond2009", 350.0, 1.73755, 1.7626),
    ("bonfond2017", 0.0, 8.85156, 1.25577),
    ("bonfond2017", 359.0, 9.30612, 1.23416),
    ("bonfond2017_old", 0.0, 8.59204, 1.09468),
    ("bonfond2017_old", 352.5, 12.0841, 1.04129),
    ("hinton2019", 1.0, 5.04431, 1.74549),
    ("hinton2019", 360.0, 5.4145, 1.71787),
]

# Half a step beyond the last row: its value, and half of the change from the row before.
BEYOND = [
    ("bonfond2009", 355.0, 2.238115, 1.63894),
    ("bonfond2017", 359.5, 9.075695, 1.245815),
    ("bonfond2017_old", 356.25, 10.6431, 0.939605),
    ("hinton2019", 360.5, 5.418625, 1.70688),
]


@pytest.mark.parametrize(("law", "moon", "south"), FORMULAS)
def test_the_lead_is_that_of_the_formula(law: str, moon: str, south: bool) -> None:  # noqa: FBT001
    """Any shape of longitudes gives leads of the same shape."""
    expected = FORMULAS[law, moon, south]
    lead = lead_angle(law, moon, LONGITUDE, south=south)
    np.testing.assert_allclose(lead, expected(LONGITUDE), atol=1e-12)
    table = LONGITUDE[:6].reshape(2, 3)
    assert lead_angle(law, moon, table, south=south).shape == (2, 3)


@pytest.mark.parametrize(("law", "longitude", "north", "south"), FIGURES + ENDS + BEYOND)
def test_tables_are_read_as_in_expres(
    law: str, longitude: float, north: float, south: float
) -> None:
    """Linear between two rows, and straight on beyond the last ones."""
    place = np.array([longitude])
    assert lead_angle(law, "Io", place, south=False) == pytest.approx([north], abs=1e-5)
    assert lead_angle(law, "Io", place, south=True) == pytest.approx([south], abs=1e-5)


def test_tables_take_any_shape() -> None:
    """Each longitude is looked up by itself."""
    table = np.array([[5.0, 125.0], [265.0, 355.0]])
    found = lead_angle("bonfond2009", "Io", table, south=False)
    np.testing.assert_allclose(found, [[7.13196, -0.99217], [3.09733, 2.23812]], atol=1e-5)


def test_the_laws_know_these_moons() -> None:
    """No formula is left out, and what is unknown is an error."""
    assert {(law, moon) for law, moons in LAWS.items() for moon in moons} == {
        (law, moon) for law, moon, _ in FORMULAS
    }
    assert set(TABULATED) == {law for law, *_ in ENDS}
    for law, moon in (("hess2012", "Io"), ("hue2023", "Callisto"), ("hinton2019", "Europa")):
        with pytest.raises(KeyError):
            lead_angle(law, moon, LONGITUDE, south=False)
