"""Where a flow run may have jobs: what hooks read from its parameters and labels."""

import re
from dataclasses import dataclass
from typing import Any

import pytest
from pydantic import BaseModel, SecretStr

from prefect_expres.blocks import ExpresService, ExpresSimulation
from prefect_expres.hooks import find_job_lists
from tests.hooks.found_lists import (
    BOTH,
    DOCUMENT,
    GUEST,
    LOST,
    MASKED,
    TOKEN,
    URL,
    USER,
    Blocks,
    found,
    labels,
)


@dataclass
class _Class:
    service: ExpresService


class _Model(BaseModel):
    deep: list[_Class]


@pytest.mark.parametrize(
    "parameters",
    [
        {"service": GUEST},
        {"where": GUEST.model_dump(mode="json")},
        {"settings": {"deep": [{"anything": {"base_url": URL}}]}},
        {"simulation": ExpresSimulation(service=GUEST, configuration="io.json")},
        {"pair": ({"base_url": URL}, 1)},
        {"settings": _Model(deep=[_Class(GUEST)])},
    ],
)
async def test_service_is_found_under_any_name(parameters: dict[str, Any]) -> None:
    """A guest's service is found as an object, a dictionary, and within others."""
    assert await found(parameters) == ([(URL, None, "ExPRES", False)], [])


@pytest.mark.parametrize(
    "parameters",
    [
        {},
        {"service": None, "name": "expres", "number": 3},
        {"ephemeris": {"kind": "horizons", "horizons_url": URL, "observer": "Juno"}},
        {"archive": {"base_url": URL, "table": "expres.epn_core"}},
        {"service": "sandbox"},
    ],
)
async def test_what_is_no_service_is_left_alone(parameters: dict[str, Any]) -> None:
    """Nobody is called whom the flow run did not use: an ephemeris has an address, too."""
    assert await found(parameters) == ([], [])


@pytest.mark.parametrize(
    ("branch", "lists"), [(None, BOTH), ("master", ["ExPRES"]), ("develop", ["ExPRES-dev"])]
)
async def test_branch_says_which_list(branch: str | None, lists: list[str]) -> None:
    """With a branch its list is meant, without one each that the user may use."""
    places, problems = await found({"at": USER, "branch": branch})
    assert [place[2] for place in places] == lists
    assert not problems


@pytest.mark.parametrize(
    "given",
    [
        {"base_url": URL, "user": "ann", "token": "t0ken"},
        ExpresSimulation(service=USER, configuration="io.json"),
        _Model(deep=[_Class(USER)]),
    ],
)
async def test_token_is_kept(given: object) -> None:
    """A service whose token is known here is used with it."""
    (first, *_), _ = await find_job_lists({"service": given}, {}, Blocks().load)
    assert first.service.token == TOKEN


@pytest.mark.parametrize(
    ("given", "reference"),
    [
        ({"$ref": {"block_document_id": str(DOCUMENT)}}, {"block_document_id": str(DOCUMENT)}),
        ({"$ref": str(DOCUMENT)}, {"block_document_id": str(DOCUMENT)}),
        (
            {"$ref": {"block_document_slug": "expres-service/expres"}},
            {"block_document_slug": "expres-service/expres"},
        ),
        (MASKED | {"_block_document_id": str(DOCUMENT)}, {"block_document_id": str(DOCUMENT)}),
    ],
)
@pytest.mark.parametrize("block", [USER, ExpresSimulation(service=USER, configuration="io.json")])
async def test_saved_blocks_are_loaded(
    given: dict[str, Any], reference: dict[str, Any], block: object
) -> None:
    """A saved service, or the one of a saved simulation, is loaded by what Prefect keeps of it."""
    blocks = Blocks(block)
    places, problems = await found({"mine": given}, blocks=blocks)
    assert places == [(URL, "ann", name, False) for name in BOTH]
    assert blocks.asked == [reference]
    assert not problems


async def test_other_blocks_are_left_alone() -> None:
    """A reference may lead to anything."""
    assert await found({"store": {"$ref": {"block_document_id": "1"}}}, blocks=Blocks(7)) == (
        [],
        [],
    )


async def test_lost_block_is_told() -> None:
    """A block that was deleted since is named in the log."""
    reference = {"block_document_slug": "expres-service/gone"}
    places, (problem,) = await found({"service": {"$ref": reference}})
    assert not places
    assert problem.startswith("Jobs may be still running")
    assert "expres-service/gone" in problem
    assert "Unable to find" in problem


async def test_masked_token_is_told() -> None:
    """A service that was given as an object and is not saved is told, with what to do."""
    places, (problem,) = await found({"service": MASKED})
    assert not places
    assert problem.startswith(f"{LOST}look at the service.")
    assert "saved as a block" in problem


async def test_broken_parameter_is_told_without_its_token() -> None:
    """What is no service any more is told with each reason, but not shown."""
    broken = {"base_url": "uws", "token": "t0ken", "request_timeout": "soon"}
    places, (problem,) = await found({"service": broken})
    assert not places
    assert re.search("used: [^;]*http[^;]*in it; Input[^;]*valid number[^;]*$", problem)
    assert "t0ken" not in problem


async def test_service_of_a_later_version_is_found() -> None:
    """What Prefect has kept of a block is a service, also with fields that are not known here."""
    kept = {"base_url": URL, "block_type_slug": "expres-service", "queue": "fast"}
    assert await found({"service": kept}) == ([(URL, None, "ExPRES", False)], [])


async def test_service_whose_token_is_clear_is_used_as_it_is() -> None:
    """A saved service that was given with its token is not loaded: it may have been changed."""
    given = MASKED | {"token": "t0ken", "_block_document_id": str(DOCUMENT)}
    blocks = Blocks(ExpresService(base_url="https://b.example.org"))
    places, problems = await found({"service": given}, blocks=blocks)
    assert places == [(URL, "ann", name, False) for name in BOTH]
    assert not problems
    assert not blocks.asked


async def test_lost_services_are_told_in_order() -> None:
    """Each service that is lost is told with its jobs, in the order of their addresses."""
    urls = [f"https://{letter}.example.org" for letter in "edcba"]
    jobs = tuple(f"{url}/rest/ExPRES/{number}" for url in urls for number in (1, 2))
    given = {url: MASKED | {"base_url": url} for url in urls}
    _, problems = await found(given, labels(jobs=jobs))
    starts = [
        f"Jobs on {url} may be still running: {url}/rest/ExPRES/1, {url}/rest/ExPRES/2. "
        for url in sorted(urls)
    ]
    assert [problem[: len(start)] for problem, start in zip(problems, starts, strict=True)] == (
        starts
    )


@pytest.mark.parametrize(
    ("parameter", "recorded", "kept"),
    [
        (None, [False, True], False),
        (None, [True, True], True),
        (True, [False, True], True),
        (False, [True, True], True),
    ],
)
async def test_jobs_are_kept_running_if_all_ask_for_it(
    parameter: bool | None,  # noqa: FBT001 - pytest's
    recorded: list[bool],
    kept: bool,  # noqa: FBT001 - pytest's
) -> None:
    """One who does not ask for it has the started jobs of the list stopped."""
    used = [GUEST.use_of("ExPRES", keep_running=keep) for keep in recorded]
    (place,), _ = await found({"keep_running": parameter}, labels(*used))
    assert place[3] is kept
    (place,), _ = await found({"keep_running": parameter, "at": GUEST})
    assert place[3] is bool(parameter)


async def test_parameter_with_branch_adds_its_list() -> None:
    """A parameter and a record of the same service are both followed, each list once."""
    places, _ = await found({"at": USER, "branch": "master"}, labels(USER.use_of("ExPRES-dev")))
    assert places == [(URL, "ann", "ExPRES-dev", False), (URL, "ann", "ExPRES", False)]
    places, _ = await found({"at": GUEST, "branch": "master"}, labels(GUEST.use_of("ExPRES")))
    assert places == [(URL, None, "ExPRES", False)]


async def test_masked_proxy_is_that_of_the_environment_or_of_the_block() -> None:
    """Prefect's server masks it like a token, since it may have a password in it."""
    given = {"base_url": URL, "proxy": "**********"}
    (first,), problems = await find_job_lists({"service": given}, {}, Blocks().load)
    assert (first.service.base_url, first.service.proxy, problems) == (URL, None, [])
    clear = given | {"proxy": "http://proxy.example:3128"}
    (first,), _ = await find_job_lists({"service": clear}, {}, Blocks().load)
    assert first.service.proxy == SecretStr("http://proxy.example:3128")
    saved = given | {"_block_document_id": str(DOCUMENT), "block_type_slug": "expres-service"}
    inside = ExpresService(base_url=URL, proxy=SecretStr("http://proxy.example:3128"))
    blocks = Blocks(inside)
    (first,), problems = await find_job_lists({"service": saved}, {}, blocks.load)
    assert first.service is inside
    assert blocks.asked == [{"block_document_id": str(DOCUMENT)}]
