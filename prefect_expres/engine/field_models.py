"""The magnetic fields that ``BODY.MAG`` names, with the paper of each.

The coefficients are in ``data``, one file a model. Those of Jupiter before JRM09 belong to slightly
smaller radii than 71492 km, those of the Earth to its mean radius: ``scale`` says so. Saturn's are
as ExPRES has them, for 60330 km. Its ring and the dipole of exoplanets are those of SERPE 4.1, the
forerunner of ExPRES, which is in the history of its repository (863971f, ``coeff_*.pro``).
"""

from dataclasses import dataclass

import numpy as np

from prefect_expres.engine.errors import EngineError
from prefect_expres.engine.harmonics import Floats, schmidt_coefficients
from prefect_expres.expres.vocabulary import FIELDS, field_folder


@dataclass(frozen=True)
class CurrentSheet:
    """An annular sheet of azimuthal current, in the form of Connerney et al. (1981).

    Args:
        paper: Where its values are from.
        mu_i: The current, nT.
        half_thickness: Radii.
        inner: Inner edge, radii.
        outer: Outer edge, radii.
        tilt: Of the sheet's axis, degrees.
        azimuth: East longitude towards which the axis is tilted, degrees.
        radial: The radial current of Connerney et al. (2020), MA.
    """

    paper: str
    mu_i: float
    half_thickness: float
    inner: float
    outer: float
    tilt: float = 0.0
    azimuth: float = 0.0
    radial: float = 0.0


@dataclass(frozen=True)
class FieldModel:
    """A magnetic field: internal harmonics, and perhaps a current sheet.

    Args:
        paper: Where the coefficients are from.
        internal: The file with the Schmidt coefficients of the internal field.
        degree: The highest degree that is used: the one that its authors recommend.
        sheet: The current sheet, if there is one.
        scale: The planet's equatorial radius over the radius of the coefficients.
        line_step: The step in frequency of the field lines that ExPRES reads, MHz; None for that
            of its published lines, 2.9e-3 MHz for each gauss of the dipole.
    """

    paper: str
    internal: str
    degree: int
    sheet: CurrentSheet | None = None
    scale: float = 1.0
    line_step: float | None = None

    @property
    def points_north(self) -> bool:
        """Whether the field leaves the planet in the north, as Jupiter's does."""
        return bool(self._dipole[0] > 0)

    @property
    def is_axisymmetric(self) -> bool:
        """Whether all meridians have the same field, as Saturn's do."""
        g, h = schmidt_coefficients(self.internal, self.degree)
        tilted = self.sheet is not None and self.sheet.tilt != 0
        return not (tilted or g[:, 1:].any() or h.any())

    @property
    def step(self) -> float:
        """The step in frequency of the field lines, MHz."""
        return self.line_step or STEP_MHZ_PER_GAUSS * float(np.hypot.reduce(self._dipole)) / 1e5

    @property
    def _dipole(self) -> Floats:
        g, h = schmidt_coefficients(self.internal, 1)
        return np.array([g[1, 0], g[1, 1], h[1, 1]])


STEP_MHZ_PER_GAUSS = 2.9e-3
JUPITER_STEP_MHZ = 0.05
"""Found from the kernel's output in tests/data/expres: with it the median error of the maximum
frequency falls from 0.026 MHz to 1e-5 MHz."""

_CON2020 = CurrentSheet(
    "Connerney et al. 2020",
    mu_i=139.6,
    half_thickness=3.6,
    inner=7.8,
    outer=51.4,
    tilt=9.3,
    azimuth=155.8,
    radial=16.7,
)
_CAN81 = CurrentSheet(
    "Connerney, Acuña & Ness 1981, fitted to Voyager 1",
    mu_i=225.0,
    half_thickness=2.5,
    inner=5.0,
    outer=50.0,
    tilt=9.6,
    azimuth=158.0,
)
_SATURN_RING = CurrentSheet(
    "SERPE 4.1, the forerunner of ExPRES, which has the same coefficients of Saturn",
    mu_i=13.0,
    half_thickness=2.5,
    inner=8.0,
    outer=16.0,
)


def _jupiter(
    paper: str, internal: str, degree: int, sheet: CurrentSheet, radius_km: float = 71492.0
) -> FieldModel:
    scale = 71492.0 / radius_km
    return FieldModel(paper, internal, degree, sheet, scale, line_step=JUPITER_STEP_MHZ)


_JRM09 = "Connerney et al. 2018"

MODELS = {
    "JRM33": _jupiter("Connerney et al. 2022", "jrm33.csv", 13, _CON2020),
    "JRM09_CS2020": _jupiter(_JRM09, "jrm09.csv", 10, _CON2020),
    "JRM09": _jupiter(_JRM09, "jrm09.csv", 10, _CAN81),
    "ISaAC": _jupiter("Hess et al. 2017", "isaac.csv", 10, _CAN81),
    "VIPAL": _jupiter("Hess et al. 2011", "vipal.csv", 5, _CAN81),
    "VIT4": _jupiter("Connerney 2007", "vit4.csv", 4, _CAN81, 71323.0),
    "VIP4": _jupiter("Connerney et al. 1998", "vip4.csv", 4, _CAN81, 71323.0),
    "O6": _jupiter("Connerney 1992", "o6.csv", 3, _CAN81, 71372.0),
    "SPV": FieldModel("Davis & Smith 1990", "spv.csv", 3, _SATURN_RING),
    "Z3": FieldModel("Connerney, Acuña & Ness 1984", "z3.csv", 3, _SATURN_RING),
    "AH5": FieldModel("Herbert 2009", "ah5.csv", 4),
    "Q3": FieldModel("Connerney, Acuña & Ness 1987", "q3.csv", 2),
    "A12": FieldModel("Anderson et al. 2012", "a12.csv", 4),
    "IGRF2000": FieldModel("Alken et al. 2021", "igrf2000.csv", 13, scale=6378.137 / 6371.2),
    "TDS_axi": FieldModel("Hess & Zarka 2011, a dipole of 7 G", "tds_axi.csv", 1),
}
"""The models by the name of ExPRES' folder of field lines, without its suffix."""

_ONLY_LINES = "only its field lines are known, which the server of ExPRES has"
UNKNOWN = {
    "TDS": f"{_ONLY_LINES}: how they are tilted is not; TDS_axi is such a dipole along the axis",
    **dict.fromkeys(
        (folder for folder in FIELDS if folder.startswith("ADLeonis")),
        f"{_ONLY_LINES}: Zarka et al. 2025 used it, and its name says gauss, but not of what",
    ),
    **dict.fromkeys(
        ("Tau_Boo_ab_axi", "proxima_centauri", "proxima_centauri_axi"),
        f"{_ONLY_LINES}: ExPRES names no paper for it",
    ),
}
"""Why the engine does not have a field that ExPRES has."""


def field_model(magnetic: str) -> FieldModel:
    """Find the field model that ``BODY.MAG`` names.

    Raises:
        EngineError: The engine does not have it.
    """
    folder = field_folder(magnetic)
    if folder in MODELS:
        return MODELS[folder]
    reason = UNKNOWN.get(folder, "its field lines, if there are any, are files of the server")
    msg = (
        f"BODY.MAG: {magnetic!r}: {reason}; choose one of {', '.join(MODELS)}, "
        "or run it on the ExPRES service"
    )
    raise EngineError(msg)
