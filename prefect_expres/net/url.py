"""Show URLs without the secrets in them."""

import re

_USER_INFO = re.compile(r"^([^/?#]*//)[^/?#]*@")


def shown_url(url: str) -> str:
    """Give a URL without the user and token in it, for messages and logs."""
    return _USER_INFO.sub(r"\1", url)
