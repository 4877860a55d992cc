"""Pydantic models as JSON files."""

from typing import TypeVar

from pydantic import BaseModel, ValidationError

from prefect_expres.storage.atomic import StoredFile, write_whole
from prefect_expres.storage.read import read_or_none

Model = TypeVar("Model", bound=BaseModel)


def read_model(folder: str, name: str, kind: type[Model]) -> Model | None:
    """Read a model from a JSON file; None if the file is not there, or holds no such model.

    Args:
        folder: Path or fsspec URL of the folder.
        name: The file's name.
        kind: The model's class.

    Raises:
        StorageError: The file cannot be read.
    """
    content = read_or_none(folder, name)
    try:
        return None if content is None else kind.model_validate_json(content)
    except ValidationError:
        return None


async def write_model(folder: str, name: str, model: BaseModel) -> StoredFile:
    """Write a model as a JSON file for people and programs.

    Args:
        folder: Path or fsspec URL of the folder.
        name: The file's name.
        model: What is written.

    Raises:
        StorageError: The file cannot be written.
    """
    return await write_whole(folder, name, as_json(model))


def as_json(model: BaseModel) -> bytes:
    """Give a model as the text of a JSON file."""
    return model.model_dump_json(indent=2).encode() + b"\n"
