"""URLs are shown without what is secret in them."""

import pytest

from prefect_expres.net.url import (
    file_name,
    has_password,
    has_signature,
    shown_address,
    shown_url,
    without_query,
    without_secrets,
)


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("host:3128", "host:3128"),
        ("user:token@host:3128", "host:3128"),
        ("token@host/rest", "host/rest"),
        ("us@er:to@ken@host", "host"),
        ("https:/user:token@host/rest", "host/rest"),
        ("https//user:token@host/rest", "https//host/rest"),
        ("https://user:token@host/a@b", "https://host/a@b"),
        ("https://[user:token@host", "https://host"),
    ],
)
def test_an_address_may_lack_its_scheme(address: str, shown: str) -> None:
    """What was meant as user and token is left out all the same."""
    assert shown_address(address) == shown


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://host/path?q=1#part", "https://host/path?q=1#part"),
        ("https://user:token@host/path", "https://host/path"),
        ("https://token@host:8443", "https://host:8443"),
        ("https://us@er:to@ken@host/", "https://host/"),
        ("s3://key:secret@bucket/a", "s3://bucket/a"),
        ("//user@host/a", "//host/a"),
        ("https://host/a@b", "https://host/a@b"),
        ("https://host?mail=a@b", "https://host?mail=a@b"),
        ("https://host#a@b", "https://host#a@b"),
        ("https://host/x//user@other/", "https://host/x//user@other/"),
        ("/folder/a@b.csv", "/folder/a@b.csv"),
        ("", ""),
    ],
)
def test_user_and_token_are_left_out(url: str, shown: str) -> None:
    """Only what stands between the scheme and the host; the rest is the address."""
    assert shown_url(url) == shown


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        (
            "https://h/a?X-Goog-Expires=9&X-Goog-Signature=ab#p",
            "?X-Goog-Expires=9&X-Goog-Signature=…#p",
        ),
        ("https://h/a?X-Amz-Security-Token=a%2F&part=2", "?X-Amz-Security-Token=…&part=2"),
        ("https://h/a?x-amz-credential=AK/1&b=c", "?x-amz-credential=…&b=c"),
        ("https://h/a?sv=1&sig=ab%3D", "?sv=1&sig=…"),
        ("https://h/a?access_token=t;b=1", "?access_token=…;b=1"),
        ("https://h/a?b=1;sig=ab", "?b=1;sig=…"),
        ("https://h/a?AWSAccessKeyId=A&Signature=b", "?AWSAccessKeyId=A&Signature=…"),
        ("https://h/a?temp_url_sig=ab&temp_url_expires=9", "?temp_url_sig=…&temp_url_expires=9"),
        ("https://h/a?X-Auth-Token=a&Authorization=b", "?X-Auth-Token=…&Authorization=…"),
        ("https://h/a?passwd=a&jwt=b&rlkey=c&auth=d", "?passwd=…&jwt=…&rlkey=…&auth=…"),
        ("https://h/a?Key-Pair-Id=K&author=me&keys=2", "?Key-Pair-Id=K&author=me&keys=2"),
        ("https://h/a?design=1&tokens=2&signed=3", "?design=1&tokens=2&signed=3"),
        ("https://h/token=1/a", "/token=1/a"),
        ("https://h/a?ID=1#sig=2", "?ID=1#sig=2"),
    ],
)
def test_signatures_are_left_out(url: str, shown: str) -> None:
    """Whoever has a signed URL has what it leads to; the rest of the query stays."""
    assert shown_url(url).endswith(shown)
    assert shown_url(url).startswith("https://h/")


def test_a_text_quotes_a_url_as_it_is_shown() -> None:
    """However often, and nothing else of the text changes."""
    url = "https://me:pa55word@host/a?token=t"
    text = f"{url} cannot be read: me:pa55word@host, {url}"
    shown = "https://host/a?token=…"
    assert without_secrets(text, url) == f"{shown} cannot be read: me:pa55word@host, {shown}"


def test_a_known_url_may_have_spaces() -> None:
    """Somebody has typed it; in a text it would end there."""
    url = "https://me:pass word@host/a b?token=t u&part=2"
    text = f"{url} cannot be read"
    assert without_secrets(text, url) == "https://host/a b?token=…&part=2 cannot be read"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("403, url='https://h/a?sig=ab'", "403, url='https://h/a?sig=…'"),
        ("no https://me:word@h/a?b=1&Signature=x%2F now", "no https://h/a?b=1&Signature=… now"),
        ("/a b?token=t&part=2 is away", "/a b?token=…&part=2 is away"),
        ("me@host: a?b", "me@host: a?b"),
        ("{'url':'https://h','mail':'a@b'}", "{'url':'https://h','mail':'a@b'}"),
    ],
)
def test_other_urls_in_a_text_are_quoted_likewise(text: str, shown: str) -> None:
    """Libraries write them in forms of their own."""
    assert without_secrets(text) == shown


@pytest.mark.parametrize("url", ["ftp://me:word@host/a", "https://:word@host"])
def test_passwords_stand_before_the_host(url: str) -> None:
    """After a colon, with or without a name before it."""
    assert has_password(url)


@pytest.mark.parametrize(
    "url",
    ["ftp://me@host:21/a", "s3://bucket/a:b@c", "/folder/a:b@c", "https://host?to=//a:b@c"],
)
def test_what_stands_elsewhere_is_no_password(url: str) -> None:
    """A name alone is none, nor is what comes after the host."""
    assert not has_password(url)


def test_signatures_stand_in_the_query_of_a_url() -> None:
    """A file may have any name."""
    assert has_signature("https://h/a?b=1&sig=x")
    assert has_signature("https://h/a?X-Amz-Security-Token=x")
    for plain in ("https://h/a?b=1", "https://h/sig=x", "/a?sig=x", "https://h/a?sig="):
        assert not has_signature(plain)


@pytest.mark.parametrize(
    ("location", "bare", "name"),
    [
        ("https://h/a/b%20c.json?d=/e&sig=x", "https://h/a/b%20c.json", "b c.json"),
        ("HTTP://h/a.json#b/c", "HTTP://h/a.json", "a.json"),
        ("https://h/a%3Fb%23c.json?d", "https://h/a%3Fb%23c.json", "a?b#c.json"),
        ("https://h/o/a%2Fb.csv?alt=media", "https://h/o/a%2Fb.csv", "b.csv"),
        ("s3://bucket/a?b#c%20.json", "s3://bucket/a?b#c%20.json", "a?b#c%20.json"),
        ("runs/a?b.json", "runs/a?b.json", "a?b.json"),
        ("", "", ""),
    ],
)
def test_the_query_is_no_part_of_the_file(location: str, bare: str, name: str) -> None:
    """Elsewhere than on a web server these signs are part of a name."""
    assert without_query(location) == bare
    assert file_name(location) == name
