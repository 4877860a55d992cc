"""Warnings: what ExPRES accepts silently and computes differently from what was probably meant."""

import math
from collections.abc import Iterator, Mapping

from prefect_expres.expres.access import Access
from prefect_expres.expres.configuration import Configuration
from prefect_expres.expres.estimate import result_bytes, run_seconds
from prefect_expres.expres.problem import Part, Problem, nearest
from prefect_expres.expres.rules import Rule
from prefect_expres.expres.rules.observer import has_file
from prefect_expres.expres.rules.rule import moons, planets, section, sources
from prefect_expres.expres.section import Section
from prefect_expres.expres.vocabulary import LEAD_LAWS, NO_LAW

LARGEST_LAG = 1.0
"""Degrees of rotation: as much as the beam of a routine simulation is wide."""


def warnings_of(configuration: Configuration, access: Access | None = None) -> tuple[Problem, ...]:
    """Find what may be unexpected in a configuration that breaks no rule.

    Args:
        configuration: The configuration.
        access: The access of the user who will run it; without it, there are no warnings about run
            time.

    Returns:
        One problem for each warning; its rule is the reason, its fix is what to write.
    """
    whole = Part(configuration.content())
    silent = (warning for rule in WARNINGS.values() for warning in rule.problems(whole))
    slow = () if access is None else _long_run(configuration, access)
    return (*silent, *_misspelt_keys(configuration, ""), *slow)


def _only_planet(part: Part) -> Part:
    return planets(part.whole)[0]


def _lag(time: Part) -> float:
    """Give by how many degrees the planet has rotated too little at the end.

    In a step ExPRES moves the bodies by MAX/NBR, and Epoch by MAX/(NBR - 1).
    """
    return float(360 * time["MAX"] / time["NBR"] / abs(_only_planet(time)["PERIOD"]))


def _fix_of_lag(time: Part) -> str:
    steps = math.ceil(_lag(time) * time["NBR"] / LARGEST_LAG)
    return (
        f"it is {_lag(time):.2f}° of rotation here; take NBR {steps} or more to stay within "
        f"{LARGEST_LAG:g}°"
    )


def _fix_of_altitude(source: Part) -> str:
    radius, altitude = _only_planet(source)["RADIUS"], source["AURORA_ALT"]
    return (
        "write RADIUS 1 and every length in planetary radii, here "
        f"{altitude / radius if altitude >= 1 else altitude:.4g}"
    )


def _law(source: Part) -> str:
    return str(source.get("LAG_MODEL", ""))


def _law_is_used(source: Part) -> bool:
    """Say whether ExPRES uses the law that is named: for two moons it knows only one name."""
    law = _law(source)
    if source["SAT"] not in {"Europa", "Ganymede"} or law in NO_LAW:
        return True
    return law == "hue2023" or law.lower() == LEAD_LAWS[0]


def _fix_of_law(source: Part) -> str:
    meant = "hue2023" if _law(source).lower() == "hue2023" else LEAD_LAWS[0]
    return f"write {meant!r}"


WARNINGS: Mapping[str, Rule] = {
    "axes-drift": Rule(
        section("TIME"),
        "NBR",
        lambda time: has_file(time.whole.part("OBSERVER")) or _lag(time) <= LARGEST_LAG,
        "the planet and its moons move by MAX/NBR a step, Epoch by MAX/(NBR - 1): at the end "
        "they lag behind by one step",
        _fix_of_lag,
    ),
    "phase-from-the-web": Rule(
        moons,
        "PHASE",
        lambda moon: moon["PHASE"] != "auto",
        "ExPRES asks a web service when it runs, even if OBSERVER.EPHEM is given: the run fails "
        "with that service, and the same file may give another result",
        "write the moon's east longitude at the start less the light time, in degrees",
    ),
    "aurora-in-km": Rule(
        sources,
        "AURORA_ALT",
        lambda source: source["AURORA_ALT"] == 0 or _only_planet(source)["RADIUS"] == 1,
        "ExPRES takes it in planetary radii even where RADIUS is in km: the altitude cut-off "
        "vanishes, and emission reaches too high frequencies",
        _fix_of_altitude,
    ),
    "aurora-too-high": Rule(
        sources,
        "AURORA_ALT",
        lambda source: source["AURORA_ALT"] < 1 or _only_planet(source)["RADIUS"] != 1,
        "it is in planetary radii, as RADIUS 1 says",
        "write 0.00909 for 650 km above Jupiter",
    ),
    "law-not-used": Rule(
        sources,
        "LAG_MODEL",
        _law_is_used,
        "for Europa and Ganymede ExPRES only knows 'hue2023', in lower case; any other word gives "
        "the law of hess2011",
        _fix_of_law,
    ),
    "law-over-longitude": Rule(
        sources,
        "LG_MIN",
        lambda source: _law(source) in NO_LAW or source["LG_MIN"] in {"auto", 0},
        "LAG_MODEL sets the lead angle, and this is not used",
        "write 'auto', or 'off' in LAG_MODEL",
    ),
    "visible-sources-left-out": Rule(
        lambda whole: [whole.part("SPDYN").part("CDF")],
        "SRCVIS",
        lambda flags: flags.get("SRCVIS", None) is not None,
        "the flag is missing, and the result will not hold VisibleSources",
        "write true or false",
    ),
}


def _long_run(configuration: Configuration, access: Access) -> Iterator[Problem]:
    seconds = run_seconds(configuration)
    if seconds > access.longest_run:
        yield Problem(
            "TIME.NBR",
            configuration.time.nbr,
            f"the run may take {seconds / 60:.0f} min, where {access.longest_run / 60:.0f} min "
            f"are allowed, and leave {result_bytes(configuration) / 1e6:.0f} MB",
            "split the simulation, or ask for fewer frequencies or sources",
        )


def _misspelt_keys(section: Section, path: str) -> Iterator[Problem]:
    """Find unknown keys that resemble an optional key that is missing: ExPRES ignores them."""
    fields = type(section).model_fields
    left_out = {str(fields[name].alias) for name in fields.keys() - section.model_fields_set}
    for key, value in (section.model_extra or {}).items():
        if (meant := nearest(key, sorted(left_out))) is not None:
            yield Problem(f"{path}{key}", value, "ExPRES does not know this key", f"write {meant}")
    for name, field in fields.items():
        value = getattr(section, name)
        for index, each in enumerate(value if isinstance(value, list) else ()):
            if isinstance(each, Section):
                yield from _misspelt_keys(each, f"{path}{field.alias}[{index}].")
        if isinstance(value, Section):
            yield from _misspelt_keys(value, f"{path}{field.alias}.")
