"""The public names at the root of the package."""

from pkgutil import iter_modules

import pytest

import prefect_expres
from prefect_expres import analysis, identification, observations


@pytest.mark.parametrize("package", [prefect_expres, analysis, identification, observations])
def test_no_public_name_is_that_of_a_module(package: object) -> None:
    """Python would put the module in the place of the object as soon as it is imported."""
    modules = {module.name for module in iter_modules(package.__path__)}
    assert modules.isdisjoint(package.__all__)


@pytest.mark.parametrize("name", prefect_expres.__all__)
def test_a_name_is_the_same_object_whenever_it_is_asked_for(name: str) -> None:
    """The first access imports; the second finds the same."""
    assert getattr(prefect_expres, name) == getattr(prefect_expres, name)
