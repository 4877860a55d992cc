"""What is wrong with the parameters of a flow, before anything is begun."""

from typing import Any

from prefect import Flow
from prefect.exceptions import ParameterTypeError

from prefect_expres.errors import UsageError


def check_parameters(flow: Flow[..., Any], parameters: dict[str, Any]) -> None:
    """Refuse wrong parameters here: a run would start a server first, and tell them many times.

    Args:
        flow: The flow that is to be called.
        parameters: Its parameters, by name.

    Raises:
        UsageError: They do not fit.
    """
    try:
        flow.validate_parameters(parameters)
    except ParameterTypeError as fault:
        _, *lines = str(fault).splitlines()
        reasons = [line.removeprefix(" - ") for line in lines]
        # A list that lacks its wrong entries is not reported beside them.
        told = [each for each in reasons if not any(_is_within(other, each) for other in reasons)]
        raise UsageError("; ".join(told)) from None


def _is_within(one: str, other: str) -> bool:
    """Say whether a reason is about a part of what another is about."""
    return one.startswith(f"{other.partition(':')[0]}.")
