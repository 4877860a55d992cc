"""The forms in which Prefect's UI asks for the fields of the blocks."""

import pytest

from prefect_expres.blocks import ExpresService, ExpresSimulation
from prefect_expres.expres import Routine
from prefect_expres.prefect_support.strict_block import StrictBlock


@pytest.mark.parametrize("block", [ExpresService, ExpresSimulation])
def test_people_read_words(block: type[StrictBlock]) -> None:
    """Titles are words in a sentence's case, and no choice is called by its JSON type."""
    schema = block.model_json_schema()
    assert {"secret_fields", "block_type_slug"} <= schema.keys()
    for name, field in schema["properties"].items():
        if "$ref" in field:
            continue
        assert field["title"][1:] != name.replace("_", " ").title()[1:] or "_" not in name
        titles = [choice.get("title", choice.get("$ref")) for choice in field.get("anyOf", [])]
        assert len(set(titles)) == len(titles)
        assert None not in titles


def test_a_simulation_is_a_routine_one() -> None:
    """A saved block holds the few values, and reads them back."""
    routine = Routine(source="Io", day="2018-09-13")
    block = ExpresSimulation(
        service=ExpresService(base_url="https://host.example"), configuration=routine
    )
    kept = block.model_dump(mode="json")["configuration"]
    assert kept == {"source": "Io", "day": "2018-09-13", "observer": "Earth"}
    again = ExpresSimulation(service=block.service, configuration=kept)
    assert again.configuration == routine
