"""The colour of each source: the same moon and hemisphere have the same one in every picture."""

from collections.abc import Mapping

from matplotlib.colors import to_hex, to_rgb

from prefect_expres.analysis.sources import EmissionSource

_COLOURS: Mapping[str, tuple[str, str]] = {
    "Io": ("#0072B2", "#D55E00"),
    "Europa": ("#56B4E9", "#E69F00"),
    "Ganymede": ("#009E73", "#CC79A7"),
    "Callisto": ("#332288", "#882255"),
}
"""Cold for the north, warm for the south, as seen by colour-blind readers, too (Okabe & Ito 2008,
Tol 2021)."""

_OTHERS = ("#44AA99", "#AA4499")
"""For auroral sources, and moons of other planets."""

_TINTS = (0.0, 0.5, -0.45, 0.75)
"""How much white, or black if below zero, is mixed in for further simulations of a source."""


def colour_of(source: EmissionSource, variant: int = 0) -> str:
    """Give the colour of a source.

    Args:
        source: The source.
        variant: Which simulation of the source it is in its picture; the first has the pure colour.
    """
    north, south = _COLOURS.get(source.name, _OTHERS)
    pure = to_rgb(south if source.hemisphere == "south" else north)
    tint = _TINTS[variant % len(_TINTS)]
    mixed = 1.0 if tint > 0 else 0.0
    red, green, blue = (part + (mixed - part) * abs(tint) for part in pure)
    return to_hex((red, green, blue))
