"""Ephemerides of the observer, in the convention of ExPRES, from several sources.

Each source is a small model that a form can show. `prepare_ephemeris` computes, `to_csv` writes
the file that ExPRES reads, `read_csv` reads such a file and says what is wrong with it.

May import: errors, net, storage, expres.
"""

from prefect_expres.ephemeris.analytic import AnalyticEphemeris
from prefect_expres.ephemeris.apply import span_of, with_asked_phases, with_observer
from prefect_expres.ephemeris.compute import (
    AnyEphemeris,
    cache_key,
    prepare_ephemeris,
    source_for,
)
from prefect_expres.ephemeris.csv_reader import read_csv
from prefect_expres.ephemeris.csv_writer import to_csv
from prefect_expres.ephemeris.file_times import check_times, follow_file
from prefect_expres.ephemeris.file_track import FileTrack, read_track
from prefect_expres.ephemeris.horizons import HorizonsEphemeris
from prefect_expres.ephemeris.miriade import MiriadeEphemeris
from prefect_expres.ephemeris.model import Ephemeris, Span
from prefect_expres.ephemeris.moons import MOONS, Moon, moon_phase, phase_from
from prefect_expres.ephemeris.planets import PLANETS, Planet, PlanetName
from prefect_expres.ephemeris.provider import EphemerisSpec, ObserverSpec, Provider
from prefect_expres.ephemeris.rotation import Point
from prefect_expres.ephemeris.spice import SpiceEphemeris
from prefect_expres.ephemeris.table import TableEphemeris
from prefect_expres.ephemeris.webgeocalc import WebGeoCalcEphemeris
from prefect_expres.net.clock import Clock

__all__ = [
    "MOONS",
    "PLANETS",
    "AnalyticEphemeris",
    "AnyEphemeris",
    "Clock",
    "Ephemeris",
    "EphemerisSpec",
    "FileTrack",
    "HorizonsEphemeris",
    "MiriadeEphemeris",
    "Moon",
    "ObserverSpec",
    "Planet",
    "PlanetName",
    "Point",
    "Provider",
    "Span",
    "SpiceEphemeris",
    "TableEphemeris",
    "WebGeoCalcEphemeris",
    "cache_key",
    "check_times",
    "follow_file",
    "moon_phase",
    "phase_from",
    "prepare_ephemeris",
    "read_csv",
    "read_track",
    "source_for",
    "span_of",
    "to_csv",
    "with_asked_phases",
    "with_observer",
]
