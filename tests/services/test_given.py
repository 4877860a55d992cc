"""A service is given as a block, as the name of a saved one, or as an address."""

import traceback

import pytest
from prefect.settings import PREFECT_API_URL, temporary_settings
from pydantic import SecretStr, TypeAdapter

from prefect_expres.blocks import ExpresService
from prefect_expres.errors import UsageError
from prefect_expres.services.given import AnyService, find_service
from tests.support.processes import PrefectServer
from tests.support.raw_server import raw_server

ADDRESS = "https://uws.example.org"


async def test_a_block_is_taken_as_it_is() -> None:
    """It is this object, with its token."""
    given = ExpresService(base_url=ADDRESS, user="ann", token=SecretStr("t0ken"))
    assert await find_service(given) is given


async def test_an_address_is_used_as_a_guest() -> None:
    """Nobody's token is sent."""
    service = await find_service(ADDRESS)
    assert (service.base_url, service.user, service.token) == (ADDRESS, None, None)


@pytest.mark.parametrize("address", ["ftp://uws.example.org", "https://ann:t0ken@uws.example.org"])
async def test_an_address_that_is_none_is_told(address: str) -> None:
    """The error says why, what to give, and shows no password."""
    with pytest.raises(UsageError, match="There is no service") as told:
        await find_service(address)
    assert "uws.example.org" in str(told.value)
    assert "give the name of a saved block" in str(told.value)
    assert str(told.value).endswith("address without user name and token in it")
    assert "t0ken" not in "".join(traceback.format_exception(told.value))


@pytest.mark.parametrize("address", ["ann:t0ken@uws.example.org", "t0ken@uws.example.org"])
async def test_an_address_without_its_scheme_is_no_name(address: str) -> None:
    """Prefect's server is not asked for it, and no error shows its token."""
    async with raw_server() as raw:
        with (
            temporary_settings({PREFECT_API_URL: raw.url}),
            pytest.raises(UsageError, match=r"no service .uws\.example\.org.: give") as told,
        ):
            await find_service(address)
    assert not raw.requests
    assert "t0ken" not in "".join(traceback.format_exception(told.value))


@pytest.mark.parametrize("name", ["nobody", "expres-service/nobody"])
async def test_the_name_of_no_block_is_asked_for_and_told(name: str) -> None:
    """Prefect is asked for it, with or without the slug of its type; the error names it."""
    async with raw_server() as raw:
        path = "/block_types/slug/expres-service/block_documents/name/nobody"
        raw.add(f"{path}?include_secrets=true", b"{}", status="404 Not Found")
        with (
            temporary_settings({PREFECT_API_URL: raw.url}),
            pytest.raises(UsageError, match=f"There is no service '{name}': give") as told,
        ):
            await find_service(name)
    assert len(raw.requests) == 1
    assert "Unable to find block document named nobody" in str(told.value)


def test_a_form_takes_a_text() -> None:
    """What is no block is written into a field of its own."""
    choices = TypeAdapter(AnyService).json_schema()["anyOf"]
    assert {"title": "Saved name or address", "type": "string"} in choices


@pytest.mark.parametrize("name", ["given", "expres-service/given"])
async def test_a_saved_block_is_found_by_its_name(server: PrefectServer, name: str) -> None:
    """With or without the slug of its type, as Prefect writes it."""
    saved = ExpresService(base_url=ADDRESS, user="ann", token=SecretStr("t0ken"))
    await saved.asave("given", overwrite=True)
    found = await find_service(name)
    assert (found.user, found.token) == (saved.user, saved.token)


async def test_a_name_that_is_not_saved_is_told(server: PrefectServer) -> None:
    """The error names it."""
    with pytest.raises(UsageError, match="There is no service 'nobody'"):
        await find_service("nobody")
