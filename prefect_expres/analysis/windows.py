"""A window of visible emission, as a plain value."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict


class Window(BaseModel):
    """A stretch of time in which a source is seen.

    ``start`` and ``end`` are UTC; ``fmin`` and ``fmax`` are the lowest and highest visible
    frequency in MHz; ``polarization`` is RH or LH as the observer receives it.
    """

    model_config = ConfigDict(frozen=True)

    source: str
    hemisphere: str
    polarization: Literal["RH", "LH"]
    start: datetime
    end: datetime
    fmin: float
    fmax: float
