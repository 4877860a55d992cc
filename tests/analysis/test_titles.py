"""The words of a picture."""

from collections.abc import Callable
from typing import Any

import pytest

from prefect_expres.analysis.sources import sources_of
from prefect_expres.analysis.titles import differences, provenance, source_title, title_of
from tests.support.result_files import NAME, nothing

Opened = Callable[..., Any]


@pytest.mark.parametrize(
    ("name", "title"),
    [
        (
            "expres_earth_jupiter_io_jrm33_lossc-wid1deg_3kev_rx_20240101_v14",
            (
                "Io-induced emission of Jupiter seen from Earth, 2024-01-01\n"
                "JRM33, loss cone, 3 keV, beam width 1°"
            ),
        ),
        (
            "expres_juice_jupiter_ganymede_isaac_cst80.000-wid2deg_10kev_lo_refr_20240101_v14",
            (
                "Ganymede-induced emission of Jupiter seen from JUICE, 2024-01-01\n"
                "ISaAC, constant angle 80°, 10 keV, beam width 2°"
            ),
        ),
        (
            "expres_voyager1_saturn_30d-75r_spv_shell-wid1deg_3kev_rx_20240101_v14",
            (
                "Auroral emission of Saturn (source 30d-75r) seen from Voyager 1, 2024-01-01\n"
                "SPV, shell, 3 keV, beam width 1°"
            ),
        ),
        (
            "expres_juno_jupiter_io_10.25935-kpge-zb59_20240101_v14",
            "Io-induced emission of Jupiter seen from Juno, 2024-01-01",
        ),
        ("something-else", "something-else, 2024-01-01"),
    ],
)
def test_the_title_says_what_was_run(opened: Opened, name: str, title: str) -> None:
    """Observer, planet, moon, day and model come from the file's name, as far as it has them."""
    assert title_of([opened(attributes={"Logical_file_id": [name]})]) == title


def test_the_title_has_the_days(opened: Opened) -> None:
    """The last epoch of a day may be the next midnight; a longer simulation has two days."""
    day, days = (opened(visible=nothing(steps=steps), step=3600) for steps in (25, 26))
    assert title_of([day]).splitlines()[0].endswith(", 2024-01-01")
    assert title_of([days]).splitlines()[0].endswith(", 2024-01-01 to 2024-01-02")


def test_several_simulations_share_a_title(opened: Opened) -> None:
    """Moons share a sentence, days a span, and models what they have in common."""
    europa = NAME.replace("_io_", "_europa_").replace("jrm33", "jrm09")
    several = [opened(), opened(day=1, attributes={"Logical_file_id": [europa]})]
    assert title_of(several) == (
        "Io- and Europa-induced emission of Jupiter seen from Earth, 2024-01-01 to 2024-01-02\n"
        "loss cone, 3 keV, beam width 1°"
    )
    assert differences(several) == ["JRM33", "JRM09"]


def test_a_source_is_named_as_in_a_caption(opened: Opened) -> None:
    """Source, hemisphere and polarization with its sign."""
    names = [source_title(source) for source in sources_of(opened())]
    assert names == ["Io, north, RH (\N{MINUS SIGN})", "Io, south, LH (+)"]


def test_the_picture_names_its_origin(opened: Opened) -> None:
    """The file and the program are named, so that a model is not taken for ExPRES."""
    dataset = opened(attributes={"Generated_by": ["a sandbox"]})
    assert provenance([dataset]).endswith("_v14, a sandbox")
    assert provenance([dataset, dataset]) == "2 files, a sandbox"
    dataset.attrs = {}
    assert provenance([dataset]) == ""
