"""Models of which one is chosen: by their name in JSON and Python, by their fields in a form."""

from collections.abc import Sequence
from functools import partial
from typing import Any, get_args

from pydantic import BaseModel, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema
from pydantic_core.core_schema import no_info_before_validator_function


def for_forms(schema: dict[str, Any]) -> None:
    """Adapt the JSON schema of a model that is one of several choices in a form.

    A form has no field for ``kind``, which would tell its reader nothing. As a pattern it is still
    allowed in JSON: Prefect checks patterns, and does not show them.
    """
    kind = schema["properties"].pop("kind")
    schema["patternProperties"] = {"^kind$": {"enum": [kind["const"]]}}


class KnownByKeys:
    """Finds the choice of a union that is told apart by ``kind``, where a form does not give it.

    It is the first of those that have most of the keys that are given. Prefect's form shows given
    values by the same rule, so that each choice but the first must have a key of its own.

    In the JSON schema the union is ``anyOf``, which Prefect's forms want, not ``oneOf``.
    """

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        named = partial(_with_kind, get_args(source))
        return no_info_before_validator_function(named, handler(source))

    def __get_pydantic_json_schema__(
        self, core_schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        schema = handler(core_schema)
        del schema["discriminator"]
        schema["anyOf"] = schema.pop("oneOf")
        return schema


def _with_kind(choices: Sequence[type[BaseModel]], given: object) -> object:
    if not isinstance(given, dict) or "kind" in given:
        return given
    choice = max(choices, key=lambda each: len(given.keys() & each.model_fields.keys()))
    return given | {"kind": choice.model_fields["kind"].default}
