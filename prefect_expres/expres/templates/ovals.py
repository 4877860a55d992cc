"""Emission of auroral ovals: Jupiter's hectometric and kilometric, and Saturn's kilometric."""

from functools import partial

from prefect_expres.expres.templates.moons import JUPITER_FIELDS
from prefect_expres.expres.templates.sections import (
    AURORA_KM,
    JUPITER_KM,
    auroral_sources,
    central_body,
    density,
    jupiter,
)
from prefect_expres.expres.templates.template import Choices, Content, Template
from prefect_expres.expres.vocabulary import fields_of

_LONGITUDES = 12
_MAIN_OVAL = 30
"""M-shell of Jupiter's main oval, in radii: its sources were found on those from 10 to 62."""
_SATURN_KM = 60268.0
_SATURN_AURORA_KM = 1100.0
_SATURN_LATITUDE = 75


def _jovian(name: str, band: tuple[float, float, int], *, torus: bool = True) -> Template:
    return Template(
        summary=f"{name} emission of Jupiter's main auroral oval",
        paper="Cecconi et al. 2021, arXiv:2102.07588",
        planet="Jupiter",
        fields=JUPITER_FIELDS,
        lag_models=(),
        bodies=lambda choices: [jupiter(choices.field, torus=torus)],
        sources=partial(
            auroral_sources,
            "M-shell",
            _MAIN_OVAL,
            _LONGITUDES,
            "Jupiter",
            AURORA_KM / JUPITER_KM,
        ),
        band=band,
    )


def _saturn(choices: Choices) -> list[Content]:
    """Describe Saturn; its plasma is an ionosphere and the torus of Enceladus."""
    shape = {"RADIUS": 1, "PERIOD": 639.37, "FLAT": 0.09796, "ORB_PER": 251.58}
    plasma = [
        density("Body1_density1", "Ionospheric", 10000.0, 0.0166, 0.0332),
        density("Body1_density2", "Torus", 70.0, 1, 3.95),
    ]
    return [central_body("Saturn", choices.field, shape, plasma)]


HECTOMETRIC = _jovian("Hectometric", (0.1, 10.0, 199))
KILOMETRIC = _jovian("Broadband kilometric", (0.01, 1.0, 199), torus=False)
"""Its sources are above the torus, whose model decreases so slowly upwards that with it nothing
could radiate below 0.45 MHz."""
SATURN_KILOMETRIC = Template(
    summary="Kilometric emission of Saturn's auroral oval",
    paper="Lamy et al. 2008, J. Geophys. Res. 113, A10213",
    planet="Saturn",
    fields=fields_of("Saturn"),
    lag_models=(),
    bodies=_saturn,
    sources=partial(
        auroral_sources,
        "fixed in latitude",
        _SATURN_LATITUDE,
        _LONGITUDES,
        "Saturn",
        _SATURN_AURORA_KM / _SATURN_KM,
    ),
    energy=10,
    band=(0.01, 1.2, 171),
)
