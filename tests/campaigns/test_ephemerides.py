"""The ephemerides of a campaign are in memory once."""

from typing import Any

from prefect_expres.campaigns.ephemerides import KEPT, Ephemerides
from prefect_expres.expres import Configuration, SimulationRequest
from tests.support.fitting import fixed_observer


def request_with(ephemeris: str | None) -> SimulationRequest:
    """Make a request with bytes of its own; they need not be an ephemeris."""
    content: dict[str, Any] = fixed_observer()
    if ephemeris is None:
        return SimulationRequest.build(Configuration.from_mapping(content))
    content["OBSERVER"] |= {"TYPE": "Pre-Defined", "EPHEM": "earth.csv"}
    return SimulationRequest.build(Configuration.from_mapping(content), ephemeris.encode())


def test_equal_files_are_one() -> None:
    """Requests with equal files get the same bytes, and stay what they are."""
    requests = [request_with(content) for content in ("earth", "earth", "juno")]
    assert requests[0].ephemeris is not requests[1].ephemeris
    ephemerides = Ephemerides(refresh=False)
    shared = [ephemerides.shared(each) for each in requests]
    assert shared == requests
    assert shared[0].ephemeris is shared[1].ephemeris
    none = request_with(None)
    assert ephemerides.shared(none) is none


def test_old_files_are_forgotten() -> None:
    """Only the last ones are kept for others: a campaign may need thousands."""
    ephemerides = Ephemerides(refresh=False)
    for number in range(KEPT + 1):
        ephemerides.shared(request_with(f"file {number}"))
    oldest, second = request_with("file 0"), request_with("file 1")
    assert ephemerides.shared(second).ephemeris is not second.ephemeris
    assert ephemerides.shared(oldest).ephemeris is oldest.ephemeris
