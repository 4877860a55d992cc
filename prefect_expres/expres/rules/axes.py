"""Rules of the sections SIMU, NUMBER, TIME and FREQUENCY."""

from collections.abc import Mapping
from itertools import pairwise

from prefect_expres.expres.problem import Part
from prefect_expres.expres.rules.observer import MIRIADE_STEPS, asks_miriade
from prefect_expres.expres.rules.rule import Rule, every_body, section

FEWEST = 2
"""ExPRES divides by the number of steps or channels minus one."""

_simu, _number, _time, _frequency = map(section, ("SIMU", "NUMBER", "TIME", "FREQUENCY"))


def _density_counts(number: Part) -> set[int]:
    return {len(body.parts("DENS")) for body in every_body(number.whole)}


def _fix_of_density_count(number: Part) -> str:
    counts = _density_counts(number)
    return f"write {counts.pop()}" if len(counts) == 1 else "give every BODY as many DENS"


def _listed(frequency: Part) -> bool:
    return bool(frequency["TYPE"] == "Pre-Defined")


def _rises_above_zero(channels: object) -> bool:
    if not isinstance(channels, list) or len(channels) < FEWEST:
        return False
    return channels[0] > 0 and all(low < high for low, high in pairwise(channels))


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
    "time-starts-at-zero": Rule(
        _time,
        "MIN",
        lambda time: time["MIN"] == 0,
        "ExPRES counts minutes from the start",
        "write 0, and the start in OBSERVER.SCTIME",
    ),
    "time-passes": Rule(
        _time,
        "MAX",
        lambda time: time["MAX"] > time["MIN"],
        "must be later than TIME.MIN",
        "write the duration in minutes",
    ),
    "steps-through-miriade": Rule(
        _time,
        "NBR",
        lambda time: time["NBR"] <= MIRIADE_STEPS or not asks_miriade(time.whole),
        f"ExPRES loses steps beyond {MIRIADE_STEPS} when it gets positions from the web",
        f"take at most {MIRIADE_STEPS} steps, or give an ephemeris file in OBSERVER.EPHEM",
    ),
    "frequency-above-zero": Rule(
        _frequency,
        "MIN",
        lambda frequency: _listed(frequency) or frequency["MIN"] > 0,
        "must be above 0 MHz",
        "write the lowest frequency in MHz, as 0.01",
    ),
    "frequency-rises": Rule(
        _frequency,
        "MAX",
        lambda frequency: _listed(frequency) or frequency["MAX"] > frequency["MIN"],
        "must be above FREQUENCY.MIN",
        "write the highest frequency in MHz",
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
        lambda frequency: not _listed(frequency) or _rises_above_zero(frequency["SC"]),
        f"'Pre-Defined' needs a rising list of at least {FEWEST} frequencies above 0 MHz",
        "write them, as [1.0, 2.5, 10.0], or take the TYPE 'Linear' or 'Log'",
    ),
}
