"""Publish simulations: their files in the tree of the MASER repository, and the table of all.

The files come first, each whole or absent and never changed afterwards under its name; then the
table, in a folder of its own, which becomes the latest in one step
(`prefect_expres.storage.publish`). So the table never names a file that is not there. Rows of
earlier publications stay.
"""

import asyncio
import hashlib
import posixpath
import re
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

import prefect_expres
from prefect_expres.archive.columns import Row
from prefect_expres.archive.descriptor import descriptor_of
from prefect_expres.archive.extra import TO_PUBLISH, require
from prefect_expres.archive.granule import ENGINE
from prefect_expres.archive.publication import Publication, Published
from prefect_expres.archive.table import parquet_of, rows_in, votable_of
from prefect_expres.archive.tree import place, stem_of
from prefect_expres.errors import ArchiveError
from prefect_expres.execution import Listener, SimulationResult, find_verified, ignore
from prefect_expres.execution.events import StepTaken, Warned
from prefect_expres.execution.manifest import MANIFEST, read_manifest
from prefect_expres.expres import Configuration
from prefect_expres.storage import as_json, is_file, names_in, path_in, read_whole
from prefect_expres.storage.publish import LATEST, prune, publish, read_published, set_name

TABLES = "epn_core"
"""The folder of the tables, below that of the publication."""
VOTABLE, PARQUET, DESCRIPTOR, INDEX = "epn_core.vot", "epn_core.parquet", "q.rd", "published.json"
_UNSAFE = re.compile(r"[^a-z0-9]+")
_KEPT = 14
"""Tables that stay."""
_CLASH = 12
"""Digits of a fingerprint, in the name of a simulation whose name another one has."""


async def publish_simulations(
    folders: Iterable[str | Path], publication: Publication, tell: Listener = ignore
) -> Published:
    """Publish complete simulations; those that are published already stay as they are.

    Only one may publish into a folder at a time.

    Args:
        folders: Paths or fsspec URLs of the simulations' folders, from `simulation_folders`.
        publication: Where and by whom they are published.
        tell: Is told what was published, and what was left out, and why.

    Returns:
        What is published now.

    Raises:
        ArchiveError: An extra is missing, or the earlier table cannot be read.
        StorageError: A file cannot be read or written.
    """
    require(TO_PUBLISH)
    made = datetime.now(UTC).replace(microsecond=0)
    rows = {row["granule_uid"]: row for row in await _known_rows(publication)}
    new, left_out = [], []
    for folder in map(str, folders):
        try:
            result = await _complete(folder)
            fresh = await _published(result, publication, rows.values(), made)
        except ArchiveError as fault:
            left_out.append(f"{folder}: {fault}")
            await tell(Warned(f"{folder} is not published: {fault}"))
            continue
        new.append(fresh[0]["obs_id"])
        rows |= {
            row["granule_uid"]: _kept_dates(row, rows.get(row["granule_uid"])) for row in fresh
        }
        if fresh[0]["instrument_name"] == ENGINE:
            await tell(Warned(f"{folder} was computed by a sandbox; the table says: {ENGINE}"))
        await tell(StepTaken("publish", f"{fresh[0]['obs_id']}, {len(fresh)} files"))
    ordered = [rows[uid] for uid in sorted(rows)]
    return await _publish_table(ordered, publication, made, tuple(new), tuple(left_out), tell)


def simulation_folders(output: str | Path) -> list[str]:
    """Find the folders of simulations: the output itself, or those in it, by their manifests.

    Args:
        output: Path or fsspec URL of a simulation's folder, or of the output of runs.

    Raises:
        StorageError: It cannot be looked at.
    """
    if _is_complete(str(output)):
        return [str(output)]
    inner = (path_in(str(output), name) for name in names_in(str(output)))
    return list(filter(_is_complete, inner))


def _is_complete(folder: str) -> bool:
    return is_file(posixpath.join(folder, MANIFEST))


async def _complete(folder: str) -> SimulationResult:
    """Read a simulation, and check it as if it were found for a run.

    Raises:
        ArchiveError: It is not complete, not verified, or not our own.
    """
    manifest = await asyncio.to_thread(read_manifest, folder)
    if manifest is None:
        msg = "there is no manifest of a complete simulation; run it to its end"
        raise ArchiveError(msg)
    if manifest.published is not None:
        msg = f"it was taken from {manifest.published.archive}, where it is published already"
        raise ArchiveError(msg)
    found = await find_verified(folder, manifest.fingerprint)
    if found is None:
        msg = "its files are not what its manifest says; run it again"
        raise ArchiveError(msg)
    return found


async def _published(
    result: SimulationResult, publication: Publication, known: Iterable[Row], made: datetime
) -> list[Row]:
    """Copy the files of a simulation into the tree, and give their rows."""
    from prefect_expres.archive.rows import (  # noqa: PLC0415 - heavy, and an extra
        read_facts,
        rows_of,
    )

    configuration = result.url_of(f"{result.label}.json")
    model = Configuration.parse(await asyncio.to_thread(read_whole, configuration))
    facts = await asyncio.to_thread(read_facts, result, model)
    stem = _free_stem(result, known)
    observer = facts.common["instrument_host_name"].lower()
    folder = f"{_UNSAFE.sub('-', observer)}/{facts.start:%Y/%m}"
    files, thumbnail = await place(result, publication.folder, folder, stem)
    return rows_of(result, facts, files, thumbnail, publication, made)


def _free_stem(result: SimulationResult, known: Iterable[Row]) -> str:
    """Give the simulation's name; if another one has it, with digits of the fingerprint.

    ExPRES' names do not tell all that decides a simulation, as the law of the lead angle.
    """
    stem = stem_of(result)
    taken = {row["obs_id"]: row["fingerprint"] for row in known}
    if taken.get(stem, result.fingerprint) == result.fingerprint:
        return stem
    return f"{stem}-{result.fingerprint[:_CLASH]}"


def _kept_dates(row: Row, before: Row | None) -> Row:
    """Keep the dates of a row that was there, unless its file has changed."""
    if before is None:
        return row
    dates = {name: before[name] for name in ("creation_date", "release_date")}
    if before["file_sha256"] == row["file_sha256"]:
        dates["modification_date"] = before["modification_date"]
    return row | dates


async def _publish_table(
    rows: list[Row],
    publication: Publication,
    made: datetime,
    new: tuple[str, ...],
    left_out: tuple[str, ...],
    tell: Listener,
) -> Published:
    root, name = path_in(publication.folder, TABLES), set_name(made)
    contents = {
        VOTABLE: await asyncio.to_thread(votable_of, rows, publication, made),
        PARQUET: await asyncio.to_thread(parquet_of, rows),
        DESCRIPTOR: descriptor_of(publication, made, VOTABLE),
    }
    published = Published(
        publication=publication,
        made=made,
        package_version=prefect_expres.__version__,
        table=name,
        rows=len(rows),
        simulations=len({row["obs_id"] for row in rows}),
        new=new,
        left_out=left_out,
        files={each: hashlib.sha256(content).hexdigest() for each, content in contents.items()},
    )
    contents[INDEX] = as_json(published)
    await publish(root, name, contents, INDEX)
    await prune(root, name, _KEPT)
    msg = f"{len(rows)} rows of {published.simulations} simulations are in {root}/{LATEST}"
    await tell(StepTaken("publish", msg))
    return published


async def _known_rows(publication: Publication) -> list[Row]:
    """Read the rows of the latest table; if the address has changed, so have theirs.

    Raises:
        ArchiveError: There is a table that cannot be read.
    """
    root = path_in(publication.folder, TABLES)
    index = await read_published(root, f"{LATEST}/{INDEX}")
    if index is None:
        return []
    try:
        before = Published.model_validate_json(index)
        parquet = await read_published(root, f"{before.table}/{PARQUET}")
        rows = await asyncio.to_thread(rows_in, parquet or b"")
    except (ValueError, OSError) as fault:
        msg = (
            f"The table of {root} cannot be read ({str(fault).splitlines()[0]}), so that its rows "
            "would be lost. Restore it from one of the sets beside it, or publish elsewhere"
        )
        raise ArchiveError(msg) from None
    return [_at(row, before.publication.url, publication) for row in rows]


def _at(row: Row, before: str, publication: Publication) -> Row:
    """Give a row with the address that the folder has now."""
    moved = {
        name: publication.url + row[name].removeprefix(before)
        for name in ("access_url", "thumbnail_url", "configuration_url")
        if row.get(name)
    }
    return row | moved | {"service_title": publication.schema_name}
