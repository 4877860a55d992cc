"""The shipped ``prefect.yaml``: Prefect's own command deploys it, and each entrypoint is a flow."""

from pathlib import Path

import pytest
import yaml
from prefect import Flow, get_client
from prefect.client.schemas.schedules import CronSchedule
from pydantic import ValidationError

from prefect_expres.deployment.definitions import Shipped, ShippedDeployment, shipped
from tests.support.processes import PrefectServer
from tests.support.runs import ROOT

FILE = ROOT / "deployments" / "prefect.yaml"
DEPLOYMENTS = shipped().deployments


def test_prefect_deploys_the_file(server: PrefectServer, tmp_path: Path) -> None:
    """Prefect's command gives every deployment with its schedules, limits, tags and triggers."""
    for words in (
        ["work-pool", "create", "expres", "--type", "process"],
        ["--no-prompt", "deploy", "--all", "--prefect-file", str(FILE)],
    ):
        with server.runs(["-m", "prefect", *words], tmp_path / "prefect.log") as command:
            assert command.end() == 0, command.output
    with get_client(sync_client=True) as client:
        for definition in DEPLOYMENTS:
            there = client.read_deployment_by_name(definition.full_name)
            limit = there.global_concurrency_limit
            assert limit is not None
            assert there.concurrency_options is not None
            assert there.description == definition.description
            assert there.tags == definition.tags
            assert there.work_pool_name == definition.work_pool.name
            assert there.entrypoint == definition.entrypoint
            assert limit.limit == definition.concurrency_limit.limit
            assert (
                there.concurrency_options.collision_strategy
                is definition.concurrency_limit.collision_strategy
            )
            assert _schedules(there.schedules) == {
                (each.cron, each.timezone, each.slug, each.active) for each in definition.schedules
            }
            for trigger in definition.triggers:
                (automation,) = client.read_automations_by_name(trigger.name)
                assert automation.enabled is trigger.enabled


def _schedules(schedules: list[object]) -> set[tuple[object, ...]]:
    found = set()
    for each in schedules:
        when = each.schedule
        assert isinstance(when, CronSchedule)
        found.add((when.cron, when.timezone, each.slug, each.active))
    return found


@pytest.mark.parametrize("definition", DEPLOYMENTS, ids=lambda each: each.name)
def test_entrypoints_are_flows(definition: ShippedDeployment) -> None:
    """Each entrypoint imports, and takes the parameters that the file gives it."""
    assert isinstance(definition.flow, Flow)
    assert definition.parameters.keys() <= definition.flow.parameters.properties.keys()
    for trigger in definition.triggers:
        assert trigger.parameters.keys() <= definition.flow.parameters.properties.keys()


def test_unknown_keys_are_refused() -> None:
    """Prefect would pass over a misspelt key; the package does not."""
    content = yaml.safe_load(FILE.read_text())
    content["deployments"][0]["schedule"] = content["deployments"][0].pop("tags")
    with pytest.raises(ValidationError, match="schedule"):
        Shipped.model_validate(content)
