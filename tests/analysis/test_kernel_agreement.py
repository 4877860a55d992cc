"""What ExPRES itself writes agrees with the configurations that it was given."""

from pathlib import Path
from typing import Any

import pytest

from prefect_expres.analysis.agreement import Expected, compare_with_request
from prefect_expres.expres import Configuration
from prefect_expres.expres.time_axis import TimeAxis
from tests.support.fitting import fitting, fixed_observer
from tests.support.result_files import write

CONTENT = fixed_observer()


def model(observer: dict[str, Any] | None = None, **source: Any) -> Configuration:
    """Give a configuration whose two sources are others; the structure alone is checked."""
    content = CONTENT | {"OBSERVER": CONTENT["OBSERVER"] | (observer or {})}
    content["SOURCE"] = [each | source for each in CONTENT["SOURCE"]]
    return Configuration.model_validate(content)


def differences(asked: Configuration, path: Path, **changes: Any) -> tuple[str, ...]:
    """Compare what ExPRES writes for a configuration with it."""
    cdf = write(fitting(asked, **changes), path / "io.cdf")
    return compare_with_request(cdf, Expected(asked, TimeAxis.of(asked))).differences


AURORAL = {"TYPE": "L-shell", "SAT": "", "LAT": 6.9, "LAG_MODEL": "", "LG_NBR": 6}


@pytest.mark.parametrize(
    "source",
    [
        {"LG_MIN": "auto+3"},
        {"LG_MIN": "auto-3", "LAG_MODEL": ""},
        {"LG_MIN": 0, "LG_MAX": 20, "LG_NBR": 3, "LAG_MODEL": "hue2023"},
        AURORAL | {"LG_MIN": 0, "LG_MAX": 300},
        AURORAL | {"LG_MIN": 30, "LG_MAX": 30},
        AURORAL | {"LG_MIN": -20, "LG_MAX": "auto"},
        AURORAL | {"LG_MIN": -10.5, "LG_MAX": 33.3, "TYPE": "fixed in latitude"},
        {"CURRENT": "Steady-State"},
        {"CURRENT": "Shell", "MODE": "LO"},
        {"MODE": ""},
    ],
)
def test_lagged_lines_and_all_kinds_of_sources_pass(tmp_path: Path, source: dict[str, Any]) -> None:
    """A line for each of LG_NBR, named by moon, or by longitude and shell cut to whole numbers."""
    assert differences(model(**source), tmp_path) == ()


@pytest.mark.parametrize("law", ["", "off"])
def test_a_line_at_another_longitude_is_told(tmp_path: Path, law: str) -> None:
    """A degree may be cut or rounded, two are another line."""
    asked = model(**AURORAL | {"LG_MIN": 10, "LG_MAX": 60, "LAG_MODEL": law})
    longitudes = [10, 21, 29, 40, 52, 60]
    labels = [f"{longitude}d-6R {side}" for side in ("NORTH", "SOUTH") for longitude in longitudes]
    first, second = differences(asked, tmp_path, labels=labels)
    assert first == "sources of 52d-6R NORTH: 52d-6R; asked for: 10d-6R"
    assert second == "sources of 52d-6R SOUTH: 52d-6R; asked for: 10d-6R"


@pytest.mark.parametrize(("angle", "count"), [("80.005", 0), ("79.995", 0), ("80.1", 2)])
def test_a_constant_angle_has_the_digits_of_expres(tmp_path: Path, angle: str, count: int) -> None:
    """It is written in single precision."""
    asked = model(CURRENT="Constant", CONSTANT=80)
    found = differences(asked, tmp_path, words={"SRP_Source_Type": [f"cst{angle}"] * 2})
    assert [each.partition(":")[2] for each in found] == [
        f" cst{angle}; asked for: cst80.000"
    ] * count


def test_other_numbers_of_lines_are_told_by_the_first_ones(tmp_path: Path) -> None:
    """Of twelve lines eight are named."""
    labels = [f"{number}0d-6R {side}" for side in ("NORTH", "SOUTH") for number in range(1, 7)]
    result = fitting(model(**AURORAL | {"LG_MIN": 10, "LG_MAX": 60}), labels=labels)
    asked = model()
    expected = Expected(asked, TimeAxis.of(asked))
    told = compare_with_request(write(result, tmp_path / "io.cdf"), expected).differences
    assert f"sources: 12 ({', '.join(labels[:8])}); asked for: 2" in told


def test_a_law_replaces_longitudes(tmp_path: Path) -> None:
    """Auroral lines under a law are at 0, -4 and -14 degrees, whatever LG_MIN and LG_MAX say."""
    asked = model(**AURORAL | {"LG_MIN": 10, "LG_MAX": 300, "LAG_MODEL": "hess2011"})
    longitudes = [0, -4, -14, 0, 0, 0]
    labels = [f"{longitude}d-6R {side}" for side in ("NORTH", "SOUTH") for longitude in longitudes]
    assert differences(asked, tmp_path, labels=labels) == ()
    (tmp_path / "io.cdf").unlink()
    labels[0] = "0d-7R NORTH"
    (difference,) = differences(asked, tmp_path, labels=labels)
    assert difference == "sources of 0d-7R NORTH: 0d-7R; asked for: 10d-6R"


def test_a_renamed_source_passes(tmp_path: Path) -> None:
    """Of the sources the active ones count, whatever their names."""
    content = CONTENT | {"SOURCE": [dict(each) for each in CONTENT["SOURCE"]]}
    content["SOURCE"][0] |= {"ON": False, "NAME": "Source2"}
    content["SOURCE"][1] |= {"NAME": "Source1"}
    assert differences(Configuration.model_validate(content), tmp_path) == ()


@pytest.mark.parametrize("scale", ["Linear", "Log"])
def test_frequencies_in_single_precision_pass(tmp_path: Path, scale: str) -> None:
    """ExPRES writes them with six digits."""
    content = CONTENT | {"FREQUENCY": CONTENT["FREQUENCY"] | {"TYPE": scale, "NBR": 781}}
    asked = Configuration.model_validate(content)
    written = [float(f"{each:.6g}") for each in fitting(asked).frequency]
    assert differences(asked, tmp_path, frequency=written) == ()


def test_listed_frequencies_pass(tmp_path: Path) -> None:
    """MIN, MAX and NBR mean nothing then."""
    listed = {"TYPE": "Pre-Defined", "SC": [1.0, 2.5, 10.0], "NBR": 99}
    asked = Configuration.model_validate(CONTENT | {"FREQUENCY": CONTENT["FREQUENCY"] | listed})
    assert differences(asked, tmp_path) == ()


def test_a_nameless_observer_is_the_earth(tmp_path: Path) -> None:
    """As ExPRES names its file."""
    assert differences(model({"SC": ""}), tmp_path) == ()


def test_milliseconds_are_cut(tmp_path: Path) -> None:
    """Epochs of ExPRES are up to a second early."""
    times = fitting(model())
    assert differences(model(), tmp_path, jitter=times.jitter - 999_000_000) == ()
    (tmp_path / "io.cdf").unlink()
    assert differences(model(), tmp_path, jitter=times.jitter - 5_000_000_000)
