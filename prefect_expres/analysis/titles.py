"""What a picture says of its simulation, taken from the file's own words."""

import re

import numpy as np
import xarray as xr

from prefect_expres.analysis.sources import EmissionSource

_NAMES = {"juice": "JUICE", "isaac": "ISaAC"}
_BEAMING = {"lossc": "loss cone", "cavity": "steady-state cavity", "shell": "shell"}

# The names of ExPRES' files; see output_name in prefect_expres.expres.naming. With a DOI they say
# nothing of the model.
_RULE = re.compile(
    r"expres_(?P<observer>[^_]+)_(?P<planet>[^_]+)_(?P<origin>[^_]+)_"
    r"(?:(?P<model>[^_]+)_(?P<beaming>[^_]+?)-wid(?P<width>\d+)deg_(?P<energy>\d+)kev)?"
)


def title_of(dataset: xr.Dataset) -> str:
    """Give what is seen, from where and when; then the model, if the file's name holds it."""
    identity = str(dataset.attrs.get("Logical_file_id", "ExPRES simulation"))
    known = _RULE.match(identity.lower())
    if known is None:
        return f"{identity}\n{_days(dataset)}"
    observer, planet = _name(known["observer"]), _name(known["planet"])
    seen = f"{_emission(known['origin'], planet)} seen from {observer}, {_days(dataset)}"
    if known["model"] is None:
        return seen
    model = _NAMES.get(known["model"], known["model"].upper())
    beaming = _beaming(known["beaming"])
    return f"{seen}\n{model}, {beaming}, {known['energy']} keV, beam width {known['width']}°"


def panel_title(source: EmissionSource) -> str:
    """Name a source in the words of a caption: origin, hemisphere, polarization."""
    return f"{source.name}, {source.hemisphere}, {source.polarization}"


def provenance(dataset: xr.Dataset) -> str:
    """Name the file, and the program that wrote it if the file says so."""
    words = [dataset.attrs.get(key) for key in ("Logical_file_id", "Generated_by")]
    return ", ".join(str(word) for word in words if word)


def _emission(origin: str, planet: str) -> str:
    """Name the emission after its moon; auroral sources are called like ``200d-75r``."""
    if origin.isalpha():
        return f"{_name(origin)}-induced emission of {planet}"
    return f"Auroral emission of {planet} (source {origin})"


def _beaming(word: str) -> str:
    if word.startswith("cst"):
        return f"constant angle {float(word.removeprefix('cst')):g}°"
    return _BEAMING.get(word, word)


def _name(word: str) -> str:
    """Write a name large; digits keep apart, as in Voyager 1."""
    return _NAMES.get(word, re.sub(r"(?<=[a-z])(?=\d)", " ", word).title())


def _days(dataset: xr.Dataset) -> str:
    """Give the first day and the last; a simulation that ends at midnight ends the day before."""
    first, last = dataset["time"].values[[0, -1]]
    within = max(first, last - np.timedelta64(1, "s"))
    days = [str(np.datetime_as_string(each, unit="D")) for each in (first, within)]
    return " to ".join(dict.fromkeys(days))
