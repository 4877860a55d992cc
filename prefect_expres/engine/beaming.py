"""Which way the emission goes: the half-angle of the cone by the electrons' distribution.

The formulas are those of ExPRES 1.4 (Louis et al. 2019, A&A 627, A30); energies are in keV,
angles in degrees.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from prefect_expres.engine.harmonics import Floats
from prefect_expres.expres.configuration import Source
from prefect_expres.expres.vocabulary import CURRENTS, Beam

ELECTRON_KEV = 511.0
SHELL_DEGREES = 90.0

NEGATIVE_TOLERANCE = 1e-4
INDEX_TOLERANCE = 1.001
"""How far rounding may carry the discriminant below zero, and the index above one."""


class Cone(NamedTuple):
    """The half-angles of the emission cones.

    Attributes:
        angle: Degrees; NaN where ExPRES computes it to no number, and writes that.
        absent: Where ExPRES finds that there is no emission, same shape.
    """

    angle: Floats
    absent: NDArray[np.bool_]


def cone(source: Source, ratio: Floats, plasma: Floats) -> Cone:
    """Compute the emission cone.

    Args:
        source: The source: its current, energy and mode.
        ratio: Frequency over the line's maximum frequency.
        plasma: (plasma frequency / frequency)², same shape.

    Returns:
        Arrays of the same shape.
    """
    match CURRENTS[source.current]:
        case Beam.CAVITY:
            return steady_state(source.temph, _dilution(source) * plasma)
        case Beam.CONSTANT:
            return Cone(np.full_like(plasma, source.constant), ratio > 1.0)
        case Beam.SHELL:
            return Cone(np.full_like(plasma, SHELL_DEGREES), ratio > 1.0)
        case Beam.LOSS_CONE:
            ordinary = source.mode.upper() == "LO"
            angle = loss_cone(source.accel, source.temph, ratio, plasma, ordinary=ordinary)
            absent = np.isnan(angle)
            return Cone(np.where(absent, 0.0, angle), absent)


def plasma_scale(source: Source) -> float:
    """Give the factor on the plasma frequency that ExPRES writes: Steady-State dilutes it."""
    return float(_dilution(source) ** 0.5) if CURRENTS[source.current] is Beam.CAVITY else 1.0


def _dilution(source: Source) -> float:
    """Give the part of (plasma frequency / frequency)² that the cavity of a current leaves."""
    warm = source.temph + source.accel
    return float((source.temp / warm) ** 0.5) if warm > 0 else np.nan


def steady_state(hot: float, plasma: Floats) -> Cone:
    """Compute the beaming from the cavity of a steady current.

    Args:
        hot: Temperature of the hot electrons, keV.
        plasma: (plasma frequency / frequency)² within the cavity.

    Returns:
        The angle is NaN where the index of refraction is not between zero and one. That is nearly
        everywhere if ``hot`` is zero.
    """
    available = 2.0 * hot / ELECTRON_KEV - plasma
    needed = plasma * (1.0 - plasma)
    with np.errstate(all="ignore"):
        angle = np.degrees(np.arcsin(np.sqrt(1.0 - needed / available)))
    return Cone(angle, available <= needed)


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
