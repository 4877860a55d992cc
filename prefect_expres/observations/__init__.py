"""Observations: dynamic spectra of any instrument, and simulations drawn over them.

May import: errors, net, storage, expres, analysis.

The names are loaded when they are first used. They need the extra ``analysis``, and FITS files the
extra ``observations``. Type checkers and editors see them as they are.
"""

from typing import TYPE_CHECKING

from prefect_expres.analysis.loading import loaded_when_used

if TYPE_CHECKING:
    from prefect_expres.observations.averaging import averaged as averaged
    from prefect_expres.observations.background import above_background as above_background
    from prefect_expres.observations.opening import open_observation as open_observation
    from prefect_expres.observations.overlay import draw_overlay as draw_overlay
    from prefect_expres.observations.overlay import overlay_figure as overlay_figure
    from prefect_expres.observations.picture import draw_observation as draw_observation
    from prefect_expres.observations.picture import observation_figure as observation_figure
    from prefect_expres.observations.summary import Summary as Summary
    from prefect_expres.observations.summary import summary_of as summary_of
    from prefect_expres.observations.synthesis import Interference as Interference
    from prefect_expres.observations.synthesis import synthetic as synthetic
    from prefect_expres.observations.writing import write_observation as write_observation

_MODULE_OF = {
    "Interference": "synthesis",
    "Summary": "summary",
    "above_background": "background",
    "averaged": "averaging",
    "draw_observation": "picture",
    "draw_overlay": "overlay",
    "observation_figure": "picture",
    "open_observation": "opening",
    "overlay_figure": "overlay",
    "summary_of": "summary",
    "synthetic": "synthesis",
    "write_observation": "writing",
}

__all__ = [
    "Interference",
    "Summary",
    "above_background",
    "averaged",
    "draw_observation",
    "draw_overlay",
    "observation_figure",
    "open_observation",
    "overlay_figure",
    "summary_of",
    "synthetic",
    "write_observation",
]

if not TYPE_CHECKING:
    # Hidden from type checkers: a module with a __getattr__ has every name there is.
    __getattr__ = loaded_when_used(__name__, _MODULE_OF, extra="observations")


def __dir__() -> list[str]:
    """List the public names, loaded or not."""
    return __all__
