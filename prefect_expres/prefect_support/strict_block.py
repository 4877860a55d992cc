"""Blocks that refuse fields that they do not have and masked secrets, and carry their logo."""

import re
from abc import ABC
from typing import Any, ClassVar, Self
from uuid import uuid4

from prefect.blocks.core import Block
from prefect.client.schemas.objects import BlockType
from pydantic import (
    ConfigDict,
    GetJsonSchemaHandler,
    HttpUrl,
    SecretStr,
    SerializationInfo,
    SerializerFunctionWrapHandler,
    model_serializer,
    model_validator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

PICTURE = HttpUrl("https://github.com/maserlib.png?size=200")
"""GitHub gives an organization's picture under its name: here MASER's, whose service it is."""

LOGO = (
    "data:image/png;base64,"
    "iVBORw0KGgoAAAANSUhEUgAAAEAAAABABAMAAABYR2ztAAAAElBMVEXg0MPJn3ahdFsoLD8RGDAQGDCsQy+fAAAB"
    "3UlEQVR42r2VvXLbQAyEP9CehFKaO7pyKv6kc2ONnyGPH+YJRLITU4gHNZLGM+aloCNR0lEuPAorzNwSWOwtcPLT"
    "cPWLPjgn4iYAN4rvQ4BllJtrAF+jWXYNAGtHdoVDCn3ZDPHd0+W5zM0K/+cxngIws7MVfmPjSR0kf4G1m8wA2HhF"
    "OzdXlMwX9FU4g68lBrFb3X0zoQz+V6WAFFAGS3iWpQLJgrcmBFBYlwrkhjLEYY+y29gY8S3zAGD2GK/YJRbMaj8P"
    "Sv1PBOlbjcJCvotQ0IeVFLvV/dzAVieUlAJfguSBNrtKgeSZvgEbAKwHIQu8A0kvOXStk1mMfGn1eyxfgxyWbuhA"
    "IbnMIKYdnLDV1yx0WUmxoO9AMhxIFGoxpW4g4a0JO0oKegeSTs5F8kyliOH3OaCrqppjB/iz0esqRXwOkjYuxeLV"
    "ROci+7oGyahBTK/jEr5TAF8pJPQ6sBwBXHOYfiT1ClKYMYfugFQjBoWHH2OSfmMPvjYYPNiTBeJPGr57Sc43jDuu"
    "riglSS62nAtvuc8v0vuR1Y/hjUqY+hA+BDPYD0uYAN1xicjKwfjh58A6fR9+Ey5hg2yi8doY/jxJcGJaa1HEWqYA"
    "UnSKWDMJ4OiCm7+b/xnwF2YSpe8dUSjzAAAAAElFTkSuQmCC"
)
"""A PNG file of 64 by 64 pixels, as a URL that needs no network."""

PREFECTS_FIELDS = {
    "block_type_slug",
    "_block_document_id",
    "_block_document_name",
    "_is_anonymous",
}


_MASK = r"^\*+$"
_SAVE_IT = (
    "Prefect has replaced the secret by asterisks, since the block is not saved. Save it with "
    ".save(NAME), and give its name or the saved block"
)
UNMASKED: dict[str, Any] = {"not": {"type": "string", "pattern": _MASK, "description": _SAVE_IT}}
"""What the schema of a secret says, so that Prefect's server refuses a mask with the remedy."""


_TITLES = {"base_url": "Address", "ca_bundle": "CA bundle"}
_CHOICES = {"null": "Default", "string": "Text", "number": "Number", "object": "Content"}


def _title(name: str, _: object) -> str:
    return _TITLES.get(name, name.replace("_", " ").capitalize())


class StrictBlock(Block, ABC):
    """A block that refuses unknown fields, where Prefect's own take any name, and masked secrets.

    What is saved may come from another version: fields that this one does not know are left out.
    A saved block with secrets is sent as a reference to what is saved: as JSON it has asterisks.
    """

    model_config: ClassVar[ConfigDict] = ConfigDict(
        field_title_generator=_title,
        hide_input_in_errors=True,  # it may have secrets
    )

    _logo_url: ClassVar[Any] = LOGO

    @classmethod
    def __get_pydantic_json_schema__(
        cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Name the choices of a form, which Prefect names by their types."""
        schema = handler(core_schema)
        for field in handler.resolve_ref_schema(schema)["properties"].values():
            for choice in field.get("anyOf", ()):
                if "type" in choice:
                    secret = choice.get("writeOnly", False)
                    choice.setdefault("title", "Secret" if secret else _CHOICES[choice["type"]])
        return schema

    @model_serializer(mode="wrap")
    def ser_model(self, handler: SerializerFunctionWrapHandler, info: SerializationInfo) -> Any:
        """Write the block, as JSON without its secrets."""
        with_secrets = bool(info.context and info.context.get("include_secrets"))
        has_secrets = any(isinstance(value, SecretStr) for _, value in self)
        if info.mode == "json" and has_secrets and not with_secrets and self._block_document_id:
            return {"$ref": {"block_document_id": str(self._block_document_id)}}
        return super().ser_model(handler, info)

    @classmethod
    def _to_block_type(cls) -> BlockType:
        """Describe the block for Prefect's server.

        Prefect's client takes http and https addresses only as the logo of a block type, and
        cannot read a block type that has another one. So its UI gets the address of a picture on
        the network.
        """
        return BlockType(
            id=cls._block_type_id or uuid4(),
            slug=cls.get_block_type_slug(),
            name=cls.get_block_type_name(),
            logo_url=PICTURE,
            documentation_url=cls._documentation_url,
            description=cls.get_description(),
            code_example=cls.get_code_example(),
        )

    @classmethod
    def model_validate(cls, obj: Any, **options: Any) -> Self:
        """Read a saved block; fields that only other versions know are left out."""
        if isinstance(obj, dict):
            known = cls.model_fields.keys() | PREFECTS_FIELDS
            obj = {name: value for name, value in obj.items() if name in known}
        return super().model_validate(obj, **options)

    @model_validator(mode="before")
    @classmethod
    def _no_unknown_fields(cls, data: Any) -> Any:
        if not isinstance(data, dict):
            return data
        if unknown := data.keys() - cls.model_fields.keys() - PREFECTS_FIELDS:
            names = ", ".join(cls.model_fields)
            msg = f"{cls.__name__} has no {', '.join(sorted(unknown))}; its fields are {names}"
            raise ValueError(msg)
        return data

    @model_validator(mode="before")
    @classmethod
    def _no_masked_secrets(cls, data: Any) -> Any:
        values = data.values() if isinstance(data, dict) else ()
        if any(isinstance(value, str) and re.match(_MASK, value) for value in values):
            raise ValueError(_SAVE_IT)
        return data
