"""Documents to models: the recorded answers of OPUS, the standard's own form, and hostile XML."""

import re
from dataclasses import asdict

import pytest

from prefect_expres.errors import Malformed, ProtocolError
from prefect_expres.uws import Phase
from prefect_expres.uws.models import Extra
from prefect_expres.uws.xml import (
    read_job,
    read_jobs,
    read_parameters,
    read_version,
)
from tests.uws.test_recorded_xml import given

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


def test_nil_and_empty_elements_of_a_list_are_nothing() -> None:
    """As in a job; what is not known is kept."""
    nil = 'xsi:nil="true"'
    (entry,) = read_jobs(
        f"""<jobs {XSI}><jobref id="1"><phase {nil}>ERROR</phase><runId {nil}>r</runId><ownerId/>
        <creationTime {nil}>2026</creationTime><colour {nil}>red</colour>
        <mood xsi:nil="false">good</mood></jobref></jobs>""".encode()
    )
    extras = ({"name": "colour", "text": ""}, {"name": "mood", "text": "good"})
    assert given(entry) == {"id": "1", "extras": extras}
    with pytest.raises(ProtocolError, match="entry of the job list has no id"):
        read_jobs(f"<jobs {XSI}><jobref><jobId {nil}>2</jobId></jobref></jobs>".encode())


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


def test_of_several_elements_of_one_name_the_first_counts() -> None:
    """The others are kept as extras, in jobs and in lists."""
    told = "<phase>QUEUED</phase><phase>ERROR</phase>"
    for read in (
        read_job(f"<job><jobId>1</jobId>{told}</job>".encode()),
        read_jobs(f'<jobs><jobref id="1">{told}</jobref></jobs>'.encode())[0],
    ):
        assert read.phase is Phase.QUEUED
        assert read.extras == (Extra("phase", "ERROR"),)


def test_entry_of_a_list_keeps_what_is_nested() -> None:
    """All its texts; where an entry has its id twice, the attribute counts."""
    entry = '<job id="a"><jobId>b</jobId><jobInfo><x>1</x><y>2</y></jobInfo></job>'
    (job,) = read_jobs(f"<jobs>{entry}</jobs>".encode())
    assert job.id == "a"
    assert job.extras == (Extra("jobId", "b"), Extra("jobInfo", "12"))
