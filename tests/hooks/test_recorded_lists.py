"""Where a flow run has recorded that it may have jobs, and how a hook reaches it."""

import json
from uuid import uuid4

import pytest
from pydantic import SecretStr

from prefect_expres.blocks import ExpresService
from prefect_expres.hooks import find_job_lists
from prefect_expres.prefect_support.job_lists import (
    UsedJobList,
    record_job_list,
    recorded_job_lists,
)
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


@pytest.mark.parametrize("keep", [False, True])
async def test_recorded_guest_is_found(keep: bool) -> None:  # noqa: FBT001 - pytest's
    """A service that was made inside the flow needs no more than its address if it is a guest's."""
    used = GUEST.use_of("ExPRES", keep_running=keep)
    assert await found({}, labels(used)) == ([(URL, None, "ExPRES", keep)], [])


async def test_recorded_block_is_loaded() -> None:
    """A saved service that was loaded inside the flow is loaded again, and only its list asked."""
    used = UsedJobList(base_url=URL, job_list="ExPRES-dev", user="ann", block_document_id=DOCUMENT)
    blocks = Blocks(USER)
    assert await found({}, labels(used), blocks) == ([(URL, "ann", "ExPRES-dev", False)], [])
    assert blocks.asked == [{"block_document_id": str(DOCUMENT)}]


async def test_recorded_token_is_found_among_the_parameters() -> None:
    """A service with a clear token as a parameter reaches the recorded lists, and no other."""
    used = USER.use_of("ExPRES-dev")
    assert await found({"at": USER}, labels(used)) == ([(URL, "ann", "ExPRES-dev", False)], [])


async def test_recorded_block_that_is_gone_is_told_as_such() -> None:
    """Its token is not lost for want of a saved block."""
    used = USER.use_of("ExPRES").reached_through(DOCUMENT)
    places, (problem,) = await found({}, labels(used))
    assert not places
    assert "cannot be loaded" in problem


async def test_recorded_token_is_known_where_the_flow_ran() -> None:
    """In the process that used the service a hook has it as it was, token and all."""
    service = USER.model_copy(update={"base_url": "https://c.example.org"})
    used = service.use_of("ExPRES")
    await record_job_list(used, service)
    (place,), problems = await find_job_lists({"service": MASKED}, labels(used), Blocks().load)
    assert place.service is service
    assert [problem.split(" may")[0] for problem in problems] == [f"Jobs on {URL}"]


async def test_recorded_list_is_reached_by_its_own_user() -> None:
    """Of two users at one address each reaches the jobs of his own."""
    other = ExpresService(base_url=URL, user="bob", token=SecretStr("o"))
    given = {"a": USER, "b": other}
    places, problems = await found(given, labels(other.use_of("ExPRES")))
    assert places == [(URL, "bob", "ExPRES", False), *((URL, "ann", name, False) for name in BOTH)]
    assert not problems


@pytest.mark.parametrize("given", ["parameter", "block"])
async def test_recorded_guest_is_reached_as_he_came(given: str) -> None:
    """A guest's service, too, may need what the parameter or the block holds: an authority."""
    service = GUEST.model_copy(update={"ca_bundle": "own.pem"})
    used = GUEST.use_of("ExPRES")
    if given == "block":
        used = used.reached_through(DOCUMENT)
    parameters = {"at": service} if given == "parameter" else {}
    (place,), problems = await find_job_lists(parameters, labels(used), Blocks(service).load)
    assert place.service.ca_bundle == "own.pem"
    assert not problems


async def test_recorded_guest_needs_no_block() -> None:
    """If the block was deleted since, the address is enough to try."""
    used = GUEST.use_of("ExPRES").reached_through(DOCUMENT)
    places, (problem,) = await found({}, labels(used))
    assert places == [(URL, None, "ExPRES", False)]
    assert "cannot be loaded" in problem


async def test_recorded_token_that_is_lost_is_told_once() -> None:
    """Nothing reaches the list: the jobs are named, once for two lists and the parameter."""
    used = [USER.use_of("ExPRES"), USER.use_of("ExPRES-dev")]
    jobs = (f"{URL}/rest/ExPRES/1", "https://other.example.org/rest/ExPRES/2")
    places, (problem,) = await found({"service": MASKED}, labels(*used, jobs=jobs))
    assert not places
    assert problem.startswith(f"{LOST}{jobs[0]}. Their service")


async def test_guests_service_does_not_reach_a_users_list() -> None:
    """Another user's or a guest's service at the same address is not enough."""
    places, (problem,) = await found({"at": GUEST}, labels(USER.use_of("ExPRES")))
    assert places == [(URL, None, "ExPRES", False)]
    assert problem.startswith(LOST)
    elsewhere = ExpresService(base_url="https://b.example.org", user="ann", token=TOKEN)
    places, (problem,) = await found({"at": elsewhere}, labels(USER.use_of("ExPRES")))
    assert [place[0] for place in places] == ["https://b.example.org"] * 2
    assert problem.startswith(LOST)


async def test_masked_token_that_is_reached_by_a_block_is_no_problem() -> None:
    """The same service is recorded with its block: nothing is lost."""
    used = UsedJobList(base_url=URL, job_list="ExPRES", user="ann", block_document_id=DOCUMENT)
    places, problems = await found({"service": MASKED}, labels(used), Blocks(USER))
    assert places == [(URL, "ann", "ExPRES", False)]
    assert not problems


def test_record_holds_no_token() -> None:
    """What is kept on Prefect's server is an address and who uses it."""
    used = USER.use_of("ExPRES")
    assert "t0ken" not in used.model_dump_json()
    assert json.loads(used.model_dump_json())["user"] == "ann"
    assert not used.can_be_reached
    assert GUEST.use_of("ExPRES").can_be_reached
    assert used.model_copy(update={"block_document_id": uuid4()}).can_be_reached
    assert recorded_job_lists(labels(used)) == [used]


def test_a_service_that_is_saved_itself_is_reached_by_its_own_block() -> None:
    """Another saved block that holds it is asked only where it is not."""
    saved = USER.model_copy()
    saved._block_document_id = DOCUMENT  # noqa: SLF001 - as Prefect does
    used, own = (each.use_of("ExPRES") for each in (USER, saved))
    assert own == used.reached_through(DOCUMENT)
    assert (own.block_document_id, own.job_list) == (DOCUMENT, "ExPRES")
    assert own.reached_through(uuid4()) == own.reached_through(None) == own
