"""Every template: a configuration that passes the check, with a paper, and its planet in place."""

from datetime import date

import pytest

from prefect_expres.expres import Access, Configuration, Routine, warnings_of
from prefect_expres.expres.routine import routine_path
from prefect_expres.expres.templates import TEMPLATES
from prefect_expres.expres.templates.moons import MOONS

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


@pytest.mark.parametrize("source", TEMPLATES)
def test_each_template_says_whose_simulations_it_follows(source: str) -> None:
    """Authors, a year, and where it is."""
    template = TEMPLATES[source]
    assert " 20" in template.paper
    assert template.planet in template.summary


@pytest.mark.parametrize(
    ("source", "kind", "lat"),
    [("HOM", "M-shell", 30), ("bKOM", "M-shell", 30), ("SKR", "fixed in latitude", 75)],
)
def test_an_oval_goes_round(source: str, kind: str, lat: float) -> None:
    """Twelve longitudes in each hemisphere, which turn with the planet; no moon, no lead."""
    made = Routine(source=source, day=DAY).configuration(ephemeris="earth.csv")
    assert len(made.body) == 1
    for each in made.source:
        assert (each.type, each.lat, each.sat, each.sub) == (kind, lat, "", 0)
        assert (each.lg_min, each.lg_max, each.lg_nbr) == (0, 330, 12)
        assert each.lag_model == ""
    with pytest.raises(ValueError, match="has no law of the lead angle"):
        Routine(source=source, day=DAY, lag_model="hess2011")


def test_callisto_has_no_law() -> None:
    """ExPRES knows none for it: the source is on the moon's own field line."""
    made = Routine(source="Callisto", day=DAY).configuration(ephemeris="earth.csv")
    assert [(each.lg_min, each.lag_model) for each in made.source] == [(0, "")] * 2
    assert TEMPLATES["Callisto"].lag_models == ()
    assert MOONS["Callisto"].distance == pytest.approx(26.33, abs=0.01)


def test_the_exoplanet_is_seen_from_afar() -> None:
    """From a fixed place, whatever ephemeris is given; the planet comes round in 3.31 days."""
    made = Routine(source="exoplanet", day=DAY).configuration(
        ephemeris="earth.csv", phases={"Tau-Boo-b": 90.0}
    )
    star, planet = made.body
    assert (made.observer.type, made.observer.ephem) == ("Fixed", "")
    assert (made.observer.fixe_dist, made.observer.fixe_decl) == (1e6, 45.0)
    assert planet.phase == 90.0
    assert star.orb_per * planet.semi_maj**1.5 == pytest.approx(3.31 * 1440, rel=2e-3)
