"""Hide the user's token in all that a service answers: it may echo what it was sent."""

import base64
from urllib.parse import quote

HIDDEN = b"[hidden]"
_SHORTEST = 6


class Secrets:
    """The forms in which the credentials are sent.

    A token of a few characters occurs in many texts; only its encoded form is hidden.
    """

    def __init__(self, credentials: tuple[str, str] | None) -> None:
        forms: set[bytes] = set()
        if credentials is not None:
            user, token = credentials
            forms.add(base64.b64encode(f"{user}:{token}".encode()))
            if len(token) >= _SHORTEST:
                forms |= {token.encode(), quote(token, safe="").encode()}
        self._forms = forms

    def hidden_in(self, text: bytes) -> bytes:
        """Give a text with each form replaced by `HIDDEN`."""
        for form in self._forms:
            text = text.replace(form, HIDDEN)
        return text
