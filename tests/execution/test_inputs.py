"""What a job was given, in each way that services tell it."""

import json
from codecs import BOM_UTF8
from typing import get_args
from urllib.parse import quote, quote_plus

import pytest

from prefect_expres.errors import Unreachable
from prefect_expres.execution import rebuild_request
from prefect_expres.execution.inputs import Likeness, compare
from prefect_expres.expres import Configuration, SimulationRequest
from prefect_expres.expres.run_id import RunId
from tests.support.virtual_jobs import VirtualJob
from tests.support.virtual_service import URL, Inputs, VirtualService
from tests.support.virtual_time import in_virtual_time

EVERY_WAY = pytest.mark.parametrize("inputs", get_args(Inputs))


async def compared(
    service: VirtualService, job: VirtualJob, simulation: SimulationRequest
) -> Likeness:
    """Compare the inputs of a job with those of a simulation."""
    async with service.client() as client:
        return await compare(client, job.id, simulation)


async def rebuilt(service: VirtualService, job: VirtualJob) -> SimulationRequest | None:
    """Rebuild what a job runs."""
    name = RunId.parse(job.run_id)
    assert name is not None
    async with service.client() as client:
        return await rebuild_request(client, job.id, name)


@EVERY_WAY
@in_virtual_time
async def test_the_same_files_are_the_same_simulation(
    observed: SimulationRequest, inputs: Inputs
) -> None:
    """A text that lost the white space at its ends in the document, too."""
    service = VirtualService(inputs=inputs)
    job = service.plant(observed)
    assert await compared(service, job, observed) is Likeness.SAME
    assert await rebuilt(service, job) == observed
    job.given = {name.upper(): content for name, content in job.given.items()}
    assert await compared(service, job, observed) is Likeness.SAME
    assert await rebuilt(service, job) == observed


@EVERY_WAY
@in_virtual_time
async def test_another_file_is_another_simulation(
    observed: SimulationRequest, inputs: Inputs
) -> None:
    """Whether it is the configuration or the ephemeris; it is not rebuilt under this name."""
    service = VirtualService(inputs=inputs)
    assert observed.ephemeris is not None
    content = observed.configuration.content()
    other = Configuration.from_mapping(content | {"SIMU": content["SIMU"] | {"NAME": "other"}})
    for name, changed in (
        ("config", other.to_json()),
        ("config", b'{"no": "configuration"}'),
        ("ephemeride", observed.ephemeris.replace(b"1", b"4")),
        ("ephemeride", observed.ephemeris.replace(b"\n", b"\n ")),
        ("branch", b"develop"),
    ):
        job = service.plant(observed)
        job.given[name] = changed
        assert await compared(service, job, observed) is Likeness.OTHER
        assert await rebuilt(service, job) is None


@pytest.mark.parametrize("track", [b"#100%25\n1,2,3\n", b"1,+2,3"])
@in_virtual_time
async def test_what_is_not_encoded_stays_as_it_is(
    observed: SimulationRequest, track: bytes
) -> None:
    """Whatever has lines, or no percent sign."""
    service = VirtualService(inputs="in the document")
    request = SimulationRequest.build(observed.configuration, track, label="io")
    job = service.plant(request)
    assert await compared(service, job, request) is Likeness.SAME
    assert await rebuilt(service, job) == request


@in_virtual_time
async def test_white_space_counts_in_a_file(observed: SimulationRequest) -> None:
    """Only a document loses it."""
    service = VirtualService()
    job = service.plant(observed)
    job.given["ephemeride"] = job.given["ephemeride"] + b"\n"
    assert await compared(service, job, observed) is Likeness.OTHER
    assert await rebuilt(service, job) is None


@in_virtual_time
async def test_a_trimmed_ephemeris_may_have_ended_with_a_line_or_not(
    observed: SimulationRequest,
) -> None:
    """Both are tried."""
    service = VirtualService(inputs="in the document")
    for track in (b"1, 2\n3, 4\n", b"1, 2\n3, 4"):
        request = SimulationRequest.build(observed.configuration, track, label="io")
        assert await rebuilt(service, service.plant(request)) == request


@in_virtual_time
async def test_a_configuration_that_is_missing_is_told(observed: SimulationRequest) -> None:
    """No file and an empty one alike: such a job would run the default configuration."""
    service = VirtualService(inputs="in the document")
    job = service.plant(observed)
    job.given["config"] = b""
    assert await compared(service, job, observed) is Likeness.MISSING
    assert await rebuilt(service, job) is None
    del job.given["config"]
    assert await compared(service, job, observed) is Likeness.MISSING
    assert await rebuilt(service, job) is None


@in_virtual_time
async def test_without_its_ephemeris_it_is_another_simulation(observed: SimulationRequest) -> None:
    """And cannot be rebuilt."""
    service = VirtualService()
    job = service.plant(observed)
    del job.given["ephemeride"]
    assert await compared(service, job, observed) is Likeness.OTHER
    assert await rebuilt(service, job) is None


@in_virtual_time
async def test_another_branch_is_seen_before_files_are_read(observed: SimulationRequest) -> None:
    """A branch that cannot be one is refused; none, or an empty one, is the default one."""
    service = VirtualService()
    job = service.plant(observed)
    job.given["branch"] = b"a branch; of trees"
    assert await compared(service, job, observed) is Likeness.OTHER
    assert not service.asked(r"GET /.*/parameters/")
    assert await rebuilt(service, job) is None
    for given in ({"branch": b""}, {}):
        del job.given["branch"]
        job.given |= given
        assert await compared(service, job, observed) is Likeness.SAME
        assert await rebuilt(service, job) == observed


@in_virtual_time
async def test_inputs_that_do_not_come_are_given_up(simulation: SimulationRequest) -> None:
    """After half a second, one and two."""
    service = VirtualService()
    job = service.plant(simulation)
    service.trouble("GET /.*/parameters$", 404, times=1e9)
    assert await compared(service, job, simulation) is Likeness.HIDDEN
    assert service.now() == 3.5
    assert await rebuilt(service, job) is None


@pytest.mark.parametrize("status", [400, 403, 500, 200])
@in_virtual_time
async def test_inputs_that_are_refused_are_not_shown(
    simulation: SimulationRequest, status: int
) -> None:
    """That is no error; nor is a document that cannot be read."""
    service = VirtualService()
    job = service.plant(simulation)
    service.trouble("GET /.*/parameters$", status, "<parameters", times=1e9)
    assert await compared(service, job, simulation) is Likeness.HIDDEN
    assert await rebuilt(service, job) is None


@in_virtual_time
async def test_a_service_that_is_away_is_an_error(simulation: SimulationRequest) -> None:
    """Nothing can be said of the job."""
    service = VirtualService()
    job = service.plant(simulation)
    service.trouble("GET /.*/parameters$", 503, times=1e9)
    with pytest.raises(Unreachable):
        await rebuilt(service, job)


@pytest.mark.parametrize("inputs", ["by name", "in the document"])
@in_virtual_time
async def test_texts_may_come_back_in_other_clothes(
    observed: SimulationRequest, inputs: Inputs
) -> None:
    """Percent-encoded, with other ends of lines, or with the JSON laid out anew."""
    service = VirtualService(inputs=inputs)
    configuration, track = observed.configuration.to_json(), observed.ephemeris or b""
    compact = json.dumps(json.loads(configuration)).encode()
    for config, ephemeride in (
        (configuration.replace(b"\n", b"\r\n"), track.replace(b"\n", b"  \r\n")),
        (quote_plus(configuration).encode(), quote_plus(track).encode()),
        (compact + b"  \n", track.strip()),
        (quote(compact).encode(), track),
    ):
        job = service.plant(observed)
        job.given |= {"config": config, "ephemeride": ephemeride}
        assert await compared(service, job, observed) is Likeness.SAME


@pytest.mark.parametrize("before", [b"", b" \n", BOM_UTF8, BOM_UTF8 + b"\n"])
@in_virtual_time
async def test_a_configuration_is_known_by_its_brace(
    observed: SimulationRequest, before: bytes
) -> None:
    """White space and the mark of some editors may come before it."""
    service = VirtualService()
    job = service.plant(observed)
    job.given["config"] = before + job.given["config"]
    assert await compared(service, job, observed) is Likeness.SAME
    job.given["config"] = before + b"X" + job.given["config"]
    assert await compared(service, job, observed) is Likeness.HIDDEN


@pytest.mark.parametrize("scheme", ["http", "https"])
@in_virtual_time
async def test_a_file_may_be_at_any_address(observed: SimulationRequest, scheme: str) -> None:
    """Of the service, whose paths may be told as they are."""
    service = VirtualService(inputs="in the document")
    there, job = service.plant(observed), service.plant(observed)
    address = URL.replace("http", scheme, 1)
    for name in ("config", "ephemeride"):
        job.given[name] = f"{address}/{there.id}/parameters/{name}".encode()
    async with service.client(address) as client:
        assert await compare(client, job.id, observed) is Likeness.SAME


@pytest.mark.parametrize("shown", [b"file://io.json", b"io.json"])
@in_virtual_time
async def test_what_is_no_file_says_nothing(observed: SimulationRequest, shown: bytes) -> None:
    """OPUS gives the name of a referenced file where others give its content."""
    service = VirtualService(inputs="by name")
    job = service.plant(observed)
    job.given["config"] = shown
    assert await compared(service, job, observed) is Likeness.HIDDEN
    assert await rebuilt(service, job) is None


@in_virtual_time
async def test_an_ephemeris_that_is_not_shown_is_one(simulation: SimulationRequest) -> None:
    """Its job is not taken for one that was given none."""
    service = VirtualService(inputs="by name")
    job = service.plant(simulation)
    job.given["ephemeride"] = b"file://earth.csv"
    assert await compared(service, job, simulation) is Likeness.OTHER
    assert await rebuilt(service, job) is None


@pytest.mark.parametrize("inputs", ["by name", "in the document"])
@in_virtual_time
async def test_white_space_at_the_ends_of_a_text_is_let_pass(
    observed: SimulationRequest, inputs: Inputs
) -> None:
    """Services may end it with a line of their own, and cut empty lines that were sent."""
    service = VirtualService(inputs=inputs)
    track = b"\n \n1, 2, 3\n\n"
    padded = SimulationRequest.build(observed.configuration, track, label="io")
    for given in (track, b"\n" + track + b"\n", track.strip()):
        job = service.plant(padded)
        job.given["ephemeride"] = given
        assert await compared(service, job, padded) is Likeness.SAME


@in_virtual_time
async def test_a_document_with_the_content_needs_no_other_reading(
    observed: SimulationRequest,
) -> None:
    """Also where the content is one line, with white space before it or not."""
    service = VirtualService(inputs="in the document")
    content = json.dumps(observed.configuration.content())
    assert "\n" not in content
    for given in (content, quote_plus(f" {content}")):
        job = service.plant(observed)
        job.given["config"] = given.encode()
        assert await compared(service, job, observed) is Likeness.SAME
    assert not service.asked("GET /.*/parameters/")
