"""Plain values: classes whose objects nobody changes once they are made."""

import dataclasses
import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from types import ModuleType

import pytest
from pydantic import BaseModel, ValidationError


def values_in(package: ModuleType) -> Iterator[type]:
    """Give the dataclasses and models that the modules of a package define."""
    for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        module = importlib.import_module(found.name)
        for each in vars(module).values():
            if isinstance(each, type) and each.__module__ == module.__name__ and fields_of(each):
                yield each


def fields_of(kind: type) -> list[str]:
    """Name the fields of a dataclass or model, and none of another or an abstract class."""
    if inspect.isabstract(kind):
        return []
    if issubclass(kind, BaseModel):
        return list(kind.model_fields)
    return list(getattr(kind, "__dataclass_fields__", ()))


def assert_unchangeable(kind: type) -> None:
    """Try to change each field of an object."""
    made = kind.model_construct() if issubclass(kind, BaseModel) else object.__new__(kind)
    for name in fields_of(kind):
        with pytest.raises((dataclasses.FrozenInstanceError, ValidationError)):
            setattr(made, name, 1)
