"""Requests: what the fingerprint covers, and the names that follow."""

import hashlib
import json
from typing import Any

import pytest

from prefect_expres.errors import AccessError, EphemerisError
from prefect_expres.expres import Configuration, SimulationRequest
from prefect_expres.expres.request import default_label, safe_label
from tests.expres.bounds.changes import FILE, Changes, apply

CSV = b"time,distance\n"


def request(content: Any, **changes: Any) -> SimulationRequest:
    """Build a request."""
    return SimulationRequest.build(Configuration.from_mapping(content), **changes)


@pytest.fixture
def with_file(configuration: Any) -> Any:
    """Give a configuration that names an ephemeris file."""
    return apply(configuration, FILE)


def test_the_fingerprint_is_the_hash_of_the_inputs(with_file: Any) -> None:
    """SHA-256 over configuration, ephemeris, branch and job list, each after its length."""
    made = request(with_file, ephemeris=CSV, branch="develop")
    canonical = json.dumps(with_file, sort_keys=True, separators=(",", ":")).encode()
    parts = (canonical, CSV, b"develop", b"ExPRES-dev")
    text = b"".join(len(part).to_bytes(8, "big") + part for part in parts)
    assert made.fingerprint == hashlib.sha256(text).hexdigest()


def test_the_fingerprint_covers_every_input(with_file: Any) -> None:
    """Another value, key, ephemeris, branch or type of a number is another simulation."""
    base = request(with_file, ephemeris=CSV)
    others = [
        request(apply(with_file, {"TIME.MAX": 721}), ephemeris=CSV),
        request(apply(with_file, {"TIME.MAX": 720.0}), ephemeris=CSV),
        request(apply(with_file, {"MINE": None}), ephemeris=CSV),
        request(apply(with_file, {"SIMU.NAME": "other"}), ephemeris=CSV),
        request(apply(with_file, {"OBSERVER.EPHEM": "other.csv"}), ephemeris=CSV),
        request(with_file, ephemeris=CSV + b"\n"),
        request(with_file, ephemeris=b""),
        request(with_file, ephemeris=CSV, branch="develop"),
        request(with_file, ephemeris=CSV, branch="feature"),
        request(with_file, ephemeris=CSV + b"master"),
    ]
    fingerprints = {each.fingerprint for each in (base, *others)}
    assert len(fingerprints) == len(others) + 1


def test_the_fingerprint_does_not_follow_form_and_label(with_file: Any) -> None:
    """Order, white space and the label change nothing."""
    base = request(with_file, ephemeris=CSV)
    turned = {key: with_file[key] for key in reversed(with_file)}
    turned["TIME"] = {key: turned["TIME"][key] for key in reversed(turned["TIME"])}
    text = json.dumps(turned, indent=7)
    again = SimulationRequest.build(Configuration.parse(text), ephemeris=CSV, label="any")
    assert again.fingerprint == base.fingerprint
    assert again.folder == base.folder
    assert again.label == "any"


def test_the_job_list_is_a_part_of_the_fingerprint(configuration: Any) -> None:
    """A request on the other job list is another one, whatever the branch is called."""

    class Elsewhere(SimulationRequest):
        @property
        def job_list(self) -> str:
            return "ExPRES-other"

    model = Configuration.from_mapping(configuration)
    assert Elsewhere.build(model).fingerprint != SimulationRequest.build(model).fingerprint


def test_a_request_has_its_names(with_file: Any) -> None:
    """The folder by moon, observer, day and fingerprint; files by label and by OBSERVER.EPHEM."""
    made = request(with_file, ephemeris=CSV, label="My run")
    assert made.folder == f"io-earth-20180913.{made.fingerprint[:12]}"
    assert made.configuration_name == "My-run.json"
    assert made.ephemeris_name == "earth.csv"
    assert made.job_list == "ExPRES"
    assert request(with_file, ephemeris=CSV, branch="develop").job_list == "ExPRES-dev"


def test_a_file_is_uploaded_without_a_folder(with_file: Any) -> None:
    """Also one whose configuration came past the rules, which refuse folders."""
    with_file["OBSERVER"]["EPHEM"] = "../secret/earth.csv"
    made = SimulationRequest(configuration=Configuration.model_validate(with_file), ephemeris=CSV)
    assert made.ephemeris_name == "earth.csv"


def test_inputs_that_a_service_gives_back_are_compared(with_file: Any) -> None:
    """Configuration, ephemeris and branch must be the same simulation; what is broken is not."""
    made = request(with_file, ephemeris=CSV)
    kept = made.configuration.to_json()
    assert made.is_made_of(kept, CSV, "master")
    assert made.is_made_of(json.dumps(with_file).encode(), CSV, "master")
    assert not made.is_made_of(kept, CSV + b"x", "master")
    assert not made.is_made_of(kept, None, "master")
    assert not made.is_made_of(kept, CSV, "develop")
    assert not made.is_made_of(kept.replace(b"720", b"721"), CSV, "master")
    assert not made.is_made_of(b"{", CSV, "master")
    assert not made.is_made_of(b"{}", CSV, "master")


def test_an_ephemeris_and_its_name_go_together(configuration: Any, with_file: Any) -> None:
    """One without the other is refused; an empty file is a file."""
    with pytest.raises(EphemerisError, match=r"OBSERVER\.EPHEM names 'earth\.csv'; give that file"):
        request(with_file)
    for ephemeris in (CSV, b""):
        with pytest.raises(EphemerisError, match="names no file"):
            request(configuration, ephemeris=ephemeris)
    assert request(with_file, ephemeris=b"").ephemeris == b""


@pytest.mark.parametrize("branch", ["a", "A-1_b.c", "x" * 100])
def test_branches_that_are_safe(configuration: Any, branch: str) -> None:
    """Letters, digits and . _ - up to 100 characters."""
    assert request(configuration, branch=branch).branch == branch


@pytest.mark.parametrize("branch", ["", "a b", "a/b", "a;b", "a\n", "\u00e9", "x" * 101])
def test_branches_that_could_harm_the_server(configuration: Any, branch: str) -> None:
    """Everything else is refused, and shown cut."""
    with pytest.raises(AccessError, match="is refused: use letters, digits") as caught:
        request(configuration, branch=branch)
    assert len(str(caught.value)) < 150


@pytest.mark.parametrize(
    ("changes", "label"),
    [
        ({}, "io-earth-20180913"),
        ({"OBSERVER.SCTIME": "20180914123456"}, "io-earth-20180914"),
        ({"OBSERVER.SC": ""}, "io-fixed-20180913"),
        ({"SOURCE[1].SAT": "Europa"}, "io-europa-earth-20180913"),
        ({"SOURCE[1].SAT": "Europa", "SOURCE[1].ON": False}, "io-earth-20180913"),
        ({"SOURCE[0].SAT": "", "SOURCE[0].TYPE": "L-shell"}, "l-shell-io-earth-20180913"),
        (
            FILE | {"OBSERVER.SCTIME": "", "OBSERVER.EPHEM": "x-2021-20210304-20210305.csv"},
            "io-earth-20210304",
        ),
        (FILE | {"OBSERVER.SCTIME": "", "OBSERVER.EPHEM": "x-202103045.csv"}, "io-earth"),
        (FILE | {"OBSERVER.SCTIME": "", "OBSERVER.EPHEM": "x1202103041.csv"}, "io-earth"),
        (FILE | {"OBSERVER.SCTIME": ""}, "io-earth"),
    ],
)
def test_default_labels(configuration: Any, changes: Changes, label: str) -> None:
    """Moons in order, observer, and the day of SCTIME or else of the file's name."""
    assert default_label(Configuration.model_validate(apply(configuration, changes))) == label


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("io_Earth-1", "io_Earth-1"),
        ("Io & friends; rm -rf /", "Io-friends-rm-rf"),
        ("--io--", "io"),
        ("a.b/c\nd", "a-b-c-d"),
        ("\u00e9\u00e9", "simulation"),
        ("", "simulation"),
        ("x" * 61, "x" * 60),
        ("x" * 59 + "-y", "x" * 59),
    ],
)
def test_safe_labels(text: str, label: str) -> None:
    """What a runId cannot hold becomes a hyphen, and 60 characters are the most."""
    assert safe_label(text) == label


def test_a_label_that_is_given_is_made_safe(configuration: Any) -> None:
    """No label, or an empty one, is the default one."""
    assert request(configuration, label="a b").label == "a-b"
    assert request(configuration).label == request(configuration, label="").label
    assert request(configuration).label == "io-earth-20180913"
