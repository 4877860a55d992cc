"""What the engine says when it cannot compute."""


class EngineError(Exception):
    """The engine cannot run this configuration; the message says why and what to do."""
