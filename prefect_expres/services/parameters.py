"""Find services among the parameters of a flow run.

They hold a service as an object, a reference, or its fields with masked secrets.
"""

import dataclasses
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel

from prefect_expres.blocks import ExpresService
from prefect_expres.prefect_support.strict_block import PREFECTS_FIELDS

_MASK = "*****"
_FIELDS = ExpresService.model_fields.keys() | PREFECTS_FIELDS


def services_in(value: Any) -> Iterator[ExpresService | dict[str, Any]]:
    """Find the services among parameters, at any depth and under any name."""
    if isinstance(value, ExpresService):
        yield value
    elif isinstance(value, BaseModel):
        yield from services_in([each for _, each in value])
    elif dataclasses.is_dataclass(value):
        yield from services_in([getattr(value, each.name) for each in dataclasses.fields(value)])
    elif isinstance(value, Mapping):
        if "$ref" in value or _is_service(value):
            yield dict(value)
        else:
            yield from services_in(list(value.values()))
    elif isinstance(value, list | tuple):
        for each in value:
            yield from services_in(each)


def _is_service(value: Mapping[str, Any]) -> bool:
    """Tell the fields of a service from those of other models that have an address, too."""
    saved = value.get("block_type_slug") == ExpresService.get_block_type_slug()
    return "base_url" in value and (saved or value.keys() <= _FIELDS)


def is_masked(given: Mapping[str, Any], field: str) -> bool:
    """Say whether a secret of a service has been replaced by asterisks."""
    return _MASK in str(given.get(field))


def reference_in(given: dict[str, Any]) -> dict[str, Any] | None:
    """Give the reference of a block: as a deployment has it, or as an object that was loaded."""
    if "$ref" in given:
        reference = given["$ref"]
        return reference if isinstance(reference, dict) else {"block_document_id": reference}
    masked = is_masked(given, "token") or is_masked(given, "proxy")
    if masked and given.get("_block_document_id"):
        return {"block_document_id": given["_block_document_id"]}
    return None
