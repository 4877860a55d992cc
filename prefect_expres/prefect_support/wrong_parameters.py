"""What is wrong with the parameters of a flow, without Prefect's own words around it."""

from collections.abc import Iterator
from contextlib import contextmanager

from prefect.exceptions import ParameterTypeError

from prefect_expres.errors import UsageError


@contextmanager
def told_once() -> Iterator[None]:
    """Say what is wrong with the parameters of the flow that is called.

    Raises:
        UsageError: Prefect refuses them.
    """
    try:
        yield
    except ParameterTypeError as fault:
        _, *reasons = str(fault).splitlines()
        raise UsageError("; ".join(reason.removeprefix(" - ") for reason in reasons)) from None
