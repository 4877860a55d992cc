"""Take a published simulation in place of a new run, only if it is what was asked for.

The file is fetched into a scratch folder, and compared with the request as every result is
(`prefect_expres.execution.verification`). What a CDF file does not tell, as the law of the lead
angle and the plasma, is compared with the published configuration, if there is one. Only what
agrees in all of it comes into the folder of the simulation.
"""

import asyncio
import re
from collections.abc import Iterator
from pathlib import PurePosixPath
from types import TracebackType
from typing import Any, Self

from prefect_expres.archive.address import Archive
from prefect_expres.archive.adql import Sought
from prefect_expres.archive.client import ArchiveClient
from prefect_expres.archive.granule import ENGINE, PublishedSimulation
from prefect_expres.archive.home import fetch_granule
from prefect_expres.errors import (
    ArchiveError,
    ArchiveMismatch,
    ConfigurationError,
    ResultMismatch,
    ServiceError,
    TransferError,
)
from prefect_expres.execution import Listener, PublishedSource, Take, TakenResult, ignore
from prefect_expres.execution.events import StepTaken, Warned
from prefect_expres.execution.verification import times_of, verify
from prefect_expres.execution.view import missing_for_analysis
from prefect_expres.expres import Configuration, SimulationRequest
from prefect_expres.expres.differences import Difference, differences
from prefect_expres.expres.result_name import first_source, output_name
from prefect_expres.net.network import Network
from prefect_expres.storage import StoredFile, scratch_folder
from prefect_expres.storage.copy import copy_whole
from prefect_expres.uws import ResultRef, file_names

MOST_TRIED = 3
"""Published simulations that are fetched for one request."""
MOST_CONFIGURATION = 2**20
AT_ONCE = 4
_MOST_FAULTS = 2
_MOST_TOLD = 4
_ANGLES = (".PHASE", ".INIT_AX")
"""Where a body is at the start, which each ephemeris says a little differently."""
_DEGREES = 0.2
_NEEDED = frozenset({"sources", "observer and planet"})
"""What a file must tell of itself to be taken; times and frequencies every file tells."""
_POSITION = "position of the observer"
_PLACE = ("TYPE", "PARENT", "SC")
_ORBIT = ("SEMI_MAJ", "SEMI_MIN", "SUBL", "DECL", "PHASE", "INCL")
_NEEDS = ("cdflib", "xarray")
_NAME_FREE = re.compile(r"_\d{8}(_v\d+(-[0-9a-f]{12})?)?$|_rx(?=_)", re.IGNORECASE)
"""What of a name is compared elsewhere, or is missing in older ones."""


def take_from(archive: Archive, network: Network, tell: Listener = ignore) -> Take:
    """Give what takes single simulations from an archive; see `ArchiveReuse`.

    Raises:
        ArchiveError: When it takes one: the extra ``archive`` is not installed.
    """

    async def take(request: SimulationRequest, folder: str) -> TakenResult | None:
        async with ArchiveReuse(archive, network, tell) as reuse:
            return await reuse.take(request, folder)

    return take


class ArchiveReuse:
    """Looks in an archive for what flows would run; use it as an asynchronous context manager.

    An archive that does not answer is asked once more with the next simulation, and then no more.

    Args:
        archive: The archive.
        network: The way out of the network; None for that of the environment.
        tell: Is told what is taken, and what is not, and why.
    """

    def __init__(
        self, archive: Archive, network: Network | None = None, tell: Listener = ignore
    ) -> None:
        self._client = ArchiveClient(archive, network, attempts=2)
        self._archive = archive
        self._tell = tell
        self._faults = 0
        self._limit = asyncio.Semaphore(AT_ONCE)

    async def __aenter__(self) -> Self:
        """Enter a block that closes the connections at its end."""
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the connections."""
        await self._client.http.aclose()

    async def take(self, request: SimulationRequest, folder: str) -> TakenResult | None:
        """Take a published simulation into a folder if it equals a request.

        Args:
            request: The simulation that is asked for.
            folder: Path or fsspec URL of its folder.

        Returns:
            The published result; None if there is none that is equal, or the archive cannot be
            asked: then a warning says so, and the simulation is to be run.
        """
        async with self._limit:
            if self._faults >= _MOST_FAULTS:
                return None
            try:
                return await self._taken(request, folder)
            except (ArchiveError, ServiceError) as fault:
                self._faults += 1
                await self._tell(Warned(f"The archive is not used, and it is run: {fault}"))
                return None

    async def _taken(self, request: SimulationRequest, folder: str) -> TakenResult | None:
        if missing := missing_for_analysis(_NEEDS):
            await self._tell(Warned(f"Published simulations cannot be compared: {missing}"))
            return None
        candidates = await self._candidates(request)
        for candidate in candidates[:MOST_TRIED]:
            try:
                return await self._compared(request, candidate, folder)
            except (ArchiveMismatch, ResultMismatch, _Unlike, TransferError) as fault:
                msg = f"The published {candidate.obs_id} is not taken: {_words(fault)}"
                await self._tell(StepTaken("archive", msg))
        where = f"{self._archive.table} of {self._archive.url}"
        msg = f"{where} has no equal simulation ({len(candidates)} candidates), so it is run"
        await self._tell(StepTaken("archive", msg))
        return None

    async def _candidates(self, request: SimulationRequest) -> list[PublishedSimulation]:
        """Find what may be the simulation by its times and its name, the likeliest first."""
        times = times_of(request)
        if times is None or times.start is None:
            return []
        assert times.stop is not None
        model = request.configuration
        moon = first_source(model).sat
        sought = Sought(
            times.start.date(),
            times.stop.date(),
            observer=model.observer.sc or "Earth",
            moon=moon or None,
        )
        found = await self._client.search(sought)
        wanted = _NAME_FREE.sub("", output_name(model, times.start))
        likely = [each for each in found.simulations if _may_be(each, wanted)]
        return sorted(likely, key=lambda each: each.shown.fingerprint != request.fingerprint)

    async def _compared(
        self, request: SimulationRequest, candidate: PublishedSimulation, folder: str
    ) -> TakenResult:
        """Fetch a candidate, compare it, and only then put it into the folder.

        Raises:
            ArchiveMismatch: It is not what its row says.
            ResultMismatch: It is not what is asked for.
            TransferError: It did not arrive whole, or may not be fetched.
        """
        granule = candidate.cdf
        assert granule is not None
        address = str(granule.access_url)
        same = await self._same_configuration(request, candidate)
        name = next(iter(file_names([ResultRef(id=f"{PurePosixPath(granule.name).stem}.cdf")])))
        with scratch_folder() as scratch:
            file = await fetch_granule(self._client, granule, str(scratch), name, self._tell)
            compared = await asyncio.to_thread(verify, request, file.url, address)
            if silent := sorted(_needed(request, same).difference(compared)):
                raise _Unlike(f"its file does not tell {', '.join(silent)}")
            kept = await copy_whole(file.url, folder, name, file.sha256)
        msg = f"Taken from {address} in place of a run: {', '.join((*compared, *same))} are equal"
        await self._tell(StepTaken("archive", msg))
        source = PublishedSource(
            archive=self._archive.url,
            table=self._archive.table,
            obs_id=candidate.obs_id,
            granule_uid=granule.granule_uid,
            access_url=address,
            checked=file.checked,
        )
        stored = StoredFile(**file.model_dump() | {"url": kept.url})
        return TakenResult(source, [stored], (*compared, *same))

    async def _same_configuration(
        self, request: SimulationRequest, candidate: PublishedSimulation
    ) -> tuple[str, ...]:
        """Compare the published configuration with that of the request, if there is one."""
        files = (each for each in candidate.granules if each.is_configuration and each.access_url)
        granule = next(files, None)
        if granule is None:
            return ()
        content = await self._client.http.read(str(granule.access_url), limit=MOST_CONFIGURATION)
        try:
            published = Configuration.parse(content)
        except ConfigurationError as fault:
            raise _Unlike(f"its configuration cannot be read: {fault.args[0]}") from None
        found = list(unlike_physics(published, request.configuration))
        if found:
            raise _Unlike("; ".join(map(str, found[:_MOST_TOLD])))
        return ("configuration",)


class _Unlike(Exception):
    """A published simulation is not what is asked for; the message says in what."""


def unlike_physics(published: Configuration, asked: Configuration) -> Iterator[Difference]:
    """Give the differences that decide what is computed, and that a CDF file does not tell.

    Times and frequencies are in the file.
    """
    for each in differences(_physics(published), _physics(asked)):
        if not (each.path.endswith(_ANGLES) and _is_same_angle(each.before, each.after)):
            yield each


def _is_same_angle(one: object, other: object) -> bool:
    """Compare positions at the start; one that ExPRES finds itself may be any other."""
    if isinstance(one, str) or isinstance(other, str):
        return True
    if not isinstance(one, int | float) or not isinstance(other, int | float):
        return False
    return abs((one - other + 180) % 360 - 180) <= _DEGREES


def _physics(model: Configuration) -> dict[str, Any]:
    content = model.content()
    bodies = [body for body in content["BODY"] if body["ON"]]
    sources = [
        {key: value for key, value in source.items() if key != "NAME"}
        for source in content["SOURCE"]
        if source["ON"]
    ]
    place = {key: content["OBSERVER"][key] for key in (*_PLACE, *_placed_by(model))}
    flags = content["SPDYN"]["CDF"]
    return {"OBSERVER": place, "BODY": bodies, "SOURCE": sources, "SPDYN": {"CDF": flags}}


def _placed_by(model: Configuration) -> tuple[str, ...]:
    """Give the keys that say where the observer is; for some it is an ephemeris that says it."""
    fixed = ("FIXE_DIST", "FIXE_SUBL", "FIXE_DECL")
    return {"Fixed": fixed, "Orbiter": _ORBIT}.get(model.observer.type, ())


def _needed(request: SimulationRequest, same: tuple[str, ...]) -> frozenset[str]:
    """Say what a file must tell: where its observer is, if neither name nor configuration do."""
    placed = _placed_by(request.configuration) and not same
    return _NEEDED | {_POSITION} if placed or request.ephemeris is not None else _NEEDED


def _may_be(found: PublishedSimulation, wanted: str) -> bool:
    """Say whether a simulation has a CDF file of ExPRES, and not the name of another model."""
    if found.cdf is None or found.cdf.instrument_name == ENGINE:
        return False
    name = found.cdf.expres_name
    return name is None or _NAME_FREE.sub("", name.lower()) == wanted


def _words(fault: Exception) -> str:
    """Give the differences of a mismatch on one line."""
    told = fault.differences if isinstance(fault, ResultMismatch) else ()
    return "; ".join(told) or " ".join(str(fault).split())
