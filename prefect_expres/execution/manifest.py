"""What a simulation leaves: its manifest beside the files, and the result that a flow returns."""

import posixpath
from collections.abc import Iterable
from datetime import datetime
from pathlib import PurePosixPath

from pydantic import BaseModel, ConfigDict

from prefect_expres.analysis.windows import Window
from prefect_expres.errors import UnsafeName
from prefect_expres.execution.published import PublishedSource
from prefect_expres.expres import SimulationRequest
from prefect_expres.storage import StoredFile, read_model, write_model, write_whole
from prefect_expres.uws.filenames import safe_name

MANIFEST = "manifest.json"
QUICKLOOK_END, CALENDAR_END, CATALOGUE_END = ".png", ".ics", ".tfcat.json"
"""The names of what is made from a result: the result's name with these in place of its end."""


class PhaseTime(BaseModel):
    """When a phase was first seen: seconds after the job was started."""

    model_config = ConfigDict(frozen=True)

    phase: str
    seconds: float


class Manifest(BaseModel):
    """What was run, with what, where and when, and the hash of every file.

    ``inputs`` are the names of the files that the job was given. ``compared`` tells what the CDF
    file showed to be as it was asked for, as ``time`` and ``sources``; where the file is silent,
    nothing is claimed. ``windows`` is None if the results were not analysed. If no job was run,
    ``published`` tells where the simulation was taken from, and ``job_url`` is the address of its
    file.
    """

    model_config = ConfigDict(frozen=True)

    label: str
    fingerprint: str
    branch: str
    run_id: str
    job_url: str
    owner: str | None
    created: datetime
    execution_duration: int
    package_version: str
    phases: tuple[PhaseTime, ...]
    files: tuple[StoredFile, ...]
    inputs: tuple[str, ...] = ()
    cdf: str
    compared: tuple[str, ...] = ()
    windows: tuple[Window, ...] | None = None
    published: PublishedSource | None = None


class SimulationResult(Manifest):
    """A finished simulation.

    ``folder`` is the URL of its files, ``found`` says that it was there already. ``cdf``,
    ``quicklook``, ``calendar`` and ``catalogue`` are names in the folder, the last three None if
    the results were not analysed; `url_of` gives their URLs.
    """

    folder: str
    found: bool

    def url_of(self, name: str) -> str:
        """Give the URL of a file in the folder."""
        return posixpath.join(self.folder, name)

    def check_of(self, file: StoredFile) -> str:
        """Say how far a file was checked, and where it is from if it is not the service's."""
        if file.verified:
            return "service's hash verified"
        if file.name in {self.quicklook, self.calendar, self.catalogue}:
            return "own file"
        return "input" if file.name in self.inputs else "no hash from the service"

    @property
    def quicklook(self) -> str | None:
        """The picture of the simulation."""
        return self._made(QUICKLOOK_END)

    @property
    def calendar(self) -> str | None:
        """The windows of visible emission as iCalendar."""
        return self._made(CALENDAR_END)

    @property
    def catalogue(self) -> str | None:
        """The arcs of visible emission as TFCat."""
        return self._made(CATALOGUE_END)

    def _made(self, end: str) -> str | None:
        name = f"{PurePosixPath(self.cdf).stem}{end}"
        return next((file.name for file in self.files if file.name == name), None)

    @property
    def manifest_url(self) -> str:
        """The URL of the manifest."""
        return self.url_of(MANIFEST)


async def keep_inputs(request: SimulationRequest, folder: str) -> list[StoredFile]:
    """Write the configuration and the ephemeris beside the results."""
    files = [await write_whole(folder, request.configuration_name, request.configuration.to_json())]
    if request.ephemeris is not None:
        files.append(await write_whole(folder, request.ephemeris_name, request.ephemeris))
    return files


async def keep_manifest(folder: str, manifest: Manifest) -> SimulationResult:
    """Write the manifest, the last file of a simulation; with it the simulation is complete."""
    await write_model(folder, MANIFEST, manifest)
    return SimulationResult(**manifest.model_dump(), folder=folder, found=False)


def read_manifest(folder: str) -> Manifest | None:
    """Read the manifest in a folder; None if there is none, or it is not what is written here."""
    manifest = read_model(folder, MANIFEST, Manifest)
    try:
        return manifest if manifest and _is_possible(manifest) else None
    except UnsafeName:
        return None


def _is_possible(manifest: Manifest) -> bool:
    """Say whether files are named, each once, and the CDF file is among them.

    Raises:
        UnsafeName: A name leads elsewhere.
    """
    names = [file.name for file in manifest.files]
    once = len({safe_name(name).casefold() for name in names}) == len(names)
    return once and manifest.cdf in names and is_cdf(manifest.cdf)


def cdf_of(results: Iterable[StoredFile]) -> StoredFile:
    """Give the CDF file among downloaded results."""
    return next(file for file in results if is_cdf(file.name))


def is_cdf(name: str) -> bool:
    """Tell a CDF file by its name."""
    return name.lower().endswith(".cdf")
