"""An embedded UWS service that answers as OPUS does and runs a small ExPRES engine.

`SandboxServer` is loaded when it is first used: a job's own process comes through this package
too, and needs no web server.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from prefect_expres.sandbox.serving import SandboxServer as SandboxServer

__all__ = ["SandboxServer"]

if not TYPE_CHECKING:
    # Hidden from type checkers: a module with a __getattr__ has every name there is.

    def __getattr__(name: str) -> Any:
        """Load the server from its module."""
        if name not in __all__:
            msg = f"module {__name__!r} has no attribute {name!r}"
            raise AttributeError(msg)
        return getattr(import_module("prefect_expres.sandbox.serving"), name)
