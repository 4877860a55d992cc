"""Read files that are arguments of commands."""

from prefect_expres.errors import ConfigurationError, StorageError
from prefect_expres.storage import read_whole


def read_bytes(file: str) -> bytes:
    """Read a file, given by a path or an fsspec URL.

    Raises:
        ConfigurationError: The file cannot be read.
    """
    try:
        return read_whole(file)
    except StorageError as fault:
        raise ConfigurationError(str(fault)) from None
