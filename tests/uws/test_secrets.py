"""The token of the user is hidden in all that a service says, however it is written there."""

import base64
import html
import json
from collections.abc import Callable
from urllib.parse import quote, quote_plus

import pytest

from prefect_expres.errors import ProtocolError, ServerFault, ServiceError, UnsafeLocation
from prefect_expres.uws.http import Http
from tests.support.scripted_service import JOBS_URL, Answer, ScriptedService, redirect
from tests.uws.http_user import BASIC, TOKEN, http_to


@pytest.mark.parametrize("form", [TOKEN, BASIC, "s3cret%2Ft%2Bken"])
async def test_token_is_hidden_in_what_a_service_says(service: ScriptedService, form: str) -> None:
    """A token that is echoed in a document, an error page or an answer is replaced."""
    http = http_to(service)
    service.on("GET", f"<job>{form}</job>", Answer(f"<pre>{form} is wrong</pre>", status=500))
    assert await http.read(JOBS_URL, limit=99) == b"<job>[hidden]</job>"
    with pytest.raises(ServerFault) as caught:
        await http.read(JOBS_URL, limit=99)
    assert caught.value.reason == "[hidden] is wrong"
    assert form not in repr(caught.value)
    service.on("POST", f"{form}{form}")
    assert (await http.send("POST", JOBS_URL))[1] == b"[hidden][hidden]"


async def test_token_is_hidden_in_all_its_forms_at_once(service: ScriptedService) -> None:
    """A service may show the whole request."""
    service.on("GET", f"{TOKEN} {BASIC} s3cret%2Ft%2Bken {TOKEN}")
    assert await http_to(service).read(JOBS_URL, limit=99) == b" ".join([b"[hidden]"] * 4)


@pytest.mark.parametrize(("token", "shown"), [("abcde", "abcde!"), ("abcdef", "[hidden]!")])
async def test_short_token_is_hidden_in_its_encoded_form_only(
    service: ScriptedService, token: str, shown: str
) -> None:
    """A short token would be found in many texts, so only its encoded form is hidden."""
    http = Http(JOBS_URL, ("bob", token), transport=service)
    service.on("GET", f"{token}!", base64.b64encode(f"bob:{token}".encode()))
    assert await http.read(JOBS_URL, limit=99) == shown.encode()
    assert await http.read(JOBS_URL, limit=99) == b"[hidden]"


@pytest.mark.parametrize(
    "written",
    [
        quote,
        quote_plus,
        lambda token: quote(token, safe=""),
        html.escape,
        lambda token: html.escape(token, quote=False),
        lambda token: json.dumps(token)[1:-1],
    ],
)
async def test_token_is_hidden_however_it_is_written(
    service: ScriptedService, written: Callable[[str], str]
) -> None:
    """In a URL, in a page or in JSON some signs are written otherwise."""
    token = 'a/b c+d&e<f"g'
    http = Http(JOBS_URL, ("bob", token), transport=service)
    service.on("GET", f"({written(token)})")
    assert await http.read(JOBS_URL, limit=99) == b"([hidden])"


@pytest.mark.parametrize("way", [f"{TOKEN}/x", "s3cret%2Ft%2Bken", f"?x={TOKEN}"])
@pytest.mark.parametrize(
    ("led_to", "kind"),
    [
        ("https://other.example.org/", UnsafeLocation),
        ("https://[::1/", UnsafeLocation),
        (f"{JOBS_URL}/1/", ServerFault),
        (f"{JOBS_URL}/2/", ProtocolError),
    ],
)
async def test_token_is_hidden_in_where_a_read_is_led(
    service: ScriptedService, led_to: str, kind: type[ServiceError], way: str
) -> None:
    """Whether it is refused, is no URL, answers with an error, or leads round and round."""
    target = led_to + way
    service.on("GET", redirect(target, 300))
    service.on(f"GET {target.partition('?')[0].removeprefix(JOBS_URL)}", 500)
    if kind is ProtocolError:
        service.on(f"GET {target.partition('?')[0].removeprefix(JOBS_URL)}", redirect(target, 302))
    with pytest.raises(kind) as caught:
        await http_to(service).read(JOBS_URL, limit=9)
    assert "[hidden]" in str(caught.value.url)
    assert "s3cret" not in repr(caught.value)


async def test_password_in_where_a_read_is_led_is_not_shown(service: ScriptedService) -> None:
    """Not even where it is no URL, or leads round and round."""
    service.on("GET", redirect("https://bob:hush@[::1/", 300))
    with pytest.raises(UnsafeLocation) as refused:
        await http_to(service).read(JOBS_URL, limit=9)
    with pytest.raises(UnsafeLocation) as unread:
        await http_to(service).read("https://bob:hush@[::1/", limit=9)
    service.on("GET", redirect(f"{JOBS_URL}?sig=hush", 302))
    with pytest.raises(ProtocolError) as round_and_round:
        await http_to(service).read(JOBS_URL, limit=9)
    for caught in (refused, unread, round_and_round):
        assert "hush" not in repr(caught.value)
