"""The command ``prefect-expres identify``."""

import json
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from prefect_expres.analysis import open_results
from prefect_expres.observations import synthetic, write_observation
from prefect_expres.sandbox.serving import SandboxServer
from tests.support.command_line import run
from tests.support.processes import PrefectServer
from tests.support.result_files import Result, nothing, write

BAND = np.linspace(10, 40, 40)


@pytest.fixture
def quiet(tmp_path: Path) -> Path:
    """Write an observation of noise."""
    result = Result(nothing(1440, 40), frequency=list(BAND), step=60.0)
    with open_results(write(result, tmp_path / "empty.cdf")) as dataset:
        return write_observation(synthetic(dataset, sigma=0.0), tmp_path / "quiet.nc")


def test_what_is_found_is_told(
    server: PrefectServer, engine_sandbox: SandboxServer, quiet: Path, tmp_path: Path
) -> None:
    """Without emission it says so, and where the files are; programs get JSON, and the same."""
    words = ["-m", "prefect_expres.cli.main", "identify", str(quiet), "--moon", "io"]
    words += ["--url", engine_sandbox.url, "--output", str(tmp_path / "out")]
    for more in ([], ["--json"]):
        log = tmp_path / f"log{len(more)}"
        with server.runs([*words, *more], log) as child:
            assert child.end() == 0, child.output
        said = log.read_text()
        if more:
            found = json.loads(said[said.index("\n{") :])
            assert found["named"] == []
            assert (found["observer"], found["arcs"] > 0) == ("Earth", True)
        else:
            assert "No emission was identified." in said
            assert f"{tmp_path}/out/identified/quiet" in said
    assert (tmp_path / "out" / "identified" / "quiet" / "overlay.png").is_file()


def test_observer_and_target_are_asked_for(
    server: PrefectServer, quiet: Path, tmp_path: Path
) -> None:
    """A file that does not say where it was observed needs the option, which the error names."""
    bare = tmp_path / "bare.nc"
    with xr.open_dataset(quiet, engine="h5netcdf") as dataset:
        del dataset.attrs["observer"]
        dataset.to_netcdf(bare, engine="h5netcdf")
    done = run("identify", bare, "--url", "http://127.0.0.1:9", "--output", tmp_path)
    assert done.code == 1
    assert "--observer" in done.err
