"""Miriade, against a server that gives the columns that ExPRES reads."""

import pytest

from prefect_expres.ephemeris import (
    MiriadeEphemeris,
    Span,
    prepare_ephemeris,
)
from prefect_expres.errors import EphemerisError
from tests.ephemeris.answers import SPAN, assert_earth, miriade_text
from tests.ephemeris.de440 import DAY
from tests.ephemeris.replay_server import ReplayServer
from tests.support.no_pause import NoPause


async def test_miriade_is_read_by_its_columns(server: ReplayServer, clock: NoPause) -> None:
    """East longitudes, planetocentric latitudes, au; and the user is told to check."""
    server.add("/", miriade_text())
    made = await prepare_ephemeris(MiriadeEphemeris(miriade_url=server.url), SPAN, clock=clock)
    assert_earth(made)
    assert made.source == "IMCCE Miriade"
    assert made.notes == ("Miriade is experimental here: compare a few rows with another source",)
    assert made.observer == "Earth"
    assert server.requests[0].query == {
        "-name": "p:Jupiter",
        "-observer": "@500",
        "-ep": "2018-09-13T00:00:00",
        "-nbd": "7",
        "-step": "60s",
        "-so": "3",
        "-mime": "text",
    }
    imcce = "https://ssp.imcce.fr/webservices/miriade/api/ephemph.php"
    assert MiriadeEphemeris().miriade_url == imcce


async def test_miriade_columns_are_full_to_their_edges(
    server: ReplayServer, clock: NoPause
) -> None:
    """Every character of a column is read, and none of its neighbours."""
    heading, *rows = miriade_text(
        longitude="228.50335000", latitude="-2.90671000", distance="5.832321760000000000"
    ).split("\n2018")
    rows = [
        "x".join([f"2018{row[:18]}0000", row[23:35], row[36:47] + "x" * 81, row[129:149], ""])
        for row in rows
    ]
    text = "\n".join([heading, *rows])
    server.add("/", text)
    made = await prepare_ephemeris(MiriadeEphemeris(miriade_url=server.url), SPAN, clock=clock)
    assert_earth(made)


async def test_miriade_longitudes_are_brought_into_the_circle(
    server: ReplayServer, clock: NoPause
) -> None:
    """Should it count to the west of zero one day."""
    server.add("/", miriade_text(longitude="-131.49665"))
    assert_earth(
        await prepare_ephemeris(MiriadeEphemeris(miriade_url=server.url), SPAN, clock=clock)
    )


async def test_five_thousand_times_are_one_question(server: ReplayServer, clock: NoPause) -> None:
    """One more are two."""
    span = Span(DAY, 1, 5000)
    server.add("/", miriade_text(list(span.times())))
    await prepare_ephemeris(MiriadeEphemeris(miriade_url=server.url), span, clock=clock)
    assert [request.query["-nbd"] for request in server.requests] == ["5000"]


async def test_miriade_is_asked_in_portions(server: ReplayServer, clock: NoPause) -> None:
    """No question is for more than 5000 times; the parts join without a gap."""
    span = Span(DAY, 1, 5003)
    times = list(span.times())
    server.add("/", miriade_text(times[:5000]))
    server.add("/", miriade_text(times[5000:]))
    made = await prepare_ephemeris(
        MiriadeEphemeris(observer="Juno", miriade_url=server.url), span, clock=clock
    )
    assert len(made.points) == 5003
    assert [request.query["-nbd"] for request in server.requests] == ["5000", "3"]
    assert server.requests[1].query["-ep"] == "2018-09-13T01:23:20"
    assert server.requests[1].query["-observer"] == "@-61"


@pytest.mark.parametrize(
    ("text", "word"),
    [
        (" Flag: -1 \n# no such observer\n#", "no such ephemeris. It says: # no such observer #$"),
        ("Flag: -1\n" + "x" * 12 + "\ny", "no such ephemeris. It says: x{12} y$"),
        ("Flag: -1", "no such ephemeris$"),
        ("too short\n" * 9, "not a table. It says: too short"),
        ("# Flag: 1\n" + "#\n" * 9, "gave 0 rows of the 7"),
        ("", "not a table$"),
        (miriade_text(latitude="***********"), r"no position.*\*\*\*"),
        (miriade_text(longitude="******"), r"no position.*\*\*\*"),
        (miriade_text(distance="************"), r"no position.*\*\*\*"),
    ],
)
async def test_what_miriade_does_not_have_is_told(
    server: ReplayServer, clock: NoPause, text: str, word: str
) -> None:
    """Its flag, its short answers and its stars."""
    server.add("/", text)
    with pytest.raises(EphemerisError, match=rf"Miriade\b.*{word}"):
        await prepare_ephemeris(MiriadeEphemeris(miriade_url=server.url), SPAN, clock=clock)
