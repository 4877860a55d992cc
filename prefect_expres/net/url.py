"""Show URLs without the secrets in them."""

import re

_USER_INFO = re.compile(r"^([^/?#]*//)[^/?#]*@")
_PASSWORD = re.compile(r"^[^/?#]*//[^/?#:]*:[^/?#]*@")
_SIGNATURE = re.compile(
    r"(?i)(?<=[?&;])((?:[\w-]*(?:signature|token|credential|secret|password)|sig|key|api_?key)=)"
    r"[^&;#]+"
)
"""In a query: who has it has what the URL leads to."""


def shown_url(url: str) -> str:
    """Give a URL without the user, tokens and signatures in it, for messages and logs."""
    return _SIGNATURE.sub(r"\1…", _USER_INFO.sub(r"\1", url))


def without_secrets(text: str, url: str) -> str:
    """Give a text that quotes a URL, as errors do, with the URL as `shown_url` gives it."""
    return text.replace(url, shown_url(url))


def has_password(url: str) -> bool:
    """Say whether a password stands before the host of a URL."""
    return _PASSWORD.match(url) is not None
