"""URLs are shown without what is secret in them."""

import pytest

from prefect_expres.net.url import shown_url


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
