"""The numbers on the page of settings are those of the code."""

from dataclasses import fields

import pytest

from prefect_expres.blocks import ExpresService
from prefect_expres.cli.commands.profiles_file import Profile
from prefect_expres.ephemeris import web_service
from prefect_expres.execution.options import QUEUE_ALLOWANCE
from prefect_expres.expres.access import AUTHENTICATED_SECONDS, GUEST_SECONDS
from prefect_expres.net import network, pace, retry
from prefect_expres.prefect_support.names import JOBS_LIMIT
from prefect_expres.uws import transfer, wait_policy, waiting
from tests.docs.pages import ROOT

PAGE = (ROOT / "docs" / "reference" / "settings.md").read_text(encoding="utf-8")
LARGEST = ExpresService.model_fields["largest_result"].default


@pytest.mark.parametrize(
    "line",
    [
        f"| {GUEST_SECONDS} s, {AUTHENTICATED_SECONDS} s | `prefect_expres.expres.access` |",
        f"| `execution_duration` + {QUEUE_ALLOWANCE:.0f} s | `prefect_expres.execution.options` |",
        (
            f"| {wait_policy.SHORT_WAIT} s, {wait_policy.LONGEST_WAIT} s "
            "| `prefect_expres.uws.wait_policy` |"
        ),
        (
            f"| {wait_policy.TRY_AGAIN_AFTER:.0f} s, {wait_policy.FORGET_AFTER:.0f} s "
            "| `prefect_expres.uws.wait_policy` |"
        ),
        (
            f"| {waiting.SHORTEST_PAUSE:.0f} s, {waiting.LONGEST_PAUSE:.0f} s "
            "| `prefect_expres.uws.waiting` |"
        ),
        f"| {pace.LOWEST_RATE:.0f} bytes a second | `lowest_rate` of the block |",
        f"| `lowest_rate` | `lowest_rate` | `{network.RATE}` |",
        f"| {retry.ATTEMPTS}, {retry.BUDGET_SECONDS:.0f} s | `prefect_expres.net.retry` |",
        (
            f"| {web_service.ATTEMPTS}, {web_service.BUDGET_S:.0f} s | "
            "`prefect_expres.ephemeris.web_service` |"
        ),
        f"| {transfer.TRIES_WITHOUT_PROGRESS} | `prefect_expres.uws.transfer` |",
        f"| {LARGEST // 2**30} GiB | `largest_result` of the block |",
        f"named `{JOBS_LIMIT}`",
        f"| `proxy` | `proxy` | `{network.PROXY}` |",
        f"| `ca_bundle` | `ca_bundle` | `{network.CA_BUNDLE}` |",
        f"| | | `{network.CERT_FILE}` |",
    ],
)
def test_the_page_tells_the_numbers_of_the_code(line: str) -> None:
    """Each stands there as it stands in the code."""
    assert line in PAGE


@pytest.mark.parametrize("name", ["proxy", "ca_bundle", "lowest_rate"])
def test_settings_of_the_network_are_those_of_block_and_profile(name: str) -> None:
    """Under the same names."""
    assert name in ExpresService.model_fields
    assert name in {each.name for each in fields(Profile)}
