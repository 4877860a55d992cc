"""Small result files in the form of ExPRES 1.4, written with cdflib."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cdflib
import numpy as np
from cdflib.cdfwrite import CDF

FILL = np.float32(-1e31)
NAME = "expres_earth_jupiter_io_jrm33_lossc-wid1deg_3kev_rx_20240101_v14"
SECOND = 1_000_000_000
MIDNIGHT = int(cdflib.cdfepoch.compute_tt2000([2024, 1, 1, 0, 0, 0, 0, 0, 0]))


@dataclass(frozen=True)
class Result:
    """A result file to be; ``visible`` has the shape (time, frequency, source).

    ``flags`` are the variables besides those that are always there; ``values`` replaces theirs;
    ``day`` is how many days after 2024-01-01 it starts.
    """

    visible: Any
    labels: Sequence[str] = ("Io NORTH", "Io SOUTH")
    modes: Sequence[str] = ("RX", "RX")
    frequency: Sequence[float] = (1.0, 2.0, 3.0, 4.0)
    flags: Sequence[str] = ("Theta", "FC", "VisibleSources", "SrcPosition", "SrcLongitude", "CML")
    step: float = 600.0
    jitter: int = 0
    day: int = 0
    attributes: dict[str, Sequence[str]] = field(default_factory=dict)
    values: dict[str, Any] = field(default_factory=dict)

    @property
    def spectra(self) -> dict[str, tuple[int, Any, str]]:
        """Kind, values and unit of every variable that may be there."""
        return {
            "Theta": (CDF.CDF_REAL4, self._where_visible(80.0), "deg"),
            "FC": (CDF.CDF_REAL4, self._where_visible(10.0), "MHz"),
            "VisibleSources": (CDF.CDF_INT2, self._counts(), ""),
            "SrcPosition": (
                CDF.CDF_REAL4,
                np.repeat(self._where_visible(1.0)[..., None], 3, axis=3),
                "Rp",
            ),
            "SrcLongitude": (CDF.CDF_REAL4, self._longitudes(), "deg"),
            "CML": (CDF.CDF_REAL4, self._meridian(), "deg"),
            "ObsLatitude": (CDF.CDF_REAL4, np.zeros(len(self.visible), dtype=np.float32), "deg"),
        }

    @property
    def polarization(self) -> Any:
        """The sense of the last visible source of each cell."""
        values = np.full(self.visible.shape[:2], 32767, dtype=np.int16)
        for lane, (label, mode) in enumerate(zip(self.labels, self.modes, strict=True)):
            north = label.endswith("NORTH")
            values[self.visible[:, :, lane]] = -1 if north is (mode == "RX") else 1
        return values

    def _where_visible(self, value: float) -> Any:
        rising = np.float32(value) + np.arange(self.visible.shape[1], dtype=np.float32)[:, None]
        return np.where(self.visible, rising, FILL).astype(np.float32)

    def _counts(self) -> Any:
        counts = np.zeros((*self.visible.shape[:2], 2), dtype=np.int16)
        for lane, label in enumerate(self.labels):
            south = int(label.endswith("SOUTH"))
            counts[..., south] += self.visible[:, :, lane].astype(np.int16) * (1 if south else -1)
        counts[counts == 0] = 32767
        return counts

    def _meridian(self) -> Any:
        turned = 350 + 6 * np.arange(self.visible.shape[0])
        return (turned % 360).astype(np.float32)

    def _longitudes(self) -> Any:
        return np.full((self.visible.shape[0], self.visible.shape[2]), 80.0, dtype=np.float32)


def write(result: Result, path: Path) -> Path:
    """Write a result file."""
    file = CDF(path, cdf_spec={"Majority": "row_major", "Encoding": 6})
    texts: dict[str, Sequence[str]] = {
        "Project": ["ExPRES"],
        "Logical_file_id": [NAME.replace("20240101", f"{20240101 + result.day}")],
        "SRP_Source_Hemisphere": [label.rpartition(" ")[2] for label in result.labels],
        "SRP_Source_Mode": result.modes,
        **result.attributes,
    }
    file.write_globalattrs({name: dict(enumerate(each)) for name, each in texts.items()})
    count = result.visible.shape[0]
    start = MIDNIGHT + result.day * 86400 * SECOND + result.jitter
    epoch = start + np.arange(count, dtype=np.int64) * int(result.step * SECOND)
    _put(file, "Epoch", CDF.CDF_TIME_TT2000, epoch, "ns")
    _put(file, "Frequency", CDF.CDF_REAL4, np.float32(result.frequency), "MHz", records=False)
    _put_labels(file, "Src_ID_Label", result.labels)
    _put_labels(file, "Hemisphere_ID_Label", ("North", "South"))
    _put(file, "Polarization", CDF.CDF_INT2, result.polarization, "")
    for name in result.flags:
        kind, values, units = result.spectra[name]
        _put(file, name, kind, result.values.get(name, values), units)
    file.close()
    return path


def _put(file: CDF, name: str, kind: int, values: Any, units: str, *, records: bool = True) -> None:
    spec = {
        "Variable": name,
        "Data_Type": kind,
        "Num_Elements": 1,
        "Rec_Vary": records,
        "Dim_Sizes": list(values.shape[1:] if records else values.shape),
    }
    file.write_var(spec, var_attrs={"FIELDNAM": name, "UNITS": units}, var_data=values)


def _put_labels(file: CDF, name: str, labels: Sequence[str]) -> None:
    width = max(len(label) for label in labels) + 2
    spec = {
        "Variable": name,
        "Data_Type": CDF.CDF_CHAR,
        "Num_Elements": width,
        "Rec_Vary": False,
        "Dim_Sizes": [len(labels)],
    }
    padded = np.asarray([label.ljust(width) for label in labels])
    file.write_var(spec, var_attrs={"FIELDNAM": name}, var_data=padded)


def nothing(steps: int = 24, channels: int = 4, sources: int = 2) -> Any:
    """Make a spectrum without visible emission, shape (time, frequency, source)."""
    return np.zeros((steps, channels, sources), dtype=bool)


def two_windows() -> Any:
    """Make the north seen twice, in steps 2-4 and 10-12, and the south once, in the last two."""
    visible = nothing()
    visible[2:5, 1:3, 0] = True
    visible[10:13, 0, 0] = True
    visible[22:24, 3, 1] = True
    return visible


def even_moon(day: int = 0, steps: int = 144, channels: int = 4) -> dict[str, Any]:
    """Make a day of Io whose lead is that of Hess et al. (2011), seen from a turning meridian."""
    minutes = 1440.0 * day + 10 * np.arange(steps)
    moon = 320 + minutes * 360 / 777.6
    leads = [
        2.8 - 3.5 * np.cos(np.radians(moon - 202)),
        4.3 + 3.5 * np.cos(np.radians(moon - 202)),
    ]
    lines = np.stack([moon - lead for lead in leads], axis=1)
    visible = nothing(steps, channels)
    visible[20:40, 1:3, 0] = True
    visible[60:70, 2:4, 1] = True
    return {
        "day": day,
        "visible": visible,
        "values": {
            "CML": np.float32((170 + minutes * 360 / 595.5) % 360),
            "SrcLongitude": np.float32(lines),
        },
    }
