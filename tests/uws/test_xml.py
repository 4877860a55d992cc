"""Documents to models: the recorded answers of OPUS, the standard's own form, and hostile XML."""

import re
from dataclasses import asdict, fields, is_dataclass
from pathlib import Path
from typing import Any

import pytest

from prefect_expres.errors import Malformed, ProtocolError
from prefect_expres.uws import Phase
from prefect_expres.uws.http_errors import reason_in
from prefect_expres.uws.xml import (
    read_job,
    read_jobs,
    read_parameters,
    read_results,
    read_version,
)

BASE = "http://127.0.0.1:8082"
CDF = "expres_earth_jupiter_io_jrm09_lossc-wid1deg_3kev_20180913_v01.cdf"

# phase, id, runId, created, started, ended, duration, process, error
RECORDED_JOBS = {
    "pending": ("680ae4", "io-20180913_1", "23:07:39", None, None, 500, "None", None),
    "queued": ("680ae4", "io-20180913_1", "23:07:39", "23:07:39", None, 500, "25519", None),
    "executing": ("680ae4", "io-20180913_1", "23:07:39", "23:07:39", None, 500, "25519", None),
    "completed": (
        *("680ae4", "io-20180913_1", "23:07:39", "23:07:39", "23:07:45", 500, "25519", None),
    ),
    "error": (
        *("6d42e0", "fail", "23:07:47", "23:07:47", "23:07:50", 600, "25756"),
        "Error in ExPRES.sh running command: false",
    ),
    "aborted": (
        *("e3e364", "abort", "23:07:53", "23:07:53", "23:07:55", 600, "25993"),
        "Job aborted by user bob",
    ),
}


def given(value: Any) -> Any:
    """Give what differs from the defaults, in values and in those within them."""
    if isinstance(value, tuple):
        return tuple(map(given, value))
    if not is_dataclass(value):
        return value
    told = {each.name: getattr(value, each.name) for each in fields(value)}
    defaults = {each.name: each.default for each in fields(value)}
    return {name: given(each) for name, each in told.items() if each != defaults[name]}


@pytest.mark.parametrize("name", RECORDED_JOBS)
def test_every_field_of_a_recorded_job_is_read(opus: Path, name: str) -> None:
    """No field of OPUS' job documents is lost, and nothing is left over."""
    job = read_job((opus / f"job-{name}.xml").read_bytes())
    identifier, run_id, created, started, ended, duration, process, error = RECORDED_JOBS[name]
    assert (job.id, job.run_id, job.owner_id) == (identifier, run_id, "bob")
    assert job.phase is Phase(name.upper())
    assert job.quote == "120"
    assert job.execution_duration == duration
    times = (job.creation_time, job.start_time, job.end_time)
    assert [time and time.text for time in times] == [
        time and f"2026-11-23T{time}" for time in (created, started, ended)
    ]
    assert job.destruction is not None
    assert job.destruction.text == f"2026-12-23T{created}"
    assert job.destruction.moment is not None
    assert job.destruction.moment.tzinfo is None
    assert [(info.name, info.text) for info in job.job_info] == [("process_id", process)]
    assert (job.error_summary and job.error_summary.message) == error
    assert job.version is None
    assert job.extras == ()
    values = {each.id: (each.value, each.by_reference) for each in job.parameters}
    assert values["runId"] == (run_id, False)
    assert values["branch"] == ("master", False)
    assert values["config"][0].startswith(f"{BASE}/store?ID=")
    assert values["config"][1]


def test_recorded_results_are_read(opus: Path) -> None:
    """Id, location, type, name and hash of every result are read, from both documents alike."""
    results = read_results((opus / "results.xml").read_bytes())
    assert results == read_job((opus / "job-completed.xml").read_bytes()).results
    facts = [
        (each.id, each.href, each.mime_type, each.name, each.hash, each.size, each.extras)
        for each in results
    ]
    job = f"{BASE}//rest/ExPRES/680ae4"
    assert facts == [
        (
            *(CDF, f"{BASE}/store?ID=ebb3bc", "application/x-cdf", f"ebb3bc_{CDF}"),
            *("7d7f3415d320dbab84ba993c78bff4775cbc5c48", None, ()),
        ),
        (
            *("log", f"{BASE}/store?ID=0f5bb6", "text/plain", "0f5bb6_run.log"),
            *("7907f662aaf128f6b9ac688863857008a89df19c", None, ()),
        ),
        ("stderr", f"{job}/stderr", "text/plain", None, None, None, ()),
        ("stdout", f"{job}/stdout", "text/plain", None, None, None, ()),
    ]


def test_recorded_parameters_are_decoded(opus: Path) -> None:
    """The percent-encoding of OPUS is undone, and the text as sent is kept."""
    parameters = read_parameters((opus / "parameters.xml").read_bytes())
    assert [each.id for each in parameters] == [
        *("branch", "config", "ephemeride", "executionDuration", "runId")
    ]
    assert parameters[1].value == f"{BASE}/store?ID=fff274"
    assert parameters[1].text == "http%3A%2F%2F127.0.0.1%3A8082%2Fstore%3FID%3Dfff274"
    assert parameters[3].value == "500"


def test_recorded_list_is_read(opus: Path) -> None:
    """Every entry of a job list is read; an empty list is empty."""
    assert read_jobs((opus / "list-empty.xml").read_bytes()) == ()
    jobs = read_jobs((opus / "list-mixed.xml").read_bytes())
    assert [(job.id, job.phase.value, job.run_id) for job in jobs] == [
        ("ec3732", "ERROR", "fail1"),
        ("c68ca6", "COMPLETED", "l2"),
        ("06bf84", "COMPLETED", "l3"),
        ("464e4e", "COMPLETED", "s3.3"),
        ("3191b2", "COMPLETED", "s3.3"),
        ("8b187a", "COMPLETED", "s7.1"),
        ("09e97c", "COMPLETED", "s7.1"),
        ("680ae4", "EXECUTING", "io-20180913_1"),
    ]
    assert all(job.creation_time and job.extras == () for job in jobs)
    assert jobs[0].href == f"{BASE}/ExPRES/ec3732"


@pytest.mark.parametrize(
    ("page", "reason"),
    [
        ("http-403-other-owner.html", "User al is not the owner of the job"),
        ("http-404-job.html", 'Job "zzz" NOT FOUND'),
        ("http-500-run-twice.html", "Job has to be in PENDING phase"),
        ("http-500-unknown-joblist.html", "VOTable not found for job NoSuch"),
        ("error.txt", "Error in ExPRES.sh running command: false"),
    ],
)
def test_reason_is_found_in_an_error_page(opus: Path, page: str, reason: str) -> None:
    """The user is told the service's own reason."""
    assert reason_in((opus / page).read_bytes()) == reason


STANDARD = b"""<?xml version="1.0"?>
<job xmlns="http://www.ivoa.net/xml/UWS/v1.0" xmlns:xlink="http://www.w3.org/1999/xlink"
     xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" version="1.1">
  <results><result id="r1" xlink:type="simple" xlink:href="http://h/r1" size="12"/></results>
  <errorSummary type="transient" hasDetail="true"><message>disk full</message></errorSummary>
  <phase>ERROR</phase>
  <custom>kept</custom>
  <parameters><parameter id="q" byReference="false" isPost="true">a+b%20c</parameter></parameters>
  <executionDuration>0</executionDuration>
  <quote xsi:nil="true"/>
  <creationTime>2026-01-02T03:04:05.678Z</creationTime>
  <jobId>j/1 x</jobId>
</job>"""


def test_standard_form_is_read_in_any_order() -> None:
    """Default namespace, nested error, Z times, plain values and extras are read."""
    job = read_job(STANDARD)
    assert (job.id, job.version, job.quote, job.execution_duration) == ("j/1 x", "1.1", None, 0)
    assert job.error_summary is not None
    assert asdict(job.error_summary) == {
        "message": "disk full",
        "type": "transient",
        "has_detail": True,
        "extras": (),
    }
    assert job.creation_time is not None
    assert job.creation_time.moment is not None
    assert job.creation_time.moment.isoformat() == "2026-01-02T03:04:05.678000+00:00"
    assert job.parameters[0].value == "a+b%20c"
    assert job.parameters[0].is_post is True
    assert (job.results[0].href, job.results[0].size) == ("http://h/r1", 12)
    assert [(extra.name, extra.text) for extra in job.extras] == [("custom", "kept")]


LAUGHS = (
    b"""<!DOCTYPE job [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><job><jobId>&b;</jobId></job>"""
)


@pytest.mark.parametrize(
    ("document", "words"),
    [
        (LAUGHS, "document type"),
        (LAUGHS.decode().encode("utf-16"), "document type"),
        (b"<results/>", "<results>"),
        (b"not xml", "no XML"),
        (b"", "no XML"),
        (b"<job><phase>PENDING</phase></job>", "no jobId"),
    ],
)
def test_other_documents_are_refused(document: bytes, words: str) -> None:
    """A document type, another document or no document is a clear error."""
    with pytest.raises(ProtocolError, match=re.escape(words)):
        read_job(document)


def test_unknown_phase_is_unknown() -> None:
    """A phase that UWS does not define does not break the reader."""
    assert read_job(b"<job><jobId>1</jobId><phase>NAPPING</phase></job>").phase is Phase.UNKNOWN


PREFIXED = b"""<uws:jobs xmlns:uws="http://www.ivoa.net/xml/UWS/v1.0"
  xmlns:xlink="http://www.w3.org/1999/xlink" version="1.1"><!-- two --><?pi x?>
  <uws:jobref id="a" xlink:type="simple" xlink:href="http://h/a" colour="red">
    <uws:phase>QUEUED</uws:phase><uws:runId>r</uws:runId><uws:ownerId>bob</uws:ownerId>
    <uws:creationTime>2026-01-01T00:00:00Z</uws:creationTime><uws:mood>good</uws:mood>
    <uws:phase>ERROR</uws:phase>
  </uws:jobref>
  <uws:jobref type="complex" kind="simple"><uws:jobId>b</uws:jobId></uws:jobref>
  <uws:other id="c"/>
</uws:jobs>"""


def test_list_keeps_what_it_does_not_know() -> None:
    """A link's type is left out; a second phase is an extra; other elements are no jobs."""
    first, second = read_jobs(PREFIXED)
    assert asdict(first) == {
        "id": "a",
        "href": "http://h/a",
        "phase": Phase.QUEUED,
        "run_id": "r",
        "owner_id": "bob",
        "creation_time": {"text": "2026-01-01T00:00:00Z"},
        "extras": (
            {"name": "colour", "text": "red"},
            {"name": "mood", "text": "good"},
            {"name": "phase", "text": "ERROR"},
        ),
    }
    assert (second.id, second.phase) == ("b", Phase.UNKNOWN)
    extras = [(extra.name, extra.text) for extra in second.extras]
    assert extras == [("type", "complex"), ("kind", "simple")]
    assert read_version(PREFIXED) == "1.1"
    with pytest.raises(ProtocolError, match="entry of the job list has no id"):
        read_jobs(b"<jobs><jobref><phase>QUEUED</phase></jobref></jobs>")


XSI = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'


def test_nil_and_empty_elements_are_nothing() -> None:
    """Whether a service leaves a field out, empties it or declares it nil."""
    nil = 'xsi:nil="true"'
    job = read_job(
        f"""<job {XSI} xsi:schemaLocation="x y"><jobId> 1 </jobId><runId {nil}>r</runId>
        <ownerId xsi:nil="1"/><quote xsi:nil=" TRUE ">5</quote><startTime {nil}/><endTime/>
        <destruction> </destruction><executionDuration {nil}>9</executionDuration>
        <creationTime xsi:nil="false">2026</creationTime><parameters {nil}/><results {nil}/>
        <errorSummary {nil}><message>no</message></errorSummary><jobInfo {nil}><a>1</a></jobInfo>
        </job>""".encode()
    )
    assert given(job) == {"id": "1", "creation_time": {"text": "2026"}}
    assert read_job(b'<job><jobId nil="true">1</jobId></job>').id == "1"
    with pytest.raises(ProtocolError, match="no jobId"):
        read_job(b"<job><jobId/></job>")


def test_job_keeps_what_it_does_not_know() -> None:
    """Attributes and elements, also below the elements that UWS defines."""
    job = read_job(
        b"""<job colour="red" version="1.1"><!-- one --><?pi x?><jobId>1</jobId><phase>error</phase>
        <errorSummary type="fatal" hasDetail="false" code="7"><message>bad</message><hint>x</hint>
        </errorSummary><jobInfo>text<a>1</a><b><c> 2 </c></b></jobInfo>
        <mood>so <!-- and --><i>so</i></mood>
        <results><result id="r" mime-type="text/plain" size=" 12 " name="" hash="" x="y">t</result>
        <result size="big"><seen>yes</seen></result><other/></results></job>"""
    )
    assert given(job) == {
        "id": "1",
        "phase": Phase.ERROR,
        "version": "1.1",
        "error_summary": {
            "message": "bad",
            "type": "fatal",
            "has_detail": False,
            "extras": ({"name": "code", "text": "7"}, {"name": "hint", "text": "x"}),
        },
        "job_info": (
            {"name": "", "text": "text"},
            {"name": "a", "text": "1"},
            {"name": "c", "text": "2"},
        ),
        "results": (
            {
                "id": "r",
                "mime_type": "text/plain",
                "size": 12,
                "extras": ({"name": "x", "text": "y"}, {"name": "", "text": "t"}),
            },
            {"id": "", "extras": ({"name": "seen", "text": "yes"},)},
        ),
        "extras": ({"name": "colour", "text": "red"}, {"name": "mood", "text": "so so"}),
    }


@pytest.mark.parametrize(
    ("summary", "message"),
    [
        ("<errorSummary> bare text </errorSummary>", "bare text"),
        ("<errorSummary>bare<message>nested</message></errorSummary>", "nested"),
        ('<errorSummary type="fatal"/>', ""),
        ("<errorSummary/>", None),
        ("<errorSummary><message/></errorSummary>", None),
        ('<errorSummary hasDetail="true"/>', None),
    ],
)
def test_error_summary_in_every_form(summary: str, message: str | None) -> None:
    """Nested or bare; one that says nothing is none."""
    job = read_job(f"<job><jobId>1</jobId>{summary}</job>".encode())
    assert (job.error_summary and job.error_summary.message) == message
    if job.error_summary is not None:
        assert job.error_summary.has_detail is None


@pytest.mark.parametrize(
    ("flags", "values", "by_reference"),
    [
        ("01", ["a b", "a b"], [False, True]),
        (["true", "false"], ["a+b", "a+b"], [True, False]),
        (["0", "true"], ["a+b", "a+b"], [False, True]),
        (["0", " True "], ["a+b", "a+b"], [False, True]),
    ],
)
def test_only_opus_encodes_parameters(
    flags: list[str], values: list[str], by_reference: list[bool]
) -> None:
    """It is known by its way to write flags."""
    listed = "".join(
        f'<parameter id="p{n}" byReference="{flag}" x="y">a+b</parameter>'
        for n, flag in enumerate(flags)
    )
    read = read_parameters(f"<parameters>{listed}<other/></parameters>".encode())
    assert [each.value for each in read] == values
    assert [each.by_reference for each in read] == by_reference
    assert [(each.id, each.is_post) for each in read] == [("p0", None), ("p1", None)]
    assert [each.extras[0].name for each in read] == ["x", "x"]


def test_parameter_without_flags_is_plain() -> None:
    """And one without an id has none."""
    (read,) = read_parameters(b"<parameters><parameter> a+b </parameter></parameters>")
    assert given(read) == {"id": "", "text": "a+b"}
    assert read_parameters(b"<parameters/>") == ()
    posted = read_parameters(b'<parameters><parameter id="p" isPost="1"/></parameters>')
    assert posted[0].is_post is True


def test_deep_document_is_refused() -> None:
    """A parser has limits; to reach them is an error like others."""
    with pytest.raises(Malformed, match="no XML"):
        read_job(b"<job>" + b"<a>" * 5000 + b"</a>" * 5000 + b"</job>")


def test_start_of_a_page_is_shown() -> None:
    """The first 80 bytes of what is not XML."""
    with pytest.raises(Malformed) as caught:
        read_job(b"\xffpage " * 99)
    shown = (b"\xffpage " * 99)[:80].decode("utf-8", "replace")
    assert str(caught.value).endswith(f"it begins {shown!r}")


def test_entities_and_document_types_are_refused() -> None:
    """Under any encoding, with any content, and no file is read."""
    secret = (
        b'<!DOCTYPE job [<!ENTITY f SYSTEM "file:///etc/hostname">]><job><jobId>&f;</jobId></job>'
    )
    for document in (secret, secret.decode().encode("utf-16-le"), b"<!DOCTYPE job><job/>"):
        with pytest.raises(ProtocolError, match="document type declaration, which is refused") as c:
            read_job(document)
        assert type(c.value) is ProtocolError
    hidden = b'<?xml version="1.0" encoding="UTF-7"?>+ADwAIQ-DOCTYPE job+AD4-<job/>'
    with pytest.raises(ProtocolError, match="document type declaration, which is refused"):
        read_job(hidden)
    latin = b"<?xml version='1.0' encoding='ISO-8859-1'?><job><jobId>\xe9</jobId></job>"
    assert read_job(latin).id == "\N{LATIN SMALL LETTER E WITH ACUTE}"
