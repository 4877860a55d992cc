"""The JSON schema of a configuration file, for editors and for other programs."""

from typing import Any

from prefect_expres.expres.configuration import Configuration

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def configuration_schema() -> dict[str, Any]:
    """Describe the file as JSON Schema, draft 2020-12, with the keys as they are in the file.

    A schema describes keys, types and words. The rules between values are not part of it: a file
    that is valid for the schema may still have problems.
    """
    schema = Configuration.model_json_schema(by_alias=True)
    described = {"title": "ExPRES configuration", "description": "Input of ExPRES 1.4."}
    return {"$schema": DIALECT} | schema | described
