"""What the name of a result says: observer, planet, origin and model."""

import re
from dataclasses import dataclass

import xarray as xr

# The names of ExPRES' files; see output_name in prefect_expres.expres.result_name. With a DOI
# they do not describe the model.
_RULE = re.compile(
    r"expres_(?P<observer>[^_]+)_(?P<planet>[^_]+)_(?P<origin>[^_]+)_"
    r"(?:(?P<model>[^_]+)_(?P<beaming>[^_]+?)-wid(?P<width>\d+)deg_(?P<energy>\d+)kev)?"
)
_DAY = re.compile(r"_\d{8}(?=_v\d+$|$)")

AURORAL = re.compile(r"-?\d+d--?\d+r")
"""The origin of an auroral source: its longitude, and its latitude or shell."""

_NAMES = {"juice": "JUICE", "isaac": "ISaAC"}
_BEAMING = {"lossc": "loss cone", "cavity": "steady-state cavity"}


@dataclass(frozen=True)
class Identity:
    """A simulation, as the name of its file describes it.

    Attributes:
        series: The file's name without its day: the same for the days of a campaign.
        observer: The observer, for instance ``Earth``; None if the name does not say.
        planet: The emitting planet, or None.
        origin: The moon, or the longitude and shell of the source, or None.
        model: Field, beaming, energy and width in the words of a caption; empty if unknown.
        last: The origin of the last of several auroral sources; empty if there is one.
    """

    series: str
    observer: str | None = None
    planet: str | None = None
    origin: str | None = None
    model: tuple[str, ...] = ()
    last: str = ""


def identity_of(dataset: xr.Dataset) -> Identity:
    """Read the identity from the attribute ``Logical_file_id``.

    Args:
        dataset: From `open_results`.
    """
    name = str(dataset.attrs.get("Logical_file_id", "ExPRES simulation"))
    series = _DAY.sub("", name)
    known = _RULE.match(name.lower())
    if known is None:
        return Identity(series)
    return Identity(
        series,
        _written(known["observer"]),
        _written(known["planet"]),
        known["origin"] if AURORAL.fullmatch(known["origin"]) else _written(known["origin"]),
        _model(known) if known["model"] else (),
        _last_auroral(dataset),
    )


def _last_auroral(dataset: xr.Dataset) -> str:
    """Give the last auroral origin of a file, whose name has the first; empty if it is the only."""
    labels = dataset["source"].values if "source" in dataset.coords else ()
    origins = dict.fromkeys(str(label).partition(" ")[0].lower() for label in labels)
    auroral = [origin for origin in origins if AURORAL.fullmatch(origin)]
    return auroral[-1] if len(auroral) > 1 else ""


def _model(known: re.Match[str]) -> tuple[str, ...]:
    field = _NAMES.get(known["model"], known["model"].upper())
    beaming = _beaming(known["beaming"])
    return field, beaming, f"{known['energy']} keV", f"beam width {known['width']}°"


def _beaming(word: str) -> str:
    if word.startswith("cst"):
        return f"constant angle {float(word.removeprefix('cst')):g}°"
    return _BEAMING.get(word, word)


def _written(word: str) -> str:
    """Write a name in capitals, with a space before its number, as in Voyager 1.

    The letter of an exoplanet, as in Tau-Boo-b, stays small.
    """
    name = re.sub(r"(?<=[a-z])(?=\d)", " ", word).title()
    return _NAMES.get(word, re.sub(r"-[A-Z]$", lambda letter: letter[0].lower(), name))
