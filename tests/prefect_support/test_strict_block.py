"""Secrets of blocks on their way to other processes."""

from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from pydantic import SecretStr, ValidationError

from prefect_expres.blocks import ExpresService, ExpresSimulation

USER = {"base_url": "https://service.example", "user": "me", "token": SecretStr("s3cret")}
SAVED_AS = UUID(int=7)


@pytest.mark.parametrize("masked", [{"token": "**********", "user": "me"}, {"proxy": "********"}])
def test_a_masked_secret_is_refused_with_the_remedy(masked: dict[str, Any]) -> None:
    """What arrives as asterisks is not tried as a token."""
    with pytest.raises(ValidationError, match=r"Save it with \.save\(NAME\)"):
        ExpresService.model_validate({"base_url": "https://service.example"} | masked)


def test_a_saved_block_with_secrets_goes_as_a_reference() -> None:
    """Another process loads it; unsaved, or without secrets, it goes with what it has."""
    service = ExpresService(**USER)
    guest = ExpresService(base_url=service.base_url)
    assert service.model_dump(mode="json")["token"] == "**********"
    service._block_document_id = guest._block_document_id = SAVED_AS  # noqa: SLF001 - as Prefect does
    assert service.model_dump(mode="json") == {"$ref": {"block_document_id": str(SAVED_AS)}}
    assert guest.model_dump(mode="json")["base_url"] == service.base_url
    assert service.model_dump()["token"] == USER["token"]
    kept = service.model_dump(mode="json", context={"include_secrets": True})
    assert kept["token"] == "s3cret"


def test_paths_are_taken_as_their_text() -> None:
    """A block is saved as JSON, and compared by what it says."""
    service = ExpresService(base_url="https://service.example")
    given = {"configuration": Path("io.json"), "ephemeris": Path("e.csv"), "output": Path("out")}
    block = ExpresSimulation(service=service, **given)
    assert (block.configuration, block.ephemeris, block.output) == ("io.json", "e.csv", "out")


@pytest.mark.parametrize(
    "wrong",
    [
        {"token": "s3cret"},
        {"proxy": "http://me:s3cret@"},
        {"base_url": "https://me:s3cret@host"},
        {"user": "me", "token": "s3cret", "nonsense": 1},
        {"user": "me", "token": {"text": "s3cret"}},
    ],
    ids="-".join,
)
def test_no_error_shows_a_secret(wrong: dict[str, Any]) -> None:
    """Pydantic's own would show what was given, with the secret in it."""
    with pytest.raises(ValidationError) as fault:
        ExpresService(**{"base_url": "https://host", **wrong})
    assert "s3cret" not in str(fault.value)
