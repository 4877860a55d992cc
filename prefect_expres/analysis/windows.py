"""A window of visible emission, as a plain value.

Manifests hold windows, so this room must load without numpy and xarray.
"""

from datetime import UTC, datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict

Hemisphere = Literal["north", "south"]

Polarization = Literal["RH", "LH"]
"""Circular polarization as ExPRES signs it in the variable ``Polarization``: right-hand (RH) is -1,
the extraordinary mode (RX) of a northern source; left-hand (LH) is +1, RX of a southern one. The
ordinary mode (LO) has them the other way round."""


def _in_utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC)


class Window(BaseModel):
    """A stretch of time in which a source is seen.

    Attributes:
        source: Where the emission comes from, for instance ``Io``.
        hemisphere: The hemisphere of the source.
        polarization: RH or LH, see `Polarization`.
        start: The first time step with visible emission, UTC.
        end: The end of the last one, UTC.
        fmin: Lowest visible frequency, MHz, to 100 Hz.
        fmax: Highest visible frequency, MHz, to 100 Hz.
        cml: Central meridian longitude at the first and the last step, degrees west, 0 to 360; the
            second is the smaller one where the window crosses 0. None if the file has no ``CML``.
        source_phase: Phase of the active field line at the first and the last step, degrees,
            ``CML - SrcLongitude + 180``. It exceeds the phase of the moon by the lead angle, some
            degrees, which the file does not hold. None without ``CML`` and ``SrcLongitude``, or
            if the source has several field lines.
    """

    model_config = ConfigDict(frozen=True)

    source: str
    hemisphere: Hemisphere
    polarization: Polarization
    start: Annotated[AwareDatetime, AfterValidator(_in_utc)]
    end: Annotated[AwareDatetime, AfterValidator(_in_utc)]
    fmin: float
    fmax: float
    cml: tuple[float, float] | None = None
    source_phase: tuple[float, float] | None = None
