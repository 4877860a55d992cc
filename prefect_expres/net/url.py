"""URLs as they may be shown."""

import re

_USER_INFO = re.compile(r"^([^/?#]*//)[^/?#]*@")


def shown_url(url: str) -> str:
    """Give a URL as it may be shown: without a user or token in it."""
    return _USER_INFO.sub(r"\1", url, count=1)
