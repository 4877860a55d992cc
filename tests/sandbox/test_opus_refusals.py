"""What a client understands of the refusals of the dialect opus: as on the real service."""

from collections.abc import Callable

import httpx
import pytest

from prefect_expres.errors import (
    AuthenticationFailed,
    JobNotFound,
    RequestRejected,
    ServerFault,
    ServiceError,
)
from prefect_expres.sandbox import SandboxServer
from prefect_expres.uws.http_errors import fault_of, reason_in
from tests.support.service_user import ServiceUser

Ask = Callable[[ServiceUser, str], httpx.Response]


def posts(resource: str, **fields: str) -> Ask:
    """Write to a resource of the job."""
    return lambda user, job: user.post(f"{job}/{resource}".rstrip("/"), **fields)


def reads(resource: str, **query: str) -> Ask:
    """Read a resource of the job."""
    return lambda user, job: user.get(f"{job}/{resource}".rstrip("/"), **query)


REFUSED: dict[str, tuple[Ask, type[ServiceError]]] = {
    "run twice": (posts("phase", PHASE="RUN"), RequestRejected),
    "no phase": (posts("phase", PHASE="REST"), RequestRejected),
    "phase not said": (posts("phase"), RequestRejected),
    "duration of a job that ran": (
        posts("executionduration", EXECUTIONDURATION="5"),
        RequestRejected,
    ),
    "duration not said": (posts("executionduration"), RequestRejected),
    "destruction that is no time": (posts("destruction", DESTRUCTION="soon"), RequestRejected),
    "delete not said": (posts(""), RequestRejected),
    "abort of a job that ended": (posts("phase", PHASE="ABORT"), RequestRejected),
    "unknown parameter": (reads("parameters/none"), JobNotFound),
    "unknown resource": (reads("none"), JobNotFound),
    "wait that is no number": (reads("", WAIT="long"), ServerFault),
    "last that is no number": (lambda user, _: user.get("", LAST="all"), ServerFault),
    "unknown job": (lambda user, _: user.get("none"), JobNotFound),
    "unknown list": (lambda user, _: user.http.post("/rest/Unknown"), RequestRejected),
    "unknown file": (lambda user, _: user.http.get("/store?ID=none"), JobNotFound),
    "another's job": (
        lambda user, job: user.http.get(f"{user.list_path}/{job}", auth=("bob", "t")),
        AuthenticationFailed,
    ),
}


@pytest.mark.parametrize("what", REFUSED)
def test_each_refusal_is_understood(quick_opus: SandboxServer, what: str) -> None:
    """None is taken for a fault that is over soon, unless OPUS itself says nothing but 500."""
    ask, kind = REFUSED[what]
    with ServiceUser(quick_opus.url, "ann") as user:
        job_id = user.run("sleep=5" if "wait" in what else "")
        if "wait" not in what:
            user.until(job_id, "COMPLETED")
        assert meant(ask(user, job_id)) is kind


@pytest.mark.parametrize(
    "fields", [{"branch": "develop"}, {"nonsense": "1"}], ids=["branch", "parameter"]
)
def test_what_only_the_sandbox_refuses_is_no_fault_of_a_server(
    quick_opus: SandboxServer, fields: dict[str, str]
) -> None:
    """It is 400: the real service takes it, and another try would not help here."""
    with ServiceUser(quick_opus.url) as guest:
        job_id = guest.create(**fields) if "branch" in fields else guest.create()
        answer = (
            guest.post(f"{job_id}/phase", PHASE="RUN")
            if "branch" in fields
            else guest.post(f"{job_id}/parameters", **fields)
        )
        assert answer.status_code == 400
        assert meant(answer) is RequestRejected


def test_job_that_was_aborted_before_its_run_cannot_be_deleted(quick_opus: SandboxServer) -> None:
    """OPUS gives no reason."""
    with ServiceUser(quick_opus.url) as guest:
        job_id = guest.create()
        guest.post(f"{job_id}/phase", PHASE="ABORT")
        answer = guest.http.delete(f"{guest.list_path}/{job_id}")
        assert (answer.status_code, reason_in(answer.content)) == (500, "Internal Server Error")


def meant(answer: httpx.Response) -> type[ServiceError]:
    """Give the error that the client makes of an answer."""
    assert answer.status_code >= 400, answer.text
    return type(fault_of(str(answer.url), answer.status_code, reason_in(answer.content), None))
