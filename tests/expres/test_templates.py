"""Every template: a configuration that passes the check, with its planet in place."""

from datetime import date

import pytest

from prefect_expres.expres import Access, Configuration, Routine, warnings_of
from prefect_expres.expres.routine import routine_path
from prefect_expres.expres.templates import TEMPLATES

DAY = date(2018, 9, 13)


@pytest.mark.parametrize("source", TEMPLATES)
def test_each_template_gives_a_configuration_without_a_surprise(source: str) -> None:
    """It breaks no rule, warns of nothing, and fits into what guests may run."""
    made = Routine(source=source, day=DAY).configuration(ephemeris="earth.csv")
    template = TEMPLATES[source]
    assert warnings_of(made, Access.of(None)) == ()
    assert Configuration.parse(made.to_json()).content() == made.content()
    assert made.observer.parent == made.body[0].name == template.planet
    assert made.body[0].mag == template.fields[0]
    assert (made.frequency.min, made.frequency.max, made.frequency.nbr) == template.band
    assert made.source[0].accel == template.energy
    assert routine_path(made).endswith("_20180913_v14.json")
    assert {(bool(each.north), bool(each.south)) for each in made.source} == {(1, 0), (0, 1)}


@pytest.mark.parametrize("source", ["HOM", "bKOM", "SKR", "Callisto", "Exoplanet"])
def test_a_source_without_a_law_is_given_none(source: str) -> None:
    """Ovals follow no moon, and for others than Io, Europa and Ganymede ExPRES knows no law."""
    with pytest.raises(ValueError, match="has no law of the lead angle"):
        Routine(source=source, day=DAY, lag_model="hess2011")
