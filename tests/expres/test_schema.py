"""The JSON schema: valid in its own dialect, and of one mind with the models."""

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from prefect_expres.expres.schema import configuration_schema
from tests.support.quick import DATA

EXAMPLE = DATA.parent.parent / "prefect_expres" / "examples" / "earth-jupiter-io-20180913.json"
OF_STRUCTURE = (
    "missing-section",
    "missing-key",
    "missing-flag",
    "type-of-observer",
    "number-in-quotes",
    "one-step",
    "four-flags",
    "flag-as-word",
    "frequency-in-the-list",
    "too-large",
    "body-as-text",
)


def test_the_schema_is_one_of_its_dialect() -> None:
    """It is valid draft 2020-12 and has the keys as they stand in the file."""
    schema = configuration_schema()
    Draft202012Validator.check_schema(schema)
    assert schema["title"] == "ExPRES configuration"
    assert schema["description"] == "Input of ExPRES 1.4."
    assert schema["$schema"] == Draft202012Validator.META_SCHEMA["$id"]
    assert set(schema["required"]) == {
        *("SIMU", "NUMBER", "TIME", "FREQUENCY", "OBSERVER"),
        *("SPDYN", "MOVIE2D", "MOVIE3D", "BODY", "SOURCE"),
    }
    assert "$schema" in schema["properties"]
    assert len(schema["$defs"]["Observer"]["required"]) == 14


@pytest.mark.parametrize("path", [EXAMPLE, DATA / "expres" / "fixed-observer.json"])
def test_good_files_suit_the_schema(path: Path) -> None:
    """What the models take, the schema takes."""
    content = json.loads(path.read_text())
    assert not list(Draft202012Validator(configuration_schema()).iter_errors(content))


@pytest.mark.parametrize("name", OF_STRUCTURE)
def test_files_of_broken_structure_do_not(name: str) -> None:
    """What the models refuse for its structure, the schema refuses."""
    content = json.loads((DATA / "expres" / "broken" / f"{name}.json").read_text())
    assert not Draft202012Validator(configuration_schema()).is_valid(content)
