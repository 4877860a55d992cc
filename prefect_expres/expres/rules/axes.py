"""Rules of the sections SIMU, NUMBER, TIME, FREQUENCY and SPDYN."""

from collections.abc import Mapping

from prefect_expres.expres.problem import Part
from prefect_expres.expres.rules.observer import MIRIADE_STEPS, follows_web_track
from prefect_expres.expres.rules.rule import Rule, cdf_flags, every_body, section, sources

FEWEST = 2
"""ExPRES divides by the number of steps or channels minus one."""

_simu, _number, _time, _frequency, _spdyn = map(
    section, ("SIMU", "NUMBER", "TIME", "FREQUENCY", "SPDYN")
)
_OVER_LATITUDE = 2


def _density_counts(number: Part) -> set[int]:
    return {len(body.parts("DENS")) for body in every_body(number.whole)}


def _fix_of_density_count(number: Part) -> str:
    counts = _density_counts(number)
    return f"write {counts.pop()}" if len(counts) == 1 else "give every BODY as many DENS"


def _listed(frequency: Part) -> bool:
    return bool(frequency["TYPE"] == "Pre-Defined")


def _is_list(channels: object) -> bool:
    return isinstance(channels, list) and len(channels) >= FEWEST


def _has_plot_over_time(spdyn: Part, key: str) -> bool:
    """Say whether the first flag is set if one of those that need its array is.

    The plot over latitude, the fourth, is not made.
    """
    over_time, *others = spdyn[key]
    return over_time or not any(
        flag for place, flag in enumerate(others) if place != _OVER_LATITUDE
    )


def _plot_rule(key: str) -> Rule:
    return Rule(
        _spdyn,
        key,
        lambda spdyn: _has_plot_over_time(spdyn, key),
        "ExPRES makes room for the plot over time only, and crashes at the others without it",
        "write true as the first flag, or false as all of them",
    )


def _positions_are_given(flags: Part) -> bool:
    """Say whether SRCPOS is there where ExPRES reads it although it may be missing."""
    if flags.get("SRCPOS", None) is not None:
        return True
    words = [isinstance(source["LG_MIN"], str) for source in sources(flags.whole)]
    return flags.get("SRCVIS", None) is not None and not any(words)


RULES: Mapping[str, Rule] = {
    "doi-without-slash": Rule(
        _simu,
        "DOI",
        lambda simu: "/" not in simu["DOI"],
        "becomes a part of the result's file name, which holds no '/'",
        lambda simu: f"write {simu['DOI'].replace('/', '-')!r}",
    ),
    "number-of-bodies": Rule(
        _number,
        "BODY",
        lambda number: number["BODY"] == len(number.whole.parts("BODY")),
        "must be the length of the list BODY",
        lambda number: f"write {len(number.whole.parts('BODY'))}",
    ),
    "number-of-densities": Rule(
        _number,
        "DENSITY",
        lambda number: _density_counts(number) == {number["DENSITY"]},
        "must be the length of the list DENS in every BODY",
        _fix_of_density_count,
    ),
    "number-of-sources": Rule(
        _number,
        "SOURCE",
        lambda number: number["SOURCE"] == len(number.whole.parts("SOURCE")),
        "must be the length of the list SOURCE",
        lambda number: f"write {len(number.whole.parts('SOURCE'))}",
    ),
    "steps-through-miriade": Rule(
        _time,
        "NBR",
        lambda time: (
            time["NBR"] <= MIRIADE_STEPS or not follows_web_track(time.whole.part("OBSERVER"))
        ),
        f"ExPRES loses steps beyond {MIRIADE_STEPS} when it gets positions from the web",
        f"take at most {MIRIADE_STEPS} steps, or give an ephemeris file in OBSERVER.EPHEM",
    ),
    "frequency-of-logarithm": Rule(
        _frequency,
        "MIN",
        lambda frequency: frequency["TYPE"] != "Log" or min(frequency["MIN"], frequency["MAX"]) > 0,
        "'Log' takes the logarithm of MIN and MAX: both must be above 0 MHz",
        "write the lowest frequency in MHz, as 0.01",
    ),
    "frequency-channels": Rule(
        _frequency,
        "NBR",
        lambda frequency: _listed(frequency) or frequency["NBR"] >= FEWEST,
        f"must be at least {FEWEST}",
        "write the number of channels",
    ),
    "frequency-list": Rule(
        _frequency,
        "SC",
        lambda frequency: not _listed(frequency) or _is_list(frequency["SC"]),
        f"'Pre-Defined' needs a list of at least {FEWEST} frequencies",
        "write them, as [1.0, 2.5, 10.0], or take the TYPE 'Linear' or 'Log'",
    ),
    "plots-of-frequency": _plot_rule("FREQ"),
    "plots-of-longitude": _plot_rule("LONG"),
    "plots-of-latitude": _plot_rule("LAT"),
    "positions-flag": Rule(
        cdf_flags,
        "SRCPOS",
        _positions_are_given,
        "it may be missing only if SRCVIS is there and no LG_MIN is a word: ExPRES stops",
        "write true or false",
    ),
}
