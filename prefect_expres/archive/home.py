"""Bring a published simulation home: its files, checked as far as the table allows.

The size, the checksum and the form of each file are checked while it arrives, and the CDF file is
compared with what its row says. A manifest says where everything came from; it is written last.
"""

import asyncio
import posixpath
from datetime import UTC, datetime

from pydantic import BaseModel, ConfigDict

import prefect_expres
from prefect_expres.archive.address import Archive
from prefect_expres.archive.granule import Granule, PublishedSimulation
from prefect_expres.errors import ArchiveError, ArchiveMismatch, ServiceError, TransferError
from prefect_expres.execution import Listener, ignore
from prefect_expres.execution.events import StepTaken, Warned
from prefect_expres.execution.view import missing_for_analysis
from prefect_expres.storage import (
    StoredFile,
    path_in,
    require_writable,
    scratch_folder,
    write_model,
)
from prefect_expres.storage.copy import copy_whole
from prefect_expres.uws import DownloadClient, ResultRef, download, file_names

MANIFEST = "published.json"
LARGEST_FILE = 2 * 2**30
"""Bytes that a published file may have: sixty times a day of ExPRES."""
_KBYTE = 1000, 1024
"""What is meant by kbyte, which the standard leaves open."""
_ROUNDED = 1
_MEDIA_TYPE = "application/octet-stream"
"""What a file is whose row does not say; a page of HTML is none."""
_FAR_OFF = 2
"""An estimate may be rough, but a file is not twice as large, nor half."""


class PublishedFile(StoredFile):
    """A file that was brought home, and what of it was checked."""

    granule: Granule
    checked: tuple[str, ...] = ()


class BroughtHome(BaseModel):
    """A published simulation that was brought home: what, from where, when, and how checked."""

    model_config = ConfigDict(frozen=True)

    obs_id: str
    archive: Archive
    created: datetime
    package_version: str
    folder: str
    cdf: str
    files: tuple[PublishedFile, ...]

    def url_of(self, name: str) -> str:
        """Give the URL of a file in the folder."""
        return posixpath.join(self.folder, name)


async def bring_home(
    client: DownloadClient,
    archive: Archive,
    found: PublishedSimulation,
    output: str,
    tell: Listener = ignore,
) -> BroughtHome:
    """Fetch the files of a published simulation, and write the manifest.

    Args:
        client: The client of the archive.
        archive: The archive, for the manifest.
        found: The simulation.
        output: Path or fsspec URL under which it gets a folder of its own.
        tell: Is told which files do not come, and why.

    Raises:
        ArchiveError: There is no CDF file.
        ArchiveMismatch: The CDF file is not what its row says.
        TransferError: The CDF file did not arrive whole, or may not be fetched.
        ServiceError: The archive does not answer.
    """
    named = _named(found)
    folder = path_in(output, _safe(found.obs_id))
    size = sum(each.access_estsize for each in named.values() if each.access_estsize)
    await require_writable(folder, 1024 * size)
    files = []
    with scratch_folder() as scratch:
        for name, granule in named.items():
            try:
                file = await fetch_granule(client, granule, str(scratch), name, tell)
            except (TransferError, ServiceError, ArchiveMismatch) as fault:
                if granule.is_cdf:
                    raise
                await tell(Warned(f"The published file {name} is left out: {fault}"))
                continue
            kept = await copy_whole(file.url, folder, name, file.sha256)
            files.append(file.model_copy(update={"url": kept.url}))
    brought = BroughtHome(
        obs_id=found.obs_id,
        archive=archive,
        created=datetime.now(UTC),
        package_version=prefect_expres.__version__,
        folder=folder,
        cdf=files[0].name,
        files=tuple(files),
    )
    await write_model(folder, MANIFEST, brought)
    await tell(StepTaken("get", f"{len(files)} files of {found.obs_id} are in {folder}"))
    return brought


async def fetch_granule(
    client: DownloadClient, granule: Granule, folder: str, name: str, tell: Listener = ignore
) -> PublishedFile:
    """Fetch one file, and check it as far as its row allows.

    Args:
        client: The client of the archive.
        granule: The row of the file.
        folder: Path or fsspec URL of the folder.
        name: The file name.
        tell: Is told what cannot be checked.

    Raises:
        ArchiveMismatch: The file is not what its row says.
        TransferError: It did not arrive whole, or may not be fetched.
        ServiceError: The archive does not answer.
    """
    result = ResultRef(
        id=granule.granule_uid,
        href=granule.access_url,
        mime_type=granule.access_format or _MEDIA_TYPE,
        hash=granule.access_md5,
    )
    file = await download(client, result, folder, name=name, limit=LARGEST_FILE)
    checked = ["checksum"] if file.verified else []
    checked += _checked_size(granule, file.size)
    if granule.is_cdf:
        if missing := missing_for_analysis(("cdflib", "xarray")):
            await tell(Warned(f"{name} is not compared with the table: {missing}"))
        else:
            from prefect_expres.archive.agreement import (  # noqa: PLC0415 - heavy, and an extra
                compare_with_row,
            )

            checked += await asyncio.to_thread(compare_with_row, file.url, granule)
    return PublishedFile(**dict(file), granule=granule, checked=tuple(checked))


def _checked_size(granule: Granule, size: int) -> list[str]:
    """Compare a size with the estimate, which counts as checked only if it is right.

    Raises:
        ArchiveMismatch: It is far off.
    """
    stated = granule.access_estsize
    if stated is None or stated <= 0:
        return []
    least, most = (stated - _ROUNDED) * min(_KBYTE), (stated + _ROUNDED) * max(_KBYTE)
    if not least / _FAR_OFF <= size <= most * _FAR_OFF:
        msg = (
            f"{granule.access_url} has {size} bytes, but the table says {stated} kbyte; it is not "
            "kept. Tell those who publish it"
        )
        raise ArchiveMismatch(msg)
    return ["size"] if least <= size <= most else []


def _named(found: PublishedSimulation) -> dict[str, Granule]:
    """Give each file that can be fetched a safe name of its own; the CDF file is the first.

    Raises:
        ArchiveError: There is no CDF file.
    """
    if found.cdf is None:
        kinds = ", ".join(dict.fromkeys(each.name for each in found.granules))
        msg = f"{found.obs_id} has no CDF file with an address; the table has: {kinds}"
        raise ArchiveError(msg)
    with_address = (each for each in found.granules if each.access_url and each is not found.cdf)
    ordered = [found.cdf, *with_address]
    results = [ResultRef(id=each.name) for each in ordered]
    return dict(zip(file_names(results, taken=(MANIFEST,)), ordered, strict=True))


def _safe(obs_id: str) -> str:
    """Give a name for a folder."""
    return next(iter(file_names([ResultRef(id=obs_id)])))
