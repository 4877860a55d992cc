"""Warnings about the sections TIME, FREQUENCY and SPDYN."""

import math
from collections.abc import Mapping
from itertools import pairwise

from prefect_expres.expres.problem import Part
from prefect_expres.expres.rules import Rule
from prefect_expres.expres.rules.observer import has_file
from prefect_expres.expres.rules.rule import cdf_flags, planet_of, section

LARGEST_LAG = 1.0
"""Degrees of rotation: as much as the beam of a routine simulation is wide."""


_time, _frequency = section("TIME"), section("FREQUENCY")


def _lag(time: Part) -> float:
    """Give by how many degrees the planet has rotated too little at the end.

    In a step ExPRES moves the bodies by MAX/NBR, and Epoch by MAX/(NBR - 1).
    """
    turns = time["MAX"] / time["NBR"] / (planet_of(time.whole)["PERIOD"] or math.inf)
    return float(abs(360 * turns))


def _fix_of_lag(time: Part) -> str:
    steps = math.ceil(_lag(time) * time["NBR"] / LARGEST_LAG)
    return (
        f"it is {_lag(time):.2f}° of rotation here; take NBR {steps} or more to stay within "
        f"{LARGEST_LAG:g}°"
    )


def _is_listed(frequency: Part) -> bool:
    return bool(frequency["TYPE"] == "Pre-Defined")


def _channels(frequency: Part) -> list[float]:
    """Give the frequencies as they are written: the list, or MIN and MAX."""
    if _is_listed(frequency):
        return list(frequency["SC"])
    return [frequency["MIN"], frequency["MAX"]]


def _rises(frequency: Part) -> bool:
    return all(low < high for low, high in pairwise(_channels(frequency)))


def _is_cut(frequency: Part) -> bool:
    """Say whether the first frequency, a whole number, makes ExPRES cut the others."""
    channels = _channels(frequency) if _is_listed(frequency) else [0.5]
    return isinstance(channels[0], int) and any(each != int(each) for each in channels)


def _fix_of_cut(frequency: Part) -> str:
    first = _channels(frequency)[0]
    return f"the first one is a whole number here; write {float(first)}"


def _ephemeris_sets_times(time: Part) -> bool:
    return has_file(time.whole.part("OBSERVER"))


WARNINGS: Mapping[str, Rule] = {
    "time-from-the-start": Rule(
        _time,
        "MIN",
        lambda time: time["MIN"] == 0 or _ephemeris_sets_times(time),
        "ExPRES begins at SCTIME all the same: the planet moves on by MAX - MIN, Epoch by MAX",
        "write 0, and the start in OBSERVER.SCTIME",
    ),
    "time-passes": Rule(
        _time,
        "MAX",
        lambda time: time["MAX"] > 0 or _ephemeris_sets_times(time),
        "time stands still at 0, and runs backwards below",
        "write the duration in minutes",
    ),
    "frequency-above-zero": Rule(
        _frequency,
        "MIN",
        lambda frequency: _is_listed(frequency) or frequency["MIN"] > 0,
        "there is no emission at 0 MHz and below, and ExPRES divides by the frequency",
        "write the lowest frequency in MHz, as 0.01",
    ),
    "frequency-rises": Rule(
        _frequency,
        "MAX",
        lambda frequency: _is_listed(frequency) or _rises(frequency),
        "it is not above FREQUENCY.MIN: the channels fall, or are all the same",
        "write the highest frequency in MHz",
    ),
    "frequency-list-rises": Rule(
        _frequency,
        "SC",
        lambda frequency: (
            not _is_listed(frequency) or (_channels(frequency)[0] > 0 and _rises(frequency))
        ),
        "ExPRES looks between neighbours: a list that does not rise, or holds 0 MHz and below, "
        "gives emission where there is none",
        "sort the frequencies, and leave out the same ones and those that are not above 0",
    ),
    "frequency-list-cut": Rule(
        _frequency,
        "SC",
        lambda frequency: not _is_cut(frequency),
        "ExPRES reads a list with the type of its first number, and cuts all others to it",
        _fix_of_cut,
    ),
    "count-cut": Rule(
        lambda whole: [whole.part(name) for name in ("TIME", "FREQUENCY")],
        "NBR",
        lambda axis: axis["NBR"] == int(axis["NBR"]),
        "ExPRES cuts it to a whole number",
        lambda axis: f"write {int(axis['NBR'])}",
    ),
    "printed-plot": Rule(
        section("SPDYN"),
        "PDF",
        lambda spdyn: (
            not (spdyn["PDF"] and spdyn["FREQ"][0]) or (spdyn["POLAR"] and not spdyn["LOG"])
        ),
        "without POLAR, or with LOG, ExPRES forgets the image of the plot: the run may crash",
        "write false, or true in POLAR and false in LOG",
    ),
    "axes-drift": Rule(
        _time,
        "NBR",
        lambda time: _ephemeris_sets_times(time) or _lag(time) <= LARGEST_LAG,
        "the planet and its moons move by MAX/NBR a step, Epoch by MAX/(NBR - 1): at the end "
        "they lag behind by one step",
        _fix_of_lag,
    ),
    "visible-sources-left-out": Rule(
        cdf_flags,
        "SRCVIS",
        lambda flags: flags.get("SRCVIS", None) is not None,
        "the flag is missing, and the result will not hold VisibleSources",
        "write true or false",
    ),
    "positions-left-out": Rule(
        cdf_flags,
        "SRCPOS",
        lambda flags: flags.get("SRCPOS", None) is not None,
        "the flag is missing, and the result will not hold SrcPosition",
        "write true or false",
    ),
}
