"""The lead angle of each law, and which law ExPRES takes."""

import numpy as np
import pytest

from prefect_expres.engine.errors import EngineError
from prefect_expres.engine.lead import lead
from tests.expres.test_lead_angle import FIGURES

FORMULAS = [("HUE2023", 0.0, 7.09, 2.465), ("Hess2011", 202.0, -0.7, 7.8)]


@pytest.mark.parametrize(("law", "longitude", "north", "south"), FIGURES + FORMULAS)
def test_io_has_every_law_in_any_case(
    law: str, longitude: float, north: float, south: float
) -> None:
    """The lead is that of ExPRES, the misprints of its tables included."""
    place = np.array([longitude])
    assert lead(law, "Io", place, south=False) == pytest.approx([north], abs=1e-4)
    assert lead(law, "Io", place, south=True) == pytest.approx([south], abs=1e-4)


@pytest.mark.parametrize(
    ("law", "moon", "expected"),
    [
        ("hue2023", "Europa", 5.784 + 3.294),
        ("Hue2023", "Europa", 5.2 - 4.8 * np.cos(np.radians(202))),
        ("anything", "Ganymede", 6.8 - 6.2 * np.cos(np.radians(202))),
        ("hess2011", "io", 0.0),
        ("hess2011", "Callisto", 0.0),
        ("hue2023", "Jupiter", 0.0),
    ],
)
def test_other_moons_have_what_expres_makes_of_the_word(
    law: str, moon: str, expected: float
) -> None:
    """Europa and Ganymede have two laws, one by its exact word; all others have no lead."""
    assert lead(law, moon, np.zeros(1), south=False) == pytest.approx([expected])


def test_a_law_that_io_does_not_have_is_refused() -> None:
    """ExPRES stops there; the error lists the laws."""
    with pytest.raises(EngineError, match=r"'hess2012'.*bonfond2017_old"):
        lead("hess2012", "Io", np.zeros(1), south=False)
