"""Public names of a package that are loaded when they are first used."""

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any


def loaded_when_used(
    package: str, module_of: Mapping[str, str], *, extra: str
) -> Callable[[str], Any]:
    """Make the ``__getattr__`` of a package.

    Args:
        package: Its ``__name__``.
        module_of: The public names, and the modules in it that define them.
        extra: The extra of the distribution that installs what these modules need.

    Returns:
        A function that loads a name. It raises ``AttributeError`` for others, and
        ``ModuleNotFoundError`` with the extra if a package is not installed.
    """

    def load(name: str) -> Any:
        if name not in module_of:
            msg = f"module {package!r} has no attribute {name!r}"
            raise AttributeError(msg)
        try:
            return getattr(import_module(f"{package}.{module_of[name]}"), name)
        except ModuleNotFoundError as missing:
            needed = missing.name
            raise ModuleNotFoundError(
                f"{needed} is not installed; pip install 'prefect-expres[{extra}]' brings it",
                name=needed,
            ) from missing

    return load
