"""Where the emission comes from and which way it goes: lead angles, plasma, beam.

The formulas are those of ExPRES 1.4 (Louis et al. 2019, A&A 627, A30); energies are in keV,
angles in degrees, frequencies in MHz, lengths in planetary radii.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from prefect_expres.engine.errors import EngineError
from prefect_expres.engine.field import Floats
from prefect_expres.expres.configuration import Density, Source
from prefect_expres.expres.lead_angle import LAWS
from prefect_expres.expres.lead_angle import lead_angle as lead_by_law

ELECTRON_KEV = 511.0
PLASMA_MHZ = 0.009
"""Plasma frequency of one electron per cm³."""

NEGATIVE_TOLERANCE = 1e-4
INDEX_TOLERANCE = 1.001
"""How far rounding may carry the discriminant below zero, and the index above one."""


def lead_angle(law: str, moon: str, longitude: Floats, *, south: bool) -> Floats:
    """Compute how far the active field line leads the moon's.

    Args:
        law: ``hess2011`` or ``hue2023``.
        moon: The moon's name.
        longitude: West longitude of the moon, degrees, any shape.
        south: Whether the source is in the southern hemisphere.

    Returns:
        The lead angle in degrees, same shape; the active line is at ``longitude`` minus it.

    Raises:
        EngineError: The engine has no such law for this moon.
    """
    if law not in LAWS:
        msg = (
            f"SOURCE.LAG_MODEL: {law!r}: the engine does not model this law; "
            "choose hess2011 or hue2023 (in lower case), or run it on the ExPRES service"
        )
        raise EngineError(msg)
    if moon not in LAWS[law]:
        msg = (
            f"SOURCE.SAT: {moon!r}: the law {law} has no lead angle for it; "
            f"it has {', '.join(LAWS[law])}; or give LG_MIN as a number"
        )
        raise EngineError(msg)
    return lead_by_law(law, moon, longitude, south=south)


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


def cone_angle(source: Source, ratio: Floats, plasma: Floats) -> Floats:
    """Compute the half-angle of the emission cone.

    Args:
        source: The source: its current, energy and mode.
        ratio: Frequency over the line's maximum frequency.
        plasma: (plasma frequency / frequency)², same shape.

    Returns:
        Degrees, same shape; NaN where there is no emission.
    """
    if source.current == "Transient (Alfvenic)":
        return loss_cone(source.accel, source.temph, ratio, plasma, ordinary=source.mode == "LO")
    if source.current == "Constant":
        return np.where(ratio <= 1.0, float(source.constant), np.nan)
    msg = (
        f"SOURCE.CURRENT: {source.current!r}: the engine does not model it; choose "
        "'Transient (Alfvenic)' or 'Constant', or run it on the ExPRES service"
    )
    raise EngineError(msg)


def loss_cone(
    energy: float, hot: float, ratio: Floats, plasma: Floats, *, ordinary: bool = False
) -> Floats:
    """Compute the beaming of a loss-cone distribution by the cold-plasma dispersion.

    The refractive index n that the resonance k = (v Γ)²/(1 - f/f_max) = n² cos²θ asks for is
    put into the dispersion relation with the Stix parameters S, P, D near the cyclotron
    frequency; what remains is a quadratic in cos²θ (Hess et al. 2008; Louis et al. 2019).

    Args:
        energy: Energy of the electrons, keV.
        hot: Temperature of the hot electrons, keV.
        ratio: Frequency over maximum frequency.
        plasma: (plasma frequency / frequency)².
        ordinary: Take the left-hand ordinary mode instead of the right-hand extraordinary one.

    Returns:
        Half-angle in degrees, NaN where there is no emission.
    """
    v2 = 2.0 * energy / ELECTRON_KEV
    u = v2 + 2.0 * hot / ELECTRON_KEV
    with np.errstate(all="ignore"):
        k = v2 / (1.0 + u) / (1.0 - ratio)
        s = 1.0 - 2.0 * plasma / u
        p = 1.0 - plasma / (1.0 + v2 / 2.0)
        d = 2.0 * plasma * (1.0 - v2) / u
        a = p * (s * s - d * d) - k * (p * s - s * s + d * d)
        b = -(k * k * (p - s) - k * (p * s + s * s - d * d))
        c = s * k * k
        discriminant = b * b - 4.0 * a * c
        root = np.sqrt(np.abs(discriminant))
        cosine = np.sqrt((b - root if ordinary else b + root) / (2.0 * a))
        theta = np.degrees(np.arccos(cosine))
        widest = np.degrees(np.arccos(np.sqrt(k)))
        valid: NDArray[np.bool_] = (
            (s > 0.0)
            & (discriminant / (b * b) >= -NEGATIVE_TOLERANCE)
            & (np.sqrt(k) / cosine < INDEX_TOLERANCE)
            & (theta <= widest)
        )
    return np.where(valid, theta, np.nan)
