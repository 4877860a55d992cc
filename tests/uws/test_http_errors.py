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
    advice = {
        401: ". Check the user name and token.",
        403: ". This user may not do that: check whose job it is, and as which user you ask.",
    }
    assert str(fault) == f"{URL} answered {status}: so it is{advice.get(status, '')}"


SENTENCES = [
    "Job has to be in PENDING phase",
    "Job 1f2 is not in the PENDING state",
    'Job "1f2" must be in PENDING state (currently ERROR) to change execution duration',
    'Job "1f2" must be in PENDING state (currently ERROR) to change parameter',
    "Job 1f2 cannot be aborted while in phase ERROR",
    "Job 1f2 cannot be updated to ABORTED while in terminal phase COMPLETED",
    "Job 1f2 cannot be updated to ARCHIVED while in phase QUEUED",
    "Phase change not allowed: PENDING --> RUN",
    "PHASE=STOP not expected",
    "PHASE keyword is not specified in POST",
    "EXECUTIONDURATION keyword required",
    "DESTRUCTION keyword required",
    "VALUE keyword required",
    "Execution duration must be an integer or a float",
    "Destruction time must be in ISO8601 format (time data 'x' does not match format)",
    "ACTION=DELETE is not specified in POST",
    '"ID" is not specified in request',
    'Job "zzz" NOT FOUND',
    'Result "log" NOT FOUND for job "zzz"',
    "VOTable not found for job NoSuch",
    "User al is not the owner of the job",
    "User al does not have permission to create/edit ExPRES jobs",
]


@pytest.mark.parametrize("sentence", SENTENCES)
def test_sentences_of_opus_decide_over_a_500(sentence: str) -> None:
    """The request was wrong, and would fail again."""
    assert type(fault_of(URL, 500, sentence, None)) is RequestRejected


@pytest.mark.parametrize(
    "words",
    [
        "unknown",
        "Unknown error",
        "not found",
        "got an unexpected keyword argument 'x'",
        "name 'x' is not defined",
        "Internal Server Error",
        "Cannot connect to the computing cluster",
        'cannot upload URL for input "ephemeride": ',
        "the job cannot be run now",
        *(f"While it failed: {sentence}" for sentence in SENTENCES),
        *(f"{sentence}, and more" for sentence in SENTENCES[:2]),
    ],
)
def test_ambiguous_words_leave_a_server_fault(words: str) -> None:
    """Anything between client and service writes such words, and may be over soon."""
    fault = fault_of(URL, 500, words, None)
    assert type(fault) is ServerFault
    assert fault.retryable


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
        (b"<VOTABLE><INFO name='a'>x</INFO><INFO name='QUERY_STATUS'>no</INFO></VOTABLE>", "no"),
        (b"<v:VOTABLE>free<v:INFO name='QUERY_STATUS'>no job</v:INFO></v:VOTABLE>", "no job"),
        (b"<VOTABLE><INFO><![CDATA[a < b & <!DOCTYPE>]]></INFO></VOTABLE>", "a < b & <!DOCTYPE>"),
        (
            b"<h1>Error</h1><ul><li><b>Type: </b>FATAL</li><li><b>Message:</b><p>No <i>x</i></ul>",
            "No x",
        ),
        (
            b"<?xml version='1.0' encoding='ISO-8859-1'?><VOTABLE><INFO>\xe9</INFO></VOTABLE>",
            "\xe9",
        ),
        (b"<html><meta charset=latin-1><pre>\xe9</pre></html>", "\xe9"),
        (b"<html><meta charset='hex'><pre>\xe9</pre></html>", "\N{REPLACEMENT CHARACTER}"),
        (b"<html><meta charset=latin-1><pre>\xc3\xa9</pre></html>", "\xe9"),
        ("<html><pre>\xe9</pre></html>".encode("utf-16"), "\xe9"),
        (b"<meta charset=cp1252>".rjust(1025) + b"<pre>\xe9</pre>", "\xe9"),
        (b"<meta charset=cp1252>".rjust(1026) + b"<pre>\xe9</pre>", "\N{REPLACEMENT CHARACTER}"),
    ],
)
def test_reason_is_found(page: bytes, reason: str) -> None:
    """It is one line of at most 500 characters."""
    assert reason_in(page) == reason
