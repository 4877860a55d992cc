"""Wrong input: told once, with what to do, and with the documented exit code."""

from pathlib import Path

import pytest

from prefect_expres.cli.demo import free_port
from prefect_expres.errors import UsageError
from prefect_expres.examples import __file__ as examples
from prefect_expres.flows.simulate import simulate
from tests.support.command_line import run

EXAMPLE = Path(examples).with_name("earth-jupiter-io-20180913.json")
URL = "http://127.0.0.1:9"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["simulate", EXAMPLE, "--attempts", 0], "attempts: Input should be greater than 0"),
        (["simulate", EXAMPLE, "--timeout", -1], "timeout: Input should be greater than 0"),
        (
            ["campaign", "run", "--first", "2026-12-01", "--in-flight", 0],
            "in_flight: Input should be greater than 0",
        ),
    ],
)
def test_wrong_options(words: list[object], told: str, tmp_path: Path) -> None:
    """One line for each option, and nothing of how it was found."""
    done = run(*words, "--url", URL, "--output", tmp_path)
    assert done.code == 2
    assert done.err.count("Input should be") == 1
    assert told in done.err


async def test_wrong_parameters() -> None:
    """From Python, too, and for a service that is given in none of its ways."""
    with pytest.raises(UsageError) as caught:
        await simulate(3, {"base_url": "no address"}, attempts=0)  # type: ignore[arg-type]
    _, *lines = str(caught.value).splitlines()
    assert [line.split(":")[0].strip() for line in lines] == [
        "configuration",
        "service",
        "attempts",
    ]
    assert "give an http: or https: address" in lines[1]


async def test_no_such_service() -> None:
    """The message names what was given, and what can be."""
    with pytest.raises(UsageError, match="no service 'nowhere': give the name of a saved block"):
        await simulate(EXAMPLE, "nowhere")


@pytest.mark.parametrize(
    "words",
    [
        ["simulate", "--moon", "Io", "--day", "2026-12-01"],
        ["campaign", "run", "--first", "2026-12-01", "--last", "2026-12-01"],
        ["housekeeping"],
    ],
    ids=lambda words: words[0],
)
def test_an_output_that_is_away(words: list[object]) -> None:
    """It is told before anything is sent; a secret in its address is refused, and not shown."""
    done = run(*words, "--url", URL, "--output", f"ftp://127.0.0.1:{free_port()}/results")
    assert done.code == 1
    assert "Error: StorageUnavailable" in done.err
    assert "Connection refused" in done.err
    done = run(*words, "--url", URL, "--output", "ftp://me:word@127.0.0.1:9/results")
    assert done.code == 2
    assert "FSSPEC_FTP_PASSWORD" in done.err
    assert "word@" not in done.out + done.err
    done = run(*words, "--url", URL, "--output", "https://host/results?sv=1&sig=5ecre7")
    assert done.code == 2
    assert "fetch the file and give its path" in done.err
    assert "5ecre7" not in done.out + done.err
