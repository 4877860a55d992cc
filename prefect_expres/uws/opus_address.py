"""The addresses of OPUS: of a service, and of its job lists.

OPUS has its lists under ``/rest/``, and its version 0.6 has them under ``/uws/``. An address of the
service stands for those under ``/rest/``, unless it ends with one of the two folders.
"""

from collections.abc import Container

_REST, _UWS = "/rest", "/uws"
_FOLDERS = (_REST, _UWS)


def split_list_url(url: str) -> tuple[str, str, str] | None:
    """Split the URL of a job list, or of its folder, into address, folder and name.

    Example:
        >>> split_list_url("https://host/rest/ExPRES")
        ('https://host', '/rest', 'ExPRES')
        >>> split_list_url("https://host/tap/async") is None
        True
    """
    for folder in _FOLDERS:
        if url.endswith(folder):
            return url.removesuffix(folder), folder, ""
        root, separator, name = url.rpartition(f"{folder}/")
        if separator and "/" not in name:
            return root, folder, name
    return None


def list_url(address: str, name: str) -> str:
    """Give the URL of a job list of a service."""
    folder = "" if address.endswith(_FOLDERS) else _REST
    return f"{address}{folder}/{name}"


def other_urls(jobs_url: str) -> tuple[str, ...]:
    """Give the URLs at which a job list may be instead.

    Example:
        >>> other_urls("https://host/rest/ExPRES")
        ('https://host/uws/ExPRES',)
    """
    root, separator, name = jobs_url.rpartition(f"{_REST}/")
    return (f"{root}{_UWS}/{name}",) if separator else ()


def service_address(url: str, names: Container[str]) -> str:
    """Give the address of a service from its own, or from that of one of its job lists.

    The folder of the lists is a part of it only where it is not the usual one.

    Args:
        url: The address.
        names: The job lists that it may name.

    Raises:
        ValueError: It names another job list.
    """
    plain = url.rstrip("/")
    root, folder, name = split_list_url(plain) or (plain, _REST, "")
    if name and name not in names:
        msg = f"{plain} names the job list {name}, which is none of ExPRES: give https://host"
        raise ValueError(msg)
    usual = folder == _REST and not root.endswith(_FOLDERS)
    return root if usual else f"{root}{folder}"
