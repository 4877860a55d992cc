"""Titles and captions of pictures, made from the names and attributes of the files."""

from collections.abc import Sequence

import numpy as np
import xarray as xr

from prefect_expres.analysis.identity import AURORAL, Identity, identity_of
from prefect_expres.analysis.sources import EmissionSource

SIGNS = {"RH": "RH (\N{MINUS SIGN})", "LH": "LH (+)"}
"""A polarization with its sign in the variable ``Polarization``."""

_SYSTEMS = {
    "Jupiter": "System III",
    "Saturn": "System III",
    "Uranus": "ULS",
    "Neptune": "System III",
    "Earth": "IAU",
    "Mercury": "IAU",
}
"""The longitude systems of the planets' field models, as the ephemerides have them."""


def title_of(datasets: Sequence[xr.Dataset]) -> str:
    """Give what is seen, from where and when; then what is known and common of the models."""
    identities = [identity_of(dataset) for dataset in datasets]
    seen = dict.fromkeys(_scene(identity, identities) for identity in identities)
    title = f"{', '.join(seen)}, {_days(datasets)}"
    model = ", ".join(_common(identities))
    return f"{title}\n{model}" if model else title


def differences(datasets: Sequence[xr.Dataset]) -> list[str]:
    """Give for each model what is not common to all; empty if nothing is known."""
    identities = [identity_of(dataset) for dataset in datasets]
    common = _common(identities)
    return [
        ", ".join(word for word in identity.model if word not in common) for identity in identities
    ]


def source_title(source: EmissionSource) -> str:
    """Name a source in the words of a caption: origin, hemisphere, polarization and its sign."""
    return f"{source.name}, {source.hemisphere}, {SIGNS[source.polarization]}"


def meridian_title(identity: Identity) -> str:
    """Name the longitude that faces the observer: stars and exoplanets have no longitude system."""
    if identity.planet is None:
        return "CML"
    system = _SYSTEMS.get(identity.planet)
    return f"CML ({system})" if system else "rotation phase"


def provenance(datasets: Sequence[xr.Dataset]) -> str:
    """Name the file, or count the files, and name the programs that wrote them."""
    if len(datasets) > 1:
        files = [f"{len(datasets)} files"]
    else:
        files = [str(each.attrs.get("Logical_file_id", "")) for each in datasets]
    programs = dict.fromkeys(str(each.attrs.get("Generated_by", "")) for each in datasets)
    return ", ".join(word for word in (*files, *programs) if word)


def _common(identities: Sequence[Identity]) -> list[str]:
    first, *others = (identity.model for identity in identities)
    return [word for word in first if all(word in other for other in others)]


def _scene(identity: Identity, others: Sequence[Identity]) -> str:
    """Say what is seen from where; simulations of several moons share a sentence."""
    if identity.origin is None:
        return identity.series
    where = f"seen from {identity.observer}"
    origins = dict.fromkeys(
        other.origin
        for other in others
        if other.origin and (other.planet, other.observer) == (identity.planet, identity.observer)
    )
    if any(map(AURORAL.fullmatch, origins)):
        sources = f"sources {identity.origin} to {identity.last}"
        if not identity.last:
            sources = f"source {', '.join(origins)}"
        return f"Auroral emission of {identity.planet} ({sources}) {where}"
    *first, last = origins
    moons = f"{', '.join(f'{moon}-' for moon in first)} and {last}" if first else last
    return f"{moons}-induced emission of {identity.planet} {where}"


def _days(datasets: Sequence[xr.Dataset]) -> str:
    """Give the first day and the last; a simulation that ends at midnight ends the day before."""
    first = min(dataset["time"].values[0] for dataset in datasets)
    last = max(dataset["time"].values[-1] for dataset in datasets)
    within = max(first, last - np.timedelta64(1, "s"))
    days = [str(np.datetime_as_string(each, unit="D")) for each in (first, within)]
    return " to ".join(dict.fromkeys(days))
