"""The name of a result is known before the run: it is the one that the engine writes."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import cdflib
import pytest

from prefect_expres.engine import run_engine
from prefect_expres.expres import Configuration
from prefect_expres.expres.result_name import line_longitude, output_name
from tests.expres.bounds.changes import Changes, apply, third_body
from tests.support.quick import DATA

EPHEMERIS = DATA.parent.parent / "prefect_expres" / "examples" / "earth-jupiter-20180913.csv"

Content = dict[str, Any]


def _both(**values: Any) -> Callable[[Content], None]:
    def change(content: Content) -> None:
        for source in content["SOURCE"]:
            source.update(values)

    return change


def _ephemeris(content: Content) -> None:
    content["OBSERVER"] |= {"TYPE": "Pre-Defined", "EPHEM": "earth.csv", "SCTIME": "199901010000"}


# What is changed in a fixed observer's configuration, and the name that ExPRES 1.4 gives.
NAMES: list[tuple[Callable[[Content], Any], str]] = [
    (
        lambda c: c.update(MINE="stays"),
        "expres_earth_jupiter_io_jrm09_lossc-wid1deg_3kev_rx_20180913_v14",
    ),
    (
        lambda c: c["BODY"][0].update(MAG="JRM33"),
        "expres_earth_jupiter_io_jrm33_lossc-wid1deg_3kev_rx_20180913_v14",
    ),
    (
        _both(CURRENT="Constant", CONSTANT=80, MODE="LO"),
        "expres_earth_jupiter_io_jrm09_cst80.000-wid1deg_3kev_lo_20180913_v14",
    ),
    (
        _both(WIDTH=1.9, ACCEL=0.64),
        "expres_earth_jupiter_io_jrm09_lossc-wid1deg_0kev_rx_20180913_v14",
    ),
    (
        lambda c: c["SIMU"].update(DOI="10.25935-XY"),
        "expres_earth_jupiter_io_10.25935-xy_20180913_v14",
    ),
    (
        lambda c: c["OBSERVER"].update(SC="JUICE", SCTIME="20320101120000"),
        "expres_juice_jupiter_io_jrm09_lossc-wid1deg_3kev_rx_20320101_v14",
    ),
    (
        lambda c: (
            c["SOURCE"][0].update(ON=False, WIDTH=5),
            c["SOURCE"][1].update(NAME="Source1"),
        ),
        "expres_earth_jupiter_io_jrm09_lossc-wid1deg_3kev_rx_20180913_v14",
    ),
    (_ephemeris, "expres_earth_jupiter_io_jrm09_lossc-wid1deg_3kev_rx_20180913_v14"),
]


@pytest.mark.parametrize(("change", "name"), NAMES)
def test_the_engine_writes_under_the_predicted_name(
    change: Callable[[Content], Any],
    name: str,
    configuration: Content,
    tables: Path,
    tmp_path: Path,
) -> None:
    """The prediction, the file and the file's own identifier agree with the rule of ExPRES."""
    configuration["TIME"] |= {"NBR": 3, "MAX": 10}
    configuration["FREQUENCY"]["NBR"] = 3
    change(configuration)
    model = Configuration.from_mapping(configuration)
    csv = EPHEMERIS.read_bytes() if model.observer.ephem else None
    start = datetime(2018, 9, 13, tzinfo=UTC) if csv else None
    path = run_engine(model, csv, tmp_path, tables)
    assert output_name(model, start) == name
    assert path.name == f"{name}.cdf"
    assert cdflib.CDF(path).globalattsget()["Logical_file_id"] == [name]


def test_a_name_needs_a_source_and_a_date(configuration: Content) -> None:
    """Without an active source, or without any date, there is no name."""
    configuration["OBSERVER"] |= {"TYPE": "Pre-Defined", "EPHEM": "earth.csv", "SCTIME": ""}
    model = Configuration.from_mapping(configuration)
    with pytest.raises(ValueError, match=r"OBSERVER\.SCTIME: ''"):
        output_name(model)
    start = datetime(2020, 1, 2, tzinfo=UTC)
    assert output_name(model, start).endswith("_20200102_v14")
    configuration["OBSERVER"]["SCTIME"] = "201809130000"
    assert output_name(Configuration.from_mapping(configuration), start).endswith("_20200102_v14")
    for source in configuration["SOURCE"]:
        source["ON"] = False
    with pytest.raises(ValueError, match="No SOURCE is active"):
        output_name(Configuration.model_validate(configuration))


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"OBSERVER.SC": ""}, "earth_jupiter_io_jrm09_lossc-wid1deg_3kev_rx_20180913"),
        ({"SOURCE[0].MODE": "LO"}, "earth_jupiter_io_jrm09_lossc-wid1deg_3kev_lo_20180913"),
        ({"SOURCE[0].MODE": ""}, "earth_jupiter_io_jrm09_lossc-wid1deg_3kev_rx_20180913"),
        (
            {"SOURCE[0].REFRACTION": True},
            "earth_jupiter_io_jrm09_lossc-wid1deg_3kev_rx_refr_20180913",
        ),
        (
            {"SOURCE[0].CURRENT": "Steady-State"},
            "earth_jupiter_io_jrm09_cavity-wid1deg_3kev_rx_20180913",
        ),
        ({"SOURCE[0].CURRENT": "Shell"}, "earth_jupiter_io_jrm09_shell-wid1deg_3kev_rx_20180913"),
        (
            {"SOURCE[0].CURRENT": "Constant", "SOURCE[0].CONSTANT": 105.25},
            "earth_jupiter_io_jrm09_cst105.25-wid1deg_3kev_rx_20180913",
        ),
        (
            {"SOURCE[0].CURRENT": "Constant", "SOURCE[0].CONSTANT": 7.123456789},
            "earth_jupiter_io_jrm09_cst7.1234-wid1deg_3kev_rx_20180913",
        ),
        (
            {"SOURCE[0].WIDTH": 2.99, "SOURCE[0].ACCEL": 9.9999999},
            "earth_jupiter_io_jrm09_lossc-wid2deg_10kev_rx_20180913",
        ),
        (
            {"SOURCE[0].TYPE": "M-shell", "SOURCE[0].LG_MIN": 30.9, "SOURCE[0].LAT": 15.7},
            "earth_jupiter_30d-15r_jrm09_lossc-wid1deg_3kev_rx_20180913",
        ),
        (
            {"SOURCE[0].TYPE": "L-shell", "SOURCE[0].LAT": 6},
            "earth_jupiter_0d-6r_jrm09_lossc-wid1deg_3kev_rx_20180913",
        ),
        (
            {"BODY[0].MAG": "JRM09_CS2020", "OBSERVER.PARENT": "Io"},
            "earth_io_io_jrm09_lossc-wid1deg_3kev_rx_20180913",
        ),
        (
            third_body(NAME="Jupiter", MAG="Z3", ON=False),
            "earth_jupiter_io_jrm09_lossc-wid1deg_3kev_rx_20180913",
        ),
        ({"SIMU.DOI": "ABC", "SOURCE[0].REFRACTION": True}, "earth_jupiter_io_abc_20180913"),
    ],
)
def test_each_part_of_a_name(configuration: Content, changes: Changes, name: str) -> None:
    """The parts follow the first active source."""
    model = Configuration.model_validate(apply(configuration, changes))
    assert output_name(model) == f"expres_{name}_v14"


@pytest.mark.parametrize("start", ["20180913000", "2018091300", "20180913000x", ""])
def test_a_start_that_is_no_date_gives_no_name(configuration: Content, start: str) -> None:
    """12 digits are needed."""
    model = Configuration.model_validate(apply(configuration, {"OBSERVER.SCTIME": start}))
    with pytest.raises(ValueError, match="12 or 14 digits"):
        output_name(model)


@pytest.mark.parametrize(
    ("first", "last", "count", "longitudes"),
    [
        (30, 30, 1, [30]),
        (10, 20, 2, [10, 20]),
        (10, 40, 4, [10, 20, 30, 40]),
        (-4, 0, 3, [-4, -2, 0]),
        (40, 10, 3, [40, 25, 10]),
        (30, 30, 3, [30, 31, 32]),
        (0, 0, 3, [0, 1, 2]),
        (-20, "auto", 3, [-20, -10, 0]),
        ("word", 20, 3, [0, 10, 20]),
        ("auto", "auto", 2, [0, 1]),
    ],
)
def test_lines_of_a_source_are_spread_evenly(
    configuration: Content, first: float | str, last: float | str, count: int, longitudes: list[int]
) -> None:
    """Between the same longitudes they are 1° beside each other; a text is 0, as in ExPRES."""
    _both(LG_MIN=first, LG_MAX=last, LG_NBR=count)(configuration)
    source = Configuration.model_validate(configuration).source[0]
    assert [line_longitude(source, index) for index in range(count)] == longitudes
