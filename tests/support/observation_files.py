"""Observations in the formats of their archives, each written with the library of its field."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cdflib
import numpy as np
from cdflib.cdfwrite import CDF

START = np.datetime64("2016-01-30T22:47:06", "ns")
FILL = -1.0e31


def flux(steps: int = 6, channels: int = 4) -> Any:
    """Make a flux in which every cell is another number, from 1 on."""
    return np.arange(1, steps * channels + 1, dtype=np.float32).reshape(steps, channels)


def times(steps: int = 6, seconds: float = 1.0) -> Any:
    """Make times of equal steps."""
    return START + (np.arange(steps) * seconds * 1e9).astype("timedelta64[ns]")


@dataclass(frozen=True)
class Variable:
    """A variable of a CDF file.

    Attributes:
        values: Its values.
        kind: The data type of CDF.
        attributes: Its attributes.
        records: Whether its first axis is that of the records.
    """

    values: Any
    kind: int = CDF.CDF_REAL4
    attributes: Mapping[str, Any] = field(default_factory=dict)
    records: bool = True


def epoch(time: Any, **attributes: Any) -> Variable:
    """Make the variable with the times, as TT2000."""
    parts = [
        (*each.timetuple()[:6], *divmod(each.microsecond, 1000), 0)
        for each in time.astype("datetime64[us]").tolist()
    ]
    moments = np.atleast_1d(cdflib.cdfepoch.compute_tt2000(parts))
    fill = {"FILLVAL": [np.iinfo("int64").min, "CDF_TIME_TT2000"]}
    return Variable(moments, CDF.CDF_TIME_TT2000, {"UNITS": "ns", **fill, **attributes})


def frequency(values: Sequence[float], units: str) -> Variable:
    """Make the variable with the frequencies, which do not change with time."""
    return Variable(np.float32(values), CDF.CDF_REAL4, {"UNITS": units}, records=False)


def spectrum(
    values: Any, units: str, *, axes: tuple[str, str] = ("Epoch", "Frequency")
) -> Variable:
    """Make a variable over time and frequency."""
    depends = {"DEPEND_0": axes[0], "DEPEND_1": axes[1]}
    fill = {"FILLVAL": [FILL, "CDF_REAL4"]}
    return Variable(np.float32(values), CDF.CDF_REAL4, {"UNITS": units, **depends, **fill})


def write_cdf(
    path: Path,
    attributes: Mapping[str, str],
    variables: Mapping[str, Variable],
    *,
    squeezed: bool = True,
) -> Path:
    """Write a CDF file, whose variables are compressed or not."""
    file = CDF(path, cdf_spec={"Majority": "row_major", "Encoding": 6})
    file.write_globalattrs({name: {0: text} for name, text in attributes.items()})
    for name, each in variables.items():
        sizes = each.values.shape[1:] if each.records else each.values.shape
        spec = {
            "Variable": name,
            "Data_Type": each.kind,
            "Num_Elements": 1,
            "Rec_Vary": each.records,
            "Dim_Sizes": list(sizes),
            "Compress": 6 if squeezed else 0,
        }
        file.write_var(spec, var_attrs=dict(each.attributes), var_data=each.values)
    file.close()
    return path


def write_records(
    path: Path, values: Any, kind: int, form: Mapping[str, Any] | None = None, **spec: Any
) -> Path:
    """Write a CDF file of one variable, ``x``, whose records are plain arrays or as is said."""
    file = CDF(path, cdf_spec={"Majority": "row_major", "Encoding": 6} | dict(form or {}))
    plain = {
        "Variable": "x",
        "Data_Type": kind,
        "Num_Elements": 1,
        "Rec_Vary": True,
        "Dim_Sizes": list(values.shape[1:]),
        "Compress": 0,
    }
    file.write_var(plain | spec, var_data=values)
    file.close()
    return path


def juno(path: Path, *, squeezed: bool = False) -> Path:
    """Write Juno/Waves as MASER distributes it: jno_wav_cdr_lesia, version 2."""
    values = flux()
    values[2, 1] = FILL
    return write_cdf(
        path,
        {
            "Logical_source": "jno_wav_cdr_lesia",
            "Source_name": "JNO_WAV>Juno Waves",
            "PDS_Observation_target": "Jupiter",
            "VESPA_instrument_host_name": "Jno>Juno",
            "VESPA_instrument_name": "Wav>Waves",
        },
        {
            "Epoch": epoch(times()),
            "Frequency": frequency([50, 100, 1000, 40500], "kHz"),
            "Data": spectrum(values, "V**2 m**-2 Hz**-1"),
            "Background": Variable(
                flux()[0], attributes={"UNITS": "V**2 m**-2 Hz**-1"}, records=False
            ),
        },
        squeezed=squeezed,
    )


def nda(path: Path, right: Any = None, left: Any = None) -> Path:
    """Write the routine receiver of the Nançay Decameter Array: counts of 0.3125 dB."""
    counts = {"RR": right, "LL": left}
    return write_cdf(
        path,
        {
            "Logical_source": "srn_nda_routine_jup_edr",
            "Source_name": "SRN>Station de Radioastronomie de Nancay",
            "PDS_Observation_target": "Jupiter",
            "VESPA_instrument_host_name": "SRN>Station de Radioastronomie de Nancay",
            "VESPA_instrument_name": "NDA>Nancay Decameter Array",
            "NDA_power_resolution": "0.3125 dB",
        },
        {
            "Epoch": epoch(times()),
            "Frequency": frequency([10, 20, 30, 39.925], "MHz"),
            **{
                name: Variable(
                    np.uint8(flux() if values is None else values),
                    CDF.CDF_UINT1,
                    {
                        "UNITS": "dB",
                        "DEPEND_0": "Epoch",
                        "DEPEND_1": "Frequency",
                        "FILLVAL": [255, "CDF_UINT1"],
                    },
                )
                for name, values in counts.items()
            },
            "STATUS": Variable(
                np.zeros((6, 2), np.uint8), CDF.CDF_UINT1, {"DEPEND_0": "Epoch", "UNITS": ""}
            ),
        },
    )


def wind(path: Path) -> Path:
    """Write Wind/Waves RAD1, level 3, for the Earth's kilometric radiation."""
    return write_cdf(
        path,
        {
            "Logical_source": "wi_wa_rad1_l3-akr",
            "VESPA_target_name": "Earth",
            "VESPA_instrument_host_name": "Wind",
            "VESPA_instrument_name": "Waves",
        },
        {
            "Epoch": epoch(times(seconds=183.0)),
            "Frequency": frequency([20, 52, 500, 1040], "kHz"),
            "FLUX_DENSITY": spectrum(flux(), "Wm2Hz-1"),
            "SNR": spectrum(flux(), ""),
        },
    )


def wind_samples(path: Path) -> Path:
    """Write Wind/Waves RAD1, level 3, direction finding: a record for each sample."""
    channels = np.tile([1040e3, 20e3, 500e3], 2)[:5]
    per_record = {"DEPEND_0": "Epoch"}
    return write_cdf(
        path,
        {"VESPA_instrument_host_name": "Wind", "VESPA_instrument_name": "Waves"},
        {
            "Epoch": epoch(times(5, 10.0)),
            "FREQUENCY": Variable(np.float32(channels), attributes={"UNITS": "Hz", **per_record}),
            "STOKES_I": Variable(
                np.float32([1, 2, 3, 4, 5]), attributes={"UNITS": "W/m^2/Hz", **per_record}
            ),
            "SOURCE_SIZE": Variable(
                np.float32([1, 1, 1, 1, 1]), attributes={"UNITS": "deg", **per_record}
            ),
        },
    )


def cassini(path: Path) -> Path:
    """Write Cassini/RPWS/HFR, level 3: flux and circular polarization."""
    axes = ("EPOCH", "Frequency")
    return write_cdf(
        path,
        {
            "VESPA_instrument_host_name": "Cassini",
            "VESPA_instrument_name": "RPWS",
            "PDS_observation_target": "Saturn",
        },
        {
            "EPOCH": epoch(times(seconds=16.0)),
            "Frequency": frequency([3.5, 100, 700, 16025], "kHz"),
            "s": spectrum(flux(), "W/m^2/Hz", axes=axes),
            "v": spectrum(flux() / -24, "", axes=axes),
            "th": spectrum(flux(), "rad", axes=axes),
        },
    )


def voyager(path: Path) -> Path:
    """Write Voyager/PRA: both circular polarizations in dB, frequencies falling."""
    return write_cdf(
        path,
        {
            "Source_name": "VOYAGER1>Voyager 1",
            "VESPA_instrument_name": "PRA>Planetary Radio Astronomy",
            "PDS_Observation_target": "JUPITER",
        },
        {
            "Epoch": epoch(times(seconds=48.0)),
            "Frequency": frequency([1326, 1306.8, 20.4, 1.2], "kHz"),
            "R": spectrum(np.full((6, 4), 20.0), "dB"),
            "L": spectrum(np.full((6, 4), 30.0), "dB"),
        },
    )
