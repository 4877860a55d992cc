"""The words of the forms in which Prefect asks for the parameters of each deployment."""

from typing import Any

import pytest
from prefect.utilities.callables import ParameterSchema
from pydantic import TypeAdapter, ValidationError

from prefect_expres.deployment.definitions import shipped
from prefect_expres.ephemeris import TableEphemeris
from prefect_expres.prefect_support.forms import (
    AnyConfiguration,
    AnyObserver,
    KeptEphemeris,
    Location,
)

FORMS = {each.name: each.flow.parameters for each in shipped().deployments}
PARAMETERS = [(each, name) for each, form in FORMS.items() for name in form.properties]
FIELDS = [
    (each, model, name)
    for each, form in FORMS.items()
    for model, schema in (form.definitions or {}).items()
    for name in schema.get("properties", {})
]


@pytest.mark.parametrize(("deployment", "name"), PARAMETERS)
def test_parameters_have_titles_and_help(deployment: str, name: str) -> None:
    """People read words, not the names of variables, and each choice has a name of its own."""
    form = FORMS[deployment]
    field: dict[str, Any] = form.properties[name]
    assert field["title"] not in {"", name}
    assert field["description"]
    check_choices(form, field)


@pytest.mark.parametrize(("deployment", "model", "name"), FIELDS)
def test_fields_of_parameters_have_help(deployment: str, model: str, name: str) -> None:
    """A parameter that is a model asks for its fields in the same way, not in Pydantic's titles."""
    form = FORMS[deployment]
    field: dict[str, Any] = (form.definitions or {})[model]["properties"][name]
    assert field["description"].endswith(".")
    assert "_" not in name or field["title"] != name.replace("_", " ").title()
    check_choices(form, field)


@pytest.mark.parametrize(
    "url", ["ftp://me:word@host/a", "sftp://me:word@host/a.json", "https://me:word@host/a.csv"]
)
def test_addresses_have_no_password(url: str) -> None:
    """Prefect keeps parameters and shows them to everybody who sees the run."""
    with pytest.raises(ValidationError, match="FSSPEC_FTP_PASSWORD") as fault:
        TypeAdapter(Location).validate_python(url)
    (error,) = fault.value.errors(include_input=False)
    assert "word@" not in error["msg"]


@pytest.mark.parametrize(
    "url",
    [
        "https://h/a.json?X-Amz-Expires=9&X-Amz-Signature=5ecre7",
        "https://h/a.csv?sv=2022&sig=5ecre7",
        "https://h/a.csv?access_token=5ecre7",
    ],
)
@pytest.mark.parametrize("kept", [Location, AnyConfiguration, AnyObserver, KeptEphemeris])
def test_addresses_have_no_signature(url: str, kept: Any) -> None:
    """Whoever sees the run would have the file; what to do instead is told."""
    given = {"kind": "table", "path": url} if kept is KeptEphemeris else url
    with pytest.raises(ValidationError, match="fetch the file and give its path") as fault:
        TypeAdapter(kept).validate_python(given)
    assert not any("5ecre7" in error["msg"] for error in fault.value.errors(include_input=False))


def test_a_table_has_no_password_either() -> None:
    """A source is kept as other parameters are."""
    with pytest.raises(ValidationError, match="FSSPEC_FTP_PASSWORD"):
        TypeAdapter(KeptEphemeris).validate_python(TableEphemeris(path="ftp://me:word@host/a"))


@pytest.mark.parametrize("url", ["https://h/a.json?version=2", "/data/a?sig=1.json", "s3://b/a#1"])
def test_other_addresses_are_taken(url: str) -> None:
    """Also those of web servers with a query that has no secret in it."""
    assert TypeAdapter(Location).validate_python(url) == url


def check_choices(form: ParameterSchema, field: dict[str, Any]) -> None:
    """See that the choices of a field are named in words, and differ."""
    titles = [_shown(form, choice) for choice in field.get("anyOf", [])]
    assert len(titles) == len(set(titles))
    assert all(title[0].isupper() for title in titles)


def _shown(form: ParameterSchema, choice: dict[str, Any]) -> str:
    """Give the name of a choice, which may be defined elsewhere; Prefect shows types without."""
    name = choice.get("$ref", "").rpartition("/")[2]
    defined = (form.definitions or {}).get(name, choice)
    title: str = defined.get("title", defined.get("type", ""))
    return title


def test_configuration_is_not_taken_apart() -> None:
    """The form pastes a configuration; it does not ask for its hundred values one by one."""
    assert "Configuration" not in (FORMS["simulate"].definitions or {})
