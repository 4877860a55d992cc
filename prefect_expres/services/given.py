"""Find the service that is meant."""

from typing import Annotated

from pydantic import ValidationError, WithJsonSchema

from prefect_expres.blocks import ExpresService
from prefect_expres.errors import UsageError
from prefect_expres.net.url import shown_address

_SLUG = f"{ExpresService.get_block_type_slug()}/"

AnyService = (
    ExpresService
    | Annotated[str, WithJsonSchema({"title": "Saved name or address", "type": "string"})]
)
"""A service as a block, the name of a saved block, or an address for guests."""


async def find_service(given: ExpresService | str) -> ExpresService:
    """Give the service that is meant.

    Args:
        given: The block, the name of a saved block, or an address as ``https://host``, which is
            used as a guest.

    Raises:
        UsageError: No block of this name is saved, or the address is none of a service.
    """
    if isinstance(given, ExpresService):
        return given
    if "@" in given and "://" not in given:
        # It is no name, and is not sent to Prefect's server.
        raise _unknown(given, "Write the address without user name and token in it")
    try:
        if "://" in given:
            return ExpresService(base_url=given)
        return await ExpresService.aload(given.removeprefix(_SLUG))
    except ValidationError as fault:
        # Its own text names a model and a page of pydantic's.
        (error,) = fault.errors()
        raise _unknown(given, error["msg"]) from None
    except ValueError as fault:
        raise _unknown(given, str(fault)) from None


def _unknown(given: str, reason: str) -> UsageError:
    return UsageError(
        f"There is no service {shown_address(given)!r}: give the name of a saved block of the type "
        f"ExPRES Service, or an address as https://host. {reason}"
    )
