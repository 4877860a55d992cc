"""The error of the engine."""


class EngineError(Exception):
    """The engine cannot run this configuration; the message says why and what to do."""
