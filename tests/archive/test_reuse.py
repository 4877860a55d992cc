"""A published simulation stands in for a run only if it equals what was asked for."""

import json
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from prefect_expres.archive import Archive, ArchiveReuse
from prefect_expres.ephemeris import read_track
from prefect_expres.execution import TakenResult
from prefect_expres.expres import Configuration, SimulationRequest
from prefect_expres.expres.result_name import output_name
from tests.support.complete import on_days
from tests.support.fitting import fitting, written
from tests.support.listening import Told
from tests.support.result_files import Result
from tests.support.tap_server import TapService, votable_error


def request_for(content: dict[str, Any], **changes: Any) -> SimulationRequest:
    """Ask for the first day, with other values by their path."""
    (asked,) = on_days(content, ["20180913"])
    model = Configuration.from_mapping(asked)
    content = model.content()
    for path, value in changes.items():
        section, _, key = path.partition("__")
        nodes = content[section] if isinstance(content[section], list) else [content[section]]
        for node in nodes:
            node[key] = value
    return SimulationRequest.build(Configuration.from_mapping(content))


async def take(
    archive: Archive, request: SimulationRequest, folder: Path, told: Told
) -> TakenResult | None:
    """Take what is equal."""
    async with ArchiveReuse(archive, tell=told) as reuse:
        return await reuse.take(request, str(folder))


async def test_an_equal_simulation_is_taken(
    tap: TapService, archive: Archive, configuration: dict[str, Any], tmp_path: Path
) -> None:
    """It is in the folder, and where it is from and what was compared is told."""
    told = Told()
    taken = await take(archive, request_for(configuration), tmp_path, told)
    assert taken is not None
    (file,) = taken.files
    assert (tmp_path / file.name).stat().st_size == file.size
    assert file.url == f"file://{tmp_path / file.name}"
    assert {"time", "frequency", "sources", "energy", "configuration"} <= set(taken.compared)
    assert taken.source.archive == tap.url
    assert taken.source.access_url.startswith(tap.files)
    assert "checksum" in taken.source.checked
    (line,) = told.steps("archive")
    assert line.startswith(f"Taken from {taken.source.access_url} in place of a run: time")
    assert taken.facts["job_url"] == taken.source.access_url


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"SOURCE__LAG_MODEL": "hue2023"}, "SOURCE[0].LAG_MODEL"),
        ({"BODY__FLAT": 0.05}, "BODY[0].FLAT"),
        ({"SOURCE__WIDTH": 1.5}, "SOURCE[0].WIDTH"),
        ({"FREQUENCY__MAX": 39.0}, "frequency:"),
        ({"OBSERVER__FIXE_SUBL": 77.0}, "OBSERVER.FIXE_SUBL"),
    ],
    ids=str,
)
async def test_another_simulation_is_not_taken(
    tap: TapService,
    archive: Archive,
    configuration: dict[str, Any],
    tmp_path: Path,
    changes: dict[str, Any],
    words: str,
) -> None:
    """What differs is told, and nothing is in the folder."""
    told = Told()
    request = request_for(configuration, **changes)
    assert await take(archive, request, tmp_path / "run", told) is None
    assert not (tmp_path / "run").exists()
    *reasons, end = told.steps("archive")
    assert any(words in line for line in reasons), reasons
    assert end.endswith("so it is run")


@pytest.mark.parametrize(
    "name",
    [
        "expres_earth_jupiter_io_jrm09_lossc-wid1deg_3kev_20180913_v01.cdf",
        "EXPRES_EARTH_JUPITER_IO_JRM09_LOSSC-WID1DEG_3KEV_RX_20180913_V14-0123456789AB.CDF",
        "io.cdf",
    ],
)
async def test_older_and_foreign_names_are_looked_at(
    tap: TapService,
    archive: Archive,
    configuration: dict[str, Any],
    tmp_path: Path,
    name: str,
) -> None:
    """The comparison decides, not the name."""
    tap.change(lambda row: row | {"file_name": name} if row["granule_gid"] == "spectrum" else row)
    assert await take(archive, request_for(configuration), tmp_path, Told()) is not None


async def test_the_likeliest_is_looked_at_first(
    tap: TapService, archive: Archive, configuration: dict[str, Any], tmp_path: Path
) -> None:
    """Of several of one name that with the fingerprint; the others are not fetched."""

    def twin(row: dict[str, Any]) -> dict[str, Any]:
        named = {name: f"a-{row[name]}" for name in ("obs_id", "granule_uid")}
        days = {name: row[name] - 1 for name in ("time_min", "time_max")}
        name = {"file_name": row["file_name"].replace("20180914", "20180913")}
        is_of_next_day = "20180914" in row["obs_id"]
        return row | named | days | name | {"fingerprint": "other"} if is_of_next_day else row

    tap.change(twin)
    told = Told()
    taken = await take(archive, request_for(configuration), tmp_path, told)
    assert taken is not None
    assert taken.source.obs_id.startswith("expres_")
    assert len(told.steps("archive")) == 1


async def test_what_a_sandbox_computed_is_not_taken(
    tap: TapService, archive: Archive, configuration: dict[str, Any], tmp_path: Path
) -> None:
    """It is not ExPRES, and its table says so."""
    tap.change(lambda row: row | {"instrument_name": "prefect-expres engine"})
    told = Told()
    assert await take(archive, request_for(configuration), tmp_path, told) is None
    assert told.steps("archive")[0].endswith("(0 candidates), so it is run")


async def test_another_energy_is_not_even_fetched(
    tap: TapService, archive: Archive, configuration: dict[str, Any], tmp_path: Path
) -> None:
    """Its name says so."""
    told = Told()
    assert (
        await take(archive, request_for(configuration, SOURCE__ACCEL=5.0), tmp_path, told) is None
    )
    assert told.steps("archive")[0].endswith("(0 candidates), so it is run")


def put(tap: TapService, result: Result) -> None:
    """Have every CDF file of the archive be this one, without a configuration beside it."""
    (tap.root / "other.cdf").write_bytes(written(result))
    facts = {"access_url": f"{tap.files}/other.cdf", "access_md5": None, "access_estsize": None}
    tap.change(
        lambda row: (
            row | facts if row["granule_gid"] == "spectrum" else row | {"obs_id": "elsewhere"}
        )
    )


def with_position(request: SimulationRequest, west: float) -> Result:
    """Give the result of a simulation, and where its observer is."""
    result = fitting(request.configuration)
    steps = result.visible.shape[0]
    return replace(
        result,
        flags=(*result.flags, "CML"),
        values={"CML": np.full(steps, west, dtype=np.float32)},
    )


async def test_without_a_published_configuration_the_file_decides(
    tap: TapService, archive: Archive, configuration: dict[str, Any], tmp_path: Path
) -> None:
    """What the comparison of every result finds equal is taken."""
    request, told = request_for(configuration), Told()
    west = float(configuration["OBSERVER"]["FIXE_SUBL"])
    put(tap, with_position(request, west))
    taken = await take(archive, request, tmp_path / "taken", told)
    assert taken is not None
    assert "position of the observer" in taken.compared
    assert "configuration" not in taken.compared


@pytest.mark.parametrize(
    ("off", "words"),
    [(5.0, "CML:"), (None, "its file does not tell position of the observer")],
    ids=["elsewhere", "silent"],
)
async def test_a_file_that_differs_or_is_silent_is_not_taken(
    tap: TapService,
    archive: Archive,
    configuration: dict[str, Any],
    tmp_path: Path,
    off: float | None,
    words: str,
) -> None:
    """What is not compared is not equal."""
    request, told = request_for(configuration), Told()
    west = float(configuration["OBSERVER"]["FIXE_SUBL"])
    silent = fitting(request.configuration)
    put(tap, silent if off is None else with_position(request, west + off))
    assert await take(archive, request, tmp_path / "run", told) is None
    assert words in told.steps("archive")[0]
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("off", [0.0, 3.0, None], ids=["right", "elsewhere", "silent"])
async def test_where_a_moving_observer_is_must_be_told(
    tap: TapService, archive: Archive, tmp_path: Path, off: float | None
) -> None:
    """An ephemeris says it, and neither a name nor a configuration stands in for that."""
    examples = files("prefect_expres.examples")
    track = (examples / "earth-jupiter-20180913.csv").read_bytes()
    content = json.loads((examples / "earth-jupiter-io-20180913.json").read_text())
    content["FREQUENCY"]["NBR"] = 4
    model = Configuration.from_mapping(content)
    request = SimulationRequest.build(model, track)
    result, points = fitting(model, track), read_track(track)
    if off is not None:
        west = np.linspace(-points.first.longitude, -points.last.longitude, result.visible.shape[0])
        values = {"CML": (west % 360 + off).astype(np.float32)}
        result = replace(result, flags=(*result.flags, "CML"), values=values)
    put(tap, result)
    band = {
        f"spectral_range_{end}": float(content["FREQUENCY"][end.upper()]) * 1e6
        for end in ("min", "max")
    }
    facts = {"file_name": f"{output_name(model)}.cdf", "time_max": 2458375.5, **band}
    tap.change(lambda row: row | facts if row["granule_gid"] == "spectrum" else row)
    told = Told()
    taken = await take(archive, request, tmp_path / "run", told)
    assert (taken is not None) == (off == 0.0), told.steps("archive")
    if off is None:
        silent = "its file does not tell position of the observer"
        assert any(silent in line for line in told.steps("archive"))


async def test_an_archive_that_fails_costs_no_run(
    tap: TapService, archive: Archive, configuration: dict[str, Any], tmp_path: Path
) -> None:
    """A warning says so; after two faults it is not asked any more."""
    tap.answer = lambda _: votable_error("out of order", 400)
    told = Told()
    async with ArchiveReuse(archive, tell=told) as reuse:
        for _ in range(4):
            assert await reuse.take(request_for(configuration), str(tmp_path)) is None
    assert len(tap.queries) == 2
    assert len(told.warnings) == 2
    assert "out of order" in told.warnings[0]
