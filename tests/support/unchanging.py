"""Whether values can be changed once they are made, as those must not be that many share."""

from dataclasses import FrozenInstanceError, fields, is_dataclass
from typing import Any

from pydantic import BaseModel, ValidationError


def can_be_changed(kind: type[Any]) -> bool:
    """Try to change a value of a model or of a data class."""
    is_model = issubclass(kind, BaseModel)
    assert is_model or is_dataclass(kind)
    value = kind.model_construct() if is_model else object.__new__(kind)
    names = kind.model_fields if is_model else [field.name for field in fields(kind)]
    try:
        setattr(value, next(iter(names)), None)
    except (FrozenInstanceError, ValidationError):
        return False
    return True
