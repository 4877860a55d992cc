"""A local UWS service that answers as OPUS does and runs the engine.

May import: errors, expres, engine, and the models of uws. `SandboxServer` is imported when it is
first used: the processes of jobs import this package, too, and need no web server.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from prefect_expres.sandbox.serving import SandboxServer as SandboxServer

__all__ = ["SandboxServer"]

if not TYPE_CHECKING:
    # Hidden from type checkers: a module with a __getattr__ has every name there is.

    def __getattr__(name: str) -> Any:
        """Import a public name from its module."""
        if name not in __all__:
            msg = f"module {__name__!r} has no attribute {name!r}"
            raise AttributeError(msg)
        return getattr(import_module("prefect_expres.sandbox.serving"), name)


def __dir__() -> list[str]:
    """List the public names, loaded or not."""
    return __all__
