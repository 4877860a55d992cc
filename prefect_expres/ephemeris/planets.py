"""The planets whose emission is simulated: numbers, shapes, and how they rotate.

Shapes and rotations: Archinal et al. 2018 (IAU Working Group on Cartographic Coordinates, report
for 2015), and for Earth its report for 2009, as in the NAIF kernel pck00011.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from prefect_expres.errors import EphemerisError

PlanetName = Literal["Jupiter", "Saturn", "Uranus", "Neptune", "Earth", "Mercury"]

_DAY_S = 86_400.0


@dataclass(frozen=True)
class Planet:
    """A planet, and the longitude system in which the field models that ExPRES knows are given.

    Attributes:
        name: Its name.
        naif_id: NAIF number of the planet.
        barycenter: NAIF number of the barycentre of its system.
        equator_km: Equatorial radius.
        pole_km: Polar radius.
        right_ascension: Of the IAU north pole, degrees at J2000 and their change per century.
        declination: Likewise.
        meridian: Angle of the IAU prime meridian, degrees at J2000 and their change per day.
        periodic: Periodic terms: angle at J2000, its rate per century, and the amplitudes in right
            ascension (sine), declination (cosine) and meridian (sine), all in degrees.
        spin_meridian: East longitude in the IAU system of the zero meridian of a system whose north
            pole is that of the spin; None where the IAU system is that of the field models.
    """

    name: PlanetName
    naif_id: int
    barycenter: int
    equator_km: float
    pole_km: float
    right_ascension: tuple[float, float]
    declination: tuple[float, float]
    meridian: tuple[float, float]
    periodic: tuple[tuple[float, float, float, float, float], ...] = ()
    spin_meridian: float | None = None

    @property
    def iau_frame(self) -> str:
        """The name of the IAU system, as SPICE has it."""
        return f"IAU_{self.name.upper()}"

    @property
    def frame(self) -> str:
        """The name of the longitude system of the field models."""
        return self.iau_frame if self.spin_meridian is None else "ULS"

    @property
    def rotation_deg_s(self) -> float:
        """Degrees by which the planet turns in a second, eastward in the system of its fields."""
        return abs(self.meridian[1]) / _DAY_S


PLANETS: Mapping[str, Planet] = {
    planet.name: planet
    for planet in (
        Planet(
            "Jupiter",
            599,
            5,
            71_492.0,
            66_854.0,
            (268.056595, -0.006499),
            (64.495303, 0.002413),
            (284.95, 870.536),
            (
                (99.360714, 4850.4046, 0.000117, 0.000050, 0.0),
                (175.895369, 1191.9605, 0.000938, 0.000404, 0.0),
                (300.323162, 262.5475, 0.001432, 0.000617, 0.0),
                (114.012305, 6070.2476, 0.000030, -0.000013, 0.0),
                (49.511251, 64.3000, 0.002150, 0.000926, 0.0),
            ),
        ),
        Planet(
            "Saturn",
            699,
            6,
            60_268.0,
            54_364.0,
            (40.589, -0.036),
            (83.537, -0.004),
            (38.90, 810.7939024),
        ),
        Planet(
            "Uranus",
            799,
            7,
            25_559.0,
            24_973.0,
            (257.311, 0.0),
            (-15.175, 0.0),
            (203.81, -501.1600928),
            # ULS (Ness et al. 1986): Voyager 2 was at 302° west when it was closest, which was at
            # 167.3113° east in the IAU system. The pole of the spin is the IAU south pole.
            spin_meridian=167.3113 - 302.0 + 360.0,
        ),
        Planet(
            "Neptune",
            899,
            8,
            24_764.0,
            24_341.0,
            (299.36, 0.0),
            (43.46, 0.0),
            (249.978, 541.1397757),
            ((357.85, 52.316, 0.70, -0.51, -0.48),),
        ),
        Planet(
            "Earth",
            399,
            3,
            6_378.1366,
            6_356.7519,
            (0.0, -0.641),
            (90.0, -0.557),
            (190.147, 360.9856235),
        ),
        Planet(
            "Mercury",
            199,
            1,
            2_440.53,
            2_438.26,
            (281.0103, -0.0328),
            (61.4155, -0.0049),
            (329.5988, 6.1385108),
            (
                (174.7910857, 149_472.53587500003, 0.0, 0.0, 0.01067257),
                (349.5821714, 298_945.07175000006, 0.0, 0.0, -0.00112309),
                (164.3732571, 448_417.60762500006, 0.0, 0.0, -0.00011040),
                (339.1643429, 597_890.14350000012, 0.0, 0.0, -0.00002539),
                (153.9554286, 747_362.67937500007, 0.0, 0.0, -0.00000571),
            ),
        ),
    )
}


def planet_of(name: str) -> Planet:
    """Give a planet by its name.

    Raises:
        EphemerisError: It is none of those that are known here.
    """
    try:
        return PLANETS[name]
    except KeyError:
        msg = (
            f"The rotation of {name[:40]!r} is not known here; the planets are "
            f"{', '.join(PLANETS)}. For another body write the observer's numbers into OBSERVER"
        )
        raise EphemerisError(msg) from None
