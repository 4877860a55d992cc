"""The flow `identify` on a real Prefect server, with the real engine behind a sandbox."""

from datetime import date, timedelta
from pathlib import Path

import httpx
import pytest

from prefect_expres import RoutinePlan, campaign, identify
from prefect_expres.analysis import open_results
from prefect_expres.blocks import ExpresService
from prefect_expres.errors import CampaignError, ObservationError, UsageError
from prefect_expres.identification import Identification
from prefect_expres.observations import synthetic
from prefect_expres.observations.writing import write_observation
from prefect_expres.sandbox.serving import SandboxServer
from tests.support.processes import PrefectServer

pytestmark = pytest.mark.timeout(420)

DAY = date(2018, 9, 13)
BAND = {"FREQUENCY.MIN": [10.0], "FREQUENCY.MAX": [40.0], "FREQUENCY.NBR": [40]}
"""As the flow asks for the band of the observation."""


@pytest.fixture(scope="module")
def observation(engine_sandbox: SandboxServer, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write what is observed of Io's south, eight minutes later than predicted."""
    folder = tmp_path_factory.mktemp("observed")
    plan = RoutinePlan(first=DAY, last=DAY, grid=BAND)
    (row,) = campaign(plan, engine_sandbox.url, folder).rows
    with open_results(f"{row.folder}/{row.cdf}") as result:
        made = synthetic(result, shift=timedelta(minutes=8), hemisphere="south", seed=1)
    return write_observation(made, folder / "Io day.nc")


def artifacts(server: PrefectServer, label: str) -> dict[str, str]:
    """Give the data of the artifacts of an observation, by their kind."""
    answer = httpx.post(
        f"{server.api_url}/artifacts/latest/filter", json={"limit": 200}, trust_env=False
    )
    kinds = {
        each["key"].removesuffix(f"-{label}"): each["data"]
        for each in answer.raise_for_status().json()
        if each["key"].endswith(f"-{label}")
    }
    return {kind: str(data) for kind, data in kinds.items()}


async def test_arcs_are_named(
    server: PrefectServer, engine_sandbox: SandboxServer, observation: Path, tmp_path: Path
) -> None:
    """Moon, hemisphere, energy and shift are found; asked again, nothing is simulated anew."""
    service, output = ExpresService(base_url=engine_sandbox.url), tmp_path / "out"
    asked = {"service": service, "output": output, "energies": (1, 3)}
    made = await identify(observation, ("Io",), **asked)
    assert made.named
    assert {each.candidate for each in made.named} == {"Io south, 3 keV, hess2011"}
    for each in made.named:
        assert abs((each.shift_minutes or 0) - 8) <= 1
    assert {model.energy for model in made.models} == {1, 3}
    assert (made.observer, made.target, made.missing) == ("Earth", "Jupiter", ())
    folder = output / "identified" / "io-day"
    assert {path.name for path in folder.iterdir()} == {*made.files, "identification.json"}
    told = (folder / "identification.json").read_bytes()
    assert Identification.model_validate_json(told) == made

    shown = artifacts(server, "io-day")
    assert set(shown) == {"arcs", "overlay", "identification"}
    assert shown["overlay"].startswith("data:image/png;base64,")
    assert "Io south, 3 keV, hess2011" in shown["arcs"]
    assert "Io south, 3 keV, hess2011" in shown["identification"]

    created = engine_sandbox.created_count()
    again = await identify(observation, ("Io",), **asked)
    assert engine_sandbox.created_count() == created
    assert again == made


async def test_laws_of_the_lead_are_searched(
    engine_sandbox: SandboxServer, observation: Path, tmp_path: Path
) -> None:
    """Each law is a candidate of its own, though the files of results do not tell it."""
    made = await identify(
        observation,
        ("io",),
        service=engine_sandbox.url,
        output=tmp_path,
        lag_models=("hess2011", "hue2023"),
        max_shift=15,
    )
    assert {model.lag_model for model in made.models} == {"hess2011", "hue2023"}
    (named,) = made.named
    assert "Io south, 3 keV, hess2011" in {named.candidate, *named.as_good}


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"target": "Saturn"}, "shows Saturn, and Io makes emission of Jupiter"),
        ({"lag_models": ("bonfond2017",), "moons": ("Europa",)}, "no law .* 'bonfond2017'"),
        ({"observer": "Juno"}, "take horizons"),
        ({"moons": ("Iou",)}, "moons"),
        ({"max_shift": -1}, "max_shift"),
    ],
)
async def test_what_does_not_fit_is_refused(
    more: dict[str, object], words: str, observation: Path, tmp_path: Path
) -> None:
    """Nothing is sent: there is no service at the address."""
    asked = {"service": "http://127.0.0.1:9", "output": tmp_path, **more}
    with pytest.raises(UsageError, match=words):
        await identify(observation, **asked)


async def test_without_an_observation(tmp_path: Path) -> None:
    """A file that is none is told as such, before anything is sent."""
    path = tmp_path / "notes.nc"
    path.write_text("no observation")
    with pytest.raises(ObservationError, match=r"notes\.nc"):
        await identify(path, service="http://127.0.0.1:9", output=tmp_path)


async def test_without_any_simulation(
    quick_opus: SandboxServer, observation: Path, tmp_path: Path
) -> None:
    """If all simulations fail, the error says where the reasons are."""
    asked = {"service": quick_opus.url, "output": tmp_path, "attempts": 1}
    with pytest.raises(CampaignError, match=r"All 1 simulations failed.*index\.json"):
        await identify(observation, **asked, execution_duration=1)
