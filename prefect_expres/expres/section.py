"""The base of all sections of a configuration file, and the types of their values."""

from math import isfinite
from typing import Annotated, Any, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ModelWrapValidatorHandler,
    PlainSerializer,
    StrictBool,
    StrictFloat,
    StrictInt,
    StrictStr,
    ValidatorFunctionWrapHandler,
    WithJsonSchema,
    WrapValidator,
    model_validator,
)

LARGEST = 1e38
"""ExPRES computes in single precision, whose largest number is a little larger."""
MOST = 2**31 - 1
"""ExPRES counts with 32-bit integers."""

Finite = Annotated[StrictFloat, Field(allow_inf_nan=False)]
Number = Annotated[
    StrictInt | Finite,
    Field(ge=-LARGEST, le=LARGEST),
    WithJsonSchema({"type": "number", "minimum": -LARGEST, "maximum": LARGEST}),
]


class Cut(int):
    """A number that ExPRES cuts to a whole one, as ``720.0``, and what the file has for it."""

    written: float


def _cut(value: Any, handler: ValidatorFunctionWrapHandler) -> int:
    if not isinstance(value, float) or not isfinite(value):
        return int(handler(value))
    number = Cut(handler(int(value)))
    number.written = value
    return number


def _as_written(value: int) -> int | float:
    return value.written if isinstance(value, Cut) else value


_WHOLE = WrapValidator(_cut)
_AS_WRITTEN = PlainSerializer(_as_written, return_type=int | float)

Natural = Annotated[StrictInt, Field(ge=0, le=MOST), _WHOLE, _AS_WRITTEN]
OneOrMore = Annotated[StrictInt, Field(ge=1, le=MOST), _WHOLE, _AS_WRITTEN]
TwoOrMore = Annotated[StrictInt, Field(ge=2, le=MOST), _WHOLE, _AS_WRITTEN]
Flag = StrictBool | Annotated[StrictInt | StrictFloat, Field(ge=0, le=1, multiple_of=1)]
Text = StrictStr
Five = Annotated[list[Flag], Field(min_length=5, max_length=5)]
Range = Annotated[list[Number], Field(min_length=2, max_length=2)]


class Section(BaseModel):
    """One section of the file: keys in upper case, unknown keys kept."""

    model_config = ConfigDict(alias_generator=str.upper, extra="allow", frozen=True)

    @model_validator(mode="wrap")
    @classmethod
    def _mark_given_keys(cls, content: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        """Count as set what is in the file: pydantic counts a key ``doi`` as ``DOI``, too."""
        section = handler(content)
        if isinstance(content, dict):
            fields = cls.model_fields.items()
            absent = {name for name, field in fields if field.alias not in content}
            section.model_fields_set.difference_update(absent)
        return section
