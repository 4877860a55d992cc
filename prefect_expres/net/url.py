"""Show URLs without the secrets in them."""

import re

_USER_INFO = re.compile(r"^([^/?#]*//)[^/?#]*@")
_SIGNATURE = re.compile(
    r"(?i)(?<=[?&;])((?:[\w-]*(?:signature|token|credential|secret|password)|sig|key|api_?key)=)"
    r"[^&;#]+"
)
"""In a query: who has it has what the URL leads to."""


def shown_url(url: str) -> str:
    """Give a URL without the user, tokens and signatures in it, for messages and logs."""
    return _SIGNATURE.sub(r"\1…", _USER_INFO.sub(r"\1", url))
