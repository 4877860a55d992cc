"""The words of the form in which Prefect asks for a simulation."""

from typing import Any

import pytest
from prefect.utilities.callables import parameter_schema

from prefect_expres.flows.simulate import simulate

FORM = parameter_schema(simulate)


@pytest.mark.parametrize("name", FORM.properties)
def test_parameters_have_titles_and_help(name: str) -> None:
    """People read words, not the names of variables, and each choice has a name of its own."""
    field: dict[str, Any] = FORM.properties[name]
    assert field["title"] not in {"", name}
    assert field["description"]
    titles = [_shown(choice) for choice in field.get("anyOf", [])]
    assert len(titles) == len(set(titles))


def _shown(choice: dict[str, Any]) -> str:
    """Give the name of a choice, which may be defined elsewhere."""
    name = choice.get("$ref", "").rpartition("/")[2]
    title: str = (FORM.definitions or {}).get(name, choice)["title"]
    return title


def test_configuration_is_not_taken_apart() -> None:
    """The form pastes a configuration; it does not ask for its hundred values one by one."""
    assert "Configuration" not in (FORM.definitions or {})
