"""Identification: which simulated source made the emission in an observation.

May import: errors, net, storage, expres, analysis, observations.

The functions are loaded when they are first used, and need the extra ``analysis``; the values are
plain. Type checkers and editors see them as they are.
"""

from typing import TYPE_CHECKING

from prefect_expres.analysis.loading import loaded_when_used

if TYPE_CHECKING:
    from prefect_expres.identification.findings import Finding as Finding
    from prefect_expres.identification.findings import Identification as Identification
    from prefect_expres.identification.findings import Missing as Missing
    from prefect_expres.identification.findings import Model as Model
    from prefect_expres.identification.findings import Scene as Scene
    from prefect_expres.identification.findings import Searched as Searched
    from prefect_expres.identification.naming import Identified as Identified
    from prefect_expres.identification.naming import identify_arcs as identify_arcs
    from prefect_expres.identification.products import make_identification as make_identification
    from prefect_expres.identification.scene import frequencies_of as frequencies_of
    from prefect_expres.identification.scene import scene_of as scene_of

_MODULE_OF = {
    "Finding": "findings",
    "Identification": "findings",
    "Identified": "naming",
    "Missing": "findings",
    "Model": "findings",
    "Scene": "findings",
    "Searched": "findings",
    "frequencies_of": "scene",
    "identify_arcs": "naming",
    "make_identification": "products",
    "scene_of": "scene",
}

__all__ = [
    "Finding",
    "Identification",
    "Identified",
    "Missing",
    "Model",
    "Scene",
    "Searched",
    "frequencies_of",
    "identify_arcs",
    "make_identification",
    "scene_of",
]

if not TYPE_CHECKING:
    # Hidden from type checkers: a module with a __getattr__ has every name there is.
    __getattr__ = loaded_when_used(__name__, _MODULE_OF, extra="analysis")


def __dir__() -> list[str]:
    """List the public names, loaded or not."""
    return __all__
