"""Kinds of simulations that need no file: a template and a few choices give a configuration.

A new kind is one more `Template` in `TEMPLATES`: forms, command line, plans and documentation
find it there.
"""

from collections.abc import Mapping

from prefect_expres.expres.templates.exoplanet import EXOPLANET
from prefect_expres.expres.templates.moons import MOONS, moon_template
from prefect_expres.expres.templates.ovals import HECTOMETRIC, KILOMETRIC, SATURN_KILOMETRIC
from prefect_expres.expres.templates.template import Choices, FarAway, Template

__all__ = ["TEMPLATES", "Choices", "FarAway", "Template"]

TEMPLATES: Mapping[str, Template] = {
    **{moon: moon_template(moon) for moon in MOONS},
    "HOM": HECTOMETRIC,
    "bKOM": KILOMETRIC,
    "SKR": SATURN_KILOMETRIC,
    "Exoplanet": EXOPLANET,
}
"""By the name of the moon or auroral source whose emission is simulated."""
