"""Broken configuration files, one a rule: each fault is named with its place and its fix."""

import json
from pathlib import Path
from typing import Any

import pytest

from prefect_expres.errors import ConfigurationError
from prefect_expres.expres import Configuration
from prefect_expres.expres.rules import RULES
from tests.support.command_line import run
from tests.support.quick import DATA

FOLDER = DATA / "expres" / "broken"
GOOD = (
    DATA / "expres" / "fixed-observer.json",
    DATA.parent.parent / "prefect_expres" / "examples" / "earth-jupiter-io-20180913.json",
)

# File: the JSON path that must be named, and words of the rule or fix that must stand beside it.
FAULTS = {
    "doi-without-slash": ("SIMU.DOI", "write '10.25935-abc'"),
    "number-of-bodies": ("NUMBER.BODY", "write 2"),
    "number-of-densities": ("NUMBER.DENSITY", "write 2"),
    "number-of-sources": ("NUMBER.SOURCE", "write 2"),
    "steps-through-miriade": ("TIME.NBR", "at most 5000 steps"),
    "frequency-channels": ("FREQUENCY.NBR", "at least 2"),
    "observer-parent": ("OBSERVER.PARENT", "write 'Jupiter'"),
    "observer-name": ("OBSERVER.SC", "observer's name"),
    "observer-known": ("OBSERVER.SC", "ephemeris file"),
    "observer-without-slash": ("OBSERVER.SC", "write 'Earth-Nancay'"),
    "observer-start": ("OBSERVER.SCTIME", "12 or 14 digits"),
    "observer-track": ("OBSERVER.SCTIME", "within one year"),
    "ephemeris-type": ("OBSERVER.TYPE", "write 'Pre-Defined'"),
    "ephemeris-from-the-web": ("OBSERVER.EPHEM", "unfinished"),
    "ephemeris-file-name": ("OBSERVER.EPHEM", "no folder"),
    "one-planet": ("BODY", "an active body is the planet"),
    "body-name-once": ("BODY[2].NAME", "rename"),
    "body-name-without-slash": ("BODY[1].NAME", "write 'J-I'"),
    "planet-does-not-move": ("BODY[0].MOTION", "write false"),
    "planet-radius": ("BODY[0].RADIUS", "above 0"),
    "moon-parent": ("BODY[1].PARENT", "names are case-sensitive; write 'Jupiter'"),
    "moon-orbit": ("BODY[1].SEMI_MIN", "0 < SEMI_MIN"),
    "moon-phase-of-orbiter": ("BODY[1].PHASE", "east longitude"),
    "a-source-is-on": ("SOURCE", "no source is active"),
    "source-name": ("SOURCE[1].NAME", "write 'Source2'"),
    "source-parent": ("SOURCE[0].PARENT", "write 'Jupiter'"),
    "source-moon": (
        "SOURCE[1].SAT",
        "no active moon in BODY has this name; names are case-sensitive; write 'Io'",
    ),
    "lead-law": ("SOURCE[0].LAG_MODEL", "write 'hue2023'"),
    "constant-angle": ("SOURCE[0].CONSTANT", "needs an angle"),
    "frequency-of-logarithm": ("FREQUENCY.MIN", "above 0 MHz"),
    "frequency-list": ("FREQUENCY.SC", "at least 2 frequencies"),
    "plots-of-frequency": ("SPDYN.FREQ", "true as the first flag"),
    "plots-of-longitude": ("SPDYN.LONG", "true as the first flag"),
    "plots-of-latitude": ("SPDYN.LAT", "true as the first flag"),
    "positions-flag": ("SPDYN.CDF.SRCPOS", "only if SRCVIS is there"),
    "observer-of-known-planet": ("OBSERVER.PARENT", "some planets only"),
    "ephemeris-in-km": ("BODY[0].RADIUS", "write RADIUS, and every other length"),
    "field": ("BODY[0].MAG", "'auto' needs files on the server; choose one of 'JRM33'"),
    "field-is-no-dipole": ("BODY[0].MAG", "stops at a dipole"),
    "field-without-slash": ("BODY[0].MAG", "without its path"),
    "phase-of-planet": ("BODY[0].PHASE", "write 0"),
    "moon-shells": ("BODY[1].SEMI_MAJ", "from 2 to 100 planetary radii"),
    "moon-phase-of-known-planet": ("BODY[1].PHASE", "moons of Jupiter, Saturn, Uranus, Neptune"),
    "densities-at-most-four": ("BODY", "at most 4"),
    "densities-of-the-planet": ("BODY[1].DENS", "of all other bodies"),
    "density-type": ("BODY[0].DENS[1].TYPE", "write 'Torus'"),
    "density-from-files": ("BODY[0].DENS[0].TYPE", "'Ionospheric'"),
    "source-name-without-slash": ("SOURCE[0].NAME", "write 'Source1'"),
    "source-hemisphere": ("SOURCE[0].NORTH", "one hemisphere"),
    "source-lines": ("SOURCE[0].LAT", "no such field lines"),
    "one-longitude": ("SOURCE[0].LG_MAX", "write 0, or 2 or more in LG_NBR"),
    "current": ("SOURCE[0].CURRENT", "write 'Transient (Alfvenic)'"),
    "current-with-bounds": ("SOURCE[0].CURRENT", "write 'Transient (Alfvenic)'"),
    "mode": ("SOURCE[0].MODE", "no such mode"),
    "missing-flag": ("SPDYN.CDF.CML", "missing"),
    "missing-section": ("MOVIE2D", "missing; ExPRES needs this key"),
    "missing-key": ("OBSERVER.SCTIME", "missing; ExPRES needs this key"),
    "key-in-small-letters": ("BODY[0].RADIUS", "write 'Radius' in capitals"),
    "type-of-frequency": ("FREQUENCY.TYPE", "write 'Linear'"),
    "type-of-observer": ("OBSERVER.TYPE", "write 'Pre-Defined'"),
    "number-in-quotes": ("BODY[0].PERIOD", "must be a number; write it without quotes"),
    "one-step": ("TIME.NBR", "at least 2"),
    "flag-as-word": ("SOURCE[0].REFRACTION", "true or false"),
    "four-flags": ("SPDYN.FREQ", "at least 5"),
    "range-of-three": ("SPDYN.DRANGE", "at most 2"),
    "frequency-in-the-list": ("FREQUENCY.SC[1]", "must be a number"),
    "too-large": ("BODY[0].ORB_PER", "at most 1e+38"),
    "section-as-text": ("TIME", "a section in { }"),
    "body-as-text": ("BODY[1]", "a section in { }"),
}

UNREADABLE = {
    "cut-short": "cannot be read as JSON",
    "key-twice": "the key 'TIME' occurs twice",
    "not-a-number": "NaN is not a JSON number",
}

MANY = (
    "SIMU: missing",
    "NUMBER.SOURCE: '2'",
    "FREQUENCY.TYPE: 'linear'",
    "SOURCE[0].CURRENT: 'Loss cone'",
    "BODY[1].PARENT: 'jupiter'",
)
"""The faults of the file that has several: three of structure, two between values."""


@pytest.mark.parametrize("name", FAULTS)
def test_the_fault_of_a_file_is_named(name: str) -> None:
    """A file with one fault has one problem, at its place and with its words."""
    path, words = FAULTS[name]
    with pytest.raises(ConfigurationError) as caught:
        Configuration.parse((FOLDER / f"{name}.json").read_bytes())
    (problem,) = caught.value.problems
    assert problem.startswith(f"{path}: ")
    assert words in problem


@pytest.mark.parametrize("name", UNREADABLE)
def test_a_file_that_is_no_json_is_told_apart(name: str) -> None:
    """What Python would read, and what it would not, is refused with the reason."""
    with pytest.raises(ConfigurationError, match=UNREADABLE[name]):
        Configuration.parse((FOLDER / f"{name}.json").read_bytes())


def test_a_broken_word_hides_no_broken_rule() -> None:
    """Problems of structure and between values, also of one section, are told together."""
    content = json.loads((FOLDER / "many-at-once.json").read_text())
    problems = Configuration.problems_in(content)
    assert len(problems) == len(MANY)
    for fault in MANY:
        assert [problem for problem in problems if problem.startswith(fault)]


def test_every_rule_has_its_file() -> None:
    """No rule is without a file that breaks it, and no file without its place in a table."""
    assert RULES.keys() <= FAULTS.keys()
    stems = {path.stem for path in FOLDER.iterdir()}
    assert stems == {*FAULTS, *UNREADABLE, "many-at-once"}


def test_the_command_names_every_fault_and_exits_with_1() -> None:
    """One run over all broken files names every file and, on its line, every fault."""
    done = run("config", "check", *(str(FOLDER / f"{name}.json") for name in FAULTS))
    assert done.code == 1
    lines = iter(done.out.splitlines())
    for name, (path, words) in FAULTS.items():
        assert next(lines) == f"✗ {FOLDER / name}.json"
        fault = next(lines)
        assert fault.startswith(f"  problem  {path}: ")
        assert words in fault
    assert not list(lines)
    assert not done.err


def test_the_command_reports_as_json() -> None:
    """With --json each problem has its parts."""
    done = run("config", "check", str(FOLDER / "planet-radius.json"), "--json")
    assert done.code == 1
    (report,) = json.loads(done.out)
    (problem,) = report["problems"]
    assert problem["path"] == "BODY[0].RADIUS"
    assert problem["value"] == 0
    assert problem["fix"].startswith("write 1")
    assert report["warnings"] == []


def test_the_command_exits_with_0_if_all_is_well() -> None:
    """Good files are named, with their warnings, and are no failure."""
    done = run("config", "check", *map(str, GOOD))
    assert done.code == 0
    marks: list[Any] = [line[0] for line in done.out.splitlines() if not line.startswith(" ")]
    assert marks == ["✓", "✓"]
    assert "warning  TIME.NBR: 144:" in done.out


def test_a_pattern_stands_for_files(tmp_path: Path) -> None:
    """The command finds the files of a pattern itself; one without files is a problem."""
    for name in ("a", "b"):
        (tmp_path / f"{name}.json").write_bytes(GOOD[0].read_bytes())
    assert run("config", "check", str(tmp_path / "*.json")).out.count("✓") == 2
    done = run("config", "check", str(tmp_path / "*.txt"), str(tmp_path / "a.json"))
    assert done.code == 1
    assert "No such file" in done.out
    assert "✓" in done.out
