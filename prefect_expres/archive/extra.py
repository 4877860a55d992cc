"""What of the extras is needed, and said to be missing before anything is asked or written."""

from importlib.util import find_spec

from prefect_expres.errors import ArchiveError

TO_ASK = ("pyvo", "astropy")
TO_PUBLISH = ("astropy", "cdflib", "xarray", "pyarrow", "PIL")


def require(needs: tuple[str, ...]) -> None:
    """Refuse work for which packages are missing.

    Args:
        needs: Their names.

    Raises:
        ArchiveError: One is missing; the message says what installs it.
    """
    if missing := ", ".join(name for name in needs if find_spec(name) is None):
        msg = (
            f"{missing} is not installed; pip install 'prefect-expres[analysis,archive]' brings it"
        )
        raise ArchiveError(msg)
