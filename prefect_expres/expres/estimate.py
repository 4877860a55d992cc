"""Estimates of run time and result size, made before a simulation is submitted."""

import math

from prefect_expres.expres.configuration import Configuration

REAL_BYTES, COUNT_BYTES = 4, 2
SECONDS_PER_CELL = 180 / (1440 * 781 * 2)
"""Run time per cell. A routine day of 1440 x 781 x 2 cells takes the service tens of seconds to
minutes; three minutes are assumed. The estimate is for warnings only."""


def cells(configuration: Configuration) -> int:
    """Count the computed cells: times x frequencies x field lines of the active sources."""
    lines = sum(source.lg_nbr for source in configuration.source if source.on)
    return lines * spectrum(configuration)


def spectrum(configuration: Configuration) -> int:
    """Count the cells of one dynamic spectrum: times x frequencies."""
    frequency = configuration.frequency
    listed = frequency.type == "Pre-Defined" and isinstance(frequency.sc, list)
    return configuration.time.nbr * (len(frequency.sc) if listed else frequency.nbr)


def result_bytes(configuration: Configuration) -> int:
    """Estimate the size of the result file, which holds the spectra uncompressed.

    Theta, FP, FC and Azimuth are 4 bytes a cell, SrcPosition 12; Polarization is 2 bytes a time
    and frequency, VisibleSources 4. A routine day with all of them is 70 MB.
    """
    flags = configuration.spdyn.cdf
    reals = flags.theta + flags.fp + flags.fc + flags.azimuth + 3 * flags.srcpos
    counts = 1 + 2 * flags.srcvis
    of_sources = REAL_BYTES * reals * cells(configuration)
    return int(of_sources + COUNT_BYTES * counts * spectrum(configuration))


def run_seconds(configuration: Configuration) -> int:
    """Estimate the run time on the service, seconds."""
    return math.ceil(cells(configuration) * SECONDS_PER_CELL)
