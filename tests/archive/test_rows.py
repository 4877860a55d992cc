"""The rows of a simulation: every value that a CDF file, a configuration and a manifest give."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from prefect_expres.archive import publish_simulations
from prefect_expres.archive.columns import COLUMNS
from prefect_expres.archive.granule import ENGINE
from prefect_expres.archive.publication import EXPRES_PAPER
from prefect_expres.archive.rows import read_facts, rows_of
from prefect_expres.archive.tree import (
    CALENDAR,
    CONFIGURATION,
    PICTURE,
    SPECTRUM,
    PlacedFile,
    files_of,
)
from prefect_expres.execution import SimulationResult
from prefect_expres.expres import Configuration
from prefect_expres.storage import StoredFile
from tests.support.complete import complete_simulation
from tests.support.listening import Told
from tests.support.tap_server import publication_at

URL = "https://data.example.org/expres"
MADE = datetime(2026, 1, 2, 3, tzinfo=UTC)
PLACED = [
    PlacedFile(SPECTRUM, "earth/2018/09/a.cdf", 2500, "5", "256"),
    PlacedFile(CONFIGURATION, "earth/2018/09/a.json", 100, "6", "257"),
    PlacedFile(CALENDAR, "earth/2018/09/a.ics", 1024, "7", "258"),
    PlacedFile(PICTURE, "earth/2018/09/a.png", 1600, "8", "259"),
]


@pytest.fixture
async def result(tmp_path: Path, configuration: dict[str, Any]) -> SimulationResult:
    """Give a complete simulation."""
    return await complete_simulation(tmp_path, configuration)


def test_a_row_says_all_that_is_known(
    result: SimulationResult, configuration: dict[str, Any]
) -> None:
    """Each value in the unit of its column; what nobody knows is empty."""
    facts = read_facts(result, Configuration.from_mapping(configuration))
    publication = publication_at(Path("x"), URL)
    spectrum, given, calendar, picture = rows_of(
        result, facts, PLACED, "a_thumb.png", publication, MADE
    )
    assert spectrum.keys() == {column.name for column in COLUMNS}
    assert {name: value for name, value in spectrum.items() if value is not None} == {
        "granule_uid": "a.cdf",
        "granule_gid": "spectrum",
        "obs_id": "a",
        "file_name": "a.cdf",
        "access_url": f"{URL}/earth/2018/09/a.cdf",
        "access_format": "application/x-cdf",
        "access_estsize": 2,
        "access_md5": "5",
        "file_sha256": "256",
        "thumbnail_url": f"{URL}/a_thumb.png",
        "dataproduct_type": "ds",
        "processing_level": 5,
        "measurement_type": "phys.polarization.circular;em.radio;meta.modelled",
        "target_name": "Jupiter#Io",
        "target_class": "planet#satellite",
        "feature_name": "Io flux tube",
        "spatial_frame_type": "none",
        "instrument_host_name": "Earth",
        "instrument_name": "ExPRES",
        "time_min": 2458374.5,
        "time_max": 2458375.0,
        "time_scale": "UTC",
        "time_sampling_step_min": 302.0,
        "time_sampling_step_max": 303.0,
        "spectral_range_min": 1e6,
        "spectral_range_max": 40e6,
        "spectral_sampling_step_min": 1e6,
        "spectral_sampling_step_max": 1e6,
        **dict.fromkeys(("creation_date", "modification_date", "release_date"), MADE),
        "service_title": "expres",
        "publisher": "Tests & Co",
        "bib_reference": EXPRES_PAPER,
        "fingerprint": result.fingerprint,
        "job_url": result.job_url,
        "expres_version": "master, data unknown",
        "package_version": "0.1.0",
        "configuration_url": f"{URL}/earth/2018/09/a.json",
    }
    changed = {name for name in given if given[name] != spectrum[name]}
    assert (given["granule_gid"], given["dataproduct_type"]) == ("configuration", "ci")
    assert (given["processing_level"], given["access_estsize"]) == (6, 1)
    assert (given["access_format"], calendar["access_format"]) == (
        *("application/json", "text/calendar"),
    )
    assert changed == {
        *("granule_uid", "granule_gid", "dataproduct_type", "measurement_type", "file_name"),
        *("processing_level", "access_url", "access_format", "access_estsize", "access_md5"),
        *("file_sha256", "thumbnail_url"),
    }
    assert (given["measurement_type"], given["thumbnail_url"]) == (None, None)
    assert (picture["measurement_type"], picture["thumbnail_url"]) == (None, f"{URL}/a_thumb.png")
    assert [each["access_estsize"] for each in (calendar, picture)] == [1, 2]
    plain = rows_of(result, facts, PLACED, None, publication, MADE)
    assert {each["thumbnail_url"] for each in plain} == {None}


@pytest.mark.parametrize(
    ("planet", "source", "target"),
    [
        ("Venus", {}, ("Venus#Io", "planet#satellite", "Io flux tube")),
        ("Mercury", {"TYPE": "fixed in latitude"}, ("Mercury", "planet", "fixed in latitude 65")),
        ("Saturn", {"TYPE": "L-shell"}, ("Saturn", "planet", "L-shell 65")),
        ("tau Boo", {}, ("tau Boo#Io", "exoplanet#exoplanet", "Io flux tube")),
        (
            "tau Boo",
            {"TYPE": "fixed in latitude"},
            ("tau Boo", "exoplanet", "fixed in latitude 65"),
        ),
    ],
)
def test_a_target_has_its_class(
    result: SimulationResult,
    configuration: dict[str, Any],
    planet: str,
    source: dict[str, Any],
    target: tuple[str, str, str],
) -> None:
    """Planet and moon, or the planet alone; those of other stars are exoplanets."""
    model = Configuration.from_mapping(configuration)
    observer = model.observer.model_copy(update={"parent": planet, "sc": ""})
    first = model.source[0].model_copy(
        update={"lat": 65.0} | {name.lower(): value for name, value in source.items()}
    )
    facts = read_facts(result, model.model_copy(update={"observer": observer, "source": [first]}))
    named = ("target_name", "target_class", "feature_name")
    assert tuple(facts.common[name] for name in named) == target
    assert facts.common["instrument_host_name"] == "Earth"
    assert facts.start == datetime(2018, 9, 13, tzinfo=UTC)


async def test_what_a_sandbox_computed_is_said_to_be_so(
    tmp_path: Path, configuration: dict[str, Any]
) -> None:
    """In the table, and in a warning; ExPRES' own files are not warned of.

    Its folder is named after its observer, in small letters with hyphens.
    """
    own = await complete_simulation(tmp_path / "own", configuration)
    words = {"Source_name": [f"x>{ENGINE}"], "Data_version": ["07"]}
    content = configuration | {"OBSERVER": configuration["OBSERVER"] | {"SC": "Solar_Orbiter"}}
    engine = await complete_simulation(tmp_path / "runs", content, words=words)
    publication = publication_at(tmp_path / "published", URL)
    told = Told()
    await publish_simulations([own.folder], publication, told)
    assert told.warnings == []
    publication = publication_at(tmp_path / "other", URL)
    done = await publish_simulations([engine.folder], publication, told)
    assert told.warnings == [f"{engine.folder} was computed by a sandbox; the table says: {ENGINE}"]
    assert told.steps("publish")[-2] == f"{done.new[0]}, 5 files"
    assert (tmp_path / "other" / "solar-orbiter" / "2018" / "09" / f"{done.new[0]}.cdf").is_file()
    facts = read_facts(engine, Configuration.from_mapping(content))
    assert facts.common["instrument_host_name"] == "Solar_Orbiter"
    assert facts.common["instrument_name"] == ENGINE
    assert facts.common["expres_version"] == "master, data 07"


def test_an_ephemeris_is_published_beside_its_simulation(result: SimulationResult) -> None:
    """Each kind of file has its end, its media type and its level."""
    track = StoredFile(name="earth.csv", url="file:///earth.csv", size=1, sha256="0")
    names = (*result.inputs, track.name)
    both = result.model_copy(update={"files": (*result.files, track), "inputs": names})
    kinds = [kind for kind, _ in files_of(both)]
    assert [(each.gid, each.end, each.product, each.media, each.level) for each in kinds] == [
        ("spectrum", ".cdf", "ds", "application/x-cdf", 5),
        ("picture", ".png", "im", "image/png", 5),
        ("catalogue", ".tfcat.json", "ca", "application/json", 5),
        ("calendar", ".ics", "ca", "text/calendar", 5),
        ("configuration", ".json", "ci", "application/json", 6),
        ("ephemeris", ".csv", "ts", "text/csv", 6),
    ]
    assert [file.name for _, file in files_of(both)][-1] == "earth.csv"
