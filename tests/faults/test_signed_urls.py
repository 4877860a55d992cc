"""Inputs at signed URLs are read, and the signature is seen nowhere."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from prefect_expres.analysis import open_results
from prefect_expres.campaigns.plan import FilesPlan, beside
from prefect_expres.ephemeris import TableEphemeris
from prefect_expres.errors import ConfigurationError, EphemerisError, ExpresError
from prefect_expres.examples import __file__ as examples
from prefect_expres.execution.prepare import build_request, read_configuration
from prefect_expres.expres import Access
from prefect_expres.observations import draw_observation, open_observation
from prefect_expres.tasks.results import location_of
from tests.support.command_line import Done, run
from tests.support.listening import Told
from tests.support.observation_files import juno
from tests.support.raw_server import RawServer, raw_server
from tests.support.result_files import Result, two_windows, write

FOLDER = Path(examples).parent
CONFIGURATION = FOLDER / "earth-jupiter-io-20180913.json"
EPHEMERIS = FOLDER / "earth-jupiter-20180913.csv"
SECRET = "5ecre7"
SIGNED = f"?X-Amz-Date=20260101&X-Amz-Signature={SECRET}&X-Amz-Expires=9"
SHARED = f"?sv=2022-11-02&sr=b&sig={SECRET}"


@pytest.fixture
async def server() -> AsyncIterator[RawServer]:
    """Serve files to those who have a signature."""
    async with raw_server() as raw:
        yield raw


async def command(*words: object) -> Done:
    """Run a command beside the server."""
    return await asyncio.to_thread(run, *words)


@pytest.mark.parametrize("query", [SIGNED, SHARED])
async def test_a_simulation_is_prepared_from_signed_urls(server: RawServer, query: str) -> None:
    """Neither the request nor what is told of it has the signature in it."""
    configuration = server.add(f"/in/a.json{query}", CONFIGURATION.read_bytes())
    ephemeris = server.add(f"/in/earth-jupiter-20180913.csv{query}", EPHEMERIS.read_bytes())
    told = Told()
    request = await build_request(configuration, Access.of(None), ephemeris, tell=told)
    plain = await build_request(CONFIGURATION, Access.of(None), EPHEMERIS)
    assert request.fingerprint == plain.fingerprint
    assert SECRET not in f"{request} {vars(told)} {request.folder}"


@pytest.mark.slow
async def test_results_and_observations_are_opened(server: RawServer, tmp_path: Path) -> None:
    """What a picture or dataset names as its source has no signature."""
    cdf = write(Result(two_windows()), tmp_path / "r.cdf")
    url = server.add(f"/out/r.cdf{SIGNED}", cdf.read_bytes())
    dataset = await asyncio.to_thread(open_results, url)
    assert dataset.sizes == open_results(cdf).sizes
    seen = server.add(f"/out/juno.cdf{SIGNED}", juno(tmp_path / "juno.cdf").read_bytes())
    observation = await asyncio.to_thread(open_observation, seen)
    assert SECRET not in f"{dataset.attrs} {observation.attrs}"
    picture = draw_observation(observation, tmp_path / "p.svg")
    assert SECRET not in picture.read_text()
    assert "X-Amz" not in picture.read_text()


@pytest.mark.slow
async def test_commands_read_signed_urls(
    server: RawServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Files are named by the path of the URL, and no output has the signature in it."""
    monkeypatch.chdir(tmp_path)
    cdf = write(Result(two_windows()), tmp_path / "r.cdf").read_bytes()
    result = server.add(f"/out/io.cdf{SIGNED}", cdf)
    configuration = server.add(f"/in/a.json{SIGNED}", CONFIGURATION.read_bytes())
    track = server.add(f"/in/track.csv{SIGNED}", EPHEMERIS.read_bytes())
    for words in (
        ["plot", result],
        ["windows", result, "--csv", "w.csv"],
        ["compare", result, result],
        ["config", "check", configuration],
        ["config", "diff", configuration, configuration],
        ["config", "new", "Earth", "Io", "2018-09-13", "--ephemeris", track, "-o", "new.json"],
    ):
        done = await command(*words)
        assert done.code == 0, done.err
        assert SECRET not in done.out + done.err
    written = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert set(written) == {"r.cdf", "io.png", "w.csv", "new.json"}
    assert not any(SECRET.encode() in content for content in written.values())
    assert b'"track.csv"' in written["new.json"]


@pytest.mark.parametrize("status", ["403 Forbidden", "404 Not Found", "503 Busy"])
async def test_a_signature_that_has_expired_is_not_told(server: RawServer, status: str) -> None:
    """The message names the file, the reason and what to do."""
    url = server.add(f"/in/a.json{SIGNED}", f"{SECRET} expired".encode(), status=status)
    table = TableEphemeris(path=url)
    faults: list[BaseException] = []
    for asked, kind in (
        (read_configuration(url), ConfigurationError),
        (build_request(CONFIGURATION, Access.of(None), url), EphemerisError),
        (asyncio.to_thread(table.read), EphemerisError),
        (asyncio.to_thread(open_results, url), ExpresError),
        (asyncio.to_thread(open_observation, url), ExpresError),
    ):
        with pytest.raises(
            kind, match=r"/in/a\.json\?X-Amz-Date=20260101.* cannot be read: "
        ) as told:
            await asked
        faults.append(told.value)
    for words in (["plot", url], ["config", "check", url], ["jobs", "new", f"config=@{url}"]):
        done = await command(*words)
        assert done.code != 0
        assert SECRET not in done.out + done.err
    assert all("See whether" in str(each) or "Look at" in str(each) for each in faults)
    assert SECRET not in f"{faults!r}"
    assert all(each.__suppress_context__ for each in faults)


def test_a_plan_names_its_simulations_by_the_path(tmp_path: Path) -> None:
    """The query of a URL is no part of a name, and not of what stands beside the file."""
    url = "https://host/runs/io-1.json?version=2/3"
    assert FilesPlan(configurations=(url,)).name == "runs-io-1"
    assert beside(url, "track.csv") == "https://host/runs/track.csv"
    assert beside(f"{tmp_path}/a?b/c.json", "track.csv") == f"{tmp_path}/a?b/track.csv"


def test_too_many_results_are_told_without_signatures() -> None:
    """They are all named."""
    urls = [f"https://host/{name}.cdf{SHARED}" for name in "ab"]
    with pytest.raises(ExpresError, match=r"2 were given: https://host/a\.cdf") as told:
        location_of(urls)
    assert SECRET not in str(told.value)
