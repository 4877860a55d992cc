"""Values of the package, which nothing changes once they are made."""

import pytest

import prefect_expres.ephemeris
from prefect_expres.ephemeris.analytic import AnalyticEphemeris
from prefect_expres.ephemeris.csv_reader import _Parts
from prefect_expres.ephemeris.file_track import FileTrack
from prefect_expres.ephemeris.horizons import HorizonsEphemeris
from prefect_expres.ephemeris.miriade import MiriadeEphemeris
from prefect_expres.ephemeris.model import Ephemeris, Span
from prefect_expres.ephemeris.planets import Planet
from prefect_expres.ephemeris.spice import SpiceEphemeris
from prefect_expres.ephemeris.table import TableEphemeris
from prefect_expres.ephemeris.timescale import LeapSeconds
from prefect_expres.ephemeris.webgeocalc import WebGeoCalcEphemeris
from tests.support.values import assert_unchangeable, values_in

VALUES = (
    AnalyticEphemeris,
    _Parts,
    FileTrack,
    HorizonsEphemeris,
    MiriadeEphemeris,
    Span,
    Ephemeris,
    Planet,
    SpiceEphemeris,
    TableEphemeris,
    LeapSeconds,
    WebGeoCalcEphemeris,
)


def test_all_values_of_the_package_are_listed() -> None:
    """A new one belongs into the list."""
    assert set(values_in(prefect_expres.ephemeris)) == set(VALUES)


@pytest.mark.parametrize("kind", VALUES)
def test_a_value_is_not_changed(kind: type) -> None:
    """What was checked, hashed or written stays true."""
    assert_unchangeable(kind)
