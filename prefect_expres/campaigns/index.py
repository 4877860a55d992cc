"""What a campaign leaves at its output: an index, a manifest, and one catalogue of all windows."""

import asyncio
import io
import json
import posixpath
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from importlib.util import find_spec
from typing import Any

from pydantic import BaseModel, ConfigDict

import prefect_expres
from prefect_expres.campaigns.journal import Journal, Row, campaigns_under_way
from prefect_expres.campaigns.plan import FilesPlan, RoutinePlan
from prefect_expres.storage import (
    StoredFile,
    path_in,
    read_model,
    read_whole,
    write_model,
    write_whole,
)

INDEX, MANIFEST, CATALOGUE = "index.parquet", "index.json", "catalogue.tfcat.json"
_SIMULATION_FIELD = {"info": "The simulation", "datatype": "str", "ucd": "meta.id"}


class CampaignFacts(BaseModel):
    """What was run, and how.

    Attributes:
        campaign: The campaign's id.
        plan: The plan.
        service: Address of the service.
        branch: The ExPRES git branch.
        simulations: How many the plan has.
        wall_seconds: How long the campaign took.
        list_requests: How often the job list was read.
    """

    model_config = ConfigDict(frozen=True)

    campaign: str
    plan: RoutinePlan | FilesPlan
    service: str
    branch: str
    simulations: int
    wall_seconds: float
    list_requests: int


class CampaignManifest(CampaignFacts):
    """What was run and what came of it.

    Attributes:
        created: When the campaign ended, UTC.
        package_version: The version of this package.
        completed: How many were run now.
        published: How many were taken from an archive now.
        found: How many were there already.
        empty: How many were not sent, since their preview shows no emission.
        failed: How many failed.
        service_seconds: How long its jobs were executing, in sum.
        bytes: Size of all files of complete simulations.
        files: The index and the catalogue; none if the analysis extra is not installed.
        failures: The rows of those that failed.
    """

    created: datetime
    package_version: str
    completed: int
    found: int
    published: int = 0
    empty: int = 0
    failed: int
    service_seconds: float
    bytes: int
    files: tuple[StoredFile, ...]
    failures: tuple[Row, ...]


class CampaignResult(CampaignManifest):
    """A campaign that has ended.

    ``output`` is the URL of all that it left, ``rows`` tell what became of each simulation, in
    the order of the plan.
    """

    output: str
    rows: tuple[Row, ...]

    @property
    def not_begun(self) -> int:
        """How many simulations were left, since too many had failed."""
        return self.simulations - len(self.rows)

    @property
    def index(self) -> str | None:
        """URL of the table of all simulations (Parquet)."""
        return self._url_of(INDEX)

    @property
    def catalogue(self) -> str | None:
        """URL of the catalogue of all arcs of visible emission (TFCat)."""
        return self._url_of(CATALOGUE)

    @property
    def manifest(self) -> str:
        """URL of the manifest."""
        return path_in(self.output, MANIFEST)

    def _url_of(self, name: str) -> str | None:
        return next((file.url for file in self.files if file.name == name), None)


async def keep_index(
    output: str,
    rows: Mapping[int, Row],
    facts: CampaignFacts,
) -> CampaignResult:
    """Write index, catalogue and manifest; the manifest comes last, each file whole.

    Args:
        output: Path or fsspec URL of the campaign's output.
        rows: What became of each simulation, by its number in the plan.
        facts: What was run, and how.

    Raises:
        StorageError: A catalogue cannot be read, or a file not be written.
    """
    ordered = tuple(rows[number] for number in sorted(rows))
    files = []
    if find_spec("pyarrow") is not None:
        table = await asyncio.to_thread(_table, ordered)
        files.append(await write_whole(output, INDEX, table))
    if any(row.catalogue for row in ordered):
        merged = await asyncio.to_thread(_merged, ordered)
        files.append(await write_whole(output, CATALOGUE, merged))
    states = [row.state for row in ordered]
    manifest = CampaignManifest(
        **dict(facts),
        created=datetime.now(UTC),
        package_version=prefect_expres.__version__,
        completed=states.count("completed"),
        found=states.count("found"),
        published=states.count("published"),
        empty=states.count("empty"),
        failed=states.count("failed"),
        service_seconds=round(
            sum(row.run_seconds or 0.0 for row in ordered if row.state == "completed"), 3
        ),
        bytes=sum(row.bytes for row in ordered),
        files=tuple(files),
        failures=tuple(row for row in ordered if row.state == "failed"),
    )
    await write_model(output, MANIFEST, manifest)
    return CampaignResult(**dict(manifest), output=output, rows=ordered)


async def found_at(
    output: str,
) -> tuple[CampaignManifest | None, dict[str, tuple[Row, ...]]]:
    """Find what campaigns have left at an output.

    Args:
        output: Path or fsspec URL.

    Returns:
        The manifest of the last one that ended, and the rows of each that has not.
    """
    ended = await asyncio.to_thread(read_model, output, MANIFEST, CampaignManifest)
    under_way = {}
    for campaign in await asyncio.to_thread(campaigns_under_way, output):
        rows = await Journal(output, campaign).refresh()
        under_way[campaign] = tuple(rows[number] for number in sorted(rows))
    return ended, under_way


def _table(rows: Iterable[Row]) -> bytes:
    import pyarrow as pa  # noqa: PLC0415 - an extra
    import pyarrow.parquet as pq  # noqa: PLC0415 - an extra

    kinds = {int: pa.int64(), float: pa.float64()}
    numbers = {"number": int, "bytes": int, "windows": int, "run_seconds": float}
    schema = pa.schema(
        [(name, kinds.get(numbers.get(name, str), pa.string())) for name in Row.model_fields]
    )
    content = io.BytesIO()
    pq.write_table(pa.Table.from_pylist([row.model_dump() for row in rows], schema), content)
    return content.getvalue()


def _merged(rows: Iterable[Row]) -> bytes:
    """Put the catalogues of all simulations into one; a feature tells its simulation."""
    whole: dict[str, Any] = {}
    observers: dict[str, None] = {}
    simulations: dict[str, None] = {}
    for row, collection in _catalogues(rows):
        whole = whole or {**collection, "features": []}
        observers[collection["crs"]["properties"]["ref_position_id"]] = None
        simulations |= dict.fromkeys(collection["properties"]["simulations"])
        whole["features"] += [_of_simulation(row, each) for each in collection["features"]]
    whole["fields"] = {"simulation": _SIMULATION_FIELD, **whole["fields"]}
    whole["properties"] |= {"simulations": list(simulations)}
    whole["crs"]["properties"]["ref_position_id"] = ", ".join(observers)
    return json.dumps(whole, indent=1).encode()


def _catalogues(rows: Iterable[Row]) -> Iterator[tuple[Row, dict[str, Any]]]:
    for row in rows:
        if row.catalogue and row.folder:
            yield row, json.loads(read_whole(posixpath.join(row.folder, row.catalogue)))


def _of_simulation(row: Row, feature: dict[str, Any]) -> dict[str, Any]:
    """Tell a feature's simulation; the same arc in several models has several names."""
    return {
        **feature,
        "id": f"{row.label}/{feature['id']}",
        "properties": {"simulation": row.label, **feature["properties"]},
    }
