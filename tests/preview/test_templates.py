"""Every template runs in the engine, on fewer times and frequencies than usual."""

import asyncio
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from prefect_expres.ephemeris import AnalyticEphemeris
from prefect_expres.expres import Routine
from prefect_expres.expres.templates import TEMPLATES
from prefect_expres.preview import preview_simulation

OF_THE_SERVER_ONLY = {"Exoplanet": "its coefficients are not published"}
"""Templates with a field that only ExPRES' server has the lines of."""


def _thinned(source: str) -> tuple[dict[str, Any], AnalyticEphemeris | None]:
    """Give a template every eighth minute and a tenth of the frequencies, seen from Earth."""
    template = TEMPLATES[source]
    made = Routine(source=source, day=date(2018, 9, 20)).configuration(ephemeris="earth.csv")
    content = made.content()
    content["TIME"] = {"MIN": 0, "MAX": 1432, "NBR": 180}
    content["FREQUENCY"]["NBR"] //= 10
    for each in content["SOURCE"]:
        each["WIDTH"] = 5
    if template.seen_from:
        content["TIME"]["MAX"] = 1440
        return content, None
    return content, AnalyticEphemeris(center=template.planet)


@pytest.mark.parametrize("source", TEMPLATES)
def test_each_template_ends_in_a_picture(source: str, tables: Path) -> None:
    """Or in the reason why there is none; what is visible has windows."""
    made = asyncio.run(preview_simulation(*_thinned(source), tables=tables))
    assert made.refused == ""
    if source in OF_THE_SERVER_ONLY:
        assert OF_THE_SERVER_ONLY[source] in made.not_modelled
        return
    assert made.not_modelled == ""
    assert made.picture is not None
    assert made.windows is not None
