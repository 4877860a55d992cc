"""The magnetic field of a planet: its internal field and that of a current sheet.

Lengths are in equatorial radii, fields in nT, positions in the planet's right-handed frame.
"""

import warnings
from functools import cache
from importlib import import_module
from typing import Any

import numpy as np

from prefect_expres.engine.field_models import CurrentSheet, FieldModel
from prefect_expres.engine.harmonics import Floats, InternalField, schmidt_coefficients


def magnetic_field(model: FieldModel, position: Floats) -> Floats:
    """Compute the field, internal and of the current sheet.

    Args:
        model: The field model.
        position: Shape (n, 3), equatorial radii.

    Returns:
        Shape (n, 3), nT.
    """
    field = _internal_field(model.internal, model.degree).at(position * model.scale)
    if model.sheet is None:
        return field
    sheet = _current_sheet(model.sheet).Field(*position.T)
    return field + np.asarray(sheet, dtype=np.float64)


@cache
def _internal_field(internal: str, degree: int) -> InternalField:
    return InternalField(*schmidt_coefficients(internal, degree))


@cache
def _current_sheet(sheet: CurrentSheet) -> Any:
    """Build the sheet with the analytic equations of Edwards et al. (2001).

    The package is loaded here: its import takes longer than a refusal, and warns.
    """
    with warnings.catch_warnings():
        # con2020 1.2.9 imports scipy.io.idl, which SciPy deprecates, for its own tests.
        warnings.simplefilter("ignore", DeprecationWarning)
        con2020 = import_module("con2020")
    return con2020.Model(
        equation_type="analytic",
        CartesianIn=True,
        CartesianOut=True,
        error_check=False,
        mu_i=sheet.mu_i,
        i_rho=sheet.radial,
        r0=sheet.inner,
        r1=sheet.outer,
        d=sheet.half_thickness,
        xt=sheet.tilt,
        xp=sheet.azimuth,
    )
