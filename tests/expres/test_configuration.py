"""Configurations, access rules and requests."""

import json
import pickle
import re
from importlib.resources import files
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from pydantic import ValidationError

from prefect_expres.errors import AccessError, ConfigurationError, EphemerisError
from prefect_expres.expres import Access, Configuration, SimulationRequest
from prefect_expres.expres.run_id import RunId, owner_of
from tests.support.quick import DATA


def test_shipped_example_keeps_every_value() -> None:
    """A file that is read and written again has the same content."""
    text = (files("prefect_expres.examples") / "earth-jupiter-io-20180913.json").read_text()
    configuration = Configuration.parse(text)
    assert json.loads(configuration.to_json()) == json.loads(text)
    assert repr(json.loads(configuration.to_json())["BODY"]) == repr(json.loads(text)["BODY"])


def test_unknown_and_absent_keys_stay(configuration: dict[str, Any]) -> None:
    """What the model does not know is kept; what is not there is not added."""
    configuration["MINE"] = {"a": [1, 1.0, None, "ü"]}
    configuration["TIME"]["MAX"] = 720.0
    for source in configuration["SOURCE"]:
        del source["MODE"]
    again = json.loads(Configuration.from_mapping(configuration).to_json())
    assert again == configuration
    assert isinstance(again["TIME"]["MAX"], float)
    assert isinstance(again["TIME"]["MIN"], int)


def test_problems_travel_with_the_error(configuration: dict[str, Any]) -> None:
    """The error tells every problem on a line, and each keeps its parts through a pickle."""
    configuration["BODY"][0]["RADIUS"] = -1
    configuration["OBSERVER"]["TYPE"] = "fixed"
    with pytest.raises(ConfigurationError) as caught:
        Configuration.from_mapping(configuration)
    error = pickle.loads(pickle.dumps(caught.value))
    assert str(error) == str(caught.value)
    headline, *lines = str(error).splitlines()
    assert "2 problems" in headline
    assert lines == [f"  {problem}" for problem in error.problems]
    assert {problem.path for problem in error.problems} == {"BODY[0].RADIUS", "OBSERVER.TYPE"}
    assert all(problem.value in {-1, "fixed"} for problem in error.problems)


def test_fingerprints_stay_what_they_are() -> None:
    """What was run is found again: the rules may change, the fingerprint of a file may not."""
    example = files("prefect_expres.examples")
    request = SimulationRequest.build(
        Configuration.parse((example / "earth-jupiter-io-20180913.json").read_bytes()),
        (example / "earth-jupiter-20180913.csv").read_bytes(),
    )
    assert request.fingerprint.startswith("8fb9e5a1f872fd6df9dc0f587a3ba24c")
    fixed = Configuration.parse((DATA / "expres" / "fixed-observer.json").read_bytes())
    assert SimulationRequest.build(fixed).fingerprint.startswith("9502b677b1fbff6be83b493aa2bb508b")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "cannot be read as JSON"),
        ('{"SIMU": {}, "SIMU": {}}', "'SIMU' occurs twice"),
        ('{"TIME": NaN}', "NaN is not a JSON number"),
        ("[]", "problem"),
        ("[" * 100_000, "cannot be read as JSON"),
        (b"\xff\xfe\xff", "cannot be read as JSON"),
        ('{"TIME": 1e999}', "not JSON compliant"),
        ('{"NAME": "\\ud800"}', "surrogates"),
    ],
)
def test_what_is_no_configuration_is_refused(text: str | bytes, words: str) -> None:
    """Anything else than a JSON object with unique keys is a clear error."""
    with pytest.raises(ConfigurationError, match=words):
        Configuration.parse(text)


@pytest.mark.parametrize(
    ("user", "branch", "seconds", "words"),
    [
        (None, "master", 601, "600 s for guests"),
        (None, "develop", 600, "Guests may only run the branch"),
        ("bob", "master", 10_801, "10800 s for users"),
        ("bob", "master", 0, "too short"),
    ],
)
def test_access_rules_are_kept(user: str | None, branch: str, seconds: int, words: str) -> None:
    """What a kind of user may not ask for is refused with the way out."""
    with pytest.raises(AccessError, match=words):
        Access.of(user).check(branch, seconds)


def test_access_rules_allow_the_rest() -> None:
    """Guests may run master for ten minutes, users any branch for three hours."""
    Access.of(None).check("master", 600)
    Access.of("bob").check("develop", 10_800)
    assert Access.of(None).warning
    assert Access.of("bob").warning is None


def test_fingerprint_follows_what_decides(configuration: dict[str, Any]) -> None:
    """The fingerprint changes with configuration, ephemeris and branch, not with the label."""
    model = Configuration.from_mapping(configuration)
    request = SimulationRequest.build(model, label="one")
    shuffled = Configuration.from_mapping(dict(reversed(configuration.items())))
    assert SimulationRequest.build(shuffled, label="two").fingerprint == request.fingerprint
    assert SimulationRequest.build(model, branch="develop").fingerprint != request.fingerprint
    assert SimulationRequest.build(model, branch="develop").job_list == "ExPRES-dev"
    configuration["TIME"]["MAX"] = 721
    changed = Configuration.from_mapping(configuration)
    assert SimulationRequest.build(changed).fingerprint != request.fingerprint


def test_ephemeris_belongs_to_its_name(configuration: dict[str, Any]) -> None:
    """The file and OBSERVER.EPHEM go together."""
    with pytest.raises(EphemerisError, match="names no file"):
        SimulationRequest.build(Configuration.from_mapping(configuration), b"x")
    configuration["OBSERVER"] |= {"TYPE": "Pre-Defined", "EPHEM": "e.csv"}
    model = Configuration.from_mapping(configuration)
    with pytest.raises(EphemerisError, match=r"e\.csv"):
        SimulationRequest.build(model)
    one, two = (SimulationRequest.build(model, content) for content in (b"1", b"2"))
    assert one.fingerprint != two.fingerprint


def test_run_id_is_safe_for_the_service(configuration: dict[str, Any]) -> None:
    """A runId is label, fingerprint, owner and nonce, short and in characters that OPUS stands."""
    request = SimulationRequest.build(
        Configuration.from_mapping(configuration), label="Io & friends; rm -rf /" * 9
    )
    name = RunId.new(request.label, request.fingerprint, owner_of(uuid4()))
    assert re.fullmatch(r"[A-Za-z0-9._-]{1,64}", str(name))
    assert name.label.startswith("Io-friends-rm-rf")
    assert request.fingerprint.startswith(name.fingerprint)
    assert RunId.parse(str(name)) == name
    assert SimulationRequest.build(request.configuration).label == "io-earth-20180913"


@pytest.mark.parametrize(
    "text", [None, "", "test_job", "a.b.c", "io.0123456789ab.xyz", "x" * 300, "io\n.0.0.0"]
)
def test_other_run_ids_are_not_taken_for_ours(text: str | None) -> None:
    """A runId that was not made here is nobody's."""
    assert RunId.parse(text) is None


def test_branch_is_safe_for_the_service(configuration: dict[str, Any], tmp_path: Path) -> None:
    """A branch that a shell would read is refused."""
    with pytest.raises(AccessError, match="refused"):
        SimulationRequest.build(Configuration.from_mapping(configuration), branch="a;b")


def test_sections_in_small_letters_are_refused(configuration: dict[str, Any]) -> None:
    """ExPRES needs capitals: a section under another name is missing."""
    configuration["time"] = configuration.pop("TIME")
    (problem,) = Configuration.problems_in(configuration)
    assert problem == "TIME: missing; write 'time' in capitals, as ExPRES does"


def test_a_configuration_does_not_change(configuration: dict[str, Any]) -> None:
    """Its models are frozen, with all sections."""
    model = Configuration.from_mapping(configuration)
    with pytest.raises(ValidationError, match="frozen"):
        model.time = model.time  # type: ignore[misc]  # this is what is refused
    with pytest.raises(ValidationError, match="frozen"):
        model.body[0].radius = 2  # type: ignore[misc]  # this is what is refused


def test_a_file_has_defaults_only_where_it_may(configuration: dict[str, Any]) -> None:
    """DOI, MODE, LAG_MODEL and SRCVIS may be absent; they are not written then."""
    for source in configuration["SOURCE"]:
        del source["MODE"], source["LAG_MODEL"]
    del configuration["SPDYN"]["CDF"]["SRCVIS"], configuration["$schema"]
    model = Configuration.from_mapping(configuration)
    assert (model.simu.doi, model.source[0].mode, model.source[0].lag_model) == ("", "", "")
    assert model.spdyn.cdf.srcvis is False
    assert model.schema_uri is None
    assert model.content() == configuration


def test_what_python_makes_is_judged_as_the_file_that_it_becomes(
    configuration: dict[str, Any],
) -> None:
    """Tuples become lists, and rules look at these."""
    configuration["FREQUENCY"] |= {"TYPE": "Pre-Defined", "SC": (1.0, 2.0)}
    configuration["SOURCE"] = tuple(configuration["SOURCE"])
    model = Configuration.from_mapping(configuration)
    assert model.content() == json.loads(json.dumps(configuration))


def test_what_is_nested_too_deeply_is_a_problem_of_the_file(configuration: dict[str, Any]) -> None:
    """Of a mapping as of a text."""
    inmost: list[Any] = []
    for _ in range(100_000):
        inmost = [inmost]
    (problem,) = Configuration.problems_in(configuration | {"MINE": inmost})
    assert problem.startswith("the file: cannot be written as JSON")


def test_the_files_that_are_written(configuration: dict[str, Any]) -> None:
    """The one that is uploaded is readable, the one that is hashed is compact."""
    configuration["NOTE"] = "ü"
    model = Configuration.from_mapping(configuration)
    text = json.dumps(configuration, indent=2, ensure_ascii=False) + "\n"
    assert model.to_json() == text.encode()
    compact = json.dumps(configuration, sort_keys=True, separators=(",", ":"))
    assert model.canonical() == compact.encode()
    assert b"\\u00fc" in model.canonical()


def test_keys_in_small_letters_are_unknown_keys(configuration: dict[str, Any]) -> None:
    """They are kept beside absent ones of the same letters, and no default is written for those."""
    configuration["SIMU"]["doi"] = "10.25935/x"
    source = configuration["SOURCE"][0]
    source["mode"] = source.pop("MODE")
    model = Configuration.from_mapping(configuration)
    assert model.content() == configuration
    configuration["SIMU"]["DOI"] = "other"
    assert Configuration.from_mapping(configuration).content() == configuration
    assert Configuration.model_validate(model) is model
