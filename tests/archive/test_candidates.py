"""Which published simulations are looked at in place of a run, and how many."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from starlette.responses import Response

from prefect_expres.archive import Archive, ArchiveReuse
from prefect_expres.expres import SimulationRequest
from prefect_expres.expres.result_name import output_name
from tests.archive.test_reuse import put, request_for, take
from tests.support.fitting import fitting
from tests.support.listening import Told
from tests.support.tap_server import TapService

ELSEWHERE = {"OBSERVER__FIXE_SUBL": 77.0}


async def test_three_candidates_are_looked_at(
    tap: TapService, archive: Archive, configuration: dict[str, Any], tmp_path: Path
) -> None:
    """What is unlike in three of them is hardly equal in the fourth."""
    tap.repeat(75)
    told = Told()
    assert await take(archive, request_for(configuration, **ELSEWHERE), tmp_path, told) is None
    *reasons, end = told.steps("archive")
    assert len(reasons) == 3
    assert all(line.startswith("The published sim-00000") for line in reasons)
    assert end.endswith("has no equal simulation (5 candidates), so it is run")


async def test_four_differences_are_told(
    tap: TapService, archive: Archive, configuration: dict[str, Any], tmp_path: Path
) -> None:
    """More of them say no more."""
    changes = {"BODY__FLAT": 0.05, "BODY__ORB_PER": 7.0, "SOURCE__WIDTH": 1.5, **ELSEWHERE}
    told = Told()
    request = request_for(configuration, **changes, SOURCE__LAG_MODEL="hue2023")
    assert await take(archive, request, tmp_path, told) is None
    reason, _ = told.steps("archive")
    assert reason.count(";") == 3


@pytest.mark.parametrize("silent", ["sources", "observer and planet"])
async def test_what_a_file_must_tell(
    tap: TapService,
    archive: Archive,
    configuration: dict[str, Any],
    tmp_path: Path,
    silent: str,
) -> None:
    """Else nobody knows that it is the simulation that is asked for."""
    aurora = {"SOURCE__TYPE": "fixed in latitude", "SOURCE__SAT": "", "SOURCE__LAT": 70.0}
    request = request_for(configuration, **aurora, SOURCE__LG_MIN=30.0, SOURCE__LG_MAX=30.0)
    model = request.configuration
    words = {"Data_type": [" "]} if silent != "sources" else {}
    result = fitting(model, words=words)
    west = float(configuration["OBSERVER"]["FIXE_SUBL"])
    values = {"CML": np.full(result.visible.shape[0], west, dtype=np.float32)}
    result = replace(result, flags=(*result.flags, "CML"), values=values)
    if silent == "sources":
        sides = (label.rpartition(" ")[2] for label in result.labels)
        result = replace(result, labels=[f"aurora {side}" for side in sides])
    put(tap, result)
    name = {"file_name": f"{output_name(model)}.cdf", "granule_uid": "g", "target_name": "Jupiter"}
    tap.change(lambda row: row | name if row["granule_gid"] == "spectrum" else row)
    told = Told()
    assert await take(archive, request, tmp_path, told) is None
    assert told.steps("archive")[0].endswith(f"is not taken: its file does not tell {silent}")


async def test_what_has_no_known_times_is_not_sought(
    tap: TapService, archive: Archive, configuration: dict[str, Any], tmp_path: Path
) -> None:
    """Neither by its configuration nor by its ephemeris."""
    known = request_for(configuration)
    dateless = known.configuration.model_copy(
        update={"observer": known.configuration.observer.model_copy(update={"sctime": "0"})}
    )
    for configured, ephemeris in ((known.configuration, b"no track"), (dateless, None)):
        request = SimulationRequest(
            configuration=configured, ephemeris=ephemeris, branch=known.branch, label=known.label
        )
        told = Told()
        assert await take(archive, request, tmp_path, told) is None
        assert told.steps("archive")[0].endswith("(0 candidates), so it is run")
    assert tap.queries == []


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"{}", "its configuration cannot be read: "), (None, "The archive is not used, and it is")],
    ids=["no configuration", "gone"],
)
async def test_a_configuration_that_cannot_be_compared(
    tap: TapService,
    archive: Archive,
    configuration: dict[str, Any],
    tmp_path: Path,
    content: bytes | None,
    words: str,
) -> None:
    """Nothing is taken that may be another simulation."""
    if content is not None:
        (tap.root / "other.json").write_bytes(content)
    name = "other.json" if content is not None else "gone.json"
    said = {"access_url": f"{tap.files}/{name}"}
    tap.change(lambda row: row | said if row["granule_gid"] == "configuration" else row)
    told = Told()
    assert await take(archive, request_for(configuration), tmp_path, told) is None
    assert any(words in line for line in (*told.steps("archive"), *told.warnings))


async def test_a_large_configuration_is_not_read(
    tap: TapService, archive: Archive, configuration: dict[str, Any], tmp_path: Path
) -> None:
    """A mebibyte is enough for any."""
    content = request_for(configuration).configuration.content()
    whole = json.dumps(content).encode()
    for size, taken in ((2**20, True), (2**20 + 1, False)):
        (tap.root / "large.json").write_bytes(whole.ljust(size))
        said = {"access_url": f"{tap.files}/large.json"}
        tap.change(
            lambda row, said=said: row | said if row["granule_gid"] == "configuration" else row
        )
        folder = tmp_path / str(size)
        found = await take(archive, request_for(configuration), folder, Told())
        assert (found is not None) == taken


async def test_an_archive_is_asked_again_once(
    tap: TapService, archive: Archive, configuration: dict[str, Any], tmp_path: Path
) -> None:
    """A run need not wait for it for long."""
    tap.answer = lambda _: Response("closed", 503, {"Retry-After": "0"})
    told = Told()
    async with ArchiveReuse(archive, tell=told) as reuse:
        assert await reuse.take(request_for(configuration), str(tmp_path)) is None
    assert len(tap.queries) == 2
    assert told.warnings[0].startswith("The archive is not used, and it is run: ")


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"spectral_range_max": 1e9}, "is not what the table says of it"),
        ({"access_md5": "0" * 32}, "what the service announces is wrong"),
    ],
    ids=["other row", "other bytes"],
)
async def test_the_next_one_is_looked_at_if_one_is_wrong(
    tap: TapService,
    archive: Archive,
    configuration: dict[str, Any],
    tmp_path: Path,
    facts: dict[str, Any],
    words: str,
) -> None:
    """It says nothing about the others."""
    tap.repeat(30)
    tap.change(lambda row: row | facts if row["obs_id"] == "sim-000000" else row)
    told = Told()
    taken = await take(archive, request_for(configuration), tmp_path, told)
    assert taken is not None
    assert taken.source.obs_id == "sim-000001"
    assert told.steps("archive")[0].startswith("The published sim-000000 is not taken: ")
    assert words in told.steps("archive")[0]
    assert told.warnings == []
