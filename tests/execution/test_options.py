"""How a simulation is to be run: what is refused, and what holds unless it is told."""

import pytest

from prefect_expres.execution import RunOptions


def test_the_owner_of_a_run_fits_a_run_id() -> None:
    """22 characters, or none as long as it is not known; anything else is refused at once."""
    assert RunOptions().owner == ""
    assert RunOptions("0123456789abcdefghijkQ").owner == "0123456789abcdefghijkQ"
    for owner in ("me", "0123456789abcdef", "0123456789abcdefghijkR", "0123456789abcdefghijkQQ"):
        with pytest.raises(ValueError, match=owner):
            RunOptions(owner)


def test_a_job_is_waited_for_an_hour_over_its_duration() -> None:
    """Or as long as is asked for."""
    assert RunOptions(execution_duration=700).seconds_to_wait == 4300.0
    assert RunOptions(execution_duration=700, timeout=5.0).seconds_to_wait == 5.0
