"""A routine configuration, written out."""

from datetime import date

from prefect_expres.expres import Routine


def test_a_routine_is_written_out() -> None:
    """Every value of a routine simulation of Europa, seen with an ephemeris file."""
    routine = Routine(source="Europa", day=date(2032, 1, 2), observer="JUICE", lag_model="hue2023")
    made = routine.configuration(ephemeris="j.csv", phases={"Europa": 12.5}).content()
    circle = {"SEMI_MAJ": 0, "SEMI_MIN": 0, "DECLINATION": 0, "APO_LONG": 0, "INCLINATION": 0}
    idle = {"ON": False, "TYPE": "Ionospheric", "RHO0": 0, "SCALE": 0, "PERP": 0}
    source = {
        "ON": True,
        "PARENT": "Jupiter",
        "TYPE": "attached to a satellite",
        "SAT": "Europa",
        "LG_MIN": "auto",
        "LG_MAX": "auto",
        "LG_NBR": 1,
        "LAT": 0,
        "SUB": 0,
        "WIDTH": 1,
        "AURORA_ALT": 650 / 71492,
        "CURRENT": "Transient (Alfvenic)",
        "CONSTANT": 0,
        "MODE": "RX",
        "LAG_MODEL": "hue2023",
        "ACCEL": 3,
        "TEMP": 0,
        "TEMPH": 0,
        "REFRACTION": False,
    }
    flags = (
        *("THETA", "FP", "FC", "AZIMUTH", "OBSLATITUDE", "SRCLONGITUDE", "SRCFREQMAX"),
        *("OBSDISTANCE", "OBSLOCALTIME", "CML", "SRCPOS", "SRCVIS"),
    )
    space = {key: [-18, 18] for key in ("XRANGE", "YRANGE", "ZRANGE")}
    assert made == {
        "SIMU": {"NAME": "juice-europa-20320102-v11", "OUT": ""},
        "NUMBER": {"BODY": 2, "DENSITY": 2, "SOURCE": 2},
        "TIME": {"MIN": 0, "MAX": 1439, "NBR": 1440},
        "FREQUENCY": {"TYPE": "Linear", "MIN": 0.01, "MAX": 44, "NBR": 781, "SC": ""},
        "OBSERVER": {
            "TYPE": "Pre-Defined",
            "EPHEM": "j.csv",
            "PARENT": "Jupiter",
            "SC": "JUICE",
            **dict.fromkeys(("FIXE_DIST", "FIXE_SUBL", "FIXE_DECL"), "auto"),
            "SCTIME": "203201020000",
            **dict.fromkeys(("SEMI_MAJ", "SEMI_MIN", "SUBL", "DECL", "PHASE", "INCL"), 0),
        },
        "SPDYN": {
            "INTENSITY": True,
            "POLAR": True,
            "FREQ": [True] + [False] * 4,
            "LONG": [False] * 5,
            "LAT": [False] * 5,
            "DRANGE": [0, 0],
            "LGRANGE": [0, 0],
            "LARANGE": [0, 0],
            "LTRANGE": [0, 0],
            "KHZ": False,
            "LOG": False,
            "PDF": False,
            "CDF": dict.fromkeys(flags, True),
            "INFOS": False,
        },
        "MOVIE2D": {"ON": False, "SUBCYCLE": 1, "RANGE": 30},
        "MOVIE3D": {"ON": False, "SUBCYCLE": 5, **space, "OBS": True, "TRAJ": True},
        "BODY": [
            {
                "ON": True,
                "NAME": "Jupiter",
                "RADIUS": 1,
                "PERIOD": 595.5,
                "FLAT": 0.064935,
                "ORB_PER": 177.83,
                "INIT_AX": 0,
                "MAG": "JRM33",
                "MOTION": False,
                "PARENT": "",
                **circle,
                "PHASE": 0,
                "DENS": [
                    {
                        "ON": True,
                        "NAME": "Body1_density1",
                        "TYPE": "Ionospheric",
                        "RHO0": 350000,
                        "SCALE": 0.0223801,
                        "PERP": 0.012465,
                    },
                    {
                        "ON": True,
                        "NAME": "Body1_density2",
                        "TYPE": "Torus",
                        "RHO0": 2000,
                        "SCALE": 1,
                        "PERP": 5.91,
                    },
                ],
            },
            {
                "ON": True,
                "NAME": "Europa",
                "RADIUS": 0.02183,
                "PERIOD": 5113.7,
                "FLAT": 0,
                "ORB_PER": 114.1,
                "INIT_AX": 0,
                "MAG": "",
                "MOTION": True,
                "PARENT": "Jupiter",
                **circle,
                "SEMI_MAJ": 9.387,
                "SEMI_MIN": 9.387,
                "PHASE": 12.5,
                "DENS": [
                    {**idle, "NAME": "Body2_density1"},
                    {**idle, "NAME": "Body2_density2"},
                ],
            },
        ],
        "SOURCE": [
            {**source, "NAME": "Source1", "NORTH": True, "SOUTH": False},
            {**source, "NAME": "Source2", "NORTH": False, "SOUTH": True},
        ],
    }
