"""Hide the user's token in all that a service answers: it may echo what it was sent."""

import base64
import html
import json
from urllib.parse import quote, quote_plus

from prefect_expres.net.url import shown_url

HIDDEN = b"[hidden]"
_SHORTEST = 6


class Secrets:
    """The forms in which the credentials are sent, or come back in a URL, a page or in JSON.

    A token of a few characters occurs in many texts; only its encoded form is hidden.
    """

    def __init__(self, credentials: tuple[str, str] | None) -> None:
        forms: set[bytes] = set()
        if credentials is not None:
            user, token = credentials
            forms.add(base64.b64encode(f"{user}:{token}".encode()))
            if len(token) >= _SHORTEST:
                forms |= {written.encode() for written in _written(token)}
        self._forms = forms

    def hidden_in(self, text: bytes) -> bytes:
        """Give a text with each form replaced by `HIDDEN`."""
        for form in self._forms:
            text = text.replace(form, HIDDEN)
        return text

    def shown_url(self, url: str) -> str:
        """Give a URL for messages, without the token and what else is secret in it."""
        return shown_url(self.hidden_in(url.encode()).decode())


def _written(token: str) -> set[str]:
    """Write a token as it is, and as URLs, pages and JSON write it."""
    in_urls = {quote(token, safe=""), quote(token), quote_plus(token)}
    in_pages = {html.escape(token), html.escape(token, quote=False)}
    return {token, json.dumps(token)[1:-1]} | in_urls | in_pages
