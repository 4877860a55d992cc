"""A stand-in for JPL Horizons that knows one orbit, and gives it in the form of an observer table.

The orbit is like Juno's around its fourth perijove: polar, of 53.5 days, as close as 1.06 radii.
"""

import json
import math
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qs, urlsplit

from prefect_expres.ephemeris import PLANETS
from prefect_expres.ephemeris.bodies import AU_KM

JUPITER = PLANETS["Jupiter"]
PERIJOVE = datetime(2017, 2, 2, 12, 57, tzinfo=UTC)
GM_KM3_S2 = 1.26686534e8
PERIOD_S = 53.5 * 86_400
AXIS_KM = (GM_KM3_S2 * (PERIOD_S / math.tau) ** 2) ** (1 / 3)
ECCENTRICITY = 1 - 1.06 * JUPITER.equator_km / AXIS_KM
LATITUDE_AT_PERIJOVE = 6.0
HEADING = """Target pole/equ : IAU_JUPITER                    {West-longitude positive}
 Date__(UT)__HR:MN:SC.fff, , , ObsSub-LON, ObsSub-LAT,             delta,     deldot,
$$SOE
"""


def position(moment: datetime) -> tuple[float, float, float]:
    """Give west longitude and planetodetic latitude in degrees, and the distance in AU."""
    seconds = (moment - PERIJOVE).total_seconds()
    mean = math.tau * seconds / PERIOD_S
    anomaly = mean
    for _ in range(200):
        slope = 1 - ECCENTRICITY * math.cos(anomaly)
        anomaly -= (anomaly - ECCENTRICITY * math.sin(anomaly) - mean) / max(slope, 0.3)
    distance = AXIS_KM * (1 - ECCENTRICITY * math.cos(anomaly))
    shape = math.sqrt((1 + ECCENTRICITY) / (1 - ECCENTRICITY))
    angle = math.radians(LATITUDE_AT_PERIJOVE) - 2 * math.atan(shape * math.tan(anomaly / 2))
    latitude = math.asin(math.sin(angle))
    other_side = 180.0 if math.cos(angle) < 0 else 0.0
    longitude = (JUPITER.rotation_deg_s * seconds + other_side) % 360
    planetodetic = math.atan((JUPITER.equator_km / JUPITER.pole_km) ** 2 * math.tan(latitude))
    return longitude, math.degrees(planetodetic), distance / AU_KM


class _Horizons(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        """Answer a question about an observer with a table."""
        asked = {name: words[0].strip("'") for name, words in _query(self.path).items()}
        start, stop = (datetime.fromisoformat(f"{asked[f'{end}_TIME']}+00:00") for end in _ENDS)
        step = timedelta(minutes=int(asked["STEP_SIZE"].removesuffix(" m")))
        rows = []
        for number in range((stop - start) // step + 1):
            moment = start + number * step
            longitude, latitude, distance = position(moment)
            rows.append(
                f" {moment:%Y-%b-%d %H:%M:%S}.000, , , {longitude:.6f}, {latitude:.6f}, "
                f"{distance:.12f}, 0.0,\n"
            )
        body = json.dumps({"result": f"{HEADING}{''.join(rows)}$$EOE\n"}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name there
        """Say nothing."""


_ENDS = ("START", "STOP")


def _query(path: str) -> dict[str, list[str]]:
    return parse_qs(urlsplit(path).query)


@contextmanager
def serving_horizons() -> Iterator[str]:
    """Serve on a free port of this machine, and give the address."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Horizons) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()
