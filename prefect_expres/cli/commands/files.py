"""Read files that are arguments of commands."""

from fsspec.core import url_to_fs

from prefect_expres.errors import ConfigurationError
from prefect_expres.net.url import without_secrets


def read_bytes(file: str) -> bytes:
    """Read a file, given by a path or an fsspec URL.

    Raises:
        ConfigurationError: The file cannot be read.
    """
    try:
        system, path = url_to_fs(file)
        return bytes(system.cat_file(path))
    except (OSError, ValueError, ImportError) as fault:
        msg = f"{file} cannot be read: {fault}"
        raise ConfigurationError(without_secrets(msg, file)) from None
