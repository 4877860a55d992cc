"""The plasma around a planet, from the density models of its configuration.

Densities are in cm⁻³, frequencies in MHz, lengths in planetary radii.
"""

from collections.abc import Sequence

import numpy as np

from prefect_expres.engine.errors import EngineError
from prefect_expres.engine.harmonics import Floats
from prefect_expres.expres.configuration import Density

PLASMA_MHZ = 0.009
"""Plasma frequency of one electron per cm³."""


def ellipsoid_radius(position: Floats, flattening: float) -> Floats:
    """Compute the planet's radius below a point, in equatorial radii.

    Args:
        position: Shape (..., 3).
        flattening: ``BODY.FLAT``.
    """
    latitude = np.arctan2(position[..., 2], np.hypot(position[..., 0], position[..., 1]))
    polar = np.sin(latitude) / (1.0 - flattening)
    return np.asarray(1.0 / np.sqrt(np.cos(latitude) ** 2 + polar**2))


def electron_density(models: Sequence[Density], position: Floats, flattening: float) -> Floats:
    """Add up the density models.

    Args:
        models: The central body's active density models.
        position: Shape (..., 3), planetary radii.
        flattening: ``BODY.FLAT``.

    Returns:
        Shape (...), cm⁻³.
    """
    total = np.zeros(position.shape[:-1])
    for model in models:
        total += model.rho0 * _profile(model, position, flattening)
    return total


def _profile(model: Density, position: Floats, flattening: float) -> Floats:
    radius = np.linalg.norm(position, axis=-1)
    axial = np.hypot(position[..., 0], position[..., 1])
    height = position[..., 2]
    match model.type:
        case "Ionospheric":
            above = radius - ellipsoid_radius(position, flattening) - model.perp
            return np.asarray(np.exp(-np.maximum(above, 0.0) / model.scale))
        case "Torus":
            return np.asarray(np.exp(-np.hypot(axial - model.perp, height) / model.scale))
        case "Disk":
            return np.asarray(np.exp(-axial / model.perp - np.abs(height) / model.scale))
        case "Stellar":
            return np.asarray(radius**-2.0)
        case _:
            msg = (
                f"BODY.DENS.TYPE: {model.type!r}: the engine does not model it; "
                "choose Ionospheric, Torus, Disk or Stellar"
            )
            raise EngineError(msg)


def plasma_ratio(
    models: Sequence[Density], position: Floats, frequency: Floats, flattening: float
) -> Floats:
    """Compute (plasma frequency / frequency)² as ExPRES does.

    For each density model it adds all densities to what is already this ratio, so that two models
    count a little more than their sum: 5 % at 0.04 MHz near Saturn, nothing above 1 MHz.

    Args:
        models: The central body's active density models.
        position: Shape (..., nf, 3), planetary radii.
        frequency: Shape (nf,), MHz.
        flattening: ``BODY.FLAT``.

    Returns:
        Shape (..., nf).
    """
    density = electron_density(models, position, flattening)
    scale = (PLASMA_MHZ / frequency) ** 2
    ratio = np.zeros_like(density)
    for _ in models:
        ratio = scale * (density + ratio)
    return ratio
