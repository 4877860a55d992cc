"""What an identification leaves: values, table, labels and figure."""

import csv
import io
import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
import tfcat
from PIL import Image

from prefect_expres.analysis.axes import AXIS_HEIGHT
from prefect_expres.analysis.quicklook import DPI
from prefect_expres.errors import ObservationError
from prefect_expres.identification import (
    Identification,
    Missing,
    Model,
    Searched,
    frequencies_of,
    make_identification,
    scene_of,
)
from prefect_expres.identification.findings import Finding, told_briefly
from tests.identification.case import FREQUENCY, MODELS, Results, observed, result_of

pytestmark = pytest.mark.slow

FIELDS = {
    "energy_kev": {"info": True, "datatype": "float", "ucd": "phys.energy", "unit": "keV"},
    "lag_model": {"info": True, "datatype": "str", "ucd": "meta.modelled"},
    "observed": {"info": True, "datatype": "float", "ucd": "stat.value"},
    "brightness": {"info": True, "datatype": "float", "ucd": "stat.snr"},
    "false_alarm": {"info": True, "datatype": "float", "ucd": "stat.probability"},
    "shift_minutes": {"info": True, "datatype": "float", "ucd": "time.interval", "unit": "min"},
    "shift_error_minutes": {
        "info": True,
        "datatype": "float",
        "unit": "min",
        "ucd": "stat.error;time.interval",
    },
}
"""What the labels say of an arc besides what a window has; each with a text for people."""

IO = Model(source="Io", energy=3)
MISSING = (Missing(label="io-5-kev", error="JobFailed: no disk"),)


@pytest.fixture(scope="module")
def searched(tmp_path_factory: pytest.TempPathFactory) -> Searched:
    """Give the files of all candidates."""
    folder = tmp_path_factory.mktemp("results")
    cdfs = {}
    for model in MODELS:
        result_of(model, folder)
        cdfs[model] = [str(folder / f"{model.source}-{model.energy:g}.cdf")]
    return Searched(cdfs, MISSING, timedelta(minutes=30))


def test_files_tell_what_was_found(results: Results, searched: Searched) -> None:
    """The table has every arc, the labels those that explain emission, where it stands."""
    observation = observed(results[IO][0], 12, hemisphere="north", seed=5)
    made, findings, contents = make_identification(observation, searched, "s3://bucket/found")
    (found,) = made.named
    assert found.candidate == "Io north, 3 keV"
    assert (made.arcs, made.missing) == (len(findings), MISSING)
    assert made.models == tuple(MODELS)
    assert (made.observer, made.target) == ("Earth", "Jupiter")
    assert made.folder == "s3://bucket/found"
    assert set(contents) == {*made.files, "identification.json"}
    assert Identification.model_validate_json(contents["identification.json"]) == made
    assert contents["identification.json"].startswith(b'{\n  "')
    assert contents["identification.json"].endswith(b"}\n")

    rows = list(csv.DictReader(io.StringIO(contents["arcs.csv"].decode())))
    assert len(rows) == 2 * len(MODELS)
    assert rows[0]["named"] == "True"
    assert (rows[0]["source"], rows[0]["energy_kev"]) == ("Io", "3.0")
    assert float(rows[0]["shift_minutes"]) == pytest.approx(12, abs=1)
    assert {row["named"] for row in rows[1:]} == {"False"}
    assert contents["overlay.png"].startswith(b"\x89PNG")


def test_labels_are_a_catalogue(results: Results, searched: Searched, tmp_path: Path) -> None:
    """The library of TFCat reads them: each label is where the emission was observed."""
    observation = observed(results[IO][0], 12, hemisphere="north", seed=5)
    _, _, contents = make_identification(observation, searched, "found")
    path = tmp_path / "labels.json"
    path.write_bytes(contents["arcs.tfcat.json"])
    with path.open() as file:
        catalogue = tfcat.load(file)
    (feature,) = catalogue.features
    assert feature.properties["energy_kev"] == 3.0
    assert feature.properties["shift_minutes"] == pytest.approx(12, abs=1)
    raw = json.loads(contents["arcs.tfcat.json"])
    assert set(raw["features"][0]["properties"]) <= set(raw["fields"])
    is_text = re.compile(r"[A-Z][a-z]+ \w").match
    told = {
        name: {**facts, "info": bool(is_text(facts["info"]))}
        for name, facts in raw["fields"].items()
    }
    assert {name: told[name] for name in FIELDS} == FIELDS
    assert "synthetic, seed 5" in raw["properties"]["title"]
    middle = datetime.fromisoformat("2024-01-01T07:12:00+00:00").timestamp()
    times = [time for time, _ in raw["features"][0]["geometry"]["coordinates"][0]]
    assert min(times) < middle < max(times)


def test_without_emission_there_are_files_too(results: Results, searched: Searched) -> None:
    """The figure shows the observation, and the catalogue has no labels."""
    observation = observed(results[IO][0], sigma=0.0)
    made, _, contents = make_identification(observation, searched, "found")
    assert made.named == ()
    assert json.loads(contents["arcs.tfcat.json"])["features"] == []
    with Image.open(io.BytesIO(contents["overlay.png"])) as picture:
        high = DPI * (8.4 + AXIS_HEIGHT)
        assert picture.height == pytest.approx(high, abs=1), "it has no axis for the longitude"


def test_a_candidate_is_told_once(searched: Searched, results: Results) -> None:
    """The title gives the shifts of its arcs, or their span, and counts what it leaves out."""
    observation = observed(results[IO][0], 12, hemisphere="north", seed=5)
    made, _, _ = make_identification(observation, searched, "found")
    (found,) = made.named
    later = found.model_copy(update={"shift_minutes": 15.0, "shift_error_minutes": 0.5})
    others = [found.model_copy(update={"energy_kev": energy}) for energy in (5.0, 7.0, 9.0)]
    shift = found.shift_told
    assert told_briefly([found]) == f"Io north, 3 keV, {shift} min"
    assert told_briefly([found, later, found]) == f"Io north, 3 keV, {shift} and +15.0 ± 0.5 min"
    earlier = found.model_copy(update={"shift_minutes": 3.0})
    assert told_briefly([found, later, earlier]) == "Io north, 3 keV, 3 arcs, +3.0 to +15.0 min"
    assert told_briefly([found, others[0], later]) == (
        f"Io north, 3 keV, {shift} and +15.0 ± 0.5 min; Io north, 5 keV, {shift} min"
    )
    assert told_briefly([found, *others]).endswith(f"Io north, 7 keV, {shift} min; and 1 more")
    assert told_briefly([]) == "no emission identified"


def test_a_line_tells_what_explains_an_emission() -> None:
    """Who, when, how much later, how sure, and who does as well."""
    finding = Finding(
        source="Io",
        hemisphere="north",
        polarization="RH",
        start=datetime(2024, 1, 1, 6, tzinfo=UTC),
        end=datetime(2024, 1, 1, 7, 30, tzinfo=UTC),
        fmin=10,
        fmax=40,
        energy_kev=3,
        lag_model="hess2011",
        observed=1,
        brightness=9,
        false_alarm=0.00123,
        emission=True,
        shift_minutes=-2.25,
        shift_error_minutes=0.29,
    )
    line = "Io north, 3 keV, hess2011: 2024-01-01 06:00 to 07:30, -2.2 ± 0.3 min, false alarms "
    assert finding.told == f"{line}0.0012"
    alike = finding.model_copy(update={"as_good": ("a", "b")})
    assert alike.told == f"{line}0.0012; as good: a or b"
    silent = finding.model_copy(update={"shift_minutes": None, "lag_model": ""})
    assert (silent.shift_told, silent.candidate) == ("", "Io north, 3 keV")


def test_scene_is_what_was_observed(results: Results) -> None:
    """Span, band and observer are those of the observation."""
    scene = scene_of(observed(results[IO][0]))
    assert (scene.observer, scene.target) == ("Earth", "Jupiter")
    assert (scene.fmin, scene.fmax) == (10.0, 40.0)
    assert (scene.start.isoformat(), scene.end.isoformat()) == (
        "2024-01-01T00:00:00+00:00",
        "2024-01-01T23:59:00+00:00",
    )


@pytest.mark.parametrize(
    ("frequency", "kind", "count"),
    [
        (FREQUENCY, "Linear", 60),
        (np.geomspace(0.1, 40, 60), "Log", 60),
        (np.linspace(10, 40, 800), "Linear", 200),
        (np.array([10.0, 20.0]), "Linear", 2),
        (np.array([0.001, 0.01, 0.09]), "Log", 3),
        (np.array([10, 10.11, 10.21]), "Linear", 3),
    ],
)
def test_band_is_simulated(frequency: np.ndarray, kind: str, count: int, results: Results) -> None:
    """The simulations have the band of the observation, and channels spaced as its."""
    observation = observed(results[IO][0], frequency=frequency)
    section = frequencies_of(observation)
    assert section["FREQUENCY.TYPE"] == [kind]
    assert section["FREQUENCY.NBR"] == [count]
    assert section["FREQUENCY.MIN"] == [pytest.approx(frequency[0])]
    assert section["FREQUENCY.MAX"] == [pytest.approx(frequency[-1])]
    fine = observation.isel(frequency=[0, -1]).assign_coords(frequency=[0.0012345678, 12.345678])
    assert frequencies_of(fine)["FREQUENCY.MIN"] == [0.00123457]
    assert frequencies_of(fine)["FREQUENCY.MAX"] == [12.3457]
    assert (scene_of(fine).fmin, scene_of(fine).fmax) == (0.00123457, 12.3457)


def test_scene_must_be_searchable(results: Results) -> None:
    """A single frequency tells nothing; years do not fit into memory."""
    observation = observed(results[IO][0])
    with pytest.raises(ObservationError, match="a single frequency"):
        scene_of(observation.isel(frequency=[3]))
    years = observation.isel(time=[0, 1]).assign_coords(
        time=np.array(["2024-01-01", "2025-01-01"], dtype="datetime64[ns]")
    )
    with pytest.raises(ObservationError, match="longer than 31 days: cut it"):
        scene_of(years)
    for seconds in (0, 1):
        end = np.datetime64("2024-02-01", "ns") + np.timedelta64(seconds, "s")
        month = years.assign_coords(time=np.array([np.datetime64("2024-01-01", "ns"), end]))
        if seconds:
            with pytest.raises(ObservationError, match="longer than 31 days"):
                scene_of(month)
        else:
            assert scene_of(month).end.isoformat() == "2024-02-01T00:00:00+00:00"
