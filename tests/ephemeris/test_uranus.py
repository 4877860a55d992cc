"""Uranus, whose fields have another longitude system than the IAU and services give."""

import math

import pytest

from prefect_expres.ephemeris import (
    AnyEphemeris,
    HorizonsEphemeris,
    MiriadeEphemeris,
    WebGeoCalcEphemeris,
    prepare_ephemeris,
)
from tests.ephemeris.answers import (
    SPAN,
    horizons,
    horizons_text,
    miriade_text,
    offer,
)
from tests.ephemeris.de440 import DAY, EARTH
from tests.ephemeris.replay_server import ReplayServer
from tests.support.no_pause import NoPause


@pytest.mark.parametrize("kind", ["horizons", "miriade", "webgeocalc"])
async def test_every_service_is_converted(server: ReplayServer, clock: NoPause, kind: str) -> None:
    """The pole of the spin is the south pole of the IAU, so that longitudes turn round, too."""
    offer(server)
    server.add("/", horizons(horizons_text()) if kind == "horizons" else miriade_text())
    sources: dict[str, AnyEphemeris] = {
        "horizons": HorizonsEphemeris(center="Uranus", horizons_url=server.url),
        "miriade": MiriadeEphemeris(center="Uranus", miriade_url=server.url),
        "webgeocalc": WebGeoCalcEphemeris(center="Uranus", webgeocalc_url=server.url),
    }
    point = (await prepare_ephemeris(sources[kind], SPAN, clock=clock)).points[-1]
    off = point.longitude - (225.3113 - EARTH[DAY].longitude)
    assert math.remainder(off, 360) == pytest.approx(0, abs=1e-5)
    assert 2.9 < point.latitude < 3.3
