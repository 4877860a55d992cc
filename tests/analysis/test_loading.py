"""Public names that are loaded when they are first used."""

import pytest

from prefect_expres.analysis.loading import loaded_when_used

NAMES = {"Identity": "identity", "thing": "of_a_missing_package"}


def test_a_name_is_that_of_its_module() -> None:
    """It is loaded from there, and others are not there."""
    load = loaded_when_used("prefect_expres.analysis", NAMES, extra="analysis")
    assert load("Identity").__module__ == "prefect_expres.analysis.identity"
    with pytest.raises(
        AttributeError, match=r"^module 'prefect_expres\.analysis' has no attribute 'identity'$"
    ):
        load("identity")


def test_a_package_that_is_missing_is_told_with_its_extra() -> None:
    """The error is that of the import, and says what to install."""
    load = loaded_when_used("prefect_expres.analysis", NAMES, extra="pictures")
    with pytest.raises(ModuleNotFoundError) as caught:
        load("thing")
    name = "prefect_expres.analysis.of_a_missing_package"
    assert caught.value.name == name
    assert str(caught.value) == (
        f"{name} is not installed; pip install 'prefect-expres[pictures]' brings it"
    )
