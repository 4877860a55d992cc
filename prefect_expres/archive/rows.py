"""The rows of EPNcore for a simulation, from its CDF file, its configuration and its manifest."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from prefect_expres.analysis.dataset import open_results
from prefect_expres.archive.agreement import HERTZ_IN_MHZ, julian_dates
from prefect_expres.archive.columns import COLUMNS, Row
from prefect_expres.archive.granule import ENGINE
from prefect_expres.archive.publication import Publication
from prefect_expres.archive.tree import CONFIGURATION, PICTURE, SPECTRUM, PlacedFile
from prefect_expres.execution import SimulationResult
from prefect_expres.expres import Configuration
from prefect_expres.expres.result_name import first_source
from prefect_expres.expres.vocabulary import KM_IN_A_RADIUS, ON_A_MOON

_MEASURED = "phys.polarization.circular;em.radio;meta.modelled"
_PLANETS = frozenset({*KM_IN_A_RADIUS, "Mercury", "Venus"})


@dataclass(frozen=True)
class Facts:
    """What a CDF file says that all its rows have in common.

    Attributes:
        start: Its first time, UTC.
        common: The columns by name.
    """

    start: datetime
    common: Mapping[str, Any]


def read_facts(result: SimulationResult, model: Configuration) -> Facts:
    """Read times, frequencies and origin from the CDF file of a simulation.

    Args:
        result: The simulation.
        model: Its configuration.

    Raises:
        ResultError: The file is none that ExPRES writes.
    """
    with open_results(result.url_of(result.cdf), only=()) as dataset:
        times = dataset["time"].values
        channels = np.sort(dataset["frequency"].values.astype(float)) * HERTZ_IN_MHZ
        attributes = {name: str(value) for name, value in dataset.attrs.items()}
    ends = julian_dates(times[[0, -1]])
    seconds = times.astype("datetime64[s]").astype("int64")
    first: datetime = times[0].astype("datetime64[s]").item().replace(tzinfo=UTC)
    common = {
        "time_min": float(ends[0]),
        "time_max": float(ends[1]),
        **_range("time_sampling_step", np.diff(seconds)),
        **_range("spectral_range", channels),
        **_range("spectral_sampling_step", np.diff(channels)),
        "expres_version": f"{result.branch}, data {attributes.get('Data_version', 'unknown')}",
        "instrument_name": _made_by(attributes),
        **_target(model),
        "instrument_host_name": model.observer.sc or "Earth",
    }
    return Facts(first, common)


def rows_of(
    result: SimulationResult,
    facts: Facts,
    files: Iterable[PlacedFile],
    thumbnail: str | None,
    publication: Publication,
    made: datetime,
) -> list[Row]:
    """Make a row for each published file of a simulation.

    Args:
        result: The simulation.
        facts: What its CDF file says.
        files: The files in the tree.
        thumbnail: Path of its small picture in the tree.
        publication: Where and by whom it is published.
        made: When.
    """
    placed = list(files)
    urls = {file.kind: f"{publication.url}/{file.path}" for file in placed}
    stem = placed[0].path.rpartition("/")[2].removesuffix(SPECTRUM.end)
    common = {
        **dict.fromkeys(column.name for column in COLUMNS),
        **facts.common,
        "obs_id": stem,
        "spatial_frame_type": "none",
        "service_title": publication.schema_name,
        **dict.fromkeys(("creation_date", "modification_date", "release_date"), made),
        "bib_reference": publication.reference,
        "publisher": publication.publisher,
        "time_scale": "UTC",
        "fingerprint": result.fingerprint,
        "package_version": result.package_version,
        "configuration_url": urls.get(CONFIGURATION),
        "job_url": result.job_url,
    }
    return [
        {
            **common,
            "granule_uid": file.path.rpartition("/")[2],
            "granule_gid": file.kind.gid,
            "dataproduct_type": file.kind.product,
            "measurement_type": _MEASURED if file.kind is SPECTRUM else None,
            "processing_level": file.kind.level,
            "access_url": urls[file.kind],
            "access_format": file.kind.media,
            "access_estsize": max(round(file.size / 1024), 1),
            "access_md5": file.md5,
            "file_name": file.path.rpartition("/")[2],
            "file_sha256": file.sha256,
            "thumbnail_url": f"{publication.url}/{thumbnail}"
            if thumbnail and file.kind in {SPECTRUM, PICTURE}
            else None,
        }
        for file in placed
    ]


def _target(model: Configuration) -> Row:
    """Name planet and moon, and their classes; several are written as a list."""
    planet, source = model.observer.parent, first_source(model)
    names, classes = [planet], ["planet" if planet in _PLANETS else "exoplanet"]
    if source.type == ON_A_MOON:
        names.append(source.sat)
        classes.append("satellite" if planet in _PLANETS else "exoplanet")
    moon = source.type == ON_A_MOON
    return {
        "target_name": "#".join(names),
        "target_class": "#".join(classes),
        "feature_name": f"{source.sat} flux tube" if moon else f"{source.type} {source.lat:g}",
    }


def _made_by(attributes: Mapping[str, str]) -> str:
    """Say what computed a file: the sandbox's engine says of itself that it is not ExPRES."""
    return ENGINE if ENGINE in attributes.get("Source_name", "") else "ExPRES"


def _range(name: str, values: NDArray[Any]) -> Row:
    """Give the two columns of a range; both empty without values."""
    if not values.size:
        return {}
    return {f"{name}_min": float(values.min()), f"{name}_max": float(values.max())}
