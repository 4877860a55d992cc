"""Error answers: the meaning of each status and of the words of OPUS."""

import pytest

from prefect_expres.errors import (
    ActiveJobsLimit,
    AuthenticationFailed,
    Busy,
    JobNotFound,
    RequestRejected,
    ServerFault,
    Unreachable,
)
from prefect_expres.uws.http_errors import fault_of, reason_in

URL = "https://uws.example.org/rest/ExPRES"


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, RequestRejected),
        (401, AuthenticationFailed),
        (402, RequestRejected),
        (403, AuthenticationFailed),
        (404, JobNotFound),
        (405, RequestRejected),
        (408, Busy),
        (409, RequestRejected),
        (410, JobNotFound),
        (425, Busy),
        (429, Busy),
        (499, RequestRejected),
        (500, ServerFault),
        (501, RequestRejected),
        (502, Unreachable),
        (503, Unreachable),
        (504, Unreachable),
        (505, ServerFault),
        (599, ServerFault),
    ],
)
def test_status_decides(status: int, kind: type[Exception]) -> None:
    """Without known words the status decides."""
    fault = fault_of(URL, status, "so it is", 7.0)
    assert type(fault) is kind
    assert (fault.url, fault.status, fault.reason) == (URL, status, "so it is")
    assert fault.retry_after == 7.0
    advice = ". Check the user name and token." if kind is AuthenticationFailed else ""
    assert str(fault) == f"{URL} answered {status}: so it is{advice}"


@pytest.mark.parametrize(
    "words",
    [
        "Job has to be in PENDING phase",
        "Job must be in PENDING state",
        "Job cannot be aborted while in phase ERROR",
        "Job x NOT FOUND",
        "Parameter x is not expected",
        "User al is not the owner of the job",
        "User al does not have permission",
        "Wrong keyword",
        "PHASE is not specified",
        "Job is not defined",
        "x is no file",
        "executionduration must be an integer or a float",
        "time must be in ISO8601 format",
        "Job cannot be run",
        "Unknown phase",
        "No files to be deleted",
    ],
)
def test_words_of_opus_decide_over_a_500(words: str) -> None:
    """The request was wrong, and would fail again."""
    assert type(fault_of(URL, 500, words, None)) is RequestRejected


@pytest.mark.parametrize(
    ("status", "words", "kind"),
    [
        (500, "Maximum number of active jobs (4) reached", ActiveJobsLimit),
        (403, "maximum number of active jobs", ActiveJobsLimit),
        (500, "Text file busy", Busy),
        (400, "text file busy", Busy),
        (401, "unknown", AuthenticationFailed),
        (404, "text file busy", JobNotFound),
        (503, "unknown", Unreachable),
    ],
)
def test_words_and_status_together(status: int, words: str, kind: type[Exception]) -> None:
    """The limit of active jobs counts under any status; words do not change a 503."""
    assert type(fault_of(URL, status, words, None)) is kind


def test_error_without_words_says_so() -> None:
    """An empty page gives no reason."""
    assert str(fault_of(URL, 500, "", None)) == f"{URL} answered 500: no reason given"


@pytest.mark.parametrize(
    ("page", "reason"),
    [
        (b"", ""),
        (b"  disk \n full  ", "disk full"),
        (b"x" * 900, "x" * 500),
        (b"\xff", "\N{REPLACEMENT CHARACTER}"),
        (b"<html><h1>500</h1><pre> disk\n full </pre><pre>second</pre></html>", "disk full"),
        (b"<html><pre> </pre><pre>second</pre></html>", "second"),
        (b"<html><pre>" + b"y" * 900 + b"</pre></html>", "y" * 500),
        (
            b"<VOTABLE><RESOURCE><INFO name='QUERY_STATUS'>no job</INFO></RESOURCE></VOTABLE>",
            "no job",
        ),
        (b"<html><title>Error</title><h1>Not here</h1></html>", "Not here"),
        (b"<html><title>Error</title><body></body></html>", "Error"),
        (b"<html><body>only <b>this</b></body></html>", "only this"),
        (b"<!DOCTYPE html><html><pre>declared</pre></html>", "declared"),
        (b"<html></html>", ""),
        (b"a < b &amp; c", "a < b & c"),
        (b"<", "<"),
        (b"<pre>a&amp;b</pre>", "a&b"),
        (b"a &amp; b", "a &amp; b"),
        (b"<!-- nothing -->", ""),
        (b"<pre>d\xc3\xa9j\xc3\xa0</pre>", "d\u00e9j\u00e0"),
        (b"<?xml version='1.0' encoding='utf-8'?><VOTABLE><INFO>no job</INFO></VOTABLE>", "no job"),
        (
            b'<!DOCTYPE x [<!ENTITY a "ha">]><html><pre>&a;</pre></html>',
            "an error page with entity declarations",
        ),
        (b"<pre>&lt;!ENTITY in a text</pre>", "<!ENTITY in a text"),
        (b"<pre>see</pre><!-- <!ENTITY -->", "see"),
    ],
)
def test_reason_is_found(page: bytes, reason: str) -> None:
    """It is one line of at most 500 characters."""
    assert reason_in(page) == reason
